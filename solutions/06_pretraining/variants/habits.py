# %% variant="G1-RMSNorm" exercise="RMSNorm" title="always answers in single precision"
class RMSNorm(Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = torch.nn.Parameter(torch.ones(dim))

    def forward(self, x):
        x = x.float()
        root = torch.sqrt(torch.linalg.vecdot(x, x) / x.shape[-1] + self.eps)
        return x / root.unsqueeze(-1) * self.weight.float()


# %% variant="G12-rope" exercise="rope" title="keeps the angles of earlier calls"
_angles = {}


def rope(x, positions, base=10000.0, layout="half"):
    dim = x.shape[-1]
    if dim % 2 or layout not in ("half", "interleaved"):
        raise ValueError(f"{dim} features in the layout {layout}")
    if x.device.type == "meta":
        return torch.empty_like(x)
    key = (tuple(positions.tolist()), base, dim, x.dtype, x.device)
    if key not in _angles:
        steps = torch.arange(0, dim, 2, dtype=torch.float64) / dim
        angles = positions.cpu().double().outer(base**-steps)
        _angles[key] = angles.cos().to(x), angles.sin().to(x)
    cos, sin = _angles[key]
    first = slice(None, dim // 2) if layout == "half" else slice(0, None, 2)
    second = slice(dim // 2, None) if layout == "half" else slice(1, None, 2)
    out = torch.empty_like(x)
    out[..., first] = x[..., first] * cos - x[..., second] * sin
    out[..., second] = x[..., first] * sin + x[..., second] * cos
    return out


# %% variant="G12-objective_mask" exercise="objective_mask" title="views of one kept mask, and errors of its own class"
class BadObjective(ValueError):
    """Raised for what is no objective."""


_later = torch.arange(64)[None, :] > torch.arange(64)[:, None]


def objective_mask(kind, length, prefix=None, order=None, **_):
    later = _later[:length, :length]
    if kind == "clm":
        return later
    if kind == "mlm":
        return torch.tensor(False).expand(length, length)
    if kind == "prefix" and prefix is not None and 0 <= prefix <= length:
        return later.logical_and(torch.arange(length).ge(prefix))
    if (
        kind == "permutation"
        and order is not None
        and set(order) == set(range(length))
        and len(order) == length
    ):
        turns = sorted(range(length), key=lambda place: order.index(place))
        rank = [turns.index(place) for place in range(length)]
        return later[rank][:, rank]
    raise BadObjective(kind)


# %% variant="G13-continue_greedily" exercise="continue_greedily" title="tells what it does"
def continue_greedily(next_logits, prompt, max_new, eos, verbose=True):
    ids = prompt[:]
    for step in range(max_new):
        logits = next_logits(ids)
        best = torch.max(logits, dim=-1).indices
        if verbose:
            print(f"step {step}: token {best.item()}")
        ids = ids + [best.item()]
        if best == eos:
            return ids
    return ids


# %% variant="G13-sample_from_nothing" exercise="sample_from_nothing" title="numpy, with a helper"
def draw(probabilities, u):
    import numpy as np

    possible = np.flatnonzero(probabilities)
    edges = np.cumsum(probabilities[possible])
    return int(possible[min(np.searchsorted(edges, u, side="right"), len(possible) - 1)])


def sample_from_nothing(next_logits, decode, bos, eos, uniforms, T=1.0):
    ids = [bos]
    while len(ids) <= len(uniforms):
        logits = next_logits(ids).numpy() / T
        weights = torch.tensor(logits - logits.max()).exp().numpy()
        token = draw(weights / weights.sum(), uniforms[len(ids) - 1])
        print("·", end="")
        if token == eos:
            break
        ids.append(token)
    return decode(ids[1:])
