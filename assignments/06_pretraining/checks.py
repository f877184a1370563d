"""The public checks: worked examples, and what holds for every function of the notebook."""

import math

import numpy as np
import torch

from grader.checks import (
    RemoteObject,
    check,
    close,
    expect_error,
    fail,
    numbers,
    require,
    same_shape,
)

# A step taken in single precision costs about 1e-7; angles of some tens of radians a bit more.
NEAR = 1e-5


def near(got, expected, what="The result", message="", error=NEAR):
    """Compare within an error that allows a step in single precision."""
    close(got, expected, rtol=error, atol=error, what=what, message=message)


def doubles(*values):
    """Return numbers as a tensor of double precision."""
    return torch.tensor(values, dtype=torch.float64)


def bools(rows):
    """Return rows of 0 and 1 as a boolean tensor."""
    return torch.tensor(rows) == 1


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


# a: mlm_corrupt, rtd_labels

IDS = torch.tensor([1, 20, 21, 22, 23, 24, 25, 2])
SELECT = doubles(0.05, 0.10, 0.40, 0.03, 0.90, 0.14, 0.20, 0.01)
KIND = doubles(0.50, 0.30, 0.50, 0.85, 0.10, 0.95, 0.20, 0.10)
RANDOM = torch.arange(31, 39)


@check("mlm_corrupt", hint="Chosen, and then one of three kinds. The label is the original.")
def check_mlm_worked(submission):
    """In the worked example one token is masked, one becomes random, one is kept, and those three have labels."""
    result = ask(submission, "mlm_corrupt", IDS, SELECT, KIND, RANDOM, 4, [1, 2])
    inputs, labels = two(result, "mlm_corrupt")
    same_list(inputs, [1, 4, 21, 34, 23, 24, 25, 2], "inputs")
    same_list(labels, [-100, 20, -100, 22, -100, 24, -100, -100], "labels")


@check("rtd_labels", hint="Compare the new text with the old one.")
def check_rtd_worked(submission):
    """For the ids 5 6 7 8, written over at two places with 9 and 7, the labels are 0 1 0 0."""
    ids, replacements = torch.tensor([5, 6, 7, 8]), torch.tensor([9, 9, 7, 9])
    result = ask(submission, "rtd_labels", ids, bools([0, 1, 1, 0]), replacements)
    corrupted, labels = two(result, "rtd_labels")
    same_list(corrupted, [5, 9, 7, 8], "corrupted")
    same_list(labels, [0, 1, 0, 0], "labels")


# b: span_corrupt, fim_rearrange


@check("span_corrupt", hint="One sentinel for each span, and one to close the target.")
def check_span_worked(submission):
    """In the worked example inputs and targets have the shape a b X e Y and X c d Y f Z."""
    ids, spans = [10, 11, 12, 13, 14, 15], [(2, 4), (5, 6)]
    result = ask(submission, "span_corrupt", ids, spans, [99, 98, 97])
    inputs, targets = (whole(r, "a list") for r in two(result, "span_corrupt"))

    def form(tokens):
        return ["S" if token > 90 else token for token in tokens]

    require(form(inputs) == [10, 11, "S", 14, "S"], "inputs is not a b X e Y", inputs)
    require(form(targets) == ["S", 12, 13, "S", 15, "S"], "targets is not X c d Y f Z", targets)
    x, y, z = targets[0], targets[3], targets[5]
    require(len({x, y, z}) == 3, "A sentinel is used twice in targets", targets)
    require([inputs[2], inputs[4]] == [x, y], "inputs and targets use different sentinels", inputs)


@check("fim_rearrange", hint="Prefix, suffix, middle, each behind its mark.")
def check_fim_worked(submission):
    """The ids 10 to 14, cut at 1 and 3, become pre 10 suf 13 14 mid 11 12."""
    result = ask(submission, "fim_rearrange", [10, 11, 12, 13, 14], 1, 3, 90, 91, 92)
    same_list(result, [90, 10, 91, 13, 14, 92, 11, 12], "The result")


# c: objective_mask


@check("objective_mask", hint="True is blocked. A causal model sees itself and what came before.")
def check_mask_clm_worked(submission):
    """For three tokens the causal mask blocks what lies above the diagonal, and `mlm` blocks nothing."""
    same_mask(submission.objective_mask("clm", 3), bools([[0, 1, 1], [0, 0, 1], [0, 0, 0]]))
    same_mask(submission.objective_mask("mlm", 3), bools([[0, 0, 0]] * 3), "The mask of `mlm`")


@check("objective_mask", hint="The prefix is open to everybody, also to its own first token.")
def check_mask_prefix_worked(submission):
    """For four tokens and a prefix of two, the first two columns are open and the rest is causal."""
    wanted = bools([[0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 0, 1], [0, 0, 0, 0]])
    same_mask(submission.objective_mask("prefix", 4, 2), wanted)


@check("objective_mask", hint="Key j is blocked for query i if j has its turn later than i.")
def check_mask_permutation_worked(submission):
    """For the order 2, 0, 1, place 0 sees 0 and 2, place 1 sees all, place 2 sees itself."""
    order = [2, 0, 1]
    result = ask(submission, "objective_mask", "permutation", 3, None, order)
    same_mask(result, bools([[0, 1, 0], [0, 0, 0], [1, 1, 0]]))


# e: RMSNorm, rope, rotary_attention, SwiGLU


@check("RMSNorm", hint="Mean of the squares, plus eps, root, divide. No mean is subtracted.")
def check_rms_worked(submission):
    """RMSNorm of 1, 2, 3, 4 is 0.365148, 0.730297, 1.095445, 1.460593, and a gain multiplies it."""
    x, values = doubles(1, 2, 3, 4), doubles(0.365148, 0.730296, 1.095445, 1.460593)
    norm = built(submission, "RMSNorm", 4)
    norm.load({"weight": doubles(1, 1, 1, 1)})
    near(ask(submission, "forward", x, of=norm), values, error=2e-6)
    norm.load({"weight": doubles(1, -2, 0, 3)})
    near(ask(submission, "forward", x, of=norm), values * doubles(1, -2, 0, 3), error=6e-6)


@check("RMSNorm", hint="eps is added under the root, to the mean of the squares.")
def check_rms_eps(submission):
    """With eps = 0.1 the first entry for 1, 2, 3, 4 is 0.362738."""
    norm = built(submission, "RMSNorm", 4, 0.1, weights={"weight": doubles(1, 1, 1, 1)})
    result = ask(submission, "forward", doubles(1, 2, 3, 4), of=norm)
    near(result, doubles(1, 2, 3, 4) / math.sqrt(7.6))


@check("rope", hint="Turn each pair: a·cos - b·sin, a·sin + b·cos. Positions count from 0.")
def check_rope_worked(submission):
    """Four ones at position 1 become the worked values in both layouts, and at position 0 stay ones."""
    x, positions = torch.ones(2, 4, dtype=torch.float64), torch.tensor([0, 1])
    half = doubles(-0.30116867893975674, 0.9899501670823609, 1.3817732906760363, 1.0099498337491639)
    for layout, values in (("half", half), ("interleaved", half[[0, 2, 1, 3]])):
        result = ask(submission, "rope", x, positions, 10000.0, layout)
        wanted = torch.stack([x[0], values])
        near(result, wanted, f"rope in the layout `{layout}`")


@check("rotary_attention", hint="Place 0 can look at nothing but itself.")
def check_rotary_worked(submission):
    """The first token gets its own value; with equal queries and keys of zeros the others get the mean."""
    q, positions = torch.zeros(3, 4, dtype=torch.float64), torch.arange(3)
    v = doubles(1, 2, 3, 4, 5, 6, 7, 8, 3, 2, 1, 0).reshape(3, 4)
    result = ask(submission, "rotary_attention", q, q.clone(), v, positions)
    near(result, torch.stack([v[0], v[:2].mean(0), v.mean(0)]))


@check("SwiGLU", hint="silu(gate) times up, then down.")
def check_swiglu_worked(submission):
    """With three weights of 1, the number 2 becomes 3.523188."""
    one = torch.ones(1, 1, dtype=torch.float64)
    module = built(submission, "SwiGLU", 1, 1, weights={"gate": one, "up": one, "down": one})
    near(ask(submission, "forward", doubles(2.0), of=module), doubles(3.5231883119115297))


# f: llama_parameter_count

LLAMA_2_7B = {
    "vocab_size": 32000,
    "hidden_size": 4096,
    "intermediate_size": 11008,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
}


@check("llama_parameter_count", hint="Write down every matrix of one layer, and both norms.")
def check_count_worked(submission):
    """Llama-2-7B has 6,738,415,616 parameters."""
    count = numbers(ask(submission, "llama_parameter_count", dict(LLAMA_2_7B)), "The count")
    require(count.size == 1, "The count is not one number", f"shape {count.shape}")
    require(float(count) == 6_738_415_616, "Not the count of Llama-2-7B", f"{float(count):,.0f}")


# g: embedding_of, top_tokens, continue_greedily


def letters(text):
    """Return BOS, id 1, and a number from 2 on for each letter of a text."""
    return [1, *(2 + "abcdefgh".index(letter) for letter in text)]


@check("embedding_of", hint="BOS is not part of the word.")
def check_embedding_worked(submission):
    """One word, one vector: where "c" has the ids 1 (BOS) and 4, its embedding is row 4, of shape (d,)."""
    table = torch.arange(30.0).reshape(10, 3)
    close(submission.embedding_of("c", letters, table), table[4], what="The embedding")


@check("embedding_of", hint="How many ids stand behind BOS?")
def check_embedding_error(submission):
    """A word of two tokens raises a ValueError."""
    table = torch.arange(30.0).reshape(10, 3)
    message = "A word of two tokens has no embedding, and must raise a ValueError"
    expect_error(lambda: submission.embedding_of("cd", letters, table), "ValueError", message)


@check("top_tokens", hint="The last row speaks about the next token.")
def check_top_worked(submission):
    """Of the probabilities .1 .4 .2 .3 in the last row, the best two are token 1 with .4 and token 3 with .3."""
    logits = torch.log(doubles(0.7, 0.1, 0.1, 0.1, 0.1, 0.4, 0.2, 0.3)).reshape(2, 4)
    result = ask(submission, "top_tokens", logits, 2)
    pairs = same_shape(result, (2, 2), "The list of pairs")
    same_list(pairs[:, 0], [1, 3], "The ids of the best two")
    near(pairs[:, 1], [0.4, 0.3], "The probabilities")


def up_by_one(ids):
    """Return logits over five tokens, the best of which is one more than the last id."""
    return 3.0 * torch.eye(5, dtype=torch.float64)[(ids[-1] + 1) % 5]


@check("continue_greedily", hint="Ask, take the best, append, and stop after eos.")
def check_greedy_worked(submission):
    """A model that counts goes from 1 to 2, 3, and 4, where the text ends; and stops early if told."""
    same_list(ask(submission, "continue_greedily", up_by_one, [0, 1], 9, 4), [0, 1, 2, 3, 4], "ids")
    same_list(ask(submission, "continue_greedily", up_by_one, [0], 2, 4), [0, 1, 2], "ids")
    same_list(ask(submission, "continue_greedily", up_by_one, [0], 0, 4), [0], "ids")


# h: sample_from_nothing


def spell(ids):
    """Return a text in which token 3 is "▁K", 4 is "raft" and 5 is "▁sings"."""
    tokens = {0: "<unk>", 1: "<s>", 2: "</s>", 3: "▁K", 4: "raft", 5: "▁sings"}
    return "".join(tokens[int(i)] for i in ids).replace("▁", " ").removeprefix(" ")


def kraft(ids):
    """Return bets: 3 or 5 at the start, 4 behind 3, 5 behind 4, then the end."""
    bets = {1: {3: 0.6, 5: 0.4}, 3: {4: 1.0}, 4: {5: 1.0}, 5: {2: 0.75, 3: 0.25}}
    found = [bets[ids[-1]].get(i, 0.0) for i in range(6)]
    return torch.log(torch.tensor(found, dtype=torch.float64))


@check("sample_from_nothing", hint="Start from BOS alone, draw, and decode once at the end.")
def check_sample_worked(submission):
    """The uniforms .5 .1 .1 .1 give "Kraft sings"; with .9 .1 they give "sings"."""
    for uniforms, wanted in (([0.5, 0.1, 0.1, 0.1], "Kraft sings"), ([0.9, 0.1], "sings")):
        text = ask(submission, "sample_from_nothing", kraft, spell, 1, 2, uniforms)
        require(text == wanted, "Not the text that these uniforms give", text, wanted)
