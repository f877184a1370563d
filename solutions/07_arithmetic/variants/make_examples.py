# %% variant="PW8" exercise="make_examples" title="every pair decided by itself, with numpy"
def make_examples(n_digits, ops="+", seed=0, reverse=True, test_fraction=0.1):
    import numpy as np

    size = 10**n_digits
    draws = np.random.default_rng(seed).random((len(ops), size, size))
    train, test = [], []
    for number, op in enumerate(ops):
        for a in range(size):
            for b in range(size):
                chosen = draws[number, min(a, b), max(a, b)] < test_fraction
                (test if chosen else train).append(write_problem(a, op, b, n_digits, reverse))
    return train, test


# %% variant="PW8b" exercise="make_examples" title="one split for all operations, with torch, as tuples"
def make_examples(n_digits, ops="+", seed=0, reverse=True, test_fraction=0.1):
    size = 10**n_digits
    draws = torch.Generator().manual_seed(seed)
    classes = [{(a, b), (b, a)} for a in range(size) for b in range(a + 1)]
    order = torch.randperm(len(classes), generator=draws).tolist()
    cut = int(test_fraction * len(order))
    parts = []
    for chosen in (order[cut:], order[:cut]):
        pairs = [pair for number in chosen for pair in classes[number]]
        parts.append(
            tuple(write_problem(a, op, b, n_digits, reverse) for op in ops for a, b in pairs)
        )
    return tuple(parts)
