"""Code is read without running it: what a cell binds and needs, with magics and without."""

import pytest

from grader.notebook.bindings import blanks, read_code


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def f(): pass\nclass C: pass", {"f", "C"}),
        ("import numpy as np\nfrom a.b import c as d, e", {"np", "d", "e"}),
        ("(a, b), *c = x\nd: int = 3\nfor e in y: pass\nwith o as f: pass", {*"abcdef"}),
        ("if x:\n    def f(): pass", {"f"}),
        ("def f():\n    global g\n    g = 3\n    h = 4", {"f", "g"}),
        ("%matplotlib inline\nx = 3", {"x"}),
        ("%%capture out\nx = 3", {"x"}),
        ("%%time\nx = 3", {"x"}),
        ("%%bash\nx=3", set()),
        ("files = !ls\nt = %time f()\nf?\n?f\npip install torch", {"files", "t"}),
        ("y = (a\n     % b)", {"y"}),
        ("    x = 3\n    y = 4", {"x", "y"}),
        ("x = await f()", {"x"}),
        ("x = y = 3\ndel x", {"y"}),
        ("def broken(", set()),
    ],
)
def test_what_a_cell_binds(source: str, names: set[str]) -> None:
    assert read_code(source).binds == names


def test_what_functions_need() -> None:
    source = "k = 1\ndef f(x, n=2):\n    y = [g(z) for z in x]\n    return np.sum(y) + k + n"
    assert read_code(source).needs == {"g", "np", "k"}
    assert read_code("class C(B):\n    def m(self): return helper(self)").needs >= {"helper"}


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("x = 1\nprint(“a”)", "invalid character '“' (U+201C) in line 2"),
        ("def f():\nreturn 1", "line 2"),
        ("x = " + "(" * 100_000, ""),
        ("x = '\0'", ""),
        ("-" * 100_000 + "1", "nested too deeply"),
    ],
    ids=["quotes", "indent", "brackets", "null", "minus"],
)
def test_what_is_not_python_says_why(source: str, says: str) -> None:
    reading = read_code(source)
    assert reading.problem
    assert says in reading.problem
    assert len(reading.problem) < 300
    assert not reading.binds


@pytest.mark.parametrize(
    ("source", "blank"),
    [
        ("def f():\n    raise NotImplementedError  # your code here", True),
        ("class f:\n    def g(self):\n        raise NotImplementedError", True),
        ("f = ...  # your code here", True),
        ("def f():\n    return 1", False),
        ("f = 3", False),
        ("def g():\n    raise NotImplementedError\ndef f(): return 1", False),
        ("def broken(", False),
    ],
)
def test_what_is_still_blank(source: str, blank: bool) -> None:
    assert ("f" in blanks(source)) is blank
