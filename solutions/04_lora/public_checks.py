"""The public checks: worked examples, and what holds for every function of the notebook."""

import numpy as np
import torch

from grader.checks import RemoteObject, check, close, fail, numbers, require
from grader.wire.steps import Step

# A step in single precision costs about 1e-7.
NEAR = 1e-6


def near(got, expected, what="The result", message="", error=NEAR):
    """Compare within an error that allows a step in single precision."""
    close(got, expected, rtol=error, atol=error, what=what, message=message)


def is_number(got, wanted, what):
    """Fail the check unless a result is this one number."""
    value = numbers(got, what)
    require(value.shape == (), f"{what} is not a number", got)
    require(float(value) == wanted, f"{what} is not right", float(value), wanted)


def module(made, what):
    """Return what a call gave; fail the check if it is no object."""
    require(isinstance(made, RemoteObject), f"{what} does not give a module", made)
    return made


def fill(submission, target, *path, value):
    """Write numbers into a tensor of an object of the notebook."""
    submission.exchange(Step(target.reference, (*path, "data", "copy_"), (value,)))


def library(submission):
    """Return torch.nn, as the notebook has it; from here on the same numbers are drawn."""
    submission.value("torch").manual_seed(5)
    return submission.value("nn")


def linear(submission, weight, bias=None):
    """Return a linear layer of double precision with these weights."""
    made = library(submission).Linear(*weight.shape[::-1], bias=bias is not None)
    made.double()
    fill(submission, made, "weight", value=weight)
    if bias is not None:
        fill(submission, made, "bias", value=bias)
    return made


def wrapper(submission, weight, A, B, alpha, bias=None):
    """Return a wrapped linear layer of double precision with these weights and factors."""
    base = linear(submission, weight, bias)
    call = "`LinearWithLoRA(…)`"
    made = module(submission.LinearWithLoRA(base, A.shape[1], alpha), call)
    fill(submission, made, "lora", "A", value=A)
    fill(submission, made, "lora", "B", value=B)
    return made


def doubles(rows):
    """Return rows of numbers as a tensor of double precision."""
    return torch.tensor(rows, dtype=torch.float64)


def state_of(model):
    """Return the parameters and buffers of a module by name."""
    state = model.state_dict()
    plain = isinstance(state, dict) and all(isinstance(name, str) for name in state)
    require(plain, "The module has lost its state_dict", state)
    return state


def trainable(submission, model):
    """Return the names of the parameters of a model that require a gradient."""
    # Asked one by one: a mistake is recognised by these answers.
    return {
        name
        for name in state_of(model)
        if submission.read(model, *name.split("."), "requires_grad") is True
    }


WEIGHT = doubles([[1, 0, 2], [0, -1, 1]])
BIAS = doubles([0.5, -0.5])
A, B = doubles([[1], [0], [2]]), doubles([[3, -1]])
X = doubles([[1, 1, 1], [0, 2, -1]])
# x W^T + b, and x A B.
BASE, SIDE = doubles([[3.5, -0.5], [-1.5, -3.5]]), doubles([[9, -3], [-6, 2]])


@check("count_parameters", hint="numel() of every parameter, added up.")
def check_count_worked(submission):
    """A linear layer from 3 to 5 has 3 · 5 + 5 = 20 parameters; frozen, none is trainable."""
    layer = library(submission).Linear(3, 5)
    is_number(submission.count_parameters(layer), 20, "The number of parameters")
    is_number(submission.count_parameters(layer, True), 20, "The number of trainable ones")
    layer.requires_grad_(False)
    is_number(submission.count_parameters(layer), 20, "The number of parameters")
    is_number(submission.count_parameters(layer, True), 0, "The number of trainable ones")


def factors(submission, W, r):
    """Return the factors of an approximation, as arrays of the right shapes."""
    result, left = submission.call_and_look("low_rank_approx", W, r)
    require(torch.equal(left[0], W), "`low_rank_approx` changes the matrix it was given")
    if not isinstance(result, tuple | list) or len(result) != 2:
        fail("`low_rank_approx` must return two things: `return A, B`", got=result)
    first, second = numbers(result[0], "A"), numbers(result[1], "B")
    m, n = W.shape
    require(first.shape == (m, r), "A is not (m, r)", f"shape {first.shape}", f"{(m, r)}")
    require(second.shape == (r, n), "B is not (r, n)", f"shape {second.shape}", f"{(r, n)}")
    return first, second


@check("low_rank_approx", hint="The first terms of the singular value decomposition.")
def check_low_rank_worked(submission):
    """Of the matrix with the rows 3 0 0 and 0 0 2, rank 1 keeps the 3 and rank 2 everything."""
    W = doubles([[3, 0, 0], [0, 0, 2]])
    for r, wanted in ((1, doubles([[3, 0, 0], [0, 0, 0]])), (2, W)):
        first, second = factors(submission, W, r)
        near(first @ second, wanted, f"A @ B at rank {r}")


@check("LoRALayer", hint="The scale is alpha / rank, or alpha where the text says so.")
def check_lora_scaling_worked(submission):
    """With everything 1, alpha 16 and rank 8, an output is 64 by "alpha/r" and 512 by "alpha"."""
    found = []
    for args in ((), ("alpha/r",), ("alpha",)):
        layer = module(submission.LoRALayer(4, 4, 8, 16, *args), "`LoRALayer(…)`")
        fill(submission, layer, "A", value=torch.ones(4, 8))
        fill(submission, layer, "B", value=torch.ones(8, 4))
        found.append(layer.forward(torch.ones(4)))
    for result, wanted in zip(found, (64, 64, 512), strict=True):
        near(result, [wanted] * 4, "An output")


@check("LoRALayer", hint="Which of the two factors starts at zero?")
def check_lora_starts_as_nothing(submission):
    """A fresh layer gives zeros: B (rank, out) is zero, and A (in, rank) is not."""
    layer = module(submission.LoRALayer(5, 3, 2, 4), "`LoRALayer(…)`")
    near(layer.forward(torch.ones(7, 5)), np.zeros((7, 3)), "The output of a fresh layer")
    for name, shape in (("A", (5, 2)), ("B", (2, 3))):
        found = numbers(submission.read(layer, name), name)
        require(found.shape == shape, f"{name} is not {shape}", f"shape {found.shape}")
        require(found.any() == (name == "A"), f"{name} must {'not ' * (name == 'A')}start at zero")


@check("LinearWithLoRA", hint="linear(x) + lora(x), both of the same x.")
def check_wrapper_worked(submission):
    """A worked layer gives x W^T + b + 2 · x A B; with A and B as they start, x W^T + b."""
    fresh = submission.LinearWithLoRA(linear(submission, WEIGHT, BIAS), 1, 2)
    near(module(fresh, "`LinearWithLoRA(…)`").forward(X), BASE, "The output of a fresh wrapper")
    made = wrapper(submission, WEIGHT, A, B, 2, BIAS)
    near(made.forward(X), BASE + 2 * SIDE, "The output")


@check("freeze", hint="Every parameter: those of norms and embeddings too.")
def check_freeze_worked(submission):
    """In a model of embedding, norm and linear layer nothing is trainable afterwards."""
    nn = library(submission)
    model = nn.Sequential(nn.Embedding(5, 3), nn.LayerNorm(3), nn.Linear(3, 2))
    result = module(submission.freeze(model), "`freeze(model)`, which returns the model,")
    for seen in (model, result):
        left = trainable(submission, seen)
        require(not left, "A parameter is still trainable", ", ".join(sorted(left)), "none")


def made_wrappers(result, wanted):
    """Fail the check unless a call has told this number of new wrappers; the model will do too."""
    if not isinstance(result, RemoteObject):
        is_number(result, wanted, "The number returned")


@check("replace_linear_with_lora", hint="Collect the layers first, then replace them.")
def check_replace_worked(submission):
    """In Linear, ReLU, Linear two layers are replaced, and a second call finds none."""
    nn = library(submission)
    model = nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 2))
    x = torch.ones(1, 3)
    before = numbers(model.forward(x))
    for wanted in (2, 0):
        result = submission.replace_linear_with_lora(model, 2, 4)
        names = [name for name in state_of(model) if name.endswith(".A")]
        made_wrappers(result, wanted)
        require(names == ["0.lora.A", "2.lora.A"], "The adapters are not where they belong", names)
        near(model.forward(x), before, "The output, before any training,")


@check("lora_parameter_count", hint="A is (in, rank), B is (rank, out).")
def check_lora_count_worked(submission):
    """Rank 2 on a layer from 4 to 3 costs 2 · 4 + 2 · 3 = 14; on two such layers 28."""
    name, what = "lora_parameter_count", "The number of parameters"
    is_number(getattr(submission, name)([(4, 3)], 2), 14, what)
    is_number(getattr(submission, name)([(4, 3), (4, 3)], 2), 28, what)
    layer = library(submission).Linear(4, 3)
    is_number(getattr(submission, name)([layer], 2), 14, what)


@check("merge", hint="The weight is (out, in), the product A @ B is (in, out).")
def check_merge_worked(submission):
    """Merging a worked layer gives W + 2 · (A B)^T, and the outputs stay what they were."""
    made = wrapper(submission, WEIGHT, A, B, 2, BIAS)
    module(submission.merge(made), "`merge(wrapper)`, which returns the wrapper,")
    near(submission.read(made, "linear", "weight"), WEIGHT + 2 * (A @ B).T, "The merged weight")
    near(made.forward(X), BASE + 2 * SIDE, "The output of the merged layer")


@check("merge", hint="The reverse of merge, with the same factor.")
def check_unmerge_worked(submission):
    """Unmerging the worked layer gives W back, and the outputs stay what they were."""
    made = wrapper(submission, WEIGHT, A, B, 2, BIAS)
    submission.merge(made)
    module(submission.unmerge(made), "`unmerge(wrapper)`, which returns the wrapper,")
    near(submission.read(made, "linear", "weight"), WEIGHT, "The weight")
    near(made.forward(X), BASE + 2 * SIDE, "The output")


@check("lora_state_dict", hint="A and B of each adapter, and nothing else.")
def check_state_worked(submission):
    """The state of one worked layer holds A and B; loaded into a fresh layer, both compute alike."""
    made = wrapper(submission, WEIGHT, A, B, 2, BIAS)
    state = submission.lora_state_dict(made)
    require(isinstance(state, dict) and len(state) == 2, "The state is not A and B", state)
    found = sorted(numbers(value).ravel().tolist() for value in state.values())
    near(sum(found, []), [1, 0, 2, 3, -1], "A number of the state")
    fresh = submission.LinearWithLoRA(linear(submission, WEIGHT, BIAS), 1, 2)
    submission.load_lora(module(fresh, "`LinearWithLoRA(…)`"), state)
    near(fresh.forward(X), BASE + 2 * SIDE, "The output after loading")


@check("train_step", hint="zero_grad, loss, backward, step; return the loss from before.")
def check_step_worked(submission):
    """One step on (w x - y)² from w = 3, x = 1, y = 1 at a rate of 0.1: loss 4, then w = 2.6."""
    model = linear(submission, doubles([[3]]))
    torch_there = submission.value("torch")
    optimizer = submission.read(torch_there, "optim").SGD(model.parameters(), lr=0.1)
    loss_fn = library(submission).MSELoss()
    one = doubles([[1]])
    loss = submission.train_step(model, one, one, loss_fn, optimizer)
    near(np.reshape(numbers(loss, "The loss"), ()), 4, "The loss before the step")
    near(submission.read(model, "weight"), [[2.6]], "The weight after the step")
