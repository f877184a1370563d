# %% variant="G2-longest" exercise="longest_match_encode" title="ends from far to near"
def longest_match_encode(word, vocab):
    entries, tokens, i = set(vocab), [], 0
    while i < len(word):
        j = len(word)
        while j > i + 1 and word[i:j] not in entries:
            j -= 1
        tokens.append(word[i:j])
        i = j
    return tokens


# %% variant="TW7-longest" exercise="longest_match_encode" title="recursion, entries sorted by length"
def longest_match_encode(word, vocab):
    if word == "":
        return []
    for entry in sorted(vocab, key=len, reverse=True):
        if entry and word[: len(entry)] == entry:
            return [entry, *longest_match_encode(word[len(entry) :], vocab)]
    return [word[0], *longest_match_encode(word[1:], vocab)]


# %% variant="TW9-longest" exercise="longest_match_encode" title="a regular expression, longest alternatives first"
def longest_match_encode(word, vocab):
    ordered = sorted((entry for entry in vocab if entry), key=len)[::-1]
    return re.findall("|".join([*map(re.escape, ordered), "(?s:.)"]), word)
