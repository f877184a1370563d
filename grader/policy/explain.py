"""A final mark derived line by line, as plain text or as JSON."""

from collections.abc import Iterable, Iterator
from typing import Any

from grader.policy.terms import AssignmentMark, FinalMark, Line, PartMark
from grader.policy.words import number, percent

WIDTH = 14


def explain(mark: FinalMark) -> str:
    """Return the derivation of a mark for a terminal: rules, their inputs and their effects."""
    blocks = [mark.who]
    blocks += [_block(found.assignment, found.lines) for found in mark.assignments]
    blocks += [_block(_head(part), part.lines) for part in mark.parts]
    blocks.append(_block("all together", mark.lines))
    blocks += [f"! {doubt}" for doubt in mark.doubts]
    if mark.waiting:
        blocks.append(
            f"{number(mark.waiting)} points wait for a person: until then they count as none."
        )
    return "\n\n".join(blocks) + "\n"


def to_document(mark: FinalMark) -> dict[str, Any]:
    """Return a final mark and its derivation for JSON; no number is rounded up."""
    return {
        "student": mark.who,
        "mark": None if mark.mark is None else float(number(mark.mark)),
        "out_of": float(number(mark.out_of)),
        "waiting": float(number(mark.waiting)),
        "late_days": {"spent": mark.days, "bank": mark.bank},
        "assignments": [_assignment(found) for found in mark.assignments],
        "parts": [
            {
                "name": part.part,
                "weight": float(number(part.weight)),
                "percent": float(number(part.share * 100)),
                "counted": list(part.kept),
                "lines": _lines(part.lines),
            }
            for part in mark.parts
        ],
        "lines": _lines(mark.lines),
        "doubts": list(mark.doubts),
    }


def _assignment(mark: AssignmentMark) -> dict[str, Any]:
    return {
        "assignment": mark.assignment,
        "submission": mark.submission,
        "points": float(number(mark.points)) if mark.counted else None,
        "max_points": float(number(mark.maximum)),
        "late_days": mark.days,
        "waiting": float(number(mark.waiting)),
        "lines": _lines(mark.lines),
    }


def _lines(lines: Iterable[Line]) -> list[dict[str, str]]:
    return [{"rule": line.rule, "input": line.given, "effect": line.effect} for line in lines]


def _head(part: PartMark) -> str:
    return f"{part.part}, {percent(part.share)}, weight {number(part.weight)}"


def _block(head: str, lines: Iterable[Line]) -> str:
    return "\n".join([head, *_told(lines)])


def _told(lines: Iterable[Line]) -> Iterator[str]:
    for line in lines:
        effect = f"  → {line.effect}" if line.effect else ""
        yield f"  {line.rule:{WIDTH}} {line.given}{effect}"
