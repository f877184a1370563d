# %% variant="TW8" exercise="wordpiece_scores" title="divided twice"
def wordpiece_scores(splits, word_freqs):
    from collections import Counter

    singles = Counter()
    for word, symbols in splits.items():
        for symbol in symbols:
            singles[symbol] += word_freqs[word]
    pairs = count_pairs(splits, word_freqs)
    return {pair: pairs[pair] / singles[pair[0]] / singles[pair[1]] for pair in pairs}


# %% variant="TW8b" exercise="wordpiece_scores" title="exact fractions, turned into floats at the end"
def wordpiece_scores(splits, word_freqs):
    from fractions import Fraction

    singles, pairs = {}, {}
    for word, symbols in splits.items():
        n = word_freqs[word]
        for i, symbol in enumerate(symbols):
            singles[symbol] = singles.get(symbol, 0) + n
            if i:
                pairs[symbols[i - 1], symbol] = pairs.get((symbols[i - 1], symbol), 0) + n
    return {(a, b): float(Fraction(n, singles[a] * singles[b])) for (a, b), n in pairs.items()}


# %% variant="G1-scores" exercise="wordpiece_scores" title="numpy numbers in a defaultdict"
def wordpiece_scores(splits, word_freqs):
    from collections import defaultdict

    singles, scores = defaultdict(int), defaultdict(float)
    for word in splits:
        for symbol in splits[word]:
            singles[symbol] += word_freqs[word]
    for (a, b), n in count_pairs(splits, word_freqs).items():
        scores[a, b] = np.float64(n) / (singles[a] * singles[b])
    return scores
