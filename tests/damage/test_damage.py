"""A damaged notebook keeps its marks, or its student is told exactly what was lost, and where."""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from grader.model import Course, Grade
from grader.notebook.repair import repair
from grader.pipeline import Run
from grader.processes.launch import Processes
from grader.settings import load_course
from tests.damage.edits import CELLS, FILES, MARKS, SENTENCE, Document, Edit
from tests.damage.fuzz import as_file, damage, fuzzed, graded, outcome, right_notebook
from tests.damage.oracle import FULL, SILENT
from tests.damage.tools import new_code, written

ROOT = Path(__file__).parents[2]
QUICK = 25
LONG = 2000
REAL = 15
# Seeds that once gave a silent loss, or a sentence that was not true.
ONCE_SILENT = (4, 5, 88, 150, 334, 648, 807, 647, 1441, 1520, 1987)


@pytest.fixture(scope="module")
def mini(course: Course) -> Document:
    return right_notebook(course.assignments[0], whole=True)


@pytest.fixture(scope="module")
def run(course: Course, processes: Processes) -> Run:
    return Run(course, processes, "a secret of the tests")


def points(grade: Grade) -> dict[str, float]:
    return {exercise.name: float(exercise.points) for exercise in grade.exercises}


def notes(grade: Grade) -> dict[str, str]:
    lost = [exercise for exercise in grade.exercises if exercise.points < exercise.max_points]
    return {exercise.name: exercise.note for exercise in lost}


def by_hand(mini: Document, change: Callable[[Document], Any]) -> bytes:
    """Return the right notebook after a change that is written out in a test."""
    return damage(mini, (Edit("by hand", MARKS, lambda rng, book: change(book)),), Random(0)).data


def cell_of(document: Document, name: str) -> dict[str, Any]:
    return next(cell for cell in document["cells"] if f" {name}(" in cell["source"])


@pytest.mark.parametrize("edit", [*CELLS, *FILES], ids=lambda edit: edit.name)
def test_each_edit_alone(edit: Edit, run: Run, mini: Document) -> None:
    seed = next(seed for seed in range(20) if damage(mini, (edit,), Random(seed)).edits)
    damaged = damage(mini, (edit,), Random(seed))
    found = outcome(run, damaged)
    assert found.outcome != SILENT, found.why
    if damaged.keeps == MARKS:
        assert found.outcome == FULL


def test_a_few_edits_together(run: Run, mini: Document) -> None:
    tally = fuzzed(run, mini, [*ONCE_SILENT, *range(1000, 1000 + QUICK)])
    assert not tally.silent, tally.table()


@pytest.mark.long
def test_many_edits_together(run: Run, mini: Document, capsys: pytest.CaptureFixture[str]) -> None:
    tally = fuzzed(run, mini, range(LONG))
    with capsys.disabled():
        print(f"\n{tally.table()}")
    assert not tally.silent, tally.table()
    assert tally.counts["all"].total() == LONG


@pytest.mark.long
@pytest.mark.parametrize("index", range(7))
def test_the_real_assignments(index: int, processes: Processes) -> None:
    course = load_course(ROOT)
    run = Run(course, processes, "a secret of the tests")
    document = right_notebook(course.assignments[index], whole=False)
    right = graded(run, as_file(document))
    assert all(exercise.points == exercise.max_points for exercise in right.exercises)
    tally = fuzzed(run, document, range(REAL), right.assignment)
    assert not tally.silent, tally.table()


def test_the_judge_of_the_fuzzer_knows_silence(run: Run, mini: Document) -> None:
    """A wrong answer is no damage: nothing in the notebook explains it."""

    def change(document: Document) -> None:
        cell = cell_of(document, "double")
        cell["source"] = cell["source"].replace("* 2", "* 3")

    damaged = damage(mini, (Edit("wrong", SENTENCE, lambda rng, d: change(d)),), Random(0))
    assert outcome(run, damaged).outcome == SILENT


def test_a_blank_copy_below_the_right_one(run: Run, mini: Document) -> None:
    blank = new_code("def double(x):\n    raise NotImplementedError")
    grade = graded(run, by_hand(mini, lambda document: document["cells"].append(blank)))
    assert points(grade) == {"double": 0, "quadruple": 2, "integrate": 1.5, "Scale": 1}
    assert notes(grade) == {
        "double": "Code cells 2 and 11 define `double`, and the last one counts. It is blank: "
        "delete it if another is meant."
    }


def test_an_import_that_became_text(run: Run, mini: Document) -> None:
    def change(document: Document) -> None:
        cell = next(c for c in document["cells"] if c["source"].startswith("import numpy"))
        cell["cell_type"] = "raw"

    grade = graded(run, by_hand(mini, change))
    text = "`np` stands in a text cell (above all code), which is not run: make it a code cell."
    assert notes(grade) == {"double": text, "integrate": text, "Scale": text}


def test_a_notebook_all_of_text_is_still_told_what_it_is(run: Run, mini: Document) -> None:
    def change(document: Document) -> None:
        for cell in document["cells"]:
            cell["cell_type"] = "markdown"

    grade = graded(run, by_hand(mini, change))
    assert grade.assignment == "01_mini"
    assert set(notes(grade)) == {"double", "quadruple", "integrate", "Scale"}
    assert all("stands in a text cell" in note for note in notes(grade).values())


def test_every_cell_timed_is_still_recognised(run: Run, mini: Document) -> None:
    def change(document: Document) -> None:
        for cell in written(document):
            cell["source"] = f"%%time\n{cell['source']}"

    grade = graded(run, by_hand(mini, change))
    assert not grade.refused
    assert not notes(grade)


def test_outputs_of_odd_kinds_are_no_fault_of_the_grader(run: Run, mini: Document) -> None:
    def change(document: Document) -> None:
        cell_of(document, "double")["outputs"] = [{"output_type": ["a list"]}]

    grade = graded(run, by_hand(mini, change))
    assert not grade.refused
    assert not notes(grade)


def test_a_method_that_fell_out_of_its_class(run: Run, mini: Document) -> None:
    def change(document: Document) -> None:
        cell = next(c for c in document["cells"] if c["source"].startswith("class Scale"))
        cell["source"] = cell["source"].replace("    def forward", "def forward")

    grade = graded(run, by_hand(mini, change))
    scale = next(exercise for exercise in grade.exercises if exercise.name == "Scale")
    assert {check.message.split("\n")[0] for check in scale.checks} == {"`Scale` has no `forward`."}


# What a repair undoes altogether.
UNDONE = (
    "strip_ids", "same_ids", "odd_ids", "strip_metadata", "torn_metadata", "no_metadata",
    "source_as_lines", "windows_lines", "old_mac_lines", "other_kernel", "other_output",
    "odd_counts", "attachments", "widgets", "unknown_keys", "capital_kinds", "old_format",
    "through_nbformat", "code_to_text", "smart_quotes", "odd_blanks", "merge_marks_in_cell",
    "byte_order_mark", "wide_characters", "windows_file", "raw_line_ends", "trailing_comma",
    "merge_marks", "white_space_around",
)  # fmt: skip


@pytest.mark.parametrize("name", UNDONE)
def test_a_repaired_notebook_gets_the_marks_of_the_right_one(
    name: str, run: Run, mini: Document
) -> None:
    edit = next(edit for edit in (*CELLS, *FILES) if edit.name == name)
    seed = next(seed for seed in range(20) if damage(mini, (edit,), Random(seed)).edits)
    result = repair(damage(mini, (edit,), Random(seed)).data)
    assert not result.left
    grade = graded(run, result.data)
    assert not grade.refused
    assert not notes(grade)
    assert repair(result.data).findings == ()
