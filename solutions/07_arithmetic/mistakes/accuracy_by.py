# %% mistake="R60" exercise="accuracy_by" title="the share of all problems" caught_by=["by_worked", "by_values"] hint="Divide by how many there are of this kind, not by how many there are."
def accuracy_by(keys, right):
    kinds = {}
    for key, solved in zip(keys, right):
        kinds.setdefault(key, []).append(solved)
    return {key: (sum(found) / len(keys), len(found)) for key, found in kinds.items()}


# %% mistake="R61" exercise="accuracy_by" title="how many were solved instead of how many there are" caught_by=["by_worked", "by_values"] hint="The second number is the size of the kind."
def accuracy_by(keys, right):
    kinds = {}
    for key, solved in zip(keys, right):
        kinds.setdefault(key, []).append(solved)
    return {key: (sum(found) / len(found), sum(found)) for key, found in kinds.items()}


# %% mistake="R62" exercise="accuracy_by" title="the share alone" caught_by=["by_worked", "by_values"] hint="A share of 3 and one of 300 are not worth the same: return the count, too."
def accuracy_by(keys, right):
    kinds = {}
    for key, solved in zip(keys, right):
        kinds.setdefault(key, []).append(solved)
    return {key: sum(found) / len(found) for key, found in kinds.items()}


# %% mistake="R63" exercise="accuracy_by" title="kinds never solved are missing" caught_by=["by_worked"] hint="A kind of which nothing was solved has the share 0. It is the most interesting one."
def accuracy_by(keys, right):
    kinds = {key: [] for key, solved in zip(keys, right) if solved}
    for key, solved in zip(keys, right):
        if key in kinds:
            kinds[key].append(solved)
    return {key: (sum(found) / len(found), len(found)) for key, found in kinds.items()}


# %% mistake="R64" exercise="accuracy_by" title="the share of errors" caught_by=["by_worked", "by_values"] hint="How many were solved, not how many were not."
def accuracy_by(keys, right):
    kinds = {}
    for key, solved in zip(keys, right):
        kinds.setdefault(key, []).append(not solved)
    return {key: (sum(found) / len(found), len(found)) for key, found in kinds.items()}
