# %% mistake="P10" exercise="rtd_labels" title="a lucky hit counts as replaced" caught_by=["rtd_worked", "rtd_values"] hint="Compare tokens: where the generator hit upon the original, nothing was replaced."
def rtd_labels(ids, chosen, replacements):
    return torch.where(chosen, replacements, ids), chosen.long()


# %% mistake="P10b" exercise="rtd_labels" title="1 for the original" caught_by=["rtd_worked", "rtd_values"] hint="1 means replaced."
def rtd_labels(ids, chosen, replacements):
    corrupted = torch.where(chosen, replacements, ids)
    return corrupted, (corrupted == ids).long()


# %% mistake="P10c" exercise="rtd_labels" title="replacements compared everywhere" caught_by=["rtd_worked", "rtd_values"] hint="Where nothing was chosen, the replacement was never written."
def rtd_labels(ids, chosen, replacements):
    return torch.where(chosen, replacements, ids), (replacements != ids).long()


# %% mistake="P10d" exercise="rtd_labels" title="writes into the ids it was given" caught_by=["rtd_worked"] hint="`corrupted = ids` is a second name for the same tensor."
def rtd_labels(ids, chosen, replacements):
    before = ids.clone()
    ids[chosen] = replacements[chosen]
    return ids, (ids != before).long()
