# %% mistake="T28c" exercise="pretokenize_gpt2" title="split at each blank" caught_by=["gpt2_worked"] hint="Words and punctuation are different pieces, and a run of blanks is one piece, not empty ones."
def pretokenize_gpt2(text):
    pieces, start = [], 0
    for part in text.split(" "):
        if start:
            pieces.append(("Ġ" + part, (start - 1, start + len(part))))
        else:
            pieces.append((part, (start, start + len(part))))
        start += len(part) + 1
    return pieces


# %% mistake="T28d" exercise="pretokenize_gpt2" title="offsets in the text after cleaning" caught_by=["gpt2_worked", "gpt2_tiles"] hint="Your offsets count in a text from which blanks have gone. They must lead into the text as given."
def pretokenize_gpt2(text):
    rules = r"'(?:s|t|re|ve|m|ll|d)| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+"
    return [(m[0].replace(" ", "Ġ"), m.span()) for m in re.finditer(rules, " ".join(text.split()))]


# %% mistake="T38" exercise="pretokenize_gpt2" title="drops white space between pieces" caught_by=["gpt2_worked", "gpt2_tiles"] hint="Nothing may be lost: what about the first of two blanks, or a newline?"
def pretokenize_gpt2(text):
    rules = r"'(?:s|t|re|ve|m|ll|d)| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+"
    return [(m[0].replace(" ", "Ġ"), m.span()) for m in re.finditer(rules, text)]


# %% mistake="T39" exercise="pretokenize_gpt2" title="a run of blanks takes the blank of the next word" caught_by=["gpt2_worked"] hint="The last blank of a run belongs to the word behind it. Which condition gives it back?"
def pretokenize_gpt2(text):
    rules = r"'(?:s|t|re|ve|m|ll|d)|\s\s+| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+"
    return [(m[0].replace(" ", "Ġ"), m.span()) for m in re.finditer(rules, text)]


# %% mistake="T40" exercise="pretokenize_gpt2" title="no contractions" caught_by=["gpt2_table"] hint="`it's` has two pieces. Which rule comes first in the table?"
def pretokenize_gpt2(text):
    rules = r" ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+"
    return [(m[0].replace(" ", "Ġ"), m.span()) for m in re.finditer(rules, text)]


# %% mistake="T41" exercise="pretokenize_gpt2" title="letters and digits in one piece" caught_by=["gpt2_values"] hint="Letters and digits are different rules: `a1` has two pieces."
def pretokenize_gpt2(text):
    rules = r"'(?:s|t|re|ve|m|ll|d)| ?[^\W_]+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+"
    return [(m[0].replace(" ", "Ġ"), m.span()) for m in re.finditer(rules, text)]


# %% mistake="T42" exercise="pretokenize_gpt2" title="the underscore is lost" caught_by=["gpt2_table", "gpt2_tiles"] hint="`_` is neither letter nor `[^\\s\\w]`, so none of your rules takes it."
def pretokenize_gpt2(text):
    rules = r"'(?:s|t|re|ve|m|ll|d)| ?[^\W\d_]+| ?\d+| ?[^\s\w]+|\s+(?!\S)|\s+"
    return [(m[0].replace(" ", "Ġ"), m.span()) for m in re.finditer(rules, text)]


# %% mistake="T43" exercise="pretokenize_gpt2" title="newlines and tabs become Ġ as well" caught_by=["gpt2_table", "gpt2_tiles"] hint="Only the blank becomes `Ġ`. A newline stays what it is."
def pretokenize_gpt2(text):
    rules = r"'(?:s|t|re|ve|m|ll|d)| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+"
    return [(re.sub(r"\s", "Ġ", m[0]), m.span()) for m in re.finditer(rules, text)]


# %% mistake="T44" exercise="pretokenize_gpt2" title="the blank stays a blank" caught_by=["gpt2_worked"] hint="The cut is right. The blank at the start of a piece is written `Ġ`."
def pretokenize_gpt2(text):
    rules = r"'(?:s|t|re|ve|m|ll|d)| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+"
    return [(m[0], m.span()) for m in re.finditer(rules, text)]
