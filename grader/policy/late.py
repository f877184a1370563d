"""What one assignment comes to for one student, for every number of late days spent on it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from fractions import Fraction

from grader.policy.terms import (
    DAY,
    NOTHING,
    ONE,
    AssignmentMark,
    Base,
    Case,
    Entry,
    Lateness,
    Line,
    Penalty,
    Policy,
    Terms,
)
from grader.policy.words import counted, moment, number, percent, span

# A mark for each number of late days that is worth spending.
Options = Mapping[int, AssignmentMark]


def options(
    terms: Terms, case: Case, policy: Policy, now: datetime, handed_in: frozenset[str]
) -> Options:
    """Return what an assignment comes to, by late days; more days stand there only for more points.

    Of several hand-ins the one counts that comes to most. An assignment without a deadline counts
    from when anybody's hand-in is there: `handed_in` names those.
    """
    due, told = deadline(terms, case, policy.zone)
    entries = sorted(
        (entry for entry in case.entries if entry.assignment == terms.name),
        key=lambda entry: (entry.submission, str(entry.at)),
    )
    if not entries:
        return {0: _floored(_missing(terms, due, now, handed_in, policy.zone), case, policy)}
    most = policy.bank if terms.late is None else _most_days(terms.late, policy.bank)
    found: dict[int, AssignmentMark] = {}
    for days in range(most + 1):
        marks = (_one(entry, terms, due, told, days, policy) for entry in entries)
        best = _floored(max(marks, key=lambda mark: mark.points), case, policy)
        if all(best.points > fewer.points for fewer in found.values()):
            found[days] = replace(best, days=days)
    return found


def deadline(terms: Terms, case: Case, zone: tzinfo) -> tuple[datetime | None, tuple[Line, ...]]:
    """Return when an assignment is due for a student, and the extension that says so."""
    moved = [(extension.moved(terms, zone), extension) for extension in case.extensions]
    found = [(due, extension.reason) for due, extension in moved if due is not None]
    if not found or terms.due is None:
        return terms.due, ()
    due, reason = max(found)
    change = f"{moment(terms.due, zone)} → {moment(due, zone)}"
    return due, (Line("extension", reason, change),)


def _most_days(late: Lateness, bank: int) -> int:
    return bank if late.days is None else min(bank, late.days)


def _missing(
    terms: Terms, due: datetime | None, now: datetime, handed_in: frozenset[str], zone: tzinfo
) -> AssignmentMark:
    """Return the mark of somebody who has handed nothing in: none yet, or no points."""
    closes = terms.late.closes if terms.late is not None and terms.late.closes else timedelta(0)
    over = terms.name in handed_in if due is None else now > due + closes
    when = f"due {moment(due, zone)}" if due is not None else "without a deadline"
    line = Line("no hand-in", when, f"0 of {number(terms.maximum)}" if over else "not counted yet")
    return AssignmentMark(terms.name, NOTHING, terms.maximum, counted=over, lines=(line,))


def _one(
    entry: Entry,
    terms: Terms,
    due: datetime | None,
    told: tuple[Line, ...],
    days: int,
    policy: Policy,
) -> AssignmentMark:
    when = moment(entry.at, policy.zone) if entry.at is not None else "at an unknown time"
    out_of = f"of {number(entry.maximum)}"
    lines = [Line("hand-in", f"{entry.submission}, {when}", f"{number(entry.earned)} {out_of}")]
    if entry.waiting:
        lines.append(Line("waiting", "for a person to decide", f"{number(entry.waiting)} open"))
    points, doubt = entry.earned, ""
    if terms.late is not None and due is not None:
        lines += told
        if entry.at is not None:
            left, more = _lateness(entry, terms.late, due, days, policy)
            points, lines = points * left.of_earned - entry.maximum * left.of_maximum, lines + more
        elif entry.late:
            doubt = (
                f"{entry.submission} is late, and the course site does not say by how much: "
                "counted as in time."
            )
            lines.append(Line("late", "by an unknown time", "counted as in time"))
    points, cut = _within_cap(max(NOTHING, points), entry.maximum, terms.bonus_cap)
    lines += cut
    share = points / entry.maximum if entry.maximum else NOTHING
    lines.append(Line("counts", f"{number(points)} {out_of}", percent(share)))
    return AssignmentMark(
        terms.name,
        points,
        entry.maximum,
        entry.submission,
        waiting=entry.waiting,
        doubt=doubt,
        lines=tuple(lines),
    )


class _Left:
    """What lateness leaves: a factor on the points, and a share of the maximum to take away."""

    def __init__(self, of_earned: Fraction = ONE, of_maximum: Fraction = NOTHING) -> None:
        self.of_earned, self.of_maximum = of_earned, of_maximum


def _lateness(
    entry: Entry, late: Lateness, due: datetime, days: int, policy: Policy
) -> tuple[_Left, list[Line]]:
    """Return what lateness leaves of the points of a hand-in, and why."""
    over = (entry.at or due) - due
    if over <= timedelta(0):
        return _Left(), [Line("in time", f"due {moment(due, policy.zone)}", "no change")]
    by = f"{span(over)} after {moment(due, policy.zone)}"
    if over <= late.grace:
        return _Left(), [Line("grace", f"{by}; {span(late.grace)} allowed", "no change")]
    if late.closes is not None and over > late.closes:
        return _Left(NOTHING), [Line("closed", f"{by}; open for {span(late.closes)}", "0 points")]
    lines = [Line("late", by, "")]
    rest = over - days * DAY
    if days:
        covered = "all of it" if rest <= late.grace else f"all but {span(rest)}"
        lines.append(Line("late days", f"{counted(days, 'day')} of the bank", f"cover {covered}"))
    if rest <= late.grace:
        return _Left(), lines
    if late.penalty is None:
        return _Left(NOTHING), [*lines, Line("not accepted", f"{span(rest)} late", "0 points")]
    left, line = _penalised(entry, late.penalty, rest)
    return left, [*lines, line]


def _penalised(entry: Entry, penalty: Penalty, rest: timedelta) -> tuple[_Left, Line]:
    units = -(-rest // penalty.unit)
    taken = min(penalty.cap, units * penalty.share)
    of = "the points" if penalty.base is Base.earned else "the maximum"
    capped = f", {percent(penalty.cap)} at most" if taken < units * penalty.share else ""
    given = f"{units} × {percent(penalty.share)} of {of} per {span(penalty.unit)} begun{capped}"
    is_of_points = penalty.base is Base.earned
    left = _Left(ONE - taken) if is_of_points else _Left(of_maximum=taken)
    lost = taken * (entry.earned if is_of_points else entry.maximum)
    lost = min(lost, entry.earned)
    return left, Line("penalty", given, f"−{number(lost)}: {number(entry.earned - lost)}")


def _within_cap(
    points: Fraction, maximum: Fraction, cap: Fraction | None
) -> tuple[Fraction, Iterable[Line]]:
    """Return the points that may count, with a line where a bonus was cut."""
    if cap is None or points <= maximum * (1 + cap):
        return points, ()
    most = maximum * (1 + cap)
    given = f"at most {percent(cap)} above the maximum"
    return most, (Line("bonus cap", given, f"{number(points)} → {number(most)}"),)


def _floored(mark: AssignmentMark, case: Case, policy: Policy) -> AssignmentMark:
    """Return a mark that is not below what was published, if that is the policy."""
    floor = case.floors.get(mark.assignment)
    if not policy.never_lower or floor is None or floor <= mark.points:
        return mark
    given = f"{number(floor)} points have been published"
    line = Line("never lower", given, f"{number(mark.points)} → {number(floor)}")
    return replace(mark, points=floor, counted=True, lines=(*mark.lines, line))
