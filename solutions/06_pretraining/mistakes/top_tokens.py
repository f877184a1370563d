# %% mistake="TT1" exercise="top_tokens" title="the first row" caught_by=["top_worked", "top_values"] hint="What comes next is said by the last row."
def top_tokens(logits, k=7):
    found = logits[0].softmax(-1).topk(k)
    return list(zip(found.indices.tolist(), found.values.tolist()))


# %% mistake="TT2" exercise="top_tokens" title="softmax over the best k alone" caught_by=["top_worked", "top_values"] hint="The probabilities are those among all tokens: softmax first."
def top_tokens(logits, k=7):
    found = logits[-1].topk(k)
    return list(zip(found.indices.tolist(), found.values.softmax(-1).tolist()))


# %% mistake="TT3" exercise="top_tokens" title="logits instead of probabilities" caught_by=["top_worked", "top_values"] hint="Logits are not probabilities yet."
def top_tokens(logits, k=7):
    found = logits[-1].topk(k)
    return list(zip(found.indices.tolist(), found.values.tolist()))


# %% mistake="TT4" exercise="top_tokens" title="softmax over the positions" caught_by=["top_worked", "top_values"] hint="The softmax runs over the tokens: the last axis."
def top_tokens(logits, k=7):
    found = logits.softmax(0)[-1].topk(k)
    return list(zip(found.indices.tolist(), found.values.tolist()))


# %% mistake="TT5" exercise="top_tokens" title="the worst first" caught_by=["top_worked", "top_values"] hint="The most probable one comes first."
def top_tokens(logits, k=7):
    p = logits[-1].softmax(-1)
    best = p.argsort()[-k:]
    return [(int(i), float(p[i])) for i in best]
