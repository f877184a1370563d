# %% variant="AW19" exercise="next_token_loss" title="transposed classes"
def next_token_loss(logits, labels, ignore_index=-100):
    targets = labels[:, 1:]
    if not (targets != ignore_index).any():
        return logits.sum() * 0
    return F.cross_entropy(logits[:, :-1].transpose(1, 2), targets, ignore_index=ignore_index)


# %% variant="AW19b" exercise="next_token_loss" title="gather and log_softmax"
def next_token_loss(logits, labels, ignore_index=-100):
    targets = labels[:, 1:]
    counted = targets != ignore_index
    logp = F.log_softmax(logits[:, :-1], dim=-1)
    picked = logp.gather(-1, targets.masked_fill(~counted, 0)[..., None])[..., 0]
    return -(picked * counted).sum() / max(counted.sum().item(), 1)


# %% variant="AW19c" exercise="next_token_loss" title="logsumexp by hand, one bet at a time"
def next_token_loss(logits, labels, ignore_index=-100):
    losses = []
    for row, targets in zip(logits, labels):
        for bet, target in zip(row[:-1], targets[1:].tolist()):
            if target != ignore_index:
                losses.append(torch.logsumexp(bet, 0) - bet[target])
    return torch.stack(losses).mean() if losses else torch.zeros(())


# %% variant="AW20" exercise="next_token_loss" title="boolean indexing after the shift"
def next_token_loss(logits, labels, ignore_index=-100):
    bets, targets = logits[:, :-1, :], labels[:, 1:]
    kept = targets.ne(ignore_index)
    if kept.sum() == 0:
        return torch.tensor(0.0)
    return F.nll_loss(bets[kept].log_softmax(-1), targets[kept])


# %% variant="G1-next_token_loss" exercise="next_token_loss" title="single precision, nan_to_num"
def next_token_loss(logits, labels, ignore_index=-100):
    shifted = torch.cat([labels[:, 1:], torch.full_like(labels[:, :1], ignore_index)], 1)
    loss = F.cross_entropy(
        logits.float().reshape(-1, logits.shape[-1]), shifted.reshape(-1), ignore_index=ignore_index
    )
    return torch.nan_to_num(loss)
