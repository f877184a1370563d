# %% mistake="D1" exercise="apply_temperature" title="multiplied" caught_by=["temperatures", "entropy_grows"] hint="Hot is flat: a large T must make logits smaller."
def apply_temperature(logits, T):
    if T < 0:
        raise ValueError
    if T == 0:
        only = torch.full_like(logits, -math.inf)
        only[logits.argmax()] = 0
        return only
    if T == math.inf:
        return torch.zeros_like(logits).masked_fill(logits == -math.inf, -math.inf)
    return logits * T


# %% mistake="D2" exercise="apply_temperature" title="probabilities divided" caught_by=["temperatures", "temperature_anywhere"] hint="Divide logits, not probabilities: a probability over T, put through a softmax, means nothing."
def apply_temperature(logits, T):
    if T < 0:
        raise ValueError
    probs = torch.softmax(logits, 0)
    if T == 0:
        return torch.log(torch.eye(len(probs))[int(logits.argmax())])
    if T == math.inf:
        return torch.zeros_like(logits).masked_fill(logits == -math.inf, -math.inf)
    return (probs / T).masked_fill(logits == -math.inf, -math.inf)


# %% mistake="D2b" exercise="apply_temperature" title="probabilities divided and renormalised: nothing happens" caught_by=["temperatures", "entropy_grows"] hint="Dividing all probabilities by the same number and normalising again changes nothing at all."
def apply_temperature(logits, T):
    if T < 0:
        raise ValueError
    if T == 0:
        return torch.log(torch.eye(len(logits))[int(logits.argmax())])
    if T == math.inf:
        return torch.zeros_like(logits).masked_fill(logits == -math.inf, -math.inf)
    probs = torch.softmax(logits, 0) / T
    return torch.log(probs / probs.sum())


# %% mistake="D3" exercise="apply_temperature" title="divides by zero" caught_by=["zero_temperature", "cold_ties"] hint="T = 0 cannot be divided by. Define it as the arg max."
def apply_temperature(logits, T):
    if T < 0:
        raise ValueError
    if T == math.inf:
        return torch.zeros_like(logits).masked_fill(logits == -math.inf, -math.inf)
    return logits / T


# %% mistake="D4" exercise="apply_temperature" title="a tiny number for T = 0" caught_by=["zero_temperature", "cold_ties"] hint="A tiny T is not T = 0: equal logits share the mass, and large ones overflow. Define T = 0 as the arg max."
def apply_temperature(logits, T):
    if T < 0:
        raise ValueError
    if T == math.inf:
        return torch.zeros_like(logits).masked_fill(logits == -math.inf, -math.inf)
    return logits / max(T, 1e-10)


# %% mistake="D5" exercise="apply_temperature" title="divides in place" caught_by=["temperatures", "temperature_copies"] hint="`logits /= T` writes into the caller's tensor; the second call then differs. Return a new one."
def apply_temperature(logits, T):
    if T < 0:
        raise ValueError
    if T == 0:
        best = logits.argmax()
        logits[:] = -math.inf
        logits[best] = 0
    elif T == math.inf:
        logits[logits > -math.inf] = 0
    else:
        logits /= T
    return logits


# %% mistake="D6" exercise="apply_temperature" title="at infinity everything is possible" caught_by=["impossible_stays"] hint="Uniform over the *possible* tokens: what is impossible stays so at every temperature."
def apply_temperature(logits, T):
    if T < 0:
        raise ValueError
    if T == 0:
        only = torch.full_like(logits, -math.inf)
        only[logits.argmax()] = 0
        return only
    if T == math.inf:
        return torch.zeros_like(logits)
    return logits / T


# %% mistake="D6b" exercise="apply_temperature" title="NaN at infinity" caught_by=["impossible_stays"] hint="What is -inf divided by inf? T = inf needs a line of its own."
def apply_temperature(logits, T):
    if T < 0:
        raise ValueError
    if T == 0:
        only = torch.full_like(logits, -math.inf)
        only[logits.argmax()] = 0
        return only
    return logits / T


# %% mistake="D56" exercise="apply_temperature" title="probabilities instead of logits" caught_by=["temperatures", "temperature_anywhere"] hint="The result goes through a softmax later. Return logits, not probabilities."
def apply_temperature(logits, T):
    if T < 0:
        raise ValueError
    if T == 0:
        return torch.eye(len(logits))[int(logits.argmax())]
    if T == math.inf:
        possible = (logits > -math.inf).double()
        return possible / possible.sum()
    return torch.softmax(logits / T, 0)


# %% mistake="D57" exercise="apply_temperature" title="a negative temperature passes" caught_by=["negative_temperature"] hint="A negative temperature would prefer the least probable token. Raise a ValueError."
def apply_temperature(logits, T):
    if T == 0:
        only = torch.full_like(logits, -math.inf)
        only[logits.argmax()] = 0
        return only
    if T == math.inf:
        return torch.zeros_like(logits).masked_fill(logits == -math.inf, -math.inf)
    return logits / T


# %% mistake="D58" exercise="apply_temperature" title="at T = 0 all of the largest share" caught_by=["zero_temperature", "cold_ties"] hint="Of equal logits the first alone stays at T = 0; with several left, decoding is no longer deterministic."
def apply_temperature(logits, T):
    if T < 0:
        raise ValueError
    if T == 0:
        return torch.zeros_like(logits).masked_fill(logits < logits.max(), -math.inf)
    if T == math.inf:
        return torch.zeros_like(logits).masked_fill(logits == -math.inf, -math.inf)
    return logits / T


# %% mistake="D59" exercise="apply_temperature" title="T = 0 leaves the logits as they are" caught_by=["zero_temperature", "cold_ties"] hint="`if not T` is true for 0: the coldest temperature is not the same as none at all."
def apply_temperature(logits, T=None):
    if not T:
        return logits.clone()
    if T < 0:
        raise ValueError
    if T == math.inf:
        return torch.zeros_like(logits).masked_fill(logits == -math.inf, -math.inf)
    return logits / T


# %% mistake="D60" exercise="apply_temperature" title="at T = 0 zeros where -inf is meant" caught_by=["zero_temperature", "impossible_stays"] hint="One-hot as *logits*: 0 for the best and -inf for all others. Zeros everywhere else are e^0 = 1."
def apply_temperature(logits, T):
    if T < 0:
        raise ValueError
    if T == 0:
        only = torch.zeros_like(logits)
        only[logits.argmax()] = 1
        return only
    if T == math.inf:
        return torch.zeros_like(logits).masked_fill(logits == -math.inf, -math.inf)
    return logits / T


# %% mistake="D7" exercise="categorical_from_uniform" title="reached instead of exceeded" caught_by=["first_piece", "exact_ends"] hint="With ≥ the number u = 0 selects a first token of probability 0. The sum must *exceed* u."
def categorical_from_uniform(probs, u):
    weights = np.asarray(probs, dtype=np.float64)
    return int(np.flatnonzero(np.cumsum(weights) >= u * weights.sum())[0])


# %% mistake="D7c" exercise="categorical_from_uniform" title="the pieces laid from the right" caught_by=["pieces"] hint="The same law, but the text lays the pieces from token 0 upwards."
def categorical_from_uniform(probs, u):
    weights = np.asarray(probs, dtype=np.float64)[::-1]
    above = np.flatnonzero(np.cumsum(weights) > u * weights.sum())
    return len(weights) - 1 - int(above[0])


# %% mistake="D8" exercise="categorical_from_uniform" title="a softmax on probabilities" caught_by=["pieces"] hint="The weights are used as they are. A softmax on top of probabilities makes them all nearly alike."
def categorical_from_uniform(probs, u):
    weights = torch.softmax(torch.as_tensor(probs, dtype=torch.float64), 0).numpy()
    weights = np.where(np.asarray(probs) > 0, weights, 0.0)
    above = np.flatnonzero(np.cumsum(weights) > u * weights.sum())
    return int(above[0]) if above.size else int(np.flatnonzero(weights)[-1])


# %% mistake="D61" exercise="categorical_from_uniform" title="takes for granted that the weights sum to one" caught_by=["unnormalised"] hint="The weights may have any total: what counts is the share u of it."
def categorical_from_uniform(probs, u):
    weights = np.asarray(probs, dtype=np.float64)
    above = np.flatnonzero(np.cumsum(weights) > u)
    return int(above[0]) if above.size else int(np.flatnonzero(weights)[-1])


# %% mistake="D62" exercise="categorical_from_uniform" title="nothing above u in single precision: token 0" caught_by=["never_impossible"] hint="In single precision u can round to 1, and then no sum exceeds it. `argmax` of all False is 0."
def categorical_from_uniform(probs, u):
    weights = torch.as_tensor(probs)
    return int((weights.cumsum(0) > u * weights.sum()).int().argmax())


# %% mistake="D63" exercise="categorical_from_uniform" title="past the end when rounding leaves nothing" caught_by=["never_impossible"] hint="When no sum exceeds u, the last token is taken, provided that it is possible. The last *possible* one is asked for."
def categorical_from_uniform(probs, u):
    weights = torch.as_tensor(probs)
    above = torch.nonzero(weights.cumsum(0) > u * weights.sum())
    return int(above[0]) if len(above) else len(weights) - 1


# %% mistake="D64" exercise="categorical_from_uniform" title="sorted first, and the place in the sorted order returned" caught_by=["exact_ends", "unnormalised"] hint="No sorting is needed. A place in a sorted list is no token."
def categorical_from_uniform(probs, u):
    weights = np.sort(np.asarray(probs, dtype=np.float64))[::-1]
    above = np.flatnonzero(np.cumsum(weights) > u * weights.sum())
    return int(above[0]) if above.size else int(np.flatnonzero(weights)[-1])


# %% mistake="D65" exercise="categorical_from_uniform" title="draws a number of its own" caught_by=["pieces", "token_anywhere"] hint="Your result does not follow from u. Functions here draw no random numbers."
def categorical_from_uniform(probs, u):
    return int(torch.multinomial(torch.as_tensor(probs).double(), 1))


# %% mistake="D66" exercise="categorical_from_uniform" title="normalises what it is given in place" caught_by=["first_piece"] hint="`probs /= …` or `cumsum(out=probs)` writes into the caller's tensor."
def categorical_from_uniform(probs, u):
    torch.cumsum(probs.clone(), 0, out=probs)
    above = torch.nonzero(probs > u * probs[-1].item())
    return int(above[0]) if len(above) else int(torch.nonzero(probs)[-1])


# %% mistake="D67" exercise="categorical_from_uniform" title="the most probable token, whatever u" caught_by=["pieces", "token_anywhere"] hint="That is greedy decoding. Does your result depend on u?"
def categorical_from_uniform(probs, u):
    return int(np.argmax(np.asarray(probs)))


# %% mistake="D16" exercise="top_k_filter" title="above the k-th: one too few" caught_by=["top_k_worked", "exactly_k"] hint="Exactly k tokens stay. The k-th largest is one of them: is your comparison strict?"
def top_k_filter(logits, k):
    if k <= 0:
        raise ValueError
    if k >= len(logits):
        return logits.clone()
    threshold = logits.sort(descending=True).values[k - 1]
    return logits.masked_fill(logits <= threshold, -math.inf)


# %% mistake="D16b" exercise="top_k_filter" title="place k instead of k-1: one too many" caught_by=["top_k_worked", "exactly_k"] hint="Exactly k tokens stay. Places are counted from 0, so where is the k-th largest?"
def top_k_filter(logits, k):
    if k <= 0:
        raise ValueError
    if k >= len(logits):
        return logits.clone()
    threshold = logits.sort(descending=True).values[k]
    return logits.masked_fill(logits < threshold, -math.inf)


# %% mistake="D17" exercise="top_k_filter" title="zero for what is removed" caught_by=["top_k_worked", "top_k_anywhere"] hint="A logit of 0 is e^0 = 1 before normalisation. What is removed needs minus infinity."
def top_k_filter(logits, k):
    if k <= 0:
        raise ValueError
    kept = torch.zeros_like(logits)
    best = logits.topk(min(k, len(logits))).indices
    kept[best] = logits[best]
    return kept


# %% mistake="D17b" exercise="top_k_filter" title="a small positive number for minus infinity" caught_by=["top_k_worked", "top_k_anywhere"] hint="1e-10 is a logit of about 0, and -1e10 was meant. Better still: minus infinity."
def top_k_filter(logits, k):
    if k <= 0:
        raise ValueError
    best = logits.topk(min(k, len(logits))).indices
    kept = torch.full_like(logits, 1e-10)
    kept[best] = logits[best]
    return kept


# %% mistake="D18" exercise="top_k_filter" title="a k above V crashes" caught_by=["top_k_limits"] hint="There are V tokens only: a k above V keeps everything."
def top_k_filter(logits, k):
    if k <= 0:
        raise ValueError
    best = torch.topk(logits, k).indices
    kept = torch.full_like(logits, -math.inf)
    kept[best] = logits[best]
    return kept


# %% mistake="D18b" exercise="top_k_filter" title="k = 0 leaves nothing" caught_by=["top_k_limits"] hint="With k = 0 no token is left, and the softmax is NaN. Refuse it with a ValueError."
def top_k_filter(logits, k):
    best = torch.topk(logits, max(min(k, len(logits)), 0)).indices
    kept = torch.full_like(logits, -math.inf)
    kept[best] = logits[best]
    return kept


# %% mistake="D18c" exercise="top_k_filter" title="k = 0 means no filter" caught_by=["top_k_limits"] hint="Some libraries do that. Here k = 0 is an error, and None (in the sampler) means no filter."
def top_k_filter(logits, k):
    if not k:
        return logits.clone()
    if k < 0:
        raise ValueError
    best = torch.topk(logits, min(k, len(logits))).indices
    kept = torch.full_like(logits, -math.inf)
    kept[best] = logits[best]
    return kept


# %% mistake="D19" exercise="top_k_filter" title="the sorted values, in sorted places" caught_by=["top_k_worked", "exactly_k"] hint="Every token must stay in its old place: a place in the sorted order is no token."
def top_k_filter(logits, k):
    if k <= 0:
        raise ValueError
    kept = logits.sort(descending=True).values.clone()
    kept[k:] = -math.inf
    return kept


# %% mistake="D19b" exercise="top_k_filter" title="only the k values" caught_by=["top_k_worked"] hint="Return one logit for each of the V tokens: a shorter tensor does not tell which tokens these are."
def top_k_filter(logits, k):
    if k <= 0:
        raise ValueError
    return torch.topk(logits, min(k, len(logits))).values


# %% mistake="D68" exercise="top_k_filter" title="writes into the tensor it is given" caught_by=["top_k_worked", "top_k_copies"] hint="`logits[mask] = -inf` writes into the caller's tensor. Use `masked_fill`, or a copy."
def top_k_filter(logits, k):
    if k <= 0:
        raise ValueError
    threshold = torch.topk(logits, min(k, len(logits))).values[-1]
    logits[logits < threshold] = -math.inf
    return logits


# %% mistake="D69" exercise="top_k_filter" title="the k smallest" caught_by=["top_k_worked", "exactly_k"] hint="The most probable tokens are to stay. In which direction does your sort run?"
def top_k_filter(logits, k):
    if k <= 0:
        raise ValueError
    kept = torch.full_like(logits, -math.inf)
    order = logits.argsort()[:k]
    kept[order] = logits[order]
    return kept


# %% mistake="D20" exercise="top_p_filter" title="the crossing token is dropped" caught_by=["top_p_worked", "nucleus"] hint="The smallest set that *reaches* p: the token that crosses the line belongs to it, or nothing is left when the first is above p."
def top_p_filter(logits, p):
    if not 0 < p <= 1:
        raise ValueError
    probs, order = torch.softmax(logits.double(), 0).sort(descending=True)
    nucleus = order[probs.cumsum(0) <= p]
    kept = torch.full_like(logits, -math.inf)
    kept[nucleus] = logits[nucleus]
    return kept


# %% mistake="D20b" exercise="top_p_filter" title="the crossing token is dropped, the first always kept" caught_by=["top_p_worked", "nucleus"] hint="The smallest set that *reaches* p: the token that crosses the line belongs to it."
def top_p_filter(logits, p):
    if not 0 < p <= 1:
        raise ValueError
    probs, order = torch.softmax(logits.double(), 0).sort(descending=True)
    stays = probs.cumsum(0) <= p + (1e-9 if p == 1 else 0)
    stays[0] = True
    kept = torch.full_like(logits, -math.inf)
    kept[order[stays]] = logits[order[stays]]
    return kept


# %% mistake="D21" exercise="top_p_filter" title="added up without sorting" caught_by=["top_p_worked", "nucleus"] hint="The most probable tokens first: without sorting, the result depends on the order of the vocabulary."
def top_p_filter(logits, p):
    if not 0 < p <= 1:
        raise ValueError
    probs = torch.softmax(logits.double(), 0)
    return logits.masked_fill(probs.cumsum(0) - probs >= p, -math.inf)


# %% mistake="D21b" exercise="top_p_filter" title="sorted the wrong way" caught_by=["top_p_worked", "nucleus"] hint="The most probable tokens first: yours begins with the least probable ones."
def top_p_filter(logits, p):
    if not 0 < p <= 1:
        raise ValueError
    probs, order = torch.softmax(logits.double(), 0).sort()
    nucleus = order[probs.cumsum(0) - probs < p]
    kept = torch.full_like(logits, -math.inf)
    kept[nucleus] = logits[nucleus]
    return kept


# %% mistake="D22" exercise="top_p_filter" title="the mask of the sorted order on the unsorted logits" caught_by=["top_p_worked", "nucleus"] hint="Your mask is in sorted order, your logits are not. Scatter the mask back to the old places."
def top_p_filter(logits, p):
    if not 0 < p <= 1:
        raise ValueError
    probs, _ = torch.softmax(logits.double(), 0).sort(descending=True)
    return logits.masked_fill(probs.cumsum(0) - probs >= p, -math.inf)


# %% mistake="D22b" exercise="top_p_filter" title="the mask gathered where it should be scattered" caught_by=["nucleus", "nucleus_anywhere"] hint="`mask[order]` reads, `new[order] = mask` writes: only the second brings a mask back to the old places."
def top_p_filter(logits, p):
    if not 0 < p <= 1:
        raise ValueError
    probs, order = torch.softmax(logits.double(), 0).sort(descending=True)
    removed = probs.cumsum(0) - probs >= p
    return logits.masked_fill(removed[order], -math.inf)


# %% mistake="D22c" exercise="top_p_filter" title="the logits returned in sorted order" caught_by=["top_p_worked", "nucleus"] hint="Every token must stay in its old place: yours come back sorted."
def top_p_filter(logits, p):
    if not 0 < p <= 1:
        raise ValueError
    ordered, _ = logits.sort(descending=True)
    probs = torch.softmax(ordered.double(), 0)
    return ordered.masked_fill(probs.cumsum(0) - probs >= p, -math.inf)


# %% mistake="D23" exercise="top_p_filter" title="adds up logits" caught_by=["nucleus", "shifted_logits"] hint="p is a share of probability: softmax first, then the running sums."
def top_p_filter(logits, p):
    if not 0 < p <= 1:
        raise ValueError
    ordered, order = logits.sort(descending=True)
    nucleus = order[ordered.cumsum(0) - ordered < p]
    kept = torch.full_like(logits, -math.inf)
    kept[nucleus] = logits[nucleus]
    return kept


# %% mistake="D23b" exercise="top_p_filter" title="takes the logits for log-probabilities" caught_by=["top_p_worked", "shifted_logits"] hint="Logits are not normalised: exp alone does not make probabilities of them."
def top_p_filter(logits, p):
    if not 0 < p <= 1:
        raise ValueError
    probs, order = torch.exp(logits.double()).sort(descending=True)
    nucleus = order[probs.cumsum(0) - probs < p]
    if p == 1:
        nucleus = order
    kept = torch.full_like(logits, -math.inf)
    kept[nucleus] = logits[nucleus]
    return kept


# %% mistake="D23c" exercise="top_p_filter" title="probabilities instead of logits" caught_by=["top_p_worked", "nucleus"] hint="The result goes through a softmax later. Return logits, not probabilities."
def top_p_filter(logits, p):
    if not 0 < p <= 1:
        raise ValueError
    probs, order = torch.softmax(logits.double(), 0).sort(descending=True)
    kept = torch.zeros_like(probs)
    stays = probs.cumsum(0) - probs < p
    kept[order[stays]] = probs[stays]
    return kept


# %% mistake="D70" exercise="top_p_filter" title="zero for what is removed" caught_by=["top_p_worked", "nucleus"] hint="A logit of 0 is e^0 = 1 before normalisation. What is removed needs minus infinity."
def top_p_filter(logits, p):
    if not 0 < p <= 1:
        raise ValueError
    probs, order = torch.softmax(logits.double(), 0).sort(descending=True)
    nucleus = order[probs.cumsum(0) - probs < p]
    kept = torch.zeros_like(logits)
    kept[nucleus] = logits[nucleus]
    return kept


# %% mistake="D71" exercise="top_p_filter" title="everything below probability p removed" caught_by=["top_p_worked", "nucleus"] hint="p is not a threshold for single tokens but for the sum of the set."
def top_p_filter(logits, p):
    if not 0 < p <= 1:
        raise ValueError
    probs = torch.softmax(logits.double(), 0)
    removed = probs < min(p, probs.max().item()) if p < 1 else probs < 0
    return logits.masked_fill(removed, -math.inf)


# %% mistake="D72" exercise="top_p_filter" title="writes into the tensor it is given" caught_by=["top_p_worked", "top_p_copies"] hint="`logits[…] = -inf` writes into the caller's tensor. Use `masked_fill`, or a copy."
def top_p_filter(logits, p):
    if not 0 < p <= 1:
        raise ValueError
    probs, order = torch.softmax(logits.double(), 0).sort(descending=True)
    logits[order[probs.cumsum(0) - probs >= p]] = -math.inf
    return logits


# %% mistake="D73" exercise="top_p_filter" title="any p passes" caught_by=["top_p_refuses"] hint="A p of 0 or 1.5 is no share of anything. Raise a ValueError."
def top_p_filter(logits, p):
    probs, order = torch.softmax(logits.double(), 0).sort(descending=True)
    nucleus = order[(probs.cumsum(0) - probs < p) | (torch.arange(len(probs)) == 0)]
    kept = torch.full_like(logits, -math.inf)
    kept[nucleus] = logits[nucleus]
    return kept


# %% mistake="D74" exercise="top_p_filter" title="p = 1 is never reached, and only the first token stays" caught_by=["everything"] hint="With p = 1 the running sum may end at 0.9999999, so that it never reaches 1. `argmax` of all False is 0."
def top_p_filter(logits, p):
    if not 0 < p <= 1:
        raise ValueError
    probs, order = torch.softmax(logits, 0).sort(descending=True)
    size = int((probs.cumsum(0) >= p).int().argmax()) + 1
    kept = torch.full_like(logits, -math.inf)
    kept[order[:size]] = logits[order[:size]]
    return kept
