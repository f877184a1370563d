# %% variant="PW7d" exercise="build" title="hundreds first, one shared tensor under two names, weights in double precision"
class Columns(nn.Module):
    def __init__(self):
        super().__init__()
        self.worth = nn.Parameter(torch.zeros(12, dtype=torch.float64))
        self.same = self.worth
        self.register_buffer("carry", torch.zeros(4, dtype=torch.float64))

    def forward(self, ids):
        logits = torch.zeros(*ids.shape, 12, dtype=torch.float64, device=ids.device)
        tenth, edge, sharpness, half = self.carry
        if ids.shape[1] > 5:
            v = self.worth[ids]
            units, tens = v[:, 1] + v[:, 4], v[:, 0] + v[:, 3]
            both = tens + tenth * units
            high = torch.sigmoid(sharpness * (both - edge))
            low = torch.sigmoid(sharpness * (units - edge))
            columns = (high + half, both - high / tenth, units - low / tenth)
            for place, column in zip(range(5, ids.shape[1]), columns):
                centres = torch.cat([self.same[:10] + half, self.same[:2] + 99])
                logits[:, place] = -((column[:, None] - centres) ** 2)
        return logits


def build():
    return Columns()


def fit(model):
    with torch.no_grad():
        model.worth.copy_(torch.tensor([*range(10), 0, 0]))
        model.carry.copy_(torch.tensor([0.1, 9.95, 400, 0.45]))
