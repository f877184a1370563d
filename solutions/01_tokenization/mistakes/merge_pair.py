# %% mistake="T7" exercise="merge_pair" title="replaces text instead of symbols" caught_by=["merge_pair_worked", "whole_symbols"] hint="Merge whole symbols, not characters inside them."
def merge_pair(symbols, pair):
    return " ".join(symbols).replace(" ".join(pair), "".join(pair)).split(" ")


# %% mistake="T8" exercise="merge_pair" title="uses a symbol twice" caught_by=["merge_pair_worked", "runs"] hint="Joined together, the symbols must spell the same text as before; yours have grown."
def merge_pair(symbols, pair):
    merged, i = [], 0
    while i < len(symbols):
        if tuple(symbols[i : i + 2]) == tuple(pair):
            merged.append("".join(pair))
            if symbols[i + 1] != pair[0] or i + 2 == len(symbols):
                i += 1
        else:
            merged.append(symbols[i])
        i += 1
    return merged


# %% mistake="T8b" exercise="merge_pair" title="a whole run becomes one symbol" caught_by=["merge_pair_worked", "runs"] hint="`aaa` has one merged pair and one symbol left, not one token for the whole run."
def merge_pair(symbols, pair):
    merged, i = [], 0
    while i < len(symbols):
        end = i
        while tuple(symbols[end : end + 2]) == tuple(pair):
            end += 2 if pair[0] != pair[1] else 1
        end += pair[0] == pair[1] and end > i
        merged.append("".join(symbols[i : max(end, i + 1)]))
        i = max(end, i + 1)
    return merged


# %% mistake="T9" exercise="merge_pair" title="stops after the first occurrence" caught_by=["runs", "places"] hint="Continue after a merge: `acac` holds the pair twice."
def merge_pair(symbols, pair):
    for i in range(len(symbols) - 1):
        if (symbols[i], symbols[i + 1]) == tuple(pair):
            return [*symbols[:i], "".join(pair), *symbols[i + 2 :]]
    return list(symbols)


# %% mistake="T10" exercise="merge_pair" title="always goes on by two" caught_by=["places"] hint="After a non-match move one step, or you miss the pair at every other place."
def merge_pair(symbols, pair):
    merged = []
    for i in range(0, len(symbols), 2):
        two = symbols[i : i + 2]
        merged += ["".join(two)] if tuple(two) == tuple(pair) else two
    return merged


# %% mistake="T10b" exercise="merge_pair" title="goes on by one after a match" caught_by=["merge_pair_worked", "places"] hint="A match uses up two symbols. Yours leaves the second one behind once more."
def merge_pair(symbols, pair):
    merged = []
    for i in range(len(symbols)):
        matches = tuple(symbols[i : i + 2]) == tuple(pair)
        merged.append("".join(pair) if matches else symbols[i])
    return merged


# %% mistake="T11" exercise="merge_pair" title="shortens a list under a range fixed before" caught_by=["merge_pair_worked", "places"] hint="The list gets shorter while you walk; the range does not know."
def merge_pair(symbols, pair):
    merged = list(symbols)
    for i in range(len(merged) - 1):
        if (merged[i], merged[i + 1]) == tuple(pair):
            merged[i : i + 2] = ["".join(pair)]
    return merged


# %% mistake="T11b" exercise="merge_pair" title="the last pair is skipped" caught_by=["places"] hint="Try a pair that stands at the very end."
def merge_pair(symbols, pair):
    merged, i = [], 0
    while i < len(symbols):
        if i < len(symbols) - 2 and (symbols[i], symbols[i + 1]) == tuple(pair):
            merged.append("".join(pair))
            i += 2
        else:
            merged.append(symbols[i])
            i += 1
    return merged


# %% mistake="T57" exercise="merge_pair" title="from right to left" caught_by=["merge_pair_worked", "runs"] hint="Which of two overlapping places comes first? From the left it is `aa a`."
def merge_pair(symbols, pair):
    merged, i = [], len(symbols) - 1
    while i >= 0:
        if i and (symbols[i - 1], symbols[i]) == tuple(pair):
            merged.append("".join(pair))
            i -= 2
        else:
            merged.append(symbols[i])
            i -= 1
    return merged[::-1]


# %% mistake="T58" exercise="merge_pair" title="changes the list it is given" caught_by=["merge_pair_keeps"] hint="`symbols[i : i + 2] = …` writes into the caller's list. Build a new one."
def merge_pair(symbols, pair):
    i = 0
    while i < len(symbols) - 1:
        if (symbols[i], symbols[i + 1]) == tuple(pair):
            symbols[i : i + 2] = ["".join(pair)]
        i += 1
    return symbols


# %% mistake="T60" exercise="merge_pair" title="returns one string" caught_by=["merge_pair_worked"] hint="A list of symbols is wanted; a string has forgotten where they end."
def merge_pair(symbols, pair):
    return " ".join(symbols).replace(" ".join(pair), "".join(pair))
