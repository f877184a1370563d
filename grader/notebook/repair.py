"""What is wrong with the file of a notebook, and the file mended: bytes in, bytes out.

Mended is what leaves the student's code as it was meant: what holds the code, never what it does.
"""

import ast
import codecs
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from grader.errors import Refused
from grader.notebook.bindings import read_code, statements
from grader.notebook.mending import Document, Finding, mend_document, put_text, text_of
from grader.notebook.read import MARKS, MAX_BYTES, MAX_VALUES, decoded, read_notebook

LARGE_OUTPUT = 1 << 20
CONFLICT = re.compile(
    r"^<{7}[^\n]*\n(?P<ours>.*?)^(?:\|{7}[^\n]*\n.*?^)?={7}[^\n]*\n(?P<theirs>.*?)^>{7}[^\n]*(?:\n|\Z)",
    re.MULTILINE | re.DOTALL,
)
# A text of JSON, or a comma with nothing but a closing bracket behind it.
COMMA = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[\]}])', re.DOTALL)
# What a cell has in quotes or behind a hash stays as it is.
QUOTED = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|\'\'\'(?:[^\\]|\\.)*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|#[^\n]*',
    re.DOTALL,
)
UNSEEN = "\u200b\u200c\u200d\u2060\ufeff"
TYPED = str.maketrans(
    dict.fromkeys("“”„‟«»″", '"')
    | dict.fromkeys("‘’‚‛′", "'")
    | dict.fromkeys("\u00a0\u2002\u2003\u2007\u2009\u202f\u3000", " ")
    | {"−": "-", "–": "-", "\u2028": "\n", "\u2029": "\n"}
)


@dataclass(frozen=True)
class Repair:
    """A notebook after repair, the same bytes if nothing was mended, and what was found."""

    data: bytes
    findings: tuple[Finding, ...] = ()

    @property
    def mended(self) -> tuple[Finding, ...]:
        """What was found and mended."""
        return tuple(finding for finding in self.findings if finding.remedy)

    @property
    def left(self) -> tuple[Finding, ...]:
        """What a person must mend."""
        return tuple(finding for finding in self.findings if not finding.remedy)


def repair(data: bytes) -> Repair:
    """Return a notebook mended as far as that can be done; its code means what it meant."""
    found: list[Finding] = []
    try:
        document = _opened(data, found)
    except Refused as error:
        return Repair(data, (Finding(str(error), costs=True),))
    found += mend_document(document)
    found += _mend_sources(document)
    found += _lighten(document, data)
    if any(finding.remedy for finding in found):
        text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
        data = text.encode("utf-8", "replace")
    return Repair(data, (*found, *_still_wrong(data)))


def _still_wrong(data: bytes) -> Iterator[Finding]:
    import nbformat

    try:
        read_notebook(data)
        nbformat.validate(json.loads(data))
    except Refused as error:
        yield Finding(str(error), costs=True)
    except nbformat.ValidationError as error:
        yield Finding(f"The notebook is still not as nbformat asks: {str(error.message)[:200]}.")


def _opened(data: bytes, found: list[Finding]) -> Document:
    """Return the document in a file; what had to be mended for that is added to `found`."""
    try:
        text = decoded(data)
    except UnicodeDecodeError:
        return _refuse(data)
    if not data.startswith((b"{", b"[")) and data[:1] in codecs.BOM_UTF8 + codecs.BOM_UTF16:
        found.append(
            Finding("The file begins with a byte order mark.", "It is plain UTF-8, without one.")
        )
    if MARKS.search(text):
        text = _unmerged(text.replace("\r\n", "\n"), found)
    document, problem = _parsed(text)
    if problem:
        found.append(problem)
    if isinstance(document, dict) and isinstance(document.get("worksheets"), list):
        document = _upgraded(document)
        found.append(Finding("The notebook is of format 3, of 2014.", "It is format 4."))
    if not isinstance(document, dict) or not isinstance(document.get("cells"), list):
        return _refuse(data)
    return document


def _refuse(data: bytes) -> Document:
    """Raise what grading would say of a file that cannot be opened."""
    read_notebook(data)
    raise Refused("The file is not a notebook, and cannot be made one.")


def _parsed(text: str) -> tuple[Any, Finding | None]:
    """Return what JSON holds, leniently, and what was wrong with it; None if it is not JSON."""
    for read, finding in READINGS:
        try:
            return read(text), finding
        except (ValueError, RecursionError):
            continue
    return None, None


def _without_commas(text: str) -> Any:
    return json.loads(COMMA.sub(lambda match: match[1] or "", text), strict=False)


READINGS: tuple[tuple[Callable[[str], Any], Finding | None], ...] = (
    (json.loads, None),
    (
        partial(json.loads, strict=False),
        Finding("Line ends or tabs stand bare inside of JSON texts.", "Written as JSON asks."),
    ),
    (
        _without_commas,
        Finding("The JSON has a comma too many.", "The comma is taken out.", costs=True),
    ),
)


def _unmerged(text: str, found: list[Finding]) -> str:
    """Return a file without marks of a merge, if both versions hold the same cells.

    Numbers of runs, outputs and ids may differ; those of the first version are kept.
    """
    ours, theirs = (CONFLICT.sub(rf"\g<{side}>", text) for side in ("ours", "theirs"))
    one, two = _contents(ours), _contents(theirs)
    if one is None or two is None or MARKS.search(ours):
        return text
    if one == two:
        problem = "The marks of a merge that was not finished stand in the file."
        found.append(
            Finding(problem, "Both versions hold the same cells: one is kept.", costs=True)
        )
        return ours
    differ = [n for n, (a, b) in enumerate(zip(one, two, strict=False), 1) if a != b]
    first = differ[0] if differ else min(len(one), len(two)) + 1
    raise Refused(
        "The marks of a merge that was not finished stand in the file, and its versions differ, "
        f"first in cell {first}. Choose between them in a text editor, and take out the marks."
    )


def _contents(text: str) -> list[tuple[str, str]] | None:
    document, _ = _parsed(text)
    try:
        return [(cell["cell_type"], text_of(cell)) for cell in document["cells"]]
    except (TypeError, KeyError):
        return None


def _upgraded(document: Document) -> Document:
    import nbformat

    try:
        new: Document = nbformat.v4.upgrade(nbformat.from_dict(document))
    except Exception as error:
        # The boundary to a converter, which raises whatever it stumbles over.
        raise Refused(f"The notebook is of format 3 and cannot be converted ({error}).") from error
    plain: Document = json.loads(json.dumps(new))
    return plain


def _mend_sources(document: Document) -> Iterator[Finding]:
    """Mend the code of cells that are not Python, and the kind of cells that are, and are text."""
    code = [cell for cell in document["cells"] if cell["cell_type"] == "code"]
    bound = {name for cell in code for name in read_code(text_of(cell)).binds}
    count = 0
    for number, cell in enumerate(document["cells"], 1):
        count += cell["cell_type"] == "code"
        source = text_of(cell)
        where = f"Cell {number}"
        if cell["cell_type"] != "code":
            names = _defined_in_text(source)
            if names and not names & bound:
                cell.update(cell_type="code", outputs=[], execution_count=None)
                cell.pop("attachments", None)
                what = ", ".join(f"`{name}`" for name in sorted(names)[:4])
                yield Finding(
                    f"{where} is text and defines {what}, which no code cell does.",
                    "It is a code cell.",
                    costs=True,
                )
            continue
        problem = read_code(source).problem
        if not problem:
            continue
        mended = _mended_code(source)
        if mended is None:
            yield Finding(f"{where} (code cell {count}) is not Python: {problem}.", costs=True)
        else:
            put_text(cell, mended)
            yield Finding(
                f"{where} (code cell {count}) is not Python: {problem}.",
                "Marks of a merge, curved quotes or invisible characters were in it, outside of "
                "texts: they are as Python wants them.",
                costs=True,
            )


def _defined_in_text(source: str) -> frozenset[str]:
    """Return what a text cell binds, if it is a definition or an import from end to end."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom
    if not any(isinstance(statement, kinds) for statement in statements(source)):
        return frozenset()
    return read_code(source).binds


def _mended_code(source: str) -> str | None:
    """Return a cell as Python, if that takes no more than characters which no one types."""
    sides = [CONFLICT.sub(rf"\g<{side}>", source) for side in ("ours", "theirs")]
    if sides[0].strip() != sides[1].strip():
        return None
    for candidate in (sides[0], _typed(sides[0], ""), _typed(sides[0], " ")):
        if candidate != source and not read_code(candidate).problem:
            return candidate
    return None


def _typed(source: str, unseen: str) -> str:
    """Return code with quotes and blanks as a keyboard has them, but for texts and comments.

    What nobody can see becomes `unseen`.
    """
    typed = TYPED | str.maketrans(dict.fromkeys(UNSEEN, unseen))
    parts, end = [], 0
    for match in QUOTED.finditer(source):
        parts += [source[end : match.start()].translate(typed), match[0]]
        end = match.end()
    return "".join([*parts, source[end:].translate(typed)])


def _lighten(document: Document, data: bytes) -> Iterator[Finding]:
    """Take out large outputs, where the notebook is larger than grading accepts."""
    values = sum(data.count(mark) for mark in (b",", b"[", b"{"))
    if len(data) <= MAX_BYTES and values <= MAX_VALUES:
        return
    large = []
    for number, cell in enumerate(document["cells"], 1):
        small = [o for o in cell.get("outputs", []) if len(json.dumps(o)) <= LARGE_OUTPUT]
        if len(small) < len(cell.get("outputs", [])):
            cell["outputs"] = small
            large.append(str(number))
    if large:
        yield Finding(
            f"The notebook is larger than grading accepts, by outputs of cells {', '.join(large)}.",
            "Outputs of more than 1 MB are taken out.",
            costs=True,
        )
