# %% variant="G8-embedding_of" exercise="embedding_of" title="the library's lookup"
def embedding_of(word, encode, table):
    bos, *ids = encode(word)
    if len(ids) > 1 or not ids:
        raise ValueError("one token, please")
    return F.embedding(torch.tensor(ids), table).squeeze(0)


# %% variant="G10-embedding_of" exercise="embedding_of" title="a more special error, and one-hot"
def embedding_of(word, encode, table):
    class NotOneToken(ValueError):
        pass

    ids = list(encode(word))[1:]
    if len(ids) != 1:
        raise NotOneToken(word)
    onehot = F.one_hot(torch.tensor(ids[-1]), len(table)).to(table.dtype)
    return onehot @ table


# %% variant="G2-top_tokens" exercise="top_tokens" title="sorted by hand"
def top_tokens(logits, k=7):
    p = torch.softmax(logits[-1], dim=0).tolist()
    best = sorted(range(len(p)), key=lambda i: p[i], reverse=True)
    return [(i, p[i]) for i in best[:k]]


# %% variant="G6-top_tokens" exercise="top_tokens" title="lists of tensors of one number"
def top_tokens(logits, k=7):
    probabilities = logits.softmax(dim=-1)[-1]
    values, ids = torch.sort(probabilities, descending=True)
    return [[ids[n], values[n]] for n in range(k)]


# %% variant="G2-continue_greedily" exercise="continue_greedily" title="recursion, with other names"
def continue_greedily(model, start, steps, stop):
    if steps == 0:
        return list(start)
    best = max(range(len(logits := model(list(start)).tolist())), key=logits.__getitem__)
    longer = [*start, best]
    return longer if best == stop else continue_greedily(model, longer, steps - 1, stop)


# %% variant="G6-continue_greedily" exercise="continue_greedily" title="a tensor as the result"
def continue_greedily(next_logits, prompt, max_new, eos):
    ids, done = torch.tensor(prompt), False
    while not done and len(ids) < len(prompt) + max_new:
        best = next_logits(ids.tolist()).argmax(-1, keepdim=True)
        ids = torch.cat([ids, best])
        done = best.item() == eos
    return ids


# %% variant="G2-sample_from_nothing" exercise="sample_from_nothing" title="a loop over a running sum"
def sample_from_nothing(next_logits, decode, bos, eos, uniforms):
    written = []
    for u in uniforms:
        weights = torch.softmax(next_logits([bos, *written]), -1).tolist()
        total, drawn = 0.0, None
        for token, weight in enumerate(weights):
            total += weight
            if weight > 0:
                drawn = token
            if total > u:
                break
        if drawn == eos:
            break
        written.append(drawn)
    return decode(written)


# %% variant="G8-sample_from_nothing" exercise="sample_from_nothing" title="searchsorted, in single precision"
def sample_from_nothing(next_logits, decode, bos, eos, uniforms):
    ids = [bos]
    for u in uniforms:
        p = next_logits(ids).float().softmax(-1)
        place = torch.searchsorted(p.cumsum(-1), torch.tensor([u]).float(), right=True)
        drawn = min(int(place), int(p.nonzero()[-1]))
        if drawn == eos:
            break
        ids.append(drawn)
    return decode(ids[1:])
