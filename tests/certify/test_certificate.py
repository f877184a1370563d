"""A certificate falls short exactly where a variant loses, a mistake keeps, or mutants survive."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import msgspec
import pytest

from grader.certify import show
from grader.certify.certificate import Certificate, certificate
from grader.certify.run import Options, certify
from grader.certify.subjects import Kind, Subject, subjects
from grader.certify.trial import Kept, Trial
from grader.errors import CourseError
from grader.model import Assignment, Course, Exercise
from grader.processes.launch import Processes
from grader.settings import load_course

F = Exercise("f", Fraction(2))
VARIANT = Subject(Kind.variant, "f", "by a loop", "…")
MISTAKE = Subject(Kind.mistake, "f", "M1", "…", "twice", ("values",))
MUTANT = Subject(Kind.mutant, "f", "a → b", "…")
WRONG = Trial("0", ["values", "worked"], called="twice")


def kept(points: str, failed: str) -> Trial:
    return Trial(points, [failed], called="twice")


def replaced(trial: Trial, **changes: object) -> Trial:
    return msgspec.structs.replace(trial, **changes)


def of(*tried: tuple[Subject, Trial], floor: float = 0.9) -> Certificate:
    return certificate("a", [F], tried, Fraction(str(floor)))


def test_all_as_it_must_be() -> None:
    found = of((VARIANT, Trial("2", [])), (MISTAKE, WRONG), (MUTANT, Trial("1", ["values"])))
    assert found.problems == []
    assert found.score == 1
    assert show.total(found)[1:6] == ("1/1", "1/1", "1/1", "0", "1/1 (100.0%)")


@pytest.mark.parametrize(
    ("subject", "trial", "says"),
    [
        (VARIANT, Trial("1", ["values"]), "f, variant “by a loop” loses points, to values."),
        (VARIANT, Trial("0", ["values"], error="E: no"), "to values: it stops with E: no."),
        (MISTAKE, kept("1", "values"), "mistake “M1” keeps 1 of 2 points."),
        (MISTAKE, kept("0", "worked"), "passes values, written to catch it."),
        (replace(MISTAKE, loses=Fraction(1)), WRONG, "keeps 0 of 2 points."),
        (MISTAKE, replaced(WRONG, broken=["values"]), "breaks a check of ours: values."),
        (MISTAKE, replaced(WRONG, called=""), "Only 0 of 1 mistakes are named by the feedback."),
        (VARIANT, Trial("2", [], used={"values": 0.51}), "a right program uses 51% of the"),
        (replace(VARIANT, condition="strided"), Trial("2", [], used={"values": 0.6}), "uses 60%"),
        (MISTAKE, replaced(WRONG, used={"values": 1.9}), "“M1” is only 1.9 tolerances off."),
        (replace(MUTANT, reason="the same"), Trial("0", ["values"]), "listed as equivalent"),
        (MUTANT, Trial("2", []), "The mutation score is 0.0%, under its floor of 90%."),
    ],
)
def test_what_must_not_be(subject: Subject, trial: Trial, says: str) -> None:
    [problem] = of((subject, trial)).problems
    assert says in problem


def test_equivalent_mutants_do_not_count() -> None:
    same = replace(MUTANT, name="c → d", reason="computes the same")
    found = of((same, Trial("2", [])), (MUTANT, Trial("0", ["values"])))
    assert (found.score, found.rows[0].mutants, found.rows[0].equivalent) == (1, 1, 1)


HALF = replace(MISTAKE, name="M2", title="half")


def test_a_wrong_name_is_counted() -> None:
    """Without M1 in the catalogue, its answers would have been called M2's."""
    found = of(
        (MISTAKE, replaced(WRONG, fits=["M1", "M2"])), (HALF, replaced(WRONG, called="half"))
    )
    [row] = found.rows
    assert (row.named, row.misnamed) == (2, 1)
    assert found.problems == ["1 of 2 mistakes are named wrongly when unforeseen."]


def test_silence_and_the_same_title_are_no_wrong_names() -> None:
    twin, third = replace(MISTAKE, name="M3"), replace(MISTAKE, name="M4", title="thrice")
    for fits in (["M1"], [], ["M1", "M3"], ["M1", "M2", "M4"]):
        tried = [(s, replaced(WRONG, called=s.title)) for s in (HALF, twin, third)]
        assert of((MISTAKE, replaced(WRONG, fits=fits)), *tried).rows[0].misnamed == 0


def test_checks_that_never_stand_alone_are_told() -> None:
    [row] = of((MISTAKE, WRONG), (MUTANT, Trial("0", ["worked"]))).rows
    assert row.unneeded == ["values"]


def test_margins_are_those_of_the_nearest_programs() -> None:
    near, far = {"values": 0.2, "worked": 0.0}, {"values": 1e4}
    [margin] = of(
        (VARIANT, Trial("2", [], used={"values": 0.1})),
        (replace(VARIANT, name="by a table"), Trial("2", [], used=near)),
        (replace(VARIANT, condition="single"), Trial("2", [], used={"values": 0.9})),
        (replace(VARIANT, condition="single"), Trial("0", ["values"], used={"values": 7.0})),
        (MISTAKE, replaced(WRONG, used=far)),
        (replace(MISTAKE, name="M2"), replaced(WRONG, used={"values": 50.0, "worked": 1.1})),
        (MUTANT, Trial("0", ["values"], used={"values": 1.1})),
    ).margins
    assert margin.right == {"": 0.2, "single": 0.9}
    assert (margin.wrong, margin.by) == (50.0, "M2")
    assert margin.problem == ""


def test_a_condition_does_not_count_as_a_variant() -> None:
    found = of((VARIANT, Trial("2", [])), (replace(VARIANT, condition="single"), Trial("0", ["v"])))
    assert found.count(Kind.variant) == (1, 1)
    assert found.problems == []


def test_mistakes_that_no_check_tells_apart_are_told() -> None:
    fits = replaced(WRONG, called="", fits=["M1", "M2", "M3"])
    other = HALF
    twin = replace(MISTAKE, name="M3")
    found = of((MISTAKE, fits), (other, fits), (twin, replaced(WRONG, fits=["M3"])))
    assert list(show.twins(found)) == ["f: M1 and M2", "f: M2 and M3"]


@pytest.fixture(scope="module")
def own_course(tmp_path_factory: pytest.TempPathFactory, course: Course) -> Course:
    """A course of one's own, with checks that may be spoilt."""
    root = tmp_path_factory.mktemp("course") / "course"
    shutil.copytree(course.root, root, ignore=shutil.ignore_patterns("__pycache__", "09_sheet"))
    return load_course(root)


@pytest.fixture(scope="module")
def own_processes() -> Iterator[Processes]:
    with Processes() as running:
        yield running


def certified(processes: Processes, course: Course, **options: bool) -> tuple[Certificate, int]:
    """Return the certificate of the small assignment, and how many programs were tried for it."""
    assignment: Assignment = next(a for a in course.assignments if a.name == "01_mini")
    tried: list[int] = []
    chosen = Options(2, options.get("quick", False), False, course.root / ".grader")
    kept = Kept(assignment, course.root / ".grader" / "certify" / "01_mini.json")
    before = len([k for k in kept.trials if k.startswith(kept.base)])
    found = certify(processes, assignment, chosen, lambda done, total: tried.append(done))
    return found, len(tried) - before


def test_the_small_course_is_certified(own_processes: Processes, own_course: Course) -> None:
    found, tried = certified(own_processes, own_course)
    assert found.problems == []
    assert found.count(Kind.variant)[1] > 0
    assert found.count(Kind.mistake)[1] > 0
    assert found.score > Fraction(8, 10)
    assert tried > 30
    again, tried = certified(own_processes, own_course)
    assert tried == 0, "nothing has changed"
    assert show.page([again]) == show.page([found])
    [entry] = json.loads(show.document([found]))["assignments"]
    assert entry["certified"]


def test_a_weak_check_is_found_out(own_course: Course) -> None:
    folders = [own_course.root / part / "01_mini" for part in ("solutions", "assignments")]
    files = {folder / "checks.py": (folder / "checks.py").read_text() for folder in folders}
    for file, whole in files.items():
        # What a check compares is forgotten.
        file.write_text(whole.replace("    close(", "    (lambda *_, **__: None)("))
    try:
        with Processes() as fresh:
            found, tried = certified(fresh, own_course)
    finally:
        for file, whole in files.items():
            file.write_text(whole)
    assert tried > 30, "other checks, so everything anew"
    assert any("mistake" in problem for problem in found.problems)
    assert any(row.survivors for row in found.rows)


def test_a_reason_needs_its_mutant(own_course: Course) -> None:
    folder = own_course.root / "solutions" / "01_mini"
    settings = folder / "certificate.toml"
    before = settings.read_text()
    settings.write_text('[[equivalent]]\nexercise = "double"\nmutant = "x → y"\nreason = "."\n')
    try:
        with pytest.raises(CourseError, match="double has no mutant 'x → y' any more"):
            subjects(folder)
        settings.write_text("flor = 0.9")
        with pytest.raises(CourseError, match="flor"):
            subjects(folder)
    finally:
        settings.write_text(before)
