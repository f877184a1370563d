# %% mistake="R11" exercise="generate" title="the end token is ignored" caught_by=["generate_end"] hint="After its first `end` a row must stay at `end`: what comes later is garbage."
def generate(model, ids, max_new, end=None):
    model.eval()
    with torch.no_grad():
        for _ in range(max_new):
            best = model(ids)[:, -1].argmax(dim=-1)
            ids = torch.cat([ids, best[:, None]], dim=1)
    return ids


# %% mistake="R11b" exercise="generate" title="all stop when the first one ends" caught_by=["generate_end"] hint="The other rows of the batch go on."
def generate(model, ids, max_new, end=None):
    model.eval()
    length = ids.shape[1] + max_new
    with torch.no_grad():
        for _ in range(max_new):
            best = model(ids)[:, -1].argmax(dim=-1)
            ids = torch.cat([ids, best[:, None]], dim=1)
            if end is not None and (best == end).any():
                break
    return F.pad(ids, (0, length - ids.shape[1]), value=end or 0)


# %% mistake="R11c" exercise="generate" title="an end token in the prompt ends the text" caught_by=["generate_end"] hint="Only what the model has written itself can end its text."
def generate(model, ids, max_new, end=None):
    model.eval()
    with torch.no_grad():
        for _ in range(max_new):
            best = model(ids)[:, -1].argmax(dim=-1)
            if end is not None:
                best = torch.where((ids == end).any(dim=1), end, best)
            ids = torch.cat([ids, best[:, None]], dim=1)
    return ids


# %% mistake="R11d" exercise="generate" title="a text of another length when all have ended" caught_by=["generate_end"] hint="Always max_new columns: fill up with `end`."
def generate(model, ids, max_new, end=None):
    model.eval()
    ended = torch.zeros(len(ids), dtype=torch.bool, device=ids.device)
    with torch.no_grad():
        for _ in range(max_new):
            best = model(ids)[:, -1].argmax(dim=-1)
            if end is not None:
                best = torch.where(ended, end, best)
                ended = ended | (best == end)
            ids = torch.cat([ids, best[:, None]], dim=1)
            if end is not None and ended.sum() >= 2:
                break
    return ids


# %% mistake="R7" exercise="generate" title="dropout stays on" caught_by=["generate_evaluates"] hint="`model.eval()`: in training mode dropout makes the bets random."
def generate(model, ids, max_new, end=None):
    ended = torch.zeros(len(ids), dtype=torch.bool, device=ids.device)
    with torch.no_grad():
        for _ in range(max_new):
            best = model(ids)[:, -1].argmax(dim=-1)
            if end is not None:
                best = torch.where(ended, end, best)
                ended = ended | (best == end)
            ids = torch.cat([ids, best[:, None]], dim=1)
    return ids


# %% mistake="R7b" exercise="generate" title="gradients are recorded" caught_by=["generate_no_gradients"] loses=0.25 hint="`with torch.no_grad():` saves memory and time."
def generate(model, ids, max_new, end=None):
    model.eval()
    ended = torch.zeros(len(ids), dtype=torch.bool, device=ids.device)
    for _ in range(max_new):
        best = model(ids)[:, -1].argmax(dim=-1)
        if end is not None:
            best = torch.where(ended, end, best)
            ended = ended | (best == end)
        ids = torch.cat([ids, best[:, None]], dim=1)
    return ids


# %% mistake="R45" exercise="generate" title="the bet of the first position" caught_by=["generate_worked", "generate_greedy"] hint="The bet on what comes next is made at the last position: `[:, -1]`."
def generate(model, ids, max_new, end=None):
    model.eval()
    ended = torch.zeros(len(ids), dtype=torch.bool, device=ids.device)
    with torch.no_grad():
        for _ in range(max_new):
            best = model(ids)[:, 0].argmax(dim=-1)
            if end is not None:
                best = torch.where(ended, end, best)
                ended = ended | (best == end)
            ids = torch.cat([ids, best[:, None]], dim=1)
    return ids


# %% mistake="R46" exercise="generate" title="only the last token is fed" caught_by=["generate_greedy"] hint="The model needs everything that came before, not the last token alone."
def generate(model, ids, max_new, end=None):
    model.eval()
    last, texts = ids, [ids]
    ended = torch.zeros(len(ids), dtype=torch.bool, device=ids.device)
    with torch.no_grad():
        for _ in range(max_new):
            best = model(last)[:, -1].argmax(dim=-1)
            if end is not None:
                best = torch.where(ended, end, best)
                ended = ended | (best == end)
            last = best[:, None]
            texts.append(last)
    return torch.cat(texts, dim=1)


# %% mistake="R47" exercise="generate" title="sampled instead of greedy" caught_by=["generate_greedy"] hint="For one right answer take the best symbol: `argmax`."
def generate(model, ids, max_new, end=None):
    model.eval()
    ended = torch.zeros(len(ids), dtype=torch.bool, device=ids.device)
    with torch.no_grad():
        for _ in range(max_new):
            probs = model(ids)[:, -1].softmax(dim=-1)
            best = torch.multinomial(probs, 1)[:, 0]
            if end is not None:
                best = torch.where(ended, end, best)
                ended = ended | (best == end)
            ids = torch.cat([ids, best[:, None]], dim=1)
    return ids


# %% mistake="R47b" exercise="generate" title="all at once, from the prompt" caught_by=["generate_greedy"] hint="Each new token is chosen after the one before it has been appended."
def generate(model, ids, max_new, end=None):
    model.eval()
    with torch.no_grad():
        best = model(F.pad(ids, (0, max_new - 1)))[:, ids.shape[1] - 1 :].argmax(dim=-1)
    if end is not None:
        over = (best == end).cumsum(dim=1) > 0
        best = torch.where(over, end, best)
    return torch.cat([ids, best], dim=1)


# %% mistake="R49" exercise="generate" title="without the prompt" caught_by=["generate_worked", "generate_greedy"] hint="Return the prompt and what was written: (B, L + max_new)."
def generate(model, ids, max_new, end=None):
    model.eval()
    start = ids.shape[1]
    ended = torch.zeros(len(ids), dtype=torch.bool, device=ids.device)
    with torch.no_grad():
        for _ in range(max_new):
            best = model(ids)[:, -1].argmax(dim=-1)
            if end is not None:
                best = torch.where(ended, end, best)
                ended = ended | (best == end)
            ids = torch.cat([ids, best[:, None]], dim=1)
    return ids[:, start:]


# %% mistake="R47c" exercise="generate" title="who has ended is remembered on the CPU" caught_by=["generate_device"] loses=0.25 hint="`device=ids.device` where you make a tensor: on a graphics card this line stops."
def generate(model, ids, max_new, end=None):
    model.eval()
    ended = torch.zeros(len(ids), dtype=torch.bool)
    with torch.no_grad():
        for _ in range(max_new):
            best = model(ids)[:, -1].argmax(dim=-1)
            if end is not None:
                best = torch.where(ended, end, best)
                ended = ended | (best == end)
            ids = torch.cat([ids, best[:, None]], dim=1)
    return ids
