# %% mistake="P16" exercise="SwiGLU" title="gate and up exchanged" caught_by=["swiglu_values", "swiglu_linear"] hint="silu is applied to the gate, not to up."
class SwiGLU(Module):
    def __init__(self, dim, hidden):
        super().__init__()
        self.gate, self.up, self.down = (
            matrix(hidden, dim),
            matrix(hidden, dim),
            matrix(dim, hidden),
        )

    def forward(self, x):
        return ((x @ self.gate.T) * F.silu(x @ self.up.T)) @ self.down.T


# %% mistake="P16b" exercise="SwiGLU" title="both activated" caught_by=["swiglu_worked", "swiglu_values", "swiglu_linear"] hint="Only the gate is activated; what it lets through is not."
class SwiGLU(Module):
    def __init__(self, dim, hidden):
        super().__init__()
        self.gate, self.up, self.down = (
            matrix(hidden, dim),
            matrix(hidden, dim),
            matrix(dim, hidden),
        )

    def forward(self, x):
        return (F.silu(x @ self.gate.T) * F.silu(x @ self.up.T)) @ self.down.T


# %% mistake="P16c" exercise="SwiGLU" title="a sigmoid for the gate" caught_by=["swiglu_worked", "swiglu_values"] hint="silu(z) is z times its sigmoid."
class SwiGLU(Module):
    def __init__(self, dim, hidden):
        super().__init__()
        self.gate, self.up, self.down = (
            matrix(hidden, dim),
            matrix(hidden, dim),
            matrix(dim, hidden),
        )

    def forward(self, x):
        return (torch.sigmoid(x @ self.gate.T) * (x @ self.up.T)) @ self.down.T


# %% mistake="P16d" exercise="SwiGLU" title="GELU for SiLU" caught_by=["swiglu_worked", "swiglu_values"] hint="The gate of SwiGLU is a SiLU (swish)."
class SwiGLU(Module):
    def __init__(self, dim, hidden):
        super().__init__()
        self.gate, self.up, self.down = (
            matrix(hidden, dim),
            matrix(hidden, dim),
            matrix(dim, hidden),
        )

    def forward(self, x):
        return (F.gelu(x @ self.gate.T) * (x @ self.up.T)) @ self.down.T


# %% mistake="P16e" exercise="SwiGLU" title="activated after the product" caught_by=["swiglu_worked", "swiglu_values"] hint="First activate the gate, then multiply."
class SwiGLU(Module):
    def __init__(self, dim, hidden):
        super().__init__()
        self.gate, self.up, self.down = (
            matrix(hidden, dim),
            matrix(hidden, dim),
            matrix(dim, hidden),
        )

    def forward(self, x):
        return F.silu((x @ self.gate.T) * (x @ self.up.T)) @ self.down.T
