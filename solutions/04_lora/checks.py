"""The hidden checks: other models and sizes, properties, gradients, devices."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checks import RemoteObject, StudentError, check, close, expect_error, numbers, require
from grader.wire.steps import Step

# A step in single precision costs about 1e-7.
NEAR = 1e-6
# Sizes that are all different, and prime: equal ones hide wrong axes.
N, L, IN, OUT, R, ALPHA = 2, 3, 7, 5, 3, 6
S = ALPHA / R

SEEDS = st.integers(0, 2**16)


def near(got, expected, what="The result", message="", error=NEAR):
    """Compare within an error that allows a step in single precision."""
    close(got, expected, rtol=error, atol=error, what=what, message=message)


def is_number(got, wanted, what):
    """Fail the check unless a result is this one number."""
    value = numbers(got, what)
    require(value.shape == (), f"{what} is not a number", got)
    require(float(value) == wanted, f"{what} is not right", float(value), wanted)


def normal(rng, *shape, scale=1.0):
    """Return normal numbers as a tensor of double precision."""
    return torch.from_numpy(scale * rng.normal(size=shape))


def bits(first, second):
    """Tell whether two tensors agree to the bit."""
    alike = isinstance(first, torch.Tensor) and isinstance(second, torch.Tensor)
    return alike and first.dtype == second.dtype and torch.equal(first, second)


def dtype_of(value):
    """Return the name of the dtype of a tensor or array, or nothing."""
    return str(getattr(value, "dtype", "")).removeprefix("torch.")


def library(submission):
    """Return torch.nn, as the notebook has it; from here on the same numbers are drawn."""
    submission.value("torch").manual_seed(5)
    return submission.value("nn")


def module(made, what):
    """Return what a call gave; fail the check if it is no object."""
    require(isinstance(made, RemoteObject), f"{what} does not give a module", made)
    return made


def set_flag(submission, target, name, value):
    """Set an attribute of an object of the notebook."""
    submission.exchange(Step(target.reference, ("__setattr__",), (name, value)))


def fill(submission, target, *path, value):
    """Write numbers into a tensor of an object of the notebook."""
    submission.exchange(Step(target.reference, (*path, "data", "copy_"), (value,)))


def linear(submission, weight, bias=None):
    """Return a linear layer of double precision with these weights."""
    made = library(submission).Linear(*weight.shape[::-1], bias=bias is not None)
    made.double()
    fill(submission, made, "weight", value=weight)
    if bias is not None:
        fill(submission, made, "bias", value=bias)
    return made


def layer(submission, A, B, alpha, *scaling):
    """Return a LoRALayer of double precision with these factors."""
    sizes = A.shape[0], B.shape[1], A.shape[1]
    made = module(submission.LoRALayer(*sizes, alpha, *scaling), "`LoRALayer(…)`")
    made.double()
    fill(submission, made, "A", value=A)
    fill(submission, made, "B", value=B)
    return made


class Wrapped:
    """A wrapped linear layer of the notebook with random weights, and what it has to compute."""

    def __init__(self, submission, rng, sizes=(IN, OUT), rank=R, alpha=ALPHA, bias=True):
        inputs, outputs = sizes
        self.weight = normal(rng, outputs, inputs)
        self.bias = normal(rng, outputs) if bias else None
        self.A, self.B = normal(rng, inputs, rank), normal(rng, rank, outputs)
        self.delta = alpha / rank * self.A @ self.B
        self.linear = linear(submission, self.weight, self.bias)
        made = submission.LinearWithLoRA(self.linear, rank, alpha)
        self.module = module(made, "`LinearWithLoRA(…)`")
        fill(submission, self.module, "lora", "A", value=self.A)
        fill(submission, self.module, "lora", "B", value=self.B)

    def base(self, x):
        """Return what the linear layer computes."""
        return x @ self.weight.T + (0 if self.bias is None else self.bias)

    def out(self, x):
        """Return what the layer computes together with its adapter."""
        return self.base(x) + x @ self.delta


def state_of(model):
    """Return the parameters and buffers of a module by name, and whether they are trainable."""
    state = model.state_dict(keep_vars=True)
    plain = isinstance(state, dict) and all(isinstance(name, str) for name in state)
    require(plain, "The module has lost its state_dict", state)
    return {name: value for name, value in state.items() if isinstance(value, torch.Tensor)}


def trainable(submission, model):
    """Return the names of the parameters of a model that require a gradient."""
    # Asked one by one: a mistake is recognised by these answers.
    return {
        name
        for name in state_of(model)
        if submission.read(model, *name.split("."), "requires_grad") is True
    }


def adapters(model):
    """Return the paths of the adapters in a model."""
    return {name.removesuffix(".lora.A") for name in state_of(model) if name.endswith(".lora.A")}


# a: count_parameters


@check("count_parameters", hint="A parameter used in two places is one parameter.")
def check_count_shared(submission):
    """A layer used twice counts once, and so does a tied embedding."""
    nn, what = library(submission), "The number of parameters of a model that shares some"
    shared = nn.Linear(5, 5)
    twice = nn.Sequential(shared, nn.ReLU(), shared, nn.Linear(5, 3))
    is_number(submission.count_parameters(twice), 30 + 18, what)
    tied = submission.Transformer(11, 4, 2, 1, 7)
    block = 4 * (16 + 4) + (4 * 16 + 16) + (16 * 4 + 4) + 4 * 4
    is_number(submission.count_parameters(tied), 11 * 4 + 7 * 4 + block + 8, what)
    is_number(submission.count_parameters(tied, True), 11 * 4 + 7 * 4 + block + 8, what)


@check("count_parameters", hint="Look at requires_grad of each parameter.")
def check_count_trainable(submission):
    """Of a model that is frozen in part, the trainable part is counted; buffers never are."""
    nn = library(submission)
    norm, first = nn.BatchNorm1d(5), nn.Linear(7, 5)
    model = nn.Sequential(first, norm, nn.Linear(5, 3))
    first.requires_grad_(False)
    is_number(submission.count_parameters(model), 40 + 10 + 18, "The number of parameters")
    is_number(
        submission.count_parameters(model, trainable_only=True),
        10 + 18,
        "The number of trainable parameters",
    )


@check("count_parameters", hint="Sizes are enough: no numbers are needed.")
@settings(max_examples=5)
@given(st.integers(1, 10**6), st.integers(1, 10**6), st.booleans())
def check_count_meta(submission, inputs, outputs, bias):
    """Layers on the meta device, of any size, are counted."""
    huge = library(submission).Linear(inputs, outputs, bias=bias, device="meta")
    found = submission.count_parameters(huge)
    is_number(found, outputs * (inputs + bias), "The number of parameters on the meta device")


# b: low_rank_approx


def product(submission, W, r):
    """Return A @ B of an approximation whose shapes are right."""
    result, left = submission.call_and_look("low_rank_approx", W, r)
    require(bits(left[0], W), "`low_rank_approx` changes the matrix it was given")
    require(
        isinstance(result, tuple | list) and len(result) == 2,
        "`low_rank_approx` must return two things: `return A, B`",
        result,
    )
    A, B = numbers(result[0], "A"), numbers(result[1], "B")
    m, n = W.shape
    require(A.shape == (m, r), "A is not (m, r)", f"shape {A.shape}", f"{(m, r)}")
    require(B.shape == (r, n), "B is not (r, n)", f"shape {B.shape}", f"{(r, n)}")
    return A @ B


@check("low_rank_approx", hint="The largest singular values, each of them once.")
def check_low_rank_optimal(submission, rng):
    """For wide, tall and square matrices the error is that of the singular values left out."""
    for m, n in ((5, 11), (11, 5), (7, 7)):
        W = normal(rng, m, n)
        U, sizes, Vh = np.linalg.svd(W.numpy(), full_matrices=False)
        for r in (1, 2, min(m, n) - 1, min(m, n)):
            best = U[:, :r] * sizes[:r] @ Vh[:r]
            near(product(submission, W, r), best, "The approximation A @ B")


@check("low_rank_approx", hint="r may be larger than the rank of W: then nothing is lost.")
def check_low_rank_of_low_rank(submission, rng):
    """A matrix of rank 2 is reproduced exactly by every r from 2 on."""
    W = normal(rng, 7, 2) @ normal(rng, 2, 5)
    for r in (2, 3, 5):
        near(product(submission, W, r), W, "The approximation of a matrix of rank 2")


@check("low_rank_approx", hint="How large can the rank of an (m, n) matrix be?")
def check_low_rank_bounds(submission, rng):
    """A rank above min(m, n) raises ValueError, and so does 0."""
    for shape, r in (((3, 5), 4), ((5, 3), 4), ((3, 5), 0)):
        W = normal(rng, *shape)
        message = "A rank that is impossible does not raise ValueError"
        expect_error(lambda W=W, r=r: submission.low_rank_approx(W, r), "ValueError", message)


@check("low_rank_approx", hint="Stay with the dtype of W.")
def check_low_rank_single(submission, rng):
    """A matrix of single precision gives factors of single precision."""
    W = normal(rng, 5, 7).float()
    near(product(submission, W, 5), W, "The approximation at full rank", error=1e-5)
    for found in submission.low_rank_approx(W, 5):
        dtype = dtype_of(found)
        require(dtype == "float32", "A factor is not of W's dtype", dtype, "float32")


@check("low_rank_approx", hint="Nothing of this rank may come closer.")
@settings(max_examples=8)
@given(SEEDS, st.integers(1, 4))
def check_low_rank_beats_all(submission, seed, r):
    """No other matrix of that rank is closer to W, and the error falls with r."""
    rng = np.random.default_rng(seed)
    W = normal(rng, 5, 7)
    error = np.linalg.norm(W.numpy() - product(submission, W, r))
    # Columns drawn at random and turned towards the longest directions: a strong competitor.
    columns = rng.normal(size=(5, r))
    for _ in range(20):
        columns = np.linalg.qr(W.numpy() @ W.numpy().T @ columns)[0]
    other = np.linalg.norm(W.numpy() - columns @ columns.T @ W.numpy())
    require(error <= other + NEAR, "A matrix of the same rank is closer to W")
    more = np.linalg.norm(W.numpy() - product(submission, W, r + 1))
    require(more < error + NEAR, "The error does not fall with the rank")


# c: LoRALayer


@check(
    "LoRALayer", hint="scale · x A B, with A (in, rank) and B (rank, out), for any axes in front."
)
def check_lora_values(submission, rng):
    """The output is scale · x A B, for x with no, one or two axes in front."""
    found = []
    for alpha, scaling in ((1, "alpha/r"), (ALPHA, "alpha/r"), (ALPHA, "alpha"), (0.5, "alpha")):
        A, B = normal(rng, IN, R), normal(rng, R, OUT)
        made = layer(submission, A, B, alpha, scaling)
        scale = alpha / R if scaling == "alpha/r" else alpha
        for front in ((), (N,), (N, L)):
            x = normal(rng, *front, IN)
            result, left = submission.call_and_look("forward", x, of=made)
            found.append((result, scale * x @ A @ B))
            require(bits(left[0], x), "`forward` changes its argument")
    # Compared when all are there: together they say more about what went wrong.
    for result, wanted in found:
        near(result, wanted, "The output")


@check("LoRALayer", hint="nn.Parameter makes a tensor trainable; A @ B is never stored.")
def check_lora_parameters(submission, rng):
    """A and B are parameters, the only ones, and of the right shapes."""
    made = module(submission.LoRALayer(IN, OUT, R, ALPHA), "`LoRALayer(…)`")
    found = submission.gradients(made, torch.ones(N, IN))
    shapes = sorted(tuple(value.shape) for value in state_of(made).values() if value.requires_grad)
    require(
        shapes == [(R, OUT), (IN, R)], "The parameters are not A (in, r) and B (r, out)", shapes
    )
    got = [gradient for gradient in found.parameters.values() if gradient is not None]
    require(len(got) == 2, "A or B gets no gradient", f"{len(got)} gradients", "2")


@check("LoRALayer", hint="One of the two factors must not be zero, or nothing is ever learnt.")
def check_lora_beginning(submission):
    """A fresh layer gives zeros; A is random of full rank; B has a gradient and A has none yet."""
    for sizes in ((IN, OUT, R), (OUT, IN, 1), (11, 11, 4)):
        for scaling in ("alpha/r", "alpha"):
            made = module(submission.LoRALayer(*sizes, ALPHA, scaling), "`LoRALayer(…)`")
            near(submission.read(made, "B"), np.zeros((sizes[2], sizes[1])), "B at the start")
            A = numbers(submission.read(made, "A"), "A")
            require(A.shape == (sizes[0], sizes[2]), "A is not (in, rank)", f"shape {A.shape}")
            full = np.isfinite(A).all() and np.linalg.matrix_rank(A) == sizes[2]
            require(full, "The columns of A do not differ, or are zero")
            x = torch.arange(2.0 * sizes[0]).reshape(2, -1).cos()
            grads = submission.gradients(made, x, weights=torch.ones(2, sizes[1])).parameters
            still, moving = grads.get("A"), grads.get("B")
            require(moving is not None and numbers(moving).any(), "B gets no gradient")
            require(still is None or not numbers(still).any(), "A moves before B does")


@check("LoRALayer", hint="alpha belongs to the scale in forward, and nowhere else.")
def check_lora_alpha_once(submission):
    """How A is drawn does not depend on alpha, and the scale is alpha / rank or alpha."""
    sizes = []
    for alpha in (1, 64):
        made = module(submission.LoRALayer(499, 3, 7, alpha), "`LoRALayer(…)`")
        sizes.append(float(np.square(numbers(submission.read(made, "A"), "A")).mean() ** 0.5))
    alike = sizes[0] < 2 * sizes[1] and sizes[1] < 2 * sizes[0]
    require(alike, "The size of A at the start depends on alpha, or is zero")
    for scaling, wanted in (("alpha/r", S), ("alpha", ALPHA)):
        made = submission.LoRALayer(IN, OUT, R, ALPHA, scaling)
        near(submission.read(module(made, "`LoRALayer(…)`"), "scale"), wanted, "scale")


@check("LoRALayer", hint="Gradients flow through x, A and B.")
def check_lora_gradients(submission, rng):
    """The gradients of x, A and B are right."""
    A, B, x, G = normal(rng, IN, R), normal(rng, R, OUT), normal(rng, N, IN), normal(rng, N, OUT)
    made = layer(submission, A, B, ALPHA)
    found = submission.gradients(made, x, weights=G)
    wanted = {"A": S * x.T @ G @ B.T, "B": S * (x @ A).T @ G}
    for name, gradient in wanted.items():
        near(found.parameters.get(name), gradient, f"The gradient of {name}")
    near(found.args[0], S * G @ B.T @ A.T, "The gradient of x")


@check("LoRALayer", hint="Two names are known; any other is a ValueError.")
def check_lora_scaling_names(submission):
    """A scaling of another name raises ValueError."""
    message = "A scaling of another name does not raise ValueError"
    for name in ("alpha/rank", "none", ""):
        call = submission.LoRALayer
        expect_error(lambda name=name, call=call: call(3, 2, 1, 1, name), "ValueError", message)


@check(
    "LoRALayer",
    points=0.5,
    hint="Parameters follow .to(…); what is no parameter or buffer does not.",
)
def check_lora_moves(submission):
    """The layer can be moved to another device, and to double precision."""
    made = module(submission.LoRALayer(IN, OUT, R, ALPHA), "`LoRALayer(…)`")
    made.double()
    out = made.forward(torch.ones(N, IN).double())
    require(dtype_of(out) == "float64", "The output is not of double precision", dtype_of(out))
    try:
        found = submission.on_meta(made, torch.ones(N, IN))
    except StudentError as error:
        require("device" not in str(error.got), "A tensor does not follow the layer", error.got)
        return
    require(all(device == "meta" for device, _, _ in found), "The output is on another device")


# d: LinearWithLoRA, freeze


@check("LinearWithLoRA", hint="linear(x) + lora(x), with the scale alpha / rank.")
def check_wrapper_values(submission, rng):
    """The output is x W^T + b + scale · x A B, with and without a bias, for any axes in front."""
    for bias in (True, False):
        made = Wrapped(submission, rng, bias=bias)
        for front in ((), (N,), (N, L)):
            x = normal(rng, *front, IN)
            result, left = submission.call_and_look("forward", x, of=made.module)
            near(result, made.out(x), "The output")
            require(bits(left[0], x), "`forward` changes its argument")


@check("LinearWithLoRA", hint="Keep the layer you are given, with its weight and its bias.")
def check_wrapper_keeps(submission, rng):
    """At the start the output is that of the given layer, and it follows when that layer changes."""
    for sizes in ((IN, OUT), (5, 5)):
        weight, bias, x = normal(rng, *sizes[::-1]), normal(rng, sizes[1]), normal(rng, N, sizes[0])
        base = linear(submission, weight, bias)
        made = module(submission.LinearWithLoRA(base, 2, 4), "`LinearWithLoRA(…)`")
        near(made.forward(x), x @ weight.T + bias, "The output at the start")
        again = normal(rng, *sizes[::-1])
        fill(submission, base, "weight", value=again)
        message = "The wrapper does not use the layer it was given, but a copy or another one"
        near(made.forward(x), x @ again.T + bias, message=message)


@check("LinearWithLoRA", hint="A frozen base gets no gradient; A and B do.")
def check_wrapper_gradients(submission, rng):
    """With the given layer frozen, only A and B get gradients, and the right ones."""
    made = Wrapped(submission, rng)
    made.linear.requires_grad_(False)
    x, G = normal(rng, N, IN), normal(rng, N, OUT)
    found = submission.gradients(made.module, x, weights=G)
    got = {name: g for name, g in found.parameters.items() if g is not None}
    require(len(got) == 2, "Not exactly two parameters get a gradient", ", ".join(sorted(got)))
    wanted = {"A": S * x.T @ G @ made.B.T, "B": S * (x @ made.A).T @ G}
    for name, gradient in wanted.items():
        mine = [g for path, g in got.items() if path.split(".")[-1] == name]
        require(len(mine) == 1, f"{name} gets no gradient")
        near(mine[0], gradient, f"The gradient of {name}")
    near(found.args[0], G @ (made.weight + made.delta.T), "The gradient of x")


@check("LinearWithLoRA", hint="While merged is True the side path is off.")
def check_wrapper_flag(submission, rng):
    """merged is False at first; while it is True, the output is that of the linear layer alone."""
    made, x = Wrapped(submission, rng), normal(rng, N, IN)
    require(submission.read(made.module, "merged") is False, "merged is not False at first")
    for flag, wanted in ((True, made.base(x)), (False, made.out(x))):
        set_flag(submission, made.module, "merged", flag)
        near(made.module.forward(x), wanted, f"The output while merged is {flag}")


@check("LinearWithLoRA", hint="linear.weight knows its dtype and its device.")
def check_wrapper_belongs(submission):
    """The adapter has the dtype of the given layer and lives on its device."""
    nn, found = library(submission), []
    for dtype in ("float64", "bfloat16"):
        base = nn.Linear(IN, OUT)
        base.to(submission.read(submission.value("torch"), dtype))
        made = module(submission.LinearWithLoRA(base, 2, 4), "`LinearWithLoRA(…)`")
        found += [(name, dtype_of(submission.read(made, "lora", name)), dtype) for name in "AB"]
    # Compared when all are there: together they say more about what went wrong.
    for name, got, dtype in found:
        require(got == dtype, f"{name} is not of the layer's dtype", got, dtype)
    base = nn.Linear(IN, OUT, device="meta")
    made = module(submission.LinearWithLoRA(base, 2, 4), "`LinearWithLoRA(…)`")
    for name in "AB":
        device = submission.read(made, "lora", name, "device", "type")
        require(device == "meta", f"{name} is not on the layer's device", device, "meta")


@check(
    "freeze", hint="Every parameter that is not an A or B of an adapter, whatever layer it is in."
)
def check_freeze_everything(submission):
    """Embeddings, norms, biases and heads are frozen, at any depth; no value changes."""
    nn = library(submission)
    norms = nn.Sequential(nn.BatchNorm1d(3), nn.Sequential(nn.Embedding(5, 3), nn.GroupNorm(1, 3)))
    for model in (submission.Transformer(11, 4, 2, 2, 7, 3), norms, nn.Linear(3, 2)):
        before = state_of(model)
        for _ in range(2):
            result = module(submission.freeze(model), "`freeze(model)`, which returns the model,")
            require(not trainable(submission, result), "A parameter is still trainable")
            require(
                not trainable(submission, model),
                "A parameter of the model itself is still trainable",
            )
        same = all(bits(value, before.get(name)) for name, value in state_of(model).items())
        require(same, "`freeze` changes the value of a parameter")
        require(
            submission.read(model, "training") is True, "`freeze` changes the mode of the model"
        )


@check("freeze", hint="Called after the adapters were added, it must leave A and B trainable.")
def check_freeze_keeps_adapters(submission, rng):
    """With adapters in the model, exactly A and B are trainable; a wrapper alone works too."""
    nn, made = library(submission), Wrapped(submission, rng)
    inner = Wrapped(submission, rng, (OUT, 2))
    model = nn.Sequential(nn.LayerNorm(IN), made.module, nn.Sequential(nn.ReLU(), inner.module))
    found = []
    # Whether the adapters were trainable before makes no difference.
    for before in (True, False):
        for subject, places in ((model, ("1", "2.1")), (made.module, ("",))):
            subject.requires_grad_(before)
            submission.freeze(subject)
            wanted = {f"{place}.lora.{name}".lstrip(".") for place in places for name in "AB"}
            found.append((trainable(submission, subject), wanted))
    # Compared when all are there: together they say more about what went wrong.
    for got, wanted in found:
        message = "Not exactly the parameters A and B of the adapters are trainable"
        require(got == wanted, message, ", ".join(sorted(got)) or "none")


@check("freeze", hint="Frozen means no gradient for the weights; gradients still pass through.")
def check_freeze_passes_gradients(submission, rng):
    """Gradients still flow through a frozen model to its input."""
    weight = normal(rng, OUT, IN)
    base = linear(submission, weight)
    submission.freeze(base)
    G = normal(rng, N, OUT)
    found = submission.gradients(base, normal(rng, N, IN), weights=G)
    require(all(g is None for g in found.parameters.values()), "A frozen weight gets a gradient")
    near(found.args[0], G @ weight, "The gradient of the input")


# e: replace_linear_with_lora, lora_parameter_count

BLOCK = ("q", "k", "v", "o", "up", "down")


def transformer(submission):
    """Return a transformer with 13 linear layers, and their paths."""
    library(submission)
    names = [f"blocks.{i}.{name}" for i in range(2) for name in BLOCK]
    return submission.Transformer(11, 4, 2, 2, 7, 3), {*names, "head"}


def replaces(submission, model, wanted, *targets, rank=2, alpha=6):
    """Replace layers of a model; fail the check unless this many were."""
    told(submission.replace_linear_with_lora(model, rank, alpha, *targets), wanted)


def told(result, wanted):
    """Fail the check unless a call has told this number; the model will do too."""
    # Who returns the model instead is judged by the model.
    if not isinstance(result, RemoteObject):
        is_number(result, wanted, "The number returned")


def has_adapters(model, wanted):
    """Fail the check unless a model has adapters in exactly these places."""
    found = adapters(model)
    if found != set(wanted):
        missing, extra = sorted(set(wanted) - found), sorted(found - set(wanted))
        message = "A layer was not replaced" if missing else "An adapter is where none belongs"
        require(False, message, ", ".join(extra or ["none"]), ", ".join(missing or ["none"]))


@check("replace_linear_with_lora", hint="Walk through the whole tree, whatever the layers lie in.")
def check_replace_everywhere(submission):
    """All linear layers are replaced: in blocks, lists, dictionaries and nested sequences."""
    model, paths = transformer(submission)
    ids = torch.arange(6).reshape(1, 6)
    before = numbers(model.forward(ids))
    old = state_of(model)
    replaces(submission, model, 13)
    has_adapters(model, paths)
    near(model.forward(ids), before, "The output, before any training,")
    new = state_of(model)
    for name, value in old.items():
        head, _, last = name.rpartition(".")
        kept = new.get(f"{head}.linear.{last}" if head in paths else name)
        require(bits(kept, value), "A weight of the model is lost or has changed")
    nn = library(submission)
    tower, shelf = nn.ModuleDict(), nn.ModuleList()
    tower.add_module("first", nn.Linear(3, 5))
    shelf.append(nn.Sequential(nn.Sequential(nn.Linear(5, 2)), nn.ReLU()))
    tower.add_module("shelf", shelf)
    replaces(submission, tower, 2)
    has_adapters(tower, ["first", "shelf.0.0.0"])


@check("replace_linear_with_lora", hint="Do not go into wrappers: the layer inside is taken.")
def check_replace_twice(submission, rng):
    """A second call makes no adapter, not even with other targets or on a wrapper alone."""
    model, paths = transformer(submission)
    replaces(submission, model, 4, ["q", "v"])
    replaces(submission, model, 0, ["q", "v", "linear"])
    has_adapters(model, [p for p in paths if p[-1] in "qv"])
    replaces(submission, model, 9)
    for targets in ((), (["linear"],), (["linear", "head", "q"],)):
        replaces(submission, model, 0, *targets)
    has_adapters(model, paths)
    alone = Wrapped(submission, rng).module
    replaces(submission, alone, 0)
    require(len(state_of(alone)) == 4, "A wrapper given as the model was changed")


@check("replace_linear_with_lora", hint="Compare whole names; an empty list is not None.")
def check_replace_targets(submission):
    """Targets are whole last names: "q" is not "qk", an empty list replaces none, None all."""
    nn = library(submission)

    def model():
        made, inner = nn.Module(), nn.Module()
        for name in ("q", "qk", "head"):
            made.add_module(name, nn.Linear(3, 2))
            inner.add_module(name, nn.Linear(3, 2))
        inner.add_module("v", nn.LayerNorm(3))
        made.add_module("block", inner)
        return made

    everything = {f"{b}{n}" for b in ("", "block.") for n in ("q", "qk", "head")}
    cases = (
        (["q"], {"q", "block.q"}),
        (["qk", "v"], {"qk", "block.qk"}),
        ([], set()),
        (["block", "nothing"], set()),
        (["head", "q"], everything - {"qk", "block.qk"}),
        (None, everything),
    )
    for targets, wanted in cases:
        subject = model()
        replaces(submission, subject, len(wanted), targets)
        has_adapters(subject, wanted)


@check("replace_linear_with_lora", hint="Remember which layer has got which wrapper.")
def check_replace_shared(submission, rng):
    """A layer used in two places gets one adapter, shared and counted once."""
    nn = library(submission)
    shared = nn.Linear(3, 3)
    model = nn.Sequential(shared, nn.ReLU(), nn.Sequential(shared), nn.Linear(3, 3))
    pair = nn.Module()
    pair.add_module("first", shared_pair := nn.Linear(3, 3))
    pair.add_module("second", shared_pair)
    cases = ((model, 2, ("0", "2.0"), {"3"}), (pair, 1, ("first", "second"), set()))
    for subject, wanted, (one, other), rest in cases:
        made = submission.replace_linear_with_lora(subject, 2, 6)
        has_adapters(subject, {one, other, *rest})
        mark = normal(rng, 2, 3).float()
        fill(submission, subject, *one.split("."), "lora", "B", value=mark)
        seen = submission.read(subject, *other.split("."), "lora", "B")
        # Whether it is two adapters or one counted twice is known by now.
        require(bits(seen, mark), "A layer used twice has two adapters")
        told(made, wanted)
        replaces(submission, subject, 0)


@check("replace_linear_with_lora", hint="Keep the very layer: its weight may be used elsewhere.")
def check_replace_tied(submission, rng):
    """A weight that is tied to the embedding stays tied."""
    library(submission)
    model = submission.Transformer(11, 4, 2, 1, 7)
    replaces(submission, model, 7)
    mark = normal(rng, 11, 4).float()
    fill(submission, model, "tok_emb", "weight", value=mark)
    seen = submission.read(model, "head", "linear", "weight")
    require(bits(seen, mark), "The head is no longer tied to the embedding")


@check("replace_linear_with_lora", hint="Rank and alpha of the call belong to every adapter.")
@settings(max_examples=5)
@given(st.integers(1, 5), st.integers(1, 40), st.lists(st.integers(1, 6), min_size=2, max_size=5))
def check_replace_sizes(submission, rank, alpha, sizes):
    """Every adapter has the sizes of its layer, the rank, and the scale alpha / rank."""
    nn = library(submission)
    model = nn.Sequential(*[nn.Linear(*pair) for pair in zip(sizes, sizes[1:], strict=False)])
    replaces(submission, model, len(sizes) - 1, rank=rank, alpha=alpha)
    for number, (inputs, outputs) in enumerate(zip(sizes, sizes[1:], strict=False)):
        path = str(number), "lora"
        for name, shape in (("A", (inputs, rank)), ("B", (rank, outputs))):
            found = numbers(submission.read(model, *path, name), name).shape
            require(found == shape, f"{name} has another shape", found, shape)
        near(submission.read(model, *path, "scale"), alpha / rank, "The scale of an adapter")


@check("replace_linear_with_lora", points=0.5, hint="Nothing above it holds a bare layer.")
def check_replace_bare(submission):
    """A model that is itself a Linear raises an error, instead of being left alone in silence."""
    bare = library(submission).Linear(3, 2)
    message = "A bare Linear raises no error, although nothing can be replaced"
    call = submission.replace_linear_with_lora
    expect_error(lambda: call(bare, 2, 4), "Exception", message)


@check("lora_parameter_count", hint="rank · (in + out) for each layer, and nothing that is frozen.")
def check_lora_count_gpt2(submission):
    """The 73 layers of GPT-2 cost 166,658 numbers per rank, as pairs or on the meta device."""
    d, what = 768, "The number of parameters"
    block = [(d, d)] * 4 + [(d, 4 * d), (4 * d, d)]
    pairs = block * 12 + [(d, 2)]
    for rank in (1, 2, 8, 16, 64):
        is_number(submission.lora_parameter_count(pairs, rank), 166_658 * rank, what)
    nn = library(submission)
    layers = [nn.Linear(*pair, device="meta") for pair in block]
    is_number(submission.lora_parameter_count(layers, 16), 221_184, what)
    is_number(submission.lora_parameter_count(layers[:4] + [(d, 2)], 16), 98_304 + 12_320, what)


@check("lora_parameter_count", hint="A layer object in two places is one layer.")
def check_lora_count_once(submission):
    """One Linear object in two places counts once, two of the same size count twice."""
    nn, what = library(submission), "The number of parameters"
    one, other = nn.Linear(7, 5), nn.Linear(7, 5, bias=False)
    is_number(submission.lora_parameter_count([one, other, one], 3), 2 * 3 * 12, what)
    is_number(submission.lora_parameter_count([], 3), 0, what)


@check("lora_parameter_count", hint="Add up over the layers.")
@settings(max_examples=8)
@given(st.lists(st.tuples(st.integers(1, 99), st.integers(1, 99)), max_size=6), st.integers(1, 9))
def check_lora_count_anywhere(submission, pairs, rank):
    """Any layers cost rank · (in + out) each."""
    wanted = sum(rank * (inputs + outputs) for inputs, outputs in pairs)
    is_number(submission.lora_parameter_count(pairs, rank), wanted, "The number of parameters")


# f: merge, unmerge


@check("merge", hint="W + scale · (A B)^T: the transpose, the scale, once.")
def check_merge_values(submission, rng):
    """The weight becomes W + scale · (A B)^T, for tall, wide and square layers; bias, A and B stay."""
    for sizes, rank, alpha in (((7, 5), 3, 6), ((2, 11), 2, 1), ((5, 5), 4, 16), ((5, 3), 1, 8)):
        made = Wrapped(submission, rng, sizes, rank, alpha)
        x = normal(rng, N, sizes[0])
        submission.merge(made.module)
        weight = submission.read(made.module, "linear", "weight")
        near(weight, made.weight + made.delta.T, "The merged weight")
        near(submission.read(made.module, "linear", "bias"), made.bias, "The bias")
        near(made.module.forward(x), made.out(x), "The output of the merged layer")
        for name in "AB":
            kept = submission.read(made.module, "lora", name)
            require(bits(kept, getattr(made, name)), f"`merge` changes {name}")
        require(submission.read(made.module, "merged") is True, "merged is not True after merging")


@check("merge", hint="Look at merged before you add anything.")
def check_merge_twice(submission, rng):
    """Merging twice is merging once; unmerging what is not merged does nothing."""
    made, x = Wrapped(submission, rng), normal(rng, N, IN)
    submission.unmerge(made.module)
    near(made.module.forward(x), made.out(x), "The output after unmerging what was not merged")
    weight = submission.read(made.module, "linear", "weight")
    near(weight, made.weight, "The weight after unmerging what was not merged")
    for _ in range(2):
        submission.merge(made.module)
        weight = submission.read(made.module, "linear", "weight")
        near(weight, made.weight + made.delta.T, "The weight after merging again")
        near(made.module.forward(x), made.out(x), "The output after merging again")


@check("merge", hint="unmerge takes away exactly what merge added, once, and says so in merged.")
def check_unmerge_restores(submission, rng):
    """Unmerging gives the weight and the side path back; it can be merged again and again."""
    made, x = Wrapped(submission, rng), normal(rng, N, IN)
    for _ in range(2):
        submission.merge(made.module)
        for _ in range(2):
            submission.unmerge(made.module)
            weight = submission.read(made.module, "linear", "weight")
            near(weight, made.weight, "The weight after unmerging")
            near(made.module.forward(x), made.out(x), "The output after unmerging")
            flag = submission.read(made.module, "merged")
            require(flag is False, "merged is not False after unmerging")
    fill(submission, made.module, "lora", "B", value=0 * made.B)
    near(made.module.forward(x), made.base(x), "The output with B set to zero after unmerging")


@check("merge", hint="A model may hold many wrappers, and one of them in two places.")
def check_merge_models(submission, rng):
    """A whole model is merged and unmerged, a wrapper in two places once; other layers stay."""
    nn = library(submission)
    first, square = Wrapped(submission, rng), Wrapped(submission, rng, (OUT, OUT), 2)
    plain = linear(submission, normal(rng, 2, OUT))
    model = nn.Sequential(
        first.module, nn.Sequential(square.module, nn.Tanh()), square.module, plain
    )
    x = normal(rng, N, IN)
    before, weight = numbers(model.forward(x)), numbers(submission.read(plain, "weight"))
    merged = module(submission.merge(model), "`merge(model)`, which returns the model,")
    near(merged.forward(x), before, "The output of the merged model")
    near(submission.read(square.module, "linear", "weight"), square.weight + square.delta.T, "W")
    near(submission.read(plain, "weight"), weight, "The weight of a layer without adapter")
    # The side paths are off: other factors make no difference.
    fill(submission, first.module, "lora", "B", value=0 * first.B)
    near(model.forward(x), before, "The output after merging, whatever the side path would say,")
    fill(submission, first.module, "lora", "B", value=first.B)
    back = module(submission.unmerge(model), "`unmerge(model)`, which returns the model,")
    near(back.forward(x), before, "The output of the unmerged model")
    near(submission.read(first.module, "linear", "weight"), first.weight, "The weight")


# g: lora_state_dict, load_lora

# Runs in the notebook, since a copy would be made on the way to a check.
PROBE = """
def snapshot_and_change(state_of, model):
    import torch
    state = state_of(model)
    before = {name: value.clone() for name, value in state.items()}
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(1)
    return all(torch.equal(state[name], before[name]) for name in before)


def load_and_change(load, model, state):
    import torch
    before = {name: value.clone() for name, value in state.items()}
    load(model, state)
    same = all(torch.equal(state[name], before[name]) for name in before)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(1)
    return same and all(torch.equal(state[name], before[name]) for name in before)


def through_a_file(state):
    import safetensors.torch
    loaded = safetensors.torch.load(safetensors.torch.save(state))
    # They come in another order every time.
    return {name: loaded[name] for name in sorted(loaded)}
"""


def probe(submission, name, *args):
    """Call a function of the probe."""
    submission.define(PROBE)
    return submission.exchange(Step(name, args=args))


class Pair:
    """A model of the notebook with two adapters."""

    def __init__(self, submission, rng, sizes=(IN, OUT, 2)):
        nn = library(submission)
        self.first = Wrapped(submission, rng, sizes[:2])
        self.last = Wrapped(submission, rng, sizes[1:], 2, 5)
        norm = nn.LayerNorm(sizes[1])
        norm.double()
        self.model = nn.Sequential(self.first.module, nn.Sequential(norm, self.last.module))


@check("lora_state_dict", hint="Four tensors for two adapters: nothing of the base.")
def check_state_only_adapters(submission, rng):
    """The state of two adapters holds their A and B, and not a number more."""
    made = Pair(submission, rng)
    state = submission.lora_state_dict(made.model)
    require(isinstance(state, dict), "The state is no dictionary", state)
    wanted = [t for w in (made.first, made.last) for t in (w.A, w.B)]
    sizes = sorted(numbers(value, "An entry of the state").shape for value in state.values())
    right = sorted(tuple(tensor.shape) for tensor in wanted)
    require(sizes == right, "The state holds other tensors than A and B of each adapter", sizes)
    for tensor in wanted:
        found = any(bits(value, tensor) for value in state.values())
        require(found, "A factor is missing in the state, or has changed")


@check("lora_state_dict", hint="What is saved is loaded again, into a model of the same shape.")
def check_state_round_trip(submission, rng):
    """Through a safetensors file into a fresh model: it then has these adapters on its own base."""
    made, fresh = Pair(submission, rng), Pair(submission, rng)
    x = normal(rng, N, IN)
    wanted = numbers(made.model.forward(x))
    for mine, theirs in ((fresh.first, made.first), (fresh.last, made.last)):
        fill(submission, mine.linear, "weight", value=theirs.weight)
        fill(submission, mine.linear, "bias", value=theirs.bias)
    state = probe(submission, "through_a_file", submission.lora_state_dict(made.model))
    back = submission.load_lora(fresh.model, state)
    near(module(back, "`load_lora`, which returns the model,").forward(x), wanted, "The output")
    near(fresh.model.forward(x), wanted, "The output of the model after loading")
    other = Pair(submission, rng)
    submission.load_lora(other.model, state)
    for mine in (other.first, other.last):
        kept = submission.read(mine.linear, "weight")
        require(bits(kept, mine.weight), "`load_lora` changes the base")


@check("lora_state_dict", hint="detach() shares its memory with the model; clone() does not.")
def check_state_snapshot(submission, rng):
    """The state is a snapshot, and loading one keeps nothing of it."""
    made = Pair(submission, rng)
    submission.lora_state_dict(made.model)
    args = submission.value("lora_state_dict"), made.model
    still = probe(submission, "snapshot_and_change", *args)
    require(still is True, "The state changes when the model is trained further")
    state = submission.lora_state_dict(made.model)
    args = submission.value("load_lora"), Pair(submission, rng).model, state
    still = probe(submission, "load_and_change", *args)
    require(still is True, "The state that was loaded changes when the model is trained further")


@check("lora_state_dict", points=0.5, hint="Compare names and shapes before anything is copied.")
def check_state_of_another_model(submission, rng):
    """Adapters of another model are refused: other names, missing ones, other shapes."""
    made = Pair(submission, rng)
    state = submission.lora_state_dict(made.model)
    require(isinstance(state, dict) and state, "The state is empty, or no dictionary", state)
    name = next(iter(state))
    fewer = {key: value for key, value in state.items() if key != name}
    more = {**state, "another.lora.A": torch.zeros(IN, R).double()}
    for wrong in (fewer, more, {**state, name: torch.zeros(1, 1).double()}):
        call = submission.load_lora
        message = "A state that does not fit the model is loaded without an error"
        expect_error(lambda call=call, wrong=wrong: call(made.model, wrong), "Exception", message)


# h: train_step


def optimiser(submission, kind, model, **options):
    """Return an optimiser over all parameters of a model."""
    there = submission.read(submission.value("torch"), "optim")
    return getattr(there, kind)(model.parameters(), **options)


@check("train_step", hint="Gradients are added to those that are there, unless they are removed.")
def check_step_values(submission, rng):
    """Two steps of gradient descent give the right weights; old gradients do not count."""
    weight, x, y = normal(rng, OUT, IN), normal(rng, 11, IN), torch.arange(11) % OUT
    model = linear(submission, weight)
    loss_fn = library(submission).CrossEntropyLoss()
    optimizer = optimiser(submission, "SGD", model, lr=0.5)
    # A gradient is left over from something else.
    submission.gradients(model, x)
    for _ in range(2):
        leaf = weight.clone().requires_grad_()
        wanted = torch.nn.functional.cross_entropy(x @ leaf.T, y)
        wanted.backward()
        loss = submission.train_step(model, x, y, loss_fn, optimizer)
        after = submission.read(model, "weight")
        # Not judged: it tells a step that is missing from one whose gradients were gone.
        submission.read(model, "weight", "grad")
        near(np.reshape(numbers(loss, "The loss"), -1), [wanted.item()], "The loss before the step")
        weight = weight - 0.5 * leaf.grad
        near(after, weight, "The weight after the step")


@check("train_step", hint="Only what the optimiser knows and a gradient reaches may move.")
def check_step_base_stays(submission, rng):
    """After five steps the frozen base is the same to the bit, and the adapter is not."""
    made = Wrapped(submission, rng)
    made.linear.requires_grad_(False)
    fill(submission, made.module, "lora", "B", value=0 * made.B)
    optimizer = optimiser(submission, "AdamW", made.module, lr=0.05, weight_decay=0.1)
    loss_fn, x, y = library(submission).MSELoss(), normal(rng, 11, IN), normal(rng, 11, OUT)
    losses = [submission.train_step(made.module, x, y, loss_fn, optimizer) for _ in range(5)]
    weight = submission.read(made.module, "linear", "weight")
    require(bits(weight, made.weight), "The weight of the frozen base has changed")
    bias = submission.read(made.module, "linear", "bias")
    require(bits(bias, made.bias), "The bias of the frozen base has changed")
    values = numbers([np.ravel(numbers(loss, "The loss"))[0] for loss in losses], "The losses")
    require(values[-1] < values[0], "The loss does not fall in five steps")


@check("train_step", hint="With B = 0 the gradient of A is zero: B moves first, then A.")
def check_step_b_first(submission, rng):
    """From B = 0 the first step moves B alone, the second one A as well."""
    made = Wrapped(submission, rng)
    made.linear.requires_grad_(False)
    fill(submission, made.module, "lora", "B", value=0 * made.B)
    optimizer = optimiser(submission, "SGD", made.module, lr=0.05)
    loss_fn, x, y = library(submission).MSELoss(), normal(rng, 11, IN), normal(rng, 11, OUT)
    moved = []
    for _ in range(2):
        submission.train_step(made.module, x, y, loss_fn, optimizer)
        now = {name: submission.read(made.module, "lora", name) for name in "AB"}
        moved.append((not bits(now["A"], made.A), numbers(now["B"]).any()))
    require(moved[0] == (False, True), "The first step does not move B alone")
    require(moved[1] == (True, True), "The second step does not move both A and B")
