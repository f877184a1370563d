# %% mistake="L1" exercise="LoRALayer" title="B starts at random" caught_by=["lora_starts_as_nothing", "lora_beginning"] hint="Start as a no-op: B is zero, or the base is disturbed before the first step."
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError("no such scaling")
        self.scale = alpha / rank if scaling == "alpha/r" else alpha
        self.A = nn.Parameter(torch.randn(in_dim, rank) / rank**0.5)
        self.B = nn.Parameter(torch.randn(rank, out_dim) / rank**0.5)

    def forward(self, x):
        return self.scale * (x @ self.A @ self.B)


# %% mistake="L1b" exercise="LoRALayer" title="A is zero and B is random" caught_by=["lora_starts_as_nothing", "lora_beginning"] hint="It would work as well, but the text asks for the other way round: A random and B zero."
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError("no such scaling")
        self.scale = alpha / rank if scaling == "alpha/r" else alpha
        self.A = nn.Parameter(torch.zeros(in_dim, rank))
        self.B = nn.Parameter(torch.randn(rank, out_dim))

    def forward(self, x):
        return self.scale * (x @ self.A @ self.B)


# %% mistake="L2" exercise="LoRALayer" title="A and B both start at zero" caught_by=["lora_starts_as_nothing", "lora_beginning"] hint="The gradient of each has the other as a factor. One must not be zero."
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError("no such scaling")
        self.scale = alpha / rank if scaling == "alpha/r" else alpha
        self.A = nn.Parameter(torch.zeros(in_dim, rank))
        self.B = nn.Parameter(torch.zeros(rank, out_dim))

    def forward(self, x):
        return self.scale * (x @ self.A @ self.B)


# %% mistake="L2b" exercise="LoRALayer" title="every entry of A is the same" caught_by=["lora_beginning"] hint="Equal columns get equal gradients: whatever the rank, the correction stays of rank 1."
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError("no such scaling")
        self.scale = alpha / rank if scaling == "alpha/r" else alpha
        self.A = nn.Parameter(torch.ones(in_dim, rank) / rank)
        self.B = nn.Parameter(torch.zeros(rank, out_dim))

    def forward(self, x):
        return self.scale * (x @ self.A @ self.B)


# %% mistake="L3" exercise="LoRALayer" title="always alpha" caught_by=["lora_scaling_worked", "lora_values"] hint="Which scaling does the text ask for? alpha / rank, unless it is called \"alpha\"."
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError("no such scaling")
        self.scale = alpha
        self.A = nn.Parameter(torch.randn(in_dim, rank) / rank**0.5)
        self.B = nn.Parameter(torch.zeros(rank, out_dim))

    def forward(self, x):
        return self.scale * (x @ self.A @ self.B)


# %% mistake="L3b" exercise="LoRALayer" title="always alpha / rank" caught_by=["lora_scaling_worked", "lora_values"] hint="With scaling=\"alpha\" the scale is alpha alone."
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError("no such scaling")
        self.scale = alpha / rank
        self.A = nn.Parameter(torch.randn(in_dim, rank) / rank**0.5)
        self.B = nn.Parameter(torch.zeros(rank, out_dim))

    def forward(self, x):
        return self.scale * (x @ self.A @ self.B)


# %% mistake="L3c" exercise="LoRALayer" title="the two scalings exchanged" caught_by=["lora_scaling_worked", "lora_values"] hint="\"alpha/r\" divides by the rank, \"alpha\" does not."
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError("no such scaling")
        self.scale = alpha / rank if scaling == "alpha" else alpha
        self.A = nn.Parameter(torch.randn(in_dim, rank) / rank**0.5)
        self.B = nn.Parameter(torch.zeros(rank, out_dim))

    def forward(self, x):
        return self.scale * (x @ self.A @ self.B)


# %% mistake="L3d" exercise="LoRALayer" title="alpha / √rank" caught_by=["lora_scaling_worked", "lora_values"] hint="That is the scale of another paper; here it is alpha / rank."
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError("no such scaling")
        self.scale = alpha / rank**0.5 if scaling == "alpha/r" else alpha
        self.A = nn.Parameter(torch.randn(in_dim, rank) / rank**0.5)
        self.B = nn.Parameter(torch.zeros(rank, out_dim))

    def forward(self, x):
        return self.scale * (x @ self.A @ self.B)


# %% mistake="L3e" exercise="LoRALayer" title="a scaling of another name is accepted" caught_by=["lora_scaling_names"] hint="Of a name you do not know, say so: raise ValueError."
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        self.scale = alpha / rank if scaling == "alpha/r" else alpha
        self.A = nn.Parameter(torch.randn(in_dim, rank) / rank**0.5)
        self.B = nn.Parameter(torch.zeros(rank, out_dim))

    def forward(self, x):
        return self.scale * (x @ self.A @ self.B)


# %% mistake="L4" exercise="LoRALayer" title="alpha is ignored" caught_by=["lora_scaling_worked", "lora_values"] hint="Where does alpha enter your output?"
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError("no such scaling")
        self.scale = alpha / rank if scaling == "alpha/r" else alpha
        self.A = nn.Parameter(torch.randn(in_dim, rank) / rank**0.5)
        self.B = nn.Parameter(torch.zeros(rank, out_dim))

    def forward(self, x):
        return x @ self.A @ self.B


# %% mistake="L4b" exercise="LoRALayer" title="the scale is applied twice, to A at the start and in forward" caught_by=["lora_alpha_once"] hint="Apply it once: in forward."
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError("no such scaling")
        self.scale = alpha / rank if scaling == "alpha/r" else alpha
        self.A = nn.Parameter(self.scale * torch.randn(in_dim, rank) / rank**0.5)
        self.B = nn.Parameter(torch.zeros(rank, out_dim))

    def forward(self, x):
        return self.scale * (x @ self.A @ self.B)


# %% mistake="L4c" exercise="LoRALayer" title="the scale is applied to both products" caught_by=["lora_scaling_worked", "lora_values"] hint="Apply it once: the output must not grow with the square of alpha."
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError("no such scaling")
        self.scale = alpha / rank if scaling == "alpha/r" else alpha
        self.A = nn.Parameter(torch.randn(in_dim, rank) / rank**0.5)
        self.B = nn.Parameter(torch.zeros(rank, out_dim))

    def forward(self, x):
        return self.scale * (self.scale * (x @ self.A) @ self.B)


# %% mistake="L4d" exercise="LoRALayer" title="the scale only at the start, in A" caught_by=["lora_scaling_worked", "lora_values"] hint="A will be trained and loaded: the scale belongs into forward."
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError("no such scaling")
        self.scale = alpha / rank if scaling == "alpha/r" else alpha
        self.A = nn.Parameter(self.scale * torch.randn(in_dim, rank) / rank**0.5)
        self.B = nn.Parameter(torch.zeros(rank, out_dim))

    def forward(self, x):
        return x @ self.A @ self.B


# %% mistake="L5" exercise="LoRALayer" title="A and B are plain tensors" caught_by=["lora_parameters"] hint="A plain tensor is not among parameters(): wrap it in nn.Parameter."
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError("no such scaling")
        self.scale = alpha / rank if scaling == "alpha/r" else alpha
        self.A = torch.randn(in_dim, rank) / rank**0.5
        self.B = torch.zeros(rank, out_dim)

    def forward(self, x):
        return self.scale * (x @ self.A.to(x) @ self.B.to(x))


# %% mistake="L5b" exercise="LoRALayer" title="A and B are buffers" caught_by=["lora_parameters"] hint="A buffer is saved and moved, and never trained: use nn.Parameter."
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError("no such scaling")
        self.scale = alpha / rank if scaling == "alpha/r" else alpha
        self.register_buffer("A", torch.randn(in_dim, rank) / rank**0.5)
        self.register_buffer("B", torch.zeros(rank, out_dim))

    def forward(self, x):
        return self.scale * (x @ self.A @ self.B)


# %% mistake="L5c" exercise="LoRALayer" title="only B is trained" caught_by=["lora_parameters"] hint="Both factors are parameters: with A frozen at random the correction cannot choose its directions."
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError("no such scaling")
        self.scale = alpha / rank if scaling == "alpha/r" else alpha
        self.register_buffer("A", torch.randn(in_dim, rank) / rank**0.5)
        self.B = nn.Parameter(torch.zeros(rank, out_dim))

    def forward(self, x):
        return self.scale * (x @ self.A @ self.B)


# %% mistake="L6" exercise="LoRALayer" title="the shapes of the paper: B A instead of A B" caught_by=["lora_starts_as_nothing", "lora_beginning"] hint="Here A is (in, rank) and B is (rank, out), and x comes from the left."
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError("no such scaling")
        self.scale = alpha / rank if scaling == "alpha/r" else alpha
        self.A = nn.Parameter(torch.randn(rank, in_dim) / rank**0.5)
        self.B = nn.Parameter(torch.zeros(out_dim, rank))

    def forward(self, x):
        return self.scale * (x @ self.A.T @ self.B.T)


# %% mistake="L6b" exercise="LoRALayer" title="x @ B @ A" caught_by=["lora_starts_as_nothing", "lora_beginning", "lora_values"] hint="in × rank first, rank × out second; with square layers the wrong order raises no error."
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError("no such scaling")
        self.scale = alpha / rank if scaling == "alpha/r" else alpha
        self.A = nn.Parameter(torch.randn(rank, out_dim) / rank**0.5)
        self.B = nn.Parameter(torch.zeros(in_dim, rank))

    def forward(self, x):
        return self.scale * (x @ self.B @ self.A)


# %% mistake="L7" exercise="LoRALayer" title="the full matrix is stored as a parameter" caught_by=["lora_parameters"] hint="Train the factors: A @ B has as many numbers as the layer itself."
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError("no such scaling")
        self.scale = alpha / rank if scaling == "alpha/r" else alpha
        self.A = nn.Parameter(torch.randn(in_dim, rank) / rank**0.5)
        self.B = nn.Parameter(torch.zeros(rank, out_dim))
        self.full = nn.Parameter(torch.zeros(in_dim, out_dim))

    def forward(self, x):
        return self.scale * (x @ (self.A @ self.B + self.full))


# %% mistake="L7b" exercise="LoRALayer" title="a bias is trained as well" caught_by=["lora_parameters"] hint="A and B are the only parameters; a bias could not be merged into the weight."
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError("no such scaling")
        self.scale = alpha / rank if scaling == "alpha/r" else alpha
        self.A = nn.Parameter(torch.randn(in_dim, rank) / rank**0.5)
        self.B = nn.Parameter(torch.zeros(rank, out_dim))
        self.bias = nn.Parameter(torch.zeros(out_dim))

    def forward(self, x):
        return self.scale * (x @ self.A @ self.B) + self.bias


# %% mistake="L7c" exercise="LoRALayer" title="the product is computed once, at the start" caught_by=["lora_values", "lora_scaling_worked"] hint="A and B change in training: multiply them in forward."
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError("no such scaling")
        self.scale = alpha / rank if scaling == "alpha/r" else alpha
        self.A = nn.Parameter(torch.randn(in_dim, rank) / rank**0.5)
        self.B = nn.Parameter(torch.zeros(rank, out_dim))
        self.register_buffer("delta", (self.A @ self.B).detach())

    def forward(self, x):
        return self.scale * (x @ self.delta)


# %% mistake="L7d" exercise="LoRALayer" title="the gradient of A is cut" caught_by=["lora_gradients"] hint="Nothing may be detached: x, A and B all get gradients."
class LoRALayer(nn.Module):
    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        if scaling not in ("alpha/r", "alpha"):
            raise ValueError("no such scaling")
        self.scale = alpha / rank if scaling == "alpha/r" else alpha
        self.A = nn.Parameter(torch.randn(in_dim, rank) / rank**0.5)
        self.B = nn.Parameter(torch.zeros(rank, out_dim))

    def forward(self, x):
        return self.scale * ((x @ self.A).detach() @ self.B)
