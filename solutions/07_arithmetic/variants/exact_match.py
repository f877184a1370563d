# %% variant="RW11" exercise="exact_match" title="one problem at a time"
def exact_match(model, examples, tokenizer):
    answers = []
    for prompt, answer in examples:
        ids = torch.tensor([tokenizer.encode(prompt)])
        for parameter in model.parameters():
            ids = ids.to(parameter.device)
        text = tokenizer.decode(generate(model, ids, len(answer))[0])
        answers.append(text[len(prompt) :])
    return sum(a == b for a, (_, b) in zip(answers, examples)) / len(examples), answers


# %% variant="RW12" exercise="exact_match" title="ids compared, in batches, accuracy as a tensor"
def exact_match(model, examples, tokenizer):
    device = next(iter(model.parameters()), torch.zeros(())).device
    answers, right = [], []
    for start in range(0, len(examples), 8):
        part = examples[start : start + 8]
        ids = torch.tensor([tokenizer.encode(p) for p, _ in part], device=device)
        wanted = torch.tensor([tokenizer.encode(a) for _, a in part], device=device)
        said = generate(model, ids, wanted.shape[1])[:, ids.shape[1] :]
        right.append((said == wanted).all(dim=1))
        answers.extend(tokenizer.decode(row) for row in said)
    return torch.cat(right).double().mean(), tuple(answers)
