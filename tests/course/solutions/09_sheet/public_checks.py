"""The checks students may run."""

import numpy as np

from grader.checks import check, close, require, same_shape


@check("p_X")
def check_p_x(submission):
    """The density of X is x/2."""
    close(submission.p_X(1.5), 0.75)


@check("p_Y")
def check_p_y(submission):
    """The density of Y is 1 - y/2."""
    close(submission.p_Y(1.5), 0.25)


@check("y_samples")
def check_range(submission):
    """There is one y for each of the 1,000 samples, all of them in [0, 2]."""
    y = same_shape(submission.value("y_samples"), (1000,))
    require(bool(np.all((y >= 0) & (y <= 2))), "Some values lie outside of [0, 2].")
