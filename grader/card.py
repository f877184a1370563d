"""What `check` shows: a card of one exercise, an overview of all, as HTML and as plain text."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from markupsafe import Markup, escape

from grader.model import CheckResult, Exercise, Outcome
from grader.reports.summary import OUTCOMES, read_message
from grader.reports.text import counted, decimal, presentable, prose


class State(StrEnum):
    """How an exercise stands, by the public checks alone; the value is the word for it."""

    passed = "passes"
    wrong = "wrong"
    blank = "still blank"
    missing = "not defined"
    waiting = "waits for others"
    unchecked = "no public check"


# TRAP: Jupyter takes <style> out of notebooks it does not trust, and themes are light or dark. So
# every style is inline, text has the theme's own colour, and these two can be read on both.
SIGNS = {
    State.passed: ("✓", "#2b9a5b"),
    State.wrong: ("✗", "#d9534f"),
    State.blank: ("○", "inherit"),
    State.missing: ("○", "inherit"),
    State.waiting: ("…", "inherit"),
    State.unchecked: ("–", "inherit"),
}
FRAME = "line-height:1.5;max-width:60em;text-align:left"
BELOW = "margin:.3em 0 .3em 1.6em"
CODE = (
    "margin:0;padding:0;background:none;font-family:monospace;white-space:pre-wrap;"
    "overflow-wrap:anywhere"
)
CELL = "text-align:left;vertical-align:top;padding:.15em 1em .15em 0"
RULE = "border-left:3px solid rgba(127,127,127,.45);padding-left:.7em"
HIDDEN = (
    "More checks run when the notebook is marked: what passes here is necessary, not always enough."
)
HEAD = Markup(
    '<div><b style="color:{}">{}</b> <b><code style="background:none">{}</code></b> ({}) {}</div>'
)
FOLD = Markup(
    '<details><summary style="cursor:pointer">{}</summary><div style="{}">{}</div></details>'
)
TABLE = Markup('<table style="border:none;margin:.2em 0">{}</table>')
PART = Markup('<div style="{}">{}</div>')
ROW = Markup('<tr style="background:none">{}</tr>')


@dataclass(frozen=True)
class Look:
    """One exercise as `check` found it; `note` is a sentence about it besides the results."""

    exercise: Exercise
    state: State
    results: tuple[CheckResult, ...] = ()
    note: str = ""

    @property
    def failed(self) -> tuple[CheckResult, ...]:
        """The checks that did not pass."""
        return tuple(result for result in self.results if result.outcome is not Outcome.passed)

    @property
    def count(self) -> str:
        """How many checks passed, in words; empty where none was run."""
        total, passed = len(self.results), len(self.results) - len(self.failed)
        if not total:
            return ""
        many = "public check passes" if total == 1 else "public checks pass"
        return f"{passed} of {total} {many}"


@dataclass(frozen=True)
class Card:
    """Exercises that were asked for by name, each with its checks."""

    looks: tuple[Look, ...]

    def __repr__(self) -> str:
        """Return the card as plain text."""
        return presentable("\n".join(line for look in self.looks for line in look_lines(look)))

    def _repr_html_(self) -> str:
        """Return the card as a piece of HTML without scripts or style sheets."""
        inner = Markup("").join(_exercise(look) for look in self.looks)
        return presentable(PART.format(FRAME, inner))


@dataclass(frozen=True)
class Overview:
    """Every exercise in a line; `remarks` are sentences below."""

    title: str
    looks: tuple[Look, ...]
    remarks: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """What is done and what is left, in a sentence."""
        counts = [
            f"{sum(look.state is state for look in self.looks)} {words}"
            for state, words in ((State.passed, "pass"), (State.wrong, "wrong"))
        ]
        left = sum(look.state in {State.blank, State.missing, State.waiting} for look in self.looks)
        sure = [look.exercise for look in self.looks if look.state is State.passed]
        whole = [look.exercise for look in self.looks if not look.exercise.bonus]
        points = f"{_points(e for e in sure if not e.bonus)} of {_points(whole)} points"
        bonus = [e for e in sure if e.bonus]
        more = f" and {_points(bonus)} bonus" if bonus else ""
        return f"{', '.join(counts)}, {left} still to do; at most {points}{more} so far."

    def __repr__(self) -> str:
        """Return the overview as plain text."""
        names = max((len(look.exercise.name) for look in self.looks), default=0)
        lines = [f"{self.title}: {self.summary}"]
        for look in self.looks:
            points = f"{decimal(look.exercise.points)}{' bonus' * look.exercise.bonus}"
            first = look.failed[0].message.partition("\n")[0] if look.failed else look.note
            lines.append(
                f"{SIGNS[look.state][0]} {look.exercise.name:{names}}  {points:>9}  "
                f"{look.state.value}{f': {first}' if first else ''}"
            )
        return presentable("\n".join([*lines, HIDDEN, *self.remarks]))

    def _repr_html_(self) -> str:
        """Return the overview as a table without scripts or style sheets."""
        rows = Markup("").join(map(_row, self.looks))
        below = Markup("").join(Markup("<div>{}</div>").format(t) for t in (HIDDEN, *self.remarks))
        head = Markup("<div><b>{}</b>: {}</div>").format(self.title, self.summary)
        return presentable(PART.format(FRAME, head + TABLE.format(rows) + below))


def look_lines(look: Look) -> list[str]:
    """Return what is said about one exercise as lines of plain text."""
    said = ": ".join(filter(None, (look.state.value, look.count)))
    head = f"{SIGNS[look.state][0]} {look.exercise.name} ({_worth(look.exercise)}) {said}"
    lines = [head, *([f"    {look.note}"] if look.note else [])]
    for result in look.results:
        lines += result_lines(result)
    return lines


def result_lines(result: CheckResult) -> list[str]:
    """Return what a check found as lines of plain text; a hint stands below what broke."""
    if result.outcome is Outcome.passed:
        notes = [f"      {line}" for line in result.message.splitlines()]
        return [f"  ✓ {result.statement}", *notes]
    told = [line for line in result.message.splitlines() if line != result.statement]
    lines = [f"  ✗ {result.statement}", *(f"      {line}" for line in told)]
    for what, text in _folds(result):
        first, *more = text.splitlines()
        lines += [f"      {what.lower()}: {first}", *(f"        {line}" for line in more)]
    return lines


def _exercise(look: Look) -> Markup:
    sign, colour = SIGNS[look.state]
    said = ": ".join(filter(None, (look.state.value, look.count)))
    head = HEAD.format(colour, sign, look.exercise.name, _worth(look.exercise), said)
    return head + _below(look.note) + Markup("").join(map(_result, look.results))


def _result(result: CheckResult) -> Markup:
    is_passed = result.outcome is Outcome.passed
    sign, colour = SIGNS[State.passed if is_passed else State.wrong]
    word = "" if result.outcome in {Outcome.passed, Outcome.failed} else OUTCOMES[result.outcome]
    line = Markup('<b style="color:{}">{}</b> {}{}').format(
        colour, sign, f"{word}: " if word else "", prose(result.statement or result.name)
    )
    return PART.format(BELOW, line + (_below(result.message) if is_passed else _broken(result)))


def _below(text: str) -> Markup:
    return PART.format(BELOW, prose(text)) if text else Markup()


def _broken(result: CheckResult) -> Markup:
    """Return what broke: the sentence, the smallest witness as a table, the folds."""
    sentences, witness = read_message(result.message)
    said = "" if sentences == result.statement else sentences
    rows = Markup("").join(
        ROW.format(
            Markup('<td style="{}">{}</td><td style="{}"><pre style="{}">{}</pre></td>').format(
                CELL, name, CELL, CODE, text
            )
        )
        for name, text in witness
    )
    table = TABLE.format(rows) if rows else Markup()
    folds = (FOLD.format(what, RULE, prose(text)) for what, text in _folds(result))
    return PART.format(BELOW, prose(said) + table + Markup("").join(folds))


def _row(look: Look) -> Markup:
    sign, colour = SIGNS[look.state]
    is_told = look.note and look.state is not State.blank
    told: Markup | str = prose(f"{look.state.value}: {look.note}") if is_told else look.state.value
    if look.failed:
        broken = Markup("").join(map(_result, look.failed))
        told = FOLD.format(f"{look.state.value}: {look.count}", "", broken)
    cells = (
        Markup('<b style="color:{}">{}</b>').format(colour, sign),
        Markup('<code style="background:none">{}</code>').format(look.exercise.name),
        escape(_worth(look.exercise)),
        told,
    )
    styles = (CELL, f"{CELL};white-space:nowrap", f"{CELL};white-space:nowrap", CELL)
    return ROW.format(
        Markup("").join(
            Markup('<td style="{}">{}</td>').format(style, cell)
            for style, cell in zip(styles, cells, strict=True)
        )
    )


def _folds(result: CheckResult) -> list[tuple[str, str]]:
    known = ("Likely cause", result.mistake and f"a known mistake: {result.mistake}")
    folds = (known, ("Hint", result.hint), ("A worked small case", result.example))
    return [(what, text) for what, text in folds if text]


def _worth(exercise: Exercise) -> str:
    return f"{'bonus, ' if exercise.bonus else ''}{counted(exercise.points)}"


def _points(exercises: Iterable[Exercise]) -> str:
    return decimal(sum((exercise.points for exercise in exercises), Fraction(0)))
