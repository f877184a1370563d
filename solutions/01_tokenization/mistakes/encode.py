# %% mistake="T22" exercise="encode" title="no Ġ on inner words" caught_by=["encode_worked"] hint="Words that stand after a blank carry a `Ġ`. Yours have lost it."
def encode(text, merges):
    return [t for piece in re.findall(r"\w+|[^\w\s]", text) for t in encode_word(piece, merges)]


# %% mistake="T22b" exercise="encode" title="Ġ on the first word too" caught_by=["encode_worked"] hint="There is no blank before the first word, so it carries no `Ġ`."
def encode(text, merges):
    pieces = pretokenize_gpt2(" " + text)
    return [t for piece, _ in pieces for t in encode_word(piece, merges)]


# %% mistake="T76" exercise="encode" title="the whole text as one word" caught_by=["encode_values"] hint="No merge may cross the border of two pieces. Cut first."
def encode(text, merges):
    return encode_word(text.replace(" ", "Ġ"), [*merges, ("Ġthe", "n"), ("n", "Ġ"), (".", ",")])


# %% mistake="T77" exercise="encode" title="one list per piece" caught_by=["encode_worked"] hint="One flat list of tokens is wanted. `extend` instead of `append`?"
def encode(text, merges):
    return [encode_word(piece, merges) for piece, _ in pretokenize_gpt2(text)]


# %% mistake="T78" exercise="encode" title="trims the text first" caught_by=["encode_values"] hint="Blanks and newlines at both ends belong to the text; it must come back whole."
def encode(text, merges):
    return [t for piece, _ in pretokenize_gpt2(text.strip()) for t in encode_word(piece, merges)]


# %% mistake="T79" exercise="encode" title="an empty token for an empty text" caught_by=["encode_values"] hint="No text, no tokens: `[]`, not `['']`."
def encode(text, merges):
    return [t for piece, _ in pretokenize_gpt2(text) for t in encode_word(piece, merges)] or [""]


# %% mistake="T80" exercise="encode" title="each piece only once" caught_by=["encode_values"] hint="A word that stands twice in the text is encoded twice."
def encode(text, merges):
    pieces = dict.fromkeys(piece for piece, _ in pretokenize_gpt2(text))
    return [t for piece in pieces for t in encode_word(piece, merges)]
