# %% mistake="L16" exercise="train_step" title="an optimiser of its own, over other parameters" caught_by=["step_values", "step_base_stays", "step_b_first"] hint="Use the optimiser you are given: it knows which parameters are to move."
def train_step(model, x, y, loss_fn, optimizer):
    optimizer = torch.optim.SGD(copy.deepcopy(model).parameters(), lr=0.1)
    optimizer.zero_grad()
    loss = loss_fn(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()


# %% mistake="L24" exercise="train_step" title="gradients pile up" caught_by=["step_values"] hint="Gradients are added to those that are there: zero_grad() first."
def train_step(model, x, y, loss_fn, optimizer):
    loss = loss_fn(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()


# %% mistake="L25" exercise="train_step" title="zero_grad after backward" caught_by=["step_worked", "step_values"] hint="The gradients are gone before the step is made."
def train_step(model, x, y, loss_fn, optimizer):
    loss = loss_fn(model(x), y)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()


# %% mistake="L26" exercise="train_step" title="the step is missing" caught_by=["step_worked", "step_base_stays"] hint="Nothing moves until optimizer.step()."
def train_step(model, x, y, loss_fn, optimizer):
    optimizer.zero_grad()
    loss = loss_fn(model(x), y)
    loss.backward()
    return loss.item()


# %% mistake="L27" exercise="train_step" title="the loss after the step" caught_by=["step_worked", "step_values"] hint="The text asks for the loss before the step; it comes for free."
def train_step(model, x, y, loss_fn, optimizer):
    optimizer.zero_grad()
    loss_fn(model(x), y).backward()
    optimizer.step()
    return loss_fn(model(x), y).item()


# %% mistake="L28" exercise="train_step" title="all weights are moved by hand" caught_by=["step_base_stays"] hint="The frozen base must not move by a bit, not even through weight decay."
def train_step(model, x, y, loss_fn, optimizer):
    optimizer.zero_grad()
    loss = loss_fn(model(x), y)
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        for p in model.parameters():
            if not p.requires_grad:
                p *= 1 - 1e-6
    return loss.item()


# %% mistake="L29" exercise="train_step" title="output and target exchanged" caught_by=["step_values"] hint="loss_fn takes the outputs first, then y; for a squared error the order does not matter, for others it does."
def train_step(model, x, y, loss_fn, optimizer):
    optimizer.zero_grad()
    loss = loss_fn(y, model(x))
    loss.backward()
    optimizer.step()
    return loss.item()


# %% mistake="L30" exercise="train_step" title="everything is made trainable" caught_by=["step_base_stays"] hint="Who is trained was decided before: leave requires_grad alone."
def train_step(model, x, y, loss_fn, optimizer):
    for p in model.parameters():
        p.requires_grad = True
    optimizer.zero_grad()
    loss = loss_fn(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()
