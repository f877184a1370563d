# %% variant="G8-rosenblatt" exercise="rosenblatt" title="quotients without cancellation"
def rosenblatt(u1, u2):
    x = 4 * u1 / (1 + np.sqrt(1 + 8 * u1))
    b = u2 * (2 * x + 1)
    return x, b / np.maximum(x + np.sqrt(x * x + b), 1e-300)


# %% variant="FW10a-rosenblatt" exercise="rosenblatt" title="halving in both coordinates"
def rosenblatt(u1, u2):
    def solve(cdf, u):
        low, high = np.zeros(np.shape(u)), np.ones(np.shape(u))
        for _ in range(50):
            middle = (low + high) / 2
            below = cdf(middle) < u
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return (low + high) / 2

    x = solve(lambda t: t * (t + 1) / 2, np.asarray(u1, dtype=float))
    return x, solve(lambda t: t * (x + t / 2) / (x + 0.5), np.asarray(u2, dtype=float))


# %% variant="FW10b-rosenblatt" exercise="rosenblatt" title="Newton's method from the right end"
def rosenblatt(u1, u2):
    x = 1.0
    for _ in range(60):
        x = x - ((x * x + x) / 2 - u1) / (x + 0.5)
    y = 1.0
    for _ in range(60):
        y = y - (x * y + y * y / 2 - u2 * (x + 0.5)) / np.maximum(x + y, 1e-9)
    return np.clip(x, 0, 1), np.clip(y, 0, 1)


# %% variant="G2-rosenblatt" exercise="rosenblatt" title="np.roots, sample by sample"
def rosenblatt(u1, u2):
    def in_square(coefficients):
        return max(root.real for root in np.roots(coefficients))

    if np.ndim(u1) == 0:
        x = in_square([1, 1, -2 * u1])
        return x, in_square([1, 2 * x, -u2 * (2 * x + 1)])
    return tuple(np.array([rosenblatt(a, b) for a, b in zip(u1, u2)]).T)


# %% variant="G1-rosenblatt" exercise="rosenblatt" title="torch in single precision, two rows"
def rosenblatt(u1, u2):
    import torch

    u1, u2 = torch.as_tensor(u1).float(), torch.as_tensor(u2).float()
    x = torch.sqrt(0.25 + 2 * u1) - 0.5
    return torch.stack([x, torch.sqrt(x**2 + 2 * u2 * (x + 0.5)) - x])
