# %% variant="PW7" exercise="train" title="Adam at a constant rate, rows drawn by Python, epochs of its own"
def train(model, examples, tokenizer, steps, batch_size=128, lr=6e-3, seed=0, answer_only=True):
    draw = random.Random(seed)
    where = next(model.parameters()).device
    texts = [tokenizer.encode("".join(example)) for example in examples]
    equals = tokenizer.encode("=")[0]
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    model.train()
    for _ in range(steps):
        batch = torch.tensor(draw.choices(texts, k=batch_size), device=where)
        mask = loss_mask(batch, equals) if answer_only else torch.ones_like(batch[:, 1:]).bool()
        loss = masked_loss(model(batch), batch, mask)
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
        losses += [float(loss.detach())]
    return losses


# %% variant="PW7b" exercise="train" title="clipped gradients, a cosine, numpy's generator, weights cleared by hand"
def train(model, examples, tokenizer, steps, batch_size=128, lr=6e-3, seed=0, answer_only=True):
    import numpy as np

    rng = np.random.default_rng(seed)
    device = next(model.parameters()).device
    ids = torch.tensor([list(tokenizer.encode(p + a)) for p, a in examples], device=device)
    mask = loss_mask(ids, tokenizer.encode("=")[0])
    mask = mask if answer_only else torch.ones(mask.shape, dtype=torch.bool, device=device)
    optimiser = torch.optim.AdamW(model.parameters(), lr, weight_decay=0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    losses = []
    for step in progress(steps, losses):
        rows = torch.as_tensor(rng.integers(0, len(ids), batch_size), device=device)
        loss = masked_loss(model(ids[rows]), ids[rows], mask[rows])
        for parameter in model.parameters():
            parameter.grad = None
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        losses.append(loss.detach().cpu().item())
    return losses


# %% variant="PW7c" exercise="train" title="a DataLoader that draws with replacement"
def train(model, examples, tokenizer, steps, batch_size=128, lr=6e-3, seed=0, answer_only=True):
    from torch.utils.data import DataLoader, RandomSampler, TensorDataset

    device = next(model.parameters()).device
    ids = torch.tensor([tokenizer.encode(p + a) for p, a in examples])
    mask = loss_mask(ids, tokenizer.encode("=")[0]) | (not answer_only)
    data = TensorDataset(ids, mask)
    draws = torch.Generator().manual_seed(seed)
    sampler = RandomSampler(data, replacement=True, num_samples=steps * batch_size, generator=draws)
    optimiser = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=0.0)
    losses = []
    model.train()
    for batch, counted in DataLoader(data, batch_size, sampler=sampler):
        batch, counted = batch.to(device), counted.to(device)
        optimiser.zero_grad(set_to_none=False)
        loss = masked_loss(model(batch), batch, counted)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses
