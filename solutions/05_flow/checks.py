"""The hidden checks: other values, and properties that hold everywhere."""

import numpy as np
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from grader.checks import RemoteObject, check, close, fail, finite, numbers, require, same_shape

# How far a single number may be off: it may have been computed in single precision.
SINGLE = 2e-5


def slack(*results):
    """Return the error allowed to results: single precision carries about seven digits."""
    return SINGLE if any("float32" in str(getattr(r, "dtype", "")) for r in results) else 1e-8


def pair(result, name):
    """Return the two outputs of a function that must return a pair, and the error allowed."""
    if not isinstance(result, tuple | list):
        what = f"The result of `{name}`"
        if isinstance(result, RemoteObject) or result is None or not numbers(result, what).ndim:
            fail(f"`{name}` must return two things: `return first, second`", got=result)
    require(len(result) == 2, f"`{name}` must return a pair", f"{len(result)} things")
    first, second = result
    return first, second, slack(result, first, second)


def inside(values, lo, hi, message, at):
    """Fail the check at the first value that is not finite or not in [lo, hi]."""
    values = np.atleast_1d(finite(values, at=at))
    outside = np.flatnonzero((values < lo - SINGLE) | (values > hi + SINGLE))
    if outside.size:
        worst = outside[0]
        where = f"input {np.atleast_1d(at)[worst]:.7g}"
        fail(message, values[worst].item(), f"in [{lo:g}, {hi:g}]", where)


def floats(lo, hi):
    """Return numbers in [lo, hi] without subnormal ones, which some processors round to zero."""
    return st.floats(lo, hi, allow_subnormal=False)


def lists(entries, most):
    """Return short lists that are never empty."""
    return st.lists(entries, min_size=1, max_size=most)


# b: cdf_x, cdf_y, inv_cdf_y, x_to_y


@check("cdf_x", hint="A CDF is an integral; its slope is the density.")
def check_cdf_x_values(submission, reference, rng):
    """The CDF of X is right at every point of [0, 2]."""
    x = rng.uniform(0, 2, 101)
    result = submission.cdf_x(x)
    close(result, reference.cdf_x(x), atol=slack(result), at=x, what="F_X(x)")


@check("cdf_y", hint="A CDF is an integral; its slope is the density.")
def check_cdf_y_values(submission, reference, rng):
    """The CDF of Y is right at every point of [0, 2]."""
    y = rng.uniform(0, 2, 101)
    result = submission.cdf_y(y)
    close(result, reference.cdf_y(y), atol=slack(result), at=y, what="F_Y(y)")


@check("inv_cdf_y", hint="Put your y into F_Y: does u come back? Is y in [0, 2]?")
def check_inverse_in_support(submission, reference, rng):
    """The result lies in [0, 2], and F_Y takes it back to the height it came from."""
    u = np.concatenate([[1.0, 0.0], rng.random(99)])
    result = submission.inv_cdf_y(u)
    y = same_shape(result, u.shape, "The result of `inv_cdf_y`")
    inside(y, 0, 2, "The result lies outside [0, 2], where Y never is", at=u)
    close(reference.cdf_y(y), u, atol=slack(result), at=u, what="F_Y of the result")


@check("inv_cdf_y", hint="Put your y into F_Y: does u come back? Is y in [0, 2]?")
@settings(max_examples=12)
@given(floats(0, 1))
def check_inverse_anywhere(submission, reference, u):
    """F_Y undoes the result at any height between 0 and 1."""
    y = same_shape(submission.inv_cdf_y(u), (), "The result of `inv_cdf_y` for a number")
    inside(y, 0, 2, "The result lies outside [0, 2], where Y never is", at=u)
    close(reference.cdf_y(y), u, atol=SINGLE, at=u, what="F_Y of the result")


def carries(reference, x, y, error):
    """Tell whether y is F_Y^-1 of F_X(x), or of 1 - F_X(x), at every point alike."""
    height, target = reference.cdf_y(y), reference.cdf_x(x)
    return any((np.abs(height - t) <= error).all() for t in (target, 1 - target))


@check("x_to_y", hint="Stay inside the support of Y: which of the two roots does?")
def check_support(submission):
    """Every result is a finite number in [0, 2], at both ends of the interval too."""
    x = np.concatenate([[2.0, 0.0], np.linspace(0, 2, 101)])
    y = same_shape(submission.x_to_y(x), x.shape, "The result of `x_to_y`")
    inside(y, 0, 2, "The result lies outside [0, 2], where Y never is", at=x)


@check("x_to_y", hint="Two steps: in through F_X, out through the inverse of F_Y.")
def check_transport(submission, reference, rng):
    """The map carries the law of X into the law of Y: F_Y(y) = F_X(x) at every point."""
    x = rng.uniform(0, 2, 101)
    result = submission.x_to_y(x)
    y = same_shape(result, x.shape, "The result of `x_to_y`")
    if not carries(reference, x, finite(y, at=x), slack(result)):
        # A wrong height means a wrong y: F_Y is nowhere steeper than 1.
        close(y, reference.x_to_y(x), atol=slack(result), at=x, what="y", message=WRONG_LAW)
        fail(WRONG_LAW)


WRONG_LAW = "The results do not have the law of Y: F_Y(y) and F_X(x) differ"


@check("x_to_y", hint="Two steps: in through F_X, out through the inverse of F_Y.")
@settings(max_examples=12)
@given(floats(0, 2))
def check_transport_anywhere(submission, reference, x):
    """F_Y(y) = F_X(x) holds for any single number x."""
    y = same_shape(submission.x_to_y(x), (), "The result of `x_to_y` for a number")
    inside(y, 0, 2, "The result lies outside [0, 2], where Y never is", at=x)
    if not carries(reference, x, y, SINGLE):
        fail(WRONG_LAW, y.item(), float(reference.x_to_y(x)), f"x = {x:.7g}")


@check("x_to_y", hint="Transform each sample by itself: no sorting, no random numbers, no ranks.")
def check_pointwise(submission, rng):
    """Each y depends on its own x alone: shuffled samples give the same results, shuffled."""
    x = rng.uniform(0, 2, 101)
    order = rng.permutation(101)
    result = submission.x_to_y(x)
    y = same_shape(result, x.shape, "The result of `x_to_y`")
    message = "The same x gave another y when the samples stood in another order"
    close(submission.x_to_y(x[order]), y[order], atol=slack(result), at=x[order], message=message)
    message = "The same x gave another y when it came with fewer samples"
    close(submission.x_to_y(x[:13]), y[:13], atol=slack(result), at=x[:13], message=message)


# c: box_muller


def both_radii(u1):
    """Return the radius with u1 inside the logarithm, and with 1 - u1."""
    return np.sqrt(-2 * np.log(u1)), np.sqrt(-2 * np.log1p(-u1))


def closer(values, forms):
    """Return the form that more entries of the values agree with."""
    return max(forms, key=lambda form: np.count_nonzero(np.abs(values - form) < 1e-3))


def normals(submission, u1, u2):
    """Return both outputs of box_muller as arrays, and the error allowed."""
    x1, x2, error = pair(submission.box_muller(u1, u2), "box_muller")
    return same_shape(x1, u1.shape, "x1"), same_shape(x2, u1.shape, "x2"), error


@check("box_muller", hint="Invert the CDF of R: natural logarithm, factor 2, then the root.")
def check_radius(submission, rng):
    """The distance from the origin is the inverse CDF of R at u1, or at 1 - u1 for all samples."""
    u1, u2 = rng.uniform(0.01, 0.99, (2, 101))
    x1, x2, error = normals(submission, u1, u2)
    radius = np.hypot(finite(x1, at=u1, what="x1"), finite(x2, at=u1, what="x2"))
    message = "The distance of (x1, x2) from the origin does not follow from u1 as it should"
    close(radius, closer(radius, both_radii(u1)), atol=error, rtol=error, at=u1, message=message)


@check("box_muller", hint="Full circle, in radians, from u2; x1 has the cosine, x2 the sine.")
def check_angle(submission, rng):
    """The direction of (x1, x2) is the angle 2π·u2, counted from the first axis."""
    u1, u2 = rng.uniform(0.01, 0.99, (2, 101))
    x1, x2, error = normals(submission, u1, u2)
    radius = np.hypot(finite(x1, at=u2, what="x1"), finite(x2, at=u2, what="x2"))
    radius = np.maximum(radius, 1e-300)
    message = "(x1, x2) does not lie in the direction of the angle 2π·u2"
    for name, part, wanted in (("x1", x1, np.cos), ("x2", x2, np.sin)):
        what = f"{name} divided by the radius"
        close(part / radius, wanted(2 * np.pi * u2), atol=error, at=u2, what=what, message=message)


@check("box_muller", hint="Where does your logarithm see a 0? Only 0 and 1 are excluded.")
def check_open_ends(submission):
    """Uniforms as close to 0 or 1 as a computer can write them still give finite numbers."""
    edge = 1 - 2.0**-24
    u1 = np.array([1e-30, edge, 0.5, 0.5, 1e-30, edge, 1e-12])
    u2 = np.array([0.3, 0.3, 1e-30, edge, 1e-30, edge, 0.9])
    x1, x2, _ = normals(submission, u1, u2)
    finite(x1, at=u1, what="x1")
    finite(x2, at=u1, what="x2")
    for x in (x1, x2):
        # The largest radius: -2·ln(1e-30) is 138.
        require((np.abs(x) < 12).all(), "A result is far larger than any uniform can make it", x)


@check("box_muller", hint="One choice between u1 and 1 - u1, the same for all samples.")
@settings(max_examples=12)
@given(lists(st.tuples(floats(0.01, 0.99), floats(0.01, 0.99)), 5))
def check_box_muller_anywhere(submission, uniforms):
    """Both numbers are right for any uniforms, with the same choice of u1 or 1 - u1 throughout."""
    u1, u2 = np.array(uniforms).T.copy()
    x1, x2, error = normals(submission, u1, u2)
    radius = closer(np.hypot(finite(x1, at=u1), finite(x2, at=u1)), both_radii(u1))
    close(x1, radius * np.cos(2 * np.pi * u2), atol=error, rtol=error, at=u1, what="x1")
    close(x2, radius * np.sin(2 * np.pi * u2), atol=error, rtol=error, at=u1, what="x2")


# e: pushforward_pdf. Arithmetic alone, so that numbers, arrays and tensors all pass.


@check("pushforward_pdf", hint="A density is never negative: what does a falling h do to the sign?")
def check_falling_map(submission, rng):
    """A falling map gives a positive density."""
    y = rng.uniform(-2.9, -0.1, 13)
    # X has the density 2x on (0, 1); h(x) = -3x.
    result = submission.pushforward_pdf(lambda x: 2 * x, lambda y: -y / 3, lambda x: 0 * x - 3, y)
    density = same_shape(result, y.shape, "The density")
    require((density >= 0).all(), "The density is negative somewhere", density, where="a falling h")
    close(result, -2 * y / 9, atol=1e-4, rtol=1e-4, at=y, what="The density")


@check("pushforward_pdf", hint="Density and slope both belong to x = h⁻¹(y), not to y.")
def check_curved_map(submission, rng):
    """For a curved map, the density of X and the slope are taken at the x that y came from."""
    y = rng.uniform(0.1, 1.9, 13)

    # X has the density 3x² on (0, 1); h(x) = x² + x.
    def back(y):
        return ((1 + 4 * y) ** 0.5 - 1) / 2

    result = submission.pushforward_pdf(lambda x: 3 * x * x, back, lambda x: 2 * x + 1, y)
    root = np.sqrt(1 + 4 * y)
    close(result, 0.75 * (root - 1) ** 2 / root, atol=1e-4, rtol=1e-4, at=y, what="The density")


@check("pushforward_pdf", hint="Stretching thins the density: divide or multiply?")
def check_mass_is_kept(submission):
    """The area under the new density is the mass that was there before."""
    y = np.linspace(0.51, 0.99, 401)
    # X has the density 2x on (0, 1); h(x) = 1/(1 + x) falls from 1 to 1/2.
    result = submission.pushforward_pdf(
        lambda x: 2 * x, lambda y: 1 / y - 1, lambda x: -1 / (1 + x) ** 2, y
    )
    density = same_shape(result, y.shape, "The density")
    area = ((density[1:] + density[:-1]) / 2 * np.diff(y)).sum()
    mass = (1 / 0.51 - 1) ** 2 - (1 / 0.99 - 1) ** 2
    close(area, mass, atol=1e-3, what="The area under the new density")


@check("pushforward_pdf", hint="Half the slope, twice the density, whatever the sign.")
@settings(max_examples=10)
@given(floats(0.25, 4), st.booleans(), floats(-3, 3), floats(0.05, 0.95))
def check_any_line(submission, stretch, falling, shift, x):
    """Any straight line h, rising or falling, divides the density by the size of its slope."""
    slope = -stretch if falling else stretch
    density = submission.pushforward_pdf(
        lambda x: 2 * x, lambda y: (y - shift) / slope, lambda x: 0 * x + slope, slope * x + shift
    )
    close(density, 2 * x / stretch, atol=1e-4, rtol=1e-4, what="The density")


# f: invert_cdf_numeric. Each density with its ends and its exact, unnormalised CDF.

DENSITIES = [
    ("rising from 0", 0.0, 2.0, lambda t: 5 * t, lambda t: 2.5 * t * t),
    ("falling to 0", 0.0, 2.0, lambda t: 0.1 * (2 - t), lambda t: 0.1 * (2 * t - t * t / 2)),
    ("steep", 0.0, 1.0, lambda t: 400 * np.e ** (-6 * t), lambda t: -400 / 6 * np.exp(-6 * t)),
    ("a narrow peak", -1.0, 3.0, lambda t: 1 / (0.01 + t * t), lambda t: 10 * np.arctan(10 * t)),
    ("low in the middle", -2.0, 1.0, lambda t: 0.2 + t * t, lambda t: 0.2 * t + t**3 / 3),
]


def exact_inverse(cdf, lo, hi, u):
    """Return the exact places by halving the interval."""
    low, high = np.full_like(u, lo), np.full_like(u, hi)
    target = cdf(lo) + u * (cdf(hi) - cdf(lo))
    for _ in range(50):
        middle = (low + high) / 2
        below = cdf(middle) < target
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2


@check("invert_cdf_numeric", hint="Heights run from 0 to 1, whatever the factor of the density.")
def check_inversion(submission, rng):
    """The result is right to within 0.001 for several densities, none of them normalised."""
    for name, lo, hi, pdf, cdf in DENSITIES:
        u = np.concatenate([[0.999, 0.001], rng.uniform(0.01, 0.99, 5)])
        result = submission.invert_cdf_numeric(pdf, lo, hi, u)
        wanted = exact_inverse(cdf, lo, hi, u)
        message = f"A result is off by more than 0.001 (a density that is {name})"
        close(result, wanted, atol=1.001e-3, rtol=0, at=u, message=message)


@check("invert_cdf_numeric", hint="Does your table begin with 0 at lo and end with 1 at hi?")
def check_ends(submission):
    """The height 0 leads to lo and the height 1 to hi, and nothing lies outside."""
    for name, lo, hi, pdf, _ in DENSITIES:
        u = np.array([1.0, 0.0])
        result = submission.invert_cdf_numeric(pdf, lo, hi, u)
        message = f"The heights 0 and 1 do not lead to lo and hi (a density that is {name})"
        close(result, [hi, lo], atol=1.001e-3, rtol=0, at=u, message=message)


@check("invert_cdf_numeric", hint="A CDF only rises, and so does its inverse.")
def check_monotone(submission, rng):
    """A larger height never leads to a smaller place, in whatever order the heights stand."""
    _, lo, hi, pdf, _ = DENSITIES[3]
    u = np.sort(rng.random(53))
    order = rng.permutation(53)
    places = same_shape(submission.invert_cdf_numeric(pdf, lo, hi, u), u.shape)
    require((np.diff(places) > -1e-6).all(), "The result falls where u rises", places)
    message = "The same height leads to another place when the heights stand in another order"
    mixed = submission.invert_cdf_numeric(pdf, lo, hi, u[order])
    close(mixed, places[order], atol=2e-3, rtol=0, at=u[order], message=message)


@check("invert_cdf_numeric", hint="Heights run from 0 to 1, whatever the factor of the density.")
@settings(max_examples=6)
@given(floats(0.1, 10), floats(-0.9, 5), floats(-3, 3), floats(0, 1))
def check_any_ramp(submission, factor, rise, lo, u):
    """Any straight-line density, with any factor, on any interval of length 1."""
    result = submission.invert_cdf_numeric(lambda t: factor * (1 + rise * (t - lo)), lo, lo + 1, u)
    wanted = exact_inverse(lambda t: (t - lo) + rise * (t - lo) ** 2 / 2, lo, lo + 1, np.array(u))
    close(result, wanted, atol=1.001e-3, rtol=0, at=u, what="The place x")


# g: rosenblatt


def sample(submission, u1, u2):
    """Return both outputs of rosenblatt as arrays inside the square, and the error allowed."""
    x, y, error = pair(submission.rosenblatt(u1, u2), "rosenblatt")
    x, y = same_shape(x, np.shape(u1), "x"), same_shape(y, np.shape(u1), "y")
    inside(x, 0, 1, "x lies outside the unit square", at=u1)
    inside(y, 0, 1, "y lies outside the unit square", at=u2)
    return x, y, max(1e-6, error)


@check("rosenblatt", hint="Integrate the density over all y; its CDF gives the equation.")
def check_marginal(submission, rng):
    """x alone has its marginal law: the marginal CDF takes x back to u1."""
    u1, u2 = rng.random((2, 101))
    x, _, error = sample(submission, u1, u2)
    close((x * x + x) / 2, u1, atol=error, at=u1, what="The marginal CDF at x")


@check("rosenblatt", hint="Condition on x: y needs the CDF for the x that was just drawn.")
def check_conditional(submission, rng):
    """y is drawn given x: the conditional CDF at that x takes y back to u2."""
    u1, u2 = rng.random((2, 101))
    x, y, error = sample(submission, u1, u2)
    heights = (x * y + y * y / 2) / (x + 0.5)
    close(heights, u2, atol=error, at=u2, what="The conditional CDF at y given x")


@check("rosenblatt", hint="Put x and y back into the two CDFs: do u1 and u2 return?")
@settings(max_examples=12)
@given(floats(0, 1), floats(0, 1))
def check_round_trip(submission, u1, u2):
    """For any two numbers in [0, 1] the two CDFs lead back to them."""
    x, y, _ = sample(submission, u1, u2)
    close((x * x + x) / 2, u1, atol=SINGLE, what="The marginal CDF at x")
    close((x * y + y * y / 2) / (x + 0.5), u2, atol=SINGLE, what="The conditional CDF at y given x")


# h: Affine, Compose. Every example makes new objects, and a mistake is recognised only while all of
# them are remembered: these checks do without the hundreds of examples that shrinking would try.


def holds(got, wanted, what):
    """Compare with an error that fits the precision of the result, large values included."""
    close(got, wanted, atol=slack(got), rtol=slack(got), what=what)


def built(submission, name, *args):
    """Return an object made by a class of the notebook."""
    made = getattr(submission, name)(*args)
    require(
        isinstance(made, RemoteObject), f"`{name}(…)` does not give an object with methods", made
    )
    return made


def same_map(theirs, ours, x):
    """Fail the check unless two transforms agree in all three methods at x."""
    y = ours.forward(x)
    holds(theirs.forward(x), y, "forward(x)")
    holds(theirs.inverse(y), x, "inverse(y)")
    holds(theirs.log_abs_det(x), ours.log_abs_det(x), "log_abs_det(x)")


@check("Affine", hint="The stretch counts, not its direction. Can your logarithm take it?")
def check_negative_scale(submission, reference, rng):
    """A negative scale turns the line round; the log-determinant takes its size."""
    x = rng.normal(size=11)
    same_map(built(submission, "Affine", -0.3, 5.0), reference.Affine(-0.3, 5.0), x)


@check("Affine", hint="A map that is steeper than 1 has a positive log-determinant.")
def check_shrinking(submission, reference, rng):
    """A map that shrinks has a negative log-determinant, one that stretches a positive one."""
    x = rng.normal(size=13)
    for scale in (0.25, 4.0):
        same_map(built(submission, "Affine", scale, -1.0), reference.Affine(scale, -1.0), x)


@check("Affine", hint="A single scale stretches every dimension: it counts D times.")
def check_dimensions(submission, reference, rng):
    """For samples of several dimensions the logarithms are summed over the dimensions."""
    x = rng.normal(size=(7, 3))
    scale, shift = np.array([0.5, -3.0, 1.7]), np.array([1.0, 0.0, -2.0])
    same_map(built(submission, "Affine", scale, shift), reference.Affine(scale, shift), x)
    same_map(built(submission, "Affine", 1.7, -2.0), reference.Affine(1.7, -2.0), x)


@check("Affine", hint="inverse undoes forward, and log_abs_det is the logarithm of its slope.")
@settings(max_examples=8, phases=[Phase.generate])
@given(floats(0.1, 10), st.booleans(), floats(-5, 5), lists(floats(-5, 5), 5))
def check_affine_anywhere(submission, reference, size, falling, shift, points):
    """All three methods are right for any scale that is not 0, any shift and any points."""
    scale = -size if falling else size
    theirs = built(submission, "Affine", scale, shift)
    same_map(theirs, reference.Affine(scale, shift), np.array(points))


def chain(submission, rates):
    """Return a Compose of given transforms."""
    return built(submission, "Compose", [built(submission, "Sinh", rate) for rate in rates])


def true_chain(reference, rates):
    """Return the same chain of the reference."""
    return reference.Compose([reference.Sinh(rate) for rate in rates])


@check("Compose", hint="The first in the list acts first, and is undone last.")
def check_order(submission, reference, rng):
    """The first in the list acts first; the inverse goes back in the opposite order."""
    x = rng.uniform(-1, 1, 11)
    theirs, ours = chain(submission, [0.5, 1.5, 0.8]), true_chain(reference, [0.5, 1.5, 0.8])
    y = ours.forward(x)
    holds(theirs.forward(x), y, "forward(x)")
    holds(theirs.inverse(y), x, "inverse(y)")


@check("Compose", hint="Add the log-determinants, each at the point where its map is applied.")
def check_chain_rule(submission, reference, rng):
    """The log-determinant is that of the whole map, at every sample and every time it is asked."""
    theirs, ours = chain(submission, [0.5, 1.5, 0.8]), true_chain(reference, [0.5, 1.5, 0.8])
    for size in (11, 7):
        x = rng.uniform(-1, 1, size)
        holds(theirs.log_abs_det(x), ours.log_abs_det(x), "log_abs_det(x)")


@check("Compose", hint="Each part gives one number per sample; add those.")
def check_many_dimensions(submission, reference, rng):
    """Samples of several dimensions pass, and the log-determinant has one entry per sample."""
    x = rng.uniform(-1, 1, (7, 3))
    same_map(chain(submission, [0.7, 1.2]), true_chain(reference, [0.7, 1.2]), x)


@check("Compose", hint="A Compose has the three methods itself, so it can be a part of another.")
def check_nesting(submission, reference, rng):
    """A Compose inside a Compose is the same map as the flat list."""
    inner = chain(submission, [0.5, 1.5])
    nested = built(submission, "Compose", [inner, built(submission, "Sinh", 0.8)])
    same_map(nested, true_chain(reference, [0.5, 1.5, 0.8]), rng.uniform(-1, 1, 11))


@check("Compose", hint="Carry the point and the sum along the chain.")
@settings(max_examples=6, phases=[Phase.generate])
@given(lists(floats(0.2, 1.1), 3), lists(floats(-1, 1), 5))
def check_any_chain(submission, reference, rates, points):
    """All three methods are right for any chain and any points."""
    same_map(chain(submission, rates), true_chain(reference, rates), np.array(points))
