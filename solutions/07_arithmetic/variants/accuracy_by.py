# %% variant="RW16" exercise="accuracy_by" title="two counters, lists as entries"
def accuracy_by(keys, right):
    from collections import Counter

    there, solved = Counter(keys), Counter(k for k, r in zip(keys, right) if r)
    return {key: [solved[key] / there[key], there[key]] for key in there}


# %% variant="RW17" exercise="accuracy_by" title="a running mean in a defaultdict"
def accuracy_by(keys, right):
    from collections import defaultdict

    found = defaultdict(lambda: (0.0, 0))
    for key, solved in zip(keys, right):
        share, count = found[key]
        found[key] = (share + (solved - share) / (count + 1), count + 1)
    return found
