# %% variant="FW3a" exercise="box_muller" title="1 - u1 inside the logarithm"
def box_muller(u1, u2):
    r = np.sqrt(-2 * np.log(1.0 - u1))
    return r * np.cos(2 * np.pi * u2), r * np.sin(2 * np.pi * u2)


# %% variant="FW3b" exercise="box_muller" title="log1p(-u1)"
def box_muller(u1, u2):
    r = np.sqrt(-2 * np.log1p(-u1))
    angle = 2 * np.pi * u2
    return [r * np.cos(angle), r * np.sin(angle)]


# %% variant="FW8" exercise="box_muller" title="u1 kept away from 0 by clipping, in case somebody sends a 0"
def box_muller(u1, u2, tiny=1e-300):
    u1 = np.clip(u1, tiny, 1.0)
    r = np.sqrt(-2.0 * np.log(u1))
    return r * np.cos(2 * np.pi * u2), r * np.sin(2 * np.pi * u2)


# %% variant="FW8b" exercise="box_muller" title="refuses what the text excludes"
def box_muller(u1, u2):
    u1, u2 = np.asarray(u1, dtype=float), np.asarray(u2, dtype=float)
    if not ((u1 > 0) & (u1 < 1) & (u2 > 0) & (u2 < 1)).all():
        raise ValueError("uniforms must lie strictly between 0 and 1")
    z = np.sqrt(-2 * np.log(u1)) * np.exp(2j * np.pi * u2)
    return z.real, z.imag


# %% variant="G2-box_muller" exercise="box_muller" title="a loop with Python's own functions"
def box_muller(u1, u2):
    import math

    if np.ndim(u1) == 0:
        r = (-2 * math.log(u1)) ** 0.5
        return r * math.cos(math.tau * u2), r * math.sin(math.tau * u2)
    both = [box_muller(float(a), float(b)) for a, b in zip(u1, u2)]
    return [x for x, _ in both], [y for _, y in both]


# %% variant="G6-box_muller" exercise="box_muller" title="one array with two rows"
def box_muller(u1, u2):
    angle = 2 * np.pi * np.asarray(u2)
    return np.sqrt(2 * np.log(1 / np.asarray(u1))) * np.stack([np.cos(angle), np.sin(angle)])


# %% variant="G1-box_muller" exercise="box_muller" title="torch in single precision"
def box_muller(u1, u2):
    import torch

    u1, u2 = torch.as_tensor(u1).float(), torch.as_tensor(u2).float()
    r = torch.sqrt(-2 * torch.log(u1))
    return torch.stack([r * torch.cos(2 * torch.pi * u2), r * torch.sin(2 * torch.pi * u2)])


# %% variant="G5-box_muller" exercise="box_muller" title="in place on its own arrays"
def box_muller(u1, u2):
    radius = np.array(u1, dtype=np.float64)
    np.log(radius, out=radius)
    radius *= -2
    np.sqrt(radius, out=radius)
    return radius * np.sin(np.pi / 2 - 2 * np.pi * u2), radius * np.sin(2 * np.pi * u2)
