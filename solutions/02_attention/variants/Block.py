# %% variant="AW18b" exercise="Block" title="with dropout, and a subclass of nn.Module"
class Block(nn.Module):
    def __init__(self, d_model, n_heads, norm="pre", dropout=0.1):
        super().__init__()
        assert norm in ("pre", "post")
        self.pre = norm == "pre"
        self.attn = MultiHeadAttention(d_model, n_heads)
        self.ff = FeedForward(d_model)
        self.norm1, self.norm2 = LayerNorm(d_model), LayerNorm(d_model)
        self.drop = nn.Dropout(dropout)

    load = Module.load

    def forward(self, x, blocked=None):
        if self.pre:
            x = x + self.drop(self.attn(self.norm1(x), blocked))
            x = x + self.drop(self.ff(self.norm2(x)))
        else:
            x = self.norm1(x + self.drop(self.attn(x, blocked)))
            x = self.norm2(x + self.drop(self.ff(x)))
        return x


# %% variant="AW17c" exercise="Block" title="everything in one class, the tanh form of the GELU, norms of torch"
class Block(Module):
    def __init__(self, d_model, n_heads, norm="pre"):
        super().__init__()
        self.order = {"pre": self.pre, "post": self.post}[norm]
        self.attn = MultiHeadAttention(d_model, n_heads)
        self.ff = Wide(d_model)
        self.norm1, self.norm2 = nn.LayerNorm(d_model), nn.LayerNorm(d_model)

    def pre(self, x, blocked):
        y = self.attn(self.norm1(x), blocked) + x
        return self.ff(self.norm2(y)) + y

    def post(self, x, blocked):
        y = self.norm1(self.attn(x, blocked) + x)
        return self.norm2(self.ff(y) + y)

    def forward(self, x, blocked=None):
        return self.order(x, blocked)


class Wide(Module):
    def __init__(self, d):
        super().__init__()
        self.w_1, self.b_1 = matrix(4 * d, d), bias(4 * d)
        self.w_2, self.b_2 = matrix(d, 4 * d), bias(d)

    def forward(self, x):
        return F.gelu(x @ self.w_1.T + self.b_1, approximate="tanh") @ self.w_2.T + self.b_2


# %% variant="AW4f" exercise="Block" title="torch's own layer, with a load of its own"
class Block(nn.Module):
    def __init__(self, d_model, n_heads, norm="pre"):
        super().__init__()
        if norm not in ("pre", "post"):
            raise KeyError(norm)
        self.n_heads = n_heads
        self.layer = nn.TransformerEncoderLayer(
            d_model, n_heads, 4 * d_model, 0.0, F.gelu, batch_first=True, norm_first=norm == "pre"
        )
        self.layer.self_attn.register_parameter("in_proj_bias", None)

    def load(self, w):
        state = {
            "self_attn.in_proj_weight": torch.cat([w[f"attn.w_{n}"] for n in "qkv"]),
            "self_attn.out_proj.weight": w["attn.w_o"],
            "self_attn.out_proj.bias": w["attn.b_o"],
            **{f"linear{i}.weight": w[f"ff.w_{i}"] for i in (1, 2)},
            **{f"linear{i}.bias": w[f"ff.b_{i}"] for i in (1, 2)},
            **{f"norm{i}.{n}": w[f"norm{i}.{n}"] for i in (1, 2) for n in ("weight", "bias")},
        }
        self.layer.to(w["attn.w_o"].dtype).load_state_dict(state)

    def forward(self, x, blocked=None):
        return self.layer(x, src_mask=blocked)
