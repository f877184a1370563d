# %% variant="FW10a" exercise="invert_cdf_numeric" title="halving, with the trapezoid rule for each CDF value"
def invert_cdf_numeric(pdf, lo, hi, u, *_):
    def mass(x):
        grid = np.linspace(lo, x, 801)
        p = pdf(grid)
        return (p.sum() - (p[0] + p[-1]) / 2) * (x - lo) / 800

    def one(height):
        a, b = lo, hi
        for _ in range(14):
            middle = (a + b) / 2
            if mass(middle) < height * total:
                a = middle
            else:
                b = middle
        return (a + b) / 2

    total = mass(hi)
    return np.array([one(height) for height in u]) if np.ndim(u) else one(u)


# %% variant="FW10b" exercise="invert_cdf_numeric" title="Newton's method, kept inside the interval"
def invert_cdf_numeric(pdf, lo, hi, u, *_):
    u = np.asarray(u, dtype=float)
    grid = np.linspace(lo, hi, 20_001)
    p = pdf(grid)
    step = (hi - lo) / 20_000
    table = np.append(0, np.cumsum((p[:-1] + p[1:]) / 2 * step))
    a, b = np.full(u.shape, float(lo)), np.full(u.shape, float(hi))
    x = (a + b) / 2
    for _ in range(60):
        error = np.interp(x, grid, table) - u * table[-1]
        a, b = np.where(error < 0, x, a), np.where(error < 0, b, x)
        density = np.interp(x, grid, p)
        newton = x - error / np.where(density > 0, density, 1)
        # Where Newton leaves the bracket, halve it instead.
        x = np.where((newton > a) & (newton < b), newton, (a + b) / 2)
    return x


# %% variant="FW10c" exercise="invert_cdf_numeric" title="midpoint sums and the first grid point that is high enough"
def invert_cdf_numeric(pdf, lo, hi, u, *_):
    count = 50_000
    edges = np.linspace(lo, hi, count + 1)
    heights = np.cumsum(pdf((edges[1:] + edges[:-1]) / 2))
    heights = np.concatenate(([0], heights / heights[-1]))
    return edges[np.clip(np.searchsorted(heights, u), 0, count)]


# %% variant="FW10d" exercise="invert_cdf_numeric" title="left sums, on a grid so fine that it does not matter"
def invert_cdf_numeric(pdf, lo, hi, u, n=100_000):
    grid = np.linspace(lo, hi, n)
    c = np.cumsum(pdf(grid))
    c = (c - c[0]) / (c[-1] - c[0])
    return np.interp(u, c, grid)


# %% variant="FW10e" exercise="invert_cdf_numeric" title="a differential equation from lo upwards, in many small steps"
def invert_cdf_numeric(pdf, lo, hi, u, *_):
    # Walk along the grid once, entry by entry, and remember where each height is passed.
    t = np.linspace(lo, hi, 10_001)
    p = pdf(t).tolist()
    total = sum(p) - (p[0] + p[-1]) / 2
    sorted_heights = sorted((h * total, i) for i, h in enumerate(np.atleast_1d(u).tolist()))
    out, reached, k = [0.0] * len(sorted_heights), 0.0, 0
    for j in range(10_000):
        piece = (p[j] + p[j + 1]) / 2
        while k < len(sorted_heights) and (sorted_heights[k][0] <= reached + piece or j == 9_999):
            share = (sorted_heights[k][0] - reached) / piece if piece > 0 else 0.0
            out[sorted_heights[k][1]] = t[j] + min(share, 1.0) * (t[1] - t[0])
            k += 1
        reached += piece
    return out if np.ndim(u) else out[0]


# %% variant="G1-invert_cdf_numeric" exercise="invert_cdf_numeric" title="torch: cumulative trapezoids and searchsorted, single precision result"
def invert_cdf_numeric(pdf, lo, hi, u, *_):
    import torch

    grid = torch.linspace(lo, hi, 8001, dtype=torch.float64)
    heights = torch.cat(
        [torch.zeros(1, dtype=torch.float64), torch.cumulative_trapezoid(pdf(grid), grid)]
    )
    heights = heights / heights[-1]
    u = torch.as_tensor(u, dtype=torch.float64).contiguous()
    i = torch.searchsorted(heights, u).clamp(1, 8000)
    share = (u - heights[i - 1]) / (heights[i] - heights[i - 1]).clamp(min=1e-300)
    return (grid[i - 1] + share * (grid[1] - grid[0])).float()
