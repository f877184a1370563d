"""The hidden checks."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from grader.checks import check, close, finite


@check("double", hint="Multiply every entry.")
@given(st.floats(-100, 100))
def check_property(submission, reference, x):
    """Doubling is right for every number."""
    close(submission.double(x), reference.double(x), at=x)


@check("double", points=0.25, hint="Use numpy.")
def check_arrays(submission):
    """Doubling works on arrays."""
    x = np.linspace(0, 1, 7)
    close(submission.double(x), 2 * x, at=x)


@check("quadruple")
def check_values(submission, reference, rng):
    """Four times is right for an array."""
    x = rng.normal(size=5)
    close(submission.quadruple(x), reference.quadruple(x), at=x)


@check("integrate")
def check_square(submission):
    """The integral of x squared is right."""
    close(submission.integrate(lambda x: x**2, 0.0, 3.0), 9.0, atol=1e-4)


@check("Scale")
def check_array(submission):
    """Scaling works on arrays."""
    close(submission.Scale(-2.0).forward(np.arange(3.0)), [0.0, -2.0, -4.0])
    finite(submission.Scale(0.0).forward(np.arange(3.0)))
