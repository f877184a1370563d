# %% mistake="L8" exercise="LinearWithLoRA" title="a new layer instead of the given one" caught_by=["wrapper_worked", "wrapper_keeps"] hint="Keep the wrapped layer: what it has learnt is the point."
class LinearWithLoRA(nn.Module):
    def __init__(self, linear, rank, alpha):
        super().__init__()
        self.linear = nn.Linear(linear.in_features, linear.out_features, linear.bias is not None)
        self.linear.to(linear.weight.device, linear.weight.dtype)
        self.lora = LoRALayer(linear.in_features, linear.out_features, rank, alpha)
        self.lora.to(linear.weight.device, linear.weight.dtype)
        self.merged = False

    def forward(self, x):
        if self.merged:
            return self.linear(x)
        return self.linear(x) + self.lora(x)


# %% mistake="L8b" exercise="LinearWithLoRA" title="the bias is dropped" caught_by=["wrapper_worked", "wrapper_values"] hint="Use the layer as a whole: x W^T + b."
class LinearWithLoRA(nn.Module):
    def __init__(self, linear, rank, alpha):
        super().__init__()
        self.linear = linear
        self.lora = LoRALayer(linear.in_features, linear.out_features, rank, alpha)
        self.lora.to(linear.weight.device, linear.weight.dtype)
        self.merged = False

    def forward(self, x):
        if self.merged:
            return x @ self.linear.weight.T
        return x @ self.linear.weight.T + self.lora(x)


# %% mistake="L8c" exercise="LinearWithLoRA" title="a copy of the given layer" caught_by=["wrapper_keeps"] hint="A copy is untied from whatever else uses the layer: keep the layer itself."
class LinearWithLoRA(nn.Module):
    def __init__(self, linear, rank, alpha):
        super().__init__()
        self.linear = copy.deepcopy(linear)
        self.lora = LoRALayer(linear.in_features, linear.out_features, rank, alpha)
        self.lora.to(linear.weight.device, linear.weight.dtype)
        self.merged = False

    def forward(self, x):
        if self.merged:
            return self.linear(x)
        return self.linear(x) + self.lora(x)


# %% mistake="L8d" exercise="LinearWithLoRA" title="the linear layer is left out" caught_by=["wrapper_worked", "wrapper_values"] hint="The correction is added to the layer, it does not replace it."
class LinearWithLoRA(nn.Module):
    def __init__(self, linear, rank, alpha):
        super().__init__()
        self.linear = linear
        self.lora = LoRALayer(linear.in_features, linear.out_features, rank, alpha)
        self.lora.to(linear.weight.device, linear.weight.dtype)
        self.merged = False

    def forward(self, x):
        if self.merged:
            return self.linear(x)
        return self.lora(x)


# %% mistake="L9" exercise="LinearWithLoRA" title="the adapter acts on the output of the layer" caught_by=["wrapper_values", "wrapper_worked"] hint="Both act on x: linear(x) + lora(x)."
class LinearWithLoRA(nn.Module):
    def __init__(self, linear, rank, alpha):
        super().__init__()
        self.linear = linear
        self.lora = LoRALayer(linear.in_features, linear.out_features, rank, alpha)
        self.lora.to(linear.weight.device, linear.weight.dtype)
        self.merged = False

    def forward(self, x):
        if self.merged:
            return self.linear(x)
        y = self.linear(x)
        return y + self.lora(y)


# %% mistake="L9b" exercise="LinearWithLoRA" title="rank and alpha exchanged" caught_by=["wrapper_values", "wrapper_worked"] hint="In which order does LoRALayer take rank and alpha?"
class LinearWithLoRA(nn.Module):
    def __init__(self, linear, rank, alpha):
        super().__init__()
        self.linear = linear
        self.lora = LoRALayer(linear.in_features, linear.out_features, alpha, rank)
        self.lora.to(linear.weight.device, linear.weight.dtype)
        self.merged = False

    def forward(self, x):
        if self.merged:
            return self.linear(x)
        return self.linear(x) + self.lora(x)


# %% mistake="L9c" exercise="LinearWithLoRA" title="the scale is applied once more" caught_by=["wrapper_worked", "wrapper_values"] hint="The LoRALayer has applied its scale already."
class LinearWithLoRA(nn.Module):
    def __init__(self, linear, rank, alpha):
        super().__init__()
        self.linear = linear
        self.lora = LoRALayer(linear.in_features, linear.out_features, rank, alpha)
        self.lora.to(linear.weight.device, linear.weight.dtype)
        self.merged = False

    def forward(self, x):
        if self.merged:
            return self.linear(x)
        return self.linear(x) + self.lora.scale * self.lora(x)


# %% mistake="L9d" exercise="LinearWithLoRA" title="the base layer is cut off from gradients" caught_by=["wrapper_gradients"] hint="Freezing is for parameters: gradients must still pass through to x."
class LinearWithLoRA(nn.Module):
    def __init__(self, linear, rank, alpha):
        super().__init__()
        self.linear = linear
        self.lora = LoRALayer(linear.in_features, linear.out_features, rank, alpha)
        self.lora.to(linear.weight.device, linear.weight.dtype)
        self.merged = False

    def forward(self, x):
        if self.merged:
            return self.linear(x)
        with torch.no_grad():
            y = self.linear(x)
        return y + self.lora(x)


# %% mistake="L9e" exercise="LinearWithLoRA" title="the adapter is always of single precision" caught_by=["wrapper_belongs"] hint="The adapter has the dtype and the device of the layer it belongs to."
class LinearWithLoRA(nn.Module):
    def __init__(self, linear, rank, alpha):
        super().__init__()
        self.linear = linear
        self.lora = LoRALayer(linear.in_features, linear.out_features, rank, alpha)
        self.merged = False

    def forward(self, x):
        if self.merged:
            return self.linear(x)
        return self.linear(x) + self.lora(x.to(self.lora.A.dtype)).to(x.dtype)


# %% mistake="L9f" exercise="LinearWithLoRA" title="merged is ignored" caught_by=["wrapper_flag"] hint="While merged is True the correction is in the weight already: leave the side path out."
class LinearWithLoRA(nn.Module):
    def __init__(self, linear, rank, alpha):
        super().__init__()
        self.linear = linear
        self.lora = LoRALayer(linear.in_features, linear.out_features, rank, alpha)
        self.lora.to(linear.weight.device, linear.weight.dtype)
        self.merged = False

    def forward(self, x):
        return self.linear(x) + self.lora(x)


# %% mistake="L9g" exercise="LinearWithLoRA" title="the input is changed in place" caught_by=["wrapper_values"] hint="`x += …` writes into the caller's tensor."
class LinearWithLoRA(nn.Module):
    def __init__(self, linear, rank, alpha):
        super().__init__()
        self.linear = linear
        self.lora = LoRALayer(linear.in_features, linear.out_features, rank, alpha)
        self.lora.to(linear.weight.device, linear.weight.dtype)
        self.merged = False

    def forward(self, x):
        if self.merged:
            return self.linear(x)
        y = self.linear(x) + self.lora(x)
        with torch.no_grad():
            x *= 0
        return y
