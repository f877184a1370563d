# %% mistake="T88" exercise="first_disagreement" title="gives up after the first word" caught_by=["first_disagreement_worked"] hint="The None belongs behind the loop, not into it."
def first_disagreement(words, merges, vocab):
    for word in words:
        if encode_word(word, merges) != longest_match_encode(word, vocab):
            return word
        return None


# %% mistake="T89" exercise="first_disagreement" title="the last one" caught_by=["first_disagreement_worked", "earliest"] hint="You go on after the first one has been found."
def first_disagreement(words, merges, vocab):
    found = None
    for word in words:
        if encode_word(word, merges) != longest_match_encode(word, vocab):
            found = word
    return found


# %% mistake="T90" exercise="first_disagreement" title="compares the number of tokens" caught_by=["first_disagreement_worked"] hint="Two lists of the same length can still differ: compare the tokens."
def first_disagreement(words, merges, vocab):
    for word in words:
        if len(encode_word(word, merges)) != len(longest_match_encode(word, vocab)):
            return word
    return None


# %% mistake="T91" exercise="first_disagreement" title="returns the position" caught_by=["first_disagreement_worked"] hint="The word itself is wanted."
def first_disagreement(words, merges, vocab):
    for i, word in enumerate(words):
        if encode_word(word, merges) != longest_match_encode(word, vocab):
            return i
    return None


# %% mistake="T92" exercise="first_disagreement" title="compares the joined tokens" caught_by=["first_disagreement_worked"] hint="Joined, both spell the word; they can never differ."
def first_disagreement(words, merges, vocab):
    for word in words:
        if "".join(encode_word(word, merges)) != "".join(longest_match_encode(word, vocab)):
            return word
    return None
