# %% mistake="A60" exercise="embedding_as_matmul" title="the number of classes taken from the ids" caught_by=["embedding_values"] hint="The largest id need not occur: V comes from the weight."
def embedding_as_matmul(weight, ids):
    return F.one_hot(ids).to(weight.dtype) @ weight


# %% mistake="A61" exercise="embedding_as_matmul" title="detached from the weight" caught_by=["embedding_gradient"] hint="`.data` or `detach` cuts the gradient: the embedding would never learn."
def embedding_as_matmul(weight, ids):
    return F.one_hot(ids, len(weight)).to(weight.dtype) @ weight.detach()


# %% mistake="A62" exercise="embedding_as_matmul" title="works for one sequence only" caught_by=["embedding_values"] hint="Ids come in any shape; the features are one more axis at the end."
def embedding_as_matmul(weight, ids):
    onehot = torch.zeros(ids.numel(), len(weight), dtype=weight.dtype)
    onehot[torch.arange(ids.numel()), ids.flatten()] = 1
    return onehot @ weight
