"""Orders, pseudonyms and the double-marked sample: at random, and always the same."""

from grader.marking.ledger import Part
from grader.marking.order import is_double, normal, pseudonym, shuffled

PART, OTHER = Part("05_flow", "question:a"), Part("05_flow", "question:b")
NAMES = [f"student_{n}" for n in range(1000)]


def test_each_marker_has_an_order_that_stays() -> None:
    order = shuffled("seed", PART, "vera", NAMES)
    assert order == shuffled("seed", PART, "vera", reversed(NAMES))
    assert sorted(order) == sorted(NAMES)
    others = [
        shuffled("seed", PART, "tom", NAMES),
        shuffled("seed", OTHER, "vera", NAMES),
        shuffled("another", PART, "vera", NAMES),
        NAMES,
    ]
    assert order not in others
    # A late hand-in moves nobody.
    late = shuffled("seed", PART, "vera", [*NAMES, "late"])
    assert [name for name in late if name != "late"] == order


def test_pseudonyms_tell_nothing_and_are_not_shared() -> None:
    names = {pseudonym("seed", part, name) for part in (PART, OTHER) for name in NAMES}
    assert len(names) == 2 * len(NAMES)
    assert all(len(name) == 9 and "student" not in name for name in names)


def test_the_sample_is_the_same_for_everybody_and_of_the_size_asked_for() -> None:
    chosen = [name for name in NAMES if is_double(PART, name, 0.1)]
    assert 70 < len(chosen) < 130
    # A larger share takes the smaller one in.
    assert set(chosen) <= {name for name in NAMES if is_double(PART, name, 0.2)}
    assert not any(is_double(PART, name, 0.0) for name in NAMES)
    assert all(is_double(PART, name, 1.0) for name in NAMES)


def test_white_space_does_not_tell_answers_apart() -> None:
    assert normal("Monotone  maps\r\n keep it.") == normal("Monotone maps keep it. ")
    assert normal("e\u0301") == normal("\u00e9")
    assert normal("a") != normal("A")
