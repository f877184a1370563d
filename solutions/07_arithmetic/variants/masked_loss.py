# %% variant="RW6" exercise="masked_loss" title="ignored targets"
def masked_loss(logits, ids, mask):
    targets = torch.where(mask, ids[:, 1:], -100)
    bets = logits[:, :-1].reshape(-1, logits.shape[-1])
    total = F.cross_entropy(bets, targets.reshape(-1), ignore_index=-100, reduction="sum")
    return total / max(int(mask.sum()), 1)


# %% variant="RW7" exercise="masked_loss" title="the chosen bets, in double precision"
def masked_loss(logits, ids, mask):
    if not mask.any():
        return (logits * 0).sum()
    bets, targets = logits[:, :-1][mask].double(), ids[:, 1:][mask]
    return -torch.log_softmax(bets, dim=-1).gather(1, targets[:, None]).mean()


# %% variant="RW8" exercise="masked_loss" title="logsumexp minus the right logit"
def masked_loss(logits, ids, mask):
    total = logits.new_zeros(())
    for t in range(ids.shape[1] - 1):
        row = logits[:, t]
        loss = row.logsumexp(-1) - row[torch.arange(len(ids)), ids[:, t + 1]]
        total = total + loss[mask[:, t]].sum()
    return total / mask.sum().clamp(min=1)
