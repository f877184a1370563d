# %% mistake="R10" exercise="train" title="the same batch in every step" caught_by=["train_resamples"] hint="Draw inside the loop, from a generator made before it: made inside, it draws the same rows every time."
def train(model, examples, tokenizer, steps, batch_size=128, lr=6e-3, seed=0, answer_only=True):
    device = next(model.parameters()).device
    ids = torch.tensor([tokenizer.encode(p + a) for p, a in examples], device=device)
    mask = loss_mask(ids, tokenizer.encode("=")[0])
    mask = mask if answer_only else torch.ones_like(mask)
    optimiser = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    rows = torch.randint(len(ids), (batch_size,), generator=generator).to(device)
    losses = []
    for _ in range(steps):
        loss = masked_loss(model(ids[rows]), ids[rows], mask[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


# %% mistake="R10b" exercise="train" title="the same batch in every step" caught_by=["train_resamples"] hint="Draw inside the loop, from a generator made before it: made inside, it draws the same rows every time."
def train(model, examples, tokenizer, steps, batch_size=128, lr=6e-3, seed=0, answer_only=True):
    device = next(model.parameters()).device
    ids = torch.tensor([tokenizer.encode(p + a) for p, a in examples], device=device)
    mask = loss_mask(ids, tokenizer.encode("=")[0])
    mask = mask if answer_only else torch.ones_like(mask)
    optimiser = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=0.0)
    losses = []
    for _ in range(steps):
        generator = torch.Generator().manual_seed(seed)
        rows = torch.randint(len(ids), (batch_size,), generator=generator).to(device)
        loss = masked_loss(model(ids[rows]), ids[rows], mask[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


# %% mistake="R10c" exercise="train" title="learning rate 1" caught_by=["train_learns"] hint="Far too large: each step jumps across the valley. Use the `lr` that is given."
def train(model, examples, tokenizer, steps, batch_size=128, lr=6e-3, seed=0, answer_only=True):
    device = next(model.parameters()).device
    ids = torch.tensor([tokenizer.encode(p + a) for p, a in examples], device=device)
    mask = loss_mask(ids, tokenizer.encode("=")[0])
    mask = mask if answer_only else torch.ones_like(mask)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1.0, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    losses = []
    for _ in range(steps):
        rows = torch.randint(len(ids), (batch_size,), generator=generator).to(device)
        loss = masked_loss(model(ids[rows]), ids[rows], mask[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


# %% mistake="R10d" exercise="train" title="a learning rate of its own" caught_by=["train_rate"] hint="`lr` is an argument; use it."
def train(model, examples, tokenizer, steps, batch_size=128, lr=6e-3, seed=0, answer_only=True):
    device = next(model.parameters()).device
    ids = torch.tensor([tokenizer.encode(p + a) for p, a in examples], device=device)
    mask = loss_mask(ids, tokenizer.encode("=")[0])
    mask = mask if answer_only else torch.ones_like(mask)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-2, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    losses = []
    for _ in range(steps):
        rows = torch.randint(len(ids), (batch_size,), generator=generator).to(device)
        loss = masked_loss(model(ids[rows]), ids[rows], mask[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


# %% mistake="R9" exercise="train" title="the loss on everything" caught_by=["train_counts"] hint="With answer_only=True the prompt must not count: nobody can predict it."
def train(model, examples, tokenizer, steps, batch_size=128, lr=6e-3, seed=0, answer_only=True):
    device = next(model.parameters()).device
    ids = torch.tensor([tokenizer.encode(p + a) for p, a in examples], device=device)
    mask = torch.ones_like(ids[:, 1:]) > 0
    optimiser = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    losses = []
    for _ in range(steps):
        rows = torch.randint(len(ids), (batch_size,), generator=generator).to(device)
        loss = masked_loss(model(ids[rows]), ids[rows], mask[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


# %% mistake="R9b" exercise="train" title="answer_only is ignored" caught_by=["train_counts"] hint="With answer_only=False all bets count, those on the prompt as well."
def train(model, examples, tokenizer, steps, batch_size=128, lr=6e-3, seed=0, answer_only=True):
    device = next(model.parameters()).device
    ids = torch.tensor([tokenizer.encode(p + a) for p, a in examples], device=device)
    mask = loss_mask(ids, tokenizer.encode("=")[0])
    optimiser = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    losses = []
    for _ in range(steps):
        rows = torch.randint(len(ids), (batch_size,), generator=generator).to(device)
        loss = masked_loss(model(ids[rows]), ids[rows], mask[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


# %% mistake="R40" exercise="train" title="gradients pile up" caught_by=["train_learns"] hint="`backward` adds to what is there: `zero_grad` in every step."
def train(model, examples, tokenizer, steps, batch_size=128, lr=6e-3, seed=0, answer_only=True):
    device = next(model.parameters()).device
    ids = torch.tensor([tokenizer.encode(p + a) for p, a in examples], device=device)
    mask = loss_mask(ids, tokenizer.encode("=")[0])
    mask = mask if answer_only else torch.ones_like(mask)
    optimiser = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    losses = []
    for _ in range(steps):
        rows = torch.randint(len(ids), (batch_size,), generator=generator).to(device)
        loss = masked_loss(model(ids[rows]), ids[rows], mask[rows])
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


# %% mistake="R41" exercise="train" title="no step is taken" caught_by=["train_learns"] hint="`backward` computes gradients; `optimiser.step()` uses them."
def train(model, examples, tokenizer, steps, batch_size=128, lr=6e-3, seed=0, answer_only=True):
    device = next(model.parameters()).device
    ids = torch.tensor([tokenizer.encode(p + a) for p, a in examples], device=device)
    mask = loss_mask(ids, tokenizer.encode("=")[0])
    mask = mask if answer_only else torch.ones_like(mask)
    optimiser = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    losses = []
    for _ in range(steps):
        rows = torch.randint(len(ids), (batch_size,), generator=generator).to(device)
        loss = masked_loss(model(ids[rows]), ids[rows], mask[rows])
        optimiser.zero_grad()
        loss.backward()
        losses.append(loss.item())
    return losses


# %% mistake="R42" exercise="train" title="the seed is ignored" caught_by=["train_seeded"] hint="A generator seeded with `seed` draws the rows."
def train(model, examples, tokenizer, steps, batch_size=128, lr=6e-3, seed=0, answer_only=True):
    device = next(model.parameters()).device
    ids = torch.tensor([tokenizer.encode(p + a) for p, a in examples], device=device)
    mask = loss_mask(ids, tokenizer.encode("=")[0])
    mask = mask if answer_only else torch.ones_like(mask)
    optimiser = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=0.0)
    losses = []
    for _ in range(steps):
        rows = torch.randint(len(ids), (batch_size,)).to(device)
        loss = masked_loss(model(ids[rows]), ids[rows], mask[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


# %% mistake="R43" exercise="train" title="losses kept as tensors" caught_by=["train_learns", "train_counts", "train_seeded"] hint="A loss kept as a tensor keeps its whole graph: `loss.item()`."
def train(model, examples, tokenizer, steps, batch_size=128, lr=6e-3, seed=0, answer_only=True):
    device = next(model.parameters()).device
    ids = torch.tensor([tokenizer.encode(p + a) for p, a in examples], device=device)
    mask = loss_mask(ids, tokenizer.encode("=")[0])
    mask = mask if answer_only else torch.ones_like(mask)
    optimiser = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    losses = []
    for _ in range(steps):
        rows = torch.randint(len(ids), (batch_size,), generator=generator).to(device)
        loss = masked_loss(model(ids[rows]), ids[rows], mask[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss)
    return losses


# %% mistake="R44" exercise="train" title="only the last loss" caught_by=["train_learns"] hint="Return the losses of all steps, in a list."
def train(model, examples, tokenizer, steps, batch_size=128, lr=6e-3, seed=0, answer_only=True):
    device = next(model.parameters()).device
    ids = torch.tensor([tokenizer.encode(p + a) for p, a in examples], device=device)
    mask = loss_mask(ids, tokenizer.encode("=")[0])
    mask = mask if answer_only else torch.ones_like(mask)
    optimiser = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    for _ in range(steps):
        rows = torch.randint(len(ids), (batch_size,), generator=generator).to(device)
        loss = masked_loss(model(ids[rows]), ids[rows], mask[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return loss.item()


# %% mistake="R44b" exercise="train" title="weights decay" caught_by=["train_decay"] loses=0.5 hint="AdamW pulls all weights towards zero unless you say `weight_decay=0.0`."
def train(model, examples, tokenizer, steps, batch_size=128, lr=6e-3, seed=0, answer_only=True):
    device = next(model.parameters()).device
    ids = torch.tensor([tokenizer.encode(p + a) for p, a in examples], device=device)
    mask = loss_mask(ids, tokenizer.encode("=")[0])
    mask = mask if answer_only else torch.ones_like(mask)
    optimiser = torch.optim.AdamW(model.parameters(), lr=lr)
    generator = torch.Generator().manual_seed(seed)
    losses = []
    for _ in range(steps):
        rows = torch.randint(len(ids), (batch_size,), generator=generator).to(device)
        loss = masked_loss(model(ids[rows]), ids[rows], mask[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses
