# %% variant="G8-count_pairs" exercise="count_pairs" title="a Counter over the frequencies"
def count_pairs(splits, word_freqs):
    from collections import Counter

    pairs = Counter()
    for word, number in word_freqs.items():
        for i in range(1, len(splits[word])):
            pairs[splits[word][i - 1], splits[word][i]] += number
    return pairs


# %% variant="G2-count_pairs" exercise="count_pairs" title="indices and setdefault"
def count_pairs(splits, word_freqs):
    found = {}
    for word in splits:
        s = splits[word]
        for i in range(len(s) - 1):
            found.setdefault((s[i], s[i + 1]), []).append(word_freqs[word])
    return {pair: sum(numbers) for pair, numbers in found.items()}


# %% variant="TW3-count_pairs" exercise="count_pairs" title="numpy integers as counts, pairwise"
def count_pairs(splits, word_freqs):
    from itertools import pairwise

    table = {}
    for word, symbols in splits.items():
        for pair in pairwise(tuple(symbols)):
            table[pair] = np.int64(table.get(pair, 0)) + np.int64(word_freqs[word])
    return table
