# %% [raw]
# title = "Sheet 9"
# data = ["samples_1d.npy"]

# %% [markdown]
# # A sheet of the old kind
# Load the samples of $p_X(x) = x/2$ and turn them into samples of $p_Y(y) = 1 - y/2$, in `y_samples`.

# %% tags=["setup"]
import numpy as np

from grader import check

# %% exercise="p_X" points=0.5
def p_X(x):
    # solution
    return x / 2
    # end

# %% exercise="p_Y" points=0.5
def p_Y(y):
    # solution
    return 1 - y / 2
    # end

# %% exercise="y_samples" points=3 title="The transformed samples"
# solution
x_samples = np.load("data/samples_1d.npy")
y_samples = 2 - np.sqrt(4 - x_samples**2)
# end
