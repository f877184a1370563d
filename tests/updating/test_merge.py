"""Merging a newer release: what was given is renewed, and no work is ever lost."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.notebook.mending import text_of
from grader.updating.merge import Merge, Merged

BLANK = "raise NotImplementedError  # your code here"
NAMES = frozenset({"double", "half", "third"})


def code(source: str) -> dict[str, Any]:
    return {
        "cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": 3,
    }  # fmt: skip


def text(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": source, "metadata": {}}


def blank(name: str, arguments: str = "x") -> dict[str, Any]:
    return code(f'def {name}({arguments}):\n    """Return the {name} of x."""\n    {BLANK}')


DOUBLE = code("def double(x):\n    return 2 * x  # mine")
MEMBERS = code('# The names.\nMEMBERS = ["", ""]')
ASKED = text("### Question why: Why? (1 point)\n\nSay why.")
PLACE = text("*Your answer here.*")
BASE = [
    text("# Numbers\n\nAn introduction of some length, so that it is known again."),
    code("import math"), MEMBERS, blank("double"), code('check("double")'),
    code("print('a given demonstration', math.pi, double(3))"),
    ASKED, PLACE, blank("half"), code('check("half")'),
]  # fmt: skip


def changed(cells: list[Any], **by_start: Any) -> list[Any]:
    """Return cells in which those that begin with a text are replaced."""
    starts = {key.replace("_", " "): value for key, value in by_start.items()}
    return [
        next((new for start, new in starts.items() if text_of(cell).startswith(start)), cell)
        for cell in cells
    ]


def merge(mine: list[Any], new: list[Any], base: list[Any] = BASE) -> Merged:
    return Merge(base, mine, new, NAMES).run()


def sources(merged: Merged) -> list[str]:
    return [text_of(cell) for cell in merged.cells]


def test_code_answers_and_names_stay_in_their_places() -> None:
    mine = changed(BASE, def_double=DOUBLE, __=None)
    mine[2] = code('# The names.\nMEMBERS = ["Ada Alder", "Bo Birch"]')
    mine[7:8] = [text("Because."), code("1 + 1")]
    new = [*BASE[:5], text("A new paragraph."), *BASE[5:], blank("third"), code('check("third")')]
    new[1] = code("import math\nimport random")
    new[2] = code('# The names of both.\nMEMBERS = ["", ""]')
    found = sources(merge(mine, new))
    assert found == [
        *sources(Merged([BASE[0], new[1]], [])),
        "# The names of both.\nMEMBERS = ['Ada Alder', 'Bo Birch']",
        text_of(DOUBLE), 'check("double")', "A new paragraph.", text_of(BASE[5]),
        text_of(ASKED), "Because.", "1 + 1", text_of(BASE[8]), 'check("half")',
        text_of(blank("third")), 'check("third")',
    ]  # fmt: skip
    assert merge(mine, new).told == []


def test_outputs_stay_where_a_cell_stays() -> None:
    mine = [dict(cell) for cell in BASE]
    mine[5]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "3"}]
    assert merge(mine, BASE).cells[5]["outputs"]


def test_what_was_given_and_edited_stays_unless_the_release_changed_it() -> None:
    mine = [*BASE[:5], code("print('my demonstration', math.pi, double(4))"), *BASE[6:]]
    assert sources(merge(mine, BASE)) == sources(Merged(mine, []))
    new = [*BASE[:5], code("print('a better demonstration', math.e, double(3))"), *BASE[6:]]
    merged = merge(mine, new)
    assert text_of(merged.cells[5]) == text_of(new[5])
    assert merged.cells[6]["cell_type"] == "markdown"
    assert text_of(mine[5]) in text_of(merged.cells[6])
    assert "was changed by you and by the release" in merged.told[0]


def test_a_new_signature_is_told_and_shown_beside_the_code() -> None:
    mine = changed(BASE, def_double=DOUBLE)
    merged = merge(mine, changed(BASE, def_double=blank("double", "x, times=1")))
    at = sources(merged).index(text_of(DOUBLE))
    assert "def double(x, times=1)" in text_of(merged.cells[at + 1])
    assert merged.cells[at + 1]["cell_type"] == "markdown"
    assert "What is given of `double` has changed" in merged.told[0]


def test_an_untouched_blank_is_renewed() -> None:
    merged = merge(BASE, changed(BASE, def_double=blank("double", "x, times=1")))
    assert merged.told == []
    assert "times=1" in sources(merged)[3]


def test_an_exercise_that_is_gone_is_kept_and_told() -> None:
    mine = changed(BASE, def_double=DOUBLE)
    merged = merge(mine, [*BASE[:3], *BASE[5:]])
    assert text_of(DOUBLE) in sources(merged)
    assert 'check("double")' not in sources(merged)
    assert merged.told == ["The exercise `double` is not in the new release; yours is kept."]


def test_an_exercise_with_another_name_is_told() -> None:
    mine = changed(BASE, def_double=DOUBLE)
    new = changed(
        BASE, def_double=code(f'def third(x):\n    """Return the double of x."""\n    {BLANK}')
    )
    merged = merge(mine, new)
    assert text_of(DOUBLE) in sources(merged)
    assert "`double` is called `third` now" in merged.told[0]


def test_cells_of_ones_own_stay_below_what_they_stood_below() -> None:
    mine = [*BASE[:4], code("helper = 1"), text("A thought."), *BASE[4:]]
    new = [text("A new beginning, unlike all else."), *BASE]
    at = sources(merge(mine, new)).index("helper = 1")
    assert sources(merge(mine, new))[at - 1 : at + 2] == [
        text_of(BASE[3]), "helper = 1", "A thought.",
    ]  # fmt: skip


def test_exercises_may_change_places() -> None:
    mine = changed(BASE, def_double=DOUBLE)
    found = sources(merge(mine, [*BASE[:3], BASE[8], BASE[9], *BASE[3:8]]))
    assert found.index(text_of(BASE[8])) < found.index(text_of(DOUBLE))


WRITTEN = st.sampled_from(
    ["x = 1", "def double(x):\n    return x + x", "def half(x):\n    return x / 2", "Because.",
     "# Numbers", "*Your answer here.*", 'check("half")', "MEMBERS = ['Ada', 'Bo']",
     "def third(x):\n    return x / 3", "print('a given demonstration', math.tau, double(3))"]
)  # fmt: skip
CELLS = st.builds(lambda make, source: make(source), st.sampled_from([code, text]), WRITTEN)
LISTS = st.lists(CELLS | st.sampled_from(BASE), max_size=14)
# What a student's notebook and a newer release are more like: the old one, with changes.
NEAR = st.builds(
    lambda cells, at: [
        new
        for cell, new in zip(BASE, cells, strict=True)
        for new in ((cell,) if new is None else (cell, new) if at else (new,))
    ],
    st.tuples(*[st.none() | CELLS] * len(BASE)),
    st.booleans(),
)


@given(mine=LISTS | NEAR, new=LISTS | NEAR, base=LISTS | st.just(BASE))
def test_nothing_a_student_wrote_is_lost(mine: list[Any], new: list[Any], base: list[Any]) -> None:
    merged = merge(mine, new, base)
    there = sources(merged)
    was_given = {text_of(cell).strip() for cell in base}
    for cell in mine:
        source = text_of(cell).strip()
        if source in was_given or "MEMBERS" in source or source == "*Your answer here.*":
            continue
        assert any(source == found.strip() or f"\n{source}" in found for found in there), source


@given(mine=LISTS | NEAR, new=LISTS | NEAR)
def test_everything_that_is_given_now_is_there(mine: list[Any], new: list[Any]) -> None:
    """Where the student has not changed it: the new release's exercises are all defined."""
    there = sources(merge(mine, new))
    for cell in new:
        name = text_of(cell).partition("(")[0].removeprefix("def ")
        if cell["cell_type"] == "code" and name in NAMES:
            assert any(f"def {name}(" in found for found in there)


@pytest.mark.parametrize("new", [BASE, BASE[:5], []])
def test_an_untouched_notebook_becomes_the_new_release(new: list[Any]) -> None:
    assert sources(merge(BASE, new)) == sources(Merged(list(new), []))
