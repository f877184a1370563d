# %% stand_in="count_words"
# Here and not across the process boundary: its second argument may be a function of the student's.
def count_words(corpus, pretokenize, **_):
    from collections import Counter

    return dict(Counter(piece for text in corpus for piece, _ in pretokenize(text)))
