"""The last step, on a real card: verdicts, memory, slots and what is left behind.

nox -s gpu
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from grader.engine.cards import find_cards, meter
from grader.engine.slots import Slots
from grader.errors import WireError
from grader.model import Course, Grade, HandIn, Limits, Outcome, Submission
from grader.notebook.source import read_cells, with_solution
from grader.pipeline import Run, grade_one
from grader.processes.launch import Processes, open_fork, scratch_folder
from grader.processes.scrub import scrubber
from grader.settings import load_course
from grader.wire import messages
from tests.conftest import notebook_of

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no graphics card here"),
]
ROOT = Path(__file__).parents[2]
COURSE = load_course(ROOT)
SECRET = "a secret of the tests"
WITHIN = 64 << 20
MARK = 0x5A


def open_slots(processes: Processes) -> Slots:
    return Slots(find_cards(), meter, scrubber(processes))


def grade(run: Run, notebook: bytes) -> Grade:
    return grade_one(run, Submission("someone", "someone", lambda: HandIn(notebook))).grade


def verdicts(grade: Grade) -> dict[tuple[str, str], tuple[Outcome, str]]:
    checks = [(e.name, c) for e in grade.exercises for c in e.checks]
    return {(name, check.name): (check.outcome, str(check.points)) for name, check in checks}


def sources(folder: Path, mistake: str = "") -> list[str]:
    """Return the cells of a solution, the last with a known mistake over it."""
    found = [with_solution(c.source) for c in read_cells(folder / "solution.py") if c.is_reference]
    mistakes = [
        cell.source
        for file in sorted((folder / "mistakes").glob("*.py"))
        for cell in read_cells(file)
        if cell.metadata.get("mistake") == mistake
    ]
    return [*found, *mistakes]


def known(folder: Path) -> list[str]:
    """Return every seventh known mistake of an assignment."""
    names = [
        str(cell.metadata["mistake"])
        for file in sorted((folder / "mistakes").glob("*.py"))
        for cell in read_cells(file)
        if cell.kind == "code"
    ]
    return names[::7]


@pytest.mark.parametrize("name", [assignment.name for assignment in COURSE.assignments])
def test_verdicts_equal_the_cpus(name: str, processes: Processes) -> None:
    """The solution, and every seventh known mistake, of each assignment of the course."""
    [assignment] = [a for a in COURSE.assignments if a.name == name]
    assert assignment.hidden is not None
    cpu = Run(COURSE, processes, SECRET, assignment)
    card = replace(cpu, device="cuda", slots=open_slots(processes))
    differ, told, times = [], 0, [0.0, 0.0]
    wrong = ["", *known(assignment.hidden)]
    for mistake in wrong:
        notebook = notebook_of(*sources(assignment.hidden, mistake))
        near, far = grade(cpu, notebook), grade(card, notebook)
        times = [times[0] + near.seconds, times[1] + far.seconds]
        told += sum("on the graphics card" in i.where for i in far.incidents)
        unusable = [i for i in far.incidents if "could not be used" in i.text]
        assert not unusable, unusable
        differ += [mistake or "solution"] if verdicts(near) != verdicts(far) else []
        if not mistake:
            assert all(o is Outcome.passed for o, _ in verdicts(far).values())
    print(
        f"\n{name}: {len(wrong)} programs, {len(wrong) - len(differ)} with the same verdicts; "
        f"{told} notes on checks that pass on the CPU only; CPU {times[0]:.0f} s, card "
        f"{times[1]:.0f} s"
    )
    assert not differ


@contextmanager
def on_card(
    processes: Processes, card: str, share: float = 1.0
) -> Iterator[Callable[[str], messages.FromWorker]]:
    """Yield what runs code in a fork that has taken a card."""
    with (
        scratch_folder() as scratch,
        processes.worker(scratch, 1, Limits(), gpu=True) as worker,
        open_fork(worker, 60.0, "cuda", card, share) as fork,
    ):

        def run(source: str) -> messages.FromWorker:
            fork.send(messages.Define(messages.new_id(), source))
            return fork.receive(time.monotonic() + 60)[0]

        yield run


FILL = f"""
import torch
kept = []
try:
    while True:
        kept.append(torch.full(({WITHIN},), {MARK}, dtype=torch.uint8))
except torch.OutOfMemoryError:
    torch.cuda.synchronize()
assert len(kept) > 10
"""
# Not torch.empty as it is: deterministic algorithms fill it.
LOOK = f"""
import torch
torch.utils.deterministic.fill_uninitialized_memory = False
kept, found = [], 0
try:
    while True:
        kept.append(torch.empty({WITHIN}, dtype=torch.uint8))
        found += int((kept[-1] == {MARK}).sum())
except torch.OutOfMemoryError:
    pass
assert len(kept) > 10
raise ValueError(f"found {{found}} of {{len(kept) * {WITHIN}}} bytes")
"""


@pytest.mark.parametrize("scrubbed", [False, True], ids=["without a scrub", "after a scrub"])
def test_nothing_of_a_neighbour_can_be_read(processes: Processes, scrubbed: bool) -> None:
    card = find_cards()[0].name
    with on_card(processes, card) as run:
        assert isinstance(run(FILL), messages.Result)
    settled(card)
    if scrubbed:
        start = time.monotonic()
        scrubber(processes)(card, 0)
        print(f"\na scrub of the whole card took {time.monotonic() - start:.1f} s")
    with on_card(processes, card) as run:
        reply = run(LOOK)
    assert isinstance(reply, messages.Raised)
    print(f"\n{'after' if scrubbed else 'without'} a scrub: {reply.text} that were a neighbour's")
    if scrubbed:
        assert "found 0 of" in reply.text


def settled(name: str) -> None:
    """Wait until the memory of those who are gone is free again."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        [card] = [card for card in find_cards() if card.name == name]
        if card.free > 0.9 * card.total:
            return
        time.sleep(0.2)
    pytest.fail("the memory of a worker that is gone is not free")


def test_a_worker_keeps_to_its_share(processes: Processes) -> None:
    card = find_cards()[0]
    with on_card(processes, card.name, 0.1) as run:
        reply = run(f"import torch\ntorch.empty({card.total // 5}, dtype=torch.uint8)")
    assert isinstance(reply, messages.Raised)
    assert reply.kind == "OutOfMemoryError"


HUNGRY = """
import torch
calls = []
def double(x):
    if torch.cuda.is_initialized():
        torch.empty(1 << 50, dtype=torch.uint8, device="cuda")
    return x * 2
"""


def test_too_little_memory_costs_no_point(
    course: Course, processes: Processes, make_notebook: Callable[..., bytes]
) -> None:
    run = Run(course, processes, SECRET, device="cuda", slots=open_slots(processes))
    found = grade(run, make_notebook({"double": HUNGRY}))
    assert found.points == found.max_points
    assert "passes on the CPU, but not on the card" in str(found.incidents)


def test_many_at_a_time_on_measured_slots(
    course: Course, processes: Processes, make_notebook: Callable[..., bytes]
) -> None:
    slots = open_slots(processes)
    run = Run(course, processes, SECRET, device="cuda", slots=slots)
    code = (
        "import torch\ndef double(x):\n    torch.rand(4000, 4000) @ torch.rand(4000, 4000)\n"
        "    return x * 2"
    )
    start = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        grades = list(pool.map(lambda _: grade(run, make_notebook({"double": code})), range(8)))
    assert all(g.points == g.max_points for g in grades)
    need = max(slots.needs.values()) >> 20
    print(f"\nmeasured need {need} MB, {slots.capacity} slots; 8 hand-ins, 4 at a time, in "
          f"{time.monotonic() - start:.0f} s")  # fmt: skip
    assert need > 100
    assert not slots.retired


def test_a_card_nobody_knows_is_an_error(processes: Processes) -> None:
    with (
        scratch_folder() as scratch,
        processes.worker(scratch, 1, Limits(), gpu=True) as worker,
        pytest.raises(WireError, match="did not come up on cuda"),
    ):
        open_fork(worker, 60.0, "cuda", "GPU-00000000-0000").__enter__()
