"""Certificates as a table for the terminal, a page for the docs, and JSON."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from grader.certify.certificate import Certificate, Row
from grader.certify.subjects import Kind

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
        lines += [f"## {certificate.assignment}", "", *_markdown(HEAD), *_rule()]
        for row in (*map(cells, certificate.rows), total(certificate)):
            lines += _markdown(row)
        problems = [f"- {problem}" for problem in certificate.problems]
        lines += ["", *(problems or ["Certified: nothing falls short."]), ""]
    return "\n".join(lines)


def document(certificates: Sequence[Certificate]) -> str:
    """Return the certificates as JSON."""
    entries = [
        {
            "assignment": certificate.assignment,
            "certified": not certificate.problems,
            "problems": certificate.problems,
            "mutation_score": round(float(certificate.score), 4),
            "exercises": [_entry(row) for row in certificate.rows],
        }
        for certificate in certificates
    ]
    return json.dumps({"version": 1, "assignments": entries}, indent=1, ensure_ascii=False) + "\n"


def survivors(certificate: Certificate) -> Iterator[str]:
    """Yield the mutants that keep all points, each as the line that differs."""
    for row in certificate.rows:
        for subject in row.survivors:
            yield f"{row.exercise.name}: {subject.name}"


def _entry(row: Row) -> dict[str, Any]:
    return {
        "name": row.exercise.name,
        **{f"{kind}s": {"tried": row.tried[kind], "right": row.right[kind]} for kind in Kind},
        "named": row.named,
        "misnamed": row.misnamed,
        "equivalent": row.equivalent,
        "survivors": [{"mutant": s.name, "source": s.source} for s in row.survivors],
        "never_alone": row.unneeded,
    }


def _of(part: int, whole: int) -> str:
    return f"{part}/{whole}" if whole else ""


def _markdown(values: Sequence[str]) -> list[str]:
    return [f"| {' | '.join(values)} |"]


def _rule() -> list[str]:
    return [f"|---|{'---:|' * (len(HEAD) - 1)}"]


LEGEND = (
    "Made by `grader certify --page`. *Variants*: right solutions that earn full points.",
    "*Mistakes*: known wrong ones that lose them, through the check written for it. *Named*:",
    "mistakes whose name the feedback gives; *misnamed*: those that get the name of another once",
    "the catalogue does not know them. *Mutants*: small changes made by a machine that lose",
    "points; *same*: those that compute the same; *left*: those that keep their points.",
)
