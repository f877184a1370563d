"""What the author of a check needs: the mark, the comparisons, and the errors they raise."""

from grader.checks.compare import close, fail, finite, numbers, require, same_shape
from grader.checks.failures import CheckFailure, StudentError
from grader.checks.spec import check
from grader.checks.submission import RemoteObject, Submission, expect_error

__all__ = [
    "CheckFailure",
    "RemoteObject",
    "StudentError",
    "Submission",
    "check",
    "close",
    "expect_error",
    "fail",
    "finite",
    "numbers",
    "require",
    "same_shape",
]
