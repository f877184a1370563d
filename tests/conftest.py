"""What many tests share: the test course, and processes that are started once."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from grader.model import Course, HandIn, Submission
from grader.notebook.source import read_cells, with_solution
from grader.pipeline import Graded, Run, grade_one
from grader.processes.launch import Processes
from grader.settings import load_course

HERE = Path(__file__).parent
# What the grader's own environment may hold; a worker must never see it.
os.environ["GRADER_SECRET"] = "a secret of the environment"

# Makes a notebook of the mini assignment: `wrote` replaces exercises, `adds` appends code cells.
MakeNotebook = Callable[..., bytes]
Grade = Callable[..., Graded]


@pytest.fixture(scope="session")
def course() -> Course:
    """The course under tests/course, with one small assignment of everything."""
    return load_course(HERE / "course")


@pytest.fixture(scope="session")
def processes() -> Iterator[Processes]:
    """A warm ancestor for the whole session."""
    with Processes() as running:
        yield running


@pytest.fixture(scope="session")
def make_notebook(course: Course) -> MakeNotebook:
    """Return a function that writes a hand-in of the mini assignment."""
    cells = read_cells(course.root / "solutions" / "01_mini" / "solution.py")

    def make(wrote: dict[str, str] | None = None, adds: tuple[str, ...] = ()) -> bytes:
        notebook = nbformat.v4.new_notebook()
        for cell in cells:
            source = with_solution(cell.source)
            source = (wrote or {}).get(cell.metadata.get("exercise", ""), source)
            if cell.kind == "code":
                notebook.cells.append(nbformat.v4.new_code_cell(source))
            elif cell.kind == "markdown":
                notebook.cells.append(nbformat.v4.new_markdown_cell(source))
        notebook.cells += [nbformat.v4.new_code_cell(source) for source in adds]
        return str(nbformat.writes(notebook)).encode()

    return make


@pytest.fixture(scope="session")
def grade(course: Course, processes: Processes) -> Grade:
    """Return a function that takes the bytes of a notebook through the whole pipeline."""
    return taking(course, processes)


@pytest.fixture(scope="session")
def grade_patiently(course: Course, processes: Processes) -> Grade:
    """Do the same with an ordinary limit for a cell, for what takes seconds on a busy machine."""
    usual = [replace(a, limits=replace(a.limits, cell_seconds=60)) for a in course.assignments]
    return taking(replace(course, assignments=tuple(usual)), processes)


def taking(course: Course, processes: Processes) -> Grade:
    run = Run(course, processes, "a secret of the tests")

    def take(notebook: bytes, name: str = "someone") -> Graded:
        return grade_one(run, Submission(name, name, lambda: HandIn(notebook)))

    return take


def notebook_of(*sources: str) -> bytes:
    """Return a notebook of code cells, nothing but."""
    cells = [{"cell_type": "code", "source": source, "metadata": {}} for source in sources]
    return json.dumps({"nbformat": 4, "nbformat_minor": 2, "metadata": {}, "cells": cells}).encode()
