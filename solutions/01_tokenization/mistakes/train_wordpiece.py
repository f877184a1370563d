# %% mistake="T25" exercise="train_wordpiece" title="the mark stays inside" caught_by=["train_wordpiece_worked", "marks"] hint="The joined token keeps only the leading mark."
def train_wordpiece(
    corpus, vocab_size, special_tokens=("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
):
    freqs = count_words(corpus, pretokenize_bert)
    splits = {word: first_pieces(word) for word in freqs}
    vocab = [*special_tokens, *sorted({s for split in splits.values() for s in split})]
    while len(vocab) < vocab_size:
        pair = select_pair(wordpiece_scores(splits, freqs))
        if pair is None:
            break
        splits = {word: merge_pair(symbols, pair) for word, symbols in splits.items()}
        vocab.append(pair[0] + pair[1])
    return vocab


# %% mistake="T25b" exercise="train_wordpiece" title="all marks are dropped" caught_by=["train_wordpiece_worked", "wordpiece_training"] hint="`##u` and `##g` make `##ug`: the joined symbol still stands inside a word."
def train_wordpiece(
    corpus, vocab_size, special_tokens=("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
):
    freqs = count_words(corpus, pretokenize_bert)
    splits = {word: first_pieces(word) for word in freqs}
    vocab = [*special_tokens, *sorted({s for split in splits.values() for s in split})]
    while len(vocab) < vocab_size:
        pair = select_pair(wordpiece_scores(splits, freqs))
        if pair is None:
            break
        raw, joined = "".join(pair), "".join(pair).replace("##", "")
        for word, symbols in splits.items():
            splits[word] = [joined if s == raw else s for s in merge_pair(symbols, pair)]
        vocab.append(joined)
    return vocab


# %% mistake="T96" exercise="train_wordpiece" title="the most frequent pair instead of the best score" caught_by=["train_wordpiece_worked", "wordpiece_training"] hint="That is BPE with marks. The score decides here."
def train_wordpiece(
    corpus, vocab_size, special_tokens=("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
):
    freqs = count_words(corpus, pretokenize_bert)
    splits = {word: first_pieces(word) for word in freqs}
    vocab = [*special_tokens, *sorted({s for split in splits.values() for s in split})]
    while len(vocab) < vocab_size:
        pair = select_pair(count_pairs(splits, freqs))
        if pair is None:
            break
        raw, joined = "".join(pair), pair[0] + pair[1][2:]
        for word, symbols in splits.items():
            splits[word] = [joined if s == raw else s for s in merge_pair(symbols, pair)]
        vocab.append(joined)
    return vocab


# %% mistake="T97" exercise="train_wordpiece" title="special tokens are not counted" caught_by=["train_wordpiece_worked", "wordpiece_training"] hint="The five special tokens are entries of the vocabulary too."
def train_wordpiece(
    corpus, vocab_size, special_tokens=("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
):
    freqs = count_words(corpus, pretokenize_bert)
    splits = {word: first_pieces(word) for word in freqs}
    vocab = sorted({s for split in splits.values() for s in split})
    while len(vocab) < vocab_size:
        pair = select_pair(wordpiece_scores(splits, freqs))
        if pair is None:
            break
        raw, joined = "".join(pair), pair[0] + pair[1][2:]
        for word, symbols in splits.items():
            splits[word] = [joined if s == raw else s for s in merge_pair(symbols, pair)]
        vocab.append(joined)
    return [*special_tokens, *vocab]


# %% mistake="T98" exercise="train_wordpiece" title="an alphabet without marks" caught_by=["train_wordpiece_worked", "wordpiece_stops"] hint="`a` at the start of a word and `##a` inside are two symbols; the alphabet has both."
def train_wordpiece(
    corpus, vocab_size, special_tokens=("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
):
    freqs = count_words(corpus, pretokenize_bert)
    splits = {word: first_pieces(word) for word in freqs}
    vocab = [*special_tokens, *sorted(set("".join(freqs)))]
    while len(vocab) < vocab_size:
        pair = select_pair(wordpiece_scores(splits, freqs))
        if pair is None:
            break
        raw, joined = "".join(pair), pair[0] + pair[1][2:]
        for word, symbols in splits.items():
            splits[word] = [joined if s == raw else s for s in merge_pair(symbols, pair)]
        vocab.append(joined)
    return vocab


# %% mistake="T99" exercise="train_wordpiece" title="cut as GPT-2 does" caught_by=["train_wordpiece_worked", "wordpiece_training"] hint="WordPiece words carry no `Ġ`: cut as BERT does."
def train_wordpiece(
    corpus, vocab_size, special_tokens=("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
):
    freqs = count_words(corpus, pretokenize_gpt2)
    splits = {word: first_pieces(word) for word in freqs}
    vocab = [*special_tokens, *sorted({s for split in splits.values() for s in split})]
    while len(vocab) < vocab_size:
        pair = select_pair(wordpiece_scores(splits, freqs))
        if pair is None:
            break
        raw, joined = "".join(pair), pair[0] + pair[1][2:]
        for word, symbols in splits.items():
            splits[word] = [joined if s == raw else s for s in merge_pair(symbols, pair)]
        vocab.append(joined)
    return vocab


# %% mistake="T100" exercise="train_wordpiece" title="fails when no pair is left" caught_by=["wordpiece_stops"] hint="Stop when nothing can be joined: what is `select_pair` of nothing?"
def train_wordpiece(
    corpus, vocab_size, special_tokens=("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
):
    freqs = count_words(corpus, pretokenize_bert)
    splits = {word: first_pieces(word) for word in freqs}
    vocab = [*special_tokens, *sorted({s for split in splits.values() for s in split})]
    while len(vocab) < vocab_size:
        pair = select_pair(wordpiece_scores(splits, freqs))
        raw, joined = "".join(pair), pair[0] + pair[1][2:]
        for word, symbols in splits.items():
            splits[word] = [joined if s == raw else s for s in merge_pair(symbols, pair)]
        vocab.append(joined)
    return vocab


# %% mistake="T101" exercise="train_wordpiece" title="ties decided by the last digit of a logarithm" caught_by=["train_wordpiece_worked"] hint="At the 21st join six pairs are equal. With logarithms one of them looks larger, in the last digit; divide once instead."
def train_wordpiece(
    corpus, vocab_size, special_tokens=("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
):
    freqs = count_words(corpus, pretokenize_bert)
    splits = {word: first_pieces(word) for word in freqs}
    vocab = [*special_tokens, *sorted({s for split in splits.values() for s in split})]
    while len(vocab) < vocab_size:
        seen = {}
        for word, symbols in splits.items():
            for symbol in symbols:
                seen[symbol] = seen.get(symbol, 0) + freqs[word]
        counts = count_pairs(splits, freqs)
        logs = {p: np.log(n) - np.log(seen[p[0]]) - np.log(seen[p[1]]) for p, n in counts.items()}
        pair = max(logs, key=logs.get, default=None)
        if pair is None:
            break
        raw, joined = "".join(pair), pair[0] + pair[1][2:]
        for word, symbols in splits.items():
            splits[word] = [joined if s == raw else s for s in merge_pair(symbols, pair)]
        vocab.append(joined)
    return vocab
