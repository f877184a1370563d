# %% variant="TW2" exercise="train_bpe" title="incremental counts, ties by the first place in the words as they are"
def train_bpe(corpus, vocab_size, special_tokens=("<|endoftext|>",)):
    freqs = count_words(corpus, pretokenize_gpt2)
    words = [[list(word), n] for word, n in freqs.items()]
    vocab = list(special_tokens) + sorted(set("".join(freqs)))
    counts = {}

    def add(symbols, n):
        for pair in zip(symbols, symbols[1:]):
            counts[pair] = counts.get(pair, 0) + n

    for symbols, n in words:
        add(symbols, n)
    merges = []
    while len(vocab) < vocab_size:
        most = max(counts.values(), default=0)
        if most < 1:
            break
        pair = next(
            p for symbols, _ in words for p in zip(symbols, symbols[1:]) if counts[p] == most
        )
        for entry in words:
            symbols, n = entry
            if pair[0] in symbols:
                add(symbols, -n)
                entry[0] = merge_pair(symbols, pair)
                add(entry[0], n)
        merges.append(pair)
        vocab.append(pair[0] + pair[1])
    return vocab, merges


# %% variant="TW3" exercise="train_bpe" title="ids instead of strings, words as tuples, no function of the notebook but the cut"
def train_bpe(corpus, vocab_size, special_tokens=("<|endoftext|>",)):
    pieces = [piece for text in corpus for piece, _ in pretokenize_gpt2(text)]
    numbers = {}
    for piece in pieces:
        numbers[piece] = numbers.get(piece, 0) + 1
    names = list(special_tokens) + sorted(set("".join(pieces)))
    ids = dict(zip(names, range(len(names))))
    words = [(tuple(map(ids.get, piece)), n) for piece, n in numbers.items()]
    rules = []
    for new in range(len(names), vocab_size):
        table = {}
        for word, n in words:
            for i in range(len(word) - 1):
                table[word[i : i + 2]] = table.get(word[i : i + 2], 0) + n
        if not table:
            break
        a, b = max(table, key=lambda pair: table[pair])
        names.append(names[a] + names[b])
        rules.append((names[a], names[b]))
        changed = []
        for word, n in words:
            out, i = (), 0
            while i < len(word):
                hit = word[i : i + 2] == (a, b)
                out += (new,) if hit else (word[i],)
                i += 2 if hit else 1
            changed.append((out, n))
        words = changed
    return names, rules


# %% variant="TW3b" exercise="train_bpe" title="one flat list of every occurrence, with walls between words"
def train_bpe(corpus, vocab_size, special_tokens=("<|endoftext|>",)):
    flat = [None]
    freqs = count_words(corpus, pretokenize_gpt2)
    for word, n in freqs.items():
        flat += (list(word) + [None]) * n
    vocab, merges = [*special_tokens, *sorted({s for s in flat if s})], []
    while len(vocab) < vocab_size:
        table = {}
        for a, b in zip(flat, flat[1:]):
            if a and b:
                table[a, b] = table.get((a, b), 0) + 1
        pair = select_pair(table)
        if pair is None:
            break
        out, i = [], 0
        while i < len(flat):
            if flat[i] == pair[0] and flat[i + 1] == pair[1]:
                out.append(flat[i] + flat[i + 1])
                i += 2
            else:
                out.append(flat[i])
                i += 1
        flat = out
        merges.append(pair)
        vocab.append("".join(pair))
    return vocab, merges


# %% variant="TW4" exercise="train_bpe" title="the vocabulary from token to id, the merges from pair to symbol"
def train_bpe(corpus, vocab_size, special_tokens=("<|endoftext|>",)):
    freqs = count_words(corpus, pretokenize_gpt2)
    splits = {word: [c for c in word] for word in freqs}
    vocab = {}
    for token in [*special_tokens, *sorted(set("".join(freqs)))]:
        vocab[token] = len(vocab)
    merges = {}
    while len(vocab) < vocab_size and (counts := count_pairs(splits, freqs)):
        pair = select_pair(counts)
        merges[pair] = pair[0] + pair[1]
        vocab[merges[pair]] = len(vocab)
        splits = {word: merge_pair(split, pair) for word, split in splits.items()}
    return vocab, merges


# %% variant="G6-train_bpe" exercise="train_bpe" title="recursion, lists for pairs, tuples for the rest, other names"
def train_bpe(texts, size, specials=("<|endoftext|>",), verbose=True):
    def learn(splits, known):
        counts = count_pairs(splits, freqs)
        if len(known) >= size or not counts:
            return tuple(known), ()
        best = select_pair(counts)
        if verbose:
            print("merging", *best)
        merged = {w: merge_pair(s, best) for w, s in splits.items()}
        known, rest = learn(merged, [*known, "".join(best)])
        return known, (list(best), *rest)

    freqs = dict(count_words(texts, pretokenize_gpt2))
    letters = sorted(set(letter for word in freqs for letter in word))
    return learn({w: list(w) for w in freqs}, [*specials, *letters])


# %% variant="TW3-cut" exercise="train_bpe" title="a function of its own for the cut"
def train_bpe(corpus, vocab_size, special_tokens=("<|endoftext|>",)):
    def cut(text):
        return pretokenize_gpt2(text)

    freqs = count_words(corpus, cut)
    splits = {word: list(word) for word in freqs}
    vocab, merges = [*special_tokens, *sorted(set("".join(freqs)))], []
    while len(vocab) < vocab_size and (pair := select_pair(count_pairs(splits, freqs))):
        splits = {word: merge_pair(symbols, pair) for word, symbols in splits.items()}
        merges.append(pair)
        vocab.append("".join(pair))
    return vocab, merges
