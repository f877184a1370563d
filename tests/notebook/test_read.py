"""Any notebook is read, however damaged; anything else gets a sentence."""

import json
from typing import Any

import pytest

from grader.errors import Refused
from grader.notebook.names import defined, members
from grader.notebook.read import MAX_BYTES, Notebook, read_notebook, runnable
from grader.roster import clean
from tests.conftest import notebook_of

CELL = {"cell_type": "code", "source": "x = 1", "metadata": {}, "outputs": []}


def book(*cells: Any, **extra: Any) -> bytes:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "cells": list(cells), **extra}).encode()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"%PDF-1.7 ...", "a PDF, not a notebook"),
        (b"PK\x03\x04rest", "a zip archive"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"hello", "not valid JSON. It stops making sense in line 1"),
        (b'{"cells": [\n\n oops', "line 3"),
        (b"[" * 200_000, "not valid JSON"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"[1, 2]", "JSON but not a notebook"),
        (b'{"a": 1}', "no list of cells"),
        (b'{"cells": {"a": 1}}', "no list of cells"),
        (b'{"cells": ' + b"1" * 5000 + b"}", "not a notebook"),
        (b" " * MAX_BYTES + b"{}", "larger than 64 MB"),
    ],
    ids=lambda value: str(value[:20]) if isinstance(value, bytes) else "",
)
def test_what_is_not_a_notebook_gets_a_sentence(data: bytes, says: str) -> None:
    with pytest.raises(Refused, match=says):
        read_notebook(data)


def test_too_many_cells_are_refused() -> None:
    with pytest.raises(Refused, match="3000 cells"):
        read_notebook(book(*[CELL] * 3000))


@pytest.mark.parametrize(
    "data",
    [
        book(CELL),
        book({**CELL, "id": "a"}, nbformat_minor=5),
        book({**CELL, "metadata": "damaged", "outputs": 7, "execution_count": "x"}),
        book({**CELL, "source": ["x ", "= 1"]}),
        book(CELL, metadata={"colab": {"provenance": []}, "kernelspec": 3}),
        b"\xef\xbb\xbf" + book(CELL),
        book(CELL).replace(b"x = 1", b"x = 1\\r\\n"),
        json.dumps({"worksheets": [{"cells": [{"cell_type": "code", "input": "x = 1"}]}]}).encode(),
    ],
    ids=["plain", "id", "damage", "lines", "colab", "bom", "crlf", "nbformat 3"],
)
def test_every_shape_of_notebook_is_read(data: bytes) -> None:
    assert [source.strip() for source in read_notebook(data).code] == ["x = 1"]


def test_damaged_cells_are_skipped_and_told() -> None:
    notebook = read_notebook(book(CELL, 3, {"cell_type": "code", "source": 5}, None, CELL))
    assert len(notebook.cells) == 2
    assert notebook.warnings == (
        "Cells 2, 3, 4 of the notebook are damaged (no kind, or no text) and were skipped.",
    )


def test_half_a_character_is_replaced() -> None:
    data = book(CELL).replace(b"x = 1", b"x = '\\ud800'")
    assert read_notebook(data).code == ["x = '?'"]


def test_attachments_are_kept() -> None:
    cell = {"cell_type": "markdown", "source": "![](attachment:a.png)"}
    cell["attachments"] = {"a.png": {"image/png": "AAAA", "bad": 3}}  # type: ignore[assignment]
    read = read_notebook(book(cell)).cells[0]
    assert read.attachments == {"a.png": {"image/png": "AAAA"}}


def test_magics_do_not_hide_the_rest() -> None:
    source = "%matplotlib inline\ndef f():\n    !ls\n    return 1"
    assert "def f" in runnable(source)
    compile(runnable(source), "x", "exec")
    assert runnable("%%bash\nls") == ""


def read(*sources: str) -> Notebook:
    return read_notebook(notebook_of(*sources))


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ('MEMBERS = ["Ada Lovelace", "Alan Turing"]', ("Ada Lovelace", "Alan Turing")),
        ('MEMBERS = ("Ada",)', ("Ada",)),
        ('MEMBERS = ["", "  "]', ()),
        ('%matplotlib inline\nMEMBERS = ["Ada"]', ("Ada",)),
        ('MEMBERS = [__import__("os").system("touch /tmp/hacked")]', ()),
        ('MEMBERS = ["a\\x1b[31mred\\n\\u202eevil"]', ("a [31mred evil",)),
        ("MEMBERS = [3, None, 'Ada']", ("Ada",)),
        ("MEMBERS = " + "[" * 5000, ()),
        ("x = 1", ()),
    ],
)
def test_names_are_read_as_a_literal(source: str, names: tuple[str, ...]) -> None:
    assert members(read(source)) == names


def test_names_survive_a_broken_cell() -> None:
    assert members(read("def (", 'MEMBERS = ["Ada"]')) == ("Ada",)


def test_a_name_has_a_length() -> None:
    assert len(clean("x" * 10_000)) == 100


def test_what_is_defined() -> None:
    notebook = read("def f(): pass\nclass C: pass", "y_samples = 3\nawait z", "def broken(")
    assert defined(notebook) == {"f", "C", "y_samples"}
