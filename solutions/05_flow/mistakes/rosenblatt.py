# %% mistake="F27" exercise="rosenblatt" title="both coordinates from their marginals" caught_by=["conditional"] hint="Condition on x: each coordinate alone is right, and their dependence is lost."
def rosenblatt(u1, u2):
    return (np.sqrt(1 + 8 * u1) - 1) / 2, (np.sqrt(1 + 8 * u2) - 1) / 2


# %% mistake="F64" exercise="rosenblatt" title="the conditional CDF is not divided by the marginal density" caught_by=["conditional"] hint="A conditional CDF ends at 1. What is yours at y = 1?"
def rosenblatt(u1, u2):
    x = (np.sqrt(1 + 8 * u1) - 1) / 2
    return x, np.sqrt(x**2 + 2 * u2) - x


# %% mistake="F65" exercise="rosenblatt" title="y first, then x given y" caught_by=["marginal"] hint="By symmetry the law is the same, but the text asks for x from u1."
def rosenblatt(u1, u2):
    y = (np.sqrt(1 + 8 * u1) - 1) / 2
    return np.sqrt(y**2 + u2 * (2 * y + 1)) - y, y


# %% mistake="F66" exercise="rosenblatt" title="conditions on u1 instead of x" caught_by=["conditional"] hint="y is drawn given the x that was found, not given the uniform it came from."
def rosenblatt(u1, u2):
    x = (np.sqrt(1 + 8 * u1) - 1) / 2
    return x, np.sqrt(u1**2 + u2 * (2 * u1 + 1)) - u1


# %% mistake="F67" exercise="rosenblatt" title="the other root of the second equation" caught_by=["conditional"] hint="Each quadratic equation has one root inside the unit square."
def rosenblatt(u1, u2):
    x = (np.sqrt(1 + 8 * u1) - 1) / 2
    return x, -np.sqrt(x**2 + u2 * (2 * x + 1)) - x


# %% mistake="F68" exercise="rosenblatt" title="x uniform" caught_by=["marginal"] hint="x has a law of its own: integrate the density over all y first."
def rosenblatt(u1, u2):
    x = 1.0 * u1
    return x, np.sqrt(x**2 + u2 * (2 * x + 1)) - x


# %% mistake="F69" exercise="rosenblatt" title="density x·y: product instead of sum" caught_by=["marginal", "conditional"] hint="The density is x + y. A product would make the coordinates independent."
def rosenblatt(u1, u2):
    return np.sqrt(u1), np.sqrt(u2)


# %% mistake="F70" exercise="rosenblatt" title="the marginal is the density at y = 0" caught_by=["marginal"] hint="Integrate x + y over all y from 0 to 1; setting y = 0 is something else."
def rosenblatt(u1, u2):
    x = np.sqrt(u1)
    return x, np.sqrt(x**2 + u2 * (2 * x + 1)) - x


# %% mistake="F71" exercise="rosenblatt" title="changes the array it is given" caught_by=["rosenblatt_arrays"] hint="`u2 *= …` writes into the caller's array. Make a new one."
def rosenblatt(u1, u2):
    x = (np.sqrt(1 + 8 * u1) - 1) / 2
    u2 *= 2 * x + 1
    return x, np.sqrt(x**2 + u2) - x
