# %% variant="AW1" exercise="masked_softmax" title="-inf, with the rows that have nothing open set to 0 before and after"
def masked_softmax(scores, blocked=None, dim=-1):
    if blocked is None:
        return torch.softmax(scores, dim=dim)
    blocked = blocked.expand(scores.shape)
    nothing = blocked.all(dim=dim, keepdim=True)
    safe = scores.masked_fill(blocked, float("-inf")).masked_fill(nothing, 0.0)
    return torch.softmax(safe, dim=dim).masked_fill(nothing, 0.0)


# %% variant="AW1b" exercise="masked_softmax" title="-1e9 and where"
def masked_softmax(scores, blocked=None, dim=-1):
    if blocked is None:
        blocked = torch.tensor(False)
    filled = torch.where(blocked, torch.full_like(scores, -1e9), scores)
    return torch.where(blocked, torch.zeros_like(scores), F.softmax(filled, dim))


# %% variant="AW2b" exercise="masked_softmax" title="an additive mask of finite numbers"
def masked_softmax(scores, blocked=None, dim=-1):
    if blocked is None:
        return scores.softmax(dim)
    additive = blocked.to(scores.dtype) * -1e9
    return (scores + additive).softmax(dim) * ~blocked


# %% variant="AW6" exercise="masked_softmax" title="exponentials by hand, with the maximum subtracted"
def masked_softmax(scores, blocked=None, dim=-1):
    keep = torch.ones_like(scores) if blocked is None else (~blocked).to(scores.dtype)
    lowest = scores.masked_fill(keep.expand(scores.shape) == 0, -1e30)
    top = lowest.amax(dim, keepdim=True).detach()
    powers = torch.exp((scores - top).clamp(max=0)) * keep
    sums = powers.sum(dim, keepdim=True)
    return powers / torch.where(sums == 0, torch.ones_like(sums), sums)


# %% variant="AW6b" exercise="masked_softmax" title="by log_softmax"
def masked_softmax(scores, blocked=None, dim=-1):
    if blocked is not None:
        scores = scores.masked_fill(blocked, torch.finfo(scores.dtype).min / 4)
    weights = F.log_softmax(scores, dim).exp()
    return weights if blocked is None else weights * (~blocked).type_as(weights)


# %% variant="AW8" exercise="masked_softmax" title="a flag for each row with something open"
def masked_softmax(scores, blocked=None, dim=-1, **_):
    if blocked is None:
        return torch.softmax(scores, dim)
    full = blocked.expand(scores.shape)
    alive = (~full).any(dim, keepdim=True).to(scores)
    return torch.softmax(scores.masked_fill(full, -1e30), dim) * alive


# %% variant="G1-masked_softmax" exercise="masked_softmax" title="single precision"
def masked_softmax(scores, blocked=None, dim=-1):
    scores = scores.float()
    if blocked is None:
        return torch.softmax(scores, dim)
    return torch.softmax(scores.masked_fill(blocked, -1e9), dim).masked_fill(blocked, 0.0)


# %% variant="G2-masked_softmax" exercise="masked_softmax" title="slice by slice, only what is open"
def masked_softmax(scores, blocked=None, dim=-1):
    rows = scores.movedim(dim, -1)
    if blocked is None:
        mask = torch.zeros_like(rows, dtype=torch.bool)
    else:
        mask = blocked.expand(scores.shape).movedim(dim, -1)
    out = []
    for row, shut in zip(rows.reshape(-1, rows.shape[-1]), mask.reshape(-1, rows.shape[-1])):
        kept = torch.softmax(row[~shut], 0)
        out.append(torch.zeros_like(row).masked_scatter(~shut, kept))
    return torch.stack(out).reshape(rows.shape).movedim(-1, dim)
