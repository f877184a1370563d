# %% mistake="A45" exercise="next_token_loss" title="no shift" caught_by=["loss_worked", "loss_values", "loss_shift"] hint="Position t predicts t+1. Without a shift the model learns to copy its input."
def next_token_loss(logits, labels, ignore_index=-100):
    total = F.cross_entropy(
        logits.flatten(0, 1), labels.flatten(), ignore_index=ignore_index, reduction="sum"
    )
    return total / (labels != ignore_index).sum().clamp(min=1)


# %% mistake="A45b" exercise="next_token_loss" title="shifted twice" caught_by=["loss_values", "loss_gradient"] hint="Position t predicts t+1, not t+2."
def next_token_loss(logits, labels, ignore_index=-100):
    bets, targets = logits[:, :-2].flatten(0, 1), labels[:, 2:].flatten()
    total = F.cross_entropy(bets, targets, ignore_index=ignore_index, reduction="sum")
    return total / (targets != ignore_index).sum().clamp(min=1)


# %% mistake="A45c" exercise="next_token_loss" title="shifted the wrong way" caught_by=["loss_values"] hint="Bets are made before: drop the *last* bet and the *first* label."
def next_token_loss(logits, labels, ignore_index=-100):
    bets, targets = logits[:, 1:].flatten(0, 1), labels[:, :-1].flatten()
    total = F.cross_entropy(bets, targets, ignore_index=ignore_index, reduction="sum")
    return total / (targets != ignore_index).sum().clamp(min=1)


# %% mistake="A45d" exercise="next_token_loss" title="rolled round: the last bet is on the first label" caught_by=["loss_shift"] hint="`roll` brings the first label round to the end. The last bet has no target."
def next_token_loss(logits, labels, ignore_index=-100):
    targets = labels.roll(-1, 1).flatten()
    total = F.cross_entropy(
        logits.flatten(0, 1), targets, ignore_index=ignore_index, reduction="sum"
    )
    return total / (targets != ignore_index).sum().clamp(min=1)


# %% mistake="A46" exercise="next_token_loss" title="the mean over ignored labels, too" caught_by=["loss_ignored"] hint="Divide by the number of labels that count."
def next_token_loss(logits, labels, ignore_index=-100):
    bets, targets = logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten()
    return F.cross_entropy(bets, targets, ignore_index=ignore_index, reduction="none").mean()


# %% mistake="A46b" exercise="next_token_loss" title="the sum instead of the mean" caught_by=["loss_worked"] hint="Divide by the number of labels that count."
def next_token_loss(logits, labels, ignore_index=-100):
    bets, targets = logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten()
    return F.cross_entropy(bets, targets, ignore_index=ignore_index, reduction="sum")


# %% mistake="A46c" exercise="next_token_loss" title="the mean of the means of each sequence" caught_by=["loss_ignored"] hint="One mean over all that count: a short sequence weighs less than a long one."
def next_token_loss(logits, labels, ignore_index=-100):
    losses = []
    for bets, targets in zip(logits[:, :-1], labels[:, 1:]):
        total = F.cross_entropy(bets, targets, ignore_index=ignore_index, reduction="sum")
        losses.append(total / (targets != ignore_index).sum().clamp(min=1))
    return torch.stack(losses).mean()


# %% mistake="A46d" exercise="next_token_loss" title="NaN when there is nothing to count" caught_by=["loss_of_nothing"] hint="The mean of nothing is 0/0. Divide by at least 1."
def next_token_loss(logits, labels, ignore_index=-100):
    bets, targets = logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten()
    return F.cross_entropy(bets, targets, ignore_index=ignore_index)


# %% mistake="A47" exercise="next_token_loss" title="view after a transpose: classes and positions mixed" caught_by=["loss_values"] hint="Classes are the last axis already. Flatten batch and time, and leave them alone."
def next_token_loss(logits, labels, ignore_index=-100):
    B, L, V = logits.shape
    mixed = logits[:, :-1].transpose(1, 2).reshape(-1, V)
    targets = labels[:, 1:].flatten()
    total = F.cross_entropy(mixed, targets, ignore_index=ignore_index, reduction="sum")
    return total / (targets != ignore_index).sum().clamp(min=1)


# %% mistake="A48" exercise="next_token_loss" title="the logarithm of the softmax in two steps" caught_by=["loss_large"] hint="At a gap of 200 the softmax is 0 and its logarithm infinite. `log_softmax` does it in one."
def next_token_loss(logits, labels, ignore_index=-100):
    probs = torch.softmax(logits[:, :-1].flatten(0, 1).float(), -1)
    targets = labels[:, 1:].flatten()
    kept = targets != ignore_index
    losses = -probs[torch.arange(len(targets)), targets.clamp(min=0)].log()
    return losses[kept].sum() / kept.sum().clamp(min=1)


# %% mistake="A42b" exercise="next_token_loss" title="a softmax before the cross-entropy" caught_by=["loss_worked", "loss_values"] hint="`cross_entropy` takes logits and has a softmax of its own. Two of them never get near 0."
def next_token_loss(logits, labels, ignore_index=-100):
    bets, targets = torch.softmax(logits[:, :-1], -1).flatten(0, 1), labels[:, 1:].flatten()
    total = F.cross_entropy(bets, targets, ignore_index=ignore_index, reduction="sum")
    return total / (targets != ignore_index).sum().clamp(min=1)


# %% mistake="A128" exercise="next_token_loss" title="in bits" caught_by=["loss_worked", "loss_of_one_bet"] hint="Natural logarithms: the loss is in nats."
def next_token_loss(logits, labels, ignore_index=-100):
    bets, targets = logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten()
    total = F.cross_entropy(bets, targets, ignore_index=ignore_index, reduction="sum")
    return total / (targets != ignore_index).sum().clamp(min=1) / math.log(2)


# %% mistake="A129" exercise="next_token_loss" title="-100 written down instead of the argument" caught_by=["loss_ignored"] hint="ignore_index is an argument: use it."
def next_token_loss(logits, labels, ignore_index=-100):
    bets, targets = logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten()
    total = F.cross_entropy(bets, targets, reduction="sum")
    return total / (targets != -100).sum().clamp(min=1)


# %% mistake="A130" exercise="next_token_loss" title="a plain number" caught_by=["loss_gradient"] hint="`.item()` cuts the gradient: nothing could be trained with it."
def next_token_loss(logits, labels, ignore_index=-100):
    bets, targets = logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten()
    total = F.cross_entropy(bets, targets, ignore_index=ignore_index, reduction="sum")
    return (total / (targets != ignore_index).sum().clamp(min=1)).item()


# %% mistake="A131" exercise="next_token_loss" title="writes into the labels" caught_by=["loss_worked"] hint="Assignment by index writes into the caller's labels."
def next_token_loss(logits, labels, ignore_index=-100):
    labels[:, 0] = ignore_index
    bets, targets = logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten()
    total = F.cross_entropy(bets, targets, ignore_index=ignore_index, reduction="sum")
    return total / (targets != ignore_index).sum().clamp(min=1)
