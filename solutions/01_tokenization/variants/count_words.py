# %% variant="G8-count_words" exercise="count_words" title="a Counter"
def count_words(corpus, pretokenize):
    from collections import Counter

    return Counter(entry[0] for text in corpus for entry in pretokenize(text))


# %% variant="G6-count_words" exercise="count_words" title="a defaultdict and a loop"
def count_words(texts, cut, *more):
    from collections import defaultdict

    table = defaultdict(int)
    for text in texts:
        for entry in cut(text):
            table[entry[0]] += 1
    return table


# %% variant="G2-count_words" exercise="count_words" title="all pieces first, then fromkeys and count"
def count_words(corpus, pretokenize):
    everything = []
    for text in corpus:
        everything.extend(piece for piece, span in pretokenize(text))
    return {piece: everything.count(piece) for piece in dict.fromkeys(everything)}
