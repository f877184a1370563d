"""Mend a notebook's document: its frame, its cells, their outputs, ids and kinds."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from grader.notebook.rules import listed

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
WIDGETS = "application/vnd.jupyter.widget-state+json"
ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
KEYS = {
    "code": {"id", "cell_type", "metadata", "source", "outputs", "execution_count"},
    "markdown": {"id", "cell_type", "metadata", "source", "attachments"},
    "raw": {"id", "cell_type", "metadata", "source", "attachments"},
}
FRAME = {"cells", "metadata", "nbformat", "nbformat_minor"}
MINOR = 5

Cell = dict[str, Any]
Document = dict[str, Any]


@dataclass(frozen=True)
class Finding:
    """Something wrong with a notebook.

    `remedy` says what a repair does about it, and is empty where only a person can do something;
    `costs` tells whether grading would refuse the notebook, or lose something, because of it.
    """

    problem: str
    remedy: str = ""
    costs: bool = False


def mend_document(document: Document) -> list[Finding]:
    """Bring a document with a list of cells into the form of nbformat 4, in place."""
    found = _mend_cells(document)
    for mend in (_mend_frame, _mend_kernel, _mend_ids):
        found += mend(document)
    return found


def _mend_frame(document: Document) -> list[Finding]:
    found = []
    extra = sorted(set(document) - FRAME)
    if extra:
        for key in extra:
            del document[key]
        found.append(Finding(f"The file has parts that no notebook has: {_quoted(extra)}.", OUT))
    if not isinstance(document.get("metadata"), dict):
        document["metadata"] = {}
        found.append(Finding("The metadata of the notebook are damaged.", "New ones are made."))
    major, minor = (document.get(key) for key in ("nbformat", "nbformat_minor"))
    # Not by equality: 4.0 and True are equal to what they must not stand for.
    if repr(major) != "4" or repr(minor) not in map(repr, range(MINOR + 1)):
        document["nbformat"], document["nbformat_minor"] = 4, MINOR
        found.append(Finding("The version of the format is missing or wrong.", "It is set to 4.5."))
    return found


def _mend_kernel(document: Document) -> list[Finding]:
    metadata, found = document["metadata"], []
    kernel, language = metadata.get("kernelspec", KERNEL), metadata.get("language_info", {})
    is_whole = isinstance(kernel, dict) and all(
        isinstance(kernel.get(key), str) for key in ("name", "display_name")
    )
    names = [
        part.get(key, "python")
        for part, key in ((kernel, "language"), (language, "name"))
        if isinstance(part, dict)
    ]
    if not is_whole or not isinstance(language, dict) or set(map(str, names)) - {"python"}:
        metadata["kernelspec"] = dict(KERNEL)
        metadata["language_info"] = {"name": "python"}
        found.append(
            Finding(
                "The notebook names a kernel that is not Python, or none.", "It is Python 3 again."
            )
        )
    elif "language_info" in metadata and not isinstance(language.get("name"), str):
        metadata["language_info"] = {**language, "name": "python"}
        found.append(Finding("The language of the notebook has no name.", "It is Python."))
    widgets = metadata.get("widgets")
    if widgets is not None and not _has_state(widgets):
        del metadata["widgets"]
        text = "The state of widgets is damaged, and some programs cannot show the notebook."
        found.append(Finding(text, OUT))
    return found


def _mend_cells(document: Document) -> list[Finding]:
    """Mend each cell, and tell of each kind of damage once, with the numbers of the cells."""
    met: dict[Finding, list[int]] = {}
    kept = []
    for number, cell in enumerate(document["cells"], 1):
        if not _is_readable(cell):
            met.setdefault(TORN, []).append(number)
            continue
        for finding, mend in MENDS:
            if mend(cell):
                met.setdefault(finding, []).append(number)
        kept.append(cell)
    document["cells"] = kept
    return [_placed(finding, numbers) for finding, numbers in met.items()]


def _placed(finding: Finding, numbers: Sequence[int]) -> Finding:
    one, many = finding.problem.split("|")
    text = listed(numbers, one, many, "Cell")
    return Finding(f"{text}.", finding.remedy, finding.costs)


def _is_readable(cell: Any) -> bool:
    source = cell.get("source", cell.get("input", "")) if isinstance(cell, dict) else None
    return isinstance(source, str) or (
        isinstance(source, list) and all(isinstance(line, str) for line in source)
    )


def text_of(cell: Cell) -> str:
    """Return the text of a cell, however it is kept."""
    return "".join(cell["source"])


def put_text(cell: Cell, text: str) -> None:
    """Give a cell a text, kept in the way it was."""
    as_lines = isinstance(cell.get("source"), list)
    cell["source"] = text.splitlines(keepends=True) if as_lines else text


def _no_source(cell: Cell) -> bool:
    if "source" in cell:
        return False
    cell["source"] = cell.pop("input", "")
    return True


def _odd_kind(cell: Cell) -> bool:
    from grader.notebook.bindings import read_code

    kind = cell.get("cell_type")
    if kind in KEYS:
        return False
    if isinstance(kind, str):
        cell["cell_type"] = kind.lower() if kind.lower() in KEYS else "markdown"
        return True
    is_code = "outputs" in cell or "execution_count" in cell or read_code(text_of(cell)).binds
    cell["cell_type"] = "code" if is_code else "markdown"
    return True


def _line_ends(cell: Cell) -> bool:
    text = text_of(cell)
    if "\r" not in text:
        return False
    put_text(cell, text.replace("\r\n", "\n").replace("\r", "\n"))
    return True


def _metadata(cell: Cell) -> bool:
    if isinstance(cell.get("metadata"), dict):
        plain = {
            "cell_type": cell["cell_type"],
            "metadata": cell["metadata"],
            "source": "",
            "id": "a",
        }
        more: Cell = {"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {}
        if _is_valid({**plain, **more}, f"{cell['cell_type']}_cell"):
            return False
    cell["metadata"] = {}
    return True


def _unknown_keys(cell: Cell) -> bool:
    extra = set(cell) - KEYS[cell["cell_type"]]
    for key in extra:
        del cell[key]
    return bool(extra)


def _count(cell: Cell) -> bool:
    count = cell.get("execution_count", "none")
    if cell["cell_type"] != "code" or count is None or _is_count(count):
        return False
    cell["execution_count"] = None
    return True


def _outputs(cell: Cell) -> bool:
    if cell["cell_type"] != "code":
        return False
    outputs = cell.get("outputs")
    listed_outputs = outputs if isinstance(outputs, list) else []
    cell["outputs"] = [output for output in listed_outputs if _is_valid(output, "output")]
    return bool(outputs != cell["outputs"])


def _attachments(cell: Cell) -> bool:
    pictures = cell.get("attachments", {})
    sound = isinstance(pictures, dict) and all(
        isinstance(kinds, dict) and all(isinstance(kind, str | list) for kind in kinds.values())
        for kinds in pictures.values()
    )
    if sound:
        return False
    del cell["attachments"]
    return True


def _mend_ids(document: Document) -> list[Finding]:
    """Give every cell an id of its own, where the format asks for them or some have one."""
    cells = document["cells"]
    wants = document["nbformat_minor"] >= MINOR or any("id" in cell for cell in cells)
    if not wants:
        return []
    taken: set[str] = set()
    bare = []
    for cell in cells:
        name = cell.get("id")
        if isinstance(name, str) and ID.fullmatch(name) and name not in taken:
            taken.add(name)
        else:
            bare.append(cell)
    free = (f"cell-{n}" for n in range(1, len(cells) + len(taken) + 1) if f"cell-{n}" not in taken)
    for cell in bare:
        cell["id"] = next(free)
    is_old = document["nbformat_minor"] < MINOR
    document["nbformat_minor"] = max(document["nbformat_minor"], MINOR)
    text = "Ids of cells are missing, wrong, there twice, or more than the format knows."
    return [Finding(text, "New ids are given.")] if bare or is_old else []


def _is_valid(part: Any, kind: str) -> bool:
    from nbformat.validator import isvalid

    return isinstance(part, dict) and bool(isvalid(part, ref=kind, version=4, version_minor=MINOR))


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _has_state(widgets: Any) -> bool:
    inner = widgets.get(WIDGETS, {"state": {}}) if isinstance(widgets, dict) else None
    return isinstance(inner, dict) and isinstance(inner.get("state"), dict)


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"`{name[:40]}`" for name in names[:8])


OUT = "That is taken out."
TORN = Finding(
    "holds nothing that can be read|hold nothing that can be read",
    "Taken out. If something stood there, write it again.",
    costs=True,
)
MENDS: tuple[tuple[Finding, Callable[[Cell], bool]], ...] = (
    (
        Finding("has no text of the usual name|have no text of the usual name", "Renamed."),
        _no_source,
    ),
    (
        Finding(
            "is of no known kind|are of no known kind",
            "Code or text, by what it holds.",
            costs=True,
        ),
        _odd_kind,
    ),
    (Finding("has line ends of Windows|have line ends of Windows", "Made plain."), _line_ends),
    (Finding("has damaged metadata|have damaged metadata", "Emptied."), _metadata),
    (
        Finding("has parts that no cell has|have parts that no cell has", "Taken out."),
        _unknown_keys,
    ),
    (Finding("has an odd number of its run|have an odd number of their run", "Emptied."), _count),
    (
        Finding("has damaged outputs|have damaged outputs", "Taken out: run the notebook again."),
        _outputs,
    ),
    (
        Finding("has damaged pictures|have damaged pictures", "Taken out: put them in again."),
        _attachments,
    ),
)
