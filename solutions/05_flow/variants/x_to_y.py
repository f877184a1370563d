# %% variant="FW1a" exercise="x_to_y" title="2 - √(4 - x²)"
def x_to_y(x):
    return 2 - np.sqrt(4 - x**2)


# %% variant="FW1b" exercise="x_to_y" title="2 - 2√(1 - x²/4)"
def x_to_y(x):
    return 2 - 2 * np.sqrt(1 - x**2 / 4)


# %% variant="FW1c" exercise="x_to_y" title="the two functions one after the other"
def x_to_y(x):
    return inv_cdf_y(cdf_x(x))


# %% variant="FW1d" exercise="x_to_y" title="root finding by halving"
def x_to_y(x):
    target = np.asarray(x, dtype=float) ** 2 / 4
    low, high = np.zeros_like(target), np.full_like(target, 2.0)
    while np.max(high - low) > 1e-10:
        middle = (low + high) / 2
        below = middle - middle**2 / 4 < target
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2


# %% variant="FW1e" exercise="x_to_y" title="trigonometry on the circle of the roots"
def x_to_y(x):
    return 4 * np.sin(np.arcsin(np.clip(x, 0, 2) / 2) / 2) ** 2


# %% variant="G2-x_to_y" exercise="x_to_y" title="one sample at a time, by the two functions"
def x_to_y(x):
    if isinstance(x, (int, float)):
        return inv_cdf_y(cdf_x(x))
    return [inv_cdf_y(cdf_x(v)) for v in x]


# %% variant="G1-x_to_y" exercise="x_to_y" title="torch in single precision"
def x_to_y(x, dtype=None):
    import torch

    x = torch.as_tensor(x).to(dtype or torch.float32)
    return 2 - torch.sqrt(torch.clamp(4 - x**2, min=0))


# %% variant="G7-x_to_y" exercise="x_to_y" title="torch through the functions of the notebook, gradient attached"
def x_to_y(x):
    import torch

    x = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    return 2 - 2 * torch.sqrt(1 - torch.as_tensor(cdf_x(x)))


# %% variant="G14-x_to_y" exercise="x_to_y" title="a class does the work, names with accents, printing"
class Überträger:
    def __init__(self, größe):
        self.größe = größe

    def __call__(self, x):
        print("carrying", np.size(x), "samples")
        return self.größe - np.sqrt(np.maximum(0, self.größe**2 - np.square(x)))


x_to_y = Überträger(2.0)
