# %% mistake="F1" exercise="x_to_y" title="the plus root" caught_by=["support"] hint="Stay inside the support: Y never exceeds 2, and yours never falls below it."
def x_to_y(x):
    return 2 + np.sqrt(4 - x**2)


# %% mistake="F2" exercise="x_to_y" title="mirrored map" caught_by=["increasing"] hint="Your map turns the order round. It carries the law exactly, but small x must stay small." loses=0.75
def x_to_y(x):
    return 2 - x


# %% mistake="F3" exercise="x_to_y" title="√(4 - x²): the offset is missing" caught_by=["transport"] hint="These numbers have the law of X again. Which root is it, and which offset goes before it?"
def x_to_y(x):
    return np.sqrt(4 - x**2)


# %% mistake="F4" exercise="x_to_y" title="stops at the uniform numbers" caught_by=["transport"] hint="That is u. The second step is still to come: the inverse of F_Y."
def x_to_y(x):
    return x**2 / 4


# %% mistake="F5" exercise="x_to_y" title="F_Y instead of its inverse" caught_by=["transport"] hint="F_Y turns places into heights. You need the way back."
def x_to_y(x):
    return x - x**2 / 4


# %% mistake="F5b" exercise="x_to_y" title="F_Y of F_X" caught_by=["transport"] hint="The first step gives a height already. F_Y wants a place; its inverse wants a height."
def x_to_y(x):
    u = x**2 / 4
    return u - u**2 / 4


# %% mistake="F6" exercise="x_to_y" title="the density where the CDF belongs" caught_by=["transport"] hint="Integrate first: the height of a sample is F_X(x), not p_X(x)."
def x_to_y(x):
    return 2 - 2 * np.sqrt(1 - p_X(x))


# %% mistake="F7" exercise="x_to_y" title="2 - √(4 - x): the square is missing" caught_by=["transport"] hint="Check the end: x = 2 must go to 2."
def x_to_y(x):
    return 2 - np.sqrt(4 - x)


# %% mistake="F8" exercise="x_to_y" title="sorts the samples" caught_by=["pointwise"] hint="Transform each sample where it stands; the order of the array is not yours to change."
def x_to_y(x):
    return np.sort(2 - np.sqrt(4 - np.atleast_1d(x) ** 2)) if np.ndim(x) else 2 - np.sqrt(4 - x**2)


# %% mistake="F8b" exercise="x_to_y" title="draws fresh random numbers" caught_by=["pointwise"] hint="The samples of X are your randomness. The same x must always give the same y."
def x_to_y(x):
    return 2 - 2 * np.sqrt(1 - np.random.default_rng().random(np.shape(x)))


# %% mistake="F8c" exercise="x_to_y" title="ranks of the samples instead of F_X" caught_by=["pointwise", "transport"] hint="The height of a sample is F_X(x), a formula. Its rank depends on the other samples."
def x_to_y(x):
    ranks = np.argsort(np.argsort(np.atleast_1d(x)))
    u = (ranks + 0.5) / ranks.size
    return (2 - 2 * np.sqrt(1 - u)).reshape(np.shape(x))


# %% mistake="F10" exercise="x_to_y" title="math.sqrt on an array" caught_by=["x_to_y_arrays"] hint="The functions of `math` take single numbers; NumPy has the same ones for arrays."
def x_to_y(x):
    import math

    return 2 - math.sqrt(4 - x**2)


# %% mistake="F10b" exercise="x_to_y" title="not a number at x = 2" caught_by=["support"] hint="Both ends of [0, 2] are allowed: what do you divide by at x = 2?"
def x_to_y(x):
    return 2 - (4 - x**2) / np.sqrt(4 - x**2)


# %% mistake="F42" exercise="x_to_y" title="the map the other way, from Y to X" caught_by=["transport"] hint="In through F_X, out through the inverse of F_Y. You went in through F_Y."
def x_to_y(x):
    return 2 * np.sqrt(x - x**2 / 4)


# %% mistake="F43" exercise="x_to_y" title="changes the array it is given" caught_by=["x_to_y_arrays"] hint="`x **= 2` writes into the caller's array. Make a new one."
def x_to_y(x):
    x **= 2
    return 2 - np.sqrt(4 - x)


# %% mistake="F44" exercise="x_to_y" title="only the mean is right: x/2" caught_by=["transport"] hint="Halving gives the right mean and the wrong shape. Use the two CDFs."
def x_to_y(x):
    return x / 2
