# %% mistake="T24" exercise="wordpiece_scores" title="the count alone" caught_by=["scores_worked", "score_values"] hint="Divide by both parts' frequencies; the count alone is BPE."
def wordpiece_scores(splits, word_freqs):
    return {pair: float(n) for pair, n in count_pairs(splits, word_freqs).items()}


# %% mistake="T24b" exercise="wordpiece_scores" title="each word counts once below the line" caught_by=["scores_worked", "score_values"] hint="A word that occurs 10 times counts 10 times below the line too."
def wordpiece_scores(splits, word_freqs):
    symbols = [symbol for split in splits.values() for symbol in split]
    counts = count_pairs(splits, word_freqs)
    return {(a, b): n / (symbols.count(a) * symbols.count(b)) for (a, b), n in counts.items()}


# %% mistake="T26" exercise="wordpiece_scores" title="words of one symbol are left out" caught_by=["single_symbols"] hint="Every symbol counts, even alone."
def wordpiece_scores(splits, word_freqs):
    freqs = {}
    for word, symbols in splits.items():
        if len(symbols) > 1:
            for symbol in symbols:
                freqs[symbol] = freqs.get(symbol, 0) + word_freqs[word]
    counts = count_pairs(splits, word_freqs)
    return {(a, b): n / (freqs[a] * freqs[b]) for (a, b), n in counts.items()}


# %% mistake="T93" exercise="wordpiece_scores" title="the logarithm of the score" caught_by=["scores_worked", "score_values"] hint="The logarithm keeps the order and loses ties in its last digit. One division is wanted."
def wordpiece_scores(splits, word_freqs):
    freqs = {}
    for word, symbols in splits.items():
        for symbol in symbols:
            freqs[symbol] = freqs.get(symbol, 0) + word_freqs[word]
    counts = count_pairs(splits, word_freqs)
    return {
        (a, b): float(np.log(n) - np.log(freqs[a]) - np.log(freqs[b]))
        for (a, b), n in counts.items()
    }


# %% mistake="T94" exercise="wordpiece_scores" title="divided by the sum" caught_by=["scores_worked", "score_values"] hint="The product of the two counts stands below the line, not their sum."
def wordpiece_scores(splits, word_freqs):
    freqs = {}
    for word, symbols in splits.items():
        for symbol in symbols:
            freqs[symbol] = freqs.get(symbol, 0) + word_freqs[word]
    counts = count_pairs(splits, word_freqs)
    return {(a, b): n / (freqs[a] + freqs[b]) for (a, b), n in counts.items()}


# %% mistake="T95" exercise="wordpiece_scores" title="divided and multiplied" caught_by=["scores_worked", "score_values"] hint="`n / a * b` multiplies by b again. Mind the brackets."
def wordpiece_scores(splits, word_freqs):
    freqs = {}
    for word, symbols in splits.items():
        for symbol in symbols:
            freqs[symbol] = freqs.get(symbol, 0) + word_freqs[word]
    counts = count_pairs(splits, word_freqs)
    return {(a, b): n / freqs[a] * freqs[b] for (a, b), n in counts.items()}
