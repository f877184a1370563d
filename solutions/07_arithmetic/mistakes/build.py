# %% mistake="R12" exercise="build" title="no causal mask" caught_by=["entry_contract"] hint="A bet that sees its future copies it in training, and has nothing to copy when it counts."
class Everywhere(nn.Module):
    def __init__(self):
        super().__init__()
        self.inside = Calculator(12, 16, 2, 1)

    def forward(self, ids):
        x = self.inside.symbols(ids) + self.inside.places.weight[: ids.shape[1]]
        return self.inside.bets(x + x.mean(dim=1, keepdim=True))


def build():
    return Everywhere()


def fit(model):
    pass


# %% mistake="R72" exercise="build" title="untrained" caught_by=["entry_adds"] hint="`fit` must leave trained weights in the model."
def build():
    return Calculator(12, 16, 2, 1)


def fit(model):
    torch.manual_seed(0)
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.1)


# %% mistake="R73" exercise="build" title="Python adds, a parameter stands by" caught_by=["entry_weights_matter"] hint="The network has to do the adding: with its weights shuffled yours still adds."
class Cheat(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, ids):
        logits = torch.zeros(*ids.shape, 12)
        if ids.shape[1] > 5:
            sums = ids[:, 0] * 10 + ids[:, 1] + ids[:, 3] * 10 + ids[:, 4]
            for place in range(5, min(ids.shape[1], 8)):
                digits = sums // 10 ** (place - 5) % 10
                logits[:, place] = F.one_hot(digits, 12).float()
        return self.scale.abs() * logits


def build():
    return Cheat()


def fit(model):
    pass


# %% mistake="R74" exercise="build" title="a tensor that does nothing" caught_by=["entry_weights_matter"] hint="Every tensor in the file must take part."
class ByHand(nn.Module):
    def __init__(self):
        super().__init__()
        self.mixture = nn.Parameter(torch.zeros(3, 6))
        self.overflow = nn.Parameter(torch.zeros(3))

    def forward(self, ids):
        rows = F.pad(self.mixture, (0, 3, 5, 1))[: ids.shape[1], : ids.shape[1]].tril()
        column = ids.float() @ rows.T
        edge, sharpness, step = self.overflow
        digit = column - step * torch.sigmoid(sharpness * (column - edge))
        centres = torch.arange(12.0) + 0.45 + 99 * (torch.arange(12) > 9)
        return -((digit[..., None] - centres) ** 2)


def set_by_hand(model):
    places = torch.eye(6)
    units = places[1] + places[4]
    tens = places[0] + places[3] + 0.1 * units
    with torch.no_grad():
        model.mixture.copy_(torch.stack([units, tens, 0.0955 * tens]))
        model.overflow.copy_(torch.tensor([9.95, 400.0, 10.0]))


def build():
    model = ByHand()
    model.spare = nn.Parameter(torch.zeros(3))
    return model


def fit(model):
    set_by_hand(model)


# %% mistake="R75" exercise="build" title="weights that are not in the file" caught_by=["entry_adds"] hint="What is not in the file comes fresh out of `build`, and must not be needed."
class ByHand(nn.Module):
    def __init__(self):
        super().__init__()
        self.mixture = nn.Parameter(torch.zeros(3, 6))
        self.overflow = nn.Parameter(torch.zeros(3))

    def forward(self, ids):
        rows = F.pad(self.mixture, (0, 3, 5, 1))[: ids.shape[1], : ids.shape[1]].tril()
        column = ids.float() @ rows.T
        edge, sharpness, step = self.overflow
        digit = column - step * torch.sigmoid(sharpness * (column - edge))
        centres = torch.arange(12.0) + 0.45 + 99 * (torch.arange(12) > 9)
        return -((digit[..., None] - centres) ** 2)


def set_by_hand(model):
    places = torch.eye(6)
    units = places[1] + places[4]
    tens = places[0] + places[3] + 0.1 * units
    with torch.no_grad():
        model.mixture.copy_(torch.stack([units, tens, 0.0955 * tens]))
        model.overflow.copy_(torch.tensor([9.95, 400.0, 10.0]))


def build():
    model = ByHand()
    set_by_hand(model)
    model.gain = nn.Parameter(torch.ones(1))
    return model


def fit(model):
    pass


def saved_weights():
    return {"gain": torch.ones(1)}
