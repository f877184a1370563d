# %% mistake="D180" exercise="min_p_filter" title="a line that does not move" caught_by=["min_p_worked", "min_p_line"] hint="The line is min_p *times the largest probability*."
def min_p_filter(logits, min_p):
    if not 0 <= min_p <= 1:
        raise ValueError(min_p)
    return logits.masked_fill(torch.softmax(logits, 0) < min_p, -math.inf)


# %% mistake="D181" exercise="min_p_filter" title="logits instead of probabilities" caught_by=["min_p_worked", "min_p_line"] hint="A share of a logit means nothing: adding 7 to all of them would change it."
def min_p_filter(logits, min_p):
    if not 0 <= min_p <= 1:
        raise ValueError(min_p)
    return logits.masked_fill(logits < min_p * logits.max(), -math.inf)


# %% mistake="D182" exercise="min_p_filter" title="only the best one stays" caught_by=["min_p_worked", "min_p_line"] hint="At least min_p times the largest: with 0.25 a quarter of it is enough."
def min_p_filter(logits, min_p):
    if not 0 <= min_p <= 1:
        raise ValueError(min_p)
    return logits.masked_fill(logits < logits.max(), -math.inf) if min_p else logits.clone()


# %% mistake="D183" exercise="min_p_filter" title="probabilities come back" caught_by=["min_p_worked", "min_p_line"] hint="Logits go in, logits come out: what is removed gets -inf."
def min_p_filter(logits, min_p):
    if not 0 <= min_p <= 1:
        raise ValueError(min_p)
    p = torch.softmax(logits, 0)
    kept = torch.where(p >= min_p * p.max(), p, torch.zeros_like(p))
    return kept / kept.sum()


# %% mistake="D184" exercise="min_p_filter" title="removed logits are zero" caught_by=["min_p_worked", "min_p_line"] hint="A logit of 0 is no small one: it is $e^0 = 1$ before normalisation."
def min_p_filter(logits, min_p):
    if not 0 <= min_p <= 1:
        raise ValueError(min_p)
    p = torch.softmax(logits, 0)
    return logits.masked_fill(p < min_p * p.max(), 0.0)


# %% mistake="D185" exercise="min_p_filter" title="compared with the mean" caught_by=["min_p_worked", "min_p_line"] hint="Compare with the largest probability, not with the mean."
def min_p_filter(logits, min_p):
    if not 0 <= min_p <= 1:
        raise ValueError(min_p)
    p = torch.softmax(logits, 0)
    return logits.masked_fill(p < min_p * p.mean(), -math.inf)


# %% mistake="D186" exercise="min_p_filter" title="any min_p passes" caught_by=["min_p_limits"] hint="A min_p of 1.5 would leave nothing. Raise a ValueError."
def min_p_filter(logits, min_p):
    p = torch.softmax(logits, 0)
    return logits.masked_fill(p < min_p * p.max(), -math.inf)


# %% mistake="D187" exercise="min_p_filter" title="writes into the tensor it is given" caught_by=["min_p_worked"] hint="`logits[…] = -inf` writes into the tensor of the caller."
def min_p_filter(logits, min_p):
    if not 0 <= min_p <= 1:
        raise ValueError(min_p)
    p = torch.softmax(logits, 0)
    logits[p < min_p * p.max()] = -math.inf
    return logits


# %% mistake="D190" exercise="speculative_token" title="the ratio upside down" caught_by=["speculative_worked", "speculative_accepts"] hint="A proposal that the target likes better than the draft is always accepted."
def speculative_token(target, draft, token, u, v):
    p, q = np.asarray(target, dtype=float), np.asarray(draft, dtype=float)
    if u * p[token] < q[token]:
        return token
    return categorical_from_uniform(np.maximum(p - q, 0), v)


# %% mistake="D191" exercise="speculative_token" title="after a rejection the target" caught_by=["speculative_replaces"] hint="A rejected proposal is replaced by what the draft has too little of."
def speculative_token(target, draft, token, u, v):
    p, q = np.asarray(target, dtype=float), np.asarray(draft, dtype=float)
    if u * q[token] < p[token]:
        return token
    return categorical_from_uniform(p, v)


# %% mistake="D192" exercise="speculative_token" title="the weights of the difference, both ways" caught_by=["speculative_worked", "speculative_replaces"] hint="max(p - q, 0), not |p - q|: what the draft has too much of must not come back."
def speculative_token(target, draft, token, u, v):
    p, q = np.asarray(target, dtype=float), np.asarray(draft, dtype=float)
    if u * q[token] < p[token]:
        return token
    return categorical_from_uniform(np.abs(p - q), v)


# %% mistake="D193" exercise="speculative_token" title="accepted by the target alone" caught_by=["speculative_worked", "speculative_accepts"] hint="Accept if u is below target / draft, not below the target."
def speculative_token(target, draft, token, u, v):
    p, q = np.asarray(target, dtype=float), np.asarray(draft, dtype=float)
    if u < p[token]:
        return token
    return categorical_from_uniform(np.maximum(p - q, 0), v)


# %% mistake="D194" exercise="speculative_token" title="rejected whenever the draft is larger" caught_by=["speculative_worked", "speculative_accepts"] hint="A proposal the draft likes too well still has its chance: target / draft."
def speculative_token(target, draft, token, u, v):
    p, q = np.asarray(target, dtype=float), np.asarray(draft, dtype=float)
    if p[token] >= q[token]:
        return token
    return categorical_from_uniform(np.maximum(p - q, 0), v)


# %% mistake="D195" exercise="speculative_token" title="one uniform for both" caught_by=["speculative_replaces"] hint="u accepts, v selects. Given a rejection, u is no longer uniform."
def speculative_token(target, draft, token, u, v):
    p, q = np.asarray(target, dtype=float), np.asarray(draft, dtype=float)
    if u * q[token] < p[token]:
        return token
    return categorical_from_uniform(np.maximum(p - q, 0), u)


# %% mistake="D196" exercise="speculative_token" title="the most missing one instead of a draw" caught_by=["speculative_replaces"] hint="The replacement is drawn with the number v."
def speculative_token(target, draft, token, u, v):
    p, q = np.asarray(target, dtype=float), np.asarray(draft, dtype=float)
    if u * q[token] < p[token]:
        return token
    return int(np.argmax(p - q))
