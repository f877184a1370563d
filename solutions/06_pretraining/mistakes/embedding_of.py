# %% mistake="P17" exercise="embedding_of" title="BOS included" caught_by=["embedding_worked", "embedding_rows"] hint="One token, one vector: BOS stands in front and is not part of the word."
def embedding_of(word, encode, table):
    ids = encode(word)
    if len(ids) != 2:
        raise ValueError
    # A batch of one text: [-1] takes the text, not the token.
    return table[torch.tensor([ids])][-1]


# %% mistake="P17b" exercise="embedding_of" title="the embedding of BOS" caught_by=["embedding_worked", "embedding_rows"] hint="The first id is BOS; the word comes behind it."
def embedding_of(word, encode, table):
    ids = encode(word)
    if len(ids) != 2:
        raise ValueError
    return table[ids[0]]


# %% mistake="P17c" exercise="embedding_of" title="the last token, whatever came before" caught_by=["embedding_error", "embedding_none"] hint="The last piece of a word is not the word."
def embedding_of(word, encode, table):
    return table[encode(word)[-1]]


# %% mistake="P17d" exercise="embedding_of" title="a row of a matrix, not a vector" caught_by=["embedding_worked", "embedding_rows"] hint="The shape is (d,), not (1, d)."
def embedding_of(word, encode, table):
    ids = encode(word)[1:]
    if len(ids) != 1:
        raise ValueError
    return table[ids]
