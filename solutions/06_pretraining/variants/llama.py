# %% variant="PW5" exercise="RMSNorm" title="computes in single precision inside"
class RMSNorm(Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = torch.nn.Parameter(torch.ones(dim))

    def forward(self, x):
        single = x.float()
        single = single * torch.rsqrt(single.pow(2).mean(-1, keepdim=True) + self.eps)
        return self.weight * single.to(x.dtype)


# %% variant="G8-RMSNorm" exercise="RMSNorm" title="the library's function"
class RMSNorm(Module):
    def __init__(self, dim, eps=1e-5, device=None):
        super().__init__()
        self.dim, self.eps = (dim,), eps
        self.weight = torch.nn.Parameter(torch.ones(dim, device=device))

    def forward(self, x):
        return F.rms_norm(x, self.dim, self.weight, self.eps)


# %% variant="G4-RMSNorm" exercise="RMSNorm" title="by the norm of the vector, under another name"
class RMSNorm(Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.eps, self.dim = eps, dim
        self.gain = torch.nn.Parameter(torch.ones(dim))

    def load(self, weights):
        self.gain.data = weights["weight"].clone()

    def forward(self, x):
        square = torch.einsum("...i,...i->...", x, x)[..., None] / self.dim
        return self.gain * (x / (square + self.eps) ** 0.5)


# %% variant="PW4-half" exercise="rope" title="by the function that turns half of it round"
def rope(x, positions, base=10000.0, layout="half"):
    dim = x.shape[-1]
    if dim % 2 == 1:
        raise ValueError("odd")
    speeds = 1.0 / base ** (torch.arange(0, dim, 2, device=x.device).float() / dim)
    angles = torch.outer(positions.float(), speeds)
    if layout == "half":
        angles = torch.cat([angles, angles], dim=-1)
        other = torch.cat([-x[..., dim // 2 :], x[..., : dim // 2]], dim=-1)
    elif layout == "interleaved":
        angles = angles.repeat_interleave(2, dim=-1)
        other = torch.stack([-x[..., 1::2], x[..., 0::2]], dim=-1).flatten(-2)
    else:
        raise ValueError(layout)
    return x * angles.cos().to(x.dtype) + other * angles.sin().to(x.dtype)


# %% variant="PW4-complex" exercise="rope" title="complex numbers"
def rope(x, positions, base=10000.0, layout="half"):
    *front, dim = x.shape
    if dim % 2:
        raise ValueError("pairs, please")
    if layout == "half":
        order = torch.arange(dim, device=x.device).reshape(2, -1).T.flatten()
    elif layout == "interleaved":
        order = torch.arange(dim, device=x.device)
    else:
        raise ValueError("half or interleaved")
    points = torch.view_as_complex(x[..., order].reshape(*front, dim // 2, 2))
    speeds = base ** -(torch.arange(0, dim, 2, dtype=x.dtype, device=x.device) / dim)
    angles = positions.to(x.dtype).unsqueeze(-1) * speeds
    turned = torch.view_as_real(points * torch.polar(torch.ones_like(angles), angles)).flatten(-2)
    return turned[..., order.argsort()]


# %% variant="G2-rope" exercise="rope" title="a loop over the pairs"
def rope(x, positions, base=10000.0, layout="half"):
    dim = x.shape[-1]
    if dim % 2 or layout not in {"half", "interleaved"}:
        raise ValueError((dim, layout))
    columns = [None] * dim
    for i in range(dim // 2):
        first, second = (i, i + dim // 2) if layout == "half" else (2 * i, 2 * i + 1)
        angle = positions * base ** (-2 * i / dim)
        cos, sin = torch.cos(angle).to(x.dtype), torch.sin(angle).to(x.dtype)
        columns[first] = x[..., first] * cos - x[..., second] * sin
        columns[second] = x[..., first] * sin + x[..., second] * cos
    return torch.stack(columns, dim=-1)


# %% variant="G8-rotary_attention" exercise="rotary_attention" title="the library's attention"
def rotary_attention(q, k, v, positions):
    q, k = rope(q, positions), rope(k, positions)
    # With two dimensions only, the library wants a batch.
    lone = q.dim() == 2
    q, k, v = (t[None] if lone else t for t in (q, k, v))
    out = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    return out[0] if lone else out


# %% variant="G2-rotary_attention" exercise="rotary_attention" title="an additive mask, and both turned at once"
def rotary_attention(q, k, v, positions, base=10000.0):
    q, k = rope(torch.stack([q, k]), positions, base)
    length, size = q.shape[-2:]
    mask = torch.full((length, length), float("-inf"), dtype=q.dtype).triu(1)
    scores = torch.einsum("...id,...jd->...ij", q, k) * size**-0.5
    return torch.softmax(scores + mask, dim=-1).matmul(v)


# %% variant="G8-SwiGLU" exercise="SwiGLU" title="linear layers"
class SwiGLU(Module):
    def __init__(self, dim, hidden):
        super().__init__()
        self.gate = nn.Linear(dim, hidden, bias=False)
        self.up = nn.Linear(dim, hidden, bias=False)
        self.down = nn.Linear(hidden, dim, bias=False)

    def forward(self, x):
        return self.down(self.up(x) * nn.functional.silu(self.gate(x)))


# %% variant="G4-SwiGLU" exercise="SwiGLU" title="gate and up in one matrix, with its own load"
class SwiGLU(nn.Module):
    def __init__(self, dim, hidden):
        super().__init__()
        self.both = torch.nn.Parameter(torch.randn(2 * hidden, dim) * dim**-0.5)
        self.back = torch.nn.Parameter(torch.randn(dim, hidden) * hidden**-0.5)

    def load(self, weights):
        self.both.data = torch.cat([weights["gate"], weights["up"]])
        self.back.data = weights["down"].clone()

    def forward(self, x):
        gate, up = F.linear(x, self.both).chunk(2, dim=-1)
        return F.linear(gate / (1 + torch.exp(-gate)) * up, self.back)


# %% variant="G2-llama_parameter_count" exercise="llama_parameter_count" title="a list of shapes"
def llama_parameter_count(config):
    d, inner = config["hidden_size"], config["intermediate_size"]
    heads = config["num_attention_heads"]
    size = config["head_dim"] if "head_dim" in config else d // heads
    keys = config["num_key_value_heads"] if "num_key_value_heads" in config else heads
    shapes = [(config["vocab_size"], d), (d,)]
    if not config.get("tie_word_embeddings"):
        shapes.append((config["vocab_size"], d))
    for _ in range(config["num_hidden_layers"]):
        shapes += [(heads * size, d), (keys * size, d), (keys * size, d), (d, heads * size)]
        shapes += [(inner, d), (inner, d), (d, inner), (d,), (d,)]
    return sum(math.prod(shape) for shape in shapes)


# %% variant="G6-llama_parameter_count" exercise="llama_parameter_count" title="a tensor of one number"
def llama_parameter_count(config):
    heads = config["num_attention_heads"]
    size = config.get("head_dim") or config["hidden_size"] // heads
    keys = config.get("num_key_value_heads") or heads
    per_layer = config["hidden_size"] * (
        2 * size * heads + 2 * size * keys + 3 * config["intermediate_size"] + 2
    )
    tables = (2 - bool(config.get("tie_word_embeddings"))) * config["vocab_size"]
    rest = config["hidden_size"] * (tables + 1)
    return torch.tensor(per_layer * config["num_hidden_layers"] + rest)
