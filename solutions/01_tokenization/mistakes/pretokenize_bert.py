# %% mistake="T28" exercise="pretokenize_bert" title="offsets in the text after cleaning" caught_by=["bert_worked", "bert_offsets"] hint="Your offsets count in a text without double blanks. They must lead back into the text as given."
def pretokenize_bert(text):
    cleaned = " ".join(text.split())
    return [(m.group(), m.span()) for m in re.finditer(r"[^\W_]+|[^\w\s]|_", cleaned)]


# %% mistake="T28b" exercise="pretokenize_bert" title="split at each blank" caught_by=["bert_worked", "bert_offsets"] hint="`split(' ')` leaves empty pieces where two blanks meet, and punctuation stays glued to its word."
def pretokenize_bert(text):
    pieces, start = [], 0
    for part in text.split(" "):
        pieces.append((part, (start, start + len(part))))
        start += len(part) + 1
    return pieces


# %% mistake="T34" exercise="pretokenize_bert" title="the underscore inside words" caught_by=["bert_values"] hint="`\\w` contains the underscore. Here it is punctuation and stands alone."
def pretokenize_bert(text):
    return [(m.group(), m.span()) for m in re.finditer(r"\w+|[^\w\s]", text)]


# %% mistake="T35" exercise="pretokenize_bert" title="runs of punctuation in one piece" caught_by=["bert_values"] hint="Every punctuation mark is a piece of its own; yours come in runs."
def pretokenize_bert(text):
    return [(m.group(), m.span()) for m in re.finditer(r"[^\W_]+|(?:[^\w\s]|_)+", text)]


# %% mistake="T36" exercise="pretokenize_bert" title="looks each piece up with find" caught_by=["bert_offsets"] hint="`find` without a start gives the first occurrence. The second `a` of a text stands elsewhere."
def pretokenize_bert(text):
    pieces = re.findall(r"[^\W_]+|[^\w\s]|_", text)
    return [(piece, (text.find(piece), text.find(piece) + len(piece))) for piece in pieces]


# %% mistake="T37" exercise="pretokenize_bert" title="ASCII letters only" caught_by=["bert_values"] hint="`[A-Za-z]` has no `é` and no `字`, and yours fall apart or vanish there."
def pretokenize_bert(text):
    return [(m.group(), m.span()) for m in re.finditer(r"[A-Za-z0-9]+|[^A-Za-z0-9\s]", text)]
