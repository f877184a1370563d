# %% variant="AW3" exercise="attention" title="scaled at the queries"
def attention(q, k, v, blocked=None):
    weights = masked_softmax((q * q.shape[-1] ** -0.5) @ k.mT, blocked)
    return torch.matmul(weights, v), weights


# %% variant="AW3b" exercise="attention" title="the fourth root on both"
def attention(q, k, v, blocked=None):
    root = q.size(-1) ** 0.25
    weights = masked_softmax((q / root) @ (k / root).transpose(-1, -2), blocked)
    return weights @ v, weights


# %% variant="AW3c" exercise="attention" title="the root as a tensor of single precision"
def attention(q, k, v, blocked=None):
    scale = torch.sqrt(torch.tensor(k.shape[-1]))
    weights = masked_softmax(torch.matmul(q, k.transpose(-2, -1)) / scale, blocked)
    return weights @ v, weights


# %% variant="AW5" exercise="attention" title="einsum"
def attention(q, k, v, blocked=None):
    scores = torch.einsum("...qd,...kd->...qk", q, k) / np_root(q)
    weights = masked_softmax(scores, blocked, dim=-1)
    return torch.einsum("...qk,...kd->...qd", weights, v), weights


def np_root(q):
    return float(q.shape[-1]) ** 0.5


# %% variant="AW5b" exercise="attention" title="keys times queries, turned round"
def attention(q, k, v, blocked=None):
    scores = (k @ q.transpose(-1, -2)).transpose(-1, -2)
    weights = masked_softmax(scores.mul(1 / math.sqrt(q.shape[-1])), blocked)
    return weights @ v, weights


# %% variant="AW7" exercise="attention" title="torch's own, twice"
def attention(q, k, v, blocked=None):
    keep = None if blocked is None else torch.logical_not(blocked)
    out = F.scaled_dot_product_attention(q, k, v, attn_mask=keep)
    unit = torch.eye(k.shape[-2], dtype=k.dtype, device=k.device).expand(*k.shape[:-1], -1)
    return out, F.scaled_dot_product_attention(q, k, unit, attn_mask=keep)


# %% variant="AW15" exercise="attention" title="the scores as a third result"
def attention(q, k, v, blocked=None, dropout=0.0):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    weights = F.dropout(masked_softmax(scores, blocked), dropout)
    return weights @ v, weights, scores


# %% variant="AW8b" exercise="attention" title="a softmax of its own, looking for empty rows first"
def attention(q, k, v, blocked=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if blocked is None:
        blocked = torch.zeros(q.shape[-2], k.shape[-2], dtype=torch.bool, device=q.device)
    blocked = blocked.expand(scores.shape)
    scores = scores.masked_fill(blocked, -1e9)
    weights = torch.softmax(scores, -1)
    if blocked.all(-1).any():
        weights = weights.masked_fill(blocked.all(-1, keepdim=True), 0)
    return weights @ v, weights
