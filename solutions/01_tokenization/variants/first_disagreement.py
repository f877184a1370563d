# %% variant="G2-first" exercise="first_disagreement" title="next with a default"
def first_disagreement(words, merges, vocab):
    differ = (
        w
        for w in words
        if tuple(encode_word(w, merges, vocab)) != tuple(longest_match_encode(w, vocab))
    )
    return next(differ, None)


# %% variant="G4-first" exercise="first_disagreement" title="all of them first, through a helper"
def disagree(word, merges, vocab):
    return " ".join(encode_word(word, merges)) != " ".join(longest_match_encode(word, vocab))


def first_disagreement(words, merges, vocab):
    found = [word for word in words if disagree(word, merges, vocab)]
    if found:
        return found[0]
