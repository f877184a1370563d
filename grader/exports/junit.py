"""Grades as JUnit XML, for CI: a wrong answer is a failure, the grader's own fault an error."""

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from grader.model import CheckResult, Grade, Outcome

SKIPPED = {Outcome.not_run}
WRONG = {Outcome.failed, Outcome.timed_out, Outcome.crashed}


def to_junit(grades: Iterable[Grade]) -> str:
    """Return one test suite per submission, with one case per check."""
    root = ET.Element("testsuites")
    for grade in sorted(grades, key=lambda grade: grade.submission):
        root.append(_suite(grade))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(grade: Grade) -> ET.Element:
    checks = [check for exercise in grade.exercises for check in exercise.checks]
    counts = {
        "tests": len(checks),
        "failures": sum(check.outcome in WRONG for check in checks),
        "errors": sum(check.outcome is Outcome.grader_fault for check in checks),
        "skipped": sum(check.outcome in SKIPPED for check in checks),
    }
    if grade.refused:
        counts["tests"], counts["errors"] = 1, 1
    suite = ET.Element("testsuite", name=clean(grade.submission))
    suite.set("time", f"{grade.seconds:.3f}")
    for name, count in counts.items():
        suite.set(name, str(count))
    if grade.refused:
        case = ET.SubElement(suite, "testcase", classname=grade.assignment, name="hand-in")
        ET.SubElement(case, "error", message=clean(grade.refused))
    for check in checks:
        suite.append(_case(check))
    return suite


def _case(check: CheckResult) -> ET.Element:
    case = ET.Element("testcase", classname=check.exercise, name=check.name)
    case.set("time", f"{check.seconds:.4f}")
    if check.outcome is Outcome.passed:
        return case
    kind = "skipped" if check.outcome in SKIPPED else "failure"
    kind = "error" if check.outcome is Outcome.grader_fault else kind
    ET.SubElement(case, kind, message=clean(check.message), type=check.outcome.value)
    return case


def clean(text: str) -> str:
    """Return text without the characters that XML has no way to write."""
    return "".join(c for c in text if c in "\t\n" or c.isprintable())
