# %% variant="LW1a" exercise="LoRALayer" title="A by Kaiming, uniform"
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError(scaling)
        self.scale = {"alpha/r": alpha / rank, "alpha": alpha}[scaling]
        self.A = nn.Parameter(torch.empty(in_dim, rank))
        self.B = nn.Parameter(torch.zeros(rank, out_dim))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))

    def forward(self, x):
        return self.scale * (x @ self.A @ self.B)


# %% variant="LW1b" exercise="LoRALayer" title="A by Xavier, and small"
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError(scaling)
        self.scale = {"alpha/r": alpha / rank, "alpha": alpha}[scaling]
        self.A = nn.Parameter(torch.empty(in_dim, rank))
        self.B = nn.Parameter(torch.zeros(rank, out_dim))
        nn.init.xavier_uniform_(self.A, gain=0.01)

    def forward(self, x):
        return self.scale * (x @ self.A @ self.B)


# %% variant="LW1c" exercise="LoRALayer" title="A with the standard deviation 1, from a generator of its own"
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError(scaling)
        self.scale = {"alpha/r": alpha / rank, "alpha": alpha}[scaling]
        self.A = nn.Parameter(torch.randn(in_dim, rank, generator=torch.Generator().manual_seed(7)))
        self.B = nn.Parameter(torch.zeros(rank, out_dim))

    def forward(self, x):
        return self.scale * (x @ self.A @ self.B)


# %% variant="LW2" exercise="LoRALayer" title="A @ B first"
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError(scaling)
        self.scale = {"alpha/r": alpha / rank, "alpha": alpha}[scaling]
        self.A = nn.Parameter(torch.randn(in_dim, rank) / math.sqrt(rank))
        self.B = nn.Parameter(torch.zeros(rank, out_dim))

    def forward(self, x):
        return x @ (self.A @ self.B) * self.scale


# %% variant="LW2b" exercise="LoRALayer" title="einsum"
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError(scaling)
        self.scale = {"alpha/r": alpha / rank, "alpha": alpha}[scaling]
        self.A = nn.Parameter(torch.randn(in_dim, rank) / math.sqrt(rank))
        self.B = nn.Parameter(torch.zeros(rank, out_dim))

    def forward(self, x):
        return torch.einsum("...i,ir,ro->...o", x, self.A, self.B).mul(self.scale)


# %% variant="LW4a" exercise="LoRALayer" title="the scale as a buffer"
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError(scaling)
        self.register_buffer(
            "scale", torch.tensor(alpha / rank if scaling == "alpha/r" else float(alpha))
        )
        self.A = nn.Parameter(torch.randn(in_dim, rank) / math.sqrt(rank))
        self.B = nn.Parameter(torch.zeros(rank, out_dim))

    def forward(self, x):
        return self.scale * (x @ self.A @ self.B)


# %% variant="LW4b" exercise="LoRALayer" title="the scale as a property"
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError(scaling)
        self.alpha, self.rank, self.scaling = alpha, rank, scaling
        self.A = nn.Parameter(torch.randn(in_dim, rank) / math.sqrt(rank))
        self.B = nn.Parameter(torch.zeros(rank, out_dim))

    def forward(self, x):
        return self.scale * (x @ self.A @ self.B)

    @property
    def scale(self):
        return self.alpha if self.scaling == "alpha" else self.alpha / self.rank


# %% variant="LW11" exercise="LoRALayer" title="dropout in the path, with p = 0"
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError(scaling)
        self.scale = {"alpha/r": alpha / rank, "alpha": alpha}[scaling]
        self.A = nn.Parameter(torch.randn(in_dim, rank) / math.sqrt(rank))
        self.B = nn.Parameter(torch.zeros(rank, out_dim))
        self.dropout = nn.Dropout(p=0.0)

    def forward(self, x):
        return self.scale * (self.dropout(x) @ self.A @ self.B)


# %% variant="LW12b" exercise="LoRALayer" title="more keywords, other names"
class LoRALayer(nn.Module):
    def __init__(
        self, inputs, outputs, rank, alpha, scaling="alpha/r", *, std=None, dtype=None, device=None
    ):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError(scaling)
        self.scale = {"alpha/r": alpha / rank, "alpha": alpha}[scaling]
        self.A = nn.Parameter(
            torch.randn(inputs, rank, dtype=dtype, device=device) * (std or rank**-0.5)
        )
        self.B = nn.Parameter(torch.zeros(rank, outputs, dtype=dtype, device=device))

    def forward(self, x):
        return self.scale * (x @ self.A @ self.B)


# %% variant="LW12c" exercise="LoRALayer" title="the scale folded into x, F.linear with transposes"
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError(scaling)
        self.scale = {"alpha/r": alpha / rank, "alpha": alpha}[scaling]
        self.A = nn.Parameter(torch.randn(in_dim, rank) / math.sqrt(rank))
        self.B = nn.Parameter(torch.zeros(rank, out_dim))

    def forward(self, x):
        return F.linear(F.linear(self.scale * x, self.A.T), self.B.T)
