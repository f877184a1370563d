# %% mistake="T23" exercise="decode" title="joins with blanks" caught_by=["decode_worked", "round_trip"] hint="The round trip must be exact. The blanks are in the tokens already."
def decode(tokens):
    return " ".join(tokens).replace("Ġ", "")


# %% mistake="T23b" exercise="decode" title="forgets the Ġ" caught_by=["decode_worked", "round_trip"] hint="Every `Ġ` stands for a blank."
def decode(tokens):
    return "".join(tokens)


# %% mistake="T23c" exercise="decode" title="trims the text" caught_by=["round_trip", "decode_values"] hint="A text may begin or end with blanks; `strip` takes them away."
def decode(tokens):
    return "".join(tokens).replace("Ġ", " ").strip()


# %% mistake="T81" exercise="decode" title="one blank for several" caught_by=["decode_values"] hint="Two `Ġ` are two blanks."
def decode(tokens):
    return re.sub("Ġ+", " ", "".join(tokens))


# %% mistake="T82" exercise="decode" title="only the first Ġ of a token" caught_by=["decode_values"] hint="A token may hold several `Ġ`."
def decode(tokens):
    return "".join(" " + token[1:] if token.startswith("Ġ") else token for token in tokens)
