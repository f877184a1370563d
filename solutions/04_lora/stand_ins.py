# %% stand_in="LoRALayer"
import torch


class LoRALayer(torch.nn.Module):
    def __init__(
        self, in_dim, out_dim, rank, alpha, scaling="alpha/r", device=None, dtype=None, **_
    ):
        super().__init__()
        names = {"alpha/r": rank, "alpha": 1}
        if scaling not in names:
            raise ValueError("no such scaling")
        self.scale = alpha / names[scaling]
        first = torch.empty(in_dim, rank, device=device, dtype=dtype)
        last = torch.empty(rank, out_dim, device=device, dtype=dtype)
        self.A = torch.nn.Parameter(torch.nn.init.xavier_uniform_(first))
        self.B = torch.nn.Parameter(torch.nn.init.zeros_(last))

    def forward(self, x, **_):
        return torch.einsum("...i,ir,ro->...o", self.scale * x, self.A, self.B)


# %% stand_in="LinearWithLoRA"
import torch


class LinearWithLoRA(torch.nn.Module):
    def __init__(self, linear, rank, alpha, **_):
        super().__init__()
        sizes = linear.weight.shape[::-1]
        self.lora = LoRALayer(*sizes, rank, alpha, dtype=linear.weight.dtype).to(
            linear.weight.device
        )
        self.linear = linear
        self.merged = False

    def forward(self, x, **_):
        parts = [self.linear] if self.merged else [self.linear, self.lora]
        return torch.stack([part(x) for part in parts]).sum(0)
