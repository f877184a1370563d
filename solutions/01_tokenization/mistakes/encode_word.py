# %% mistake="T17" exercise="encode_word" title="the longest match" caught_by=["replay"] hint="Replay the merges in the order learned; the vocabulary has forgotten it."
def encode_word(word, merges, vocab=None, charset=None, unk="<UNK>"):
    entries = {a + b for a, b in merges}
    tokens, i = [], 0
    while i < len(word):
        end = max((j for j in range(i + 1, len(word) + 1) if word[i:j] in entries), default=i + 1)
        token = word[i:end]
        tokens.append(
            unk if charset is not None and end == i + 1 and token not in charset else token
        )
        i = end
    return tokens


# %% mistake="T18" exercise="encode_word" title="the first place where any rule fits" caught_by=["replay"] hint="Two rules fit here. Which is older?"
def encode_word(word, merges, vocab=None, charset=None, unk="<UNK>"):
    rules = {tuple(pair) for pair in merges}
    tokens = [c if charset is None or c in charset else unk for c in word]
    i = 0
    while i + 1 < len(tokens):
        if (tokens[i], tokens[i + 1]) in rules:
            tokens[i : i + 2] = [tokens[i] + tokens[i + 1]]
            i = 0
        else:
            i += 1
    return tokens


# %% mistake="T19" exercise="encode_word" title="the merges in reverse order" caught_by=["encode_word_worked"] hint="Early merges first: the late ones are built from them."
def encode_word(word, merges, vocab=None, charset=None, unk="<UNK>"):
    tokens = [c if charset is None or c in charset else unk for c in word]
    for pair in reversed(merges):
        tokens = merge_pair(tokens, pair)
    return tokens


# %% mistake="T20" exercise="encode_word" title="counts pairs in the new word" caught_by=["replay", "trained_merges"] hint="Encoding uses the stored rules only, in their order; what is frequent in the new word has no say."
def encode_word(word, merges, vocab=None, charset=None, unk="<UNK>"):
    rules = {tuple(pair) for pair in merges}
    tokens = [c if charset is None or c in charset else unk for c in word]
    while True:
        counts = count_pairs({word: tokens}, {word: 1})
        pair = select_pair({pair: n for pair, n in counts.items() if pair in rules})
        if pair is None:
            return tokens
        tokens = merge_pair(tokens, pair)


# %% mistake="T21" exercise="encode_word" title="each rule applies once per word" caught_by=["everywhere"] hint="A rule applies at every place it fits."
def encode_word(word, merges, vocab=None, charset=None, unk="<UNK>"):
    tokens = [c if charset is None or c in charset else unk for c in word]
    for a, b in merges:
        for i in range(len(tokens) - 1):
            if (tokens[i], tokens[i + 1]) == (a, b):
                tokens[i : i + 2] = [a + b]
                break
    return tokens


# %% mistake="T69" exercise="encode_word" title="unknown characters pass through" caught_by=["encode_word_unknown", "unknown"] hint="`charset` is not looked at: a character outside it becomes `unk`."
def encode_word(word, merges, vocab=None, charset=None, unk="<UNK>"):
    tokens = list(word)
    for pair in merges:
        tokens = merge_pair(tokens, pair)
    return tokens


# %% mistake="T70" exercise="encode_word" title="one unknown character makes the whole word unknown" caught_by=["encode_word_unknown", "unknown"] hint="That is WordPiece. Here only the character itself is unknown."
def encode_word(word, merges, vocab=None, charset=None, unk="<UNK>"):
    if charset is not None and any(c not in charset for c in word):
        return [unk]
    tokens = list(word)
    for pair in merges:
        tokens = merge_pair(tokens, pair)
    return tokens


# %% mistake="T71" exercise="encode_word" title="unknown characters are dropped" caught_by=["encode_word_unknown", "unknown"] hint="An unknown character leaves a token behind, and what stands around it does not become neighbours."
def encode_word(word, merges, vocab=None, charset=None, unk="<UNK>"):
    tokens = [c for c in word if charset is None or c in charset]
    for pair in merges:
        tokens = merge_pair(tokens, pair)
    return tokens


# %% mistake="T72" exercise="encode_word" title="the token for unknown characters is fixed" caught_by=["unknown"] hint="What an unknown character becomes is an argument."
def encode_word(word, merges, vocab=None, charset=None, unk="<UNK>"):
    tokens = [c if charset is None or c in charset else "<UNK>" for c in word]
    for pair in merges:
        tokens = merge_pair(tokens, pair)
    return tokens


# %% mistake="T73" exercise="encode_word" title="marks unknown tokens after merging" caught_by=["encode_word_unknown", "unknown"] hint="After merging, tokens are longer than characters, so most of them look unknown."
def encode_word(word, merges, vocab=None, charset=None, unk="<UNK>"):
    tokens = list(word)
    for pair in merges:
        tokens = merge_pair(tokens, pair)
    return [t if charset is None or t in charset else unk for t in tokens]


# %% mistake="T74" exercise="encode_word" title="uses the list of merges up" caught_by=["trained_merges"] hint="`pop` changes the list you were given: the second word finds no rules."
def encode_word(word, merges, vocab=None, charset=None, unk="<UNK>"):
    tokens = [c if charset is None or c in charset else unk for c in word]
    while merges:
        tokens = merge_pair(tokens, merges.pop(0))
    return tokens


# %% mistake="T75" exercise="encode_word" title="stops at the first rule that does not fit" caught_by=["encode_word_worked"] hint="A rule that finds nothing is passed by; the ones after it may still fit."
def encode_word(word, merges, vocab=None, charset=None, unk="<UNK>"):
    tokens = [c if charset is None or c in charset else unk for c in word]
    for pair in merges:
        merged = merge_pair(tokens, pair)
        if merged == tokens:
            break
        tokens = merged
    return tokens
