# %% variant="TW1" exercise="select_pair" title="an explicit loop with <"
def select_pair(pair_counts):
    best, most = None, 0
    for pair in pair_counts:
        if most < pair_counts[pair]:
            best, most = pair, pair_counts[pair]
    return best


# %% variant="TW1b" exercise="select_pair" title="most_common"
def select_pair(pair_counts):
    from collections import Counter

    top = Counter(pair_counts).most_common(1)
    return top[0][0] if top else None


# %% variant="TW1c" exercise="select_pair" title="a stable sort by falling count"
def select_pair(pair_counts):
    ranked = sorted(pair_counts, key=lambda pair: -pair_counts[pair])
    return ranked[0] if len(ranked) else None


# %% variant="TW1d" exercise="select_pair" title="an early return, the highest count first"
def select_pair(pair_counts):
    if not pair_counts:
        return None
    highest = max(pair_counts.values())
    return list(next(pair for pair, n in pair_counts.items() if n == highest))
