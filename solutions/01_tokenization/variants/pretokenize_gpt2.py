# %% variant="TW9-gpt2" exercise="pretokenize_gpt2" title="a hand-written scanner"
def pretokenize_gpt2(text):
    def kind(c):
        return (
            "letter"
            if c.isalpha()
            else "digit"
            if c.isdigit()
            else "space"
            if c.isspace()
            else "other"
        )

    pieces, i = [], 0
    while i < len(text):
        ending = next(
            (e for e in ("'s", "'t", "'re", "'ve", "'m", "'ll", "'d") if text.startswith(e, i)), ""
        )
        j = i + len(ending)
        if not ending:
            first = (
                i + 1
                if text[i] == " " and i + 1 < len(text) and kind(text[i + 1]) != "space"
                else i
            )
            j = first
            while j < len(text) and kind(text[j]) == kind(text[first]):
                j += 1
            if kind(text[first]) == "space" and j < len(text) and j - i > 1:
                j -= 1
        pieces.append((text[i:j].replace(" ", "Ġ"), (i, j)))
        i = j
    return pieces


# %% variant="G6-gpt2" exercise="pretokenize_gpt2" title="a compiled pattern, verbose, lists instead of tuples"
GPT2 = re.compile(
    r"""
    '(?:[stmd]|re|ve|ll)        # contractions
    | [ ]?(?:(?![\d_])\w)+      # letters
    | [ ]?\d+
    | [ ]?(?:_|(?!\w)\S)+
    | \s+(?=\s)                 # leaves one behind
    | \s+(?!\S)
    | \s
    """,
    re.VERBOSE,
)


def pretokenize_gpt2(text):
    pieces, place = [], 0
    while place < len(text):
        match = GPT2.match(text, place)
        found = match.group()
        if found.isspace() and match.end() == len(text):
            found = text[place:]
        elif found.isspace():
            run = re.match(r"\s+", text[place:])[0]
            found = run[:-1] if len(run) > 1 and place + len(run) < len(text) else run
        pieces.append(["".join("Ġ" if c == " " else c for c in found), [place, place + len(found)]])
        place += len(found)
    return pieces


# %% variant="TW9-swapped" exercise="pretokenize_gpt2" title="blanks made visible first, offsets unchanged by it"
def pretokenize_gpt2(text):
    seen = text.replace(" ", "Ġ")
    rules = (
        r"'(?:s|t|re|ve|m|ll|d)|Ġ?(?:(?!Ġ)[^\W\d_])+|Ġ?\d+|Ġ?(?:[^\s\w]|_)+|[\sĠ]+(?![^\sĠ])|[\sĠ]+"
    )
    return [(match.group(0), (match.start(), match.end())) for match in re.finditer(rules, seen)]
