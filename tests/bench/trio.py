"""Right hand-ins of three functions, for three graders, each with the same nine assertions."""

import json
from pathlib import Path
from typing import Any

import nbformat

from grader.notebook.source import Cell, read_cells, with_solution

COURSE = Path(__file__).parent / "course"
NAME = "01_trio"
NAMES = ("causal_mask", "bpe_merges", "box_muller")

# By function: what a student sees, and what is hidden.
TESTS: dict[str, tuple[str, str, str]] = {
    "causal_mask": (
        (
            "want = torch.tensor([[1, 0, 0], [1, 1, 0], [1, 1, 1]]).bool()\n"
            "assert torch.equal(causal_mask(3), want)"
        ),
        "assert torch.equal(causal_mask(1), torch.ones(1, 1).bool())",
        "assert int(causal_mask(64).sum()) == 64 * 65 // 2",
    ),
    "bpe_merges": (
        (
            "merges = bpe_merges(['low', 'lower', 'newest', 'widest'], 2)\n"
            "assert merges == [('e', 's'), ('es', 't')]"
        ),
        (
            "words = ['newest'] * 6 + ['widest'] * 3 + ['low'] * 5 + ['lower'] * 2\n"
            "want = [('e', 's'), ('es', 't'), ('l', 'o'), ('lo', 'w'), ('e', 'w')]\n"
            "assert bpe_merges(words, 5) == want"
        ),
        "assert bpe_merges(['ab'], 5) == [('a', 'b')]",
    ),
    "box_muller": (
        "assert np.allclose(box_muller(0.5, 0.25), [0, np.sqrt(2 * np.log(2))])",
        (
            "u = np.linspace(0.01, 0.99, 1000)\n"
            "a, b = box_muller(u, u[::-1])\n"
            "assert np.allclose(a**2 + b**2, -2 * np.log(u))"
        ),
        (
            "u = np.linspace(0.01, 0.99, 1000)\n"
            "a, b = box_muller(u, u[::-1])\n"
            "assert np.allclose(np.arctan2(b, a) % (2 * np.pi), 2 * np.pi * u[::-1])"
        ),
    ),
}


def solution(*, figure: bool = False) -> list[tuple[str, str]]:
    """Return the code cells of a right notebook, each with the exercise it defines, if any.

    The last cell draws a figure.
    """
    cells = read_cells(COURSE / "solutions" / NAME / "solution.py")
    code = [(name_of(cell), with_solution(cell.source)) for cell in cells if cell.kind == "code"]
    return code if figure else code[:-1]


def functions() -> dict[str, str]:
    """Return the source of each exercise."""
    return {name: source for name, source in solution() if name}


def name_of(cell: Cell) -> str:
    """Return the exercise of a cell, or nothing."""
    return str(cell.metadata.get("exercise", ""))


def varied(name: str, source: str, number: int) -> str:
    """Return a cell as one of several students has written it."""
    return f"{source}\n# Written by group {number}.\n" if name else source


def plain(source: str) -> str:
    """Return a cell without our own grader in it, which other graders do not know."""
    kept = [line for line in source.splitlines() if "from grader" not in line]
    return "\n".join(kept).replace('with pending("the picture of the mask"):', "if True:")


def own(number: int, *, figure: bool = False) -> bytes:
    """Return a hand-in for this grader."""
    cells = [
        nbformat.v4.new_code_cell(varied(name, source, number))
        for name, source in solution(figure=figure)
    ]
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells)).encode()


def write_own(folder: Path, count: int, *, figure: bool = False) -> None:
    """Write hand-ins for this grader, a folder for each."""
    for number in range(count):
        place = folder / f"s{number:04}"
        place.mkdir(parents=True)
        (place / f"{NAME}.ipynb").write_bytes(own(number, figure=figure))


def nbgrader_source(*, figure: bool = False) -> nbformat.NotebookNode:
    """Return the notebook with nbgrader's marks: solutions to hide, tests with points."""
    notebook = nbformat.v4.new_notebook()
    for name, source in solution(figure=figure):
        if not name:
            notebook.cells.append(nbformat.v4.new_code_cell(plain(source)))
            continue
        hidden = f"### BEGIN SOLUTION\n{source}\n### END SOLUTION"
        notebook.cells.append(marked(hidden, name, solution=True))
        shown, *others = TESTS[name]
        notebook.cells.append(marked(shown, f"{name}-0", grade=True))
        for at, test in enumerate(others, 1):
            body = f"### BEGIN HIDDEN TESTS\n{test}\n### END HIDDEN TESTS"
            notebook.cells.append(marked(body, f"{name}-{at}", grade=True))
    return notebook


def marked(source: str, name: str, *, solution: bool = False, grade: bool = False) -> Any:
    """Return a code cell with nbgrader's metadata."""
    cell = nbformat.v4.new_code_cell(source)
    cell.metadata["nbgrader"] = {
        "schema_version": 3,
        "grade": grade,
        "grade_id": name,
        "locked": grade,
        "solution": solution,
        "task": False,
        **({"points": 1} if grade else {}),
    }
    return cell


def nbgrader_hand_in(release: nbformat.NotebookNode, number: int) -> nbformat.NotebookNode:
    """Return nbgrader's released notebook with the functions written in."""
    copy, right = nbformat.from_dict(json.loads(json.dumps(release))), functions()
    for cell in copy.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name in right:
            cell.source = varied(name, right[name], number)
    return copy


def otter_source(*, figure: bool = False) -> nbformat.NotebookNode:
    """Return the notebook with otter-grader's marks, tests in the form of assertions."""
    new, raw = nbformat.v4.new_code_cell, nbformat.v4.new_raw_cell
    settings = (
        "# ASSIGNMENT CONFIG\nname: trio\ninit_cell: false\ncheck_all_cell: false\nfiles: []\n"
        "generate: true\nexport_cell: false\ntests:\n    files: true\n"
    )
    cells = [raw(settings)]
    for name, source in solution(figure=figure):
        if not name:
            cells.append(new(plain(source)))
            continue
        cells.append(raw(f"# BEGIN QUESTION\nname: {name}\npoints: [1, 1, 1]"))
        cells += [raw("# BEGIN SOLUTION"), new(f"# BEGIN SOLUTION\n{source}\n# END SOLUTION")]
        cells += [raw("# END SOLUTION"), raw("# BEGIN TESTS")]
        shown, *others = TESTS[name]
        cells += [new(shown), *(new(f"# HIDDEN\n{test}") for test in others)]
        cells += [raw("# END TESTS"), raw("# END QUESTION")]
    # It looks for the language there.
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def otter_hand_in(release: nbformat.NotebookNode, number: int) -> nbformat.NotebookNode:
    """Return otter's notebook for students with the functions written in."""
    copy, right = nbformat.from_dict(json.loads(json.dumps(release))), functions()
    blanks = [cell for cell in copy.cells if cell.cell_type == "code" and "..." in cell.source]
    if len(blanks) != len(NAMES):
        raise SystemExit(f"otter assign left {len(blanks)} blanks, not {len(NAMES)}")
    for cell, name in zip(blanks, NAMES, strict=True):
        cell.source = varied(name, right[name], number)
    return copy
