# %% variant="LT1" exercise="train_step" title="gradients set to zero instead of removed, a tensor returned"
def train_step(model, x, y, loss_fn, optimizer):
    optimizer.zero_grad(set_to_none=False)
    loss = loss_fn(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.detach()


# %% variant="LT2" exercise="train_step" title="with a closure"
def train_step(model, x, y, loss_fn, optimizer):
    def closure():
        optimizer.zero_grad()
        loss = loss_fn(model.forward(x), y)
        loss.backward()
        return loss

    return optimizer.step(closure).item()


# %% variant="LT3" exercise="train_step" title="zeroed before and after, through the model"
def train_step(model, x, y, loss_fn, optimizer):
    model.zero_grad()
    loss = loss_fn(model(x), y)
    before = loss.item()
    loss.backward()
    optimizer.step()
    model.zero_grad()
    return before
