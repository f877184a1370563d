# %% variant="AW4c" exercise="MultiHeadAttention" title="one matrix for all three, one Linear for the output, a load of its own"
class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        assert d_model % n_heads == 0, "heads must divide the features"
        self.h = n_heads
        self.qkv = nn.Linear(d_model, 3 * d_model, bias=False)
        self.out = nn.Linear(d_model, d_model)

    def load(self, w):
        self.qkv.weight.data = torch.cat([w["w_q"], w["w_k"], w["w_v"]])
        self.out.weight.data, self.out.bias.data = w["w_o"].clone(), w["b_o"].clone()

    def forward(self, x, blocked=None):
        B, L, d = x.shape
        q, k, v = self.qkv(x).view(B, L, 3, self.h, d // self.h).permute(2, 0, 3, 1, 4)
        out = F.scaled_dot_product_attention(q, k, v, None if blocked is None else ~blocked)
        return self.out(out.transpose(1, 2).contiguous().view(B, L, d))


# %% variant="AW4d" exercise="MultiHeadAttention" title="a loop over heads, each with its slices"
class MultiHeadAttention(Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        if d_model / n_heads != d_model // n_heads:
            raise ValueError
        self.n_heads, self.size = n_heads, d_model // n_heads
        self.w_q, self.w_k = matrix(d_model, d_model), matrix(d_model, d_model)
        self.w_v, self.w_o = matrix(d_model, d_model), matrix(d_model, d_model)
        self.b_o = bias(d_model)

    def forward(self, x, blocked=None):
        outs = []
        for h in range(self.n_heads):
            rows = slice(h * self.size, (h + 1) * self.size)
            q, k, v = (x @ w[rows].T for w in (self.w_q, self.w_k, self.w_v))
            mask = blocked
            if mask is not None and mask.dim() == 4:
                mask = mask[:, min(h, mask.shape[1] - 1)]
            outs.append(attention(q, k, v, mask)[0])
        return torch.cat(outs, -1) @ self.w_o.T + self.b_o


# %% variant="AW4e" exercise="MultiHeadAttention" title="einsum throughout, no transposes"
class MultiHeadAttention(Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        if d_model % n_heads:
            raise ValueError("not divisible")
        self.n_heads = n_heads
        self.w_q, self.w_k = matrix(d_model, d_model), matrix(d_model, d_model)
        self.w_v, self.w_o = matrix(d_model, d_model), matrix(d_model, d_model)
        self.b_o = bias(d_model)

    def forward(self, x, blocked=None):
        q, k, v = (
            torch.einsum("bld,hed->bhle", x, w.unflatten(0, (self.n_heads, -1)))
            for w in (self.w_q, self.w_k, self.w_v)
        )
        scores = torch.einsum("bhqe,bhke->bhqk", q, k) * q.shape[-1] ** -0.5
        out = torch.einsum("bhqk,bhke->bqhe", masked_softmax(scores, blocked), v)
        return (
            torch.einsum("bqhe,dhe->bqd", out, self.w_o.unflatten(1, (self.n_heads, -1))) + self.b_o
        )
