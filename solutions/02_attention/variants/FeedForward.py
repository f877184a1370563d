# %% variant="AW17" exercise="FeedForward" title="the tanh form of the GELU"
class FeedForward(Module):
    def __init__(self, d_model, d_hidden=None):
        super().__init__()
        d_hidden = d_hidden or 4 * d_model
        self.w_1, self.b_1 = matrix(d_hidden, d_model), bias(d_hidden)
        self.w_2, self.b_2 = matrix(d_model, d_hidden), bias(d_model)

    def forward(self, x):
        hidden = F.gelu(x @ self.w_1.T + self.b_1, approximate="tanh")
        return hidden @ self.w_2.T + self.b_2


# %% variant="AW18" exercise="FeedForward" title="nn.Sequential with dropout, with a load of its own"
class FeedForward(nn.Module):
    def __init__(self, d_model, d_hidden=None):
        super().__init__()
        d_hidden = 4 * d_model if d_hidden is None else d_hidden
        self.net = nn.Sequential(
            nn.Linear(d_model, d_hidden), nn.GELU(), nn.Linear(d_hidden, d_model), nn.Dropout(0.1)
        )

    def load(self, weights):
        for layer, number in ((self.net[0], 1), (self.net[2], 2)):
            layer.weight = nn.Parameter(weights[f"w_{number}"])
            layer.bias = nn.Parameter(weights[f"b_{number}"])

    def forward(self, x):
        return self.net(x)


# %% variant="AW17b" exercise="FeedForward" title="x times the normal CDF"
class FeedForward(Module):
    def __init__(self, d_model, d_hidden=None):
        super().__init__()
        size = 4 * d_model if d_hidden is None else d_hidden
        self.w_1, self.b_1 = matrix(size, d_model), bias(size)
        self.w_2, self.b_2 = matrix(d_model, size), bias(d_model)

    def forward(self, x):
        h = F.linear(x, self.w_1, self.b_1)
        h = h * torch.distributions.Normal(0, 1).cdf(h)
        return F.linear(h, self.w_2, self.b_2)
