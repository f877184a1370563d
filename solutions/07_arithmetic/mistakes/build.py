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
def with_spare(made=build):
    class Spare(nn.Module):
        def __init__(self):
            super().__init__()
            self.inside = made()
            self.spare = nn.Parameter(torch.zeros(3))

        def forward(self, ids):
            return self.inside(ids)

    return Spare


def build(kind=with_spare()):
    return kind()


def fit(model, really=fit):
    really(model.inside)


# %% mistake="R75" exercise="build" title="weights that are not in the file" caught_by=["entry_adds"] hint="What is not in the file comes fresh out of `build`, and must not be needed."
def build(made=build, really=fit):
    class Outside(type(made())):
        def forward(self, ids):
            return super().forward(ids) * self.gain

    model = Outside()
    really(model)
    model.gain = nn.Parameter(torch.ones(1))
    return model


def fit(model):
    pass


def saved_weights():
    return {"gain": torch.ones(1)}
