"""The hidden checks."""

import numpy as np

from grader.checks import check, numbers, require


@check("y_samples", hint="Every y must sit at the quantile of its x, from below or from above.")
def check_transport(submission, reference):
    """The samples of X have become samples of Y, one by one."""
    y = numbers(submission.value("y_samples"))
    quantile, wanted = y - y**2 / 4, reference.x_samples**2 / 4
    increasing = np.allclose(quantile, wanted, atol=1e-9)
    decreasing = np.allclose(1 - quantile, wanted, atol=1e-9)
    require(increasing or decreasing, "The values are not at the quantiles of the samples.")
