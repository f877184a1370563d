# %% variant="AW16" exercise="TinyGPT" title="tied by sharing the parameter with a Linear"
class TinyGPT(Module):
    def __init__(self, vocab_size, d_model, n_heads, n_layers, max_len):
        super().__init__()
        self.tok_emb = nn.Embedding(vocab_size, d_model)
        self.pos_emb = nn.Embedding(max_len, d_model)
        self.blocks = nn.ModuleList([Block(d_model, n_heads, "pre") for _ in range(n_layers)])
        self.final_norm = LayerNorm(d_model)
        self.head = nn.Linear(d_model, vocab_size, bias=False)
        self.head.weight = self.tok_emb.weight

    def forward(self, ids):
        B, L = ids.shape
        # Indices beyond the table raise an IndexError.
        x = self.tok_emb(ids) + self.pos_emb(torch.arange(L, device=ids.device))
        mask = causal_mask(L).to(x.device)[None, None]
        for block in self.blocks:
            x = block(x, mask)
        return self.head(self.final_norm(x))


# %% variant="AW16b" exercise="TinyGPT" title="tables as parameters, tied by a product"
class TinyGPT(Module):
    def __init__(self, vocab_size, d_model, n_heads, n_layers, max_len):
        super().__init__()
        self.tok_emb = nn.Parameter(torch.randn(vocab_size, d_model) * 0.02)
        self.pos_emb = nn.Parameter(torch.zeros(max_len, d_model))
        self.blocks = nn.ModuleList(Block(d_model, n_heads) for _ in range(n_layers))
        self.final_norm = LayerNorm(d_model)

    def forward(self, ids):
        L = ids.shape[1]
        assert L <= len(self.pos_emb), "too long"
        x = self.tok_emb[ids] + self.pos_emb[None, :L]
        for block in self.blocks:
            x = block(x, torch.ones(L, L, dtype=torch.bool, device=x.device).triu(1))
        return self.final_norm(x) @ self.tok_emb.T


# %% variant="AW16c" exercise="TinyGPT" title="tied by a property, the mask as a buffer"
class TinyGPT(Module):
    def __init__(self, vocab_size, d_model, n_heads, n_layers, max_len):
        super().__init__()
        self.tok_emb = embedding(vocab_size, d_model)
        self.pos_emb = embedding(max_len, d_model)
        self.blocks = nn.Sequential(*[Block(d_model, n_heads) for _ in range(n_layers)])
        self.final_norm = LayerNorm(d_model)
        self.drop = nn.Dropout(0.1)
        self.register_buffer("mask", causal_mask(max_len), persistent=False)

    @property
    def out_weight(self):
        return self.tok_emb.weight

    def forward(self, ids):
        L = ids.size(1)
        if L > len(self.mask):
            raise IndexError("too long")
        positions = self.pos_emb(torch.arange(L, device=ids.device).expand(len(ids), L))
        x = self.drop(self.tok_emb(ids) + positions)
        for block in self.blocks:
            x = block(x, self.mask[:L, :L])
        return torch.einsum("bld,vd->blv", self.final_norm(x), self.out_weight)
