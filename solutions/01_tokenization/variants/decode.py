# %% variant="G2-decode" exercise="decode" title="character by character"
def decode(tokens):
    text = ""
    for token in tokens:
        for character in token:
            text += " " if character == "Ġ" else character
    return text


# %% variant="G8-decode" exercise="decode" title="translate"
def decode(tokens):
    return "".join(map(str, tokens)).translate({ord("Ġ"): " "})
