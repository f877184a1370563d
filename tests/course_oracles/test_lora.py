"""The reference of the LoRA notebook against peft, and against the documents' numbers."""

import contextlib
import copy
import io
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import safetensors.torch
import torch
from torch import nn

from grader.checks.reference import as_object, load_namespace
from grader.checks.session import Suite, with_suite
from grader.local import local_submission
from grader.model import Outcome
from grader.notebook.authoring import read_draft
from grader.notebook.source import Cell, read_cells, with_solution

ROOT = Path(__file__).parents[2]
SOLUTION = ROOT / "solutions" / "04_lora"
CELLS = read_cells(SOLUTION / "solution.py")
STAND_INS = {
    cell.metadata["stand_in"]: cell.source
    for cell in read_cells(SOLUTION / "stand_ins.py")
    if cell.kind == "code"
}
CATALOGUE = [
    cell
    for file in sorted(SOLUTION.glob("*s/*.py"))
    for cell in read_cells(file)
    if cell.kind == "code"
]
NAMES = ["q", "k", "v", "o", "up", "down", "head"]


def sources() -> list[str]:
    return [with_solution(cell.source) for cell in CELLS if cell.is_reference]


@pytest.fixture(scope="module")
def ours() -> SimpleNamespace:
    return as_object(load_namespace("reference", sources()))


@pytest.fixture(autouse=True)
def _same_numbers() -> None:
    torch.manual_seed(0)


def gpt(ours: SimpleNamespace, outputs: int | None = 2) -> Any:
    with torch.device("meta"):
        return ours.Transformer(50_257, 768, 12, 12, 1024, outputs)


# The reference against peft


@pytest.fixture
def twins(ours: SimpleNamespace) -> tuple[Any, Any]:
    """The same tiny model, with adapters of ours and with those of peft, of the same numbers."""
    peft = pytest.importorskip("peft")
    base = ours.Transformer(11, 8, 2, 2, 7, 3).double()
    config = peft.LoraConfig(r=3, lora_alpha=6, target_modules=NAMES, lora_dropout=0.0)
    theirs = peft.get_peft_model(copy.deepcopy(base), config)
    mine = ours.freeze(copy.deepcopy(base))
    assert ours.replace_linear_with_lora(mine, 3, 6) == 13
    for path, wrapper in mine.named_modules():
        if isinstance(wrapper, ours.LinearWithLoRA):
            nn.init.normal_(wrapper.lora.B)
            layer = theirs.get_submodule(f"base_model.model.{path}")
            # They store both factors the other way round.
            layer.lora_A["default"].weight.data = wrapper.lora.A.detach().T.clone()
            layer.lora_B["default"].weight.data = wrapper.lora.B.detach().T.clone()
    return mine, theirs.double()


IDS = torch.arange(12).reshape(2, 6) % 11


def test_outputs_and_counts_are_pefts(ours: SimpleNamespace, twins: tuple[Any, Any]) -> None:
    mine, theirs = twins
    torch.testing.assert_close(mine(IDS), theirs(IDS), rtol=1e-9, atol=1e-9)
    trainable, everything = theirs.get_nb_trainable_parameters()
    assert ours.count_parameters(mine, trainable_only=True) == trainable
    assert ours.count_parameters(mine) == everything
    layers = [m for m in mine.modules() if isinstance(m, nn.Linear)]
    assert ours.lora_parameter_count(layers, 3) == trainable


def test_training_is_pefts(ours: SimpleNamespace, twins: tuple[Any, Any]) -> None:
    for model in twins:
        moving = [p for p in model.parameters() if p.requires_grad]
        optimizer, loss_fn = torch.optim.SGD(moving, lr=0.1), nn.MSELoss()
        for _ in range(3):
            ours.train_step(model, IDS, torch.zeros(2, 6, 3).double(), loss_fn, optimizer)
    mine, theirs = twins
    torch.testing.assert_close(mine(IDS), theirs(IDS), rtol=1e-9, atol=1e-9)


def test_merging_is_pefts(ours: SimpleNamespace, twins: tuple[Any, Any]) -> None:
    mine, theirs = twins
    ours.merge(mine)
    merged = theirs.merge_and_unload()
    for path, layer in merged.named_modules():
        if isinstance(layer, nn.Linear):
            found = mine.get_submodule(path).linear.weight
            torch.testing.assert_close(found, layer.weight, rtol=1e-9, atol=1e-9)


def test_the_state_is_what_peft_saves(ours: SimpleNamespace, twins: tuple[Any, Any]) -> None:
    import peft

    mine, theirs = twins
    saved = peft.get_peft_model_state_dict(theirs)
    state = ours.lora_state_dict(mine)
    assert len(state) == len(saved)
    for name, value in state.items():
        path, factor = name[: -len(".lora.A")], name[-1]
        key = f"base_model.model.{path}.lora_{factor}.weight"
        assert torch.equal(saved[key].T, value)


# The reference against the numbers of the documents


def test_the_numbers_of_gpt2(ours: SimpleNamespace) -> None:
    model = gpt(ours)
    assert ours.count_parameters(model) == 124_441_346
    sizes = {
        "tok_emb": 38_597_376,
        "pos_emb": 786_432,
        "blocks.0": 7_087_872,
        "blocks": 85_054_464,
        "norm": 1_536,
        "head": 1_538,
    }
    for path, size in sizes.items():
        assert ours.count_parameters(model.get_submodule(path)) == size
    block = model.blocks[0]
    parts = [[block.q, block.k, block.v], [block.o], [block.up], [block.down]]
    parts.append([block.norm1, block.norm2])
    found = [sum(ours.count_parameters(m) for m in part) for part in parts]
    assert found == [1_771_776, 590_592, 2_362_368, 2_360_064, 3_072]
    language = gpt(ours, None)
    assert ours.count_parameters(language) == 124_439_808
    language.head = nn.Linear(768, 50_257, bias=False, device="meta")
    assert ours.count_parameters(language) == 163_037_184
    for one in language.blocks:
        one.q.bias = one.k.bias = one.v.bias = None
    assert ours.count_parameters(language) == 163_009_536


def test_the_numbers_of_its_adapters(ours: SimpleNamespace) -> None:
    for rank in (1, 2, 4, 8, 16, 32, 64):
        model = ours.freeze(gpt(ours))
        assert ours.count_parameters(model, trainable_only=True) == 0
        layers = [m for m in model.modules() if isinstance(m, nn.Linear)]
        assert ours.lora_parameter_count(layers, rank) == 166_658 * rank
        assert ours.replace_linear_with_lora(model, rank, rank) == 73
        assert ours.count_parameters(model, trainable_only=True) == 166_658 * rank
    assert 166_658 * 16 == 2_666_528 == 12 * 221_184 + 12_320
    assert ours.lora_parameter_count(layers[:4], 16) == 98_304
    assert ours.lora_parameter_count(layers[4:6], 16) == 122_880
    assert round(124_441_346 / 2_666_528, 1) == 46.7
    assert round(100 * 2_666_528 / 124_441_346, 2) == 2.14
    for names, number in (("qv", 589_824), ("qkv", 884_736), ("qkvo", 1_179_648)):
        model = ours.freeze(gpt(ours))
        ours.replace_linear_with_lora(model, 16, 16, targets=list(names))
        assert ours.count_parameters(model, trainable_only=True) == number


def test_the_numbers_of_the_slide(ours: SimpleNamespace) -> None:
    """Its function goes into its own wrappers, and its freezing freezes adapters."""

    def replace(module: Any) -> None:
        for name, child in list(module.named_children()):
            if isinstance(child, nn.Linear):
                setattr(module, name, ours.LinearWithLoRA(child, 16, 16))
            else:
                replace(child)

    def trainable(model: Any) -> int:
        return int(ours.count_parameters(model, trainable_only=True))

    def wrappers(model: Any) -> int:
        return sum(isinstance(m, ours.LinearWithLoRA) for m in model.modules())

    model = gpt(ours).requires_grad_(False)
    replace(model)
    assert (trainable(model), wrappers(model)) == (2_666_528, 73)
    replace(model)
    assert (trainable(model), wrappers(model)) == (5_333_056, 146)
    model = gpt(ours)
    replace(model)
    assert (trainable(model), wrappers(model)) == (127_107_874, 73)
    assert trainable(model.requires_grad_(False)) == 0


def test_the_numbers_of_the_scale(ours: SimpleNamespace) -> None:
    for scaling, wanted in (("alpha/r", 64), ("alpha", 512)):
        layer = ours.LoRALayer(4, 4, 8, 16, scaling)
        layer.A.data.fill_(1)
        layer.B.data.fill_(1)
        assert layer(torch.ones(4)).tolist() == [wanted] * 4


def test_the_start(ours: SimpleNamespace) -> None:
    big = ours.LoRALayer(4096, 3, 16, 16)
    assert abs(big.A.std().item() * 4 - 1) < 0.02
    linear, x = nn.Linear(7, 5), torch.randn(3, 7)
    wrapped = ours.LinearWithLoRA(linear, 2, 4)
    assert torch.equal(wrapped(x), linear(x))
    wrapped(x).square().sum().backward()
    assert not wrapped.lora.A.grad.any()
    assert wrapped.lora.B.grad.any()


def test_the_adder(ours: SimpleNamespace) -> None:
    model = ours.adder()
    assert ours.count_parameters(model) == 102_156
    for rank, number in ((1, 2_380), (2, 4_760), (4, 9_520), (8, 19_040)):
        layers = [m for m in model.modules() if isinstance(m, nn.Linear)]
        assert ours.lora_parameter_count(layers, rank) == number
    model.load_state_dict(safetensors.torch.load_file(ROOT / "data" / "adder.safetensors"))
    _, held_out = ours.split_pairs()
    assert ours.exact(model, held_out, 0) >= 0.999
    assert ours.exact(model, held_out, 7) == 0


def test_low_rank_is_torchs_best(ours: SimpleNamespace) -> None:
    full = torch.randn(9, 6, dtype=torch.float64)
    values = torch.linalg.svdvals(full)
    for r in range(1, 7):
        first, second = ours.low_rank_approx(full, r)
        left = torch.linalg.norm(full - first @ second)
        torch.testing.assert_close(left, values[r:].norm(), rtol=1e-9, atol=1e-9)


# What stands in


def title(cell: Cell) -> str:
    kind = "mistake" if "mistake" in cell.metadata else "variant"
    return f"{kind} {cell.metadata[kind]}"


@pytest.fixture(scope="module")
def verdicts() -> dict[str, dict[str, str]]:
    """What the checks of each exercise that has a stand-in say of it; and of those built on it."""
    namespace = load_namespace("reference", sources())
    suite = Suite("a secret", SOLUTION.name, SOLUTION / "public_checks.py")
    suite.reference = as_object(namespace)
    found: dict[str, dict[str, str]] = {}
    draft = read_draft(SOLUTION, ROOT / "assignments" / SOLUTION.name)

    def failures(
        exercise: str, names: Sequence[str], written: str = "", only: Sequence[str] = ()
    ) -> dict[str, str]:
        mine = load_namespace("stood in", [written], namespace)
        submission = local_submission(mine)
        for name in names:
            submission.define(STAND_INS[name])
        # The student's functions look names up where they were defined: run them once more there.
        exec(written or source_of(exercise), mine)
        if exercise in names:
            submission.define(STAND_INS[exercise])
        checks = [check for check in suite.checks if check.exercise == exercise]
        chosen = [check for check in checks if not only or check.blank.name in only]
        results = [suite.run(check, submission) for check in chosen]
        return {r.name: r.detail for r in results if r.outcome is not Outcome.passed}

    def use(_: Suite) -> None:
        for name in STAND_INS:
            needs = list(STAND_INS)[: list(STAND_INS).index(name) + 1]
            found[f"{name} itself"] = failures(name, needs)
        for exercise in draft.assignment.exercises:
            names = [name for name in exercise.depends if name in STAND_INS]
            found[f"{exercise.name} on stand-ins"] = failures(exercise.name, names)
            for cell in CATALOGUE if names else ():
                if cell.metadata["exercise"] == exercise.name:
                    only = cell.metadata.get("caught_by", ())
                    found[title(cell)] = failures(exercise.name, names, cell.source, only)

    with contextlib.redirect_stdout(io.StringIO()):
        with_suite(suite, [SOLUTION / "public_checks.py", SOLUTION / "checks.py"], use)
    return found


def source_of(exercise: str) -> str:
    [found] = [c for c in CELLS if c.metadata.get("exercise") == exercise]
    return with_solution(found.source)


def test_stand_ins_pass_every_check(verdicts: dict[str, dict[str, str]]) -> None:
    """So do the reference and all right variants, on top of them."""
    right = {name: bad for name, bad in verdicts.items() if not name.startswith("mistake")}
    assert not any(right.values()), str(right)


def test_mistakes_are_caught_on_top_of_stand_ins(verdicts: dict[str, dict[str, str]]) -> None:
    for cell in CATALOGUE:
        found = verdicts.get(title(cell))
        if "mistake" in cell.metadata and found is not None:
            assert set(cell.metadata["caught_by"]) <= set(found), title(cell)


def test_what_others_build_on_has_a_stand_in() -> None:
    draft = read_draft(SOLUTION, ROOT / "assignments" / SOLUTION.name)
    needed = {name for exercise in draft.assignment.exercises for name in exercise.depends}
    assert needed == set(STAND_INS)
