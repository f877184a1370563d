# %% variant="G2-cdf_x" exercise="cdf_x" title="a loop over the entries"
def cdf_x(x):
    if np.ndim(x) == 0:
        return (x / 2) ** 2
    out = []
    for value in x:
        out.append((value / 2) ** 2)
    return np.array(out)


# %% variant="G8-cdf_x" exercise="cdf_x" title="a complete CDF: 0 on the left of the support, 1 on the right"
def cdf_x(x, lo=0.0, hi=2.0):
    return np.where(x < lo, 0.0, np.where(x > hi, 1.0, np.square(x) / 4))


# %% variant="G6-cdf_x" exercise="cdf_x" title="returns a list for an array"
def cdf_x(x):
    return [0.25 * v * v for v in x] if isinstance(x, np.ndarray) else 0.25 * x * x


# %% variant="G1-cdf_x" exercise="cdf_x" title="single precision"
def cdf_x(x):
    return (np.asarray(x, dtype=np.float32) ** 2) / np.float32(4)


# %% variant="G7-cdf_x" exercise="cdf_x" title="torch, with a gradient attached"
def cdf_x(x):
    import torch

    x = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    return torch.square(x) / 4
