"""The hidden checks: other values, properties, gradients, causality, devices."""

import math

import numpy as np
import torch
from hypothesis import Phase, given, settings
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
)
from grader.checks.failures import Blank

# A root taken in single precision, as in `torch.tensor(d).sqrt()`, costs about 1e-7.
NEAR = 1e-6
# Sizes that are all different, and prime: equal ones hide wrong axes.
B, H, L, D, V = 2, 3, 5, 21, 11

SEEDS = st.integers(0, 2**16)
LENGTHS = st.integers(1, 11)


def near(got, expected, what="The result", message="", error=NEAR):
    """Compare within an error that allows a step in single precision."""
    close(got, expected, rtol=error, atol=error, what=what, message=message)


def normal(rng, *shape, scale=1.0):
    """Return normal numbers as a tensor of double precision."""
    return torch.from_numpy(scale * rng.normal(size=shape))


def bools(rows):
    """Return rows of 0 and 1 as a boolean tensor."""
    return torch.tensor(rows) == 1


def above(length):
    """Return the causal mask."""
    return torch.arange(length)[None, :] > torch.arange(length)[:, None]


def some_open(rng, *shape):
    """Return a random mask in which no row is blocked entirely."""
    mask = torch.from_numpy(rng.random(shape) < 0.5)
    mask[..., 0] &= ~mask.all(-1)
    return mask


def untouched(before, after):
    """Tell whether an argument is what it was."""
    if isinstance(before, torch.Tensor):
        alike = isinstance(after, torch.Tensor) and before.shape == after.shape
        return alike and before.dtype == after.dtype and torch.equal(before, after)
    if isinstance(before, list | tuple):
        alike = isinstance(after, list | tuple) and len(before) == len(after)
        return alike and all(map(untouched, before, after))
    if isinstance(before, dict):
        alike = isinstance(after, dict) and before.keys() == after.keys()
        return alike and all(untouched(before[key], after[key]) for key in before)
    return isinstance(before, RemoteObject) or before == after


def ask(submission, name, *args, of=None):
    """Call a function, or a method of an object; fail the check if an argument is changed."""
    result, left = submission.call_and_look(name, *args, of=of)
    for before, after in zip(args, left, strict=True):
        message = f"`{name}` changes an argument: make a new tensor, `x = x + y`, not `x += y`"
        require(untouched(before, after), message, after, before)
    return result


def built(submission, name, *args, weights=None):
    """Return an object made by a class of the notebook, with its weights set."""
    made = getattr(submission, name)(*args)
    require(isinstance(made, RemoteObject), f"`{name}(…)` does not give a module", made)
    if weights is not None:
        made.load(weights)
    made.eval()
    return made


def run(submission, module, *args):
    """Return what a module makes of its arguments."""
    return ask(submission, "forward", *args, of=module)


def ours(reference, name, *args, weights):
    """Return a module of the reference with the same weights."""
    made = getattr(reference, name)(*args)
    made.load(weights)
    return made


def pair(result):
    """Return the output and the weights that `attention` must return."""
    if not isinstance(result, tuple | list) or len(result) < 2:
        fail("`attention` must return two things: `return out, weights`", got=result)
    return result[0], result[1]


def same_mask(result, wanted, what):
    """Fail the check unless a result is a boolean mask that equals `wanted` after broadcasting."""
    got = numbers(result, what)
    dtype = str(getattr(result, "dtype", np.asarray(result).dtype)).removeprefix("torch.")
    require(dtype == "bool", f"{what} is not boolean", dtype, "bool")
    wanted = wanted.numpy()
    try:
        full = np.broadcast_to(got, wanted.shape)
    except ValueError:
        fail(f"{what} does not broadcast to the scores", f"shape {got.shape}", str(wanted.shape))
    if (full != wanted).any():
        place = tuple(int(i) for i in np.argwhere(full != wanted)[0])
        words = ("open", "blocked")
        found, right = words[int(full[place])], words[int(wanted[place])]
        fail(f"{what} is wrong somewhere", found, right, f"entry {place}")


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


# a: embedding_as_matmul


@check("embedding_as_matmul", hint="The rows of weight, in the shape of the ids.")
def check_embedding_values(submission, rng):
    """Ids of any shape give their rows, and the largest id need not occur."""
    weight = normal(rng, V, 7)
    for shape in ((L,), (B, L), (B, H, L), ()):
        ids = torch.from_numpy(np.asarray(rng.integers(0, V - 2, shape)))
        near(ask(submission, "embedding_as_matmul", weight, ids), weight[ids])


@check("embedding_as_matmul", hint="A row that is used twice has its gradient twice.")
def check_embedding_gradient(submission, rng):
    """The gradient of the weight is that of the lookup: rows that occur twice collect twice."""
    weight, ids = normal(rng, V, 7), torch.tensor([4, 1, 4, 9, 4])
    direction = normal(rng, 5, 7)
    found = submission.gradients("embedding_as_matmul", weight, ids, weights=direction)
    wanted = torch.zeros(V, 7).double().index_add(0, ids, direction)
    require(found.args[0] is not None, "No gradient arrives at the weight")
    near(found.args[0], wanted, "The gradient of the weight")


@check("embedding_as_matmul", hint="One-hot, times the weight.")
@settings(max_examples=8)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=6))
def check_embedding_anywhere(submission, ids):
    """Any ids give their rows."""
    weight = torch.arange(14.0).double().reshape(7, 2)
    near(submission.embedding_as_matmul(weight, torch.tensor(ids)), weight[ids])


# b: causal_mask, padding_mask, combine_masks


@check("causal_mask", hint="Strictly above the diagonal; one token sees itself.")
def check_causal_lengths(submission):
    """The mask is right for any length, a single token included."""
    for length in (1, 2, 7, 13):
        result = submission.causal_mask(length)
        shape = numbers(result, "The causal mask").shape
        is_square = len(shape) > 1 and shape[-2:] == (length, length)
        require(is_square, "The causal mask is not (length, length)", f"shape {shape}")
        same_mask(result, above(length).expand(1, 1, length, length), "The causal mask")


@check("causal_mask", hint="A mask that is kept between calls must fit the length at hand.")
@settings(max_examples=10)
@given(st.integers(1, 9))
def check_causal_triangle(submission, length):
    """Row i has i + 1 open places, and they come first."""
    mask = numbers(submission.causal_mask(length), "The causal mask")
    rows = mask.reshape(-1, length)
    for i, row in enumerate(rows.tolist()):
        wanted = [0.0] * (i + 1) + [1.0] * (length - i - 1)
        require(row == wanted, "A row of the mask is wrong", row, wanted, f"row {i}")


@check("padding_mask", hint="Does it line up with (batch, head, query, key)?")
def check_padding_axes(submission, rng):
    """The mask lines up with scores (B, H, L, L): its own sequence, every head, every query."""
    real = torch.from_numpy(rng.integers(0, 2, (B, L)))
    result = ask(submission, "padding_mask", real)
    wanted = (real == 0)[:, None, None, :].expand(B, H, L, L)
    same_mask(result, wanted, "The padding mask")


@check("padding_mask", hint="Both 1/0 and True/False are attention masks.")
def check_padding_kinds(submission):
    """Integers and booleans mean the same, and a mask of ones blocks nothing."""
    for real in (torch.tensor([[1, 0, 1], [1, 1, 1]]), bools([[1, 0, 1], [1, 1, 1]])):
        result = ask(submission, "padding_mask", real)
        wanted = bools([[0, 1, 0], [0, 0, 0]])[:, None, None, :].expand(2, 5, 3, 3)
        same_mask(result, wanted, "The padding mask")


@check("padding_mask", hint="1 means real: open. 0 means padding: blocked.")
@settings(max_examples=8)
@given(st.lists(st.integers(0, 1), min_size=2, max_size=6))
def check_padding_anywhere(submission, row):
    """Keys are blocked exactly where the attention mask is 0."""
    result = submission.padding_mask(torch.tensor([row]))
    wanted = bools([1 - entry for entry in row]).expand(1, 1, len(row), len(row))
    same_mask(result, wanted, "The padding mask")


@check("combine_masks", hint="Any number of masks; blocked by any is blocked.")
def check_combine_three(submission, rng):
    """Three masks of different shapes block together whatever one of them blocks."""
    first, second, third = above(L), some_open(rng, B, 1, 1, L), some_open(rng, 1, H, L, L)
    result = ask(submission, "combine_masks", first, second, third)
    same_mask(result, first | second | third, "The combined mask")


@check("combine_masks", hint="Blocked twice is blocked.")
def check_combine_overlap(submission, rng):
    """What several masks block stays blocked."""
    mask = some_open(rng, L, L)
    same_mask(ask(submission, "combine_masks", mask, mask), mask, "A mask with itself")
    result = ask(submission, "combine_masks", mask, mask, mask, mask)
    same_mask(result, mask, "A mask with itself, four times")


@check("combine_masks", hint="None stands for a mask that blocks nothing.")
def check_combine_none(submission):
    """None blocks nothing; None alone gives None."""
    mask = above(3)
    for given_masks in ((None, mask), (mask, None), (mask,), (None, mask, None, mask)):
        result = ask(submission, "combine_masks", *given_masks)
        same_mask(result, mask, "A mask with None")
    require(submission.combine_masks(None, None) is None, "None and None must give None")


# c: masked_softmax


@check("masked_softmax", hint="Fill before the softmax, along the right axis.")
def check_softmax_values(submission, rng):
    """The weights are right for random scores and masks: e^s over the sum of what is open."""
    scores, blocked = normal(rng, B, H, L, 7), some_open(rng, B, H, L, 7)
    powers = np.exp(scores.numpy()) * ~blocked.numpy()
    wanted = powers / powers.sum(-1, keepdims=True)
    near(ask(submission, "masked_softmax", scores, blocked), wanted, "A weight")


@check("masked_softmax", hint="Which axis adds up to 1?")
def check_softmax_axes(submission, rng):
    """The weights are right along any axis, counted from either end."""
    scores, blocked = normal(rng, 2, 3, 5, 7), bools([0, 1, 0, 0, 1, 0, 0])
    powers = np.exp(scores.numpy()) * ~blocked.numpy()
    for dim in (-1, 3, 0, 1, -2):
        sums = powers.sum(dim, keepdims=True)
        wanted = powers / np.where(sums > 0, sums, 1)
        near(ask(submission, "masked_softmax", scores, blocked, dim), wanted, "A weight")
    wanted = torch.exp(scores) / torch.exp(scores).sum(1, keepdim=True)
    near(ask(submission, "masked_softmax", scores, None, 1), wanted, "A weight without a mask")


@check("masked_softmax", hint="e^1000 is infinite. What may be subtracted from a row?")
def check_softmax_large(submission):
    """Scores of ±1000 are no problem, whether blocked or open."""
    scores = torch.tensor([[1000.0, 999.0, -1000.0], [-1000.0, -1001.0, 1000.0]]).double()
    share = 1 / (1 + math.exp(-1))
    wanted = [[share, 1 - share, 0], [0, 0, 1]]
    near(ask(submission, "masked_softmax", scores), wanted, "A weight")
    blocked = bools([[0, 0, 0], [0, 0, 1]])
    wanted = [[share, 1 - share, 0], [share, 1 - share, 0]]
    near(ask(submission, "masked_softmax", scores, blocked), wanted, "A weight")
    single = ask(submission, "masked_softmax", scores.float(), blocked)
    near(single, wanted, "A weight in single precision", error=1e-5)


@check("masked_softmax", hint="Zeros, and no NaN: neither in the values nor in the gradients.")
def check_softmax_nothing_open(submission, rng):
    """A row that is blocked entirely gives zeros, without NaN in values or gradients."""
    scores, blocked = normal(rng, 3, L), bools([[0, 1, 1, 0, 0], [1] * 5, [0, 0, 0, 0, 1]])
    direction = normal(rng, 3, L)
    found = submission.gradients("masked_softmax", scores, blocked, weights=direction)
    weights = finite(found.result, what="The weights")
    near(weights[1], np.zeros(5), "A weight of a row with nothing open")
    require(found.args[0] is not None, "No gradient arrives at the scores")
    finite(found.args[0], what="The gradient of the scores")
    near(found.args[0][1], np.zeros(5), "The gradient of a row with nothing open")
    everything = submission.masked_softmax(scores, torch.ones(3, L) == 1)
    near(everything, np.zeros((3, L)), "A weight where nothing at all is open")


@check("masked_softmax", hint="Gradients must flow through the whole softmax.")
def check_softmax_gradient(submission, rng):
    """The gradient is w·(g - Σ w·g) in each row, and 0 at what is blocked."""
    scores, blocked, g = normal(rng, 3, 7), some_open(rng, 3, 7), normal(rng, 3, 7)
    powers = torch.exp(scores) * ~blocked
    w = powers / powers.sum(-1, keepdim=True)
    wanted = w * (g - (w * g).sum(-1, keepdim=True))
    found = submission.gradients("masked_softmax", scores, blocked, weights=g)
    require(found.args[0] is not None, "No gradient arrives at the scores")
    near(found.args[0], wanted, "The gradient of the scores")


@check("masked_softmax", hint="A blocked score must not appear in the denominator either.")
@settings(max_examples=10)
@given(SEEDS, st.floats(-50, 50, allow_subnormal=False))
def check_softmax_no_leak(submission, seed, change):
    """What is blocked has no influence: other blocked scores give the same weights."""
    rng = np.random.default_rng(seed)
    scores, blocked = normal(rng, 3, 7), some_open(rng, 3, 7)
    weights = numbers(submission.masked_softmax(scores, blocked), "The weights")
    other = submission.masked_softmax(torch.where(blocked, scores + change, scores), blocked)
    message = "The weights change when a blocked score does"
    near(other, weights, message=message)
    near(weights.sum(-1), np.ones(3), "The sum of a row")


# d: attention, attention_matmuls


def attention_of(q, k, v, blocked=None):
    """Return what attention is by its definition, in loops over single queries."""
    scores = np.einsum("...qd,...kd->...qk", q, k) / math.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    if blocked is not None:
        powers = powers * ~np.broadcast_to(blocked, powers.shape)
    sums = powers.sum(-1, keepdims=True)
    weights = powers / np.where(sums > 0, sums, 1)
    return np.einsum("...qk,...kd->...qd", weights, v), weights


@check("attention", hint="The last two axes are (position, feature); d_v need not be d_k.")
def check_attention_sizes(submission, rng):
    """Fewer queries than keys, values of another size, any axes in front: all are right."""
    for front in ((), (B,), (B, H)):
        q, k = normal(rng, *front, 3, 7), normal(rng, *front, L, 7)
        v, blocked = normal(rng, *front, L, 2), some_open(rng, 3, L)
        out, weights = pair(ask(submission, "attention", q, k, v, blocked))
        wanted, wanted_weights = attention_of(*(t.numpy() for t in (q, k, v, blocked)))
        near(weights, wanted_weights, "A weight")
        near(out, wanted, "The output")


@check("attention", hint="Divide by the root of the length of a query. Where, and by what exactly?")
def check_attention_scale(submission, rng):
    """The scores are divided by √d_k, for keys of any size."""
    for size in (2, 16, 53):
        q, k, v = normal(rng, L, size), normal(rng, 7, size), normal(rng, 7, 3)
        out, weights = pair(ask(submission, "attention", q, k, v))
        wanted, wanted_weights = attention_of(q.numpy(), k.numpy(), v.numpy())
        near(weights, wanted_weights, "A weight")
        near(out, wanted, "The output")


@check("attention", hint="Masks broadcast: (L, L), (B, 1, 1, L), (B, H, L, L).")
def check_attention_masks(submission, rng):
    """Masks of any shape that broadcasts to the scores do what they say."""
    q, k, v = normal(rng, B, H, L, 7), normal(rng, B, H, L, 7), normal(rng, B, H, L, 7)
    for shape in ((L, L), (B, 1, 1, L), (1, H, L, L), (B, H, L, L)):
        blocked = some_open(rng, *shape)
        out, weights = pair(ask(submission, "attention", q, k, v, blocked))
        wanted, wanted_weights = attention_of(*(t.numpy() for t in (q, k, v, blocked)))
        near(weights, wanted_weights, "A weight")
        near(out, wanted, "The output")


@check("attention", hint="Change what comes later: does anything earlier move?")
def check_attention_causal(submission, rng):
    """With a causal mask the outputs up to t do not depend on anything after t."""
    q, k, v = (normal(rng, B, 7, 5) for _ in range(3))
    out, _ = pair(submission.attention(q, k, v, above(7)))
    near(numbers(out)[:, 0], v[:, 0], "The first output, which is the first value,")
    for t in (0, 3, 5):
        other = [tensor.clone() for tensor in (q, k, v)]
        for tensor in other:
            tensor[:, t + 1 :] += normal(rng, B, 6 - t, 5, scale=3)
        moved, _ = pair(submission.attention(*other, above(7)))
        message = "An output moves when only later positions have changed"
        near(numbers(moved)[:, : t + 1], numbers(out)[:, : t + 1], message=message)


@check("attention", hint="Keys and values belong together in pairs; their order says nothing.")
@settings(max_examples=8)
@given(SEEDS, LENGTHS)
def check_attention_permuted(submission, seed, length):
    """Keys and values shuffled together give the same output."""
    rng = np.random.default_rng(seed)
    q, k, v = normal(rng, 3, 4), normal(rng, length, 4), normal(rng, length, 2)
    order = torch.from_numpy(rng.permutation(length))
    out, weights = pair(submission.attention(q, k, v))
    mixed, _ = pair(submission.attention(q, k[order], v[order]))
    near(mixed, numbers(out), message="The output depends on the order of the keys")
    near(numbers(weights).sum(-1), np.ones(3), "The sum of the weights of a query")


@check("attention", hint="A query with nothing open gets zeros, and its gradient is no NaN.")
def check_attention_nothing_open(submission, rng):
    """A query with everything blocked gets zeros, and all gradients are finite."""
    q, k, v = (normal(rng, L, 3) for _ in range(3))
    blocked = above(L) | bools([1, 1, 0, 0, 0])
    found = submission.gradients("attention", q, k, v, blocked)
    out, weights = pair(found.result)
    near(numbers(out)[:2], np.zeros((2, 3)), "An output with nothing open")
    near(numbers(weights)[:2], np.zeros((2, L)), "A weight with nothing open")
    for gradient in found.args[:3]:
        require(gradient is not None, "No gradient arrives at one of q, k, v")
        finite(gradient, what="A gradient")


@check("attention", hint="Nothing may be detached: q, k and v all learn.")
def check_attention_gradients(submission, reference, rng):
    """The gradients of queries, keys and values are right."""
    given_tensors = normal(rng, 3, 7), normal(rng, L, 7), normal(rng, L, 2)
    direction = normal(rng, 3, 2)
    found = submission.gradients("attention", *given_tensors, weights=direction)
    leaves = [tensor.clone().requires_grad_() for tensor in given_tensors]
    (reference.attention(*leaves)[0] * direction).sum().backward()
    for name, gradient, leaf in zip("qkv", found.args, leaves, strict=True):
        require(gradient is not None, f"No gradient arrives at {name}")
        near(gradient, leaf.grad, f"The gradient of {name}")


@check("attention", points=0.5, hint="New tensors are made with `device=q.device`.")
def check_attention_device(submission):
    """Attention works on the device of its inputs."""
    q = torch.zeros(B, L, 3)
    travels(submission, "attention", q, q, q, above(L))


@check("attention_matmuls", hint="Write each product as (rows, inner) times (inner, columns).")
@settings(max_examples=8)
@given(*[st.integers(1, 40)] * 4)
def check_matmuls_anywhere(submission, C, I, H, O):
    """The five pairs of shapes are right, in order, for any sizes."""
    result = numbers(submission.attention_matmuls(C, I, H, O), "The shapes")
    require(result.shape == (5, 2, 2), "The result is not five pairs of shapes", result)
    inner = result[:, 0, 1] == result[:, 1, 0]
    require(inner.all(), "The inner sizes of a product do not agree", result)
    rows = [(C, I, H), (C, I, H), (C, I, O), (C, H, C), (C, C, O)]
    wanted = [((m, n), (n, p)) for m, n, p in rows]
    close(result, wanted, what="A shape")


# e: Head, MultiHeadAttention


def head_weights(rng, d_model, d_head):
    """Return random weights of one head."""
    return {name: normal(rng, d_head, d_model, scale=0.7) for name in ("w_q", "w_k", "w_v")}


def heads_weights(rng, d=D):
    """Return random weights of several heads."""
    matrices = {name: normal(rng, d, d, scale=0.4) for name in ("w_q", "w_k", "w_v", "w_o")}
    return {**matrices, "b_o": normal(rng, d)}


def head_of(x, weights, blocked=None):
    """Return what one head computes, by the definition."""
    q, k, v = (x.numpy() @ weights[name].numpy().T for name in ("w_q", "w_k", "w_v"))
    return attention_of(q, k, v, None if blocked is None else blocked.numpy())[0]


def heads_of(x, weights, n_heads, blocked=None):
    """Return what several heads compute, in a loop over them."""
    size = x.shape[-1] // n_heads
    outs = []
    for h in range(n_heads):
        rows = {name: weights[name][h * size : (h + 1) * size] for name in ("w_q", "w_k", "w_v")}
        mine = None
        if blocked is not None:
            mine = torch.broadcast_to(blocked, (len(x), n_heads, *[x.shape[1]] * 2))[:, h]
        outs.append(head_of(x, rows, mine))
    return np.concatenate(outs, -1) @ weights["w_o"].numpy().T + weights["b_o"].numpy()


@check("Head", hint="x @ w.T for each of the three; the root is that of d_head.")
def check_head_values(submission, rng):
    """The output is right for random weights, with and without masks (L, L) and (B, L, L)."""
    weights, x = head_weights(rng, D, 7), normal(rng, B, L, D)
    head = built(submission, "Head", D, 7, weights=weights)
    for blocked in (None, above(L), some_open(rng, B, L, L)):
        args = (x,) if blocked is None else (x, blocked)
        near(run(submission, head, *args), head_of(x, weights, blocked), "The output")


@check("Head", hint="Three different matrices, and all of them learn.")
def check_head_gradients(submission, reference, rng):
    """Gradients reach the input and all three weights, and they are right."""
    weights, x, direction = head_weights(rng, 6, 4), normal(rng, B, L, 6), normal(rng, B, L, 4)
    head = built(submission, "Head", 6, 4, weights=weights)
    found = submission.gradients(head, x, above(L), weights=direction)
    leaf = x.clone().requires_grad_()
    our_head = ours(reference, "Head", 6, 4, weights=weights)
    (our_head.forward(leaf, above(L)) * direction).sum().backward()
    require(found.args[0] is not None, "No gradient arrives at the input")
    near(found.args[0], leaf.grad, "The gradient of the input")
    for name, gradient in found.parameters.items():
        require(gradient is not None, f"No gradient arrives at `{name}`")


@check("Head", points=0.5, hint="How many axes have the scores of one head?")
def check_head_four_axes(submission, rng):
    """A padding mask of four axes is refused, or has its extra axes removed."""
    weights, x = head_weights(rng, 6, 4), normal(rng, B, L, 6)
    head = built(submission, "Head", 6, 4, weights=weights)
    blocked = bools([[0, 0, 0, 1, 1], [0, 0, 0, 0, 1]])
    try:
        out = head.forward(x, blocked[:, None, None, :])
    except Blank:
        raise
    except StudentError:
        return
    shape = numbers(out, "The output").shape
    message = "A mask of four axes turns (B, L, d) into something else, without a word"
    require(shape == (B, L, 4), message, f"shape {shape}")
    near(out, head_of(x, weights, blocked[:, None, :]), "The output with a mask of four axes")


@check("MultiHeadAttention", hint="Compare with a loop over the heads, each with its own rows.")
def check_heads_values(submission, rng):
    """The output is that of a loop over the heads, with and without a causal mask."""
    weights, x = heads_weights(rng), normal(rng, B, L, D)
    heads = built(submission, "MultiHeadAttention", D, H, weights=weights)
    near(run(submission, heads, x), heads_of(x, weights, H), "The output")
    wanted = heads_of(x, weights, H, above(L))
    near(run(submission, heads, x, above(L)), wanted, "The output with a causal mask")


@check("MultiHeadAttention", hint="One head is a special case, and so are as many as features.")
def check_heads_counts(submission, rng):
    """Any number of heads that divides d_model is right: one, three, seven, all."""
    x, weights = normal(rng, B, L, D), heads_weights(rng)
    for count in (1, 7, 21):
        heads = built(submission, "MultiHeadAttention", D, count, weights=weights)
        near(run(submission, heads, x), heads_of(x, weights, count), "The output")


@check("MultiHeadAttention", hint="Masks broadcast to (B, H, L, L).")
def check_heads_masks(submission, rng):
    """Padding masks, masks per head and combined ones all arrive where they belong."""
    weights, x = heads_weights(rng), normal(rng, B, L, D)
    heads = built(submission, "MultiHeadAttention", D, H, weights=weights)
    for shape in ((B, 1, 1, L), (1, H, L, L), (B, H, L, L), (B, 1, L, L)):
        blocked = some_open(rng, *shape)
        near(run(submission, heads, x, blocked), heads_of(x, weights, H, blocked), "The output")


@check("MultiHeadAttention", hint="Undo the swap of axes before joining the heads.")
def check_heads_causal(submission, rng):
    """With a causal mask nothing leaks from later positions, and nothing between sequences."""
    weights, x = heads_weights(rng), normal(rng, B, 7, D)
    heads = built(submission, "MultiHeadAttention", D, H, weights=weights)
    out = numbers(run(submission, heads, x, above(7)), "The output")
    for t in (0, 2, 5):
        changed = x.clone()
        changed[0, t + 1 :] += normal(rng, 6 - t, D, scale=3)
        moved = numbers(heads.forward(changed, above(7)), "The output")
        message = "An output moves when only later positions have changed"
        near(moved[0, : t + 1], out[0, : t + 1], message=message)
        near(moved[1], out[1], message="A sequence depends on another one of its batch")


@check("MultiHeadAttention", hint="All five parameters learn; so does the input.")
def check_heads_gradients(submission, reference, rng):
    """The gradient of the input is right, and there are 4·d² + d parameters that learn."""
    weights, x, direction = heads_weights(rng), normal(rng, B, L, D), normal(rng, B, L, D)
    heads = built(submission, "MultiHeadAttention", D, H, weights=weights)
    found = submission.gradients(heads, x, above(L), weights=direction)
    leaf = x.clone().requires_grad_()
    our_heads = ours(reference, "MultiHeadAttention", D, H, weights=weights)
    (our_heads.forward(leaf, above(L)) * direction).sum().backward()
    require(found.args[0] is not None, "No gradient arrives at the input")
    near(found.args[0], leaf.grad, "The gradient of the input")
    learnt(found.parameters, 4 * D * D + D)


def learnt(parameters, count):
    """Fail the check unless all parameters have a gradient and are as many as they should be."""
    for name, gradient in parameters.items():
        require(gradient is not None, f"No gradient arrives at the parameter `{name}`")
    total = sum(numbers(gradient).size for gradient in parameters.values())
    require(total == count, "The number of parameters is wrong", total, count)


@check("MultiHeadAttention", points=0.5, hint="New tensors are made with `device=x.device`.")
def check_heads_device(submission):
    """The heads work on the device of their input."""
    heads = built(submission, "MultiHeadAttention", 6, 3)
    travels(submission, heads, torch.zeros(B, L, 6), above(L))


# f: LayerNorm


def norm_of(x, weight, bias, eps):
    """Return what a LayerNorm computes, by its definition."""
    x = x.numpy()
    centred = x - x.mean(-1, keepdims=True)
    variance = (centred**2).mean(-1, keepdims=True)
    return centred / np.sqrt(variance + eps) * weight.numpy() + bias.numpy()


def plain(dim):
    """Return the weight and bias that a norm starts with, in double precision."""
    return {"weight": torch.ones(dim).double(), "bias": torch.zeros(dim).double()}


@check("LayerNorm", hint="Where does eps go, and by what is the variance divided?")
def check_norm_eps(submission, rng):
    """With eps = 0.1 the values are right to all digits: it stands under the root."""
    norm = built(submission, "LayerNorm", 4, 0.1, weights=plain(4))
    x = torch.tensor([[1.0, 2.0, 3.0, 4.0]]).double()
    near(numbers(run(submission, norm, x))[0, 3], 1.290994, "The last number", error=2e-6)
    x = normal(rng, B, L, 4, scale=0.3)
    wanted = norm_of(x, torch.ones(4), torch.zeros(4), 0.1)
    near(run(submission, norm, x), wanted, "The result", error=1e-5)


@check("LayerNorm", hint="Scale, then shift, feature by feature.")
def check_norm_affine(submission, rng):
    """Weight and bias scale and shift each feature, and start as ones and zeros."""
    x = normal(rng, B, L, 7) + 3
    fresh = built(submission, "LayerNorm", 7)
    wanted = norm_of(x, torch.ones(7), torch.zeros(7), 1e-5)
    near(run(submission, fresh, x.float()), wanted, "The result of a new norm", error=1e-4)
    weights = {"weight": normal(rng, 7), "bias": normal(rng, 7)}
    norm = built(submission, "LayerNorm", 7, weights=weights)
    wanted = norm_of(x, weights["weight"], weights["bias"], 1e-5)
    near(run(submission, norm, x), wanted, "The result with a weight and a bias", error=1e-5)


@check("LayerNorm", hint="Each position by itself: the last axis only.")
def check_norm_axis(submission, rng):
    """Each position is normalised by itself, whatever else is in the batch."""
    norm = built(submission, "LayerNorm", 7, weights=plain(7))
    for shape in ((L, 7), (7, 7), (B, H, L, 7), (7,)):
        x = normal(rng, *shape)
        out = numbers(run(submission, norm, x), "The result")
        require(out.shape == tuple(shape), "The result is not shaped like x", out.shape)
        flat = out.reshape(-1, 7)
        near(flat.mean(-1), np.zeros(len(flat)), "The mean of a position", error=1e-5)
        near(flat.var(-1), np.ones(len(flat)), "The variance of a position", error=1e-2)
    x = normal(rng, B, L, 7)
    together, alone = run(submission, norm, x), run(submission, norm, x[:1])
    message = "A position changes with the rest of the batch"
    near(numbers(together)[:1], numbers(alone), message=message, error=1e-5)


@check("LayerNorm", hint="Gradients must flow through the mean and the variance, too.")
def check_norm_gradients(submission, reference, rng):
    """The gradients are right: of the input, where they add up to 0, of the weight and bias."""
    weights = {"weight": normal(rng, 7), "bias": normal(rng, 7)}
    x, direction = normal(rng, B, L, 7), normal(rng, B, L, 7)
    norm = built(submission, "LayerNorm", 7, 0.1, weights=weights)
    found = submission.gradients(norm, x, weights=direction)
    leaf = x.clone().requires_grad_()
    our_norm = ours(reference, "LayerNorm", 7, 0.1, weights=weights)
    (our_norm.forward(leaf) * direction).sum().backward()
    require(found.args[0] is not None, "No gradient arrives at the input")
    near(found.args[0], leaf.grad, "The gradient of the input", error=1e-5)
    sums = numbers(found.args[0]).sum(-1)
    near(sums, np.zeros((B, L)), "The sum of the gradient over the features", error=1e-5)
    learnt(found.parameters, 14)


@check("LayerNorm", hint="A common shift and a common stretch of all features change nothing.")
@settings(max_examples=8, phases=[Phase.generate])
@given(SEEDS, st.floats(-100, 100, allow_subnormal=False), st.floats(0.5, 50))
def check_norm_invariant(submission, seed, shift, stretch):
    """A shift or a stretch of all features changes nothing, up to eps."""
    x = normal(np.random.default_rng(seed), 3, 7)
    norm = built(submission, "LayerNorm", 7, 1e-9, weights=plain(7))
    out = numbers(norm.forward(x), "The result")
    near(norm.forward(stretch * x + shift), out, error=1e-3)


# g: sinusoidal_positions


def waves(length, d_model):
    """Return the position table, entry by entry from its formula."""
    table = np.zeros((length, d_model))
    for p in range(length):
        for column in range(d_model):
            angle = p / 10000 ** (2 * (column // 2) / d_model)
            table[p, column] = math.cos(angle) if column % 2 else math.sin(angle)
    return table


@check("sinusoidal_positions", hint="2i/d: i counts pairs of columns.")
def check_positions_values(submission):
    """Every entry is right for several sizes, up to position 40."""
    for length, d_model in ((41, 6), (1, 4), (13, 16), (7, 2)):
        result = submission.sinusoidal_positions(length, d_model)
        near(result, waves(length, d_model), error=2e-5)


@check("sinusoidal_positions", hint="An odd width ends on a sine: one more sine than cosines.")
def check_positions_odd(submission):
    """Odd widths work, and end on a sine."""
    for length, d_model in ((11, 7), (5, 1), (3, 3)):
        result = submission.sinusoidal_positions(length, d_model)
        near(result, waves(length, d_model), error=2e-5)


@check("sinusoidal_positions", hint="The product of two positions depends on their distance alone.")
def check_positions_products(submission):
    """At width 500 position 1000 times itself, ±1 and ±10 away: 250, 243.258261, 169.695752."""
    table = numbers(submission.sinusoidal_positions(1011, 500), "The table")
    require(table.shape == (1011, 500), "The table has the wrong shape", f"shape {table.shape}")
    products = table[[1000, 999, 1001, 990, 1010]] @ table[1000]
    wanted = [250, 243.258261, 243.258261, 169.695752, 169.695752]
    close(products, wanted, rtol=0, atol=0.02, what="A product of two positions")


@check("sinusoidal_positions", hint="Every row is a point of unit circles, one per pair.")
@settings(max_examples=8)
@given(st.integers(1, 40), st.integers(1, 12))
def check_positions_circles(submission, length, pairs):
    """Sine and cosine of a pair lie on the unit circle, and position 0 is `0 1 0 1 …`."""
    table = numbers(submission.sinusoidal_positions(length, 2 * pairs), "The table")
    require(table.shape == (length, 2 * pairs), "The table has the wrong shape")
    near(table[0], [0, 1] * pairs, "Position 0")
    squares = (table**2).reshape(length, pairs, 2).sum(-1)
    near(squares, np.ones((length, pairs)), "Sine squared plus cosine squared", error=1e-5)


# h: FeedForward, Block


def feed_weights(rng, d, hidden):
    """Return random weights of a feed-forward network."""
    return {
        "w_1": normal(rng, hidden, d, scale=0.4),
        "b_1": normal(rng, hidden),
        "w_2": normal(rng, d, hidden, scale=0.4),
        "b_2": normal(rng, d),
    }


def block_weights(rng, d):
    """Return random weights of a block."""
    norms = {
        f"norm{i}.{name}": normal(rng, d) + (name == "weight")
        for i in (1, 2)
        for name in ("weight", "bias")
    }
    attn = {f"attn.{name}": value for name, value in heads_weights(rng, d).items()}
    ff = {f"ff.{name}": value for name, value in feed_weights(rng, d, 4 * d).items()}
    return {**attn, **ff, **norms}


def gelu(x):
    """Return x times the normal CDF of x."""
    return x * (1 + np.vectorize(math.erf)(x / math.sqrt(2))) / 2


@check("FeedForward", hint="W₂·GELU(W₁·x + b₁) + b₂.")
def check_feed_forward_values(submission, rng):
    """The output is right for random weights, and for inputs of any shape."""
    weights = feed_weights(rng, 5, 7)
    ff = built(submission, "FeedForward", 5, 7, weights=weights)
    for shape in ((B, L, 5), (3, 5)):
        x = normal(rng, *shape)
        hidden = gelu(x.numpy() @ weights["w_1"].numpy().T + weights["b_1"].numpy())
        wanted = hidden @ weights["w_2"].numpy().T + weights["b_2"].numpy()
        # The tanh form differs by less than 0.001 per hidden number.
        near(run(submission, ff, x), wanted, "The output", error=3e-3)


@check("FeedForward", hint="Four times wider unless told otherwise; a bias in both maps.")
def check_feed_forward_size(submission):
    """Without d_hidden it is four times as wide: 8·d² + 5·d parameters, all of which learn."""
    ff = built(submission, "FeedForward", 3)
    found = submission.gradients(ff, torch.ones(2, 3))
    learnt(found.parameters, 8 * 9 + 5 * 3)
    ff = built(submission, "FeedForward", 3, 7)
    learnt(submission.gradients(ff, torch.ones(2, 3)).parameters, 2 * 3 * 7 + 7 + 3)


def block_pair(submission, reference, rng, *args):
    """Return a block of the submission and one of the reference, with the same weights."""
    weights = block_weights(rng, args[0])
    theirs = built(submission, "Block", *args, weights=weights)
    return theirs, ours(reference, "Block", *args, weights=weights)


@check("Block", hint="Norm, attention, shortcut; norm, feed-forward, shortcut.")
def check_block_pre(submission, reference, rng):
    """A pre-norm block is x + attn(norm1(x)), then x + ff(norm2(x)), and pre is the default."""
    theirs, our_block = block_pair(submission, reference, rng, 6, 3)
    x = normal(rng, B, L, 6)
    for args in ((x,), (x, above(L))):
        wanted = our_block.forward(*args)
        near(run(submission, theirs, *args), wanted, "The output", error=2e-2)


@check("Block", hint="Attention, shortcut, norm; feed-forward, shortcut, norm.")
def check_block_post(submission, reference, rng):
    """A post-norm block is norm1(x + attn(x)), then norm2(x + ff(x))."""
    theirs, our_block = block_pair(submission, reference, rng, 6, 3, "post")
    x = normal(rng, B, L, 6)
    for args in ((x,), (x, above(L))):
        wanted = our_block.forward(*args)
        near(run(submission, theirs, *args), wanted, "The output", error=2e-2)


@check(
    "Block", hint="Two norms, each with its own weight and bias. What is added back is x itself."
)
def check_block_two_norms(submission, rng):
    """The two norms are two, the shortcut carries x itself, and 12·d² + 10·d parameters learn."""
    d = 6
    weights = block_weights(rng, d)
    for name in ("attn.w_o", "attn.b_o", "ff.w_2", "ff.b_2"):
        weights[name] = torch.zeros_like(weights[name])
    x = normal(rng, B, L, d)
    block = built(submission, "Block", d, 3, weights=weights)
    message = "With silent attention and feed-forward a pre-norm block changes its input"
    near(run(submission, block, x), x, message=message)
    block = built(submission, "Block", d, 3, "post", weights=weights)
    wanted = x
    for i in (1, 2):
        wanted = torch.from_numpy(
            norm_of(wanted, weights[f"norm{i}.weight"], weights[f"norm{i}.bias"], 1e-5)
        )
    message = "With silent attention and feed-forward a post-norm block is norm1, then norm2"
    near(run(submission, block, x), wanted, message=message, error=1e-4)
    block = built(submission, "Block", d, 3)
    found = submission.gradients(block, x.float(), weights=normal(rng, B, L, d))
    learnt(found.parameters, 12 * d * d + 10 * d)


@check("Block", hint="The mask belongs to the attention, in both kinds of block.")
def check_block_causal(submission, rng):
    """With a causal mask no output depends on later positions, in either kind of block."""
    x = normal(rng, B, 7, 6)
    for norm in ("pre", "post"):
        block = built(submission, "Block", 6, 3, norm, weights=block_weights(rng, 6))
        out = numbers(run(submission, block, x, above(7)), "The output")
        for t in (0, 4):
            changed = x.clone()
            changed[:, t + 1 :] += normal(rng, B, 6 - t, 6, scale=2)
            moved = numbers(block.forward(changed, above(7)), "The output")
            message = "An output moves when only later positions have changed"
            near(moved[:, : t + 1], out[:, : t + 1], message=message)


@check("Block", hint="Nothing may be detached on the way.")
def check_block_gradient(submission, reference, rng):
    """The gradient of the input is right, through attention, feed-forward, norms and shortcuts."""
    for norm in ("pre", "post"):
        theirs, our_block = block_pair(submission, reference, rng, 6, 2, norm)
        x, direction = normal(rng, B, L, 6), normal(rng, B, L, 6)
        found = submission.gradients(theirs, x, weights=direction)
        leaf = x.clone().requires_grad_()
        (our_block.forward(leaf) * direction).sum().backward()
        require(found.args[0] is not None, "No gradient arrives at the input")
        wanted = leaf.grad
        size = wanted.abs().max().item()
        near(found.args[0] / size, wanted / size, "The gradient of the input", error=2e-2)


@check("Block", points=0.25, hint="New tensors are made with `device=x.device`.")
def check_block_device(submission):
    """A block works on the device of its input."""
    block = built(submission, "Block", 6, 3)
    travels(submission, block, torch.zeros(B, L, 6), above(L))


# i: TinyGPT

GPT = (V, 6, 3, 2, 13)


def gpt_weights(rng, sizes=GPT):
    """Return random weights of a tiny GPT."""
    vocab, d, _, layers, length = sizes
    blocks = {
        f"blocks.{i}.{name}": value
        for i in range(layers)
        for name, value in block_weights(rng, d).items()
    }
    final = {"final_norm.weight": normal(rng, d) + 1, "final_norm.bias": normal(rng, d)}
    tables = {"tok_emb": normal(rng, vocab, d), "pos_emb": normal(rng, length, d)}
    return {**tables, **blocks, **final}


def tokens(rng, *shape):
    """Return random ids."""
    return torch.from_numpy(rng.integers(0, V, shape))


@check("TinyGPT", hint="Embeddings added, blocks with a causal mask, final norm, tied output.")
def check_gpt_values(submission, reference, rng):
    """The logits are right for given weights, for inputs of several lengths."""
    weights = gpt_weights(rng)
    model = built(submission, "TinyGPT", *GPT, weights=weights)
    our_model = ours(reference, "TinyGPT", *GPT, weights=weights)
    for shape in ((B, L), (1, 13), (3, 1)):
        ids = tokens(rng, *shape)
        # The tanh form of the GELU, summed over hidden numbers and layers, stays below 0.05.
        near(run(submission, model, ids), our_model.forward(ids), "A logit", error=5e-2)


@check("TinyGPT", hint="The output layer is the embedding itself: one matrix, used twice.")
def check_gpt_tied(submission, rng):
    """Another embedding of one token changes its logit everywhere, and no other parameter."""
    weights = gpt_weights(rng)
    model = built(submission, "TinyGPT", *GPT, weights=weights)
    # Token 7 is not in the input: only through the output layer can its embedding matter.
    ids = torch.tensor([[1, 2, 3, 4, 5]])
    before = numbers(run(submission, model, ids), "The logits")
    table = weights["tok_emb"].clone()
    table[7] *= 2
    model.load({"tok_emb": table})
    after = numbers(run(submission, model, ids), "The logits")
    message = "The logits do not follow the embedding: the output layer is another matrix"
    near(after[..., 7], 2 * before[..., 7], message=message, error=1e-5)
    others = [i for i in range(V) if i != 7]
    near(after[..., others], before[..., others], "A logit of another token")


@check("TinyGPT", hint="V·d + max_len·d + n_layers·(12·d² + 10·d) + 2·d, and all of them learn.")
def check_gpt_count(submission, rng):
    """The number of parameters follows the formula, and each of them has a gradient."""
    for vocab, d, n_heads, layers, length in ((11, 6, 3, 2, 13), (7, 4, 1, 3, 5), (5, 10, 5, 1, 7)):
        model = built(submission, "TinyGPT", vocab, d, n_heads, layers, length)
        ids = torch.from_numpy(rng.integers(0, vocab, (B, length)))
        found = submission.gradients(model, ids, weights=normal(rng, B, length, vocab).float())
        count = vocab * d + length * d + layers * (12 * d * d + 10 * d) + 2 * d
        learnt(found.parameters, count)


@check("TinyGPT", hint="A causal mask in every block, for the length at hand.")
def check_gpt_causal(submission, rng):
    """The logits up to t do not depend on later tokens, nor on other sequences."""
    model = built(submission, "TinyGPT", *GPT, weights=gpt_weights(rng))
    ids = tokens(rng, B, 7)
    logits = numbers(run(submission, model, ids), "The logits")
    for t in (0, 3, 5):
        changed = ids.clone()
        changed[0, t + 1 :] = (changed[0, t + 1 :] + 1 + tokens(rng, 6 - t) % (V - 1)) % V
        moved = numbers(model.forward(changed), "The logits")
        message = "A logit moves when only later tokens have changed"
        near(moved[0, : t + 1], logits[0, : t + 1], message=message)
        near(moved[1], logits[1], message="A sequence depends on another one of its batch")
    short = numbers(model.forward(ids[:, :4]), "The logits")
    near(short, logits[:, :4], message="The logits of a prefix depend on what follows it")


@check("TinyGPT", hint="Each place adds its own row of the position table.")
def check_gpt_order(submission, rng):
    """Order matters: another order of the earlier tokens gives other logits at the end."""
    weights = gpt_weights(rng)
    model = built(submission, "TinyGPT", *GPT, weights=weights)
    ids = torch.tensor([[1, 2, 3, 4, 5], [3, 1, 2, 4, 5]])
    logits = numbers(run(submission, model, ids), "The logits")
    apart = np.abs(logits[0, -1] - logits[1, -1]).max()
    message = "The last logits are the same for another order of the earlier tokens"
    require(apart > 1e-4, message, apart)
    # Not a common shift of all features, which the norms would take out.
    table = weights["pos_emb"].clone()
    table[2] += normal(rng, GPT[1])
    model.load({"pos_emb": table})
    moved = numbers(run(submission, model, ids), "The logits")
    message = "The logits before position 2 depend on the row of position 2"
    near(moved[:, :2], logits[:, :2], message=message)
    apart = np.abs(moved[:, 2] - logits[:, 2]).max()
    require(apart > 1e-4, "The logits at position 2 do not depend on its row", apart)


@check("TinyGPT", hint="Logits are unnormalised: the loss takes its own softmax.")
def check_gpt_logits(submission, rng):
    """With silent blocks the logits are final_norm(token + position) times the embedding."""
    weights = gpt_weights(rng)
    for name in weights:
        if name.endswith(("w_o", "b_o", "w_2", "b_2")):
            weights[name] = torch.zeros_like(weights[name])
    model = built(submission, "TinyGPT", *GPT, weights=weights)
    ids = tokens(rng, B, L)
    x = weights["tok_emb"][ids] + weights["pos_emb"][:L]
    x = norm_of(x, weights["final_norm.weight"], weights["final_norm.bias"], 1e-5)
    wanted = x @ weights["tok_emb"].numpy().T
    near(run(submission, model, ids), wanted, "A logit", error=1e-4)


@check(
    "TinyGPT", points=0.25, hint="One row of positions broadcasts: compare the lengths yourself."
)
def check_gpt_one_position(submission):
    """A model for a single token refuses two."""
    model = built(submission, "TinyGPT", 11, 6, 2, 1, 1)
    run(submission, model, torch.tensor([[3]]))
    message = "Two tokens with max_len=1 must raise a ValueError"
    expect_error(lambda: model.forward(torch.tensor([[3, 1]])), "Exception", message)


@check("TinyGPT", points=0.5, hint="The mask goes to `ids.device`, and so do positions.")
def check_gpt_device(submission):
    """The model works on the device of its input."""
    model = built(submission, "TinyGPT", *GPT)
    travels(submission, model, torch.zeros(B, L, dtype=torch.int64))


# j: pad_batch, next_token_loss


def padded(submission, *args):
    """Return the three tables that `pad_batch` must return, as arrays."""
    result = ask(submission, "pad_batch", *args)
    is_right = isinstance(result, tuple | list) and len(result) == 3
    require(is_right, "`pad_batch` must return three tensors", result)
    names = ("The ids", "The attention mask", "The labels")
    return [numbers(table, name) for table, name in zip(result, names, strict=True)]


@check("pad_batch", hint="Which variable is padded in which line?")
def check_pad_labels(submission):
    """Labels come from the labels, ids from the ids, also where the two differ."""
    ids, _, labels = padded(submission, [[1, 2, 3], [4, 5]], [[7, -100, 8], [-100, 6]], 0)
    close(labels, [[7, -100, 8], [-100, 6, -100]], what="A label")
    close(ids, [[1, 2, 3], [4, 5, 0]], what="An id")


@check("pad_batch", hint="Real is what lies within the length, whatever its number.")
def check_pad_inside(submission):
    """Tokens that equal pad_id inside a sequence are real."""
    ids, mask, labels = padded(submission, [[0, 1, 0], [0], [2, 0]], [[0, 1, 0], [0], [2, 0]], 0)
    close(mask, [[1, 1, 1], [1, 0, 0], [1, 1, 0]], what="An entry of the attention mask")
    close(labels, [[0, 1, 0], [0, -100, -100], [2, 0, -100]], what="A label")
    close(ids, [[0, 1, 0], [0, 0, 0], [2, 0, 0]], what="An id")


@check("pad_batch", hint="Both fillings are arguments.")
@settings(max_examples=10)
@given(
    st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=5), min_size=1, max_size=4),
    st.integers(0, 9),
    st.integers(-9, -1),
)
def check_pad_anywhere(submission, seqs, pad_id, ignore_index):
    """Any sequences and any two fillings: what is real stays, the rest is filled on the right."""
    targets = [[token + 10 for token in seq] for seq in seqs]
    ids, mask, labels = padded(submission, seqs, targets, pad_id, ignore_index)
    longest = max(map(len, seqs))

    def filled(rows, filling):
        return [row + [filling] * (longest - len(row)) for row in rows]

    close(ids, filled(seqs, pad_id), what="An id")
    close(mask, filled([[1] * len(seq) for seq in seqs], 0), what="An entry of the attention mask")
    close(labels, filled(targets, ignore_index), what="A label")


def loss_of(logits, labels, ignore_index=-100):
    """Return the next-token loss by its definition, in a loop over single bets."""
    losses = []
    for row, targets in zip(logits.numpy(), labels.tolist(), strict=True):
        for bet, target in zip(row[:-1], targets[1:], strict=True):
            if target != ignore_index:
                top = bet.max()
                losses.append(top + math.log(np.exp(bet - top).sum()) - bet[target])
    return sum(losses) / len(losses) if losses else 0.0


@check("next_token_loss", hint="The bet at t is on the label at t+1: shift once, here.")
def check_loss_values(submission, rng):
    """The loss is right for random logits and labels."""
    for shape in ((B, L), (1, 2), (3, 7)):
        logits, labels = normal(rng, *shape, V), tokens(rng, *shape)
        wanted = loss_of(logits, labels)
        near(ask(submission, "next_token_loss", logits, labels), wanted, "The loss")


@check("next_token_loss", hint="Does the first label count anywhere? Do the last logits?")
def check_loss_shift(submission, rng):
    """The first label and the last logits have no influence."""
    logits, labels = normal(rng, B, L, V), tokens(rng, B, L)
    loss = numbers(submission.next_token_loss(logits, labels), "The loss")
    other, same = labels.clone(), logits.clone()
    other[:, 0] = (other[:, 0] + 1) % V
    same[:, -1] += normal(rng, B, V, scale=5)
    message = "The loss depends on the first label, which is nobody's target"
    near(submission.next_token_loss(logits, other), loss, message=message)
    message = "The loss depends on the last logits, which have no target"
    near(submission.next_token_loss(same, labels), loss, message=message)


@check("next_token_loss", hint="Divide by the number of labels that count.")
def check_loss_ignored(submission, rng):
    """Ignored labels do not count: neither in the sum nor in the mean."""
    logits, labels = normal(rng, 3, 7, V), tokens(rng, 3, 7)
    labels[0, 4:], labels[1, :3], labels[2, 1:] = -100, -100, -100
    wanted = loss_of(logits, labels)
    near(ask(submission, "next_token_loss", logits, labels), wanted, "The loss")
    labels = tokens(rng, 3, 7)
    wanted = loss_of(logits, labels, 5)
    result = ask(submission, "next_token_loss", logits, labels, 5)
    near(result, wanted, "The loss with another ignore_index")


@check("next_token_loss", hint="The mean of nothing: what do you divide by?")
def check_loss_of_nothing(submission, rng):
    """With nothing to count the loss is 0, not NaN."""
    nothing = torch.full((B, L), -100)
    logits = normal(rng, B, L, V)
    near(ask(submission, "next_token_loss", logits, nothing), 0, "The loss of nothing")
    first = nothing.clone()
    first[:, 0] = 3
    near(ask(submission, "next_token_loss", logits, first), 0, "The loss of first labels alone")


@check("next_token_loss", hint="log(softmax) in two steps is -∞ where it should be -200.")
def check_loss_large(submission):
    """Logits that are hundreds apart give a large loss, not an infinite one."""
    logits = torch.tensor([[[900.0, 0.0, 0.0], [0.0, 0.0, -900.0], [0.0, 0.0, 0.0]]]).double()
    loss = ask(submission, "next_token_loss", logits, torch.tensor([[0, 1, 2]]))
    near(loss, (900 + 900 + math.log(2)) / 2, "The loss")
    logits, labels = torch.tensor([[[200.0, 0.0], [0.0, 0.0]]]), torch.tensor([[0, 1]])
    near(ask(submission, "next_token_loss", logits, labels), 200, "The loss", error=1e-5)


@check(
    "next_token_loss", hint="The gradient is softmax minus one-hot, over the number that counts."
)
def check_loss_gradient(submission, rng):
    """The gradient is (probabilities - one-hot)/N at each bet that counts, and 0 elsewhere."""
    logits, labels = normal(rng, B, L, V), tokens(rng, B, L)
    labels[0, 3:] = -100
    found = submission.gradients("next_token_loss", logits, labels)
    require(found.args[0] is not None, "No gradient arrives at the logits")
    wanted = torch.zeros(B, L, V).double()
    counted = int((labels[:, 1:] != -100).sum())
    for b in range(B):
        for t in range(L - 1):
            if labels[b, t + 1] != -100:
                wanted[b, t] = torch.softmax(logits[b, t], 0)
                wanted[b, t, labels[b, t + 1]] -= 1
    near(found.args[0], wanted / counted, "The gradient of the logits")


@check("next_token_loss", hint="A common shift of all logits of a bet changes nothing.")
@settings(max_examples=8, phases=[Phase.generate])
@given(SEEDS, LENGTHS, st.floats(-300, 300, allow_subnormal=False))
def check_loss_anywhere(submission, seed, length, shift):
    """A shift of all logits changes nothing; equal logits cost ln V per bet."""
    rng = np.random.default_rng(seed)
    logits, labels = normal(rng, B, length + 1, V), tokens(rng, B, length + 1)
    wanted = loss_of(logits, labels)
    near(submission.next_token_loss(logits + shift, labels), wanted, "The loss")
    near(submission.next_token_loss(0 * logits, labels), math.log(V), "The loss of equal logits")


# l: kv_cached_attention


def continued(submission, q, k, v, sizes, cache=None):
    """Return the outputs and the cache after tokens that come in pieces of some sizes."""
    outs, start = [], 0
    for size in sizes:
        piece = slice(start, start + size)
        arguments = [x[..., piece, :].contiguous() for x in (q, k, v)]
        given = arguments if cache is None else [*arguments, cache]
        out, cache = both(ask(submission, "kv_cached_attention", *given))
        outs.append(torch.as_tensor(numbers(out, "The output")))
        start += size
    return torch.cat(outs, -2), cache


def both(result):
    """Return the output and the cache that one call must return."""
    is_pair = isinstance(result, tuple | list) and len(result) == 2
    require(is_pair, "`kv_cached_attention` must return a pair: `return out, cache`", result)
    return result


def all_at_once(q, k, v):
    """Return the output of causal attention on whole sequences."""
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    return scores.masked_fill(above(q.shape[-2]), -math.inf).softmax(-1) @ v


@check("kv_cached_attention", hint="Several at once: each sees the past and those before it.")
def check_cache_pieces(submission, rng):
    """Tokens that come in pieces of any size, in batches and heads, give what they give together."""
    q, k, v = normal(rng, B, H, 11, 7), normal(rng, B, H, 11, 7), normal(rng, B, H, 11, 13)
    for sizes in ((11,), (1, 2, 5, 3), (4, 1, 6)):
        outs, _ = continued(submission, q, k, v, sizes)
        near(outs, all_at_once(q, k, v), "The output", error=1e-5)


@check("kv_cached_attention", hint="A new cache each time: `torch.cat` makes new tensors.")
def check_cache_shared(submission, rng):
    """Two sentences that share their beginning are continued from the same cache."""
    q, k = normal(rng, 7, 5), normal(rng, 7, 5)
    v = normal(rng, 7, 3)
    _, cache = continued(submission, q[:4], k[:4], v[:4], (3, 1))
    for scale in (1, -2):
        k2, v2 = (torch.cat([x[:4], scale * x[4:]]) for x in (k, v))
        outs, _ = continued(submission, q[4:], k2[4:], v2[4:], (2, 1), cache)
        near(outs, all_at_once(q, k2, v2)[4:], "The output of the continuation", error=1e-5)


@check("kv_cached_attention", hint="Nothing is counted from the end of the new tokens alone.")
@settings(max_examples=6)
@given(st.lists(st.integers(1, 3), min_size=2, max_size=4))
def check_cache_anywhere(submission, sizes):
    """Whatever the pieces, the output is that of causal attention."""
    length = sum(sizes)
    q = torch.sin(torch.arange(3.0 * length).double()).reshape(length, 3)
    k, v = q.flip(0), q.cos()
    outs, _ = continued(submission, q, k, v, sizes)
    near(outs, all_at_once(q, k, v), "The output", error=1e-5)
