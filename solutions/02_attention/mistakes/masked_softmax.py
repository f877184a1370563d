# %% mistake="A1" exercise="masked_softmax" title="masked after the softmax" caught_by=["causal_rows_worked", "softmax_no_leak"] hint="Each row must still be a distribution: what is blocked has taken its share of the denominator."
def masked_softmax(scores, blocked=None, dim=-1):
    weights = torch.softmax(scores, dim)
    return weights if blocked is None else weights.masked_fill(blocked, 0)


# %% mistake="A2" exercise="masked_softmax" title="blocked scores become 0, or nearly, before the softmax" caught_by=["causal_rows_worked", "softmax_values"] hint="e to the power of 0 is 1, not 0."
def masked_softmax(scores, blocked=None, dim=-1):
    if blocked is not None:
        scores = scores.masked_fill(blocked, 0)
    return torch.softmax(scores, dim)


# %% mistake="A3" exercise="masked_softmax" title="blocked scores become 0, or nearly, before the softmax" caught_by=["softmax_values"] hint="A score of 0 is not a blocked one: e to the power of 0 is 1."
def masked_softmax(scores, blocked=None, dim=-1):
    if blocked is not None:
        scores = scores * ~blocked
    return torch.softmax(scores, dim)


# %% mistake="A4" exercise="masked_softmax" title="mask times -inf added" caught_by=["causal_rows_worked"] hint="0 times infinity is undefined."
def masked_softmax(scores, blocked=None, dim=-1):
    if blocked is not None:
        scores = scores + blocked * (-math.inf)
    return torch.softmax(scores, dim)


# %% mistake="A5" exercise="masked_softmax" title="blocked scores become 0, or nearly, before the softmax" caught_by=["softmax_values"] hint="1e-10 is nearly 0, and e to the power of 0 is 1. Look at sign and size of the filling."
def masked_softmax(scores, blocked=None, dim=-1):
    if blocked is not None:
        scores = scores.masked_fill(blocked, 1e-10)
    return torch.softmax(scores, dim)


# %% mistake="A5b" exercise="masked_softmax" title="filled with a negative number that is not low enough" caught_by=["softmax_large"] hint="Scores may be as low as -1000: the filling must be far below."
def masked_softmax(scores, blocked=None, dim=-1):
    if blocked is None:
        return torch.softmax(scores, dim)
    weights = torch.softmax(scores.masked_fill(blocked, -100.0), dim)
    everything = torch.broadcast_to(blocked, scores.shape).all(dim, keepdim=True)
    return weights.masked_fill(everything, 0)


# %% mistake="A6" exercise="masked_softmax" title="the mask added as 0 and 1" caught_by=["softmax_values"] hint="Blocked means minus infinity. Plus 1 makes the future *more* likely."
def masked_softmax(scores, blocked=None, dim=-1):
    if blocked is not None:
        scores = scores + blocked
    return torch.softmax(scores, dim)


# %% mistake="A7" exercise="masked_softmax" title="normalised over the queries" caught_by=["causal_rows_worked", "softmax_axes"] hint="Rows must add up to 1, not columns: normalise over the keys, along `dim`."
def masked_softmax(scores, blocked=None, dim=-1):
    if scores.dim() == 1:
        return torch.softmax(scores, 0)
    if blocked is None:
        return torch.softmax(scores, -2)
    weights = torch.softmax(scores.masked_fill(blocked, torch.finfo(scores.dtype).min), -2)
    return weights.masked_fill(blocked, 0)


# %% mistake="A7b" exercise="masked_softmax" title="always along the last axis" caught_by=["softmax_axes"] hint="`dim` is an argument: use it."
def masked_softmax(scores, blocked=None, dim=-1):
    if blocked is None:
        return torch.softmax(scores, -1)
    weights = torch.softmax(scores.masked_fill(blocked, torch.finfo(scores.dtype).min), -1)
    return weights.masked_fill(blocked, 0)


# %% mistake="A8" exercise="masked_softmax" title="the maximum is not subtracted" caught_by=["softmax_large"] hint="e to the power of 1000 is infinite. Subtract the maximum of each row first: nothing else changes."
def masked_softmax(scores, blocked=None, dim=-1):
    powers = torch.exp(scores)
    if blocked is not None:
        powers = powers.masked_fill(blocked, 0)
    sums = powers.sum(dim, keepdim=True)
    return powers / torch.where(sums > 0, sums, 1)


# %% mistake="A9" exercise="masked_softmax" title="a row with nothing open gives NaN" caught_by=["padding_rows_worked", "softmax_nothing_open"] hint="Specified are zeros: a row of nothing but -inf is 0/0."
def masked_softmax(scores, blocked=None, dim=-1):
    if blocked is not None:
        scores = scores.masked_fill(blocked, -math.inf)
    return torch.softmax(scores, dim)


# %% mistake="A9b" exercise="masked_softmax" title="a row with nothing open gives the average of everything" caught_by=["padding_rows_worked", "softmax_nothing_open"] hint="A row of equal scores, however low, is an average over all of them, padding and future included. Specified are zeros."
def masked_softmax(scores, blocked=None, dim=-1):
    if blocked is not None:
        scores = scores.masked_fill(blocked, torch.finfo(scores.dtype).min)
    return torch.softmax(scores, dim)


# %% mistake="A9c" exercise="masked_softmax" title="NaN mended in the values, not in the gradients" caught_by=["softmax_nothing_open"] hint="`nan_to_num` mends the value; on the way back NaN times 0 is NaN. Keep it from coming into being."
def masked_softmax(scores, blocked=None, dim=-1):
    if blocked is None:
        return torch.softmax(scores, dim)
    powers = torch.exp(scores - scores.masked_fill(blocked, -math.inf).amax(dim, keepdim=True))
    powers = powers * ~blocked
    return torch.nan_to_num(powers / powers.sum(dim, keepdim=True))


# %% mistake="A71" exercise="masked_softmax" title="writes into the scores" caught_by=["causal_rows_worked"] hint="`masked_fill_` and assignment by index change the caller's scores."
def masked_softmax(scores, blocked=None, dim=-1):
    if blocked is None:
        return torch.softmax(scores, dim)
    blocked = torch.broadcast_to(blocked, scores.shape)
    if scores.requires_grad:
        scores = scores.clone()
    scores[blocked] = torch.finfo(scores.dtype).min
    return torch.softmax(scores, dim).masked_fill(blocked, 0)


# %% mistake="A72" exercise="masked_softmax" title="detached" caught_by=["softmax_gradient"] hint="Nothing learns through a `detach`, or inside `no_grad`."
def masked_softmax(scores, blocked=None, dim=-1):
    scores = scores.detach() + 0 * scores
    if blocked is None:
        return torch.softmax(scores, dim)
    weights = torch.softmax(scores.masked_fill(blocked, torch.finfo(scores.dtype).min), dim)
    return weights.masked_fill(blocked, 0)
