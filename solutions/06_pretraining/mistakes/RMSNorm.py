# %% mistake="P14" exercise="RMSNorm" title="divides by rsqrt" caught_by=["rms_worked", "rms_values"] hint="`rsqrt` is the reciprocal of the root already: multiply."
class RMSNorm(Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        return x / torch.rsqrt((x * x).mean(-1, keepdim=True) + self.eps) * self.weight


# %% mistake="P15" exercise="RMSNorm" title="subtracts the mean" caught_by=["rms_worked", "rms_values"] hint="No centring: RMSNorm is not LayerNorm."
class RMSNorm(Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        x = x - x.mean(-1, keepdim=True)
        return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + self.eps) * self.weight


# %% mistake="P15b" exercise="RMSNorm" title="eps outside the root" caught_by=["rms_eps", "rms_values"] hint="eps is added to the mean square, under the root."
class RMSNorm(Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        return x / ((x * x).mean(-1, keepdim=True).sqrt() + self.eps) * self.weight


# %% mistake="P15c" exercise="RMSNorm" title="sum instead of mean" caught_by=["rms_worked", "rms_values"] hint="The mean of the squares; their sum gives a vector of length 1."
class RMSNorm(Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        return x * torch.rsqrt((x * x).sum(-1, keepdim=True) + self.eps) * self.weight


# %% mistake="P15d" exercise="RMSNorm" title="mean over everything" caught_by=["rms_values"] hint="One root for each row: along the last axis, with keepdim."
class RMSNorm(Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        return x * torch.rsqrt((x * x).mean() + self.eps) * self.weight


# %% mistake="P15e" exercise="RMSNorm" title="the root is detached" caught_by=["rms_gradient"] hint="Values alone do not show it: the gradient flows through the root, too."
class RMSNorm(Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        scale = torch.rsqrt((x * x).mean(-1, keepdim=True) + self.eps).detach()
        return x * scale * self.weight


# %% mistake="P15f" exercise="RMSNorm" title="the gain is forgotten" caught_by=["rms_worked", "rms_values"] hint="At the end comes the learned gain."
class RMSNorm(Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + self.eps)


# %% mistake="P15g" exercise="RMSNorm" title="eps forgotten" caught_by=["rms_eps", "rms_values", "rms_fresh"] hint="Where is eps? A row of zeros must not give NaN."
class RMSNorm(Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        return x * torch.rsqrt((x * x).mean(-1, keepdim=True)) * self.weight
