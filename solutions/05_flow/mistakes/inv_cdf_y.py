# %% mistake="F35" exercise="inv_cdf_y" title="the plus root" caught_by=["inverse_in_support"] hint="Stay inside the support: put u = 0 into your root. Where must it land?"
def inv_cdf_y(u):
    return 2 + 2 * np.sqrt(1 - u)


# %% mistake="F36" exercise="inv_cdf_y" title="one divided by F_Y" caught_by=["inv_cdf_y_worked"] hint="The inverse function undoes F_Y; the reciprocal 1/F_Y is something else."
def inv_cdf_y(u):
    return 1 / np.maximum(u - u * u / 4, 1e-12)


# %% mistake="F37" exercise="inv_cdf_y" title="1 - √(1 - u): divided by 2 once too often" caught_by=["inv_cdf_y_worked", "inverse_in_support"] hint="The height 1 must lead to the end of the support, which is 2."
def inv_cdf_y(u):
    return 1 - np.sqrt(1 - u)


# %% mistake="F38" exercise="inv_cdf_y" title="the inverse CDF of X" caught_by=["inv_cdf_y_worked", "inverse_in_support"] hint="Solve u = F_Y(y), with the falling density."
def inv_cdf_y(u):
    return 2 * np.sqrt(u)


# %% mistake="F39" exercise="inv_cdf_y" title="not a number at u = 1" caught_by=["inverse_in_support"] hint="Both ends of [0, 1] are allowed: what do you divide by at u = 1?"
def inv_cdf_y(u):
    return 2 - 2 * (1 - u) / np.sqrt(1 - u)


# %% mistake="F40" exercise="inv_cdf_y" title="changes the array it is given" caught_by=["inv_cdf_y_arrays"] hint="`u *= …` writes into the caller's array. Make a new one."
def inv_cdf_y(u):
    u *= -1
    u += 1
    return 2 - 2 * np.sqrt(u)


# %% mistake="F41" exercise="inv_cdf_y" title="forgot the 2 in front: -2√(1 - u)" caught_by=["inverse_in_support"] hint="Completing the square moves the centre: the root needs an offset."
def inv_cdf_y(u):
    return -2 * np.sqrt(1 - u)
