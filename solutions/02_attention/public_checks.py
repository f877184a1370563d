"""The public checks: worked examples, and what holds for every function of the notebook."""

import math

import numpy as np
import torch

from grader.checks import RemoteObject, check, close, expect_error, fail, numbers, require

# A root taken in single precision, as in `torch.tensor(d).sqrt()`, costs about 1e-7.
NEAR = 1e-6

TABLE = torch.tensor(
    [
        [0.1, 0.0, 0.3],
        [0.2, 0.1, 0.4],
        [0.3, 0.6, 0.5],
        [0.5, 0.2, 0.7],
        [0.6, 0.4, 0.3],
        [0.1, 0.8, 0.2],
        [0.4, 0.9, 0.1],
    ],
    dtype=torch.float64,
)


def near(got, expected, what="The result", message="", error=NEAR):
    """Compare within an error that allows a step in single precision."""
    close(got, expected, rtol=error, atol=error, what=what, message=message)


def doubles(*values):
    """Return numbers as a tensor of double precision."""
    return torch.tensor(values, dtype=torch.float64)


def bools(rows):
    """Return rows of 0 and 1 as a boolean tensor."""
    return torch.tensor(rows) == 1


def table(rows):
    """Return rows of 0 and 1, written as text, as a boolean tensor."""
    return torch.tensor([[entry == "1" for entry in row] for row in rows.split()])


# The causal masks of three, five and seven tokens.
ABOVE = {
    3: table("011 001 000"),
    5: table("01111 00111 00011 00001 00000"),
    7: table("0111111 0011111 0001111 0000111 0000011 0000001 0000000"),
}


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


# a: embedding_as_matmul


@check("embedding_as_matmul", hint="A one-hot row times a matrix picks a row.")
def check_embedding_worked(submission):
    """In the table of the notebook the tokens 4, 0, 4 are rows 4, 0 and 4."""
    result = ask(submission, "embedding_as_matmul", TABLE, torch.tensor([4, 0, 4]))
    near(result, TABLE[[4, 0, 4]])


# b: causal_mask, padding_mask, combine_masks


@check("causal_mask", hint="True means blocked: what comes later. A token may see itself.")
def check_causal_worked(submission):
    """For three tokens the mask is True at three places: above the diagonal."""
    result = submission.causal_mask(3)
    wanted = bools([[0, 1, 1], [0, 0, 1], [0, 0, 0]])
    same_mask(result, wanted.expand(1, 1, 3, 3), "The causal mask")


@check("padding_mask", hint="1 means real there; True means blocked here.")
def check_padding_worked(submission):
    """For `1 1 1 0 0` and `1 1 1 1 1` the last two keys of the first sequence alone are blocked."""
    real = torch.tensor([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]])
    result = ask(submission, "padding_mask", real)
    # Two sequences, three heads, five queries, five keys.
    wanted = bools([[0, 0, 0, 1, 1], [0, 0, 0, 0, 0]])[:, None, None, :].expand(2, 3, 5, 5)
    same_mask(result, wanted, "The padding mask")


@check("combine_masks", hint="Blocked by one of them is blocked.")
def check_combine_worked(submission):
    """Two masks together block what either of them blocks."""
    first, second = bools([[0, 1], [0, 0]]), bools([[0, 1], [1, 0]])
    result = ask(submission, "combine_masks", first, second)
    same_mask(result, bools([[0, 1], [1, 0]]), "The combined mask")


# c: masked_softmax


@check("masked_softmax", hint="Without a mask it is the softmax.")
def check_softmax_worked(submission):
    """Five scores have the weights .199675, .147923, …; ten times the scores, .0171278, …."""
    scores = doubles(0.1, -0.2, -0.3, 0.2, 0.5)
    for factor, weights in (
        (1, (0.199675, 0.147923, 0.133846, 0.220675, 0.297880)),
        (10, (0.0171278, 0.000852744, 0.000313707, 0.0465582, 0.935148)),
    ):
        near(ask(submission, "masked_softmax", factor * scores), doubles(*weights), error=2e-6)


@check(
    "masked_softmax", hint="Mask first, softmax then. Each row is a distribution over what is open."
)
def check_causal_rows_worked(submission):
    """Zero scores and a causal mask give the rows `1 0 0`, `½ ½ 0`, `⅓ ⅓ ⅓`."""
    result = ask(submission, "masked_softmax", torch.zeros(3, 3).double(), ABOVE[3])
    near(result, doubles([1, 0, 0], [1 / 2, 1 / 2, 0], [1 / 3, 1 / 3, 1 / 3]), "The weights")


@check(
    "masked_softmax", hint="A row that may look at nothing gets zeros. What does yours divide by?"
)
def check_padding_rows_worked(submission):
    """With padding on the right every row is a distribution; on the left two rows are zeros."""
    scores, third = torch.zeros(5, 5).double(), 1 / 3
    result = ask(submission, "masked_softmax", scores, ABOVE[5] | bools([0, 0, 0, 1, 1]))
    right = [[1, 0, 0, 0, 0], [0.5, 0.5, 0, 0, 0], *[[third, third, third, 0, 0]] * 3]
    near(result, doubles(*right), "The weights with padding on the right")
    result = ask(submission, "masked_softmax", scores, ABOVE[5] | bools([1, 1, 0, 0, 0]))
    left = [[0] * 5, [0] * 5, [0, 0, 1, 0, 0], [0, 0, 0.5, 0.5, 0], [0, 0, third, third, third]]
    near(result, doubles(*left), "The weights with padding on the left")


# d: attention, attention_matmuls


@check("attention", hint="Scores, scaled; weights; average of the values.")
def check_attention_worked(submission):
    """The sentence of the notebook, causal: rows 0, 1 and 6 of the weights and of the output."""
    result = ask(submission, "attention", TABLE, TABLE, TABLE, ABOVE[7])
    out, weights = pair(result)
    last = [0.106883, 0.115881, 0.154661, 0.133103, 0.147680, 0.161040, 0.180751]
    wanted = [[1, 0, 0, 0, 0, 0, 0], [0.489898, 0.510102, 0, 0, 0, 0, 0], last]
    rows = [[0.1, 0, 0.3], [0.151010, 0.051010, 0.351010], [0.323827, 0.481586, 0.343507]]
    require(numbers(weights).shape == (7, 7), "The weights have the wrong shape", weights)
    require(numbers(out).shape == (7, 3), "The output has the wrong shape", out)
    near(numbers(weights)[[0, 1, 6]], doubles(*wanted), "A weight", error=2e-6)
    near(numbers(out)[[0, 1, 6]], doubles(*rows), "The output", error=2e-6)


@check("attention", hint="None means that nothing is blocked.")
def check_attention_without_mask(submission):
    """Without a mask row 0 of the output is .317805, .423405, .363618."""
    out, _ = pair(ask(submission, "attention", TABLE, TABLE, TABLE))
    require(numbers(out).shape == (7, 3), "The output has the wrong shape", out)
    near(numbers(out)[0], doubles(0.317805, 0.423405, 0.363618), "The output", error=2e-6)


@check("attention_matmuls", hint="The columns of the first factor are the rows of the second.")
def check_matmuls_worked(submission):
    """Seven tokens of three inputs, with queries of five and outputs of two numbers."""
    wanted = [
        [[7, 3], [3, 5]],
        [[7, 3], [3, 5]],
        [[7, 3], [3, 2]],
        [[7, 5], [5, 7]],
        [[7, 7], [7, 2]],
    ]
    close(submission.attention_matmuls(7, 3, 5, 2), wanted, what="A shape")


# e: Head, MultiHeadAttention

UNIT = torch.eye(3, dtype=torch.float64)


@check("Head", hint="Queries, keys and values are three images of x.")
def check_head_worked(submission):
    """With unit matrices as weights a head does what `attention` does with the table."""
    head = built(submission, "Head", 3, 3, weights={"w_q": UNIT, "w_k": UNIT, "w_v": UNIT})
    out = run(submission, head, TABLE[None], ABOVE[7])
    require(numbers(out).shape == (1, 7, 3), "The output has the wrong shape", out)
    wanted = doubles([0.1, 0, 0.3], [0.151010, 0.051010, 0.351010], [0.323827, 0.481586, 0.343507])
    near(numbers(out)[0, [0, 1, 6]], wanted, "The output", error=2e-6)


def simple_heads():
    """Return weights of three heads that hand on what they are given."""
    weights = {name: UNIT for name in ("w_q", "w_k", "w_v", "w_o")}
    return {**weights, "b_o": doubles(10, 20, 30)}


@check("MultiHeadAttention", hint="Split the features, attend, join them in the same order, mix.")
def check_heads_worked(submission):
    """Three heads of one feature each: the first position returns itself, plus the bias."""
    heads = built(submission, "MultiHeadAttention", 3, 3, weights=simple_heads())
    out = run(submission, heads, TABLE[None], ABOVE[7])
    require(numbers(out).shape == (1, 7, 3), "The output has the wrong shape", out)
    near(numbers(out)[0, 0], doubles(10.1, 20.0, 30.3), "The output of the first position")
    # The first head sees the first feature alone: the scores of the second position are products.
    scores = np.array([0.2 * 0.1, 0.2 * 0.2])
    weights = np.exp(scores) / np.exp(scores).sum()
    near(numbers(out)[0, 1, 0], 10 + weights @ [0.1, 0.2], "The output of the second position")


@check("MultiHeadAttention", hint="Raise a ValueError in the constructor.")
def check_heads_must_divide(submission):
    """Four heads for six features are refused."""
    message = "`MultiHeadAttention(6, 4)` must raise a ValueError"
    expect_error(lambda: submission.MultiHeadAttention(6, 4), "Exception", message)
    built(submission, "MultiHeadAttention", 6, 3)


# f: LayerNorm


def plain(dim):
    """Return the weight and bias that a norm starts with, in double precision."""
    return {"weight": torch.ones(dim).double(), "bias": torch.zeros(dim).double()}


@check("LayerNorm", hint="Divide by n, not by n - 1.")
def check_norm_worked(submission):
    """[1, 2, 3, 4] becomes ∓1.341635, ∓0.447212."""
    norm = built(submission, "LayerNorm", 4, weights=plain(4))
    result = run(submission, norm, doubles([1, 2, 3, 4]))
    near(result, doubles([-1.341635, -0.447212, 0.447212, 1.341635]), error=2e-6)


@check("LayerNorm", hint="Gradients must flow through the mean and the variance, too.")
def check_norm_gradient_worked(submission):
    """For [1, 2, 4] the gradient of the first output is (0.2291, -0.3436, 0.1145)."""
    norm = built(submission, "LayerNorm", 3, weights=plain(3))
    found = submission.gradients(norm, doubles(1, 2, 4), weights=doubles(1, 0, 0))
    wanted = doubles(0.2291, -0.3436, 0.1145)
    near(found.args[0], wanted, "The gradient", error=1e-4)


# g: sinusoidal_positions


@check("sinusoidal_positions", hint="Sine and cosine of a pair share a frequency.")
def check_positions_worked(submission):
    """Four columns, positions 0 to 2: `0 1 0 1`, `.841471 .540302 .01 .99995`, …."""
    wanted = doubles(
        [0, 1, 0, 1],
        [0.841471, 0.540302, 0.01, 0.99995],
        [0.909297, -0.416147, 0.019999, 0.9998],
    )
    near(submission.sinusoidal_positions(3, 4), wanted, error=2e-6)


# h: FeedForward, Block


@check("FeedForward", hint="Up, GELU, down, with a bias each time.")
def check_feed_forward_worked(submission):
    """One number in, two in between: 0.5 becomes 2·GELU(0.5) - GELU(-0.4) + 3."""
    weights = {
        "w_1": doubles([1], [-1]),
        "b_1": doubles(0, 0.1),
        "w_2": doubles([2, -1]),
        "b_2": doubles(3),
    }
    ff = built(submission, "FeedForward", 1, 2, weights=weights)
    gelu = [x * (1 + math.erf(x / math.sqrt(2))) / 2 for x in (0.5, -0.4)]
    result = run(submission, ff, doubles([0.5]))
    # The tanh form of the GELU is right, too.
    near(result, doubles([2 * gelu[0] - gelu[1] + 3]), error=1e-3)


def silent(d):
    """Return weights with which attention and feed-forward give nothing."""
    zeros = {name: torch.zeros(d, d).double() for name in ("w_q", "w_k", "w_v", "w_o")}
    return {
        **{f"attn.{name}": value for name, value in zeros.items()},
        "attn.b_o": torch.zeros(d).double(),
        "ff.w_1": torch.zeros(4 * d, d).double(),
        "ff.b_1": torch.zeros(4 * d).double(),
        "ff.w_2": torch.zeros(d, 4 * d).double(),
        "ff.b_2": torch.zeros(d).double(),
        **{f"norm{i}.weight": torch.ones(d).double() for i in (1, 2)},
        **{f"norm{i}.bias": torch.zeros(d).double() for i in (1, 2)},
    }


@check("Block", hint="Where is the shortcut, and where is the norm?")
def check_silent_block_worked(submission):
    """With all weights zero a pre-norm block is the identity, a post-norm block normalises."""
    x = doubles([[1, 2, 3, 4], [4, 0, 0, 0]])
    block = built(submission, "Block", 4, 2, weights=silent(4))
    near(run(submission, block, x), x, "The output of the pre-norm block")
    block = built(submission, "Block", 4, 2, "post", weights=silent(4))
    wanted = torch.nn.functional.layer_norm(x, (4,))
    near(run(submission, block, x), wanted, "The output of the post-norm block", error=1e-4)


@check("Block", hint="Raise a ValueError in the constructor.")
def check_unknown_norm(submission):
    """A norm that is neither "pre" nor "post" is refused."""
    message = "An unknown `norm` must raise a ValueError"
    expect_error(lambda: submission.Block(4, 2, "both"), "Exception", message)


# i: TinyGPT


def parameter_count(submission, model, ids):
    """Return how many numbers are trained; each parameter must have a gradient."""
    found = submission.gradients(model, ids).parameters
    for name, gradient in found.items():
        require(gradient is not None, f"The parameter `{name}` has no influence on the logits")
    return sum(numbers(gradient).size for gradient in found.values())


@check(
    "TinyGPT", hint="Where does yours have more, or fewer? The output layer has none of its own."
)
def check_gpt_worked(submission):
    """TinyGPT(11, 6, 2, 2, 5) has V·d + max_len·d + 2·(12·d² + 10·d) + 2·d = 1092 parameters."""
    model = built(submission, "TinyGPT", 11, 6, 2, 2, 5)
    ids = torch.tensor([[3, 1, 4], [1, 5, 9]])
    logits = run(submission, model, ids)
    require(numbers(logits).shape == (2, 3, 11), "The logits have the wrong shape", logits)
    count = parameter_count(submission, model, ids)
    close(count, 1092, what="The number of parameters")


@check("TinyGPT", hint="Raise a ValueError when the input is longer than max_len.")
def check_gpt_too_long(submission):
    """Five tokens are accepted where max_len is 5; six are refused."""
    model = built(submission, "TinyGPT", 11, 6, 2, 1, 5)
    run(submission, model, torch.tensor([[3, 1, 4, 1, 5]]))
    message = "Six tokens with max_len=5 must raise a ValueError"
    six = torch.tensor([[3, 1, 4, 1, 5, 9]])
    expect_error(lambda: model.forward(six), "Exception", message)


# j: pad_batch, next_token_loss


def padded(submission, *args):
    """Return the three tables that `pad_batch` must return."""
    result = ask(submission, "pad_batch", *args)
    is_right = isinstance(result, tuple | list) and len(result) == 3
    require(is_right, "`pad_batch` must return three tensors", result)
    return result


@check("pad_batch", hint="Ids get pad_id, the mask gets 0, labels get ignore_index.")
def check_pad_worked(submission):
    """The example of the notebook: two sequences, padded with 9."""
    ids, mask, labels = padded(submission, [[5, 6], [7, 9, 8]], [[-100, 6], [7, 9, 8]], 9)
    close(ids, [[5, 6, 9], [7, 9, 8]], what="An id")
    close(mask, [[1, 1, 0], [1, 1, 1]], what="An entry of the attention mask")
    close(labels, [[-100, 6, -100], [7, 9, 8]], what="A label")


@check("next_token_loss", hint="The bet at t is on the label at t+1; the mean over what counts.")
def check_loss_worked(submission):
    """For "Paris is the capital of France <END>" the mean loss is .492829 nats."""
    given = doubles(0.7, 0.6, 0.5, 0.4, 0.7, 0.6, 0.9)
    # Two candidates for each of the seven targets; the true one is token 0, then 1, and so on.
    logits = torch.zeros(1, 8, 8).double() - 50
    for t, p in enumerate(given.tolist()):
        logits[0, t, t], logits[0, t, t + 1] = math.log(p), math.log(1 - p)
    labels = torch.tensor([[7, 0, 1, 2, 3, 4, 5, 6]])
    loss = ask(submission, "next_token_loss", logits, labels)
    near(loss, 0.492829, "The loss", error=2e-6)


@check("next_token_loss", hint="Natural logarithms.")
def check_loss_of_one_bet(submission):
    """One bet in which the true token has the probability .236663 costs 1.4411 nats."""
    row = doubles(0.236663, 0.290481, 0.116308, 0.131202, 0.225346).log() + 3
    loss = ask(
        submission, "next_token_loss", torch.stack([row, 0 * row])[None], torch.tensor([[2, 0]])
    )
    near(loss, 1.441117, "The loss", error=1e-4)


@check("kv_cached_attention", hint="Keys and values of the past, with the new ones behind them.")
def check_cache_worked(submission):
    """The sentence, token by token, gives what it gives all at once."""
    rows, cache = [], None
    for row in TABLE.split(1):
        out, cache = step(submission, row, row, row, cache)
        rows.append(torch.as_tensor(numbers(out, "The output")))
    weights = (TABLE @ TABLE.T / math.sqrt(3)).masked_fill(ABOVE[7], -math.inf).softmax(-1)
    near(torch.cat(rows), weights @ TABLE, "The output of the seven tokens")


def step(submission, q, k, v, cache):
    """Return what one call with some new tokens gives: the output and the cache."""
    given = (q, k, v) if cache is None else (q, k, v, cache)
    result = ask(submission, "kv_cached_attention", *given)
    is_pair = isinstance(result, tuple | list) and len(result) == 2
    require(is_pair, "`kv_cached_attention` must return a pair: `return out, cache`", result)
    return result
