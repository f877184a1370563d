# %% mistake="T12" exercise="train_bpe" title="the size as the number of merges" caught_by=["train_bpe_worked", "sizes"] hint="The size counts specials, alphabet and merges together."
def train_bpe(corpus, vocab_size, special_tokens=("<|endoftext|>",)):
    freqs = count_words(corpus, pretokenize_gpt2)
    splits = {word: list(word) for word in freqs}
    vocab, merges = [*special_tokens, *sorted(set("".join(freqs)))], []
    for _ in range(vocab_size):
        pair = select_pair(count_pairs(splits, freqs))
        if pair is None:
            break
        splits = {word: merge_pair(symbols, pair) for word, symbols in splits.items()}
        merges.append(pair)
        vocab.append("".join(pair))
    return vocab, merges


# %% mistake="T12b" exercise="train_bpe" title="special tokens are not counted" caught_by=["train_bpe_worked", "sizes"] hint="The special tokens are entries of the vocabulary too. You make one merge too many."
def train_bpe(corpus, vocab_size, special_tokens=("<|endoftext|>",)):
    freqs = count_words(corpus, pretokenize_gpt2)
    splits = {word: list(word) for word in freqs}
    vocab, merges = sorted(set("".join(freqs))), []
    while len(vocab) < vocab_size:
        pair = select_pair(count_pairs(splits, freqs))
        if pair is None:
            break
        splits = {word: merge_pair(symbols, pair) for word, symbols in splits.items()}
        merges.append(pair)
        vocab.append("".join(pair))
    return [*special_tokens, *vocab], merges


# %% mistake="T13" exercise="train_bpe" title="counts once and never again" caught_by=["train_bpe_worked", "micro"] hint="Recount after every merge: it has changed what stands beside what."
def train_bpe(corpus, vocab_size, special_tokens=("<|endoftext|>",)):
    freqs = count_words(corpus, pretokenize_gpt2)
    vocab, merges = [*special_tokens, *sorted(set("".join(freqs)))], []
    counts = count_pairs({word: list(word) for word in freqs}, freqs)
    while len(vocab) < vocab_size and counts:
        pair = select_pair(counts)
        counts.pop(pair)
        merges.append(pair)
        vocab.append("".join(pair))
    return vocab, merges


# %% mistake="T14" exercise="train_bpe" title="throws the merged parts out of the vocabulary" caught_by=["train_bpe_worked", "vocabulary"] hint="Old symbols stay: new words will need them."
def train_bpe(corpus, vocab_size, special_tokens=("<|endoftext|>",)):
    freqs = count_words(corpus, pretokenize_gpt2)
    splits = {word: list(word) for word in freqs}
    vocab, merges = [*special_tokens, *sorted(set("".join(freqs)))], []
    for _ in range(vocab_size - len(vocab)):
        pair = select_pair(count_pairs(splits, freqs))
        if pair is None:
            break
        splits = {word: merge_pair(symbols, pair) for word, symbols in splits.items()}
        merges.append(pair)
        vocab = [token for token in vocab if token not in pair] + ["".join(pair)]
    return vocab, merges


# %% mistake="T15" exercise="train_bpe" title="fails when no pair is left" caught_by=["exhaustion"] hint="Stop when nothing can be merged: what is `select_pair` of nothing?"
def train_bpe(corpus, vocab_size, special_tokens=("<|endoftext|>",)):
    freqs = count_words(corpus, pretokenize_gpt2)
    splits = {word: list(word) for word in freqs}
    vocab, merges = [*special_tokens, *sorted(set("".join(freqs)))], []
    while len(vocab) < vocab_size:
        pair = select_pair(count_pairs(splits, freqs))
        splits = {word: merge_pair(symbols, pair) for word, symbols in splits.items()}
        merges.append(pair)
        vocab.append("".join(pair))
    return vocab, merges


# %% mistake="T15b" exercise="train_bpe" title="goes on with empty merges when no pair is left" caught_by=["exhaustion"] hint="Stop when nothing can be merged. Yours fills the vocabulary with nothing."
def train_bpe(corpus, vocab_size, special_tokens=("<|endoftext|>",)):
    freqs = count_words(corpus, pretokenize_gpt2)
    splits = {word: list(word) for word in freqs}
    vocab, merges = [*special_tokens, *sorted(set("".join(freqs)))], []
    while len(vocab) < vocab_size:
        pair = select_pair(count_pairs(splits, freqs)) or ("", "")
        splits = {word: merge_pair(symbols, pair) for word, symbols in splits.items()}
        merges.append(pair)
        vocab.append("".join(pair))
    return vocab, merges


# %% mistake="T16" exercise="train_bpe" title="keeps old counts, and zeros win ties" caught_by=["micro", "train_bpe_worked"] hint="Ties follow a fresh scan of the current words. Counts that are kept have the order of an older scan."
def train_bpe(corpus, vocab_size, special_tokens=("<|endoftext|>",)):
    freqs = count_words(corpus, pretokenize_gpt2)
    splits = {word: list(word) for word in freqs}
    vocab, merges = [*special_tokens, *sorted(set("".join(freqs)))], []
    counts = count_pairs(splits, freqs)
    while len(vocab) < vocab_size:
        pair = max(counts, key=counts.get, default=None)
        if pair is None or not counts[pair]:
            break
        for word, symbols in splits.items():
            for old in zip(symbols, symbols[1:]):
                counts[old] -= freqs[word]
            splits[word] = merge_pair(symbols, pair)
            for new in zip(splits[word], splits[word][1:]):
                counts[new] = counts.get(new, 0) + freqs[word]
        merges.append(pair)
        vocab.append("".join(pair))
    return vocab, merges


# %% mistake="T61" exercise="train_bpe" title="stops at pairs that occur once" caught_by=["exhaustion"] hint="A pair that occurs once is a pair. Training stops when there is none at all."
def train_bpe(corpus, vocab_size, special_tokens=("<|endoftext|>",)):
    freqs = count_words(corpus, pretokenize_gpt2)
    splits = {word: list(word) for word in freqs}
    vocab, merges = [*special_tokens, *sorted(set("".join(freqs)))], []
    while len(vocab) < vocab_size:
        counts = count_pairs(splits, freqs)
        pair = select_pair(counts)
        if pair is None or counts[pair] < 2:
            break
        splits = {word: merge_pair(symbols, pair) for word, symbols in splits.items()}
        merges.append(pair)
        vocab.append("".join(pair))
    return vocab, merges


# %% mistake="T62" exercise="train_bpe" title="the alphabet in the order of appearance" caught_by=["train_bpe_worked", "vocabulary"] hint="The merges are right. The alphabet in the vocabulary has to be sorted."
def train_bpe(corpus, vocab_size, special_tokens=("<|endoftext|>",)):
    freqs = count_words(corpus, pretokenize_gpt2)
    splits = {word: list(word) for word in freqs}
    vocab, merges = [*special_tokens, *dict.fromkeys("".join(freqs))], []
    while len(vocab) < vocab_size:
        pair = select_pair(count_pairs(splits, freqs))
        if pair is None:
            break
        splits = {word: merge_pair(symbols, pair) for word, symbols in splits.items()}
        merges.append(pair)
        vocab.append("".join(pair))
    return vocab, merges


# %% mistake="T63" exercise="train_bpe" title="special tokens at the end" caught_by=["train_bpe_worked", "sizes"] hint="Special tokens stand first, so that their ids do not depend on the corpus."
def train_bpe(corpus, vocab_size, special_tokens=("<|endoftext|>",)):
    freqs = count_words(corpus, pretokenize_gpt2)
    splits = {word: list(word) for word in freqs}
    vocab, merges = sorted(set("".join(freqs))), []
    while len(vocab) < vocab_size - len(special_tokens):
        pair = select_pair(count_pairs(splits, freqs))
        if pair is None:
            break
        splits = {word: merge_pair(symbols, pair) for word, symbols in splits.items()}
        merges.append(pair)
        vocab.append("".join(pair))
    return [*vocab, *special_tokens], merges


# %% mistake="T64" exercise="train_bpe" title="the whole text is one word" caught_by=["train_bpe_worked"] hint="A token may not cross a word boundary: yours learns `This` together with the blank behind it."
def train_bpe(corpus, vocab_size, special_tokens=("<|endoftext|>",)):
    freqs = {}
    for text in corpus:
        whole = text.replace(" ", "Ġ")
        freqs[whole] = freqs.get(whole, 0) + 1
    splits = {word: list(word) for word in freqs}
    vocab, merges = [*special_tokens, *sorted(set("".join(freqs)))], []
    while len(vocab) < vocab_size:
        pair = select_pair(count_pairs(splits, freqs))
        if pair is None:
            break
        splits = {word: merge_pair(symbols, pair) for word, symbols in splits.items()}
        merges.append(pair)
        vocab.append("".join(pair))
    return vocab, merges


# %% mistake="T65" exercise="train_bpe" title="small letters first" caught_by=["train_bpe_worked"] hint="`normalize` is not part of this training: `This` and `this` are two words here."
def train_bpe(corpus, vocab_size, special_tokens=("<|endoftext|>",)):
    freqs = count_words([text.lower() for text in corpus], pretokenize_gpt2)
    splits = {word: list(word) for word in freqs}
    vocab, merges = [*special_tokens, *sorted(set("".join(freqs)))], []
    while len(vocab) < vocab_size:
        pair = select_pair(count_pairs(splits, freqs))
        if pair is None:
            break
        splits = {word: merge_pair(symbols, pair) for word, symbols in splits.items()}
        merges.append(pair)
        vocab.append("".join(pair))
    return vocab, merges


# %% mistake="T66" exercise="train_bpe" title="words sorted by name" caught_by=["train_bpe_worked"] hint="The order of the words decides ties. Keep the order of first appearance."
def train_bpe(corpus, vocab_size, special_tokens=("<|endoftext|>",)):
    freqs = dict(sorted(count_words(corpus, pretokenize_gpt2).items()))
    splits = {word: list(word) for word in freqs}
    vocab, merges = [*special_tokens, *sorted(set("".join(freqs)))], []
    while len(vocab) < vocab_size:
        pair = select_pair(count_pairs(splits, freqs))
        if pair is None:
            break
        splits = {word: merge_pair(symbols, pair) for word, symbols in splits.items()}
        merges.append(pair)
        vocab.append("".join(pair))
    return vocab, merges


# %% mistake="T67" exercise="train_bpe" title="one merge too few" caught_by=["train_bpe_worked", "sizes"] hint="Training ends when the size is reached, and yours ends one before."
def train_bpe(corpus, vocab_size, special_tokens=("<|endoftext|>",)):
    freqs = count_words(corpus, pretokenize_gpt2)
    splits = {word: list(word) for word in freqs}
    vocab, merges = [*special_tokens, *sorted(set("".join(freqs)))], []
    while len(vocab) < vocab_size - 1:
        pair = select_pair(count_pairs(splits, freqs))
        if pair is None:
            break
        splits = {word: merge_pair(symbols, pair) for word, symbols in splits.items()}
        merges.append(pair)
        vocab.append("".join(pair))
    return vocab, merges


# %% mistake="T68" exercise="train_bpe" title="the vocabulary is kept from call to call" caught_by=["again"] hint="A list made outside, or as a default argument, remembers the last corpus."
LEARNED = []


def train_bpe(corpus, vocab_size, special_tokens=("<|endoftext|>",)):
    freqs = count_words(corpus, pretokenize_gpt2)
    splits = {word: list(word) for word in freqs}
    vocab = [*special_tokens, *sorted(set("".join(freqs)))]
    while len(vocab) < vocab_size:
        pair = select_pair(count_pairs(splits, freqs))
        if pair is None:
            break
        splits = {word: merge_pair(symbols, pair) for word, symbols in splits.items()}
        LEARNED.append(pair)
        vocab.append("".join(pair))
    return vocab, list(LEARNED)
