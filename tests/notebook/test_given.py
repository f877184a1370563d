"""What was given is known although the notebook has changed since, and so is what was written."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.model import Action, Assignment, Course, HandInRules
from grader.notebook.given import Label, as_given, label
from grader.notebook.names import mentioned
from grader.packing.preflight import preflight
from grader.settings import GIVEN_FILE, load_assignment

FIGURE = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "AAAA"}}
BELOW = "without a sentence of yours below"


@pytest.fixture
def mini(course: Course, tmp_path: Path) -> Assignment:
    folder = tmp_path / "01_mini"
    shutil.copytree(course.root / "assignments" / "01_mini", folder)
    rules = HandInRules(interpreted=Action.warn)
    return replace(load_assignment(folder), rules=rules)


def begun(mini: Assignment, below: str) -> bytes:
    """Return the notebook of a student, in its folder: a figure, and a text below it."""
    file = mini.folder / "01_mini.ipynb"
    document: dict[str, Any] = json.loads(file.read_bytes())
    code = {"cell_type": "code", "metadata": {}, "execution_count": 1}
    document["cells"] += [
        {**code, "source": "def double(x):\n    return 2 * x", "outputs": [FIGURE]},
        {"cell_type": "markdown", "metadata": {}, "source": below},
    ]
    file.write_text(json.dumps(document))
    return file.read_bytes()


def said(mini: Assignment, data: bytes) -> str:
    return " ".join(preflight(mini, data, ("Ada",), ()).remarks)


def test_a_sentence_of_ones_own_is_told_from_what_was_given(mini: Assignment) -> None:
    assert BELOW not in said(mini, begun(mini, "One sees a line."))
    given = next(c.source for c in as_given(mini).cells if c.kind == "markdown")
    assert BELOW in said(mini, begun(mini, given))


def test_without_the_notebook_as_given_nothing_is_claimed(mini: Assignment) -> None:
    data = begun(mini, "One sees a line.")
    (mini.folder / GIVEN_FILE).unlink()
    assert BELOW not in said(mini, data)
    assert "No answer to" not in said(mini, data)


def test_the_course_itself_may_be_without_it(mini: Assignment) -> None:
    (mini.folder / GIVEN_FILE).unlink()
    assert "double" in mentioned(as_given(mini))
    (mini.folder / "01_mini.ipynb").unlink()
    assert as_given(mini).cells == ()


@pytest.mark.parametrize(
    ("metadata", "found"),
    [
        ({"course": {"assignment": "05_flow", "version": 3}}, Label("05_flow", 3)),
        ({"course": {"assignment": 5, "version": True}}, Label()),
        ({"course": []}, Label()),
        ({}, Label()),
        ([], Label()),
    ],
)
def test_the_label_of_a_notebook(metadata: object, found: Label) -> None:
    assert label(json.dumps({"metadata": metadata, "cells": []}).encode()) == found
    assert label(b"\xff no notebook") == Label()
