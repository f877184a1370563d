# %% mistake="A40" exercise="TinyGPT" title="no positions" caught_by=["gpt_order", "gpt_count"] hint="Without positions a model cannot tell one order of the earlier tokens from another."
class TinyGPT(Module):
    def __init__(self, vocab_size, d_model, n_heads, n_layers, max_len):
        super().__init__()
        self.max_len = max_len
        self.tok_emb = embedding(vocab_size, d_model)
        self.pos_emb = embedding(max_len, d_model)
        self.blocks = nn.ModuleList(Block(d_model, n_heads) for _ in range(n_layers))
        self.final_norm = LayerNorm(d_model)

    def forward(self, ids):
        length = ids.shape[1]
        if length > self.max_len:
            raise ValueError("too long")
        x = self.tok_emb(ids)
        blocked = causal_mask(length).to(ids.device)
        for block in self.blocks:
            x = block(x, blocked)
        return F.linear(self.final_norm(x), self.tok_emb.weight)


# %% mistake="A40b" exercise="TinyGPT" title="the same position everywhere" caught_by=["gpt_order"] hint="Place t gets row t of the table; yours gets one row for all."
class TinyGPT(Module):
    def __init__(self, vocab_size, d_model, n_heads, n_layers, max_len):
        super().__init__()
        self.max_len = max_len
        self.tok_emb = embedding(vocab_size, d_model)
        self.pos_emb = embedding(max_len, d_model)
        self.blocks = nn.ModuleList(Block(d_model, n_heads) for _ in range(n_layers))
        self.final_norm = LayerNorm(d_model)

    def forward(self, ids):
        length = ids.shape[1]
        if length > self.max_len:
            raise ValueError("too long")
        x = self.tok_emb(ids) + self.pos_emb.weight[length - 1]
        blocked = causal_mask(length).to(ids.device)
        for block in self.blocks:
            x = block(x, blocked)
        return F.linear(self.final_norm(x), self.tok_emb.weight)


# %% mistake="A40c" exercise="TinyGPT" title="positions counted along the batch" caught_by=["gpt_order"] hint="Positions run along a sequence, not along the batch."
class TinyGPT(Module):
    def __init__(self, vocab_size, d_model, n_heads, n_layers, max_len):
        super().__init__()
        self.max_len = max_len
        self.tok_emb = embedding(vocab_size, d_model)
        self.pos_emb = embedding(max_len, d_model)
        self.blocks = nn.ModuleList(Block(d_model, n_heads) for _ in range(n_layers))
        self.final_norm = LayerNorm(d_model)

    def forward(self, ids):
        length = ids.shape[1]
        if length > self.max_len:
            raise ValueError("too long")
        rows = torch.arange(len(ids), device=ids.device) % self.max_len
        x = self.tok_emb(ids) + self.pos_emb(rows)[:, None]
        blocked = causal_mask(length).to(ids.device)
        for block in self.blocks:
            x = block(x, blocked)
        return F.linear(self.final_norm(x), self.tok_emb.weight)


# %% mistake="A41" exercise="TinyGPT" title="an output layer of its own" caught_by=["gpt_worked", "gpt_tied"] hint="The output layer is the embedding itself. Yours has V·d parameters too many."
class TinyGPT(Module):
    def __init__(self, vocab_size, d_model, n_heads, n_layers, max_len):
        super().__init__()
        self.max_len = max_len
        self.tok_emb = embedding(vocab_size, d_model)
        self.pos_emb = embedding(max_len, d_model)
        self.blocks = nn.ModuleList(Block(d_model, n_heads) for _ in range(n_layers))
        self.final_norm = LayerNorm(d_model)
        self.out = nn.Parameter(torch.randn(vocab_size, d_model, dtype=torch.float64))

    def forward(self, ids):
        length = ids.shape[1]
        if length > self.max_len:
            raise ValueError("too long")
        x = self.tok_emb(ids) + self.pos_emb.weight[:length]
        blocked = causal_mask(length).to(ids.device)
        for block in self.blocks:
            x = block(x, blocked)
        x = self.final_norm(x)
        return F.linear(x, self.out.to(x.dtype))


# %% mistake="A41b" exercise="TinyGPT" title="tied to a copy" caught_by=["gpt_worked", "gpt_tied"] hint="A copy starts the same and goes its own way. Use the same storage."
class TinyGPT(Module):
    def __init__(self, vocab_size, d_model, n_heads, n_layers, max_len):
        super().__init__()
        self.max_len = max_len
        self.tok_emb = embedding(vocab_size, d_model)
        self.pos_emb = embedding(max_len, d_model)
        self.blocks = nn.ModuleList(Block(d_model, n_heads) for _ in range(n_layers))
        self.final_norm = LayerNorm(d_model)
        self.out = nn.Parameter(self.tok_emb.weight.detach().clone())

    def forward(self, ids):
        length = ids.shape[1]
        if length > self.max_len:
            raise ValueError("too long")
        x = self.tok_emb(ids) + self.pos_emb.weight[:length]
        blocked = causal_mask(length).to(ids.device)
        for block in self.blocks:
            x = block(x, blocked)
        x = self.final_norm(x)
        return F.linear(x, self.out.to(x.dtype))


# %% mistake="A42" exercise="TinyGPT" title="softmax inside the model" caught_by=["gpt_values", "gpt_logits"] hint="The loss takes logits: with a softmax here there would be two, and the loss stays high for ever."
class TinyGPT(Module):
    def __init__(self, vocab_size, d_model, n_heads, n_layers, max_len):
        super().__init__()
        self.max_len = max_len
        self.tok_emb = embedding(vocab_size, d_model)
        self.pos_emb = embedding(max_len, d_model)
        self.blocks = nn.ModuleList(Block(d_model, n_heads) for _ in range(n_layers))
        self.final_norm = LayerNorm(d_model)

    def forward(self, ids):
        length = ids.shape[1]
        if length > self.max_len:
            raise ValueError("too long")
        x = self.tok_emb(ids) + self.pos_emb.weight[:length]
        blocked = causal_mask(length).to(ids.device)
        for block in self.blocks:
            x = block(x, blocked)
        return torch.softmax(F.linear(self.final_norm(x), self.tok_emb.weight), -1)


# %% mistake="A113" exercise="TinyGPT" title="no final norm" caught_by=["gpt_worked", "gpt_logits"] hint="One more LayerNorm stands between the blocks and the output."
class TinyGPT(Module):
    def __init__(self, vocab_size, d_model, n_heads, n_layers, max_len):
        super().__init__()
        self.max_len = max_len
        self.tok_emb = embedding(vocab_size, d_model)
        self.pos_emb = embedding(max_len, d_model)
        self.blocks = nn.ModuleList(Block(d_model, n_heads) for _ in range(n_layers))
        self.final_norm = LayerNorm(d_model)

    def forward(self, ids):
        length = ids.shape[1]
        if length > self.max_len:
            raise ValueError("too long")
        x = self.tok_emb(ids) + self.pos_emb.weight[:length]
        blocked = causal_mask(length).to(ids.device)
        for block in self.blocks:
            x = block(x, blocked)
        return F.linear(x, self.tok_emb.weight)


# %% mistake="A114" exercise="TinyGPT" title="no causal mask" caught_by=["gpt_causal"] hint="Every block needs the causal mask: without it each bet sees its answer."
class TinyGPT(Module):
    def __init__(self, vocab_size, d_model, n_heads, n_layers, max_len):
        super().__init__()
        self.max_len = max_len
        self.tok_emb = embedding(vocab_size, d_model)
        self.pos_emb = embedding(max_len, d_model)
        self.blocks = nn.ModuleList(Block(d_model, n_heads) for _ in range(n_layers))
        self.final_norm = LayerNorm(d_model)

    def forward(self, ids):
        length = ids.shape[1]
        if length > self.max_len:
            raise ValueError("too long")
        x = self.tok_emb(ids) + self.pos_emb.weight[:length]
        for block in self.blocks:
            x = block(x)
        return F.linear(self.final_norm(x), self.tok_emb.weight)


# %% mistake="A115" exercise="TinyGPT" title="a mask for the longest input" caught_by=["gpt_worked"] hint="The mask has the size of the input at hand, not of the longest one."
class TinyGPT(Module):
    def __init__(self, vocab_size, d_model, n_heads, n_layers, max_len):
        super().__init__()
        self.max_len = max_len
        self.tok_emb = embedding(vocab_size, d_model)
        self.pos_emb = embedding(max_len, d_model)
        self.blocks = nn.ModuleList(Block(d_model, n_heads) for _ in range(n_layers))
        self.final_norm = LayerNorm(d_model)

    def forward(self, ids):
        length = ids.shape[1]
        if length > self.max_len:
            raise ValueError("too long")
        x = self.tok_emb(ids) + self.pos_emb.weight[:length]
        blocked = causal_mask(self.max_len).to(ids.device)
        for block in self.blocks:
            x = block(x, blocked)
        return F.linear(self.final_norm(x), self.tok_emb.weight)


# %% mistake="A116" exercise="TinyGPT" title="blocks in a plain list" caught_by=["gpt_values", "gpt_count"] hint="A list hides the blocks from torch: nothing in them would ever be trained. `nn.ModuleList` does not."
class TinyGPT(Module):
    def __init__(self, vocab_size, d_model, n_heads, n_layers, max_len):
        super().__init__()
        self.max_len = max_len
        self.tok_emb = embedding(vocab_size, d_model)
        self.pos_emb = embedding(max_len, d_model)
        self.blocks = [Block(d_model, n_heads) for _ in range(n_layers)]
        self.final_norm = LayerNorm(d_model)

    def forward(self, ids):
        length = ids.shape[1]
        if length > self.max_len:
            raise ValueError("too long")
        x = self.tok_emb(ids) + self.pos_emb.weight[:length]
        blocked = causal_mask(length).to(ids.device)
        for block in self.blocks:
            x = block(x, blocked)
        return F.linear(self.final_norm(x), self.tok_emb.weight)


# %% mistake="A117" exercise="TinyGPT" title="one block used several times" caught_by=["gpt_values", "gpt_count"] hint="Each layer has weights of its own: make n_layers blocks, not one."
class TinyGPT(Module):
    def __init__(self, vocab_size, d_model, n_heads, n_layers, max_len):
        super().__init__()
        self.max_len = max_len
        self.tok_emb = embedding(vocab_size, d_model)
        self.pos_emb = embedding(max_len, d_model)
        self.blocks = nn.ModuleList([Block(d_model, n_heads)] * n_layers)
        self.final_norm = LayerNorm(d_model)

    def forward(self, ids):
        length = ids.shape[1]
        if length > self.max_len:
            raise ValueError("too long")
        x = self.tok_emb(ids) + self.pos_emb.weight[:length]
        blocked = causal_mask(length).to(ids.device)
        for block in self.blocks:
            x = block(x, blocked)
        return F.linear(self.final_norm(x), self.tok_emb.weight)


# %% mistake="A118" exercise="TinyGPT" title="too long inputs are cut" caught_by=["gpt_too_long"] hint="Raise a ValueError: a cut input gives an answer to another question."
class TinyGPT(Module):
    def __init__(self, vocab_size, d_model, n_heads, n_layers, max_len):
        super().__init__()
        self.max_len = max_len
        self.tok_emb = embedding(vocab_size, d_model)
        self.pos_emb = embedding(max_len, d_model)
        self.blocks = nn.ModuleList(Block(d_model, n_heads) for _ in range(n_layers))
        self.final_norm = LayerNorm(d_model)

    def forward(self, ids):
        length = ids.shape[1]
        ids, length = ids[:, : self.max_len], min(length, self.max_len)
        x = self.tok_emb(ids) + self.pos_emb.weight[:length]
        blocked = causal_mask(length).to(ids.device)
        for block in self.blocks:
            x = block(x, blocked)
        return F.linear(self.final_norm(x), self.tok_emb.weight)


# %% mistake="A119" exercise="TinyGPT" title="logits scaled by the width" caught_by=["gpt_values", "gpt_logits"] hint="The logits are products with the embedding, as they are."
class TinyGPT(Module):
    def __init__(self, vocab_size, d_model, n_heads, n_layers, max_len):
        super().__init__()
        self.max_len = max_len
        self.tok_emb = embedding(vocab_size, d_model)
        self.pos_emb = embedding(max_len, d_model)
        self.blocks = nn.ModuleList(Block(d_model, n_heads) for _ in range(n_layers))
        self.final_norm = LayerNorm(d_model)

    def forward(self, ids):
        length = ids.shape[1]
        if length > self.max_len:
            raise ValueError("too long")
        x = self.tok_emb(ids) + self.pos_emb.weight[:length]
        blocked = causal_mask(length).to(ids.device)
        for block in self.blocks:
            x = block(x, blocked)
        return F.linear(self.final_norm(x), self.tok_emb.weight) / math.sqrt(x.shape[-1])


# %% mistake="A120" exercise="TinyGPT" title="the number of heads and that of layers exchanged" caught_by=["gpt_count"] hint="Which of the two numbers makes the blocks, and which goes into them?"
class TinyGPT(Module):
    def __init__(self, vocab_size, d_model, n_heads, n_layers, max_len):
        super().__init__()
        self.max_len = max_len
        self.tok_emb = embedding(vocab_size, d_model)
        self.pos_emb = embedding(max_len, d_model)
        self.blocks = nn.ModuleList(Block(d_model, d_model) for _ in range(n_heads))
        self.final_norm = LayerNorm(d_model)

    def forward(self, ids):
        length = ids.shape[1]
        if length > self.max_len:
            raise ValueError("too long")
        x = self.tok_emb(ids) + self.pos_emb.weight[:length]
        blocked = causal_mask(length).to(ids.device)
        for block in self.blocks:
            x = block(x, blocked)
        return F.linear(self.final_norm(x), self.tok_emb.weight)


# %% mistake="A121" exercise="TinyGPT" title="a bias in the output layer" caught_by=["gpt_worked"] hint="The output layer has no parameters of its own, not even a bias."
class TinyGPT(Module):
    def __init__(self, vocab_size, d_model, n_heads, n_layers, max_len):
        super().__init__()
        self.max_len = max_len
        self.tok_emb = embedding(vocab_size, d_model)
        self.pos_emb = embedding(max_len, d_model)
        self.blocks = nn.ModuleList(Block(d_model, n_heads) for _ in range(n_layers))
        self.final_norm = LayerNorm(d_model)
        self.b = bias(vocab_size)

    def forward(self, ids):
        length = ids.shape[1]
        if length > self.max_len:
            raise ValueError("too long")
        x = self.tok_emb(ids) + self.pos_emb.weight[:length]
        blocked = causal_mask(length).to(ids.device)
        for block in self.blocks:
            x = block(x, blocked)
        return F.linear(self.final_norm(x), self.tok_emb.weight, self.b.to(x.dtype))


# %% mistake="A122" exercise="TinyGPT" title="the mask stays on the CPU" caught_by=["gpt_device"] hint="On a graphics card this stops with two devices. The mask goes to `ids.device`." loses=0.5
class TinyGPT(Module):
    def __init__(self, vocab_size, d_model, n_heads, n_layers, max_len):
        super().__init__()
        self.max_len = max_len
        self.tok_emb = embedding(vocab_size, d_model)
        self.pos_emb = embedding(max_len, d_model)
        self.blocks = nn.ModuleList(Block(d_model, n_heads) for _ in range(n_layers))
        self.final_norm = LayerNorm(d_model)

    def forward(self, ids):
        length = ids.shape[1]
        if length > self.max_len:
            raise ValueError("too long")
        x = self.tok_emb(ids) + self.pos_emb.weight[:length]
        blocked = causal_mask(length)
        for block in self.blocks:
            x = block(x, blocked)
        return F.linear(self.final_norm(x), self.tok_emb.weight)


# %% mistake="A123" exercise="TinyGPT" title="the output of one position only" caught_by=["gpt_worked"] hint="Every position makes a bet: logits (B, L, V)."
class TinyGPT(Module):
    def __init__(self, vocab_size, d_model, n_heads, n_layers, max_len):
        super().__init__()
        self.max_len = max_len
        self.tok_emb = embedding(vocab_size, d_model)
        self.pos_emb = embedding(max_len, d_model)
        self.blocks = nn.ModuleList(Block(d_model, n_heads) for _ in range(n_layers))
        self.final_norm = LayerNorm(d_model)

    def forward(self, ids):
        length = ids.shape[1]
        if length > self.max_len:
            raise ValueError("too long")
        x = self.tok_emb(ids) + self.pos_emb.weight[:length]
        blocked = causal_mask(length).to(ids.device)
        for block in self.blocks:
            x = block(x, blocked)
        return F.linear(self.final_norm(x), self.tok_emb.weight)[:, -1]


# %% mistake="A132" exercise="TinyGPT" title="too long inputs are refused by chance" caught_by=["gpt_one_position"] hint="Two shapes that do not fit raise an error, but one row fits any length. Compare the length with max_len." loses=0.25
class TinyGPT(Module):
    def __init__(self, vocab_size, d_model, n_heads, n_layers, max_len):
        super().__init__()
        self.tok_emb = embedding(vocab_size, d_model)
        self.pos_emb = embedding(max_len, d_model)
        self.blocks = nn.ModuleList(Block(d_model, n_heads) for _ in range(n_layers))
        self.final_norm = LayerNorm(d_model)

    def forward(self, ids):
        length = ids.shape[1]
        x = self.tok_emb(ids) + self.pos_emb.weight[:length]
        blocked = causal_mask(length).to(ids.device)
        for block in self.blocks:
            x = block(x, blocked)
        return F.linear(self.final_norm(x), self.tok_emb.weight)
