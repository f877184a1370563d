"""The reference of the arithmetic notebook against exact arithmetic, and torch's own loss."""

import itertools
import math
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own habit

from grader.checks.reference import as_object, load_namespace
from grader.checks.session import Suite, with_suite
from grader.local import local_submission
from grader.model import CheckResult, Outcome
from grader.notebook.source import read_cells, with_solution

ROOT = Path(__file__).parents[2]
SOLUTION = ROOT / "solutions" / "07_arithmetic"
CELLS = read_cells(SOLUTION / "solution.py")
STAND_INS = {
    cell.metadata["stand_in"]: cell.source
    for cell in read_cells(SOLUTION / "stand_ins.py")
    if cell.kind == "code"
}
SYMBOLS = "0123456789+="
PAIRS = list(itertools.product(range(100), repeat=2))


def sources() -> list[str]:
    return [with_solution(cell.source) for cell in CELLS if cell.is_reference]


@pytest.fixture(scope="module")
def ours() -> SimpleNamespace:
    return as_object(load_namespace("reference", sources()))


def read(prompt: str, answer: str, *, reverse: bool) -> bool:
    """Tell whether a problem is right, by Python's own arithmetic on its text."""
    stripped = "".join(str(int(part)) if part.isdigit() else part for part in split(prompt[:-1]))
    return eval(stripped) == int(answer[::-1] if reverse else answer)


def split(prompt: str) -> list[str]:
    for sign in "+-":
        if sign in prompt:
            left, right = prompt.split(sign)
            return [left, sign, right]
    raise ValueError(prompt)


@pytest.mark.parametrize("reverse", [True, False])
@pytest.mark.parametrize("ops", ["+", "-", "+-"])
def test_every_problem_is_right_and_in_one_part(
    ours: SimpleNamespace, ops: str, *, reverse: bool
) -> None:
    train, test = ours.make_examples(2, ops, 3, reverse)
    assert len(train) + len(test) == 10_000 * len(ops)
    assert all(read(*problem, reverse=reverse) for problem in (*train, *test))
    assert {len(p + a) for p, a in (*train, *test)} == {9}
    assert set(train).isdisjoint(test)
    groups = [{frozenset(split(p[:-1])[::2]) | {p[2]} for p, _ in part} for part in (train, test)]
    assert groups[0].isdisjoint(groups[1])


def test_the_naive_split_leaks_nine_tenths() -> None:
    """The mirror image of a test problem is in the training part nine times out of ten."""
    # Of 9,999 others 9,000 are for training; a + a is its own mirror image and never is.
    expected = Fraction(99, 100) * Fraction(9000, 9999)
    assert float(expected) == pytest.approx(0.891, abs=5e-4)


def test_the_mask_is_that_of_ignored_labels(ours: SimpleNamespace) -> None:
    generator = torch.Generator().manual_seed(5)
    for _ in range(20):
        ids = torch.randint(0, 11, (4, 9), generator=generator)
        places = torch.randint(0, 8, (4,), generator=generator)
        ids[torch.arange(4), places] = 11
        labels = ids.clone()
        for row, place in enumerate(places.tolist()):
            labels[row, : place + 1] = -100
        logits = torch.randn(4, 9, 12, generator=generator, dtype=torch.float64)
        wanted = F.cross_entropy(
            logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100
        )
        mask = ours.loss_mask(ids, 11)
        assert torch.equal(mask, labels[:, 1:] != -100)
        torch.testing.assert_close(ours.masked_loss(logits, ids, mask), wanted)


def test_the_floor_of_the_loss_on_everything(ours: SimpleNamespace) -> None:
    """3 ln 10 / 8 = .8635: the conditional entropy of the eight targets, counted exactly."""
    texts = [
        prompt + answer for prompt, answer in (ours.write_problem(a, "+", b, 2) for a, b in PAIRS)
    ]
    floor = 0.0
    for place in range(1, 9):
        seen: dict[str, dict[str, int]] = {}
        for text in texts:
            bets = seen.setdefault(text[:place], {})
            bets[text[place]] = bets.get(text[place], 0) + 1
        for bets in seen.values():
            total = sum(bets.values())
            floor -= sum(n / len(texts) * math.log(n / total) for n in bets.values())
    assert floor / 8 == pytest.approx(3 * math.log(10) / 8, abs=1e-12)
    assert floor / 8 == pytest.approx(0.8635, abs=5e-5)
    # What a perfect memory of 9,000 of the 10,000 pairs could gain at most.
    assert math.log(10 / 9) / 8 == pytest.approx(0.013, abs=5e-4)


def test_a_perfect_model_has_the_floor_and_is_always_right(ours: SimpleNamespace) -> None:
    table: dict[tuple[int, ...], torch.Tensor] = {}
    tokenizer = ours.ArithmeticTokenizer(SYMBOLS)
    texts = [
        tokenizer.encode(p + a) for p, a in (ours.write_problem(a, "+", b, 2) for a, b in PAIRS)
    ]
    for text in texts:
        for place in range(1, 9):
            table.setdefault(tuple(text[:place]), torch.zeros(12))[text[place]] += 1

    def rule(ids: torch.Tensor) -> torch.Tensor:
        unknown = torch.ones(12)
        rows = [
            [table.get(tuple(row[: t + 1]), unknown) for t in range(len(row))]
            for row in ids.tolist()
        ]
        return torch.stack([torch.stack(row) for row in rows]).log().clamp(min=-1e9)

    model = ours.Scripted(rule).eval()
    ids = torch.tensor(texts)
    everything = torch.ones(len(ids), 8, dtype=torch.bool)
    loss = ours.masked_loss(model(ids), ids, everything)
    assert loss.item() == pytest.approx(3 * math.log(10) / 8, abs=1e-5)
    problems = [ours.write_problem(a, "+", b, 2) for a, b in PAIRS[::7]]
    assert ours.exact_match(model, problems, tokenizer)[0] == 1


def test_carries_against_long_addition(ours: SimpleNamespace) -> None:
    """A carry out of column k is a difference between the sum and the digit-wise sum."""
    for a, b in [*PAIRS, (10**20 - 1, 1), (123_456_789, 987_654_321), (0, 0)]:
        wanted = sum(Decimal(a) % 10**k + Decimal(b) % 10**k >= 10**k for k in range(1, 25))
        assert ours.count_carries(a, b) == wanted
    counts = [sum(ours.count_carries(a, b) == c for a, b in PAIRS) for c in range(3)]
    assert counts == [3025, 4500, 2475]


def test_generation_writes_what_a_search_of_width_one_writes(ours: SimpleNamespace) -> None:
    torch.manual_seed(4)
    model = ours.Calculator(12, 16, 2, 1).double()
    prompts = torch.randint(0, 12, (5, 4))
    texts = ours.generate(model, prompts, 5)
    for row in texts:
        for place in range(4, 9):
            # One row, one position at a time, probabilities instead of logits.
            probs = model(row[None, :place])[0, -1].softmax(-1)
            assert row[place] == probs.argmax()


@pytest.mark.parametrize("name", STAND_INS)
def test_a_stand_in_passes_the_checks_of_its_exercise(name: str) -> None:
    """What stands in must do all that the exercise asks for, or later ones would pay for it."""
    namespace = load_namespace("reference", sources())
    stand_in = load_namespace("stand-in", [STAND_INS[name]], namespace)
    results = run_checks(as_object(namespace), stand_in, name)
    allowed = {"tokenizer_strangers"}
    bad = {r.name: r.detail for r in results if r.outcome is not Outcome.passed}
    assert {n: d for n, d in bad.items() if n not in allowed} == {}


def run_checks(reference: Any, namespace: dict[str, Any], exercise: str) -> list[CheckResult]:
    suite = Suite("an oracle", SOLUTION.name, SOLUTION / "public_checks.py")
    suite.reference = reference
    found: list[CheckResult] = []

    def use(_: Suite) -> None:
        for check in suite.checks:
            if check.exercise == exercise:
                found.append(suite.run(check, local_submission(namespace)))  # noqa: PERF401

    with_suite(suite, [SOLUTION / "public_checks.py", SOLUTION / "checks.py"], use)
    return found


def test_the_given_model_is_causal_and_starts_without_an_opinion(ours: SimpleNamespace) -> None:
    torch.manual_seed(0)
    model = ours.Calculator(12)
    # Its size, as the report says it: two tables in, one out, two layers, one norm.
    layer = 4 * (32 * 32 + 32) + (32 * 128 + 128) + (128 * 32 + 32) + 4 * 32
    assert sum(p.numel() for p in model.parameters()) == 12 * 32 * 2 + 9 * 32 + 2 * layer + 2 * 32
    ids = torch.randint(0, 12, (64, 9))
    changed = ids.clone()
    changed[:, 5:] = (changed[:, 5:] + 1) % 12
    torch.testing.assert_close(model(ids)[:, :5], model(changed)[:, :5])
    loss = ours.masked_loss(model(ids), ids, torch.ones(64, 8, dtype=torch.bool))
    assert loss.item() == pytest.approx(math.log(12), abs=0.05)


def test_the_entry_of_the_staff_is_right_everywhere(ours: SimpleNamespace) -> None:
    """45 numbers, set by hand, and every one of the 10,000 sums."""
    entry = ours.build()
    ours.fit(entry)
    assert sum(p.numel() for p in entry.parameters()) == 45
    problems = [ours.write_problem(a, "+", b, 2) for a, b in PAIRS]
    accuracy, _ = ours.exact_match(entry, problems, ours.ArithmeticTokenizer(SYMBOLS))
    assert accuracy == 1


def test_the_worked_loss(ours: SimpleNamespace) -> None:
    both = -math.log(0.5) - math.log(0.8)
    assert both / 2 == pytest.approx(0.4581, abs=5e-5)
    assert both / 3 == pytest.approx(0.3054, abs=5e-5)
    logits = torch.tensor([[[0.9, 0.1], [0.5, 0.5], [0.8, 0.2], [0.5, 0.5]]]).log()
    loss = ours.masked_loss(
        logits, torch.tensor([[0, 1, 1, 0]]), torch.tensor([[False, True, True]])
    )
    assert loss.item() == pytest.approx(both / 2, abs=1e-6)
