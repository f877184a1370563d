# %% variant="DW1a" exercise="apply_temperature" title="probabilities to the power 1/T, then the logarithm"
def apply_temperature(logits, T):
    if T < 0:
        raise ValueError("negative")
    probs = torch.softmax(logits.double(), 0)
    if T == 0:
        powers = torch.zeros_like(probs)
        powers[int(np.argmax(logits.numpy()))] = 1
    elif T == math.inf:
        powers = (logits > -math.inf).double()
    else:
        # The largest is divided out first, so that the smallest T leaves it standing.
        powers = (probs / probs.max()) ** (1 / T)
    return torch.log(powers / powers.sum())


# %% variant="DW1b" exercise="apply_temperature" title="normalised log-probabilities over T, in NumPy"
def apply_temperature(logits, T):
    if not T >= 0:
        raise ValueError(T)
    z = logits.double().numpy().copy()
    z -= z.max()
    if T == 0:
        best = np.flatnonzero(z == 0)[0]
        return np.where(np.arange(len(z)) == best, 0.0, -np.inf)
    if np.isinf(T):
        return np.where(z == -np.inf, -np.inf, 0.0)
    return z / T


# %% variant="DW2" exercise="apply_temperature" title="at T = 0 the best keeps its own logit; an effective infinity as division by a huge number"
def apply_temperature(logits, T=1.0):
    if T < 0:
        raise ValueError("T must not be negative")
    if T == 0:
        best = max(range(len(logits)), key=lambda i: float(logits[i]))
        return torch.tensor([float(z) if i == best else -math.inf for i, z in enumerate(logits)])
    return logits / min(T, 1e30)


# %% variant="DW3a" exercise="apply_temperature" title="the most negative finite number for what is impossible"
def apply_temperature(logits, T):
    if T < 0:
        raise ValueError
    low = torch.finfo(logits.dtype).min
    impossible = torch.isneginf(logits)
    if T == 0:
        new = torch.full_like(logits, low)
        new[torch.argmax(logits)] = 0.0
        return new
    new = torch.zeros_like(logits) if T == math.inf else logits / T
    return torch.where(impossible, torch.full_like(new, low), new)


# %% variant="G1-apply_temperature" exercise="apply_temperature" title="single precision, with a gradient"
def apply_temperature(logits, T):
    if T < 0:
        raise ValueError
    if T == 0:
        hot = torch.nn.functional.one_hot(logits.argmax(), len(logits))
        return torch.log(hot.float())
    z = logits.clone().float().requires_grad_()
    # The constant matters in single precision only.
    z = z - z.max()
    return torch.where(z == -math.inf, z, z / T)


# %% variant="DW6a" exercise="categorical_from_uniform" title="searchsorted on normalised sums"
def categorical_from_uniform(probs, u):
    sums = np.cumsum(np.asarray(probs, dtype=np.float64))
    sums /= sums[-1]
    return np.searchsorted(sums, u, side="right")


# %% variant="DW6b" exercise="categorical_from_uniform" title="a loop with a running sum"
def categorical_from_uniform(weights, u):
    weights = [float(w) for w in weights]
    target, running, last = u * sum(weights), 0.0, None
    for i, w in enumerate(weights):
        running += w
        if w > 0:
            last = i
            if running > target:
                return i
    return last


# %% variant="DW6c" exercise="categorical_from_uniform" title="bisect over the possible tokens"
from bisect import bisect_right
from itertools import accumulate


def categorical_from_uniform(probs, u):
    tokens = [i for i, p in enumerate(probs) if p > 0]
    sums = list(accumulate(float(probs[i]) for i in tokens))
    return tokens[min(bisect_right(sums, u * sums[-1]), len(tokens) - 1)]


# %% variant="DW6d" exercise="categorical_from_uniform" title="torch, a token as a tensor"
def categorical_from_uniform(probs, u):
    p = torch.as_tensor(probs).double()
    above = p.cumsum(0) > u * p.sum()
    above[p.nonzero()[-1]] = True
    return above.nonzero()[0].squeeze()


# %% variant="DW4a" exercise="top_k_filter" title="a threshold: all ties stay"
def top_k_filter(logits, k):
    if k < 1:
        raise ValueError("k must be at least 1")
    threshold = torch.sort(logits, descending=True).values[min(k, logits.numel()) - 1]
    return logits.masked_fill(logits < threshold, -torch.inf)


# %% variant="DW4b" exercise="top_k_filter" title="exactly k, by argsort in NumPy"
def top_k_filter(logits, k):
    if k <= 0:
        raise ValueError(k)
    z = logits.numpy().copy()
    z[np.argsort(z)[: max(len(z) - k, 0)]] = -np.inf
    return z


# %% variant="DW3b" exercise="top_k_filter" title="the most negative finite number"
def top_k_filter(logits, k):
    if k <= 0:
        raise ValueError
    _, best = logits.topk(min(k, logits.shape[-1]))
    new = torch.full_like(logits, torch.finfo(logits.dtype).min)
    return new.scatter(0, best, logits[best])


# %% variant="DW3c" exercise="top_k_filter" title="ids are remembered, probabilities renormalised, logarithms taken"
class TooFew(ValueError):
    pass


def top_k_filter(logits, k):
    if k <= 0:
        raise TooFew("nothing would stay")
    ids = sorted(range(len(logits)), key=lambda i: -float(logits[i]))[:k]
    weights = torch.softmax(logits[ids], 0)
    probs = torch.zeros(len(logits), dtype=weights.dtype)
    for i, w in zip(ids, weights):
        probs[i] = w
    return probs.log()


# %% variant="DW5a" exercise="top_p_filter" title="a shifted mask, scattered back"
def top_p_filter(logits, p):
    if p <= 0 or p > 1:
        raise ValueError("p must lie in (0, 1]")
    ordered, order = torch.sort(logits, descending=True)
    sums = torch.softmax(ordered, dim=-1).cumsum(dim=-1)
    remove = sums > p
    # One place to the right, so that the crossing token stays.
    remove[1:] = remove[:-1].clone()
    remove[0] = False
    if p == 1:
        remove[:] = False
    return logits.masked_fill(remove.scatter(0, order, remove), -math.inf)


# %% variant="DW5b" exercise="top_p_filter" title="searchsorted, in NumPy, single precision"
def top_p_filter(logits, p):
    if not (0 < p <= 1):
        raise ValueError
    z = logits.numpy().astype(np.float32)
    probs = np.exp(z - z.max())
    probs /= probs.sum()
    order = np.argsort(-probs)
    size = np.searchsorted(np.cumsum(probs[order]), p) + 1
    if p == 1:
        size = len(z)
    z[order[size:]] = -np.inf
    return z


# %% variant="DW5c" exercise="top_p_filter" title="a loop from the most probable down"
def top_p_filter(logits, p):
    if p <= 0 or p > 1:
        raise ValueError
    probs = torch.softmax(logits, 0).tolist()
    new, total = torch.full_like(logits, float("-inf")), 0.0
    for i in sorted(range(len(probs)), key=probs.__getitem__, reverse=True):
        new[i] = logits[i]
        total += probs[i]
        if total >= p and p < 1:
            break
    return new


# %% variant="DW5d" exercise="top_p_filter" title="from the least probable up, logits through the inverse order"
def top_p_filter(logits, p):
    if not 0 < p <= 1:
        raise ValueError
    ordered, order = logits.double().sort()
    tail = ordered.softmax(0).cumsum(0)
    # The tail that may go is lighter than 1 - p together; rounding must not cost the best one.
    gone = tail < 1 - p
    gone[-1] = False
    ordered = ordered.masked_fill(gone, torch.finfo(torch.float64).min)
    return ordered[order.argsort()]
