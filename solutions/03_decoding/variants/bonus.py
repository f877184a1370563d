# %% variant="by the softmax" exercise="min_p_filter"
def min_p_filter(logits, min_p):
    if min_p < 0 or min_p > 1:
        raise ValueError("min_p")
    probs = torch.softmax(logits, dim=-1)
    kept = logits.clone()
    kept[probs < min_p * probs.max()] = float("-inf")
    return kept


# %% variant="by a line on the logits" exercise="min_p_filter"
def min_p_filter(logits, min_p):
    if not (0 <= min_p <= 1):
        raise ValueError(min_p)
    if min_p == 0:
        return logits.clone()
    line = logits.max() + math.log(min_p)
    return torch.where(logits >= line, logits, torch.tensor(-math.inf, dtype=logits.dtype))


# %% variant="min-p in NumPy" exercise="min_p_filter"
def min_p_filter(logits, min_p):
    if not 0 <= min_p <= 1:
        raise ValueError(min_p)
    z = logits.double().numpy().copy()
    p = np.exp(z - z.max())
    z[p < min_p] = -np.inf
    return z


# %% variant="by the ratio" exercise="speculative_token"
def speculative_token(target, draft, token, u, v):
    if u < float(target[token]) / float(draft[token]):
        return token
    return categorical_from_uniform(
        torch.clamp(torch.as_tensor(target) - torch.as_tensor(draft), min=0), v
    )


# %% variant="normalised, and without the exercise it builds on" exercise="speculative_token"
def speculative_token(target, draft, token, u, v):
    p, q = np.asarray(target, dtype=float), np.asarray(draft, dtype=float)
    if u < min(1.0, p[token] / q[token]):
        return int(token)
    rest = np.where(p > q, p - q, 0)
    rest = rest / rest.sum()
    return int(np.searchsorted(np.cumsum(rest), v, side="right"))


# %% variant="a loop" exercise="speculative_token"
def speculative_token(target, draft, token, u, v):
    p, q = [float(x) for x in target], [float(x) for x in draft]
    if u * q[token] < p[token]:
        return token
    rest = [max(a - b, 0.0) for a, b in zip(p, q)]
    total, goal = 0.0, v * sum(rest)
    for index, weight in enumerate(rest):
        total += weight
        if total > goal:
            return index
    return max(index for index, weight in enumerate(rest) if weight > 0)
