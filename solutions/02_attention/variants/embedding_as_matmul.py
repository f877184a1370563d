# %% variant="AW0" exercise="embedding_as_matmul" title="a lookup: the same function, and the same gradient"
def embedding_as_matmul(weight, ids):
    return weight[ids]


# %% variant="AW0b" exercise="embedding_as_matmul" title="comparison with all tokens, einsum"
def embedding_as_matmul(weight, ids, *, dtype=None):
    onehot = (ids[..., None] == torch.arange(weight.shape[0])).to(dtype or weight.dtype)
    return torch.einsum("...v,vd->...d", onehot, weight)


# %% variant="AW0c" exercise="embedding_as_matmul" title="scatter, in single precision"
def embedding_as_matmul(weight, ids):
    onehot = torch.zeros(ids.numel(), weight.shape[0])
    onehot.scatter_(1, ids.reshape(-1, 1), 1.0)
    return (onehot @ weight.float()).reshape(ids.shape + weight.shape[1:])
