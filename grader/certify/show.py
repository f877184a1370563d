"""Certificates as a table for the terminal, a page for the docs, and JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import msgspec

from grader.certify.certificate import Certificate, Row
from grader.certify.conditions import Condition
from grader.certify.subjects import Kind

MARGINS = ("exercise", "check", "right", *Condition, "wrong")
HEAD = ("exercise", "variants", "mistakes", "named", "misnamed", "mutants", "same", "left")


def cells(row: Row) -> tuple[str, ...]:
    """Return one line of the table."""
    return (
        row.exercise.name,
        _of(row.right[Kind.variant], row.tried[Kind.variant]),
        _of(row.right[Kind.mistake], row.tried[Kind.mistake]),
        _of(row.named, row.tried[Kind.mistake]),
        str(row.misnamed or ""),
        _of(row.right[Kind.mutant], row.mutants),
        str(row.equivalent or ""),
        str(len(row.survivors) or ""),
    )


def total(certificate: Certificate) -> tuple[str, ...]:
    """Return the last line of the table."""
    rows = certificate.rows
    mutants = sum(row.right[Kind.mutant] for row in rows), sum(row.mutants for row in rows)
    return (
        "together",
        _of(*certificate.count(Kind.variant)),
        _of(*certificate.count(Kind.mistake)),
        _of(sum(row.named for row in rows), certificate.count(Kind.mistake)[1]),
        str(sum(row.misnamed for row in rows)),
        f"{_of(*mutants)} ({float(certificate.score):.1%})" if mutants[1] else "",
        str(sum(row.equivalent for row in rows)),
        str(sum(len(row.survivors) for row in rows)),
    )


def page(certificates: Sequence[Certificate]) -> str:
    """Return the certificates as Markdown."""
    lines = ["# Certificate", "", *LEGEND, ""]
    for certificate in certificates:
        lines += [f"## {certificate.assignment}", "", *_markdown(HEAD), *_rule(len(HEAD))]
        for row in (*map(cells, certificate.rows), total(certificate)):
            lines += _markdown(row)
        problems = [f"- {problem}" for problem in certificate.problems]
        lines += ["", *(problems or ["Certified: nothing falls short."]), ""]
        lines += [*_remarks(certificate), *_margins(certificate), *_chances(certificate)]
    return "\n".join(lines)


def _remarks(certificate: Certificate) -> Iterator[str]:
    """Yield what falls short of nothing and yet deserves a look."""
    left = [f"- survives: {line.replace('|', '&#124;')}" for line in survivors(certificate)]
    left += [f"- not told apart: {line}" for line in twins(certificate)]
    for row in certificate.rows:
        if row.unneeded:
            checks = ", ".join(row.unneeded)
            left.append(f"- never the only one to fail, in {row.exercise.name}: {checks}")
    if left:
        yield from ("<details><summary>Remarks</summary>", "", *left, "", "</details>", "")


def _margins(certificate: Certificate) -> Iterator[str]:
    if certificate.margins:
        yield from ("<details><summary>Margins</summary>", "")
        yield from (*_markdown(MARGINS), *_rule(len(MARGINS)))
        for margin in certificate.margins:
            right = [_number(margin.right.get(name, 0)) for name in ("", *Condition)]
            wrong = f"{_number(margin.wrong)} ({margin.by})" if margin.wrong else ""
            yield from _markdown((margin.exercise, margin.check, *right, wrong))
        yield from ("", "</details>", "")


def _chances(certificate: Certificate) -> Iterator[str]:
    if certificate.chances:
        yield from ("Randomness:", "")
        for taken in certificate.chances:
            what = f"finds an error of {taken.detects:.2g} with at most {taken.draws:,} draws"
            how = what if taken.draws else "a claim about a random run"
            yield f"- {taken.exercise}, {taken.check}: {how}"
        yield ""


def document(certificates: Sequence[Certificate]) -> str:
    """Return the certificates as JSON."""
    entries = [
        {
            "assignment": certificate.assignment,
            "certified": not certificate.problems,
            "problems": certificate.problems,
            "mutation_score": round(float(certificate.score), 4),
            "exercises": [_entry(row) for row in certificate.rows],
            "margins": [asdict(margin) for margin in certificate.margins],
            "chances": msgspec.to_builtins(certificate.chances),
        }
        for certificate in certificates
    ]
    return json.dumps({"version": 1, "assignments": entries}, indent=1, ensure_ascii=False) + "\n"


def survivors(certificate: Certificate) -> Iterator[str]:
    """Yield the mutants that keep all points, each as the line that differs."""
    for row in certificate.rows:
        for subject in row.survivors:
            yield f"{row.exercise.name}: {subject.name}"


def twins(certificate: Certificate) -> Iterator[str]:
    """Yield the pairs of mistakes that no check tells apart, and so that nobody can name."""
    for row in certificate.rows:
        for one, other in sorted(row.twins):
            yield f"{row.exercise.name}: {one} and {other}"


def _entry(row: Row) -> dict[str, Any]:
    return {
        "name": row.exercise.name,
        **{f"{kind}s": {"tried": row.tried[kind], "right": row.right[kind]} for kind in Kind},
        "named": row.named,
        "misnamed": row.misnamed,
        "equivalent": row.equivalent,
        "survivors": [{"mutant": s.name, "source": s.source} for s in row.survivors],
        "never_alone": row.unneeded,
        "not_told_apart": sorted(row.twins),
    }


def _of(part: int, whole: int) -> str:
    return f"{part}/{whole}" if whole else ""


def _markdown(values: Sequence[str]) -> list[str]:
    return [f"| {' | '.join(values)} |"]


def _rule(columns: int) -> list[str]:
    return [f"|---|{'---:|' * (columns - 1)}"]


def _number(value: float) -> str:
    return f"{value:.1g}" if value < 10 else f"{value:.0e}"


LEGEND = (
    "Made by `grader certify --page`. *Variants*: right solutions that earn full points.",
    "*Mistakes*: known wrong ones that lose them, through the check written for it. *Named*:",
    "mistakes whose name the feedback gives; *misnamed*: those that get the name of another once",
    "the catalogue does not know them. *Mutants*: small changes made by a machine that lose",
    "points; *same*: those that compute the same; *left*: those that keep their points.",
    "*Margins*: errors as parts of the tolerance, whose limit is 1. *Right*: the largest of any",
    "right program; *strided*: the same with gaps between the entries of arrays, and two threads;",
    "*single*: in single precision; *wrong*: the smallest of a mistake the check was written for.",
)
