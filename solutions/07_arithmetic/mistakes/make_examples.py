# %% mistake="R1" exercise="make_examples" title="a+b for training, b+a for testing" caught_by=["split_mirrored"] hint="Whoever has seen 34+12 knows 12+34: mirror images go into the same part."
def make_examples(n_digits, ops="+", seed=0, reverse=True, test_fraction=0.1):
    numbers = range(10**n_digits)
    problems = [
        write_problem(a, op, b, n_digits, reverse) for op in ops for a in numbers for b in numbers
    ]
    random.Random(seed).shuffle(problems)
    cut = round(test_fraction * len(problems))
    return problems[cut:], problems[:cut]


# %% mistake="R1b" exercise="make_examples" title="the test problems are in the training part as well" caught_by=["split_worked", "split_mirrored"] hint="What is for testing must be missing from the training part."
def make_examples(n_digits, ops="+", seed=0, reverse=True, test_fraction=0.1):
    numbers = range(10**n_digits)
    problems = [
        write_problem(a, op, b, n_digits, reverse) for op in ops for a in numbers for b in numbers
    ]
    test = random.Random(seed).sample(problems, round(test_fraction * len(problems)))
    return problems, test


# %% mistake="R1c" exercise="make_examples" title="drawn with replacement, so the parts overlap" caught_by=["split_worked", "split_complete"] hint="Random draws repeat themselves. Shuffle and cut instead."
def make_examples(n_digits, ops="+", seed=0, reverse=True, test_fraction=0.1):
    draw = random.Random(seed)
    size = 10**n_digits
    problems = [
        write_problem(
            draw.randrange(size), draw.choice(ops), draw.randrange(size), n_digits, reverse
        )
        for _ in range(size * size)
    ]
    cut = round(test_fraction * len(problems))
    return problems[cut:], problems[:cut]


# %% mistake="R1d" exercise="make_examples" title="only pairs with a ≤ b" caught_by=["split_worked", "split_complete"] hint="Each pair brings its mirror image along; the model must see both."
def make_examples(n_digits, ops="+", seed=0, reverse=True, test_fraction=0.1):
    numbers = range(10**n_digits)
    pairs = [(a, b) for a in numbers for b in numbers if a <= b]
    random.Random(seed).shuffle(pairs)
    cut = round(test_fraction * len(pairs))
    return tuple(
        [write_problem(a, op, b, n_digits, reverse) for op in ops for a, b in part]
        for part in (pairs[cut:], pairs[:cut])
    )


# %% mistake="R1e" exercise="make_examples" title="a + a stands there twice" caught_by=["split_worked", "split_complete"] hint="a + a is its own mirror image."
def make_examples(n_digits, ops="+", seed=0, reverse=True, test_fraction=0.1):
    numbers = range(10**n_digits)
    pairs = [(a, b) for a in numbers for b in numbers if a <= b]
    random.Random(seed).shuffle(pairs)
    cut = round(test_fraction * len(pairs))
    return tuple(
        [
            write_problem(x, op, y, n_digits, reverse)
            for op in ops
            for a, b in part
            for x, y in ((a, b), (b, a))
        ]
        for part in (pairs[cut:], pairs[:cut])
    )


# %% mistake="R1f" exercise="make_examples" title="the last tenth is for testing" caught_by=["split_even"] hint="The largest numbers are no random sample. Shuffle before you cut."
def make_examples(n_digits, ops="+", seed=0, reverse=True, test_fraction=0.1):
    numbers = range(10**n_digits)
    pairs = [(a, b) for a in numbers for b in numbers if a <= b]
    cut = round((1 - test_fraction) * len(pairs))

    def written(part):
        both = sorted({pair for a, b in part for pair in ((a, b), (b, a))})
        return [write_problem(a, op, b, n_digits, reverse) for op in ops for a, b in both]

    return written(pairs[:cut]), written(pairs[cut:])


# %% mistake="R1g" exercise="make_examples" title="the seed is ignored" caught_by=["split_random"] hint="The same seed, the same split: otherwise the next run tests on what this one learned."
def make_examples(n_digits, ops="+", seed=0, reverse=True, test_fraction=0.1):
    numbers = range(10**n_digits)
    pairs = [(a, b) for a in numbers for b in numbers if a <= b]
    random.shuffle(pairs)
    cut = round(test_fraction * len(pairs))

    def written(part):
        both = sorted({pair for a, b in part for pair in ((a, b), (b, a))})
        return [write_problem(a, op, b, n_digits, reverse) for op in ops for a, b in both]

    return written(pairs[cut:]), written(pairs[:cut])


# %% mistake="R3d" exercise="make_examples" title="the training part reversed, the test part not" caught_by=["split_complete"] hint="Train and test must be written the same way, or nothing is ever right."
def make_examples(n_digits, ops="+", seed=0, reverse=True, test_fraction=0.1):
    numbers = range(10**n_digits)
    pairs = [(a, b) for a in numbers for b in numbers if a <= b]
    random.Random(seed).shuffle(pairs)
    cut = round(test_fraction * len(pairs))

    def written(part, backwards):
        both = sorted({pair for a, b in part for pair in ((a, b), (b, a))})
        return [write_problem(a, op, b, n_digits, backwards) for op in ops for a, b in both]

    return written(pairs[cut:], reverse), written(pairs[:cut], False)


# %% mistake="R25" exercise="make_examples" title="test first" caught_by=["split_worked", "split_random"] hint="The order is `return train, test`."
def make_examples(n_digits, ops="+", seed=0, reverse=True, test_fraction=0.1):
    numbers = range(10**n_digits)
    pairs = [(a, b) for a in numbers for b in numbers if a <= b]
    random.Random(seed).shuffle(pairs)
    cut = round(test_fraction * len(pairs))

    def written(part):
        both = sorted({pair for a, b in part for pair in ((a, b), (b, a))})
        return [write_problem(a, op, b, n_digits, reverse) for op in ops for a, b in both]

    return written(pairs[:cut]), written(pairs[cut:])


# %% mistake="R26" exercise="make_examples" title="the largest number is left out" caught_by=["split_worked", "split_complete"] hint="From 0 to 10**n_digits - 1: `range` leaves out its end already."
def make_examples(n_digits, ops="+", seed=0, reverse=True, test_fraction=0.1):
    numbers = range(10**n_digits - 1)
    pairs = [(a, b) for a in numbers for b in numbers if a <= b]
    random.Random(seed).shuffle(pairs)
    cut = round(test_fraction * len(pairs))

    def written(part):
        both = sorted({pair for a, b in part for pair in ((a, b), (b, a))})
        return [write_problem(a, op, b, n_digits, reverse) for op in ops for a, b in both]

    return written(pairs[cut:]), written(pairs[:cut])
