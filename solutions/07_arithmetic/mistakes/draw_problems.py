# %% mistake="R65" exercise="draw_problems" title="shorter numbers as well" caught_by=["lengths_worked", "lengths_any"] hint="The smallest number with three digits is 100; yours begin at 0."
def draw_problems(n_digits, count, width, seed=0, reverse=True):
    draw = random.Random(seed)
    size = 10**n_digits
    pairs = [(draw.randrange(size), draw.randrange(size)) for _ in range(count)]
    return [write_problem(a, "+", b, width, reverse) for a, b in pairs]


# %% mistake="R66" exercise="draw_problems" title="written with their own width" caught_by=["lengths_worked", "lengths_any"] hint="`width` says how they are written: short numbers are filled with zeros."
def draw_problems(n_digits, count, width, seed=0, reverse=True):
    low = 10 ** (n_digits - 1) if n_digits > 1 else 0
    draw = random.Random(seed)
    pairs = [
        (draw.randrange(low, 10**n_digits), draw.randrange(low, 10**n_digits)) for _ in range(count)
    ]
    return [write_problem(a, "+", b, n_digits, reverse) for a, b in pairs]


# %% mistake="R67" exercise="draw_problems" title="one problem, many times" caught_by=["lengths_even"] hint="Make the generator before the loop, not in it."
def draw_problems(n_digits, count, width, seed=0, reverse=True):
    low = 10 ** (n_digits - 1) if n_digits > 1 else 0
    found = []
    for _ in range(count):
        draw = random.Random(seed)
        a, b = draw.randrange(low, 10**n_digits), draw.randrange(low, 10**n_digits)
        found.append(write_problem(a, "+", b, width, reverse))
    return found


# %% mistake="R68" exercise="draw_problems" title="a number plus itself" caught_by=["lengths_even"] hint="Draw twice for each problem."
def draw_problems(n_digits, count, width, seed=0, reverse=True):
    low = 10 ** (n_digits - 1) if n_digits > 1 else 0
    draw = random.Random(seed)
    numbers = [draw.randrange(low, 10**n_digits) for _ in range(count)]
    return [write_problem(a, "+", a, width, reverse) for a in numbers]


# %% mistake="R69" exercise="draw_problems" title="the largest number never comes" caught_by=["lengths_even"] hint="`randrange` leaves out its end already: 9 is a digit."
def draw_problems(n_digits, count, width, seed=0, reverse=True):
    low = 10 ** (n_digits - 1) if n_digits > 1 else 0
    draw = random.Random(seed)
    high = 10**n_digits - 1
    pairs = [(draw.randrange(low, high), draw.randrange(low, high)) for _ in range(count)]
    return [write_problem(a, "+", b, width, reverse) for a, b in pairs]


# %% mistake="R70" exercise="draw_problems" title="the seed is ignored" caught_by=["lengths_seeded"] hint="`random.Random(seed)` is a generator that follows the seed."
def draw_problems(n_digits, count, width, seed=0, reverse=True):
    low = 10 ** (n_digits - 1) if n_digits > 1 else 0
    pairs = [
        (random.randrange(low, 10**n_digits), random.randrange(low, 10**n_digits))
        for _ in range(count)
    ]
    return [write_problem(a, "+", b, width, reverse) for a, b in pairs]


# %% mistake="R3e" exercise="draw_problems" title="always reversed" caught_by=["lengths_any"] hint="Hand `reverse` on: training and evaluation must be written the same way."
def draw_problems(n_digits, count, width, seed=0, reverse=True):
    low = 10 ** (n_digits - 1) if n_digits > 1 else 0
    draw = random.Random(seed)
    pairs = [
        (draw.randrange(low, 10**n_digits), draw.randrange(low, 10**n_digits)) for _ in range(count)
    ]
    return [write_problem(a, "+", b, width) for a, b in pairs]


# %% mistake="R71" exercise="draw_problems" title="a 0 is no number of one digit" caught_by=["lengths_even"] hint="With n_digits = 1 the number 0 is one of them; 10**0 is 1."
def draw_problems(n_digits, count, width, seed=0, reverse=True):
    draw = random.Random(seed)
    low, high = 10 ** (n_digits - 1), 10**n_digits
    pairs = [(draw.randrange(low, high), draw.randrange(low, high)) for _ in range(count)]
    return [write_problem(a, "+", b, width, reverse) for a, b in pairs]
