# %% variant="AW4" exercise="Head" title="three nn.Linear of these names; extra axes of a mask removed"
class Head(Module):
    def __init__(self, d_model, d_head, dropout=0.0):
        super().__init__()
        self.w_q = nn.Linear(d_model, d_head, bias=False)
        self.w_k = nn.Linear(d_model, d_head, bias=False)
        self.w_v = nn.Linear(d_model, d_head, bias=False)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, blocked=None):
        while blocked is not None and blocked.dim() > 3:
            blocked = blocked.squeeze(1)
        out, _ = attention(self.w_q(x), self.w_k(x), self.w_v(x), blocked)
        return self.dropout(out)


# %% variant="AW4b" exercise="Head" title="one matrix for queries, keys and values, with a load of its own"
class Head(nn.Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.qkv = nn.Linear(d_model, 3 * d_head, bias=False)

    def load(self, weights):
        joined = torch.cat([weights["w_q"], weights["w_k"], weights["w_v"]])
        self.qkv.weight = nn.Parameter(joined.clone())

    def forward(self, x, blocked=None):
        assert blocked is None or blocked.dim() <= 3
        return attention(*self.qkv(x).chunk(3, dim=-1), blocked)[0]


# %% variant="AW7b" exercise="Head" title="torch's own attention, with dropout that is off in eval"
class Head(Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        for name in ("w_q", "w_k", "w_v"):
            self.register_parameter(name, nn.Parameter(torch.randn(d_head, d_model)))
        self.dropout = nn.Dropout(0.3)

    def forward(self, x, blocked=None):
        if blocked is not None and blocked.ndim not in (2, 3):
            raise RuntimeError("mask")
        q, k, v = (torch.einsum("bld,hd->blh", x, w) for w in (self.w_q, self.w_k, self.w_v))
        keep = None if blocked is None else ~blocked
        return self.dropout(F.scaled_dot_product_attention(q, k, v, keep))
