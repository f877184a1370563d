# %% variant="FW1a-inv_cdf_y" exercise="inv_cdf_y" title="the minus root as it comes out of the formula"
def inv_cdf_y(u):
    return 2 - 2 * np.sqrt(1 - u)


# %% variant="FW1b-inv_cdf_y" exercise="inv_cdf_y" title="the quadratic formula with its coefficients"
def inv_cdf_y(u):
    a, b, c = -0.25, 1.0, -np.asarray(u, dtype=float)
    return (-b + np.sqrt(b * b - 4 * a * c)) / (2 * a)


# %% variant="FW1c-inv_cdf_y" exercise="inv_cdf_y" title="halving the interval"
def inv_cdf_y(u):
    u = np.asarray(u, dtype=float)
    low, high = np.zeros(u.shape), np.full(u.shape, 2.0)
    for _ in range(60):
        middle = (low + high) / 2
        too_low = middle - middle**2 / 4 < u
        low = np.where(too_low, middle, low)
        high = np.where(too_low, high, middle)
    return (low + high) / 2


# %% variant="G2-inv_cdf_y" exercise="inv_cdf_y" title="a loop with Python's own square root"
def inv_cdf_y(u):
    import math

    if np.ndim(u):
        return [inv_cdf_y(float(v)) for v in u]
    return 2 * (1 - math.sqrt(max(0.0, 1 - u)))


# %% variant="G7-inv_cdf_y" exercise="inv_cdf_y" title="torch in and out"
def inv_cdf_y(u):
    import torch

    return 2 - (4 - 4 * torch.as_tensor(u, dtype=torch.float64)).sqrt()
