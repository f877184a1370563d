"""The form of a hand-in: names, a PDF, cells run in order, a sentence under each figure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.model import Action, HandInRules
from grader.notebook.answers import PLACEHOLDER, same_text
from grader.notebook.read import Cell, Notebook

RUN_ALL = "Restart the kernel, run all cells from top to bottom, save, and hand in anew."
MAX_LISTED = 8


@dataclass(frozen=True)
class Form:
    """What the rules look at: the notebook, its skeleton, the names in it, the files with it."""

    notebook: Notebook
    skeleton: Notebook
    members: Sequence[str]
    files: Sequence[tuple[str, bytes]]


@dataclass(frozen=True)
class Broken:
    """A rule that is not kept: what follows from it, and a sentence that says what to do."""

    action: Action
    text: str


def broken_rules(rules: HandInRules, form: Form) -> list[Broken]:
    """Return the rules that a hand-in does not keep, without those that are switched off."""
    found = (
        (rules.names, _names(form, rules.group_size)),
        (rules.pdf, _pdf(form)),
        (rules.executed, _executed(form)),
        (rules.interpreted, _interpreted(form)),
    )
    return [Broken(action, text) for action, text in found if text and action is not Action.off]


def _names(form: Form, size: int) -> str:
    different = len({name.casefold() for name in form.members})
    if different and size in {0, different}:
        return ""
    count = {0: "no name", 1: "one name"}.get(different, f"{different} different names")
    wanted = f"the {size} names of the group" if size else "your name"
    return f"The notebook states {count}. Write {wanted} into `MEMBERS`, and nowhere else."


def _pdf(form: Form) -> str:
    pdfs = [content for name, content in form.files if name.lower().endswith(".pdf")]
    if any(content.startswith(b"%PDF-") for content in pdfs):
        return ""
    what = "The file that ends in .pdf is not a PDF" if pdfs else "No PDF came with the notebook"
    return f"{what}. Export the notebook, outputs and all, and hand in both files."


def _executed(form: Form) -> str:
    """Say what is wrong with the stored run: cells left out, out of order, or without outputs."""
    code = [cell for cell in form.notebook.cells if cell.kind == "code"]
    cells = [(number, cell) for number, cell in enumerate(code, 1) if cell.source.strip()]
    unrun = [number for number, cell in cells if cell.count is None]
    if len(unrun) == len(cells):
        return f"The notebook was never run, or the run was not saved. {RUN_ALL}" if cells else ""
    if unrun:
        return f"{listed(unrun, 'was', 'were')} never run, or the run was not saved. {RUN_ALL}"
    counts = [cell.count or 0 for _, cell in cells]
    late = [
        number
        for (number, _), before, count in zip(cells[1:], counts, counts[1:], strict=False)
        if count <= before
    ]
    if late:
        return f"{listed(late, 'was', 'were')} run before the cell above. {RUN_ALL}"
    failed = [number for number, cell in cells if "error" in cell.outputs]
    if failed:
        return f"{listed(failed, 'ends', 'end')} in an error. Mend that first. {RUN_ALL}"
    if not any(cell.outputs for _, cell in cells):
        return f"No outputs are stored in the notebook. {RUN_ALL}"
    return ""


def _interpreted(form: Form) -> str:
    known = {same_text(cell.source) for cell in form.skeleton.cells}
    bare, number = [], 0
    for index, cell in enumerate(form.notebook.cells):
        number += cell.kind == "code"
        if "figure" in cell.outputs and not any(_below(form.notebook.cells[index + 1 :], known)):
            bare.append(number)
    if not bare:
        return ""
    return (
        f"{listed(bare, 'shows a figure', 'show figures')} without a sentence of yours below. Say "
        "what one sees, and what it tells about your function."
    )


def _below(cells: Sequence[Cell], known: set[str]) -> Iterator[bool]:
    """Tell of each text before the next code whether it is the student's own."""
    for cell in cells:
        if cell.kind == "code":
            return
        text = same_text(cell.source.replace(PLACEHOLDER, ""))
        yield bool(text) and text not in known


def listed(numbers: Sequence[int], one: str, many: str, what: str = "Code cell") -> str:
    """Return `Code cell 3 was` or `Code cells 3, 5 and 7 were`."""
    if len(numbers) == 1:
        return f"{what} {numbers[0]} {one}"
    shown = [str(number) for number in numbers[:MAX_LISTED]]
    rest = len(numbers) - len(shown)
    last = f"{rest} more" if rest else shown.pop()
    return f"{what}s {', '.join(shown)} and {last} {many}"
