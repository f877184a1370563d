# %% mistake="A23" exercise="MultiHeadAttention" title="split into heads by reshape alone" caught_by=["heads_values", "heads_causal"] hint="Split the features first, (B, L, H, d_head), then move the head axis. Reshaping at once mixes positions."
class MultiHeadAttention(Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        if d_model % n_heads:
            raise ValueError("the heads do not divide the features")
        self.n_heads = n_heads
        self.w_q = matrix(d_model, d_model)
        self.w_k = matrix(d_model, d_model)
        self.w_v = matrix(d_model, d_model)
        self.w_o = matrix(d_model, d_model)
        self.b_o = bias(d_model)

    def forward(self, x, blocked=None):
        B, L, d = x.shape
        q, k, v = (
            F.linear(x, w).reshape(B, self.n_heads, L, -1) for w in (self.w_q, self.w_k, self.w_v)
        )
        out, _ = attention(q, k, v, blocked)
        return F.linear(out.transpose(1, 2).reshape(B, L, d), self.w_o, self.b_o)


# %% mistake="A24" exercise="MultiHeadAttention" title="joined without moving the head axis back" caught_by=["heads_values", "heads_causal"] hint="Undo the swap of axes first, then join. Yours has the right shape and mixes positions."
class MultiHeadAttention(Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        if d_model % n_heads:
            raise ValueError("the heads do not divide the features")
        self.n_heads = n_heads
        self.w_q = matrix(d_model, d_model)
        self.w_k = matrix(d_model, d_model)
        self.w_v = matrix(d_model, d_model)
        self.w_o = matrix(d_model, d_model)
        self.b_o = bias(d_model)

    def forward(self, x, blocked=None):
        B, L, d = x.shape
        q, k, v = (
            F.linear(x, w).view(B, L, self.n_heads, -1).transpose(1, 2)
            for w in (self.w_q, self.w_k, self.w_v)
        )
        out, _ = attention(q, k, v, blocked)
        return F.linear(out.reshape(B, L, d), self.w_o, self.b_o)


# %% mistake="A23b" exercise="MultiHeadAttention" title="features dealt out in turn" caught_by=["heads_values"] hint="Rows h·d_head to (h+1)·d_head - 1 belong to head h: they stand together."
class MultiHeadAttention(Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        if d_model % n_heads:
            raise ValueError("the heads do not divide the features")
        self.n_heads = n_heads
        self.w_q = matrix(d_model, d_model)
        self.w_k = matrix(d_model, d_model)
        self.w_v = matrix(d_model, d_model)
        self.w_o = matrix(d_model, d_model)
        self.b_o = bias(d_model)

    def forward(self, x, blocked=None):
        B, L, d = x.shape
        q, k, v = (
            F.linear(x, w).view(B, L, -1, self.n_heads).permute(0, 3, 1, 2)
            for w in (self.w_q, self.w_k, self.w_v)
        )
        out, _ = attention(q, k, v, blocked)
        return F.linear(out.transpose(1, 2).reshape(B, L, d), self.w_o, self.b_o)


# %% mistake="A25" exercise="MultiHeadAttention" title="all heads share the first projection" caught_by=["heads_values"] hint="Each head has its own rows. Compare with the loop over the heads."
class MultiHeadAttention(Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        if d_model % n_heads:
            raise ValueError("the heads do not divide the features")
        self.n_heads = n_heads
        self.w_q = matrix(d_model, d_model)
        self.w_k = matrix(d_model, d_model)
        self.w_v = matrix(d_model, d_model)
        self.w_o = matrix(d_model, d_model)
        self.b_o = bias(d_model)

    def forward(self, x, blocked=None):
        B, L, d = x.shape
        q, k, v = (
            F.linear(x, w).view(B, L, self.n_heads, -1).transpose(1, 2)
            for w in (self.w_q, self.w_k, self.w_v)
        )
        out, _ = attention(*(t[:, :1].expand(-1, self.n_heads, -1, -1) for t in (q, k, v)), blocked)
        return F.linear(out.transpose(1, 2).reshape(B, L, d), self.w_o, self.b_o)


# %% mistake="A25b" exercise="MultiHeadAttention" title="heads joined in the opposite order" caught_by=["heads_values"] hint="Joined in the order of the heads: head 0 first."
class MultiHeadAttention(Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        if d_model % n_heads:
            raise ValueError("the heads do not divide the features")
        self.n_heads = n_heads
        self.w_q = matrix(d_model, d_model)
        self.w_k = matrix(d_model, d_model)
        self.w_v = matrix(d_model, d_model)
        self.w_o = matrix(d_model, d_model)
        self.b_o = bias(d_model)

    def forward(self, x, blocked=None):
        B, L, d = x.shape
        q, k, v = (
            F.linear(x, w).view(B, L, self.n_heads, -1).transpose(1, 2)
            for w in (self.w_q, self.w_k, self.w_v)
        )
        out, _ = attention(q, k, v, blocked)
        return F.linear(out.flip(1).transpose(1, 2).reshape(B, L, d), self.w_o, self.b_o)


# %% mistake="A26" exercise="MultiHeadAttention" title="the number of heads is not checked" caught_by=["heads_must_divide"] hint="Raise a ValueError in the constructor: `//` would silently drop features."
class MultiHeadAttention(Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.w_q = matrix(d_model, d_model)
        self.w_k = matrix(d_model, d_model)
        self.w_v = matrix(d_model, d_model)
        self.w_o = matrix(d_model, d_model)
        self.b_o = bias(d_model)

    def forward(self, x, blocked=None):
        B, L, d = x.shape
        size = d // self.n_heads
        q, k, v = (
            F.linear(x, w)[..., : size * self.n_heads]
            .view(B, L, self.n_heads, size)
            .transpose(1, 2)
            for w in (self.w_q, self.w_k, self.w_v)
        )
        out, _ = attention(q, k, v, blocked)
        joined = out.transpose(1, 2).reshape(B, L, -1)
        return F.linear(joined, self.w_o[:, : joined.shape[-1]], self.b_o)


# %% mistake="A27" exercise="MultiHeadAttention" title="no output projection" caught_by=["heads_worked", "heads_values", "heads_gradients"] hint="The joined heads are mixed by w_o, and b_o is added."
class MultiHeadAttention(Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        if d_model % n_heads:
            raise ValueError("the heads do not divide the features")
        self.n_heads = n_heads
        self.w_q = matrix(d_model, d_model)
        self.w_k = matrix(d_model, d_model)
        self.w_v = matrix(d_model, d_model)
        self.w_o = matrix(d_model, d_model)
        self.b_o = bias(d_model)

    def forward(self, x, blocked=None):
        B, L, d = x.shape
        q, k, v = (
            F.linear(x, w).view(B, L, self.n_heads, -1).transpose(1, 2)
            for w in (self.w_q, self.w_k, self.w_v)
        )
        out, _ = attention(q, k, v, blocked)
        return out.transpose(1, 2).reshape(B, L, d)


# %% mistake="A18d" exercise="MultiHeadAttention" title="scaled by the size of the model" caught_by=["heads_values"] hint="Each head has queries of d_head numbers: that is what goes under the root."
class MultiHeadAttention(Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        if d_model % n_heads:
            raise ValueError("the heads do not divide the features")
        self.n_heads = n_heads
        self.w_q = matrix(d_model, d_model)
        self.w_k = matrix(d_model, d_model)
        self.w_v = matrix(d_model, d_model)
        self.w_o = matrix(d_model, d_model)
        self.b_o = bias(d_model)

    def forward(self, x, blocked=None):
        B, L, d = x.shape
        q, k, v = (
            F.linear(x, w).view(B, L, self.n_heads, -1).transpose(1, 2)
            for w in (self.w_q, self.w_k, self.w_v)
        )
        scores = q @ k.transpose(-2, -1) / math.sqrt(d)
        out = masked_softmax(scores, blocked) @ v
        return F.linear(out.transpose(1, 2).reshape(B, L, d), self.w_o, self.b_o)


# %% mistake="A89" exercise="MultiHeadAttention" title="the mask is not handed on" caught_by=["heads_values", "heads_causal"] hint="Give the mask to `attention`."
class MultiHeadAttention(Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        if d_model % n_heads:
            raise ValueError("the heads do not divide the features")
        self.n_heads = n_heads
        self.w_q = matrix(d_model, d_model)
        self.w_k = matrix(d_model, d_model)
        self.w_v = matrix(d_model, d_model)
        self.w_o = matrix(d_model, d_model)
        self.b_o = bias(d_model)

    def forward(self, x, blocked=None):
        B, L, d = x.shape
        q, k, v = (
            F.linear(x, w).view(B, L, self.n_heads, -1).transpose(1, 2)
            for w in (self.w_q, self.w_k, self.w_v)
        )
        out, _ = attention(q, k, v)
        return F.linear(out.transpose(1, 2).reshape(B, L, d), self.w_o, self.b_o)


# %% mistake="A90" exercise="MultiHeadAttention" title="the bias of the output is forgotten" caught_by=["heads_worked"] hint="w_o and b_o: the output has a bias."
class MultiHeadAttention(Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        if d_model % n_heads:
            raise ValueError("the heads do not divide the features")
        self.n_heads = n_heads
        self.w_q = matrix(d_model, d_model)
        self.w_k = matrix(d_model, d_model)
        self.w_v = matrix(d_model, d_model)
        self.w_o = matrix(d_model, d_model)
        self.b_o = bias(d_model)

    def forward(self, x, blocked=None):
        B, L, d = x.shape
        q, k, v = (
            F.linear(x, w).view(B, L, self.n_heads, -1).transpose(1, 2)
            for w in (self.w_q, self.w_k, self.w_v)
        )
        out, _ = attention(q, k, v, blocked)
        return F.linear(out.transpose(1, 2).reshape(B, L, d), self.w_o)


# %% mistake="A91" exercise="MultiHeadAttention" title="attends over the heads instead of the positions" caught_by=["heads_values"] hint="The last two axes must be (position, feature) when `attention` is called: move the head axis forward."
class MultiHeadAttention(Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        if d_model % n_heads:
            raise ValueError("the heads do not divide the features")
        self.n_heads = n_heads
        self.w_q = matrix(d_model, d_model)
        self.w_k = matrix(d_model, d_model)
        self.w_v = matrix(d_model, d_model)
        self.w_o = matrix(d_model, d_model)
        self.b_o = bias(d_model)

    def forward(self, x, blocked=None):
        B, L, d = x.shape
        q, k, v = (
            F.linear(x, w).view(B, L, self.n_heads, -1) for w in (self.w_q, self.w_k, self.w_v)
        )
        out, _ = attention(q, k, v)
        return F.linear(out.reshape(B, L, d), self.w_o, self.b_o)


# %% mistake="A92" exercise="MultiHeadAttention" title="a mask of its own on the CPU" caught_by=["heads_device"] hint="On a graphics card this stops with two devices. Make new tensors with `device=x.device`." loses=0.5
class MultiHeadAttention(Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        if d_model % n_heads:
            raise ValueError("the heads do not divide the features")
        self.n_heads = n_heads
        self.w_q = matrix(d_model, d_model)
        self.w_k = matrix(d_model, d_model)
        self.w_v = matrix(d_model, d_model)
        self.w_o = matrix(d_model, d_model)
        self.b_o = bias(d_model)

    def forward(self, x, blocked=None):
        B, L, d = x.shape
        q, k, v = (
            F.linear(x, w).view(B, L, self.n_heads, -1).transpose(1, 2)
            for w in (self.w_q, self.w_k, self.w_v)
        )
        if blocked is None:
            blocked = torch.zeros(L, L, dtype=torch.bool)
        blocked = blocked | torch.zeros(L, L, dtype=torch.bool)
        out, _ = attention(q, k, v, blocked)
        return F.linear(out.transpose(1, 2).reshape(B, L, d), self.w_o, self.b_o)
