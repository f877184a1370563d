# %% variant="LW5a" exercise="LinearWithLoRA" title="a forward hook adds the correction"
class LinearWithLoRA(nn.Module):
    def __init__(self, linear, rank, alpha):
        super().__init__()
        self.linear, self.merged = linear, False
        self.lora = LoRALayer(linear.in_features, linear.out_features, rank, alpha).to(
            linear.weight
        )
        self.register_forward_hook(
            lambda module, args, out: out if module.merged else out + module.lora(args[0])
        )

    def forward(self, x):
        # Called as a method, hooks are not run.
        return self.linear(x) if self.merged else self.linear(x) + self.lora(x)

    def __call__(self, x):
        return self.forward(x)


# %% variant="LW5b" exercise="LinearWithLoRA" title="a subclass of Linear that borrows the weight"
class LinearWithLoRA(nn.Linear):
    def __init__(self, linear, rank, alpha):
        super().__init__(1, 1, bias=False)
        del self.weight
        self.in_features, self.out_features = linear.in_features, linear.out_features
        self.linear, self.merged = linear, False
        self.lora = LoRALayer(linear.in_features, linear.out_features, rank, alpha)
        self.lora = self.lora.to(dtype=linear.weight.dtype, device=linear.weight.device)

    def forward(self, x):
        out = F.linear(x, self.linear.weight, self.linear.bias)
        return out if self.merged else out + self.lora(x)


# %% variant="LW5c" exercise="LinearWithLoRA" title="the correction is made in the weight, at every call"
class LinearWithLoRA(nn.Module):
    def __init__(self, linear, rank, alpha):
        super().__init__()
        self.linear = linear
        self.lora = LoRALayer(linear.in_features, linear.out_features, rank, alpha)
        for name in ("A", "B"):
            setattr(
                self.lora, name, nn.Parameter(getattr(self.lora, name).detach().to(linear.weight))
            )
        self.merged = False

    def forward(self, x):
        weight = self.linear.weight
        if not self.merged:
            lora = self.lora
            weight = weight + lora.scale * (lora.A @ lora.B).T
        return F.linear(x, weight, self.linear.bias)


# %% variant="LW5d" exercise="LinearWithLoRA" title="the two outputs in one expression, further keywords"
class LinearWithLoRA(nn.Module):
    def __init__(self, linear: nn.Linear, rank: int, alpha: float, dropout: float = 0.0):
        super().__init__()
        sizes = linear.weight.shape
        self.lora = LoRALayer(sizes[1], sizes[0], rank, alpha).to(linear.weight.dtype)
        self.lora.to(linear.weight.device)
        self.linear = linear
        self.dropout = nn.Dropout(dropout)
        self.merged = False

    def forward(self, x):
        return self.linear(x) + (0 if self.merged else self.lora(self.dropout(x)))
