# %% variant="TW5" exercise="encode_word" title="the lowest rank first, until nothing applies"
def encode_word(word, merges, vocab=None, charset=None, unk="<UNK>"):
    rank = {tuple(pair): i for i, pair in enumerate(merges)}
    tokens = [c if charset is None or c in charset else unk for c in word]
    while True:
        known = [pair for pair in zip(tokens, tokens[1:]) if pair in rank]
        if not known:
            return tokens
        tokens = merge_pair(tokens, min(known, key=rank.get))


# %% variant="TW6" exercise="encode_word" title="with the whole-word shortcut"
def encode_word(word, merges, vocab=None, charset=None, unk="<UNK>"):
    if vocab is not None and word in vocab:
        return [word]
    tokens = []
    for character in word:
        tokens.append(character if not charset or character in set(charset) else unk)
    for rule in merges:
        tokens = merge_pair(tokens, rule)
    return tokens


# %% variant="TW7" exercise="encode_word" title="recursion on the oldest rule that fits, one place at a time"
def encode_word(word, merges, vocab=None, charset=None, unk="<UNK>"):
    rules = [list(rule) for rule in merges]

    def solve(tokens):
        fits = [
            (rules.index(tokens[i : i + 2]), i)
            for i in range(len(tokens) - 1)
            if tokens[i : i + 2] in rules
        ]
        if not fits:
            return tokens
        _, i = min(fits)
        return solve(tokens[:i] + [tokens[i] + tokens[i + 1]] + tokens[i + 2 :])

    return solve([unk if charset is not None and c not in charset else c for c in word])


# %% variant="TW3-encode_word" exercise="encode_word" title="a priority queue over a linked list"
def encode_word(word, merges, vocab=None, charset=None, unk="<UNK>"):
    import heapq

    rank = {(a, b): i for i, (a, b) in enumerate(merges)}
    tokens = [c if charset is None or c in charset else unk for c in word]
    after = list(range(1, len(tokens) + 1))
    before = list(range(-1, len(tokens) - 1))
    heap = []

    def push(i):
        j = after[i] if 0 <= i < len(tokens) else len(tokens)
        if 0 <= i and j < len(tokens) and (tokens[i], tokens[j]) in rank:
            heapq.heappush(heap, (rank[tokens[i], tokens[j]], i, tokens[i], tokens[j]))

    for i in range(len(tokens)):
        push(i)
    while heap:
        _, i, a, b = heapq.heappop(heap)
        j = after[i]
        if tokens[i] != a or j >= len(tokens) or tokens[j] != b:
            continue
        tokens[i], tokens[j] = a + b, None
        after[i] = after[j]
        if after[i] < len(tokens):
            before[after[i]] = i
        push(before[i])
        push(i)
    return [token for token in tokens if token is not None]


# %% variant="G12-encode_word" exercise="encode_word" title="a memo of words already seen, a tuple comes back"
SEEN = {}


def encode_word(word, merges, vocab=None, charset=None, unk="<UNK>"):
    key = word, tuple(map(tuple, merges)), None if charset is None else frozenset(charset), unk
    if key not in SEEN:
        tokens = [c if charset is None or c in charset else unk for c in word]
        for pair in merges:
            tokens = merge_pair(tokens, pair)
        SEEN[key] = tuple(tokens)
    return SEEN[key]
