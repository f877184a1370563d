"""What must hold for every policy and every student, whatever they are."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from grader.policy.late import options
from grader.policy.marks import final_mark, plans
from grader.policy.terms import (
    Base,
    Case,
    Extension,
    FinalMark,
    Lateness,
    Part,
    Penalty,
    Policy,
)
from tests.policy.classes import DAY, DUE, END, HOUR, entry, policy, terms

COUNT = 4
ADA = frozenset({"ada"})
SHARES = st.integers(0, 10).map(lambda tenths: Fraction(tenths, 10))
SPANS = st.integers(-20, 120).map(lambda hours: hours * HOUR)

penalties = st.builds(
    Penalty, SHARES, st.sampled_from([HOUR, DAY]), st.sampled_from(list(Base)), SHARES
)
latenesses = st.builds(
    Lateness,
    st.integers(0, 3).map(lambda n: n * HOUR),
    st.none() | st.integers(0, 5).map(lambda n: n * DAY),
    st.none() | st.integers(0, 3),
    st.none() | penalties,
)
caps = st.none() | SHARES


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Any policy of four assignments in one or two parts."""
    found = [
        terms(
            n,
            draw(st.none() | latenesses),
            weight=Fraction(draw(st.sampled_from([0, 1, 2, 20]))),
            bonus_cap=draw(caps),
        )
        for n in range(COUNT)
    ]
    cut = draw(st.integers(1, COUNT))
    parts = tuple(
        draw(parts_of(names))
        for names in (found[:cut], found[cut:])
        if names
    )  # fmt: skip
    return policy(*found, parts=parts, bank=draw(st.integers(0, 3)), bonus_cap=draw(caps))


@st.composite
def parts_of(draw: st.DrawFn, found: list) -> Part:
    best_of = draw(st.none() | st.integers(1, 3))
    dropped = 0 if best_of is not None else draw(st.integers(0, 2))
    weight = Fraction(draw(st.integers(1, 9)))
    return Part(found[0].name, tuple(t.name for t in found), weight, dropped, best_of, draw(caps))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any student: up to two hand-ins for an assignment, in time or late."""
    entries = [
        entry(
            n,
            draw(st.integers(0, 24)),
            draw(SPANS),
            submission=f"{n} {again}",
            waiting=Fraction(draw(st.integers(0, 3))),
        )
        for n in range(COUNT)
        for again in range(draw(st.integers(0, 2)))
    ]
    return Case("ada", tuple(entries), tuple(draw(st.lists(extensions, max_size=2))))


extensions = st.builds(
    lambda names, days, until: Extension(
        ADA, "r", frozenset(names), None if until is None else DUE + until, days if not until else 0
    ),
    st.sets(st.sampled_from([f"a{n}" for n in range(COUNT)])),
    st.integers(1, 5),
    st.none() | st.integers(0, 40).map(lambda n: n * DAY),
)
moments = st.integers(-3, 60).map(lambda n: DUE + n * DAY)


def value(found: FinalMark) -> Fraction:
    """No mark yet is not a lower one than 0."""
    return Fraction(0) if found.mark is None else found.mark


@given(policies(), cases(), moments)
def test_recomputation_changes_nothing(course, case, now) -> None:
    assert final_mark(case, course, now) == final_mark(case, course, now)


@given(policies(), cases(), moments, st.randoms(use_true_random=False))
def test_the_order_of_hand_ins_and_extensions_does_not_matter(course, case, now, chance) -> None:
    entries, given_more = list(case.entries), list(case.extensions)
    chance.shuffle(entries)
    chance.shuffle(given_more)
    mixed = replace(case, entries=tuple(entries), extensions=tuple(given_more))
    assert final_mark(mixed, course, now) == final_mark(case, course, now)


@settings(max_examples=300)
@given(policies(), cases(), moments, extensions)
def test_an_extension_never_lowers_a_mark(course, case, now, more) -> None:
    longer = replace(case, extensions=(*case.extensions, more))
    assert value(final_mark(longer, course, now)) >= value(final_mark(case, course, now))


@settings(max_examples=300)
@given(policies(), cases(), moments, st.integers(0, COUNT - 1), st.integers(1, 200))
def test_a_later_deadline_never_lowers_a_mark(course, case, now, which, hours) -> None:
    own = course.terms[f"a{which}"]
    moved = replace(own, due=own.due + hours * HOUR)
    later = replace(course, terms={**course.terms, own.name: moved})
    assert value(final_mark(case, later, now)) >= value(final_mark(case, course, now))


@settings(max_examples=200)
@given(policies(), cases(), moments, st.integers(0, COUNT - 1), st.integers(0, 24))
def test_more_points_and_another_hand_in_never_lower_a_mark(
    course, case, now, which, points
) -> None:
    more = replace(case, entries=(*case.entries, entry(which, points, submission="more")))
    # A first hand-in makes an assignment count before it is due: compare what is due anyway.
    if any(e.assignment == f"a{which}" for e in case.entries):
        assert value(final_mark(more, course, now)) >= value(final_mark(case, course, now))


@given(policies(), cases(), st.integers(1, 4))
def test_dropping_the_lowest_never_lowers_a_mark(course, case, dropped) -> None:
    plain = replace(course, parts=tuple(replace(p, drop_lowest=0) for p in course.parts))
    kinder = replace(
        course, parts=tuple(replace(p, drop_lowest=dropped, best_of=None) for p in course.parts)
    )
    without = tuple(replace(p, drop_lowest=0, best_of=None) for p in plain.parts)
    plain = replace(plain, parts=without)
    assert value(final_mark(case, kinder, END)) >= value(final_mark(case, plain, END))


@given(policies(), cases(), moments)
def test_the_bank_is_never_overdrawn(course, case, now) -> None:
    found = final_mark(case, course, now)
    assert 0 <= found.days <= course.bank
    assert found.days == sum(mark.days for mark in found.assignments)
    for mark in found.assignments:
        late = course.terms[mark.assignment].late
        assert mark.days <= (late.days if late and late.days is not None else course.bank)


@given(policies(), cases(), st.integers(0, 5))
def test_more_late_days_never_lower_a_mark(course, case, more) -> None:
    richer = replace(course, bank=course.bank + more)
    assert value(final_mark(case, richer, END)) >= value(final_mark(case, course, END))


@given(policies(), cases(), st.dictionaries(st.sampled_from(["a0", "a1"]), st.integers(0, 24)))
def test_never_lower_keeps_what_was_published(course, case, published) -> None:
    floors = {name: Fraction(points) for name, points in published.items()}
    kind = replace(course, never_lower=True)
    found = final_mark(replace(case, floors=floors), kind, END)
    for mark in found.assignments:
        assert mark.points >= floors.get(mark.assignment, 0)
    assert value(found) >= value(final_mark(case, kind, END))


@given(policies(), cases(), moments)
def test_marks_stay_within_their_bounds(course, case, now) -> None:
    found = final_mark(case, course, now)
    assert found.mark is None or found.mark >= 0
    if course.bonus_cap is not None and found.mark is not None:
        assert found.mark <= course.out_of * (1 + course.bonus_cap)
    for mark in found.assignments:
        assert 0 <= mark.points <= 24


@given(policies(), cases(), moments)
def test_no_other_way_to_spend_late_days_is_better(course, case, now) -> None:
    found = {
        name: options(own, case, course, now, frozenset()) for name, own in course.terms.items()
    }
    every = plans(found, course.bank)
    best = value(final_mark(case, course, now))
    for plan in every:
        # As if these days had been the only ones to be had.
        fixed = {name: {0: mark} for name, mark in plan.items()}
        assert sum(mark.days for mark in plan.values()) <= course.bank
        assert value_of(fixed, course) <= best


def value_of(found: dict, course: Policy) -> Fraction:
    from grader.policy.marks import worth

    (only,) = plans(found, course.bank)
    return worth(only, course)
