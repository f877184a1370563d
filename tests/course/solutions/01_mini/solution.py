# %% [raw]
# title = "Mini"
# data = ["numbers.npy"]
#
# [limits]
# cell_seconds = 4
# check_seconds = 4

# %% [markdown]
# # Mini
# A small assignment with one of everything: $f(x) = 2x$.

# %% tags=["setup"]
import numpy as np

from grader import check, pending

MEMBERS = ["", ""]

# %% exercise="double" points=1 title="Twice as much"
def double(x):
    """Return 2x."""
    # solution
    return np.asarray(x, dtype=float) * 2
    # end

# %% exercise="quadruple" points=2 depends=["double"]
def quadruple(x):
    """Return 4x."""
    # solution
    return double(double(x))
    # end

# %% exercise="integrate" points=1.5
def integrate(pdf, lo, hi):
    """Return the integral of pdf from lo to hi."""
    # solution
    x = np.linspace(lo, hi, 1001)
    return float(np.sum((pdf(x[1:]) + pdf(x[:-1])) / 2 * np.diff(x)))
    # end

# %% exercise="Scale" points=1
class Scale:
    """Multiplies by a factor."""

    def __init__(self, factor):
        self.factor = factor

    def forward(self, x):
        # solution
        return self.factor * np.asarray(x)
        # end

# %%
with pending("the sum"):
    print("sum", double(np.load("data/numbers.npy")).sum())

# %% [markdown] question="a" points=2 title="Why twice?"
# Explain in a sentence why doubling twice gives four times.

# %% [markdown] answer="a"
# Because multiplication is associative.

# %% [markdown] rubric="a"
# - 1: names associativity
# - 1: writes 2(2x) = (2·2)x
