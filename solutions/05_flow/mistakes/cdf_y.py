# %% mistake="F31" exercise="cdf_y" title="the density instead of its integral" caught_by=["cdf_y_worked"] hint="This is the slope of the CDF. Integrate it from 0 to y."
def cdf_y(y):
    return 1 - y / 2


# %% mistake="F32" exercise="cdf_y" title="y - y²/2: the ½ in front of y was integrated away" caught_by=["cdf_y_worked"] hint="A CDF ends at 1: what is your value at y = 2?"
def cdf_y(y):
    return y - y**2 / 2


# %% mistake="F33" exercise="cdf_y" title="the CDF of X again" caught_by=["cdf_y_worked"] hint="Y has its own density, the falling one."
def cdf_y(y):
    return y * y / 4


# %% mistake="F34" exercise="cdf_y" title="changes the array it is given" caught_by=["cdf_y_arrays"] hint="`y *= …` writes into the caller's array. Make a new one."
def cdf_y(y):
    y *= 1 - y / 4
    return y
