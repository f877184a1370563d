# %% mistake="A17" exercise="attention" title="no scale" caught_by=["attention_worked", "attention_scale"] hint="What is the variance of a score? Bring it to 1."
def attention(q, k, v, blocked=None):
    weights = masked_softmax(q @ k.transpose(-2, -1), blocked)
    return weights @ v, weights


# %% mistake="A18" exercise="attention" title="the root of another size than that of a query" caught_by=["attention_sizes"] hint="d_k, the length of one query: not that of a value, nor of the model."
def attention(q, k, v, blocked=None):
    weights = masked_softmax(q @ k.transpose(-2, -1) / math.sqrt(v.shape[-1]), blocked)
    return weights @ v, weights


# %% mistake="A18b" exercise="attention" title="the root of the number of keys" caught_by=["attention_worked"] hint="The scores are sums over features, not over keys."
def attention(q, k, v, blocked=None):
    weights = masked_softmax(q @ k.transpose(-2, -1) / math.sqrt(k.shape[-2]), blocked)
    return weights @ v, weights


# %% mistake="A19" exercise="attention" title="divided by d instead of its root" caught_by=["attention_worked"] hint="Divide by the standard deviation, not by the variance."
def attention(q, k, v, blocked=None):
    weights = masked_softmax(q @ k.transpose(-2, -1) / q.shape[-1], blocked)
    return weights @ v, weights


# %% mistake="A19b" exercise="attention" title="multiplied by the root" caught_by=["attention_worked"] hint="Multiply or divide? The scores are too large, not too small."
def attention(q, k, v, blocked=None):
    weights = masked_softmax(q @ k.transpose(-2, -1) * math.sqrt(q.shape[-1]), blocked)
    return weights @ v, weights


# %% mistake="A20" exercise="attention" title="scaled after the softmax" caught_by=["attention_worked"] hint="The rows of your weights do not add up to 1. Scores are scaled, not weights."
def attention(q, k, v, blocked=None):
    weights = masked_softmax(q @ k.transpose(-2, -1), blocked) / math.sqrt(q.shape[-1])
    return weights @ v, weights


# %% mistake="A21" exercise="attention" title="all axes turned round" caught_by=["attention_sizes"] hint="`.T` and `permute` turn all axes round. Transpose the last two."
def attention(q, k, v, blocked=None):
    turned = k.permute(*range(k.dim() - 1, -1, -1))
    weights = masked_softmax(q @ turned / math.sqrt(q.shape[-1]), blocked)
    return weights @ v, weights


# %% mistake="A22" exercise="attention" title="queries used as keys" caught_by=["attention_sizes"] hint="Three different things: queries, keys, values. Your scores are symmetric."
def attention(q, k, v, blocked=None):
    weights = masked_softmax(q @ q.transpose(-2, -1) / math.sqrt(q.shape[-1]), blocked)
    return weights @ v, weights


# %% mistake="A22b" exercise="attention" title="the average of keys instead of values" caught_by=["attention_sizes"] hint="Keys are for finding, values are what is handed over."
def attention(q, k, v, blocked=None):
    weights = masked_softmax(q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1]), blocked)
    return weights @ k, weights


# %% mistake="A73" exercise="attention" title="the mask is not used" caught_by=["attention_worked", "attention_causal"] hint="Hand the mask on to the softmax."
def attention(q, k, v, blocked=None):
    weights = masked_softmax(q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1]))
    return weights @ v, weights


# %% mistake="A74" exercise="attention" title="masked after the softmax" caught_by=["attention_worked", "attention_causal"] hint="What is blocked must not count in the denominator: the future leaks through it."
def attention(q, k, v, blocked=None):
    weights = torch.softmax(q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1]), -1)
    if blocked is not None:
        weights = weights.masked_fill(blocked, 0)
    return weights @ v, weights


# %% mistake="A75" exercise="attention" title="normalised over the queries" caught_by=["attention_without_mask"] hint="The weights of one query add up to 1: the last axis."
def attention(q, k, v, blocked=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    weights = masked_softmax(scores, blocked, -2)
    return weights @ v, weights


# %% mistake="A76" exercise="attention" title="only the output is returned" caught_by=["attention_worked"] hint="`return out, weights`."
def attention(q, k, v, blocked=None):
    return masked_softmax(q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1]), blocked) @ v


# %% mistake="A77" exercise="attention" title="weights and output exchanged" caught_by=["attention_worked"] hint="The output comes first, the weights second."
def attention(q, k, v, blocked=None):
    weights = masked_softmax(q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1]), blocked)
    return weights, weights @ v


# %% mistake="A78" exercise="attention" title="scales the caller's queries in place" caught_by=["attention_worked"] hint="`q /= …` writes into the caller's tensor."
def attention(q, k, v, blocked=None):
    q /= math.sqrt(q.shape[-1])
    weights = masked_softmax(q @ k.transpose(-2, -1), blocked)
    return weights @ v, weights


# %% mistake="A79" exercise="attention" title="weights detached before the average" caught_by=["attention_gradients"] hint="Queries and keys learn through the weights; a `detach` cuts that."
def attention(q, k, v, blocked=None):
    weights = masked_softmax(q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1]), blocked)
    return weights.detach() @ v, weights


# %% mistake="A80" exercise="attention" title="a tensor made on the CPU" caught_by=["attention_device"] hint="On a graphics card this stops with two devices. Make new tensors with `device=q.device`." loses=0.5
def attention(q, k, v, blocked=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    nothing = torch.zeros(q.shape[-2], k.shape[-2])
    weights = masked_softmax(scores + nothing, blocked)
    return weights @ v, weights
