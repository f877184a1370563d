# %% variant="AW13" exercise="causal_mask" title="not tril"
def causal_mask(length):
    return ~torch.tril(torch.ones(length, length, dtype=torch.bool))


# %% variant="AW13b" exercise="causal_mask" title="column number above row number"
def causal_mask(size, device=None):
    i = torch.arange(size, device=device)
    return i[None, :] > i[:, None]


# %% variant="AW13c" exercise="causal_mask" title="a large mask kept, and sliced"
LARGE = torch.ones(64, 64, dtype=torch.bool).triu(1)


def causal_mask(length):
    return LARGE[:length, :length]


# %% variant="AW14" exercise="causal_mask" title="with axes for batch and head"
def causal_mask(length):
    return torch.ones(1, 1, length, length, dtype=torch.bool).triu(diagonal=1)


# %% variant="G2-causal_mask" exercise="causal_mask" title="loops"
def causal_mask(length):
    return torch.tensor([[j > i for j in range(length)] for i in range(length)])
