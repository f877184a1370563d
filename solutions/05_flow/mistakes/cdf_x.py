# %% mistake="F9" exercise="cdf_x" title="½x²: the constant of the density is missing" caught_by=["cdf_x_worked"] hint="A CDF ends at 1: what is your value at x = 2?"
def cdf_x(x):
    return x**2 / 2


# %% mistake="F9b" exercise="cdf_x" title="the density instead of its integral" caught_by=["cdf_x_worked"] hint="This is the slope of the CDF. Integrate it from 0 to x."
def cdf_x(x):
    return x / 2


# %% mistake="F28" exercise="cdf_x" title="the share above x instead of the share below" caught_by=["cdf_x_worked"] hint="F(x) is the probability of being at most x: 0 on the left, 1 on the right."
def cdf_x(x):
    return 1 - x * x / 4


# %% mistake="F29" exercise="cdf_x" title="changes the array it is given" caught_by=["cdf_x_arrays"] hint="`x **= 2` writes into the caller's array. Make a new one: `x = x**2`."
def cdf_x(x):
    x **= 2
    x /= 4
    return x


# %% mistake="F30" exercise="cdf_x" title="1/(2x) read for x/2" caught_by=["cdf_x_worked", "cdf_x_values"] hint="The density is x/2: it rises from 0 to 1. Yours belongs to 1/(2x)."
def cdf_x(x):
    return np.log(np.maximum(x, 1e-12)) / 2
