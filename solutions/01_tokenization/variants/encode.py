# %% variant="G2-encode" exercise="encode" title="a loop with extend"
def encode(text, merges):
    tokens = []
    for piece, span in pretokenize_gpt2(text):
        tokens.extend(encode_word(piece, merges))
    return tokens


# %% variant="TW7-encode" exercise="encode" title="the whole text at once, with walls between the pieces"
def encode(text, merges):
    row = []
    for entry in pretokenize_gpt2(text):
        row += [*entry[0], None]
    for a, b in merges:
        i = 0
        while i < len(row) - 1:
            if row[i] == a and row[i + 1] == b:
                row[i : i + 2] = [a + b]
            i += 1
    return [symbol for symbol in row if symbol is not None]


# %% variant="G6-encode" exercise="encode" title="chain and map, a tuple comes back"
def encode(text, merges):
    from itertools import chain

    words = (piece for piece, _ in pretokenize_gpt2(text))
    return tuple(chain.from_iterable(map(lambda word: encode_word(word, merges), words)))
