# %% mistake="T1" exercise="count_pairs" title="each word counts once" caught_by=["count_pairs_worked", "weights"] hint="A word that occurs 3 times contributes 3."
def count_pairs(splits, word_freqs):
    counts = {}
    for word, symbols in splits.items():
        for pair in zip(symbols, symbols[1:]):
            counts[pair] = counts.get(pair, 0) + 1
    return counts


# %% mistake="T2" exercise="count_pairs" title="skips places that overlap" caught_by=["overlap"] hint="Count every neighbouring place: `aaa` has two."
def count_pairs(splits, word_freqs):
    counts = {}
    for word, symbols in splits.items():
        last, previous = -2, None
        for i, pair in enumerate(zip(symbols, symbols[1:])):
            if pair == previous and last == i - 1:
                previous = None
                continue
            counts[pair] = counts.get(pair, 0) + word_freqs[word]
            last, previous = i, pair
    return counts


# %% mistake="T3" exercise="count_pairs" title="pairs across word boundaries" caught_by=["inside_words"] hint="No pair may span two words."
def count_pairs(splits, word_freqs):
    counts = {}
    row = [(symbol, word_freqs[word]) for word, symbols in splits.items() for symbol in symbols]
    for (a, n), (b, _) in zip(row, row[1:]):
        counts[a, b] = counts.get((a, b), 0) + n
    return counts


# %% mistake="T4" exercise="count_pairs" title="walks through a set of words" caught_by=["scan_order"] hint="The same input must give the same merges in every process, and the order of a set does not."
def count_pairs(splits, word_freqs):
    counts = {}
    for word in set(splits):
        for pair in zip(splits[word], splits[word][1:]):
            counts[pair] = counts.get(pair, 0) + word_freqs[word]
    return counts


# %% mistake="T49" exercise="count_pairs" title="characters of the word instead of its symbols" caught_by=["scan_order"] hint="After a few merges a word consists of longer symbols. They stand in `splits`."
def count_pairs(splits, word_freqs):
    counts = {}
    for word in splits:
        for pair in zip(word, word[1:]):
            counts[pair] = counts.get(pair, 0) + word_freqs[word]
    return counts


# %% mistake="T50" exercise="count_pairs" title="the last pair of each word is missing" caught_by=["count_pairs_worked"] hint="A word of n symbols has n - 1 places. Yours ends one early."
def count_pairs(splits, word_freqs):
    counts = {}
    for word, symbols in splits.items():
        for i in range(len(symbols) - 2):
            pair = symbols[i], symbols[i + 1]
            counts[pair] = counts.get(pair, 0) + word_freqs[word]
    return counts


# %% mistake="T51" exercise="count_pairs" title="pairs without an order" caught_by=["count_pairs_worked"] hint="(a, b) and (b, a) are two pairs. Sorting them makes one of both."
def count_pairs(splits, word_freqs):
    counts = {}
    for word, symbols in splits.items():
        for pair in zip(symbols, symbols[1:]):
            pair = tuple(sorted(pair))
            counts[pair] = counts.get(pair, 0) + word_freqs[word]
    return counts


# %% mistake="T52" exercise="count_pairs" title="sorted by count" caught_by=["count_pairs_worked"] hint="The counts are right, the order is not: the pair that the scan meets first comes first."
def count_pairs(splits, word_freqs):
    counts = {}
    for word, symbols in splits.items():
        for pair in zip(symbols, symbols[1:]):
            counts[pair] = counts.get(pair, 0) + word_freqs[word]
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


# %% mistake="T53" exercise="count_pairs" title="a word holds each of its pairs once" caught_by=["overlap"] hint="A pair that stands twice in a word counts twice there."
def count_pairs(splits, word_freqs):
    counts = {}
    for word, symbols in splits.items():
        for pair in dict.fromkeys(zip(symbols, symbols[1:])):
            counts[pair] = counts.get(pair, 0) + word_freqs[word]
    return counts
