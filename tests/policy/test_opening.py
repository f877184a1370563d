"""What students see when: nothing that could help somebody who may still hand in."""

from datetime import timedelta

from grader.model import Reveal
from grader.policy.opening import View, over, view_of
from grader.policy.terms import Extension, Lateness, Opening
from tests.policy.classes import DAY, DUE, HOUR, TENTH, policy, terms

OPENING = Opening(Reveal.property, Reveal.everything)
SECOND = timedelta(seconds=1)


def test_from_the_deadline_on() -> None:
    course = policy(terms(0), feedback=OPENING)
    assert view_of(course, "a0", DUE - SECOND) == View(Reveal.property, marks=True, opens=DUE)
    assert view_of(course, "a0", DUE) == View(Reveal.everything, marks=True)


def test_an_extension_of_anybody_keeps_it_closed_for_all() -> None:
    ill = Extension(frozenset({"bob"}), "ill", days=5)
    other = Extension(frozenset({"cy"}), "x", frozenset({"a1"}), days=50)
    assert over(policy(terms(0), terms(1), extensions=(ill, other)), "a0") == DUE + 5 * DAY


def test_and_so_does_the_time_in_which_hand_ins_may_be_late() -> None:
    assert over(policy(terms(0, Lateness(closes=2 * DAY)), bank=9), "a0") == DUE + 2 * DAY
    assert over(policy(terms(0, TENTH), bank=3), "a0") == DUE + 3 * DAY
    two = Lateness(HOUR, days=2, penalty=TENTH.penalty)
    assert over(policy(terms(0, two), bank=3), "a0") == DUE + 2 * DAY + HOUR


def test_a_time_of_its_own() -> None:
    course = policy(terms(0), feedback=Opening(None, Reveal.witness, DUE + 9 * DAY, marks=False))
    early = view_of(course, "a0", DUE + DAY)
    assert early == View(None, marks=False, opens=DUE + 9 * DAY)
    assert view_of(course, "a0", DUE + 9 * DAY) == View(Reveal.witness, marks=True)


def test_without_a_deadline_nothing_opens_and_without_more_nothing_is_announced() -> None:
    course = policy(terms(0, due=None), feedback=OPENING)
    assert view_of(course, "a0", DUE) == View(Reveal.property, marks=True)
    assert view_of(course, "unknown", DUE) == View(Reveal.property, marks=True)
    plain = policy(terms(0), feedback=Opening(Reveal.property))
    assert view_of(plain, "a0", DUE - DAY) == View(Reveal.property, marks=True)
    assert view_of(plain, "a0", DUE) == View(Reveal.property, marks=True)
