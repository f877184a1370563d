"""Whatever order the events of markers arrive in, and however often, the book is the same."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.marking.events import Entry, Event, Given, Kind, Register, read_journal, to_line
from grader.marking.ledger import Ledger, Part, Standing, State

PART = Part("05_flow", "question:a")
NAMES = ("ada", "bob")
MOST = Fraction(2)
ITEMS = ("00-start", "01-end")


class Desk:
    """A marker at a copy of the gradebook, which knows what it has been sent."""

    def __init__(self, marker: str) -> None:
        self.marker, self.ledger, self.made = marker, Ledger(), list[Event]()

    def act(self, register: Register, **what: object) -> Event:
        """Do something, as the screen does: the own events before and those seen are replaced."""
        replaces = () if "undoes" in what else tuple(e.id for e in self.ledger.heads(register))
        batch = f"{self.marker} {len(self.made)}"
        event = Event(
            self.ledger.tick + 1,
            "",
            self.marker,
            register,
            replaces=replaces,
            batch=batch,
            **what,  # type: ignore[arg-type]
        )
        self.ledger.add(event)
        self.made.append(event)
        return event


def mark(points: str = "0", *items: str, **more: object) -> Given:
    return Given(items, points, done=True, answer="text", **more)  # type: ignore[arg-type]


def view(ledger: Ledger) -> object:
    """Return everything that a screen, a page or a table shows."""
    registers = sorted({event.register for event in ledger.events.values()})
    return (
        {name: standing(ledger, name) for name in NAMES},
        list(ledger.entries(Kind.item, PART).items()),
        list(ledger.entries(Kind.comment, PART).items()),
        [[event.id for event in ledger.history(register)] for register in registers],
        {name: ledger.independent(PART.of(name)) for name in NAMES},
        [ledger.is_apart(PART, name) for name in NAMES],
    )


def standing(ledger: Ledger, name: str) -> Standing:
    return ledger.standing(PART, name, "text", MOST)


@st.composite
def stories(draw: st.DrawFn) -> list[Event]:
    """Return what three markers did, who now and then exchange what they have."""
    desks = [Desk(name) for name in ("vera", "tom", "vera")]
    for _ in range(draw(st.integers(1, 12))):
        desk = draw(st.sampled_from(desks))
        match draw(st.sampled_from(["mark", "item", "comment", "apart", "undo", "send"])):
            case "mark":
                amount = draw(st.sampled_from(["0", "1/2", "1"]))
                done, flag = draw(st.booleans()), draw(st.booleans())
                items = tuple(draw(st.sets(st.sampled_from(ITEMS))))
                what = Given(items, amount, flag=flag, done=done, answer="text")
                desk.act(PART.of(draw(st.sampled_from(NAMES))), given=what)
            case "undo":
                for event in desk.ledger.last_batch(desk.marker, PART):
                    desk.act(event.register, undoes=(event.id,))
            case "send":
                other = draw(st.sampled_from(desks))
                for event in list(desk.ledger.events.values()):
                    other.ledger.add(event)
            case "apart":
                register = Register(Kind.apart, *astuple(PART), draw(st.sampled_from(NAMES)))
                desk.act(register, entry=draw(st.sampled_from([None, Entry()])))
            case kind:
                name = draw(st.sampled_from(ITEMS))
                entry = Entry("text", draw(st.sampled_from(["1/2", "-1"])), draw(st.booleans()))
                desk.act(Register(Kind(kind), *astuple(PART), name), entry=entry)
    return [event for desk in desks for event in desk.made]


def astuple(part: Part) -> tuple[str, str]:
    return part.assignment, part.name


@settings(max_examples=300, deadline=None)
@given(stories(), st.randoms(use_true_random=False), st.data())
def test_merging_in_any_order_gives_the_same_book(events, random, data):
    whole = Ledger(events)
    shuffled = [*events, *data.draw(st.lists(st.sampled_from(events or [None]), max_size=5))]
    random.shuffle(shuffled)
    assert view(Ledger(filter(None, shuffled))) == view(whole)
    # In parts, as journals arrive: some of them twice, one within another.
    parts = data.draw(st.lists(st.sets(st.integers(0, max(len(events) - 1, 0))), max_size=4))
    merged = Ledger()
    for part in [*parts, set(range(len(events)))]:
        text = "".join(to_line(events[i]) for i in part if events)
        for event in read_journal("x", text.encode()):
            merged.add(event)
    assert view(merged) == view(whole)


def test_an_order_that_did_matter_would_be_seen() -> None:
    """The view tells books apart: with one event less it is another."""
    desk = Desk("vera")
    desk.act(PART.of("ada"), given=mark("1"))
    desk.act(PART.of("ada"), given=mark("2"))
    assert view(Ledger(desk.made)) != view(Ledger(desk.made[:1]))


def test_two_who_have_not_seen_each_other_differ_until_somebody_decides() -> None:
    vera, tom = Desk("vera"), Desk("tom")
    first = vera.act(PART.of("ada"), given=mark("1", comment="Good."))
    second = tom.act(PART.of("ada"), given=mark("2"))
    both = Ledger([first, second])
    assert standing(both, "ada").state is State.conflict
    assert standing(both, "ada").points is None
    tom.ledger = both
    tom.act(PART.of("ada"), given=mark("3/2"))
    assert (standing(both, "ada").state, standing(both, "ada").points) == (
        State.done,
        Fraction(3, 2),
    )
    # Undoing the decision brings the question back, not one of the two marks.
    (decision,) = both.last_batch("tom", PART)
    tom.act(PART.of("ada"), undoes=(decision.id,))
    assert standing(both, "ada").state is State.conflict


def test_equal_marks_are_no_conflict_and_keep_both_comments() -> None:
    events = [
        Desk("vera").act(PART.of("ada"), given=mark("1", comment="Good.")),
        Desk("tom").act(PART.of("ada"), given=mark("1", comment="Well put.")),
    ]
    found = standing(Ledger(events), "ada")
    assert (found.state, found.points) == (State.done, 1)
    assert sorted(found.comment.split("\n\n")) == ["Good.", "Well put."]


def test_who_saw_a_mark_and_changed_it_is_no_conflict() -> None:
    vera, tom = Desk("vera"), Desk("tom")
    tom.ledger.add(vera.act(PART.of("ada"), given=mark("1")))
    tom.act(PART.of("ada"), given=mark("2"))
    assert standing(tom.ledger, "ada").points == 2


def test_a_price_counts_for_everybody_who_has_the_item() -> None:
    desk = Desk("vera")
    item = Register(Kind.item, *astuple(PART), ITEMS[0])
    desk.act(item, entry=Entry("Starts", "1/2"))
    for name in NAMES:
        desk.act(PART.of(name), given=mark("1/4", ITEMS[0]))
    assert [standing(desk.ledger, name).points for name in NAMES] == [Fraction(3, 4)] * 2
    desk.act(item, entry=Entry("Starts", "1"))
    assert [standing(desk.ledger, name).points for name in NAMES] == [Fraction(5, 4)] * 2
    desk.act(item, entry=Entry("Starts", "1", removed=True))
    assert [standing(desk.ledger, name).points for name in NAMES] == [Fraction(1, 4)] * 2


@pytest.mark.parametrize(("points", "worth"), [("-1", 0), ("7", 2), ("1/3", Fraction(1, 3))])
def test_points_stay_between_nothing_and_the_maximum(points, worth):
    desk = Desk("vera")
    desk.act(PART.of("ada"), given=mark(points))
    assert standing(desk.ledger, "ada").points == worth


def test_a_mark_for_another_text_neither_counts_nor_goes() -> None:
    desk = Desk("vera")
    desk.act(PART.of("ada"), given=mark("1"))
    changed = desk.ledger.standing(PART, "ada", "another text", MOST)
    assert (changed.state, changed.points, len(changed.heads)) == (State.changed, None, 1)


def test_what_is_not_finished_does_not_count() -> None:
    desk = Desk("vera")
    assert standing(desk.ledger, "ada").state is State.open
    desk.act(PART.of("ada"), given=Given(adjustment="1", answer="text"))
    found = standing(desk.ledger, "ada")
    assert (found.state, found.points, found.flagged) == (State.begun, None, False)
    desk.act(PART.of("ada"), given=Given(flag=True, note="Is this right?", answer="text"))
    assert standing(desk.ledger, "ada").flagged
    assert standing(desk.ledger, "ada").notes == ("Is this right?",)


def test_undo_goes_back_step_by_step() -> None:
    desk = Desk("vera")
    for points in ("1", "2"):
        desk.act(PART.of("ada"), given=mark(points))
    for expected in (1, None):
        (event,) = desk.ledger.last_batch("vera", PART)
        desk.act(event.register, undoes=(event.id,))
        assert standing(desk.ledger, "ada").points == expected
    assert desk.ledger.last_batch("vera", PART) == []


def independent(events: Sequence[Event]) -> dict[str, Given]:
    return Ledger(events).independent(PART.of("ada"))


def test_a_mark_after_a_look_at_another_is_not_independent() -> None:
    vera, tom = Desk("vera"), Desk("tom")
    first = vera.act(PART.of("ada"), given=mark("1"))
    second = vera.act(PART.of("ada"), given=mark("2"))
    own = tom.act(PART.of("ada"), given=mark("0"))
    assert independent([first, second, own]) == {"vera": mark("2"), "tom": mark("0")}
    tom.ledger.add(second)
    agreed = tom.act(PART.of("ada"), given=mark("2"))
    assert independent([first, second, own, agreed]) == {"vera": mark("2"), "tom": mark("0")}


def test_a_journal_is_read_back_and_a_torn_line_left_out() -> None:
    desk = Desk("vera")
    events = [desk.act(PART.of("ada"), given=mark(points, comment="a\u2028b")) for points in "12"]
    text = "".join(map(to_line, events)).encode()
    assert read_journal("x", text) == events
    assert read_journal("x", text[:-5]) == events[:1]


@pytest.mark.parametrize(
    "text",
    [
        "{}", "[]", "nonsense", '{"tick": "x"}',
        to_line(Event(1, "", "v", PART.of("a"), Given(adjustment="1/0"))).strip(),
        to_line(Event(1, "", "v", PART.of("a"), Given(adjustment="9e99"))).strip(),
        to_line(Event(1, "", "v", PART.of("a"), Given(adjustment="nan"))).strip(),
        to_line(Event(1, "", "v", PART.of("a"), Given(comment="x" * 20_001))).strip(),
    ],
)  # fmt: skip
def test_what_is_no_journal_is_refused(text):
    with pytest.raises(UsageError, match="line 1 cannot be read"):
        read_journal("tom.jsonl", f"{text}\n".encode())
