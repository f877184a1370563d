# %% mistake="R5" exercise="exact_match" title="teacher forcing" caught_by=["match_honest", "match_own_errors"] hint="Your model sees the true answer while it is tested. Give it the prompt alone, and let it write."
def exact_match(model, examples, tokenizer):
    start = len(examples[0][0])
    ids = torch.tensor([tokenizer.encode(p + a) for p, a in examples])
    model.eval()
    with torch.no_grad():
        bets = model(ids)[:, start - 1 : -1].argmax(dim=-1)
    answers = [tokenizer.decode(row) for row in bets]
    right = sum(a == want for a, (_, want) in zip(answers, examples))
    return right / len(examples), answers


# %% mistake="R5b" exercise="exact_match" title="the true beginning, digit by digit" caught_by=["match_own_errors"] hint="Each new symbol must follow what the model itself has written, errors included."
def exact_match(model, examples, tokenizer):
    width = len(examples[0][1])
    texts = ["" for _ in examples]
    for place in range(width):
        ids = torch.tensor([tokenizer.encode(p + a[:place]) for p, a in examples])
        best = generate(model, ids, 1)[:, -1]
        texts = [text + tokenizer.decode([token]) for text, token in zip(texts, best)]
    right = sum(text == want for text, (_, want) in zip(texts, examples))
    return right / len(examples), texts


# %% mistake="R6" exercise="exact_match" title="the share of right digits" caught_by=["match_worked", "match_values"] hint="A sum with one wrong digit is wrong: all digits, or nothing."
def exact_match(model, examples, tokenizer):
    start, width = len(examples[0][0]), len(examples[0][1])
    ids = torch.tensor([tokenizer.encode(p) for p, _ in examples])
    answers = [tokenizer.decode(row[start:]) for row in generate(model, ids, width)]
    right = sum(x == y for a, (_, want) in zip(answers, examples) for x, y in zip(a, want))
    return right / (width * len(examples)), answers


# %% mistake="R6b" exercise="exact_match" title="only the first digit is compared" caught_by=["match_worked", "match_values"] hint="Compare whole answers."
def exact_match(model, examples, tokenizer):
    start, width = len(examples[0][0]), len(examples[0][1])
    ids = torch.tensor([tokenizer.encode(p) for p, _ in examples])
    answers = [tokenizer.decode(row[start:]) for row in generate(model, ids, width)]
    right = sum(a[0] == want[0] for a, (_, want) in zip(answers, examples))
    return right / len(examples), answers


# %% mistake="R50" exercise="exact_match" title="how many instead of which share" caught_by=["match_worked", "match_values"] hint="Divide by the number of examples."
def exact_match(model, examples, tokenizer):
    start, width = len(examples[0][0]), len(examples[0][1])
    ids = torch.tensor([tokenizer.encode(p) for p, _ in examples])
    answers = [tokenizer.decode(row[start:]) for row in generate(model, ids, width)]
    return sum(a == want for a, (_, want) in zip(answers, examples)), answers


# %% mistake="R51" exercise="exact_match" title="the answers still hold their prompts" caught_by=["match_worked"] hint="`generate` returns prompt and answer together; cut the prompt off."
def exact_match(model, examples, tokenizer):
    ids = torch.tensor([tokenizer.encode(p) for p, _ in examples])
    texts = [tokenizer.decode(row) for row in generate(model, ids, len(examples[0][1]))]
    right = sum(text == p + a for text, (p, a) in zip(texts, examples))
    return right / len(examples), texts


# %% mistake="R52" exercise="exact_match" title="always six symbols of prompt and three of answer" caught_by=["match_values"] hint="Problems of other widths have other lengths."
def exact_match(model, examples, tokenizer):
    ids = torch.tensor([tokenizer.encode(p) for p, _ in examples])
    answers = [tokenizer.decode(row[6:]) for row in generate(model, ids, 3)]
    right = sum(a == want for a, (_, want) in zip(answers, examples))
    return right / len(examples), answers


# %% mistake="R53" exercise="exact_match" title="in the order of a batch, the last ones are left out" caught_by=["match_values"] hint="The last batch may be smaller; it counts as well."
def exact_match(model, examples, tokenizer):
    answers, size = [], min(4, len(examples))
    for start in range(0, len(examples) - size + 1, size):
        part = examples[start : start + size]
        ids = torch.tensor([tokenizer.encode(p) for p, _ in part])
        rows = generate(model, ids, len(part[0][1]))
        answers += [tokenizer.decode(row[ids.shape[1] :]) for row in rows]
    right = sum(a == want for a, (_, want) in zip(answers, examples))
    return right / len(answers), answers
