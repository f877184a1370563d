# %% variant="TW8-training" exercise="train_wordpiece" title="integers multiplied crosswise instead of scores"
SPECIAL = "[PAD] [UNK] [CLS] [SEP] [MASK]".split()


def train_wordpiece(corpus, vocab_size, special_tokens=SPECIAL):
    freqs = count_words(corpus, pretokenize_bert)
    words = {word: first_pieces(word) for word in freqs}
    vocab = list(special_tokens)
    vocab += sorted(set(piece for pieces in words.values() for piece in pieces))
    while len(vocab) < vocab_size:
        single, double = {}, {}
        for word, pieces in words.items():
            for piece in pieces:
                single[piece] = single.get(piece, 0) + freqs[word]
            for two in zip(pieces, pieces[1:]):
                double[two] = double.get(two, 0) + freqs[word]
        best = None
        for two, n in double.items():
            below = single[two[0]] * single[two[1]]
            if best is None or n * best[2] > best[1] * below:
                best = two, n, below
        if best is None:
            break
        (a, b), _, _ = best
        for word, pieces in words.items():
            out = []
            for piece in pieces:
                if out and out[-1] == a and piece == b:
                    out[-1] = a + b[2:]
                else:
                    out.append(piece)
            words[word] = out
        vocab.append(a + b[2:])
    return vocab


# %% variant="TW3-wordpiece" exercise="train_wordpiece" title="symbols as pairs of a mark and letters, a helper for joining"
SPECIAL = "[PAD] [UNK] [CLS] [SEP] [MASK]".split()


def join_symbols(symbols, a, b):
    out, i = [], 0
    while i < len(symbols):
        if i + 1 < len(symbols) and symbols[i] == a and symbols[i + 1] == b:
            out.append(a + b.replace("##", "", 1))
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return out


def train_wordpiece(corpus, vocab_size, special_tokens=SPECIAL, **options):
    freqs = count_words(corpus, pretokenize_bert)
    splits = {}
    alphabet = set()
    for word in freqs:
        splits[word] = tuple(first_pieces(word))
        alphabet.update(splits[word])
    vocab = tuple(special_tokens) + tuple(sorted(alphabet))
    for _ in range(vocab_size - len(vocab)):
        scores = wordpiece_scores({word: list(split) for word, split in splits.items()}, freqs)
        if not scores:
            return vocab
        a, b = max(scores, key=scores.get)
        splits = {word: join_symbols(split, a, b) for word, split in splits.items()}
        vocab += (a + b.replace("##", "", 1),)
    return vocab
