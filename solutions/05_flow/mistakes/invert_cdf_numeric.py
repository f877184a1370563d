# %% mistake="F26" exercise="invert_cdf_numeric" title="takes the density for normalised" caught_by=["inversion"] hint="Normalise by the last value: the heights must end at 1 whatever the factor of the density."
def invert_cdf_numeric(pdf, lo, hi, u):
    grid = np.linspace(lo, hi, 4001)
    p = pdf(grid)
    heights = np.append(0, np.cumsum((p[1:] + p[:-1]) / 2 * (grid[1] - grid[0])))
    return np.interp(u, heights, grid)


# %% mistake="F26b" exercise="invert_cdf_numeric" title="running sum on a coarse grid, off by one entry" caught_by=["inversion"] hint="The height at lo is 0, so there is one height more than there are pieces. And is your grid fine enough?"
def invert_cdf_numeric(pdf, lo, hi, u):
    grid = np.linspace(lo, hi, 201)
    heights = np.cumsum(pdf(grid))
    return np.interp(u, heights / heights[-1], grid)


# %% mistake="F26c" exercise="invert_cdf_numeric" title="a height below the first entry wraps round to the last" caught_by=["ends"] hint="At u = 0 your index is -1, and NumPy counts that from the end. Begin the table with the height 0 at lo."
def invert_cdf_numeric(pdf, lo, hi, u):
    grid = np.linspace(lo, hi, 20_001)
    heights = np.cumsum(pdf(grid))
    return grid[np.searchsorted(heights / heights[-1], u) - 1]


# %% mistake="F26d" exercise="invert_cdf_numeric" title="not a number at the ends of the table" caught_by=["ends"] hint="The heights 0 and 1 are allowed. What does your formula divide by there?"
def invert_cdf_numeric(pdf, lo, hi, u):
    grid = np.linspace(lo, hi, 4001)
    p = pdf(grid)
    heights = np.append(0, np.cumsum(p[1:] + p[:-1]))
    heights = heights / heights[-1]
    return np.interp(u, heights, grid, left=np.nan, right=np.nan) + 0 * np.log(
        np.asarray(u) * (1 - np.asarray(u))
    )


# %% mistake="F57" exercise="invert_cdf_numeric" title="the CDF instead of its inverse" caught_by=["inversion"] hint="You turn places into heights. The argument u is a height, and a place is wanted."
def invert_cdf_numeric(pdf, lo, hi, u):
    grid = np.linspace(lo, hi, 4001)
    p = pdf(grid)
    heights = np.append(0, np.cumsum(p[1:] + p[:-1]))
    return np.interp(u, grid, heights / heights[-1])


# %% mistake="F58" exercise="invert_cdf_numeric" title="divided by the largest density instead of the total mass" caught_by=["inversion"] hint="Normalising means that the whole mass is 1, not that the peak is."
def invert_cdf_numeric(pdf, lo, hi, u):
    grid = np.linspace(lo, hi, 4001)
    p = pdf(grid)
    p = p / p.max()
    heights = np.append(0, np.cumsum((p[1:] + p[:-1]) / 2 * (grid[1] - grid[0])))
    return np.interp(u, heights, grid)


# %% mistake="F59" exercise="invert_cdf_numeric" title="assumes that the interval begins at 0" caught_by=["inversion"] hint="The grid runs from lo to hi, and lo need not be 0."
def invert_cdf_numeric(pdf, lo, hi, u):
    grid = np.linspace(0, hi, 4001)
    p = pdf(grid)
    heights = np.append(0, np.cumsum(p[1:] + p[:-1]))
    return np.interp(u, heights / heights[-1], grid)


# %% mistake="F60" exercise="invert_cdf_numeric" title="sorts the heights" caught_by=["invert_arrays"] hint="The heights come in any order, and the places go back in the same one. `u.sort()` even changes the caller's array."
def invert_cdf_numeric(pdf, lo, hi, u):
    grid = np.linspace(lo, hi, 4001)
    p = pdf(grid)
    heights = np.append(0, np.cumsum(p[1:] + p[:-1]))
    if np.ndim(u):
        u.sort()
    return np.interp(u, heights / heights[-1], grid)


# %% mistake="F61" exercise="invert_cdf_numeric" title="one height at a time only" caught_by=["invert_arrays"] hint="u may be an array. Halve all intervals at once with `np.where`, or loop over the entries."
def invert_cdf_numeric(pdf, lo, hi, u):
    grid = np.linspace(lo, hi, 4001)
    p = pdf(grid)
    heights = np.append(0, np.cumsum(p[1:] + p[:-1]))
    low, high = 0, 4000
    while high - low > 1:
        middle = (low + high) // 2
        if heights[middle] < u * heights[-1]:
            low = middle
        else:
            high = middle
    return grid[high]


# %% mistake="F62" exercise="invert_cdf_numeric" title="the table is too coarse" caught_by=["inversion"] hint="The method is right. 0.001 needs more pieces."
def invert_cdf_numeric(pdf, lo, hi, u):
    grid = np.linspace(lo, hi, 21)
    p = pdf(grid)
    heights = np.append(0, np.cumsum(p[1:] + p[:-1]))
    return np.interp(u, heights / heights[-1], grid)


# %% mistake="F63" exercise="invert_cdf_numeric" title="the heights run from hi to lo" caught_by=["ends"] hint="The height 0 belongs to lo and 1 to hi."
def invert_cdf_numeric(pdf, lo, hi, u):
    grid = np.linspace(lo, hi, 4001)
    p = pdf(grid)
    heights = np.append(0, np.cumsum(p[1:] + p[:-1]))
    return np.interp(1 - u, heights / heights[-1], grid)
