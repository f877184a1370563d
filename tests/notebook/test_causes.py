"""Why an exercise is not there: each way to lose one has its sentence."""

import time

import pytest

from grader.model import CellRun
from grader.notebook.causes import Evidence, cause, failures, unresolved
from grader.notebook.read import Cell, Notebook

SOUND = "def f(x):\n    return 2 * x"
BLANK = "def f(x):\n    raise NotImplementedError"


def book(*sources: str | Cell) -> Notebook:
    return Notebook(tuple(s if isinstance(s, Cell) else Cell("code", s) for s in sources))


def why(*sources: str | Cell, skeleton: tuple[str, ...] = ()) -> str:
    """Return the cause for a notebook that was not run."""
    return cause(Evidence(book(*sources), book(*skeleton)), "f")


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ([SOUND], ""),
        (["x = 1"], "No cell defines `f`."),
        (
            ["x = 1", Cell("markdown", SOUND)],
            "`f` stands in a text cell (after code cell 1), which is not run: make it a code cell.",
        ),
        (
            [Cell("markdown", f"```python\n{SOUND}\n```")],
            "`f` stands in a text cell (above all code), which is not run: make it a code cell.",
        ),
        (
            ["x = 1", SOUND + "“"],
            (
                "`f` stands in code cell 2, which is not Python: invalid character '“' "
                "(U+201C) in line 2."
            ),
        ),
        (
            ["%%bash\n" + SOUND],
            "`f` stands in code cell 1, which begins with `%%bash` and defines nothing.",
        ),
        (
            ["# " + SOUND.replace("\n", "\n# ")],
            "`f` stands in code cell 1, line 1, as a comment only.",
        ),
        (
            ["class C:\n    def f(self): pass"],
            (
                "`f` is indented in code cell 1, line 2: it belongs to what stands above it, "
                "not to the notebook."
            ),
        ),
        (
            [SOUND, "x = 1", BLANK],
            (
                "Code cells 1 and 3 define `f`, and the last one counts. It is blank: delete "
                "it if another is meant."
            ),
        ),
        # Nobody knows yet that it costs anything.
        ([BLANK, SOUND], ""),
        ([SOUND, SOUND], ""),
        (
            [SOUND + "“", "f = 3"],
            (
                "`f` stands in code cell 1, which is not Python: invalid character '“' "
                "(U+201C) in line 2."
            ),
        ),
        (
            [Cell("markdown", SOUND), "f = 3"],
            "`f` stands in a text cell (above all code), which is not run: make it a code cell.",
        ),
        # An older attempt in a text, or one in a comment, is nobody's loss.
        ([Cell("markdown", SOUND), SOUND], ""),
        (["# def f", SOUND], ""),
        (
            ["def f(x):\n    '''Twice.'''", "    return 2 * x"],
            (
                "Code cell 2 begins indented, as if it were the rest of a definition: if it "
                "belongs to `f` in code cell 1, join the two."
            ),
        ),
        (
            [SOUND + "\ndel f"],
            "Code cell 1 defines `f` in line 1 and takes it away again: look for `del` below.",
        ),
        (
            ["x = (", "y = 1"],
            "No cell defines `f`; code cell 1 is not Python ('(' was never closed in line 1).",
        ),
    ],
)
def test_a_notebook_that_was_not_run(cells: list[str | Cell], sentence: str) -> None:
    assert why(*cells) == sentence


def test_another_name_is_found_unless_it_was_given() -> None:
    evidence = Evidence(book("def cdf_x_(x): pass", "def cdf_y(x): pass"), book("def cdf_y(x): 0"))
    text = cause(evidence, "cdf_x")
    assert (
        text
        == "No cell defines `cdf_x`, but code cell 1 defines `cdf_x_`: the name is what counts."
    )


def test_what_the_skeleton_had_is_told() -> None:
    evidence = Evidence(book(SOUND), book("\nimport numpy as np\nx = 3"))
    text = "No cell defines `np`; the notebook as given has it in the cell `import numpy as np`."
    assert cause(evidence, "np") == text


def ran(*sources: str, failed: dict[int, str], told: str) -> str:
    return cause(Evidence(book(*sources), book(), failed), "f", [told])


def test_the_rest_of_a_definition_that_moved_away() -> None:
    cells = ("    return 2 * x", "def f(x):\n    'Twice.'", "x = 1")
    text = ran(*cells, failed={0: "SyntaxError: 'return' outside function"}, told="Not a number.")
    assert text.startswith("Code cell 1 begins indented")
    assert ran(*cells, failed={}, told="Not a number.") == ""


def test_a_value_where_a_function_was_given() -> None:
    evidence = Evidence(book("f = 3"), book(BLANK), {})
    assert cause(evidence, "f", ["`f` raised TypeError."]) == (
        "Code cell 1 gives `f` a value, and no cell has a `def` or `class` of that name, as the "
        "notebook as given has."
    )
    variable = Evidence(book("f = 3"), book("f = ..."), {})
    assert cause(variable, "f", ["The value is off."]) == ""


def test_several_cells_that_define_what_was_lost() -> None:
    text = ran(SOUND, SOUND, "f = 1", failed={}, told="`f` raised TypeError.")
    assert text == "Code cells 1, 2 and 3 define `f`, and the last one counts."


def test_a_cell_that_stopped_early() -> None:
    failed = {0: "ZeroDivisionError: division by zero"}
    text = ran("1 / 0\n" + SOUND, failed=failed, told="The notebook defines no `f`.")
    assert text == (
        "Code cell 1 defines `f`, but stopped early: ZeroDivisionError: division by zero."
    )


def test_a_name_that_a_function_needs_is_followed() -> None:
    cells = ("1 / 0\nimport numpy as np", "def f(x):\n    return np.array(x)")
    told = "`f` raised NameError.\ngot: name 'np' is not defined"
    text = ran(*cells, failed={0: "ZeroDivisionError: division by zero"}, told=told)
    assert text == (
        "Code cell 1 defines `np`, but stopped early: ZeroDivisionError: division by zero."
    )


def test_only_names_of_the_notebook_are_quoted() -> None:
    """A message may be made up to carry a hidden input."""
    told = "`f` raised NameError.\ngot: name 'secret42' is not defined"
    assert ran(SOUND, failed={}, told=told) == ""


@pytest.mark.parametrize("told", ["`f` raised E.\nThe notebook defines no `x42`.", "`x42` is off."])
def test_only_the_beginning_of_a_message_is_believed(told: str) -> None:
    assert ran(SOUND, failed={}, told=told) == ""


def test_what_a_check_needs_beside_the_exercise_is_looked_for() -> None:
    text = ran(SOUND, "# class Given:", failed={}, told="The notebook defines no `Given`.")
    assert text == "`Given` stands in code cell 2, line 1, as a comment only."


def test_a_blank_that_a_written_function_comes_upon() -> None:
    cells = ("def g(): return h()", BLANK.replace("f(x)", "h()"), "def f(x): return g()")
    told = "`f` is still blank."
    assert ran(*cells, failed={}, told=told) == "`f` needs `h`, which code cell 2 leaves blank."
    assert ran(BLANK, failed={}, told=told) == ""


def test_what_was_deleted_at_the_end_is_gone() -> None:
    text = ran(SOUND, "del f", failed={}, told="The notebook defines no `f`.")
    assert text.startswith("Code cell 1 defines `f`, but it is gone at the end")


def test_what_only_running_shows_is_not_guessed_at() -> None:
    assert ran("exec('def f(x): return x')", failed={}, told="`f` raised TypeError.") == ""


def test_a_cell_that_ran_is_python_whatever_it_looks_like() -> None:
    told = "The notebook defines no `f`."
    assert ran(">>> x = 1", failed={}, told=told) == "No cell defines `f`."


def test_what_cells_failed_with() -> None:
    error = {"output_type": "error", "ename": "E", "evalue": "a\n b" + "x" * 999}
    runs = [
        CellRun(0, ok=True, seconds=0),
        CellRun(1, ok=False, seconds=0, outputs=(error,)),
        CellRun(2, ok=False, seconds=0, note="Not run."),
        CellRun(3, ok=False, seconds=0),
    ]
    found = failures(runs)
    assert sorted(found) == [1, 2, 3]
    assert found[1].startswith("E: a b")
    assert len(found[1]) == 300
    assert (found[2], found[3]) == ("Not run.", "it gave no reason")


def test_names_that_nobody_defines() -> None:
    evidence = Evidence(
        book("def f(x):\n    return np.sum(len(x)) + g(x)", "def g(x): return x"), book()
    )
    assert unresolved(evidence) == {"np": [0]}
    star = Evidence(book("from numpy import *", "def f(x): return sum(sqrt(x))"), book())
    assert unresolved(star) == {}


@pytest.mark.parametrize(
    "source",
    [part * (300_000 // len(part)) for part in ("#\n", "#", " ", "from import ", "f: ", "x, ")],
    ids=["comments", "hashes", "blanks", "imports", "annotations", "commas"],
)
def test_no_cell_takes_long_to_look_through(source: str) -> None:
    start = time.monotonic()
    evidence = Evidence(book(source, Cell("markdown", source)), book())
    cause(evidence, "f", ["The notebook defines no `f`."])
    assert time.monotonic() - start < 2


def test_no_web_of_functions_takes_long_to_walk() -> None:
    names = [f"f{number}" for number in range(2000)]
    web = "\n".join(f"def {name}(): {', '.join(names[:5])}, {name}_" for name in names)
    call = "def f(): " + ", ".join(names)
    start = time.monotonic()
    evidence = Evidence(book(web, call), book(), {})
    told = ["`f` is still blank."] + [f"got: name '{name}' is not defined" for name in names]
    cause(evidence, "f", told)
    assert time.monotonic() - start < 4


def test_names_that_nobody_binds_are_found_at_once() -> None:
    source = "def f(x):\n    return 2 * x\n" * 9000
    start = time.monotonic()
    evidence = Evidence(book(source), book())
    unresolved(evidence)
    assert time.monotonic() - start < 2
