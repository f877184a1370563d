# %% mistake="M1" exercise="double" title="square instead of double" caught_by=["example", "property"] hint="Twice, not squared."
def double(x):
    return np.asarray(x) ** 2

# %% mistake="M2" exercise="double" title="only numbers" caught_by=["arrays"] hint="Arrays too." loses=0.25
def double(x):
    return float(x) * 2
