"""Worked examples: every mark here was computed by hand, and so is each line of the derivation."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from grader.policy.marks import final_mark
from grader.policy.terms import Base, Case, Extension, Lateness, Part, Penalty
from tests.policy.classes import DAY, DUE, END, HOUR, TENTH, entry, policy, terms

PERCENT = Fraction(1, 100)
MINUTE = timedelta(minutes=1)


def mark_of(entries, the_policy, **more):
    return final_mark(Case("ada", tuple(entries), **more), the_policy, END).mark


def test_points_over_points_is_the_mark_of_a_course_without_policies() -> None:
    # (15 + 5) of 40 points.
    assert mark_of([entry(0, 15), entry(1, 5)], policy(terms(0), terms(1))) == 50


def test_what_was_not_handed_in_counts_as_nothing_once_it_is_due() -> None:
    plain = policy(terms(0), terms(1))
    assert mark_of([entry(0, 15)], plain) == Fraction("37.5")
    early = final_mark(Case("ada", (entry(0, 15),)), plain, DUE + DAY)
    assert early.mark == 75
    assert [m.counted for m in early.assignments] == [True, False]


def test_nothing_counts_yet() -> None:
    found = final_mark(Case("ada"), policy(terms(0)), DUE - DAY)
    assert found.mark is None
    assert found.lines[-1].given == "nothing counts yet"


def test_an_assignment_without_a_deadline_counts_once_anybody_has_handed_it_in() -> None:
    course = policy(terms(0, due=None), terms(1, due=None))
    case = Case("ada", (entry(0, 20),))
    assert final_mark(case, course, END, frozenset({"a0"})).mark == 100
    assert final_mark(case, course, END, frozenset({"a0", "a1"})).mark == 50


@pytest.mark.parametrize(
    ("after", "mark"),
    [
        (timedelta(0), 80),
        (timedelta(seconds=1), 72),  # one day begun: 16 less a tenth is 14.4
        (DAY, 72),
        (DAY + HOUR, 64),
        (5 * DAY, 40),
        (30 * DAY, 0),
    ],
)
def test_a_tenth_of_the_points_for_each_day_begun(after: timedelta, mark: int) -> None:
    assert mark_of([entry(0, 16, after)], policy(terms(0, TENTH))) == mark


def test_a_share_of_the_maximum_per_hour_and_its_cap() -> None:
    penalty = Penalty(2 * PERCENT, HOUR, Base.maximum, 30 * PERCENT)
    course = policy(terms(0, Lateness(penalty=penalty)))
    # 3 hours begun cost 6 % of 20 points: 16 - 1.2 = 14.8.
    assert mark_of([entry(0, 16, 2.5 * HOUR)], course) == 74
    # 30 hours would cost 60 %, the cap is 30 %: 16 - 6 = 10.
    assert mark_of([entry(0, 16, 30 * HOUR)], course) == 50
    # Never less than nothing.
    assert mark_of([entry(0, 1, 30 * HOUR)], course) == 0


def test_grace_and_closing() -> None:
    late = Lateness(10 * MINUTE, closes=2 * DAY, penalty=TENTH.penalty)
    course = policy(terms(0, late))
    assert mark_of([entry(0, 20, 10 * MINUTE)], course) == 100
    # Past the grace it counts from the deadline.
    assert mark_of([entry(0, 20, 11 * MINUTE)], course) == 90
    assert mark_of([entry(0, 20, 2 * DAY)], course) == 80
    assert mark_of([entry(0, 20, 2 * DAY + HOUR)], course) == 0


def test_late_days_are_spent_where_they_help_most() -> None:
    course = policy(terms(0, TENTH), terms(1, TENTH), bank=1)
    # A day saves 0.4 points of the first and 2 of the second, which comes later.
    found = final_mark(Case("ada", (entry(0, 4, HOUR), entry(1, 20, HOUR))), course, END)
    assert [m.days for m in found.assignments] == [0, 1]
    assert found.mark == 59  # (3.6 + 20) of 40
    assert found.days == 1
    assert found.lines[0].effect == "0 days left"


def test_late_days_are_not_spent_in_vain() -> None:
    late = Lateness(closes=2 * DAY, days=1)
    course = policy(terms(0, late), terms(1, late), bank=2)
    # Three days late is closed; a second day on one hand-in is not allowed.
    case = Case("ada", (entry(0, 20, 3 * DAY), entry(1, 20, DAY + HOUR)))
    found = final_mark(case, course, END)
    assert (found.days, found.mark) == (0, 0)


def test_the_grace_holds_behind_late_days_too() -> None:
    late = Lateness(10 * MINUTE, penalty=TENTH.penalty)
    case = Case("ada", (entry(0, 20, DAY + 10 * MINUTE),))
    found = final_mark(case, policy(terms(0, late), bank=3), END)
    assert (found.days, found.mark) == (1, 100)


def test_an_extension_moves_the_deadline_by_the_clock_on_the_wall() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    # The clocks go back on 25 October 2026: a day later is 25 hours later.
    due = datetime(2026, 10, 24, 23, 59, tzinfo=berlin).astimezone(UTC)
    course = policy(terms(0, Lateness(), due=due), zone=berlin)
    longer = (Extension(frozenset({"ada"}), "ill", days=1),)
    just = entry(0, 20, at=due + 25 * HOUR)
    over = entry(0, 20, at=due + 25 * HOUR + timedelta(seconds=1))
    assert mark_of([just], course, extensions=longer) == 100
    assert mark_of([over], course, extensions=longer) == 0
    assert mark_of([just], course) == 0


def test_of_several_extensions_the_latest_holds_and_others_do_not_disturb() -> None:
    course = policy(terms(0, Lateness()), terms(1, Lateness()))
    who = frozenset({"ada"})
    given = (
        Extension(who, "short", days=1),
        Extension(who, "long", until=DUE + 3 * DAY),
        Extension(who, "other", frozenset({"a1"}), days=9),
        Extension(who, "past", until=DUE - DAY),
    )
    found = final_mark(Case("ada", (entry(0, 20, 3 * DAY),), given), course, DUE + 4 * DAY)
    assert found.mark == 100
    rules = {line.rule: line for line in found.assignments[0].lines}
    assert rules["extension"].given == "long"
    assert rules["extension"].effect == "20 Nov 2026 23:00 UTC → 23 Nov 2026 23:00 UTC"


def test_the_better_of_several_hand_ins_counts() -> None:
    course = policy(terms(0, TENTH))
    later = entry(0, 20, 3 * DAY, submission="later")
    assert mark_of([entry(0, 13), later], course) == 70
    assert mark_of([later, entry(0, 15)], course) == 75


def test_drop_lowest_and_best_of() -> None:
    all_terms = [terms(n) for n in range(4)]
    names = tuple(t.name for t in all_terms)
    entries = [entry(n, p) for n, p in enumerate((20, 10, 4, 14))]
    dropped = policy(*all_terms, parts=(Part("p", names, drop_lowest=1),))
    assert mark_of(entries, dropped) == Fraction(4400, 60)
    best = policy(*all_terms, parts=(Part("p", names, best_of=2),))
    assert mark_of(entries, best) == 85
    found = final_mark(Case("ada", tuple(entries)), best, END)
    assert found.parts[0].kept == ("a0", "a3")
    assert found.parts[0].lines[1].given == "without a1 (50 %), a2 (20 %)"


def test_with_unequal_weights_the_lowest_is_not_always_the_one_to_drop() -> None:
    """Kane & Kane's point: 0.6 with a great weight pulls down more than 0.5 with a small one."""
    weights = (100, 1, 50)
    all_terms = [terms(n, weight=Fraction(w)) for n, w in enumerate(weights)]
    course = policy(*all_terms, parts=(Part("p", ("a0", "a1", "a2"), drop_lowest=1),))
    found = final_mark(Case("ada", (entry(0, 12), entry(1, 10), entry(2, 20))), course, END)
    # Without a1 it is (60 + 50) / 150, without a0 (0.5 + 50) / 51.
    assert found.mark == Fraction(5050, 51)
    assert found.parts[0].kept == ("a1", "a2")


def test_parts_have_weights_and_wait_until_something_counts() -> None:
    all_terms = [terms(0), terms(1), terms(9)]
    parts = (
        Part("homework", ("a0", "a1"), Fraction(60)),
        Part("project", ("a9",), Fraction(40)),
    )
    course = policy(*all_terms, parts=parts, out_of=Fraction(10))
    case = Case("ada", (entry(0, 20), entry(1, 10), entry(9, 10)))
    # 0.6 of 75 % and 0.4 of 50 % is 65 % of 10.
    assert final_mark(case, course, END).mark == Fraction("6.5")
    early = Case("ada", (entry(0, 20), entry(1, 10)))
    assert final_mark(early, course, DUE + 9 * DAY).mark == Fraction("7.5")


def test_bonus_caps() -> None:
    # 26 of 20 points; the assignment lets 10 % above count, the course nothing.
    assert mark_of([entry(0, 26)], policy(terms(0))) == 130
    capped = terms(0, bonus_cap=Fraction(1, 10))
    assert mark_of([entry(0, 26)], policy(capped)) == 110
    # A bonus of one assignment makes up for another, but not beyond the course's cap.
    course = policy(capped, terms(1), bonus_cap=Fraction(0))
    assert mark_of([entry(0, 26), entry(1, 14)], course) == 90
    assert mark_of([entry(0, 26), entry(1, 20)], course) == 100
    part = Part("p", ("a0", "a1"), bonus_cap=Fraction(2, 100))
    assert mark_of([entry(0, 26), entry(1, 20)], policy(capped, terms(1), parts=(part,))) == 102


def test_never_lower_than_what_was_published() -> None:
    floors = {"a0": Fraction(15)}
    course = policy(terms(0), never_lower=True)
    assert mark_of([entry(0, 12)], course, floors=floors) == 75
    assert mark_of([entry(0, 16)], course, floors=floors) == 80
    assert mark_of([entry(0, 12)], policy(terms(0)), floors=floors) == 60


def test_an_unknown_lateness_costs_nothing_and_is_said() -> None:
    course = policy(terms(0, TENTH))
    found = final_mark(Case("ada", (entry(0, 20, at=None, late=True),)), course, END)
    assert found.mark == 100
    assert found.doubts == (
        "hand-in 0 is late, and the course site does not say by how much: counted as in time.",
    )
    assert final_mark(Case("ada", (entry(0, 20, at=None),)), course, END).doubts == ()


def test_points_that_wait_for_a_person_are_told() -> None:
    found = final_mark(Case("ada", (entry(0, 8, waiting=Fraction(6)),)), policy(terms(0)), END)
    assert (found.mark, found.waiting) == (40, 6)
    assert [line.rule for line in found.assignments[0].lines] == ["hand-in", "waiting", "counts"]


def test_each_line_says_the_rule_its_input_and_its_effect() -> None:
    late = Lateness(closes=4 * DAY, days=1, penalty=TENTH.penalty)
    course = policy(terms(0, late), bank=5)
    given = (Extension(frozenset({"ada"}), "ill", days=1),)
    found = final_mark(Case("ada", (entry(0, 16, 3 * DAY - HOUR),), given), course, END)
    told = [(line.rule, line.given, line.effect) for line in found.assignments[0].lines]
    assert told == [
        ("hand-in", "hand-in 0, 23 Nov 2026 22:00 UTC", "16 of 20"),
        ("extension", "ill", "20 Nov 2026 23:00 UTC → 21 Nov 2026 23:00 UTC"),
        ("late", "1 day 23 hours after 21 Nov 2026 23:00 UTC", ""),
        ("late days", "1 day of the bank", "cover all but 23 hours"),
        ("penalty", "1 × 10 % of the points per 1 day begun", "−1.6: 14.4"),
        ("counts", "14.4 of 20", "72 %"),
    ]
    assert [(line.rule, line.given, line.effect) for line in found.lines] == [
        ("late days", "1 of 5 spent, where they help most", "4 days left"),
        ("final mark", "72 % of 100", "72"),
    ]


def test_of_two_equal_hand_ins_the_same_counts_whatever_their_order() -> None:
    both = [entry(0, 15, submission="b"), entry(0, 15, submission="a")]
    for entries in (both, both[::-1]):
        found = final_mark(Case("ada", tuple(entries)), policy(terms(0)), END)
        assert found.assignments[0].submission == "a"


def test_late_days_are_not_spent_beyond_the_cap_of_the_course() -> None:
    course = policy(terms(0, TENTH), terms(1), bank=1, bonus_cap=Fraction(0))
    found = final_mark(Case("ada", (entry(0, 20, HOUR), entry(1, 24))), course, END)
    assert (found.mark, found.days) == (100, 0)
