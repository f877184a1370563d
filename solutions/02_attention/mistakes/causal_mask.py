# %% mistake="A10" exercise="causal_mask" title="the diagonal is blocked, too" caught_by=["causal_worked", "causal_lengths"] hint="A token may see itself. The first one would have nothing to look at."
def causal_mask(length):
    return torch.ones(length, length, dtype=torch.bool).triu(0)


# %% mistake="A11" exercise="causal_mask" title="the polarity turned round: the past is blocked" caught_by=["causal_worked"] hint="True means blocked here. Yours is the mask of what may be seen."
def causal_mask(length):
    return torch.ones(length, length, dtype=torch.bool).tril()


# %% mistake="A11b" exercise="causal_mask" title="only the past is blocked, the future is open" caught_by=["causal_worked"] hint="Which triangle is the future? Rows are queries, columns are keys."
def causal_mask(length):
    return torch.ones(length, length, dtype=torch.bool).tril(-1)


# %% mistake="A64" exercise="causal_mask" title="numbers instead of booleans" caught_by=["causal_worked"] hint="A mask of 0 and 1 as floats cannot be used with `masked_fill` or `|`. The dtype is bool."
def causal_mask(length):
    return torch.ones(length, length).triu(1)


# %% mistake="A65" exercise="causal_mask" title="already filled with -inf" caught_by=["causal_worked"] hint="The mask says who is blocked; the infinity comes in the softmax."
def causal_mask(length):
    return torch.full((length, length), -math.inf).triu(1)
