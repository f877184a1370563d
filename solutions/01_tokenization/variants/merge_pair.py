# %% variant="G2-merge_pair" exercise="merge_pair" title="a stack"
def merge_pair(symbols, pair):
    stack, open_ = [], False
    for symbol in symbols:
        if open_ and (stack[-1], symbol) == tuple(pair):
            stack[-1] += symbol
            open_ = False
        else:
            stack.append(symbol)
            open_ = True
    return stack


# %% variant="G5-merge_pair" exercise="merge_pair" title="in place on a copy of its own"
def merge_pair(symbols, pair):
    own, i = list(symbols), 0
    while i < len(own) - 1:
        if own[i] == pair[0] and own[i + 1] == pair[1]:
            own[i] = own[i] + own.pop(i + 1)
        i += 1
    return own


# %% variant="TW7-merge_pair" exercise="merge_pair" title="recursion"
def merge_pair(symbols, pair):
    if len(symbols) < 2:
        return list(symbols)
    if symbols[0] == pair[0] and symbols[1] == pair[1]:
        return [pair[0] + pair[1]] + merge_pair(symbols[2:], pair)
    return [symbols[0]] + merge_pair(symbols[1:], pair)


# %% variant="G6-merge_pair" exercise="merge_pair" title="an iterator, a tuple comes back"
def merge_pair(symbols, pair):
    def walk(rest):
        held = next(rest, None)
        while held is not None:
            behind = next(rest, None)
            if behind is not None and [held, behind] == list(pair):
                yield held + behind
                held = next(rest, None)
            else:
                yield held
                held = behind

    return tuple(walk(iter(symbols)))


# %% variant="TW3-merge_pair" exercise="merge_pair" title="a separator that never occurs, and a regular expression"
def merge_pair(symbols, pair):
    if not symbols:
        return []
    text = "\0" + "\0".join(symbols) + "\0"
    a, b = map(re.escape, pair)
    merged = re.sub(f"(?<=\0){a}\0{b}(?=\0)", lambda m: m[0].replace("\0", ""), text)
    return merged[1:-1].split("\0")
