# %% mistake="A38" exercise="Block" title="post-norm, whatever is asked" caught_by=["silent_block_worked", "block_pre"] hint="In a pre-norm block nothing stands between the shortcut and the output."
class Block(Module):
    def __init__(self, d_model, n_heads, norm="pre"):
        super().__init__()
        if norm not in ("pre", "post"):
            raise ValueError(norm)
        self.norm = norm
        self.attn = MultiHeadAttention(d_model, n_heads)
        self.ff = FeedForward(d_model)
        self.norm1 = LayerNorm(d_model)
        self.norm2 = LayerNorm(d_model)

    def forward(self, x, blocked=None):
        x = self.norm1(x + self.attn(x, blocked))
        return self.norm2(x + self.ff(x))


# %% mistake="A38b" exercise="Block" title="no shortcut around the attention" caught_by=["silent_block_worked", "block_pre"] hint="Where is the shortcut? Both parts have one."
class Block(Module):
    def __init__(self, d_model, n_heads, norm="pre"):
        super().__init__()
        if norm not in ("pre", "post"):
            raise ValueError(norm)
        self.norm = norm
        self.attn = MultiHeadAttention(d_model, n_heads)
        self.ff = FeedForward(d_model)
        self.norm1 = LayerNorm(d_model)
        self.norm2 = LayerNorm(d_model)

    def forward(self, x, blocked=None):
        if self.norm == "pre":
            x = self.attn(self.norm1(x), blocked)
            return x + self.ff(self.norm2(x))
        x = self.norm1(x + self.attn(x, blocked))
        return self.norm2(x + self.ff(x))


# %% mistake="A38c" exercise="Block" title="no shortcut around the feed-forward" caught_by=["silent_block_worked", "block_pre"] hint="Where is the shortcut? Both parts have one."
class Block(Module):
    def __init__(self, d_model, n_heads, norm="pre"):
        super().__init__()
        if norm not in ("pre", "post"):
            raise ValueError(norm)
        self.norm = norm
        self.attn = MultiHeadAttention(d_model, n_heads)
        self.ff = FeedForward(d_model)
        self.norm1 = LayerNorm(d_model)
        self.norm2 = LayerNorm(d_model)

    def forward(self, x, blocked=None):
        if self.norm == "pre":
            x = x + self.attn(self.norm1(x), blocked)
            return self.ff(self.norm2(x))
        x = self.norm1(x + self.attn(x, blocked))
        return self.norm2(x + self.ff(x))


# %% mistake="A38d" exercise="Block" title="pre-norm, whatever is asked" caught_by=["silent_block_worked", "block_post"] hint="A post-norm block normalises the sum."
class Block(Module):
    def __init__(self, d_model, n_heads, norm="pre"):
        super().__init__()
        if norm not in ("pre", "post"):
            raise ValueError(norm)
        self.norm = norm
        self.attn = MultiHeadAttention(d_model, n_heads)
        self.ff = FeedForward(d_model)
        self.norm1 = LayerNorm(d_model)
        self.norm2 = LayerNorm(d_model)

    def forward(self, x, blocked=None):
        x = x + self.attn(self.norm1(x), blocked)
        return x + self.ff(self.norm2(x))


# %% mistake="A38e" exercise="Block" title="post-norm that normalises before adding" caught_by=["silent_block_worked", "block_post"] hint="norm(x + f(x)), not x + norm(f(x))."
class Block(Module):
    def __init__(self, d_model, n_heads, norm="pre"):
        super().__init__()
        if norm not in ("pre", "post"):
            raise ValueError(norm)
        self.norm = norm
        self.attn = MultiHeadAttention(d_model, n_heads)
        self.ff = FeedForward(d_model)
        self.norm1 = LayerNorm(d_model)
        self.norm2 = LayerNorm(d_model)

    def forward(self, x, blocked=None):
        if self.norm == "pre":
            x = x + self.attn(self.norm1(x), blocked)
            return x + self.ff(self.norm2(x))
        x = x + self.norm1(self.attn(x, blocked))
        return x + self.norm2(self.ff(x))


# %% mistake="A39" exercise="Block" title="one norm used twice" caught_by=["block_two_norms"] hint="Two norms: each learns a scale and a shift of its own. Yours has 2·d parameters too few."
class Block(Module):
    def __init__(self, d_model, n_heads, norm="pre"):
        super().__init__()
        if norm not in ("pre", "post"):
            raise ValueError(norm)
        self.norm = norm
        self.attn = MultiHeadAttention(d_model, n_heads)
        self.ff = FeedForward(d_model)
        self.norm1 = LayerNorm(d_model)
        self.norm2 = self.norm1

    def forward(self, x, blocked=None):
        if self.norm == "pre":
            x = x + self.attn(self.norm1(x), blocked)
            return x + self.ff(self.norm2(x))
        x = self.norm1(x + self.attn(x, blocked))
        return self.norm2(x + self.ff(x))


# %% mistake="A39b" exercise="Block" title="the normalised x is added back" caught_by=["silent_block_worked", "block_two_norms"] hint="The shortcut carries x itself, not the normalised x."
class Block(Module):
    def __init__(self, d_model, n_heads, norm="pre"):
        super().__init__()
        if norm not in ("pre", "post"):
            raise ValueError(norm)
        self.norm = norm
        self.attn = MultiHeadAttention(d_model, n_heads)
        self.ff = FeedForward(d_model)
        self.norm1 = LayerNorm(d_model)
        self.norm2 = LayerNorm(d_model)

    def forward(self, x, blocked=None):
        if self.norm == "pre":
            x = self.norm1(x)
            x = x + self.attn(x, blocked)
            x = self.norm2(x)
            return x + self.ff(x)
        x = self.norm1(x + self.attn(x, blocked))
        return self.norm2(x + self.ff(x))


# %% mistake="A39c" exercise="Block" title="the first norm used in both places" caught_by=["block_two_norms"] hint="The feed-forward has a norm of its own, norm2."
class Block(Module):
    def __init__(self, d_model, n_heads, norm="pre"):
        super().__init__()
        if norm not in ("pre", "post"):
            raise ValueError(norm)
        self.norm = norm
        self.attn = MultiHeadAttention(d_model, n_heads)
        self.ff = FeedForward(d_model)
        self.norm1 = LayerNorm(d_model)
        self.norm2 = LayerNorm(d_model)

    def forward(self, x, blocked=None):
        if self.norm == "pre":
            x = x + self.attn(self.norm1(x), blocked)
            return x + self.ff(self.norm1(x))
        x = self.norm1(x + self.attn(x, blocked))
        return self.norm1(x + self.ff(x))


# %% mistake="A107" exercise="Block" title="the mask is not handed on" caught_by=["block_causal"] hint="The mask goes to the attention, in both kinds of block."
class Block(Module):
    def __init__(self, d_model, n_heads, norm="pre"):
        super().__init__()
        if norm not in ("pre", "post"):
            raise ValueError(norm)
        self.norm = norm
        self.attn = MultiHeadAttention(d_model, n_heads)
        self.ff = FeedForward(d_model)
        self.norm1 = LayerNorm(d_model)
        self.norm2 = LayerNorm(d_model)

    def forward(self, x, blocked=None):
        if self.norm == "pre":
            x = x + self.attn(self.norm1(x))
            return x + self.ff(self.norm2(x))
        x = self.norm1(x + self.attn(x))
        return self.norm2(x + self.ff(x))


# %% mistake="A108" exercise="Block" title="side by side instead of one after the other" caught_by=["block_pre"] hint="The feed-forward works on what the attention has left, shortcut included."
class Block(Module):
    def __init__(self, d_model, n_heads, norm="pre"):
        super().__init__()
        if norm not in ("pre", "post"):
            raise ValueError(norm)
        self.norm = norm
        self.attn = MultiHeadAttention(d_model, n_heads)
        self.ff = FeedForward(d_model)
        self.norm1 = LayerNorm(d_model)
        self.norm2 = LayerNorm(d_model)

    def forward(self, x, blocked=None):
        if self.norm == "pre":
            return x + self.attn(self.norm1(x), blocked) + self.ff(self.norm2(x))
        x = self.norm1(x + self.attn(x, blocked))
        return self.norm2(x + self.ff(x))


# %% mistake="A109" exercise="Block" title="an unknown norm is taken for post" caught_by=["unknown_norm"] hint="A misspelt norm must be refused, with a ValueError."
class Block(Module):
    def __init__(self, d_model, n_heads, norm="pre"):
        super().__init__()
        self.norm = norm
        self.attn = MultiHeadAttention(d_model, n_heads)
        self.ff = FeedForward(d_model)
        self.norm1 = LayerNorm(d_model)
        self.norm2 = LayerNorm(d_model)

    def forward(self, x, blocked=None):
        if self.norm == "pre":
            x = x + self.attn(self.norm1(x), blocked)
            return x + self.ff(self.norm2(x))
        x = self.norm1(x + self.attn(x, blocked))
        return self.norm2(x + self.ff(x))


# %% mistake="A110" exercise="Block" title="the shortcut is detached" caught_by=["block_gradient"] hint="Gradients use the shortcut: that is what it is for."
class Block(Module):
    def __init__(self, d_model, n_heads, norm="pre"):
        super().__init__()
        if norm not in ("pre", "post"):
            raise ValueError(norm)
        self.norm = norm
        self.attn = MultiHeadAttention(d_model, n_heads)
        self.ff = FeedForward(d_model)
        self.norm1 = LayerNorm(d_model)
        self.norm2 = LayerNorm(d_model)

    def forward(self, x, blocked=None):
        if self.norm == "pre":
            x = x.detach() + self.attn(self.norm1(x), blocked)
            return x + self.ff(self.norm2(x))
        x = self.norm1(x + self.attn(x, blocked))
        return self.norm2(x + self.ff(x))


# %% mistake="A111" exercise="Block" title="writes into its input" caught_by=["silent_block_worked"] hint="`x += …` writes into the caller's tensor."
class Block(Module):
    def __init__(self, d_model, n_heads, norm="pre"):
        super().__init__()
        if norm not in ("pre", "post"):
            raise ValueError(norm)
        self.norm = norm
        self.attn = MultiHeadAttention(d_model, n_heads)
        self.ff = FeedForward(d_model)
        self.norm1 = LayerNorm(d_model)
        self.norm2 = LayerNorm(d_model)

    def forward(self, x, blocked=None):
        if self.norm == "pre":
            x += self.attn(self.norm1(x), blocked) + 1e-3
            return x - 1e-3 + self.ff(self.norm2(x - 1e-3))
        x = self.norm1(x + self.attn(x, blocked))
        return self.norm2(x + self.ff(x))


# %% mistake="A112" exercise="Block" title="a mask of its own on the CPU" caught_by=["block_device"] hint="On a graphics card this stops with two devices. Make new tensors with `device=x.device`." loses=0.25
class Block(Module):
    def __init__(self, d_model, n_heads, norm="pre"):
        super().__init__()
        if norm not in ("pre", "post"):
            raise ValueError(norm)
        self.norm = norm
        self.attn = MultiHeadAttention(d_model, n_heads)
        self.ff = FeedForward(d_model)
        self.norm1 = LayerNorm(d_model)
        self.norm2 = LayerNorm(d_model)

    def forward(self, x, blocked=None):
        x = x + torch.zeros(x.shape[1], 1)
        if self.norm == "pre":
            x = x + self.attn(self.norm1(x), blocked)
            return x + self.ff(self.norm2(x))
        x = self.norm1(x + self.attn(x, blocked))
        return self.norm2(x + self.ff(x))
