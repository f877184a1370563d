# %% variant="G3-cdf_y" exercise="cdf_y" title="completed square, another name for the argument"
def cdf_y(values, *, support=(0, 2)):
    return 1 - (support[1] - values) ** 2 / 4


# %% variant="G5-cdf_y" exercise="cdf_y" title="changes a private copy in place"
def cdf_y(y):
    out = np.array(y, dtype=float)
    out *= 1 - out / 4
    return out


# %% variant="G8-cdf_y" exercise="cdf_y" title="clipped to the support"
def cdf_y(y):
    y = np.clip(y, 0, 2)
    return y * (4 - y) / 4


# %% variant="G12-cdf_y" exercise="cdf_y" title="numbers kept in a table between calls"
known_heights = {}


def cdf_y(y):
    if isinstance(y, np.ndarray):
        return np.array([cdf_y(value) for value in y.tolist()])
    if y not in known_heights:
        known_heights[y] = y - y**2 / 4
    return known_heights[y]


# %% variant="G1-cdf_y" exercise="cdf_y" title="torch in single precision, given back as numpy"
def cdf_y(y):
    import torch

    y = torch.as_tensor(y).float()
    return (y - y * y / 4).numpy()
