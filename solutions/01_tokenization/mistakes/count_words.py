# %% mistake="T45" exercise="count_words" title="sorted by name" caught_by=["count_words_worked", "count_words_order"] hint="The order of first appearance decides ties later. Sorting destroys it."
def count_words(corpus, pretokenize):
    words = [piece for text in corpus for piece, _ in pretokenize(text)]
    return {word: words.count(word) for word in sorted(set(words))}


# %% mistake="T45b" exercise="count_words" title="sorted by count" caught_by=["count_words_order"] hint="`most_common` sorts by count. The order of first appearance is wanted."
def count_words(corpus, pretokenize):
    from collections import Counter

    return dict(Counter(piece for text in corpus for piece, _ in pretokenize(text)).most_common())


# %% mistake="T4a" exercise="count_words" title="through a set" caught_by=["count_words_order"] hint="The order of a set of strings changes from process to process."
def count_words(corpus, pretokenize):
    words = [piece for text in corpus for piece, _ in pretokenize(text)]
    return {word: words.count(word) for word in set(words)}


# %% mistake="T46" exercise="count_words" title="cuts at blanks by itself" caught_by=["count_words_worked", "count_words_cuts"] hint="The function you are given decides what a piece is, not `split`."
def count_words(corpus, pretokenize):
    counts = {}
    for text in corpus:
        for word in text.split():
            counts[word] = counts.get(word, 0) + 1
    return counts


# %% mistake="T47" exercise="count_words" title="the texts joined into one" caught_by=["count_words_worked"] hint="Each text is cut by itself. Joined with a blank, the first word of a text gets a blank it never had."
def count_words(corpus, pretokenize):
    counts = {}
    for piece, _ in pretokenize(" ".join(corpus)):
        counts[piece] = counts.get(piece, 0) + 1
    return counts


# %% mistake="T48" exercise="count_words" title="counts pieces with their offsets" caught_by=["count_words_worked"] hint="The keys are pieces. With the offsets in them no two are equal."
def count_words(corpus, pretokenize):
    counts = {}
    for text in corpus:
        for piece in pretokenize(text):
            piece = tuple(piece)
            counts[piece] = counts.get(piece, 0) + 1
    return counts
