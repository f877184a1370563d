# %% variant="G2-wordpiece" exercise="wordpiece_encode_word" title="two loops and for-else"
def wordpiece_encode_word(word, vocab):
    known, tokens, rest = set(vocab), [], word
    while rest:
        for n in range(len(rest), 0, -1):
            piece = rest[:n] if rest is word else "##" + rest[:n]
            if piece in known:
                tokens.append(piece)
                rest = rest[n:]
                break
        else:
            return ["[UNK]"]
    return tokens


# %% variant="TW7-wordpiece" exercise="wordpiece_encode_word" title="recursion with a mark in hand, a tuple comes back"
def wordpiece_encode_word(word, vocab):
    def solve(rest, mark):
        if not rest:
            return ()
        fits = [e for e in vocab if (mark + rest).startswith(e) and len(e) > len(mark)]
        if not fits:
            raise LookupError(rest)
        longest = max(fits, key=len)
        return (longest, *solve(rest[len(longest) - len(mark) :], "##"))

    try:
        return solve(word, "")
    except LookupError:
        return ("[UNK]",)
