"""The final mark of one student, with every step that led to it; nothing is run for it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from fractions import Fraction

from grader.policy.late import Options, options
from grader.policy.terms import (
    NOTHING,
    AssignmentMark,
    Case,
    FinalMark,
    Line,
    Part,
    PartMark,
    Policy,
)
from grader.policy.words import counted, number, percent

Plan = Mapping[str, AssignmentMark]


def final_mark(
    case: Case, policy: Policy, now: datetime, handed_in: frozenset[str] = frozenset()
) -> FinalMark:
    """Return the final mark of a student as it is at a moment.

    Late days are spent where the final mark gains most by them. So no extension, and no later
    deadline, can ever lower a mark, which spending them in the order of hand-ins does not promise.
    """
    found = {
        name: options(terms, case, policy, now, handed_in) for name, terms in policy.terms.items()
    }
    # The first of equal ones spends the fewest days.
    plan = max(plans(found, policy.bank), key=lambda plan: worth(plan, policy))
    parts = part_marks(plan, policy)
    spent = sum(mark.days for mark in plan.values())
    value, lines = _together(parts, policy)
    told = [_bank(spent, policy.bank)] if policy.bank else []
    return FinalMark(
        case.who,
        value,
        policy.out_of,
        tuple(plan.values()),
        parts,
        spent,
        policy.bank,
        (*told, *lines),
    )


def plans(found: Mapping[str, Options], bank: int) -> Sequence[Plan]:
    """Return every way to spend late days, those with fewer days first."""
    most = {name: max(by_days.values(), key=lambda m: m.days) for name, by_days in found.items()}
    if not any(mark.days for mark in most.values()):
        return [most]
    every = list(_plans(list(found.items()), bank))
    return sorted(every, key=lambda plan: sum(mark.days for mark in plan.values()))


def _plans(found: Sequence[tuple[str, Options]], bank: int) -> Iterator[Plan]:
    if not found:
        yield {}
        return
    (name, by_days), *others = found
    for days, mark in by_days.items():
        if days <= bank:
            for plan in _plans(others, bank - days):
                yield {name: mark, **plan}


def worth(plan: Plan, policy: Policy) -> Fraction:
    """Return what a plan comes to as a share of everything; -1 while nothing counts."""
    total = value = NOTHING
    for part in policy.parts:
        there, _, mean = _counted(part, plan, policy)
        if there:
            total += part.weight
            value += part.weight * _capped(mean, part.bonus_cap)
    return _capped(value / total, policy.bonus_cap) if total else Fraction(-1)


def part_marks(plan: Plan, policy: Policy) -> tuple[PartMark, ...]:
    """Return what each part comes to; those in which nothing counts yet are left out."""
    marks = (part_mark(part, plan, policy) for part in policy.parts)
    return tuple(mark for mark in marks if mark is not None)


def part_mark(part: Part, plan: Plan, policy: Policy) -> PartMark | None:
    """Return the weighted mean of the assignments that count, or None where none does."""
    there, kept, mean = _counted(part, plan, policy)
    if not there:
        return None
    results = counted(len(there), "result")
    lines = [Line("assignments", results, percent(mean))]
    if len(kept) < len(there):
        shares = {name: plan[name].share for name in there}
        out = ", ".join(f"{n} ({percent(shares[n])})" for n in there if n not in kept)
        rule = "drop lowest" if part.best_of is None else f"best {part.best_of}"
        before = percent(weighted(shares, _weights(there, policy), there))
        lines = [
            Line("assignments", results, before),
            Line(rule, f"without {out}", percent(mean)),
        ]
    share = _capped(mean, part.bonus_cap)
    lines += _cut(mean, share, part.bonus_cap)
    return PartMark(part.name, share, part.weight, tuple(kept), tuple(lines))


def _counted(part: Part, plan: Plan, policy: Policy) -> tuple[list[str], list[str], Fraction]:
    """Return the assignments that are there, those of them that are kept, and their mean."""
    there = [n for n in part.assignments if policy.terms[n].weight and plan[n].counted]
    if not there:
        return [], [], NOTHING
    weights = _weights(there, policy)
    shares = {name: plan[name].share for name in there}
    keep = part.keeps(len(there))
    kept = best_kept(shares, weights, keep) if keep < len(there) else there
    return there, kept, weighted(shares, weights, kept)


def _weights(names: Sequence[str], policy: Policy) -> dict[str, Fraction]:
    return {name: policy.terms[name].weight for name in names}


def best_kept(
    shares: Mapping[str, Fraction], weights: Mapping[str, Fraction], keep: int
) -> list[str]:
    """Return those `keep` assignments whose weighted mean is the highest.

    With unequal weights these need not be the ones with the highest shares. Kane & Kane, "Dropping
    Lowest Grades" (2006): whatever lifts a mean most is found from the mean itself, and so on
    until it stays.
    """
    kept, mean = list(shares), Fraction(-1)
    while True:
        gain = {name: weights[name] * (share - mean) for name, share in shares.items()}
        best = set(sorted(gain, key=lambda name: -gain[name])[:keep])
        higher = weighted(shares, weights, list(best))
        if higher <= mean:
            return kept
        kept, mean = [name for name in shares if name in best], higher


def weighted(
    shares: Mapping[str, Fraction], weights: Mapping[str, Fraction], names: Sequence[str]
) -> Fraction:
    """Return a weighted mean."""
    total = sum((weights[name] for name in names), NOTHING)
    return sum((weights[name] * shares[name] for name in names), NOTHING) / total


def _together(
    parts: Sequence[PartMark], policy: Policy
) -> tuple[Fraction | None, tuple[Line, ...]]:
    total = sum((part.weight for part in parts), NOTHING)
    if not total:
        return None, (Line("final mark", "nothing counts yet", "none"),)
    share = sum((part.weight * part.share for part in parts), NOTHING) / total
    sums = " + ".join(f"{number(part.weight)} × {percent(part.share)}" for part in parts)
    lines = [Line("parts", f"({sums}) / {number(total)}", percent(share))] if parts[1:] else []
    full, share = share, _capped(share, policy.bonus_cap)
    capped = _cut(full, share, policy.bonus_cap)
    mark = share * policy.out_of
    given = f"{percent(share)} of {number(policy.out_of)}"
    return mark, (*lines, *capped, Line("final mark", given, number(mark)))


def _capped(share: Fraction, cap: Fraction | None) -> Fraction:
    return share if cap is None else min(share, 1 + cap)


def _cut(before: Fraction, after: Fraction, cap: Fraction | None) -> tuple[Line, ...]:
    """Return a line where a bonus was cut."""
    if cap is None or after == before:
        return ()
    change = f"{percent(before)} → {percent(after)}"
    return (Line("bonus cap", f"at most {percent(cap)} above the maximum", change),)


def _bank(spent: int, bank: int) -> Line:
    left = counted(bank - spent, "day") + " left"
    return Line("late days", f"{spent} of {bank} spent, where they help most", left)
