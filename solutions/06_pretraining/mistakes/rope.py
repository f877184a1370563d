# %% mistake="P12" exercise="rope" title="positions from 1" caught_by=["rope_worked", "rope_lengths"] hint="Position 0 is not turned: take the positions as they come."
def rope(x, positions, base=10000.0, layout="half"):
    dim = x.shape[-1]
    if dim % 2 or layout not in ("half", "interleaved"):
        raise ValueError
    speeds = base ** (-torch.arange(dim // 2, dtype=x.dtype, device=x.device) * 2 / dim)
    angles = (positions[:, None] + 1) * speeds
    cos, sin = angles.cos(), angles.sin()
    if layout == "half":
        a, b = x.chunk(2, -1)
        return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack([a * cos - b * sin, a * sin + b * cos], -1).flatten(-2)


# %% mistake="P12b" exercise="rope" title="split wrongly: cut as halves, put back alternating" caught_by=["rope_values"] hint="Put every feature back where it came from."
def rope(x, positions, base=10000.0, layout="half"):
    dim = x.shape[-1]
    if dim % 2 or layout not in ("half", "interleaved"):
        raise ValueError
    speeds = base ** (-torch.arange(dim // 2, dtype=x.dtype, device=x.device) * 2 / dim)
    angles = positions[:, None] * speeds
    cos, sin = angles.cos(), angles.sin()
    a, b = x.chunk(2, -1)
    if layout == "half":
        return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)
    return torch.stack([a * cos - b * sin, a * sin + b * cos], -1).flatten(-2)


# %% mistake="P12c" exercise="rope" title="turned the other way" caught_by=["rope_worked", "rope_values"] hint="The minus stands in the first line: a·cos - b·sin."
def rope(x, positions, base=10000.0, layout="half"):
    dim = x.shape[-1]
    if dim % 2 or layout not in ("half", "interleaved"):
        raise ValueError
    speeds = base ** (-torch.arange(dim // 2, dtype=x.dtype, device=x.device) * 2 / dim)
    angles = positions[:, None] * speeds
    cos, sin = angles.cos(), angles.sin()
    if layout == "half":
        a, b = x.chunk(2, -1)
        return torch.cat([a * cos + b * sin, b * cos - a * sin], -1)
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack([a * cos + b * sin, b * cos - a * sin], -1).flatten(-2)


# %% mistake="P12d" exercise="rope" title="no minus: not a rotation" caught_by=["rope_worked", "rope_lengths", "rope_offset"] hint="A rotation keeps lengths; yours does not. One of the two sines has a minus."
def rope(x, positions, base=10000.0, layout="half"):
    dim = x.shape[-1]
    if dim % 2 or layout not in ("half", "interleaved"):
        raise ValueError
    speeds = base ** (-torch.arange(dim // 2, dtype=x.dtype, device=x.device) * 2 / dim)
    angles = positions[:, None] * speeds
    cos, sin = angles.cos(), angles.sin()
    if layout == "half":
        a, b = x.chunk(2, -1)
        return torch.cat([a * cos + b * sin, a * sin + b * cos], -1)
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack([a * cos + b * sin, a * sin + b * cos], -1).flatten(-2)


# %% mistake="P12e" exercise="rope" title="the speeds fall half as fast" caught_by=["rope_worked", "rope_values"] hint="The exponent is -2i/d: it runs over almost the whole of 0 to -1."
def rope(x, positions, base=10000.0, layout="half"):
    dim = x.shape[-1]
    if dim % 2 or layout not in ("half", "interleaved"):
        raise ValueError
    speeds = base ** (-torch.arange(dim // 2, dtype=x.dtype, device=x.device) / dim)
    angles = positions[:, None] * speeds
    cos, sin = angles.cos(), angles.sin()
    if layout == "half":
        a, b = x.chunk(2, -1)
        return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack([a * cos - b * sin, a * sin + b * cos], -1).flatten(-2)


# %% mistake="P13" exercise="rope" title="one layout for both names" caught_by=["rope_worked", "rope_values"] hint="The two layouts pair different features."
def rope(x, positions, base=10000.0, layout="half"):
    dim = x.shape[-1]
    if dim % 2 or layout not in ("half", "interleaved"):
        raise ValueError
    speeds = base ** (-torch.arange(dim // 2, dtype=x.dtype, device=x.device) * 2 / dim)
    angles = positions[:, None] * speeds
    cos, sin = angles.cos(), angles.sin()
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack([a * cos - b * sin, a * sin + b * cos], -1).flatten(-2)


# %% mistake="P13b" exercise="rope" title="the layouts' names exchanged" caught_by=["rope_worked", "rope_values"] hint="`half` pairs feature i with i + d/2."
def rope(x, positions, base=10000.0, layout="half"):
    dim = x.shape[-1]
    if dim % 2 or layout not in ("half", "interleaved"):
        raise ValueError
    speeds = base ** (-torch.arange(dim // 2, dtype=x.dtype, device=x.device) * 2 / dim)
    angles = positions[:, None] * speeds
    cos, sin = angles.cos(), angles.sin()
    if layout == "interleaved":
        a, b = x.chunk(2, -1)
        return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack([a * cos - b * sin, a * sin + b * cos], -1).flatten(-2)


# %% mistake="P12f" exercise="rope" title="an arange instead of the positions" caught_by=["rope_values"] hint="Use the positions that were given; they need not be 0, 1, 2, …"
def rope(x, positions, base=10000.0, layout="half"):
    dim = x.shape[-1]
    if dim % 2 or layout not in ("half", "interleaved"):
        raise ValueError
    speeds = base ** (-torch.arange(dim // 2, dtype=x.dtype, device=x.device) * 2 / dim)
    angles = torch.arange(len(positions), device=x.device)[:, None] * speeds
    cos, sin = angles.cos(), angles.sin()
    if layout == "half":
        a, b = x.chunk(2, -1)
        return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack([a * cos - b * sin, a * sin + b * cos], -1).flatten(-2)


# %% mistake="P12g" exercise="rope" title="writes into the x it was given" caught_by=["rope_worked"] hint="`x[..., 0::2] = …` changes the caller's tensor, and the second line then reads the new values."
def rope(x, positions, base=10000.0, layout="half"):
    dim = x.shape[-1]
    if dim % 2 or layout not in ("half", "interleaved"):
        raise ValueError
    speeds = base ** (-torch.arange(dim // 2, dtype=x.dtype, device=x.device) * 2 / dim)
    angles = positions[:, None] * speeds
    cos, sin = angles.cos(), angles.sin()
    if layout == "half":
        first, second = slice(0, dim // 2), slice(dim // 2, dim)
    else:
        first, second = slice(0, dim, 2), slice(1, dim, 2)
    a = x[..., first].clone()
    x[..., first] = a * cos - x[..., second] * sin
    x[..., second] = a * sin + x[..., second] * cos
    return x
