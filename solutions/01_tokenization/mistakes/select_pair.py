# %% mistake="T5" exercise="select_pair" title="the last of equals" caught_by=["select_pair_worked", "ties"] hint="Among equals take the pair met first. `>=` takes the last."
def select_pair(pair_counts):
    best = None
    for pair, count in pair_counts.items():
        if best is None or count >= pair_counts[best]:
            best = pair
    return best


# %% mistake="T5b" exercise="select_pair" title="the last in the alphabet among equals" caught_by=["ties"] hint="Among equals take the pair met first; the alphabet has no say."
def select_pair(pair_counts):
    return max(pair_counts, key=lambda pair: (pair_counts[pair], pair), default=None)


# %% mistake="T5c" exercise="select_pair" title="the first in the alphabet among equals" caught_by=["select_pair_worked", "ties"] hint="Among equals take the pair met first; the alphabet has no say."
def select_pair(pair_counts):
    return min(pair_counts, key=lambda pair: (-pair_counts[pair], pair), default=None)


# %% mistake="T6" exercise="select_pair" title="compares the pairs, not their counts" caught_by=["select_values"] hint="You compare the pairs, not their counts."
def select_pair(pair_counts):
    return max(pair_counts, default=None)


# %% mistake="T54" exercise="select_pair" title="fails on an empty dictionary" caught_by=["empty"] hint="Training ends with an empty dictionary. What does `max` do with it?"
def select_pair(pair_counts):
    return max(pair_counts, key=pair_counts.get)


# %% mistake="T55" exercise="select_pair" title="returns the count as well" caught_by=["select_pair_worked"] hint="The pair alone is wanted, not an entry of the dictionary."
def select_pair(pair_counts):
    return max(pair_counts.items(), key=lambda item: item[1], default=None)


# %% mistake="T56" exercise="select_pair" title="takes the pair out of the dictionary" caught_by=["select_values"] hint="`pop` changes the dictionary you were given."
def select_pair(pair_counts):
    best = max(pair_counts, key=pair_counts.get, default=None)
    pair_counts.pop(best, None)
    return best
