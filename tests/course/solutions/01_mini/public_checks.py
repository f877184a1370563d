"""The checks students may run."""

import numpy as np

from grader.checks import check, close


@check("double")
def check_example(submission):
    """Doubling 3 gives 6."""
    close(submission.double(3.0), 6.0)


@check("quadruple")
def check_example_four(submission):
    """Four times 3 is 12."""
    close(submission.quadruple(3.0), 12.0)


@check("integrate")
def check_constant(submission):
    """The integral of 1 over [0, 2] is 2."""
    close(submission.integrate(np.ones_like, 0.0, 2.0), 2.0, atol=1e-6)


@check("Scale")
def check_scale(submission):
    """Scaling by 3 turns 2 into 6."""
    close(submission.Scale(3.0).forward(2.0), 6.0)
