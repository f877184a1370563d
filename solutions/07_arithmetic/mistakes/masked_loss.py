# %% mistake="R29" exercise="masked_loss" title="not shifted" caught_by=["loss_worked", "loss_values"] hint="The logits at t are a bet on the id at t+1: drop the last bet and the first id."
def masked_loss(logits, ids, mask):
    each = F.cross_entropy(logits[:, :-1].transpose(1, 2), ids[:, :-1], reduction="none")
    return torch.where(mask, each, 0.0).sum() / mask.sum().clamp(min=1)


# %% mistake="R30" exercise="masked_loss" title="divided by all bets" caught_by=["loss_worked", "loss_values"] hint="The mean is over the bets that count."
def masked_loss(logits, ids, mask):
    each = F.cross_entropy(logits[:, :-1].transpose(1, 2), ids[:, 1:], reduction="none")
    return torch.where(mask, each, 0.0).mean()


# %% mistake="R31" exercise="masked_loss" title="the sum" caught_by=["loss_worked", "loss_values"] hint="The mean, so that the loss does not grow with the batch."
def masked_loss(logits, ids, mask):
    each = F.cross_entropy(logits[:, :-1].transpose(1, 2), ids[:, 1:], reduction="none")
    return torch.where(mask, each, 0.0).sum()


# %% mistake="R32" exercise="masked_loss" title="the mask is ignored" caught_by=["loss_worked", "loss_values", "loss_gradient"] hint="Only bets at which the mask is True count."
def masked_loss(logits, ids, mask):
    if not mask.any():
        return logits.sum() * 0
    return F.cross_entropy(logits[:, :-1].transpose(1, 2), ids[:, 1:])


# %% mistake="R33" exercise="masked_loss" title="a softmax too many" caught_by=["loss_values"] hint="`cross_entropy` takes logits and does the softmax itself."
def masked_loss(logits, ids, mask):
    probs = logits.softmax(dim=-1)
    each = F.cross_entropy(probs[:, :-1].transpose(1, 2), ids[:, 1:], reduction="none")
    return torch.where(mask, each, 0.0).sum() / mask.sum().clamp(min=1)


# %% mistake="R34" exercise="masked_loss" title="nothing to count gives NaN" caught_by=["loss_nothing"] hint="0/0: divide by at least 1."
def masked_loss(logits, ids, mask):
    return F.cross_entropy(logits[:, :-1][mask], ids[:, 1:][mask])


# %% mistake="R35" exercise="masked_loss" title="infinite loss times 0" caught_by=["loss_nothing"] hint="0 · ∞ is NaN: choose with `where`, do not multiply."
def masked_loss(logits, ids, mask):
    each = F.cross_entropy(logits[:, :-1].transpose(1, 2), ids[:, 1:], reduction="none")
    return (each * mask).sum() / mask.sum().clamp(min=1)


# %% mistake="R36" exercise="masked_loss" title="a plain number" caught_by=["loss_gradient"] hint="Return the tensor: `item()` cuts the gradient."
def masked_loss(logits, ids, mask):
    each = F.cross_entropy(logits[:, :-1].transpose(1, 2), ids[:, 1:], reduction="none")
    return torch.tensor((torch.where(mask, each, 0.0).sum() / mask.sum().clamp(min=1)).item())


# %% mistake="R37" exercise="masked_loss" title="the logits of what does not count are set to 0" caught_by=["loss_values", "loss_worked"] hint="A bet with logits 0 still costs ln V. Leave it out instead."
def masked_loss(logits, ids, mask):
    bets = torch.where(mask[..., None], logits[:, :-1], 0.0)
    each = F.cross_entropy(bets.transpose(1, 2), ids[:, 1:], reduction="none")
    return each.sum() / mask.sum().clamp(min=1)


# %% mistake="R38" exercise="masked_loss" title="bits" caught_by=["loss_worked", "loss_values"] hint="Natural logarithms; yours is divided by ln 2."
def masked_loss(logits, ids, mask):
    each = F.cross_entropy(logits[:, :-1].transpose(1, 2), ids[:, 1:], reduction="none")
    return torch.where(mask, each, 0.0).sum() / mask.sum().clamp(min=1) / math.log(2)


# %% mistake="R39" exercise="masked_loss" title="positions and symbols mixed up" caught_by=["loss_values"] hint="`reshape` does not swap axes: flatten batch and time together, or transpose."
def masked_loss(logits, ids, mask):
    bets = logits[:, :-1]
    swapped = bets.reshape(bets.shape[0], bets.shape[2], bets.shape[1])
    each = F.cross_entropy(swapped, ids[:, 1:], reduction="none")
    return torch.where(mask, each, 0.0).sum() / mask.sum().clamp(min=1)
