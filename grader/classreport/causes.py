"""Figures of one assignment: mistakes, outcomes, time, and who is missing."""

from collections import Counter
from collections.abc import Sequence

from grader.classreport.items import quartiles
from grader.classreport.points import counted, linked, percent
from grader.classreport.tally import CheckTally, Tally
from grader.model import Outcome
from grader.reports import svg
from grader.reports.classroom import Figure, Row

MOST_SHARED = 20
SLOWEST = 15
WORDS = {
    Outcome.passed: "passed",
    Outcome.failed: "failed",
    Outcome.timed_out: "ran out of time",
    Outcome.crashed: "crashed",
    Outcome.not_run: "not run",
    Outcome.grader_fault: "fault of the grader",
}


def misconceptions(tally: Tally, name: str) -> Figure:
    """Return how many hand-ins share each mistake that diagnosis has named."""
    shared = sorted(tally.mistakes.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    total = len(tally.graded)
    bars = [
        svg.Bar(mistake, len(who), f"{len(who)} ({percent(len(who) / max(1, total))})")
        for (_, mistake), who in shared[:MOST_SHARED]
    ]
    wrong = {h.name for check in tally.checks.values() for h in check.failed}
    named = {h.name for who in tally.mistakes.values() for h in who}
    said = (
        f"The mistakes that the grader could name, and how many of {total} hand-ins share each. Of "
        f"{len(wrong)} hand-ins in which a check did not pass, {len(named)} have a mistake with a "
        "name; the others are wrong in ways that the catalogue does not know."
    )
    most = max((bar.value for bar in bars), default=0.0)
    return Figure(
        "Which misconceptions are shared",
        said,
        "Explain the longest in class, with the hand-in of somebody who agrees. A mistake that you "
        "see often and that has no name here belongs into `solutions/NN_topic/mistakes/`.",
        ("mistake", "exercise", "hand-ins", "part"),
        tuple(
            linked((mistake, exercise, str(len(who)), percent(len(who) / max(1, total))), who)
            for (exercise, mistake), who in shared
        ),
        svg.bars(svg.Frame(name, "Shared misconceptions", said), bars, most) if bars else svg.NONE,
        "hand-ins",
    )


def outcomes(tally: Tally, name: str) -> Figure:
    """Return how the checks of each exercise ended."""
    kinds = [kind for kind in Outcome if any(c[kind] for c in tally.outcomes.values())]
    kinds = kinds or [Outcome.passed]
    if Outcome.passed not in kinds:
        kinds.insert(0, Outcome.passed)
    said = (
        "How the checks of each exercise ended, all hand-ins together; behind each row the part "
        "that passed."
    )
    rows = []
    for exercise, count in tally.outcomes.items():
        unusual = [h for kind in kinds for h in tally.unusual.get((exercise, kind), ())]
        rows.append(linked((exercise, *(str(count[kind]) for kind in kinds)), unusual))
    drawn = svg.stacked(
        svg.Frame(name, "Outcomes of checks", said),
        [(exercise, [c[kind] for kind in kinds]) for exercise, c in tally.outcomes.items()],
        [WORDS[kind] for kind in kinds],
    )
    return Figure(
        "How the checks ended",
        said,
        "Time-outs and crashes in many hand-ins point to one bad habit, or to a limit that is too "
        "tight. A fault of the grader costs nobody points and waits for you (`grader mark`).",
        ("exercise", *(WORDS[kind] for kind in kinds)),
        tuple(rows),
        drawn,
        "who did not get as far as an answer",
    )


def checks(tally: Tally, name: str) -> Figure:
    """Return each check with the part of the class that did not pass it, the hardest first."""
    hardest = sorted(tally.checks.values(), key=lambda c: -len(c.failed) / max(1, c.count))
    bars = [
        svg.Bar(c.name, len(c.failed) / c.count, f"{len(c.failed)} of {c.count}")
        for c in hardest[:MOST_SHARED]
        if c.failed
    ]
    never = sum(not c.failed for c in hardest)
    said = (
        f"The checks that most hand-ins did not pass, at most {MOST_SHARED} of {len(hardest)}; "
        f"{never} were passed by all. The table has every check."
    )
    return Figure(
        "Which checks were not passed",
        said,
        "A hidden check that fails where the public ones of its exercise pass is a gap in what "
        "students can test themselves. A check that nobody passes is wrong until shown otherwise.",
        ("check", "exercise", "what it says", "seen by students", "not passed", "of"),
        tuple(
            linked(
                (c.name, c.exercise, c.statement, "public" if c.public else "hidden",
                 str(len(c.failed)), str(c.count)),
                c.failed,
            )
            for c in hardest
        ),
        svg.bars(svg.Frame(name, "Checks not passed", said), bars, 1.0) if bars else svg.NONE,
        "who did not pass",
    )  # fmt: skip


def check_times(tally: Tally, name: str, limit: float) -> Figure:
    """Return the slowest checks: the fastest hand-in, the median, and the slowest."""
    timed = [c for c in tally.checks.values() if c.seconds]
    slowest = sorted(timed, key=lambda c: -c.longest)
    said = (
        f"Seconds that the slowest checks took, at most {SLOWEST}: from the fastest hand-in over "
        "the median (dot) to the slowest (number)."
    )
    spans = [
        svg.Span(c.name, min(c.seconds), quartiles(c.seconds)[1], c.longest, f"{c.longest:.2g} s")
        for c in slowest[:SLOWEST]
    ]
    return Figure(
        "How long the checks take",
        said,
        "A long stroke is code that is far slower than it need be: look at the slowest hand-in. If "
        "the dot itself is near the limit, raise `check_seconds` or make the input smaller.",
        ("check", "exercise", "median, s", "slowest, s", "total, s"),
        tuple(linked(_times(c), [c.slowest] if c.slowest else []) for c in slowest),
        svg.spans(svg.Frame(name, "Time per check", said), spans, limit) if spans else svg.NONE,
        "the slowest",
    )


def _times(check: CheckTally) -> tuple[str, ...]:
    median = quartiles(check.seconds)[1]
    found = (median, check.longest, sum(check.seconds))
    return check.name, check.exercise, *(f"{seconds:.3g}" for seconds in found)


def cell_times(tally: Tally, name: str, limit: float) -> Figure:
    """Return the hand-ins whose notebook took longest, and the slowest cell of each."""
    timed = [hand_in for hand_in in tally.graded if hand_in.slowest is not None]
    slowest = sorted(timed, key=lambda h: -(h.slowest.seconds if h.slowest else 0))[:SLOWEST]
    low, middle, high = quartiles([hand_in.seconds for hand_in in timed])
    said = (
        f"All code cells of a notebook together took {middle:.2g} s in the median, {low:.2g} to "
        f"{high:.2g} s in the middle half of {len(timed)} hand-ins. Below are the slowest single "
        "cells, one of each hand-in."
    )
    bars = [
        svg.Bar(f"{h.name}, cell {h.slowest.index + 1}", h.slowest.seconds,
                f"{h.slowest.seconds:.2g} s")
        for h in slowest
        if h.slowest
    ]  # fmt: skip
    most = max([bar.value for bar in bars], default=0.0)
    return Figure(
        "How long the cells take",
        said,
        f"A cell may take {limit:g} s. Those near it are lost on a busier day: tell their authors, "
        "or raise `cell_seconds`.",
        ("hand-in", "code cell", "its seconds", "all cells, s"),
        tuple(
            linked((h.name, str(h.slowest.index + 1), f"{h.slowest.seconds:.3g}",
                    f"{h.seconds:.3g}"), [h])
            for h in slowest
            if h.slowest
        ),
        svg.bars(svg.Frame(name, "The slowest cells", said), bars, most) if bars else svg.NONE,
        "feedback",
    )  # fmt: skip


def incidents(tally: Tally) -> Figure:
    """Return the hand-ins that were refused or wait, and incidents by what happened."""
    refused = [hand_in for hand_in in tally.hand_ins if hand_in.refused]
    reasons = Counter(hand_in.refused for hand_in in refused)
    pending = [hand_in for hand_in in tally.graded if hand_in.is_pending]
    rows = [
        linked((why, "refused", str(count)), [h for h in refused if h.refused == why])
        for why, count in reasons.most_common()
    ]
    if pending:
        rows.append(
            linked(
                ("The grader could not decide every check.", "waits", str(len(pending))), pending
            )
        )
    ordered = sorted(tally.incidents.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    rows += [linked((text, where, str(len(who))), who) for (where, text), who in ordered]
    return Figure(
        "What was refused, waits, or was unusual",
        f"Refused: {counted(len(refused), 'hand-in')}. Waiting for a person: {len(pending)}. "
        f"Noted: {counted(sum(map(len, tally.incidents.values())), 'incident')}, such as a cell "
        "that killed its process.",
        "Write to those who were refused: their page says what to do. Read incidents that look "
        "like an attempt on the grader; most are accidents.",
        ("what", "where", "hand-ins"),
        tuple(rows),
        links="hand-ins",
    )


def not_handed_in(names: Sequence[str], total: int) -> Figure:
    """Return who of a list has no hand-in."""
    return Figure(
        "Who has not handed in",
        f"{len(names)} of {total} names on the list are on no hand-in of this assignment, as the "
        "course site or a notebook spells them.",
        "Ask, before the deadline if you can. A name that is spelt otherwise in a notebook is "
        "here, too: compare with the hand-ins that name nobody.",
        ("name",),
        tuple(Row((name,)) for name in names),
    )
