"""Where names are defined in the file of a notebook, whatever the file is like."""

import json

import nbformat
import pytest

from grader.notebook.lines import where_defined


def book(*sources: str) -> bytes:
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return str(nbformat.writes(nbformat.v4.new_notebook(cells=cells))).encode()


def test_each_name_is_found_where_it_is_defined_last() -> None:
    data = book(
        "import math\ndef f(x):\n    return f(x)",
        'class Affine:\n    """def g(x): no."""\n    def f(self): ...',
        "ys: list = [1]\nfs = 3\nasync def late(): ...",
        "# again\ndef f(x, *, y=1):\n    return 2",
    )
    lines = data.decode().split("\n")
    found = where_defined(data, ["f", "g", "Affine", "ys", "late", "none"])
    assert set(found) == {"f", "Affine", "ys", "late"}
    assert lines[found["f"] - 1].strip() == json.dumps("def f(x, *, y=1):\n") + ","
    assert lines[found["Affine"] - 1].strip().startswith('"class Affine')
    assert lines[found["ys"] - 1].strip().startswith('"ys: list')
    assert lines[found["late"] - 1].strip().startswith('"async def late')


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b'"' * 100_000, b'"def f(\n', b'{"cells": []}', b"[" * 100_000]
)
def test_a_file_of_any_kind_is_read_without_harm(data: bytes) -> None:
    assert where_defined(data, ["f"]) == {}
    assert where_defined(data, []) == {}
