# %% variant="RW18" exercise="draw_problems" title="digits drawn one by one, with torch"
def draw_problems(n_digits, count, width, seed=0, reverse=True):
    draws = torch.Generator().manual_seed(seed)
    low = 0 if n_digits == 1 else 10 ** (n_digits - 1)
    table = torch.randint(low, 10**n_digits, (count, 2), generator=draws)
    return [write_problem(a, "+", b, width, reverse) for a, b in table.tolist()]


# %% variant="RW19" exercise="draw_problems" title="with numpy, rejecting what is too short"
def draw_problems(n_digits, count, width, seed=0, reverse=True):
    import numpy as np

    rng = np.random.default_rng(seed)
    found = []
    while len(found) < count:
        a, b = (int(n) for n in rng.integers(0, 10**n_digits, 2))
        if len(str(a)) == n_digits and len(str(b)) == n_digits:
            found.append(write_problem(a, "+", b, width, reverse))
    return tuple(found)
