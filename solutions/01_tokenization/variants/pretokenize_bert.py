# %% variant="TW9-bert" exercise="pretokenize_bert" title="a hand-written scanner"
def pretokenize_bert(text):
    pieces, start = [], 0
    while start < len(text):
        end = start + 1
        if text[start].isalnum():
            while end < len(text) and text[end].isalnum():
                end += 1
        if not text[start].isspace():
            pieces.append((text[start:end], (start, end)))
        start = end
    return pieces


# %% variant="G6-bert" exercise="pretokenize_bert" title="lists instead of tuples, words first and the rest after"
def pretokenize_bert(text):
    found = []
    for word in re.finditer(r"\S+", text):
        for part in re.finditer(r"[^\W_]+|\W|_", word[0]):
            a, b = part.span()
            found.append([part[0], [word.start() + a, word.start() + b]])
    return found


# %% variant="G8-bert" exercise="pretokenize_bert" title="split by a group, offsets added up"
def pretokenize_bert(text):
    place, found = 0, ()
    for part in re.split(r"([^\w\s]|_|\s)", text):
        stop = place + len(part)
        if part.strip():
            found += ((part, (place, stop)),)
        place = stop
    return found
