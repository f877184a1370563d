"""What happens to right notebooks on their way to a grader: small edits, each with a name.

An edit changes a notebook in place and tells what it must leave: all marks, or a sentence for
whatever it cost. It raises `NotHereError` where there is nothing to change.
"""

import ast
import copy
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import jupytext
import nbformat

MARKS, SENTENCE = "marks", "sentence"
Document = dict[str, Any]
Cell = dict[str, Any]


class NotHereError(Exception):
    """This notebook has nothing that the edit could change."""


@dataclass(frozen=True)
class Edit:
    """A change to a notebook; `says` is what a refusal after it may read."""

    name: str
    keeps: str
    apply: Callable[[Random, Any], Any]
    says: str = ""


CELLS: list[Edit] = []
FILES: list[Edit] = []


def edit(keeps: str, says: str = "", to: list[Edit] = CELLS) -> Callable[..., Any]:
    def take(function: Callable[..., Any]) -> Callable[..., Any]:
        to.append(Edit(function.__name__, keeps, function, says))
        return function

    return take


def pick(rng: Random, found: list[Any]) -> Any:
    if not found:
        raise NotHereError
    return rng.choice(found)


def usable(document: Document) -> list[Cell]:
    """Return the cells that no earlier edit has torn."""
    cells = [c for c in document["cells"] if isinstance(c, dict) and "cell_type" in c]
    return [c for c in cells if isinstance(c.get("source"), str)]


def code(document: Document) -> list[Cell]:
    return [c for c in usable(document) if c["cell_type"] == "code"]


def written(document: Document) -> list[Cell]:
    """Return the code cells that define something in plain Python."""
    return [c for c in code(document) if names_in(c["source"])]


def names_in(source: str) -> list[str]:
    return [
        node.name
        for node in body(source)
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name[0] != "_"
    ]


def body(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError):
        return []


def texts(document: Document) -> list[Cell]:
    """Return the text cells that are no part of a question."""
    found = [c for c in usable(document) if c["cell_type"] == "markdown"]
    return [c for c in found if "Question" not in c["source"] and "Because" not in c["source"]]


def new_code(source: str) -> Cell:
    return {
        "cell_type": "code", "source": source, "metadata": {}, "outputs": [],
        "execution_count": None,
    }  # fmt: skip


def insert(document: Document, index: int, cell: Cell) -> None:
    document["cells"].insert(index, cell)


def place(document: Document, cell: Cell) -> int:
    return next(i for i, other in enumerate(document["cells"]) if other is cell)


# What editors, Colab and converters do, and what must cost nothing.


@edit(MARKS)
def strip_ids(rng: Random, document: Document) -> None:
    for cell in usable(document):
        cell.pop("id", None)


@edit(MARKS)
def same_ids(rng: Random, document: Document) -> None:
    for cell in usable(document):
        cell["id"] = "same"


@edit(MARKS)
def odd_ids(rng: Random, document: Document) -> None:
    for cell in usable(document):
        cell["id"] = rng.choice([3, None, "x" * 99, "ä b", ["a"]])


@edit(MARKS)
def strip_metadata(rng: Random, document: Document) -> None:
    document["metadata"] = {}
    for cell in usable(document):
        cell["metadata"] = {}


@edit(MARKS)
def torn_metadata(rng: Random, document: Document) -> None:
    document["metadata"] = rng.choice(["torn", None, 7, {"kernelspec": []}])
    for cell in usable(document):
        cell["metadata"] = rng.choice([{}, {"tags": 3}, None, "torn", {"collapsed": "yes"}])


@edit(MARKS)
def no_metadata(rng: Random, document: Document) -> None:
    document.pop("metadata", None)
    for cell in usable(document):
        cell.pop("metadata", None)


@edit(MARKS)
def source_as_lines(rng: Random, document: Document) -> None:
    for cell in usable(document):
        cell["source"] = cell["source"].splitlines(keepends=True)


@edit(MARKS)
def windows_lines(rng: Random, document: Document) -> None:
    for cell in usable(document):
        cell["source"] = cell["source"].replace("\n", "\r\n")


@edit(MARKS)
def old_mac_lines(rng: Random, document: Document) -> None:
    for cell in usable(document):
        cell["source"] = cell["source"].replace("\n", "\r")


@edit(MARKS)
def other_kernel(rng: Random, document: Document) -> None:
    kernels = [
        {"name": "python3-venv", "display_name": "venv"}, {"name": "ir", "language": "R"},
        {"name": "conda-env-llm-py", "display_name": "Python [conda env:llm]"}, "python", {},
    ]  # fmt: skip
    document["metadata"] = {"kernelspec": rng.choice(kernels), "language_info": {"name": "R"}}


@edit(MARKS)
def colab_leftovers(rng: Random, document: Document) -> None:
    lines = [
        "!pip install -q numpy", "from google.colab import drive\ndrive.mount('/content/drive')",
        "%cd /content", "%%capture\n!pip install torch", "# @title Setup { form-width: '20%' }",
        "from google.colab import files", "%load_ext tensorboard", "!ls -la\nfiles = !ls",
    ]  # fmt: skip
    for _ in range(rng.randint(1, 3)):
        insert(document, rng.randint(0, len(document["cells"])), new_code(rng.choice(lines)))
    document["metadata"] = {"colab": {"provenance": [], "gpuType": "T4"}, "accelerator": "GPU"}


@edit(MARKS)
def inline_magic(rng: Random, document: Document) -> None:
    cell = pick(rng, written(document))
    cell["source"] = (
        rng.choice(["%matplotlib inline\n", "# @title f\n", "%time\n"]) + cell["source"]
    )


@edit(MARKS)
def cell_magic(rng: Random, document: Document) -> None:
    cell = pick(rng, written(document))
    cell["source"] = rng.choice(["%%capture\n", "%%time\n", "%%capture out\n"]) + cell["source"]


@edit(MARKS)
def look_up(rng: Random, document: Document) -> None:
    cell = pick(rng, written(document))
    cell["source"] += rng.choice(["\nprint?", "\n?print", "\n!ls", "\nfiles = !ls", "\n%who"])


@edit(MARKS)
def exit_cell(rng: Random, document: Document) -> None:
    lines = ["exit()", "quit()", "import sys\nsys.exit()", "1 / 0", "undefined_name", "print("]
    insert(document, rng.randint(0, len(document["cells"])), new_code(rng.choice(lines)))


@edit(MARKS)
def empty_cells(rng: Random, document: Document) -> None:
    for _ in range(3):
        insert(
            document, rng.randint(0, len(document["cells"])), new_code(rng.choice(["", " ", "\n"]))
        )


@edit(MARKS)
def huge_output(rng: Random, document: Document) -> None:
    text = "0123456789" * 20_000
    pick(rng, code(document))["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": text}
    ]


@edit(MARKS)
def other_output(rng: Random, document: Document) -> None:
    outputs: list[Any] = [
        {"output_type": "error", "ename": "Error in f()", "evalue": "R", "traceback": []},
        {"output_type": "pyout", "text": ["x"]}, {"output_type": "display_data"}, 3, None, "out",
        {"output_type": "stream", "text": 7}, {"output_type": []},
    ]  # fmt: skip
    for cell in code(document):
        cell["outputs"] = rng.choice([[rng.choice(outputs)], outputs, "torn", None])


@edit(MARKS)
def odd_counts(rng: Random, document: Document) -> None:
    for cell in code(document):
        cell["execution_count"] = rng.choice([None, -1, 10**30, "3", 2.5, [1], True])


@edit(MARKS)
def attachments(rng: Random, document: Document) -> None:
    cell = pick(rng, usable(document))
    cell["attachments"] = rng.choice([{"a.png": {"image/png": "iVBORw0KGgo="}}, {"a": 3}, "torn"])


@edit(MARKS)
def widgets(rng: Random, document: Document) -> None:
    state = {"application/vnd.jupyter.widget-state+json": {"a": {"model_name": "LayoutModel"}}}
    document["metadata"] = {"widgets": state}


@edit(MARKS)
def unknown_keys(rng: Random, document: Document) -> None:
    document.update(author="me", signature=None, extra={"a": [1]})
    for cell in usable(document):
        cell.update(language="python", collapsed=True, level=9)


@edit(MARKS)
def capital_kinds(rng: Random, document: Document) -> None:
    for cell in usable(document):
        cell["cell_type"] = cell["cell_type"].upper()


@edit(MARKS)
def clear_members(rng: Random, document: Document) -> None:
    cell = pick(rng, [c for c in code(document) if "MEMBERS" in c["source"]])
    cell["source"] = cell["source"].replace("Ada Lovelace", "").replace("Emmy Noether", "")


@edit(MARKS)
def delete_text(rng: Random, document: Document) -> None:
    del document["cells"][place(document, pick(rng, texts(document)))]


@edit(MARKS)
def copy_text(rng: Random, document: Document) -> None:
    cell = pick(rng, texts(document))
    insert(document, rng.randint(0, len(document["cells"])), copy.deepcopy(cell))


@edit(MARKS)
def raw_text(rng: Random, document: Document) -> None:
    pick(rng, texts(document))["cell_type"] = "raw"


@edit(MARKS)
def merge_texts(rng: Random, document: Document) -> None:
    found = texts(document)
    pairs = [(a, b) for a, b in neighbours(document) if a in found and b in found]
    merge(document, *pick(rng, pairs))


@edit(MARKS)
def delete_check(rng: Random, document: Document) -> None:
    found = [c for c in code(document) if c["source"].startswith(("check(", "with pending"))]
    del document["cells"][place(document, pick(rng, found))]


@edit(MARKS)
def copy_code(rng: Random, document: Document) -> None:
    cell = pick(
        rng, [c for c in code(document) if names_in(c["source"]) or "import" in c["source"]]
    )
    insert(document, place(document, cell) + 1, copy.deepcopy(cell))


@edit(MARKS)
def split_code(rng: Random, document: Document) -> None:
    found = [c for c in code(document) if len(body(c["source"])) > 1]
    cell = pick(rng, found)
    at = first_line(rng.choice(body(cell["source"])[1:])) - 1
    split(document, cell, at)


@edit(MARKS)
def merge_code(rng: Random, document: Document) -> str:
    found = code(document)
    pairs = [(a, b) for a, b in neighbours(document) if a in found and b in found]
    one, two = pick(rng, pairs)
    # What fails, and what is no Python but at the top of a cell, takes the other half along.
    harmless = body(one["source"]) and body(two["source"]) and not is_failing(one["source"])
    merge(document, one, two)
    return MARKS if harmless else SENTENCE


@edit(MARKS)
def swap_cells(rng: Random, document: Document) -> None:
    found, movable = usable(document), written(document) + texts(document)
    pairs = [(a, b) for a, b in neighbours(document) if a in found and b in found]
    movable = [c for c in movable if "import" not in c["source"]]
    pairs = [(a, b) for a, b in pairs if a in movable and b in movable]
    one, two = pick(rng, [(a, b) for a, b in pairs if not uses(b, a)])
    i, j = place(document, one), place(document, two)
    document["cells"][i], document["cells"][j] = two, one


def uses(later: Cell, earlier: Cell) -> bool:
    """Tell whether running one cell needs another: a base class, say, but not a call to come."""
    tops = {
        node.id
        for statement in body(later["source"])
        for node in ast.walk(statement)
        if isinstance(node, ast.Name)
        and isinstance(statement, ast.ClassDef | ast.Assign | ast.Expr)
    }
    both = set(names_in(later["source"])) | tops
    return bool(both & set(names_in(earlier["source"])))


@edit(MARKS)
def blank_copy_above(rng: Random, document: Document) -> None:
    cell = pick(rng, written(document))
    insert(document, place(document, cell), new_code(blank(cell["source"])))


@edit(MARKS)
def old_format(rng: Random, document: Document) -> None:
    document["nbformat"], document["nbformat_minor"] = 4, rng.randint(0, 4)
    if rng.random() < 0.8:
        strip_ids(rng, document)


@edit(MARKS)
def through_nbformat(rng: Random, document: Document) -> None:
    version = rng.choice([3, 4])
    through(document, lambda book: nbformat.convert(book, version))


@edit(MARKS)
def through_jupytext(rng: Random, document: Document) -> None:
    kind = rng.choice(["py:percent", "md", "py:light"])
    through(document, lambda book: jupytext.reads(jupytext.writes(book, kind), kind))


def through(document: Document, way: Callable[[Any], Any]) -> None:
    """Take a sound notebook through a converter."""
    try:
        nbformat.validate(copy.deepcopy(document))
        book = nbformat.reads(json.dumps(document), as_version=4)
    except (nbformat.ValidationError, KeyError, TypeError, AttributeError, ValueError):
        # A converter is nothing for a notebook that is torn already.
        raise NotHereError from None
    after = json.loads(json.dumps(way(book)))
    document.clear()
    document.update(after)


# What costs something, and must say so.


@edit(SENTENCE, says="none of the exercises")
def delete_code(rng: Random, document: Document) -> None:
    del document["cells"][place(document, pick(rng, written(document)))]


@edit(SENTENCE)
def delete_imports(rng: Random, document: Document) -> None:
    cell = pick(rng, [c for c in code(document) if c["source"].startswith("import")])
    del document["cells"][place(document, cell)]


@edit(SENTENCE)
def code_to_text(rng: Random, document: Document) -> None:
    cell = pick(rng, code(document))
    cell["cell_type"] = rng.choice(["markdown", "raw"])


@edit(SENTENCE)
def all_code_to_text(rng: Random, document: Document) -> None:
    kind = rng.choice(["markdown", "raw"])
    for cell in code(document):
        cell["cell_type"] = kind


@edit(SENTENCE, says="none of the exercises")
def rename(rng: Random, document: Document) -> None:
    cell = pick(rng, written(document))
    name = rng.choice(names_in(cell["source"]))
    other = rng.choice([name + "_", name.capitalize(), "my_" + name, name[:-1], "solution"])
    cell["source"] = cell["source"].replace(name, other)


@edit(SENTENCE)
def blank_copy_below(rng: Random, document: Document) -> None:
    cell = pick(rng, written(document))
    at = rng.randint(place(document, cell) + 1, len(document["cells"]))
    insert(document, at, new_code(blank(cell["source"])))


@edit(SENTENCE)
def overwrite(rng: Random, document: Document) -> None:
    name = rng.choice(names_in(pick(rng, written(document))["source"]))
    lines = [f"{name} = 3", f"def {name}(): return 7", f"for {name} in range(3): pass"]
    document["cells"].append(new_code(rng.choice(lines)))


@edit(SENTENCE)
def forget(rng: Random, document: Document) -> None:
    name = rng.choice(names_in(pick(rng, written(document))["source"]))
    document["cells"].append(
        new_code(rng.choice([f"del {name}", "%reset -f", "%reset_selective -f ."]))
    )


@edit(SENTENCE)
def smart_quotes(rng: Random, document: Document) -> None:
    cell = pick(rng, [c for c in code(document) if '"' in c["source"] or "'" in c["source"]])
    pairs = [('"', "“”"), ("'", "‘’")]
    for plain, smart in pairs:
        parts = cell["source"].split(plain)
        quotes = [smart[i % 2] for i in range(len(parts) - 1)]
        cell["source"] = parts[0] + "".join(q + p for q, p in zip(quotes, parts[1:], strict=True))


@edit(SENTENCE)
def odd_blanks(rng: Random, document: Document) -> None:
    cell = pick(rng, written(document))
    blank_sign = rng.choice(["\xa0", "\u2003", "\u200b", "\ufeff", "\u3000"])
    count = rng.choice([1, 3, -1])
    cell["source"] = cell["source"].replace(" ", blank_sign, count)


@edit(SENTENCE)
def tab(rng: Random, document: Document) -> None:
    change_line(rng, document, lambda line: line.replace("    ", "\t", 1))


@edit(SENTENCE)
def indent(rng: Random, document: Document) -> None:
    change_line(rng, document, lambda line: f"  {line}")


@edit(SENTENCE)
def dedent(rng: Random, document: Document) -> None:
    change_line(rng, document, lambda line: line.removeprefix("    "))


@edit(SENTENCE)
def bracket(rng: Random, document: Document) -> None:
    change_line(rng, document, lambda line: line + rng.choice([")", "(", "]", ":", "\\", '"""']))


@edit(SENTENCE)
def merge_marks_in_cell(rng: Random, document: Document) -> None:
    cell = pick(rng, written(document))
    source = cell["source"]
    cell["source"] = f"<<<<<<< HEAD\n{source}\n=======\n{source}\n>>>>>>> main"


@edit(SENTENCE)
def split_inside(rng: Random, document: Document) -> None:
    cell = pick(rng, [c for c in written(document) if c["source"].count("\n") > 1])
    split(document, cell, rng.randint(1, cell["source"].count("\n")))


@edit(SENTENCE)
def torn_cell(rng: Random, document: Document) -> None:
    index = place(document, pick(rng, code(document)))
    kept = document["cells"][index]
    torn = [None, 3, "code", [], {**kept, "source": 5}, {"source": kept["source"], "metadata": {}}]
    document["cells"][index] = rng.choice(torn)


@edit(SENTENCE)
def comment_out(rng: Random, document: Document) -> None:
    cell = pick(rng, written(document))
    cell["source"] = "\n".join(f"# {line}" for line in cell["source"].split("\n"))


@edit(SENTENCE)
def inside_another(rng: Random, document: Document) -> None:
    cell = pick(rng, written(document))
    lines = [f"    {line}" for line in cell["source"].split("\n")]
    cell["source"] = "\n".join([rng.choice(["def main():", "class Mine:"]), *lines])


@edit(SENTENCE)
def foreign_magic(rng: Random, document: Document) -> None:
    cell = pick(rng, written(document))
    magic = rng.choice(
        ["%%bash", "%%writefile mine.py", "%%html", "%%R", "%%script false", "%%timeit"]
    )
    cell["source"] = f"{magic}\n{cell['source']}"


@edit(SENTENCE)
def error_above(rng: Random, document: Document) -> None:
    cell = pick(rng, code(document))
    lines = [
        "1 / 0",
        "import not_installed",
        "missing_name",
        "raise KeyboardInterrupt",
        "assert False",
    ]
    cell["source"] = f"{rng.choice(lines)}\n{cell['source']}"


@edit(SENTENCE, says="none of the exercises|could not tell")
def no_cells(rng: Random, document: Document) -> None:
    document["cells"] = []


def change_line(rng: Random, document: Document, change: Callable[[str], str]) -> None:
    cell = pick(rng, written(document))
    lines = cell["source"].split("\n")
    index = pick(rng, [i for i, line in enumerate(lines) if line.strip() and change(line) != line])
    lines[index] = change(lines[index])
    cell["source"] = "\n".join(lines)


def neighbours(document: Document) -> list[tuple[Any, Any]]:
    return list(zip(document["cells"], document["cells"][1:], strict=False))


def merge(document: Document, one: Cell, two: Cell) -> None:
    one["source"] = f"{one['source']}\n{two['source']}"
    del document["cells"][place(document, two)]


def split(document: Document, cell: Cell, line: int) -> None:
    lines = cell["source"].split("\n")
    rest = {**copy.deepcopy(cell), "source": "\n".join(lines[line:])}
    cell["source"] = "\n".join(lines[:line])
    insert(document, place(document, cell) + 1, rest)


def first_line(statement: ast.stmt) -> int:
    return min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", []))])


def is_failing(source: str) -> bool:
    signs = ("colab", "1 / 0", "undefined_name", "exit", "quit", "not_installed", "missing_name")
    return any(sign in source for sign in (*signs, "KeyboardInterrupt", "assert False"))


def blank(source: str) -> str:
    """Return a cell with the bodies of its functions taken out."""
    lines, kept = source.split("\n"), []
    for line in lines:
        kept.append(line)
        if line.lstrip().startswith("def ") and line.rstrip().endswith(":"):
            inner = " " * (len(line) - len(line.lstrip()) + 4)
            kept.append(f"{inner}raise NotImplementedError  # your code here")
    return "\n".join(kept)


# What happens to the file.

NOT_JSON = "not a notebook|end in the middle|ends in the middle"


@edit(MARKS, to=FILES)
def byte_order_mark(rng: Random, data: bytes) -> bytes:
    return b"\xef\xbb\xbf" + data


@edit(MARKS, to=FILES)
def wide_characters(rng: Random, data: bytes) -> bytes:
    return data.decode().encode("utf-16")


@edit(MARKS, to=FILES)
def windows_file(rng: Random, data: bytes) -> bytes:
    return data.replace(b"\n", b"\r\n")


@edit(MARKS, to=FILES)
def compact_file(rng: Random, data: bytes) -> bytes:
    return json.dumps(json.loads(data), separators=(",", ":")).encode()


@edit(MARKS, to=FILES)
def raw_line_ends(rng: Random, data: bytes) -> bytes:
    return re.sub(rb"(?<!\\)\\n", b"\n", data)


@edit(MARKS, to=FILES)
def white_space_around(rng: Random, data: bytes) -> bytes:
    return b"\n\n " + data + b" \n" * 100


@edit(SENTENCE, says="ends in the middle|is empty|not valid JSON", to=FILES)
def truncated(rng: Random, data: bytes) -> bytes:
    return data[: rng.randint(0, len(data) - 3)]


@edit(SENTENCE, says="stops making sense in line", to=FILES)
def trailing_comma(rng: Random, data: bytes) -> bytes:
    return data.rstrip()[:-1] + b",}"


@edit(SENTENCE, says="mark of a merge", to=FILES)
def merge_marks(rng: Random, data: bytes) -> bytes:
    lines = data.decode().split("\n")
    at = rng.randint(0, len(lines) - 1)
    both = ["<<<<<<< HEAD", lines[at], "=======", lines[at], ">>>>>>> main"]
    return "\n".join([*lines[:at], *both, *lines[at + 1 :]]).encode()


@edit(SENTENCE, says="stops making sense|ends in the middle|not text in UTF-8|not valid", to=FILES)
def lost_bytes(rng: Random, data: bytes) -> bytes:
    at = rng.choice([i for i, byte in enumerate(data) if byte in b'{}[]"'])
    return data[:at] + rng.choice([b"", b"\x00", b"\xff\xfe"]) + data[at + 1 :]


@edit(SENTENCE, says="a PDF|a zip|a web page|is empty|not a notebook", to=FILES)
def other_file(rng: Random, data: bytes) -> bytes:
    kinds = [b"%PDF-1.7\n", b"PK\x03\x04zip", b"<!DOCTYPE html>", b"", b"[]", b"{}", b"# %%\nx = 1"]
    return rng.choice(kinds)
