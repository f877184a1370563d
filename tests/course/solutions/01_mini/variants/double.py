# %% variant="V1" exercise="double" title="a loop"
def double(x):
    return [2 * v for v in x] if np.ndim(x) else 2 * x
