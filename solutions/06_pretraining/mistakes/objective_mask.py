# %% [markdown]
# Each one starts from this correct frame and spoils one kind.


# %% mistake="P7" exercise="objective_mask" title="masked language modelling with a causal mask" caught_by=["mask_clm_worked", "mask_mlm"] hint="A masked token is guessed from both sides: `mlm` blocks nothing."
def objective_mask(kind, length, prefix=None, order=None):
    later = torch.ones(length, length, dtype=torch.bool).triu(1)
    if kind in ("clm", "mlm"):
        return later
    if kind == "prefix" and prefix is not None and 0 <= prefix <= length:
        return later & (torch.arange(length) >= prefix)
    if kind == "permutation" and order is not None and sorted(order) == list(range(length)):
        rank = torch.argsort(torch.tensor(order))
        return rank[None, :] > rank[:, None]
    raise ValueError


# %% mistake="P8" exercise="objective_mask" title="causal inside the prefix" caught_by=["mask_prefix_worked", "mask_open"] hint="The prefix is read in both directions: its columns are open to all, also to its own first row."
def objective_mask(kind, length, prefix=None, order=None):
    later = torch.ones(length, length, dtype=torch.bool).triu(1)
    if kind == "clm":
        return later
    if kind == "mlm":
        return torch.zeros_like(later)
    if kind == "prefix" and prefix is not None and 0 <= prefix <= length:
        return later
    if kind == "permutation" and order is not None and sorted(order) == list(range(length)):
        rank = torch.argsort(torch.tensor(order))
        return rank[None, :] > rank[:, None]
    raise ValueError


# %% mistake="P8b" exercise="objective_mask" title="the prefix does not see the rest, and nobody sees the prefix" caught_by=["mask_prefix_worked", "mask_open"] hint="Open the columns of the prefix, not its rows."
def objective_mask(kind, length, prefix=None, order=None):
    later = torch.ones(length, length, dtype=torch.bool).triu(1)
    if kind == "clm":
        return later
    if kind == "mlm":
        return torch.zeros_like(later)
    if kind == "prefix" and prefix is not None and 0 <= prefix <= length:
        # Rows opened instead of columns: the prefix sees all of the future.
        return later & (torch.arange(length) >= prefix)[:, None]
    if kind == "permutation" and order is not None and sorted(order) == list(range(length)):
        rank = torch.argsort(torch.tensor(order))
        return rank[None, :] > rank[:, None]
    raise ValueError


# %% mistake="P9" exercise="objective_mask" title="the order applied to the inputs, not to what is seen" caught_by=["mask_permutation_worked", "mask_order"] hint="The tokens stay at their places; what is permuted is who may see whom."
def objective_mask(kind, length, prefix=None, order=None):
    later = torch.ones(length, length, dtype=torch.bool).triu(1)
    if kind == "clm":
        return later
    if kind == "mlm":
        return torch.zeros_like(later)
    if kind == "prefix" and prefix is not None and 0 <= prefix <= length:
        return later & (torch.arange(length) >= prefix)
    if kind == "permutation" and order is not None and sorted(order) == list(range(length)):
        # Once the tokens are shuffled, a causal mask would do, they say.
        return later
    raise ValueError


# %% mistake="P9b" exercise="objective_mask" title="the order taken for its inverse" caught_by=["mask_permutation_worked", "mask_order", "mask_counts"] hint="order[t] is a place. You need the turn of a place: the inverse."
def objective_mask(kind, length, prefix=None, order=None):
    later = torch.ones(length, length, dtype=torch.bool).triu(1)
    if kind == "clm":
        return later
    if kind == "mlm":
        return torch.zeros_like(later)
    if kind == "prefix" and prefix is not None and 0 <= prefix <= length:
        return later & (torch.arange(length) >= prefix)
    if kind == "permutation" and order is not None and sorted(order) == list(range(length)):
        turn = torch.tensor(order)
        return turn[None, :] > turn[:, None]
    raise ValueError


# %% mistake="P9c" exercise="objective_mask" title="a place does not see itself" caught_by=["mask_permutation_worked", "mask_counts"] hint="In these masks a place always sees itself: later means strictly later."
def objective_mask(kind, length, prefix=None, order=None):
    later = torch.ones(length, length, dtype=torch.bool).triu(1)
    if kind == "clm":
        return later
    if kind == "mlm":
        return torch.zeros_like(later)
    if kind == "prefix" and prefix is not None and 0 <= prefix <= length:
        return later & (torch.arange(length) >= prefix)
    if kind == "permutation" and order is not None and sorted(order) == list(range(length)):
        rank = torch.argsort(torch.tensor(order))
        return rank[None, :] >= rank[:, None]
    raise ValueError


# %% mistake="P7b" exercise="objective_mask" title="True means open" caught_by=["mask_clm_worked", "mask_prefix_worked", "mask_permutation_worked"] hint="In this course True means blocked."
def objective_mask(kind, length, prefix=None, order=None):
    later = torch.ones(length, length, dtype=torch.bool).triu(1)
    if kind == "clm":
        return ~later
    if kind == "mlm":
        return torch.ones_like(later)
    if kind == "prefix" and prefix is not None and 0 <= prefix <= length:
        return ~(later & (torch.arange(length) >= prefix))
    if kind == "permutation" and order is not None and sorted(order) == list(range(length)):
        rank = torch.argsort(torch.tensor(order))
        return rank[None, :] <= rank[:, None]
    raise ValueError


# %% mistake="P7c" exercise="objective_mask" title="what is unknown or missing goes through" caught_by=["mask_errors"] hint="A mask nobody asked for is worse than an error: look at the arguments first."
def objective_mask(kind, length, prefix=None, order=None):
    later = torch.ones(length, length, dtype=torch.bool).triu(1)
    if kind == "mlm":
        return torch.zeros_like(later)
    if kind == "prefix":
        return later & (torch.arange(length) >= (prefix or 0))
    if kind == "permutation":
        rank = torch.argsort(torch.tensor(order or range(length)))
        return rank[None, :] > rank[:, None]
    return later
