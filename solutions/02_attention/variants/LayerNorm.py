# %% variant="AW9" exercise="LayerNorm" title="the mean of the squares minus the square of the mean"
class LayerNorm(Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight, self.bias = torch.nn.Parameter(torch.ones(dim)), bias(dim)

    def forward(self, x):
        mean = x.mean(-1, keepdim=True)
        variance = (x**2).mean(-1, keepdim=True) - mean**2
        return (x - mean) * torch.rsqrt(variance + self.eps) * self.weight + self.bias


# %% variant="AW9b" exercise="LayerNorm" title="var_mean"
class LayerNorm(Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight, self.bias = torch.nn.Parameter(torch.ones(dim)), bias(dim)

    def forward(self, x):
        variance, mean = torch.var_mean(x, dim=-1, unbiased=False, keepdim=True)
        return self.weight * (x - mean) / (variance + self.eps) ** 0.5 + self.bias


# %% variant="AW10" exercise="LayerNorm" title="gamma and beta, with a load of its own"
class LayerNorm(nn.Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.gamma, self.beta = torch.nn.Parameter(torch.ones(dim)), bias(dim)
        self.epsilon = eps

    def load(self, weights):
        self.gamma = nn.Parameter(weights["weight"].clone())
        self.beta = nn.Parameter(weights["bias"].clone())

    def forward(self, x):
        mean = x.sum(-1, keepdim=True) / x.shape[-1]
        variance = x.var(-1, keepdim=True, correction=0)
        return (x - mean) / torch.sqrt(variance + self.epsilon) * self.gamma + self.beta


# %% variant="G8-LayerNorm" exercise="LayerNorm" title="torch's own"
class LayerNorm(Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight, self.bias = torch.nn.Parameter(torch.ones(dim)), bias(dim)

    def forward(self, x):
        return F.layer_norm(x, self.weight.shape, self.weight.to(x), self.bias.to(x), self.eps)
