"""Edits of editors, Colab and converters, which must cost nothing."""

import copy
import itertools
from random import Random
from typing import Any

import jupytext
import nbformat

from tests.damage.tools import (
    MARKS,
    SENTENCE,
    Document,
    blank,
    body,
    code,
    edit,
    first_line,
    insert,
    is_failing,
    may_swap,
    merge,
    names_in,
    neighbours,
    new_code,
    pick,
    place,
    split,
    texts,
    through,
    usable,
    written,
)


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
    found = [c for c in usable(document) if c["cell_type"] == "markdown"]
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
    movable = [c for c in written(document) if "import" not in c["source"]]
    pairs = [(a, b) for a, b in itertools.combinations(movable, 2) if may_swap(document, a, b)]
    one, two = pick(rng, pairs)
    i, j = place(document, one), place(document, two)
    document["cells"][i], document["cells"][j] = two, one


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
