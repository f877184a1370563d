"""The public checks: worked examples, and what holds for every function of the notebook."""

from itertools import zip_longest

import numpy as np

from grader.checks import RemoteObject, check, close, fail, numbers, require, same_shape

# How far a single number may be off: it may have been computed in single precision.
SINGLE = 2e-5


def slack(*results):
    """Return the error allowed to results: single precision carries about seven digits."""
    return SINGLE if any("float32" in str(getattr(r, "dtype", "")) for r in results) else 1e-9


def pair(result, name):
    """Return the two outputs of a function that must return a pair, and the error allowed."""
    if not isinstance(result, tuple | list):
        what = f"The result of `{name}`"
        if isinstance(result, RemoteObject) or result is None or not numbers(result, what).ndim:
            fail(f"`{name}` must return two things: `return first, second`", got=result)
    require(len(result) == 2, f"`{name}` must return a pair", f"{len(result)} things")
    first, second = result
    return first, second, slack(result, first, second)


def unchanged(given, left, name):
    """Fail the check if a call has changed an array it was given."""
    for before, after in zip_longest(given, left):
        if isinstance(before, np.ndarray):
            message = f"`{name}` changes an array it was given: write `x = 2 * x`, not `x *= 2`"
            require(np.array_equal(before, after), message, after, before)


def arrays_and_numbers(submission, name, array):
    """Call a function on an array and on its entries, and compare."""
    result, left = submission.call_and_look(name, array.copy())
    unchanged([array], left, name)
    values = same_shape(result, array.shape, f"The result of `{name}` for an array")
    for x, value in zip(array.tolist(), values, strict=True):
        what = f"The result of `{name}` for a single number"
        close(getattr(submission, name)(x), value, atol=SINGLE, at=x, what=what)


def worked_values(result, wanted, at, what):
    """Compare with worked values whose last entry is an end where the map is infinitely steep."""
    values = same_shape(result, at.shape, what)
    close(values[:-1], wanted[:-1], atol=slack(result), at=at[:-1], what=what)
    # Rounding of the input shows there as its square root.
    close(values[-1], wanted[-1], atol=1e-3, at=at[-1], what=what)


def pairs_and_numbers(submission, name, u1, u2):
    """Call a function of two uniforms on arrays and on their entries, and compare."""
    result, left = submission.call_and_look(name, u1.copy(), u2.copy())
    unchanged([u1, u2], left, name)
    first, second, _ = pair(result, name)
    first = same_shape(first, u1.shape, f"The first result of `{name}` for arrays")
    second = same_shape(second, u1.shape, f"The second result of `{name}` for arrays")
    for i in range(len(u1)):
        one, two, _ = pair(getattr(submission, name)(float(u1[i]), float(u2[i])), name)
        close(one, first[i], atol=SINGLE, what=f"The first result of `{name}` for single numbers")
        close(two, second[i], atol=SINGLE, what=f"The second result of `{name}` for single numbers")


def built(submission, name, *args):
    """Return an object made by a class of the notebook."""
    made = getattr(submission, name)(*args)
    require(
        isinstance(made, RemoteObject), f"`{name}(…)` does not give an object with methods", made
    )
    return made


def call_method(submission, target, method, array):
    """Call a method; fail the check if it changes its argument."""
    result, left = submission.call_and_look(method, array.copy(), of=target)
    unchanged([array], left, f"{target.kind}.{method}")
    return result


@check("cdf_x", hint="Integrate the density from 0 to x, then look at the end of the interval.")
def check_cdf_x_worked(submission):
    """Three worked values: the CDF of X is 0 at 0, a quarter at 1, and 1 at 2."""
    x = np.array([0.0, 1.0, 2.0])
    result = submission.cdf_x(x)
    close(result, [0, 0.25, 1], atol=slack(result), at=x, what="F_X(x)")


@check("cdf_x", hint="NumPy's functions and operators take arrays and numbers alike.")
def check_cdf_x_arrays(submission):
    """Arrays and single numbers both work, and the argument is not changed."""
    arrays_and_numbers(submission, "cdf_x", np.array([0.3, 1.7, 0.8]))


@check("cdf_y", hint="Integrate the density from 0 to y, then look at the end of the interval.")
def check_cdf_y_worked(submission):
    """Three worked values: the CDF of Y is 0 at 0, three quarters at 1, and 1 at 2."""
    y = np.array([0.0, 1.0, 2.0])
    result = submission.cdf_y(y)
    close(result, [0, 0.75, 1], atol=slack(result), at=y, what="F_Y(y)")


@check("cdf_y", hint="NumPy's functions and operators take arrays and numbers alike.")
def check_cdf_y_arrays(submission):
    """Arrays and single numbers both work, and the argument is not changed."""
    arrays_and_numbers(submission, "cdf_y", np.array([0.3, 1.7, 0.8]))


@check("inv_cdf_y", hint="Y lives on [0, 2]: which root starts at 0?")
def check_inv_cdf_y_worked(submission):
    """Worked values: the height 0.19 belongs to 0.2, three quarters to 1, and 1 to 2."""
    u = np.array([0.0, 0.19, 0.36, 0.75, 0.9375, 1.0])
    worked_values(submission.inv_cdf_y(u), [0, 0.2, 0.4, 1, 1.5, 2], u, "y")


@check("inv_cdf_y", hint="NumPy's functions and operators take arrays and numbers alike.")
def check_inv_cdf_y_arrays(submission):
    """Arrays and single numbers both work, and the argument is not changed."""
    arrays_and_numbers(submission, "inv_cdf_y", np.array([0.3, 0.7, 0.05]))


# x, and where the increasing map sends it. The decreasing map, 2 - x, has a check of its own.
TABLE = np.array(
    [
        [0.0, 0.0],
        [0.5, 0.063508326896],
        [1.0, 0.267949192431],
        [1.414213562373, 0.585786437627],
        [1.5, 0.677124344468],
        [1.732050807569, 1.0],
        [1.9, 1.375500200160],
        [2.0, 2.0],
    ]
)


@check("x_to_y", hint="First u = F_X(x), then the place where F_Y has that height.")
def check_x_to_y_worked(submission):
    """The map carries X to Y at eight worked points, for example 1 to 0.267949 and √3 to 1."""
    x, y = TABLE.T
    result = submission.x_to_y(x)
    if not np.allclose(same_shape(result, x.shape, "The result of `x_to_y`"), 2 - x, atol=SINGLE):
        worked_values(result, y, x, "y")
    # The decreasing map 2 - x is as exact and passes here; `increasing` speaks about it.


@check("x_to_y", hint="NumPy's functions and operators take arrays and numbers alike.")
def check_x_to_y_arrays(submission):
    """Arrays and single numbers both work, and the argument is not changed."""
    arrays_and_numbers(submission, "x_to_y", np.array([0.3, 1.7, 0.8]))


@check("x_to_y", points=0.75, hint="Small x must stay small: the order of the samples is kept.")
def check_increasing(submission):
    """The map is increasing on [0, 2]."""
    x = np.linspace(0, 2, 41)
    y = same_shape(submission.x_to_y(x), x.shape, "The result of `x_to_y`")
    steps = np.diff(y)
    if (steps < 0).all():
        fail(
            "The map is decreasing: it sends the smallest x to the largest y. It carries X into Y, "
            "but the task asks for the increasing map"
        )
    wrong = np.flatnonzero(~(steps > 0))
    if wrong.size:
        where = f"from x = {x[wrong[0]]:.4g} to x = {x[wrong[0] + 1]:.4g}"
        fail(
            "The map is not increasing", f"a step of {steps[wrong[0]]:.4g}", "a step above 0", where
        )


U1 = np.array([0.6065306597126334, 0.6065306597126334, 0.1353352832366127, 0.5, 0.1])
U2 = np.array([0.25, 0.5, 0.125, 0.5, 0.9])
# Rows x1 and x2, with u1 inside the logarithm and with 1 - u1.
WITH_U = np.array(
    [[0, -1, 2**0.5, -1.177410022515, 1.736122984619], [1, 0, 2**0.5, 0, -1.261367182174]]
)
WITH_COMPLEMENT = np.array(
    [
        [0, -1.365834638283, 0.3813311656144, -1.177410022515, 0.3713740776255],
        [1.365834638283, 0, 0.3813311656144, 0, -0.2698190611937],
    ]
)


@check("box_muller", hint="Radius from u1, angle 2π·u2 in radians, cosine first.")
def check_box_muller_worked(submission):
    """Five worked points, such as (e^-½, ¼) to (0, 1) and (e^-2, ⅛) to (√2, √2) with u1 in the log."""
    x1, x2, error = pair(submission.box_muller(U1, U2), "box_muller")
    first, second = (same_shape(x, U1.shape, name) for x, name in ((x1, "x1"), (x2, "x2")))
    near = [np.abs(form - [first, second]) < 1e-3 for form in (WITH_U, WITH_COMPLEMENT)]
    # Whichever form the result is closer to is the one it is held to.
    form = WITH_U if near[0].sum() >= near[1].sum() else WITH_COMPLEMENT
    for x, wanted, name in ((x1, form[0], "x1"), (x2, form[1], "x2")):
        close(x, wanted, atol=error, at=U2, what=name)


@check("box_muller", hint="NumPy's functions and operators take arrays and numbers alike.")
def check_box_muller_arrays(submission):
    """Arrays and single numbers both work, and the arguments are not changed."""
    pairs_and_numbers(
        submission, "box_muller", np.array([0.3, 0.9, 0.6]), np.array([0.7, 0.2, 0.45])
    )


@check("pushforward_pdf", hint="Twice the length, the same mass: how high is it?")
def check_pushforward_worked(submission):
    """The uniform law on (0, 1) stretched by h(x) = 2x has the density ½."""
    y = np.array([0.3, 1.1, 1.9])
    result = submission.pushforward_pdf(
        lambda x: 0 * x + 1, lambda y: y / 2, lambda x: 0 * x + 2, y
    )
    close(result, [0.5, 0.5, 0.5], atol=max(1e-4, slack(result)), at=y, what="The density")


@check("pushforward_pdf", hint="NumPy's functions and operators take arrays and numbers alike.")
def check_pushforward_arrays(submission):
    """Arrays and single numbers both work, and the argument is not changed."""
    y = np.array([1.2, 2.9, 1.7])
    # X with density 2x on (0, 1), h(x) = 3x.
    given = (lambda x: 2 * x, lambda y: y / 3, lambda x: 0 * x + 3)
    result, left = submission.call_and_look("pushforward_pdf", *given, y.copy())
    unchanged([None, None, None, y], left, "pushforward_pdf")
    same_shape(result, y.shape, "The density for an array")
    single = submission.pushforward_pdf(*given, 1.5)
    close(single, 1 / 3, atol=1e-4, at=1.5, what="The density for a single number")


@check("invert_cdf_numeric", hint="The factor that normalises the density is yours to find.")
def check_invert_worked(submission):
    """For the density t on [0, 2] the heights 0.25, 0.6 and 1 belong to 1, 1.549 and 2."""
    u = np.array([0.25, 0.6, 1.0])
    result = submission.invert_cdf_numeric(lambda t: t, 0.0, 2.0, u)
    close(result, [1, 1.5491933385, 2], atol=1e-3, rtol=0, at=u, what="The place x")


@check("invert_cdf_numeric", hint="u may be a number or an array, in any order.")
def check_invert_arrays(submission):
    """Arrays and single numbers both work, and the argument is not changed."""
    u = np.array([0.8, 0.1, 0.5])
    given = (lambda t: 3 - t, -1.0, 1.0)
    result, left = submission.call_and_look("invert_cdf_numeric", *given, u.copy())
    unchanged([None, None, None, u], left, "invert_cdf_numeric")
    values = same_shape(result, u.shape, "The result for an array")
    single = submission.invert_cdf_numeric(*given, 0.1)
    close(single, values[1], atol=2e-3, rtol=0, at=0.1, what="The result for a single number")


@check("rosenblatt", hint="First x from its marginal CDF, then y from the CDF of y given that x.")
def check_rosenblatt_worked(submission):
    """Four worked points: (0.195, ½) gives x = 0.3 and y = 0.643398; (0, ¼) gives (0, ½)."""
    u1, u2 = np.array([0.195, 0.0, 1.0, 0.375]), np.array([0.5, 0.25, 5 / 12, 1.0])
    x, y, error = pair(submission.rosenblatt(u1, u2), "rosenblatt")
    close(x, [0.3, 0, 1, 0.5], atol=max(1e-6, error), at=u1, what="x")
    close(y, [0.6433981132057, 0.5, 0.5, 1], atol=max(1e-6, error), at=u2, what="y")


@check("rosenblatt", hint="NumPy's functions and operators take arrays and numbers alike.")
def check_rosenblatt_arrays(submission):
    """Arrays and single numbers both work, and the arguments are not changed."""
    pairs_and_numbers(
        submission, "rosenblatt", np.array([0.3, 0.9, 0.6]), np.array([0.7, 0.2, 0.45])
    )


@check("Affine", hint="log_abs_det belongs to the forward map and has one entry per sample.")
def check_affine_worked(submission):
    """Affine(2, 1) sends 0, 1, -3 to 1, 3, -5 and back; its log-determinant is ln 2 everywhere."""
    affine = built(submission, "Affine", 2.0, 1.0)
    x, y = np.array([0.0, 1.0, -3.0]), np.array([1.0, 3.0, -5.0])
    forward = call_method(submission, affine, "forward", x)
    close(forward, y, atol=slack(forward), at=x, what="forward(x)")
    back = call_method(submission, affine, "inverse", y)
    close(back, x, atol=slack(back), at=y, what="inverse(y)")
    logs = call_method(submission, affine, "log_abs_det", x)
    close(logs, [0.6931471805599453] * 3, atol=slack(logs), at=x, what="log_abs_det(x)")


@check("Affine", hint="Sum over the dimensions, keep the samples apart.")
def check_affine_two_dimensions(submission):
    """In two dimensions, with the scales 2 and -3, the log-determinant is ln 6 at each sample."""
    affine = built(submission, "Affine", np.array([2.0, -3.0]), np.array([0.0, 1.0]))
    x = np.array([[1.0, 1.0], [0.0, 2.0], [4.0, -1.0]])
    y = np.array([[2.0, -2.0], [0.0, -5.0], [8.0, 4.0]])
    forward = call_method(submission, affine, "forward", x)
    close(forward, y, atol=slack(forward), what="forward(x)")
    back = call_method(submission, affine, "inverse", y)
    close(back, x, atol=slack(back), what="inverse(y)")
    logs = call_method(submission, affine, "log_abs_det", x)
    close(logs, [1.791759469228055] * 3, atol=slack(logs), what="log_abs_det(x)")


@check("Compose", hint="The first in the list acts first.")
def check_compose_worked(submission):
    """Compose([Sinh(1), Sinh(2)]) is sinh(2·sinh(x)): it sends ½ to 1.241370, and back."""
    parts = [built(submission, "Sinh", 1.0), built(submission, "Sinh", 2.0)]
    flow = built(submission, "Compose", parts)
    x, y = np.array([0.0, 0.5, -0.5]), np.array([0.0, 1.2413701369369528, -1.2413701369369528])
    forward = call_method(submission, flow, "forward", x)
    close(forward, y, atol=slack(forward), at=x, what="forward(x)")
    back = call_method(submission, flow, "inverse", y)
    close(back, x, atol=slack(back), at=y, what="inverse(y)")


@check("Compose", hint="Each map is asked at the point where it is applied.")
def check_compose_log_det_worked(submission):
    """At 0 the slopes of Sinh(1) and Sinh(2) multiply to 2, at ½ to 3.594987."""
    parts = [built(submission, "Sinh", 1.0), built(submission, "Sinh", 2.0)]
    flow = built(submission, "Compose", parts)
    x = np.array([0.0, 0.5])
    logs = call_method(submission, flow, "log_abs_det", x)
    close(
        logs,
        [0.6931471805599453, 1.2795405036539544],
        atol=slack(logs),
        at=x,
        what="log_abs_det(x)",
    )
