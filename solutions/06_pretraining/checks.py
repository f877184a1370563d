"""The hidden checks: other values, properties, gradients, errors, devices."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checks import (
    RemoteObject,
    StudentError,
    check,
    close,
    expect_error,
    fail,
    finite,
    numbers,
    require,
    same_shape,
)
from grader.checks.failures import Blank

# A step taken in single precision costs about 1e-7; angles of some tens of radians a bit more.
NEAR = 1e-5
# Sizes that are all different, and prime: equal ones hide wrong axes.
B, H, L, D = 2, 3, 5, 7

SEEDS = st.integers(0, 2**16)
# Hundredths and a half: none lies on a threshold.
UNIT = st.integers(0, 99).map(lambda n: (n + 0.5) / 100)


def near(got, expected, what="The result", message="", error=NEAR):
    """Compare within an error that allows a step in single precision."""
    close(got, expected, rtol=error, atol=error, what=what, message=message)


def doubles(*values):
    """Return numbers as a tensor of double precision."""
    return torch.tensor(values, dtype=torch.float64)


def normal(rng, *shape, scale=1.0):
    """Return normal numbers as a tensor of double precision."""
    return torch.from_numpy(np.asarray(scale * rng.normal(size=shape)))


def untouched(before, after):
    """Tell whether an argument is what it was."""
    if isinstance(before, torch.Tensor):
        alike = isinstance(after, torch.Tensor) and before.shape == after.shape
        return alike and before.dtype == after.dtype and torch.equal(before, after)
    return isinstance(before, RemoteObject) or callable(before) or before == after


def ask(submission, name, *args, of=None):
    """Call a function, or a method of an object; fail the check if an argument is changed."""
    result, left = submission.call_and_look(name, *args, of=of)
    for before, after in zip(args, left, strict=True):
        message = (
            f"`{name}` changes an argument: make a new tensor or list, and leave the given one"
        )
        require(untouched(before, after), message, after, before)
    return result


def built(submission, name, *args, weights=None):
    """Return an object made by a class of the notebook, with its weights set."""
    made = getattr(submission, name)(*args)
    require(isinstance(made, RemoteObject), f"`{name}(…)` does not give a module", made)
    if weights is not None:
        made.load(weights)
    return made


def two(result, name):
    """Return the two things that a function must return."""
    if not isinstance(result, tuple | list) or len(result) != 2:
        fail(f"`{name}` must return two things: `return first, second`", got=result)
    return result


def whole(result, what):
    """Return a result as a list of integers; fail the check if it is something else."""
    array = numbers(result, what)
    require(array.ndim == 1, f"{what} is not a flat list", f"shape {array.shape}")
    require(bool((array == np.round(array)).all()), f"{what} is not made of integers", result)
    return [int(entry) for entry in array]


def same_list(result, wanted, what):
    """Fail the check unless a result is a list of the wanted integers."""
    got = whole(result, what)
    require(got == wanted, f"{what} is not right", got, wanted)


def same_mask(result, wanted, what="The mask"):
    """Fail the check unless a result is a boolean mask that equals `wanted`."""
    got = same_shape(result, tuple(wanted.shape), what)
    dtype = str(getattr(result, "dtype", np.asarray(result).dtype)).removeprefix("torch.")
    require(dtype == "bool", f"{what} is not boolean", dtype, "bool")
    if (got != wanted.numpy()).any():
        row, column = (int(i) for i in np.argwhere(got != wanted.numpy())[0])
        words = ("open", "blocked")
        found, right = words[int(got[row, column])], words[int(wanted[row, column])]
        fail(f"{what} is wrong somewhere", found, right, f"query {row}, key {column}")


def travels(submission, target, *args):
    """Fail the check if code makes a tensor on a device other than that of its inputs.

    Code that looks at numbers, as `if mask.any():` does, cannot be run without them; it is let
    off.
    """
    try:
        found = submission.on_meta(target, *args)
    except Blank:
        return
    except StudentError as error:
        if "device" in str(error.got) and "cpu" in str(error.got):
            fail("A tensor is made on the CPU, whatever the device of the input", error.got)
        return
    for device, _, _ in found:
        require(device == "meta", "The result is not on the device of the input", device)


# a: mlm_corrupt, rtd_labels


def corrupted_text(rng, *shape):
    """Return ids with specials 0, 1, 2 among them, uniforms, and random ids."""
    ids = torch.from_numpy(rng.integers(0, 40, shape))
    u_select = torch.from_numpy(rng.random(shape) * rng.choice([0.2, 1.0], shape))
    # No uniform lies on a threshold.
    u_kind = torch.from_numpy(rng.random(shape))
    return ids, u_select, u_kind, torch.from_numpy(rng.integers(50, 90, shape))


def mlm_parts(submission, *args):
    """Return inputs and labels as arrays of the shape of the ids."""
    inputs, labels = two(ask(submission, "mlm_corrupt", *args), "mlm_corrupt")
    shape = tuple(args[0].shape)
    return same_shape(inputs, shape, "inputs"), same_shape(labels, shape, "labels")


@check("mlm_corrupt", hint="A label stands at the chosen positions, -100 everywhere else.")
def check_mlm_labels(submission, rng):
    """Labels hold the original token where one is chosen, and -100 at all other positions."""
    ids, u_select, u_kind, random_ids = corrupted_text(rng, B, 101)
    _, labels = mlm_parts(submission, ids, u_select, u_kind, random_ids, 99, [0, 1, 2])
    chosen = ((u_select < 0.15) & (ids > 2)).numpy()
    wrong = (labels != -100) & ~chosen
    require(
        not wrong.any(), "There is a label where nothing was chosen", f"{wrong.sum()} such places"
    )
    missing = (labels == -100) & chosen
    require(not missing.any(), "A chosen position has no label", f"{missing.sum()} such places")
    good = labels[chosen] == ids.numpy()[chosen]
    require(good.all(), "A label is not the token that stood there before the corruption")


@check("mlm_corrupt", hint="Below .8 the mask, from .8 to .9 a random token, above that as it was.")
def check_mlm_kinds(submission, rng):
    """A chosen token is masked, replaced or kept as its second uniform says; the others stay."""
    ids, u_select, u_kind, random_ids = corrupted_text(rng, B, 101)
    inputs, _ = mlm_parts(submission, ids, u_select, u_kind, random_ids, 99, [0, 1, 2])
    chosen = (u_select < 0.15) & (ids > 2)
    kinds = {
        "masked": (chosen & (u_kind < 0.8), torch.full_like(ids, 99)),
        "replaced by the random one": (chosen & (u_kind >= 0.8) & (u_kind < 0.9), random_ids),
        "kept": (chosen & (u_kind >= 0.9), ids),
        "left alone (not chosen)": (~chosen, ids),
    }
    for name, (where, wanted) in kinds.items():
        good = inputs[where.numpy()] == wanted[where].numpy()
        require(bool(good.all()), f"A token that is to be {name} is not", f"{(~good).sum()} wrong")


@check("mlm_corrupt", hint="The 80, 10 and 10 per cent are shares of the chosen 15.")
def check_mlm_shares(submission):
    """On an even grid of uniforms 12 % of all tokens are masked, 1.5 % random, and 1.5 % kept with a label."""
    side = (torch.arange(100, dtype=torch.float64) + 0.5) / 100
    u_select, u_kind = side[:, None].expand(100, 100), side[None].expand(100, 100)
    ids = torch.full((100, 100), 7)
    random_ids = torch.full((100, 100), 8)
    args = (ids, u_select.contiguous(), u_kind.contiguous(), random_ids, 9, [1])
    inputs, labels = mlm_parts(submission, *args)
    kept = (inputs == 7) & (labels != -100)
    for name, share, wanted in (
        ("masked", (inputs == 9).mean(), 0.12),
        ("replaced", (inputs == 8).mean(), 0.015),
        ("kept, with a label,", kept.mean(), 0.015),
    ):
        require(
            abs(share - wanted) < 1e-9, f"The share of tokens {name} is not right", share, wanted
        )


@check("mlm_corrupt", hint="Special tokens, padding among them, are never chosen.")
def check_mlm_specials(submission):
    """Special tokens stay as they are and have no label, whatever the uniforms say."""
    ids = torch.tensor([[1, 5, 0, 0, 6], [1, 7, 2, 0, 0]])
    zeros, random_ids = torch.zeros(2, 5).double(), torch.full((2, 5), 30)
    inputs, labels = mlm_parts(submission, ids, zeros, zeros.clone(), random_ids, 3, [0, 1, 2, 3])
    special = (ids < 3).numpy()
    require((labels[special] == -100).all(), "A special token has a label")
    require((inputs[special] == ids.numpy()[special]).all(), "A special token is changed")
    require((labels[~special] == ids.numpy()[~special]).all(), "An ordinary token was not chosen")


@check("mlm_corrupt", hint="Each position is decided by its own two uniforms.")
@settings(max_examples=12)
@given(st.lists(st.tuples(st.integers(0, 9), UNIT, UNIT), min_size=1, max_size=9))
def check_mlm_anywhere(submission, places):
    """Whatever the tokens and uniforms: no label means unchanged, and a label is the original."""
    ids = torch.tensor([i for i, _, _ in places])
    u_select = doubles(*(u / 4 for _, u, _ in places))
    u_kind = doubles(*(u for _, _, u in places))
    inputs, labels = mlm_parts(submission, ids, u_select, u_kind, ids + 20, 10, [0, 4])
    for i, (given_id, select, kind) in enumerate(places):
        chosen = select / 4 < 0.15 and given_id not in (0, 4)
        put = 10 if kind < 0.8 else given_id + 20 if kind < 0.9 else given_id
        wanted = (put, given_id) if chosen else (given_id, -100)
        got = (int(inputs[i]), int(labels[i]))
        require(got == wanted, "A pair (input, label) is not right", got, wanted, f"position {i}")


@check("rtd_labels", hint="A generator that guesses the original has replaced nothing.")
def check_rtd_values(submission, rng):
    """The label is 1 exactly where the new token differs from the original, lucky hits excluded."""
    ids = torch.from_numpy(rng.integers(0, 4, (B, 60)))
    chosen = torch.from_numpy(rng.random((B, 60)) < 0.4)
    replacements = torch.from_numpy(rng.integers(0, 4, (B, 60)))
    result = ask(submission, "rtd_labels", ids, chosen, replacements)
    corrupted, labels = two(result, "rtd_labels")
    wanted = torch.where(chosen, replacements, ids)
    close(corrupted, wanted, what="corrupted")
    lucky = (chosen & (replacements == ids)).numpy()
    labels = same_shape(labels, (B, 60), "labels")
    require((labels[lucky] == 0).all(), "A lucky hit of the generator is labelled as replaced")
    close(labels, (wanted != ids).double(), what="labels")


@check("rtd_labels", hint="Compare the texts, entry by entry.")
@settings(max_examples=8)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.integers(0, 3)), min_size=1, max_size=7)
)
def check_rtd_anywhere(submission, places):
    """For any text: where the label is 0 the original stands, where it is 1 something else does."""
    ids, chosen, new = (torch.tensor(list(column)) for column in zip(*places, strict=True))
    corrupted, labels = two(submission.rtd_labels(ids, chosen, new), "rtd_labels")
    wanted = torch.where(chosen, new, ids)
    same_list(corrupted, wanted.tolist(), "corrupted")
    same_list(labels, (wanted != ids).long().tolist(), "labels")


# b: span_corrupt, fim_rearrange


def rebuilt(submission, ids, spans, sentinels):
    """Fail the check unless the text can be put back from what `span_corrupt` makes of it."""
    given_spans, given_sentinels = list(spans), list(sentinels)
    result = ask(submission, "span_corrupt", list(ids), given_spans, given_sentinels)
    inputs, targets = (whole(r, "a list") for r in two(result, "span_corrupt"))
    marks = [token for token in targets if token in sentinels]
    require(len(marks) == len(set(marks)), "A sentinel stands twice in targets", targets)
    require(len(marks) == len(spans) + 1, "targets needs a sentinel per span and one more", targets)
    require(targets[-1] == marks[-1], "targets does not end with a sentinel", targets)
    in_inputs = [token for token in inputs if token in sentinels]
    message = "inputs does not hold the sentinels of targets, in the same order, without the last"
    require(in_inputs == marks[:-1], message, inputs)
    hidden, mark = {}, None
    for token in targets:
        if token in sentinels:
            mark, hidden[token] = token, []
        else:
            require(mark is not None, "targets does not begin with a sentinel", targets)
            hidden[mark].append(token)
    text = [part for token in inputs for part in hidden.get(token, [token])]
    require(text == list(ids), "Input and target together do not give the text back", text, ids)
    hid = [hidden[mark] for mark in marks[:-1]]
    wanted = [list(ids[start:stop]) for start, stop in sorted(spans)]
    require(hid == wanted, "What is hidden is not what the spans say", hid, wanted)
    require(hidden[marks[-1]] == [], "Something stands behind the last sentinel", targets)


@check("span_corrupt", hint="Nothing may get lost: put the text back from your two lists.")
def check_span_rebuild(submission, rng):
    """The text can be put back from inputs and targets; spans may touch, stand at an end, come in any order."""
    ids = rng.integers(10, 60, 17).tolist()
    sentinels = [99, 98, 97, 96, 95, 94]
    for spans in (
        [(3, 5), (8, 11), (13, 14)],
        [(13, 14), (3, 5), (8, 11)],
        [(0, 2), (15, 17)],
        [(1, 3), (3, 4), (4, 9)],
        [(0, 17)],
        [],
    ):
        rebuilt(submission, ids, spans, sentinels)


@check("span_corrupt", hint="Every span has a sentinel of its own.")
@settings(max_examples=12)
@given(st.lists(st.integers(0, 12), min_size=2, max_size=10, unique=True), st.integers(0, 9))
def check_span_anywhere(submission, cuts, shift):
    """For any spans the text can be put back."""
    cuts = sorted(cuts)
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    # Repeated tokens: whoever searches for a token instead of a place goes wrong.
    ids = [20 + (i + shift) % 3 for i in range(13)]
    rebuilt(submission, ids, spans[::-1], [90, 91, 92, 93, 94, 95])


@check(
    "span_corrupt", hint="Sorted, each span must start where or after the one before has stopped."
)
def check_span_errors(submission):
    """Spans that overlap, are empty or reach outside raise a ValueError, and so do too few sentinels."""
    ids = list(range(10, 18))
    marks = [90, 91, 92, 93]
    for spans, sentinels, why in (
        ([(1, 4), (3, 6)], marks, "Two spans that overlap"),
        ([(2, 7), (3, 5)], marks, "A span inside another"),
        ([(4, 4)], marks, "An empty span"),
        ([(5, 3)], marks, "A span that stops before it starts"),
        ([(6, 9)], marks, "A span that reaches outside"),
        ([(-2, 3)], marks, "A span that starts before the text"),
        ([(1, 2), (4, 5)], [90, 91], "Too few sentinels"),
    ):
        call = lambda: submission.span_corrupt(ids, spans, sentinels)  # noqa: B023, E731
        expect_error(call, "ValueError", f"{why} must raise a ValueError")


@check("fim_rearrange", hint="Each of the three parts may be empty; the three marks stay.")
def check_fim_values(submission):
    """Every way to cut six tokens gives pre, prefix, suf, suffix, mid, middle."""
    ids = [7, 7, 8, 9, 7, 8]
    for start, stop in ((0, 0), (0, 6), (6, 6), (2, 2), (0, 3), (3, 6), (1, 5)):
        result = ask(submission, "fim_rearrange", list(ids), start, stop, 50, 51, 52)
        wanted = [50, *ids[:start], 51, *ids[stop:], 52, *ids[start:stop]]
        same_list(result, wanted, "The result")
    same_list(submission.fim_rearrange([], 0, 0, 50, 51, 52), [50, 51, 52], "The result")


@check("fim_rearrange", hint="Prefix, middle and suffix together are the text.")
@settings(max_examples=10)
@given(st.lists(st.integers(0, 9), max_size=8), st.integers(0, 8), st.integers(0, 8))
def check_fim_rebuild(submission, ids, one, other):
    """From the three parts the text can be put back."""
    start, stop = sorted((min(one, len(ids)), min(other, len(ids))))
    got = whole(submission.fim_rearrange(ids, start, stop, 50, 51, 52), "The result")
    require(sorted(got)[-3:] == [50, 51, 52], "The marks do not stand in the result once each", got)
    suf, mid = got.index(51), got.index(52)
    require(got[0] == 50 and suf < mid, "The marks are not in the order pre, suf, mid", got)
    text = got[1:suf] + got[mid + 1 :] + got[suf + 1 : mid]
    require(text == ids, "Prefix, middle and suffix do not give the text back", text, ids)


@check("fim_rearrange", hint="Slices forgive what they should not.")
def check_fim_errors(submission):
    """Cuts outside the text, or in the wrong order, raise a ValueError."""
    for start, stop in ((3, 2), (-1, 2), (0, 6), (6, 6)):
        call = lambda: submission.fim_rearrange([1, 2, 3, 4, 5], start, stop, 50, 51, 52)  # noqa: B023, E731
        expect_error(
            call, "ValueError", "Cuts that are out of order or outside must raise a ValueError"
        )


# c: objective_mask


def above(length):
    """Return the causal mask."""
    return torch.arange(length)[None, :] > torch.arange(length)[:, None]


@check("objective_mask", hint="A bidirectional model sees left and right.")
def check_mask_mlm(submission):
    """`mlm` blocks nothing, `clm` all that comes later, for any length."""
    for length in (1, 2, 7, 11):
        same_mask(submission.objective_mask("mlm", length), torch.zeros(length, length) == 1, "mlm")
        same_mask(submission.objective_mask("clm", length), above(length), "clm")


@check("objective_mask", hint="Inside the prefix everybody sees everybody.")
def check_mask_open(submission):
    """The prefix is open to all positions, its own ones included; behind it the mask is causal."""
    for length, prefix in ((7, 3), (5, 4), (6, 1), (5, 0), (5, 5), (1, 0)):
        wanted = above(length)
        wanted[:, :prefix] = False
        same_mask(submission.objective_mask("prefix", length, prefix), wanted)


@check("objective_mask", hint="It is the moment of a place that counts, not the place of a moment.")
def check_mask_order(submission, rng):
    """In a permutation mask a place sees itself and the places whose turn came before."""
    # An order whose inverse is another order.
    orders = [[1, 2, 0], [3, 0, 5, 1, 4, 2], rng.permutation(7).tolist(), [0], [4, 3, 2, 1, 0]]
    for order in orders:
        length = len(order)
        wanted = torch.ones(length, length) == 1
        for turn, place in enumerate(order):
            wanted[place, order[: turn + 1]] = False
        result = ask(submission, "objective_mask", "permutation", length, None, order)
        same_mask(result, wanted)


@check("objective_mask", hint="The first in the order sees itself alone, the last sees all.")
@settings(max_examples=10)
@given(st.permutations(list(range(6))))
def check_mask_counts(submission, order):
    """The place whose turn is number t sees t + 1 places, and what it sees only grows from turn to turn."""
    found = submission.objective_mask("permutation", 6, None, list(order))
    open_ = same_shape(found, (6, 6), "The mask") == 0
    seen = set()
    for turn, place in enumerate(order):
        sees = set(np.flatnonzero(open_[place]).tolist())
        message = "A place does not see itself and those before it in the order"
        require(sees == seen | {place}, message, sorted(sees), where=f"turn {turn}")
        seen = sees


@check("objective_mask", hint="Look at the arguments before you use them.")
def check_mask_errors(submission):
    """Unknown kinds, a missing or impossible prefix, and what is no permutation raise a ValueError."""
    for args, why in (
        (("causal", 4), "An unknown kind"),
        (("prefix", 4), "A missing prefix"),
        (("prefix", 4, 5), "A prefix longer than the text"),
        (("prefix", 4, -1), "A negative prefix"),
        (("permutation", 4), "A missing order"),
        (("permutation", 4, None, [0, 1, 2]), "An order that is too short"),
        (("permutation", 4, None, [0, 1, 2, 2]), "An order that names a place twice"),
        (("permutation", 4, None, [1, 2, 3, 4]), "An order that counts from 1"),
    ):
        call = lambda: submission.objective_mask(*args)  # noqa: B023, E731
        expect_error(call, "ValueError", f"{why} must raise a ValueError")


# e: RMSNorm, rope, rotary_attention, SwiGLU


def rms(x, weight, eps):
    """Return RMSNorm by its formula."""
    return x / ((x**2).mean(-1, keepdim=True) + eps).sqrt() * weight


@check("RMSNorm", hint="Last axis, mean of squares, eps under the root, gain.")
def check_rms_values(submission, rng):
    """Values are right for tensors of any shape, for any gain and eps, in single precision too."""
    weight = normal(rng, D)
    for eps, shape in ((0.1, (B, L, D)), (2.0, (D,)), (1e-5, (H, D))):
        norm = built(submission, "RMSNorm", D, eps, weights={"weight": weight})
        x = normal(rng, *shape) + 0.5
        near(ask(submission, "forward", x, of=norm), rms(x, weight, eps))
    x = normal(rng, B, D).float()
    norm = built(submission, "RMSNorm", D, 0.1, weights={"weight": weight.float()})
    near(ask(submission, "forward", x, of=norm), rms(x, weight, 0.1), error=1e-4)


@check("RMSNorm", hint="The default eps is small; the gain starts at one.")
def check_rms_fresh(submission, rng):
    """Fresh from the constructor the gain is 1 and eps is 1e-5: scaling the input changes nothing."""
    norm = built(submission, "RMSNorm", D)
    x = normal(rng, B, D).float() + 1
    close(norm.forward(x), rms(x, torch.ones(D), 1e-5), atol=1e-4, rtol=1e-4)
    close(norm.forward(300 * x), rms(300 * x, torch.ones(D), 1e-5), atol=1e-4, rtol=1e-4)
    # The square of 0.001 is a tenth of eps: a forgotten or another eps shows.
    small = 0.001 * torch.ones(D)
    close(norm.forward(small), rms(small, torch.ones(D), 1e-5), atol=1e-3, rtol=1e-3)


@check("RMSNorm", hint="No `detach` and no `no_grad`: the root depends on x, too.")
def check_rms_gradient(submission, rng):
    """The gradient flows through the root as well."""
    weight, x, direction = normal(rng, D), normal(rng, B, D), normal(rng, B, D)
    norm = built(submission, "RMSNorm", D, 0.1, weights={"weight": weight})
    found = submission.gradients(norm, x, weights=direction)
    require(found.args[0] is not None, "No gradient arrives at x")
    copy = x.clone().requires_grad_()
    (rms(copy, weight, 0.1) * direction).sum().backward()
    near(found.args[0], copy.grad, "The gradient of x")


@check("RMSNorm", hint="Use what lives where x lives.")
def check_rms_device(submission):
    """The result lives on the device of its input."""
    travels(submission, built(submission, "RMSNorm", D), torch.zeros(B, D))


def turned(x, positions, base=10000.0, layout="half"):
    """Return rope by complex numbers."""
    dim = x.shape[-1]
    speeds = base ** (-torch.arange(dim // 2).double() * 2 / dim)
    angles = positions.double()[:, None] * speeds
    turn = torch.polar(torch.ones_like(angles), angles)
    shape = (dim // 2, 2) if layout == "interleaved" else (2, dim // 2)
    pairs = x.double().unflatten(-1, shape)
    pairs = pairs if layout == "interleaved" else pairs.transpose(-1, -2)
    done = torch.view_as_real(torch.view_as_complex(pairs.contiguous()) * turn)
    return (done if layout == "interleaved" else done.transpose(-1, -2)).flatten(-2)


LAYOUTS = st.sampled_from(["half", "interleaved"])


@check("rope", hint="One angle for each position and each pair.")
def check_rope_values(submission, rng):
    """Values are right in both layouts, for any leading dimensions, positions and base."""
    x = normal(rng, B, H, L, 14)
    for layout in ("half", "interleaved"):
        for positions, base in (([0, 1, 2, 3, 4], 10000.0), ([9, 0, 30, 2, 2], 50.0)):
            where = torch.tensor(positions)
            result = ask(submission, "rope", x, where, base, layout)
            near(result, turned(x, where, base, layout), f"rope in the layout `{layout}`")
    x, where = normal(rng, 3, 2), torch.tensor([0, 5, 1])
    near(submission.rope(x, where), turned(x, where), "rope of a single pair, by default,")


@check("rope", hint="A rotation keeps the length of every pair.")
def check_rope_lengths(submission, rng):
    """Lengths are kept, and at position 0 nothing is turned."""
    x, where = normal(rng, L, 10), torch.tensor([0, 1, 7, 20, 33])
    for layout in ("half", "interleaved"):
        result = same_shape(submission.rope(x, where, 10000.0, layout), (L, 10))
        lengths = np.linalg.norm(result, axis=-1)
        near(lengths, x.norm(dim=-1), "The length of a rotated vector")
        near(result[0], x[0], "A vector at position 0")


@check("rope", hint="Turning both by the same angle changes no dot product.")
@settings(max_examples=8)
@given(SEEDS, st.integers(0, 20), st.integers(0, 20), st.integers(1, 20), LAYOUTS)
def check_rope_offset(submission, seed, m, n, shift, layout):
    """The dot product of two rotated vectors depends on the difference of their positions alone."""
    x = normal(np.random.default_rng(seed), 2, 8)
    here = numbers(submission.rope(x, torch.tensor([m, n]), 10000.0, layout))
    there = numbers(submission.rope(x, torch.tensor([m, n]) + shift, 10000.0, layout))
    near(there[0] @ there[1], here[0] @ here[1], "The dot product after a shift of both")
    angle = turned(x, torch.tensor([m, n]), 10000.0, layout)
    near(here[0] @ here[1], angle[0] @ angle[1], "The dot product")


@check("rope", hint="Everything is made of products with x.")
def check_rope_gradient(submission, rng):
    """Gradients flow: that of x is the direction, turned back."""
    x, direction, where = normal(rng, L, 6), normal(rng, L, 6), torch.tensor([0, 3, 1, 8, 2])
    for layout in ("half", "interleaved"):
        found = submission.gradients("rope", x, where, 10000.0, layout, weights=direction)
        require(found.args[0] is not None, "No gradient arrives at x")
        near(found.args[0], turned(direction, -where, 10000.0, layout), "The gradient of x")


@check("rope", hint="Look at d and at the layout before you start.")
def check_rope_errors(submission):
    """An odd width and an unknown layout raise a ValueError."""
    where = torch.arange(3)
    call = lambda: submission.rope(torch.ones(3, 5), where)  # noqa: E731
    expect_error(call, "ValueError", "An odd number of features must raise a ValueError")
    call = lambda: submission.rope(torch.ones(3, 4), where, 10000.0, "quarter")  # noqa: E731
    expect_error(call, "ValueError", "An unknown layout must raise a ValueError")


@check("rope", hint="`torch.arange(…, device=x.device)`.")
def check_rope_device(submission):
    """The result lives on the device of x, and single precision stays single."""
    travels(submission, "rope", torch.zeros(L, 6), torch.zeros(L, dtype=torch.int64))
    close(
        submission.rope(torch.ones(2, 4), torch.tensor([0, 1])),
        turned(torch.ones(2, 4), torch.tensor([0, 1])),
        atol=1e-5,
    )


def attended(q, k, v, positions):
    """Return causal attention over rotated queries and keys, by the library."""
    q, k = turned(q, positions), turned(k, positions)
    return torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)


@check(
    "rotary_attention", hint="Rotate q and k, in one layout; scale by the root of d_head; causal."
)
def check_rotary_values(submission, rng):
    """Values are right for several heads, with positions that do not start at 0."""
    for shape, start in (((H, L, 14), 0), ((B, H, L, 6), 11), ((1, 4), 3)):
        q, k, v = (normal(rng, *shape, scale=2.0) for _ in range(3))
        where = torch.arange(start, start + shape[-2])
        result = ask(submission, "rotary_attention", q, k, v, where)
        wanted = attended(*(t[None] if t.dim() == 2 else t for t in (q, k, v)), where)
        near(result, wanted.reshape(shape))


@check("rotary_attention", hint="The values are what is handed over: they are not turned.")
def check_rotary_shift(submission, rng):
    """Shifting all positions by the same number changes nothing."""
    q, k, v = (normal(rng, H, L, 6) for _ in range(3))
    here = numbers(submission.rotary_attention(q, k, v, torch.arange(L)))
    there = submission.rotary_attention(q, k, v, torch.arange(L) + 9)
    near(there, here, "The output after a shift")


@check("rotary_attention", hint="Nobody sees what comes later.")
def check_rotary_causal(submission, rng):
    """Tokens after position t do not change the output up to t."""
    q, k, v = (normal(rng, H, L, 6) for _ in range(3))
    here = same_shape(submission.rotary_attention(q, k, v, torch.arange(L)), (H, L, 6))
    for t in (0, 2):
        later = [x.clone() for x in (q, k, v)]
        for x in later:
            x[:, t + 1 :] += 3
        there = same_shape(submission.rotary_attention(*later, torch.arange(L)), (H, L, 6))
        near(there[:, : t + 1], here[:, : t + 1], message="A position sees what comes after it")


@check("rotary_attention", hint="The root of the size of a head, not of anything else.")
def check_rotary_gradient(submission, rng):
    """The gradient of the values is that of the attention weights."""
    q, k, v = (normal(rng, L, 6) for _ in range(3))
    direction = normal(rng, L, 6)
    found = submission.gradients("rotary_attention", q, k, v, torch.arange(L), weights=direction)
    require(found.args[2] is not None, "No gradient arrives at the values")
    copy = v.clone().requires_grad_()
    (attended(q[None], k[None], copy[None], torch.arange(L))[0] * direction).sum().backward()
    near(found.args[2], copy.grad, "The gradient of the values")


def gated(x, w):
    """Return SwiGLU by its formula."""
    gate = x @ w["gate"].T
    return (gate * torch.sigmoid(gate) * (x @ w["up"].T)) @ w["down"].T


def swiglu_weights(rng, dim, hidden):
    """Return random weights."""
    shapes = {"gate": (hidden, dim), "up": (hidden, dim), "down": (dim, hidden)}
    return {name: normal(rng, *shape) for name, shape in shapes.items()}


@check("SwiGLU", hint="Only the gate is activated, and the weights are (outputs, inputs).")
def check_swiglu_values(submission, rng):
    """Values are right for any shape of x."""
    weights = swiglu_weights(rng, 7, 11)
    module = built(submission, "SwiGLU", 7, 11, weights=weights)
    for shape in ((7,), (L, 7), (B, L, 7)):
        x = normal(rng, *shape)
        near(ask(submission, "forward", x, of=module), gated(x, weights))


@check("SwiGLU", hint="The gate decides how much of the other comes through.")
def check_swiglu_linear(submission, rng):
    """The output doubles with `up` and with `down`, and not with `gate`."""
    weights = swiglu_weights(rng, 5, 3)
    x = normal(rng, 2, 5)
    for name in ("up", "down", "gate"):
        changed = {**weights, name: 2 * weights[name]}
        module = built(submission, "SwiGLU", 5, 3, weights=changed)
        near(module.forward(x), gated(x, changed), f"The output after doubling `{name}`")


@check("SwiGLU", hint="No `detach`, no `no_grad`.")
def check_swiglu_gradient(submission, rng):
    """The gradient of x flows through the gate and through what it lets pass."""
    weights, x, direction = swiglu_weights(rng, 5, 3), normal(rng, B, 5), normal(rng, B, 5)
    module = built(submission, "SwiGLU", 5, 3, weights=weights)
    found = submission.gradients(module, x, weights=direction)
    require(found.args[0] is not None, "No gradient arrives at x")
    copy = x.clone().requires_grad_()
    (gated(copy, weights) * direction).sum().backward()
    near(found.args[0], copy.grad, "The gradient of x")


@check("SwiGLU", hint="Before any weights are loaded it must work, too.")
def check_swiglu_fresh(submission):
    """A fresh module maps (…, dim) to (…, dim), on any device."""
    module = built(submission, "SwiGLU", 5, 3)
    finite(same_shape(module.forward(torch.ones(B, L, 5)), (B, L, 5)))
    travels(submission, module, torch.zeros(B, 5))


# f: llama_parameter_count


def counted(submission, config, wanted, what):
    """Fail the check unless the count is right."""
    count = numbers(ask(submission, "llama_parameter_count", dict(config)), "The count")
    require(count.size == 1, "The count is not one number", f"shape {count.shape}")
    require(
        float(count) == wanted,
        f"The count of {what} is not right",
        f"{float(count):,.0f}",
        f"{wanted:,}",
    )


SMALL = {
    "vocab_size": 101,
    "hidden_size": 12,
    "intermediate_size": 31,
    "num_hidden_layers": 5,
    "num_attention_heads": 3,
    "rms_norm_eps": 1e-5,
}


@check(
    "llama_parameter_count",
    hint="Embedding, output, final norm; per layer attention, three matrices, two norms.",
)
def check_count_values(submission):
    """Other sizes are counted right, and other entries of the configuration do not matter."""
    one = 4 * 12 * 12 + 3 * 12 * 31 + 2 * 12
    counted(submission, SMALL, 5 * one + 12 + 2 * 101 * 12, "a small model")
    counted(
        submission, {**SMALL, "num_hidden_layers": 0}, 12 + 2 * 101 * 12, "a model without layers"
    )
    counted(submission, {**SMALL, "num_key_value_heads": 3}, 5 * one + 12 + 2424, "a small model")


@check(
    "llama_parameter_count",
    points=0.25,
    hint="Keys and values have num_key_value_heads heads of head_dim features.",
)
def check_count_grouped(submission):
    """With fewer key-value heads, or heads of a given size, keys and values are counted right."""
    grouped = {
        "vocab_size": 128256,
        "hidden_size": 4096,
        "intermediate_size": 14336,
        "num_hidden_layers": 32,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
    }
    counted(submission, grouped, 8_030_261_248, "a model with 8 key-value heads")
    sized = {**SMALL, "num_key_value_heads": 1, "head_dim": 7}
    one = 2 * 12 * 21 + 2 * 12 * 7 + 3 * 12 * 31 + 2 * 12
    counted(submission, sized, 5 * one + 12 + 2424, "a model with heads of a given size")


@check("llama_parameter_count", points=0.25, hint="A tied output layer is the embedding itself.")
def check_count_tied(submission):
    """A tied output layer is counted once."""
    tied = {
        "vocab_size": 128256,
        "hidden_size": 2048,
        "intermediate_size": 8192,
        "num_hidden_layers": 16,
        "num_attention_heads": 32,
        # As many as heads, so that this is about the tie alone.
        "num_key_value_heads": 32,
        "tie_word_embeddings": True,
    }
    one = 4 * 2048**2 + 3 * 2048 * 8192 + 2 * 2048
    counted(submission, tied, 16 * one + 2048 + 128256 * 2048, "a tied model")
    one = 4 * 12 * 12 + 3 * 12 * 31 + 2 * 12
    untied = {**SMALL, "tie_word_embeddings": False}
    counted(submission, untied, 5 * one + 12 + 2424, "an untied model")


# g: embedding_of, top_tokens, continue_greedily


def letters(text):
    """Return BOS, id 0, and a number from 3 on for each letter of a text."""
    return [0, *(3 + "abcdefgh".index(letter) for letter in text)]


@check("embedding_of", hint="One token, one vector.")
def check_embedding_rows(submission, rng):
    """Each word gives its own row, of shape (d,), and not that of BOS."""
    table = normal(rng, 11, 5)
    for word, row in (("a", 3), ("h", 10), ("d", 6)):
        result = ask(submission, "embedding_of", word, letters, table)
        near(result, table[row], "The embedding")


@check("embedding_of", hint="Exactly one token: not two, and not none.")
def check_embedding_none(submission):
    """Words of no token or of three raise a ValueError."""
    table = torch.ones(11, 5)
    for word in ("", "abc"):
        call = lambda: submission.embedding_of(word, letters, table)  # noqa: B023, E731
        message = "A word that is not exactly one token must raise a ValueError"
        expect_error(call, "ValueError", message)


@check("top_tokens", hint="Softmax over the whole vocabulary, then the best k of the last row.")
def check_top_values(submission, rng):
    """The pairs are the best k of the last row, with their probabilities among all tokens."""
    for length, size, k in ((5, 23, 7), (1, 11, 11), (3, 7, 1)):
        logits = normal(rng, length, size, scale=3.0)
        found = logits[-1].softmax(-1).sort(descending=True)
        result = ask(submission, "top_tokens", logits, k)
        pairs = same_shape(result, (k, 2), "The list of pairs")
        same_list(pairs[:, 0], found.indices[:k].tolist(), "The list of ids")
        near(pairs[:, 1], found.values[:k], "The probabilities")


@check("top_tokens", hint="If k is not given it is 7.")
def check_top_default(submission, rng):
    """Without k there are seven pairs, the most probable first."""
    logits = normal(rng, 2, 30, scale=2.0).float()
    pairs = same_shape(submission.top_tokens(logits), (7, 2), "The list of pairs")
    require((np.diff(pairs[:, 1]) <= 0).all(), "The pairs are not sorted by their probability")
    near(pairs[:, 1], logits[-1].softmax(-1).sort(descending=True).values[:7], "The probabilities")


def remembering(table):
    """Return a function to logits that depend on the whole list of ids."""

    def next_logits(ids):
        return table[sum((i + 1) * (place + 1) for place, i in enumerate(ids)) % len(table)]

    return next_logits


@check("continue_greedily", hint="The model wants the whole text so far.")
def check_greedy_values(submission, rng):
    """The continuation is the best token at every step, given everything before it."""
    table = normal(rng, 97, 13)
    # Token 12 is eos, here never the best one.
    table[:, 12] = -9
    next_logits = remembering(table)
    for prompt, max_new in (([1], 8), ([4, 2, 2, 7], 5), ([3, 9], 0)):
        wanted = list(prompt)
        for _ in range(max_new):
            wanted.append(int(next_logits(wanted).argmax()))
        result = ask(submission, "continue_greedily", next_logits, list(prompt), max_new, 12)
        same_list(result, wanted, "The list of ids")


@check(
    "continue_greedily", hint="EOS ends the text and stays in it; one in the prompt ends nothing."
)
def check_greedy_end(submission):
    """The text ends with the eos that was written, while one in the prompt does not end it."""

    def next_logits(ids):
        return torch.eye(6, dtype=torch.float64)[min(len(ids), 5)]

    for prompt, max_new, wanted in (
        ([5, 0], 9, [5, 0, 2, 3, 4, 5]),
        ([0], 9, [0, 1, 2, 3, 4, 5]),
        ([0], 3, [0, 1, 2, 3]),
    ):
        result = ask(submission, "continue_greedily", next_logits, list(prompt), max_new, 5)
        same_list(result, wanted, "The list of ids")


# h: sample_from_nothing


def spell(ids):
    """Return a text in which odd tokens begin a word and even ones continue it."""
    marks = {0: "<bos>", 7: "<eos>"}
    tokens = [marks.get(int(i), ("▁" if int(i) % 2 else "") + "abcdefg"[int(i) % 7]) for i in ids]
    return "".join(tokens).replace("▁", " ").removeprefix(" ")


def some_path(rng, next_logits, steps, eos):
    """Return uniforms and the tokens they draw; no uniform lies near a border."""
    ids, uniforms = [0], []
    for _ in range(steps):
        p = next_logits(ids).softmax(-1).numpy()
        likely = np.flatnonzero((p > 0.02) & (np.arange(len(p)) != eos))
        token = int(rng.choice(likely))
        uniforms.append(float(p[:token].sum() + p[token] * rng.uniform(0.2, 0.8)))
        ids.append(token)
    return uniforms, ids[1:]


@check(
    "sample_from_nothing",
    hint="Draw by the uniform: the first token whose cumulative probability exceeds it.",
)
def check_sample_values(submission, rng):
    """The uniforms decide which tokens are drawn, one after the other."""
    next_logits = remembering(normal(rng, 97, 8, scale=1.5))
    for steps in (0, 1, 9):
        uniforms, ids = some_path(rng, next_logits, steps, 7)
        text = ask(submission, "sample_from_nothing", next_logits, spell, 0, 7, uniforms)
        require(text == spell(ids), "Not the text that these uniforms give", text, spell(ids))


@check("sample_from_nothing", hint="Start with [bos]; the model wants the whole text so far.")
def check_sample_start(submission, rng):
    """The model is asked with BOS alone at first, and then with all that has been drawn."""
    table, asked = normal(rng, 97, 8, scale=1.5), []
    ask_table = remembering(table)
    uniforms, ids = some_path(rng, ask_table, 4, 7)

    def next_logits(given_ids):
        asked.append([int(i) for i in given_ids])
        return ask_table(given_ids)

    submission.sample_from_nothing(next_logits, spell, 0, 7, uniforms)
    require(asked[:1] == [[0]], "The first question is not BOS alone", asked[:1])
    message = "The model is not asked with everything drawn so far"
    require(asked[:4] == [[0, *ids[:n]] for n in range(4)], message, asked)


@check("sample_from_nothing", hint="EOS ends the text; what is decoded holds neither BOS nor EOS.")
def check_sample_end(submission):
    """The text ends when EOS is drawn, and neither BOS nor EOS is part of it."""

    def next_logits(ids):
        # Half of the mass on 3, half on EOS.
        return torch.tensor([-40.0, -40, -40, 0, -40, -40, -40, 0], dtype=torch.float64)

    for uniforms, count in (([0.3, 0.2, 0.7, 0.1], 2), ([0.9, 0.1], 0), ([0.1, 0.2, 0.3], 3)):
        text = submission.sample_from_nothing(next_logits, spell, 0, 7, uniforms)
        require(text == spell([3] * count), "Not the text up to EOS", text, spell([3] * count))


@check(
    "sample_from_nothing",
    hint="What has probability 0 is never drawn, not even by the largest uniform.",
)
def check_sample_impossible(submission):
    """A token with the logit -inf is never drawn, and a uniform just below 1 gives the last possible one."""
    inf = float("inf")
    for logits, last in (
        ([0.1, 0.3, -0.2, 0.7, 0.4, 0.9, -inf, -inf], 5),
        ([-inf, 0.3, 0.2, -inf, -inf, -inf, -inf, -inf], 2),
        ([-inf, -inf, -inf, 1.3, 0.7, 0.1, 0.2, -inf], 6),
    ):
        bets = torch.tensor(logits, dtype=torch.float64)
        text = submission.sample_from_nothing(lambda ids: bets, spell, 0, 7, [1 - 2**-53])  # noqa: B023
        require(text == spell([last]), "Not the last possible token", text, spell([last]))
        first = next(i for i, logit in enumerate(logits) if logit > -inf)
        text = submission.sample_from_nothing(lambda ids: bets, spell, 0, 7, [0.0])  # noqa: B023
        require(text == spell([first]), "Not the first possible token", text, spell([first]))


@check("sample_from_nothing", hint="Collect ids, decode once.")
@settings(max_examples=8)
@given(SEEDS)
def check_sample_again(submission, seed):
    """The same uniforms give the same text, whatever was sampled before."""
    rng = np.random.default_rng(seed)
    next_logits = remembering(normal(rng, 31, 8))
    uniforms, ids = some_path(rng, next_logits, 4, 7)
    for _ in range(2):
        text = submission.sample_from_nothing(next_logits, spell, 0, 7, uniforms)
        require(text == spell(ids), "Not the text that these uniforms give", text, spell(ids))
