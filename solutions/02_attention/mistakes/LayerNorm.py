# %% mistake="A28" exercise="LayerNorm" title="mean and variance detached" caught_by=["norm_gradient_worked", "norm_gradients"] hint="The output is the same to the last bit, the gradient is not: it must flow through the statistics."
class LayerNorm(Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))
        self.bias = bias(dim)

    def forward(self, x):
        mean = x.mean(-1, keepdim=True).detach()
        variance = x.var(-1, keepdim=True, correction=0).detach()
        return (x - mean) / torch.sqrt(variance + self.eps) * self.weight + self.bias


# %% mistake="A28b" exercise="LayerNorm" title="mean and variance detached" caught_by=["norm_gradient_worked"] hint="`no_grad` cuts the gradient just as `detach` does."
class LayerNorm(Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))
        self.bias = bias(dim)

    def forward(self, x):
        with torch.no_grad():
            mean = x.mean(-1, keepdim=True)
            variance = x.var(-1, keepdim=True, correction=0)
        return (x - mean) / torch.sqrt(variance + self.eps) * self.weight + self.bias


# %% mistake="A28c" exercise="LayerNorm" title="the variance alone detached" caught_by=["norm_gradients"] hint="Both statistics carry gradients: the mean and the variance."
class LayerNorm(Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))
        self.bias = bias(dim)

    def forward(self, x):
        mean = x.mean(-1, keepdim=True)
        variance = x.var(-1, keepdim=True, correction=0).detach()
        return (x - mean) / torch.sqrt(variance + self.eps) * self.weight + self.bias


# %% mistake="A29" exercise="LayerNorm" title="divided by n - 1" caught_by=["norm_worked", "norm_eps"] hint="Divide by n. `var` needs `correction=0` for that."
class LayerNorm(Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))
        self.bias = bias(dim)

    def forward(self, x):
        mean, variance = x.mean(-1, keepdim=True), x.var(-1, keepdim=True)
        return (x - mean) / torch.sqrt(variance + self.eps) * self.weight + self.bias


# %% mistake="A30" exercise="LayerNorm" title="eps outside the root" caught_by=["norm_eps"] hint="Where does eps go? Under the root, added to the variance."
class LayerNorm(Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))
        self.bias = bias(dim)

    def forward(self, x):
        mean, deviation = x.mean(-1, keepdim=True), x.std(-1, keepdim=True, correction=0)
        return (x - mean) / (deviation + self.eps) * self.weight + self.bias


# %% mistake="A30b" exercise="LayerNorm" title="eps fixed, whatever is asked" caught_by=["norm_eps"] hint="eps is an argument of the constructor: keep it and use it."
class LayerNorm(Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))
        self.bias = bias(dim)

    def forward(self, x):
        mean, variance = x.mean(-1, keepdim=True), x.var(-1, keepdim=True, correction=0)
        return (x - mean) / torch.sqrt(variance + 1e-5) * self.weight + self.bias


# %% mistake="A31" exercise="LayerNorm" title="normalised over the batch" caught_by=["norm_axis"] hint="Each position by itself: the last axis. Yours is a batch norm."
class LayerNorm(Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))
        self.bias = bias(dim)

    def forward(self, x):
        mean, variance = x.mean(0, keepdim=True), x.var(0, keepdim=True, correction=0)
        return (x - mean) / torch.sqrt(variance + self.eps) * self.weight + self.bias


# %% mistake="A31b" exercise="LayerNorm" title="normalised over positions and features together" caught_by=["norm_axis"] hint="Only the last axis: a position must not notice its neighbours."
class LayerNorm(Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))
        self.bias = bias(dim)

    def forward(self, x):
        axes = (-2, -1) if x.dim() > 1 else (-1,)
        mean = x.mean(axes, keepdim=True)
        variance = ((x - mean) ** 2).mean(axes, keepdim=True)
        return (x - mean) / torch.sqrt(variance + self.eps) * self.weight + self.bias


# %% mistake="A32" exercise="LayerNorm" title="no keepdim" caught_by=["norm_axis"] hint="Without `keepdim=True` the statistics of a position line up with the features of others."
class LayerNorm(Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))
        self.bias = bias(dim)

    def forward(self, x):
        mean, variance = x.mean(-1), x.var(-1, correction=0)
        return (x - mean) / torch.sqrt(variance + self.eps) * self.weight + self.bias


# %% mistake="A33" exercise="LayerNorm" title="writes into its input" caught_by=["norm_eps"] hint="`x -= …` writes into the caller's tensor."
class LayerNorm(Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))
        self.bias = bias(dim)

    def forward(self, x):
        if x.requires_grad:
            x = x.clone()
        x -= x.mean(-1, keepdim=True)
        variance = (x * x).mean(-1, keepdim=True)
        return x / torch.sqrt(variance + self.eps) * self.weight + self.bias


# %% mistake="A93" exercise="LayerNorm" title="the mean is not removed" caught_by=["norm_worked"] hint="First to mean 0, then to variance 1. (Without the first step it is another norm, RMSNorm.)"
class LayerNorm(Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))
        self.bias = bias(dim)

    def forward(self, x):
        return x / torch.sqrt((x * x).mean(-1, keepdim=True) + self.eps) * self.weight + self.bias


# %% mistake="A94" exercise="LayerNorm" title="weight and bias not used" caught_by=["norm_affine"] hint="After the normalisation: times weight, plus bias."
class LayerNorm(Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))
        self.bias = bias(dim)

    def forward(self, x):
        mean, variance = x.mean(-1, keepdim=True), x.var(-1, keepdim=True, correction=0)
        return (x - mean) / torch.sqrt(variance + self.eps)


# %% mistake="A95" exercise="LayerNorm" title="divided by the variance" caught_by=["norm_worked"] hint="Divide by the root of the variance."
class LayerNorm(Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))
        self.bias = bias(dim)

    def forward(self, x):
        mean, variance = x.mean(-1, keepdim=True), x.var(-1, keepdim=True, correction=0)
        return (x - mean) / (variance + self.eps) * self.weight + self.bias
