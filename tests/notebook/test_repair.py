"""Repairs: what is mended, what is left to a person, and that nothing else is touched."""

import copy
import json
from collections.abc import Callable
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.notebook.read import Notebook, read_notebook
from grader.notebook.repair import repair

Document = dict[str, Any]
CODE = {
    "cell_type": "code", "id": "a", "metadata": {}, "source": "def f(x):\n    return 'a'",
    "outputs": [], "execution_count": None,
}  # fmt: skip
TEXT = {"cell_type": "markdown", "id": "b", "metadata": {}, "source": "# Title\nand text"}
SOUND: Document = {"cells": [CODE, TEXT], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
CELLS = [("code", CODE["source"]), ("markdown", TEXT["source"])]


def as_file(document: Document) -> bytes:
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def changed(change: Callable[[Document], Any]) -> bytes:
    document = copy.deepcopy(SOUND)
    change(document)
    return as_file(document)


def cell(**new: Any) -> bytes:
    return changed(lambda document: document["cells"][0].update(new))


def contents(data: bytes) -> list[tuple[str, str]]:
    return [(found.kind, found.source) for found in read_notebook(data).cells]


def merged(ours: bytes, theirs: bytes) -> bytes:
    """Return two versions of a file as git leaves them: what is the same once, the rest twice."""
    one, two = ours.decode().split("\n"), theirs.decode().split("\n")
    start = next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), 3)
    end = next((i for i in range(1, len(one)) if one[-i] != two[-i]), 4) - 1
    end = min(end, len(one) - start, len(two) - start)
    both = ["<<<<<<< HEAD", *one[start:-end], "=======", *two[start:-end], ">>>>>>> main"]
    return "\n".join([*one[:start], *both, *one[-end:]]).encode()


SOUND_ONES = {
    "as nbformat writes it": as_file(SOUND),
    "format 4.2": changed(
        lambda d: (d.update(nbformat_minor=2), [c.pop("id") for c in d["cells"]])
    ),
    "Windows": as_file(SOUND).replace(b"\n", b"\r\n"),
    "compact": json.dumps(SOUND).encode(),
    "a kernel of one's own": changed(
        lambda d: d["metadata"].update(kernelspec={"name": "venv", "display_name": "venv"})
    ),
    "lines": cell(source=["x = 1\n", "y = 2"]),
    "magics": cell(source="%matplotlib inline\n!pip install torch\nx?"),
    "curved quotes in a text": cell(source="x = 'Don’t' # “so”"),
}


@pytest.mark.parametrize("name", SOUND_ONES)
def test_a_sound_notebook_is_returned_byte_for_byte(name: str) -> None:
    result = repair(SOUND_ONES[name])
    assert result.findings == ()
    assert result.data is SOUND_ONES[name]


MENDED = {
    "begins with a byte order mark": b"\xef\xbb\xbf" + as_file(SOUND),
    "begins with a byte order": as_file(SOUND).decode().encode("utf-16"),
    "Line ends or tabs stand bare": as_file(SOUND).replace(b"\\n", b"\n"),
    "a comma too many": as_file(SOUND).rstrip()[:-1] + b",}",
    "marks of a merge": merged(as_file(SOUND), cell(execution_count=3)),
    "marks of a merge that": merged(as_file(SOUND), as_file(SOUND)),
    "format 3": json.dumps(nbformat.convert(nbformat.from_dict(SOUND), 3)).encode(),
    "The metadata of the notebook are damaged": changed(lambda d: d.update(metadata="torn")),
    "The metadata of the notebook": changed(lambda d: d.pop("metadata")),
    "The version of the format": changed(lambda d: d.pop("nbformat")),
    "The version of": changed(lambda d: d.update(nbformat_minor="five")),
    "parts that no notebook has: `author`": changed(lambda d: d.update(author="me")),
    "a kernel that is not Python": changed(
        lambda d: d["metadata"].update(
            kernelspec={"name": "ir", "display_name": "R", "language": "R"}
        )
    ),
    "names a kernel that is not Python": changed(lambda d: d["metadata"].update(kernelspec=[])),
    "The state of widgets": changed(
        lambda d: d["metadata"].update(widgets={"application/vnd.jupyter.widget-state+json": {}})
    ),
    "Ids of cells": changed(lambda d: [c.update(id="same") for c in d["cells"]]),
    "Ids of": changed(lambda d: [c.pop("id") for c in d["cells"]]),
    "Ids": changed(lambda d: d.update(nbformat_minor=3)),
    "Ids of cells are": cell(id=7),
    "Cell 1 is of no known kind": cell(cell_type="CODE"),
    "Cell 1 is of no known": changed(lambda d: d["cells"][0].pop("cell_type")),
    "Cell 1 has line ends": cell(source=CODE["source"].replace("\n", "\r\n")),
    "Cell 1 has line": cell(source=["def f(x):\r\n", "    return 'a'"]),
    "Cell 1 has damaged metadata": cell(metadata=None),
    "Cell 1 has damaged meta": cell(metadata={"tags": 3}),
    "Cell 1 has parts": cell(language="python"),
    "Cell 1 has an odd number": cell(execution_count="3"),
    "Cell 1 has an odd": cell(execution_count=True),
    "Cell 1 has damaged outputs": cell(outputs=[{"output_type": "stream", "text": 3}, 3]),
    "Cell 1 has damaged out": cell(outputs="torn"),
    "Cell 2 has damaged pictures": changed(lambda d: d["cells"][1].update(attachments={"a": 3})),
    "Cell 2 holds nothing": changed(lambda d: d["cells"].insert(1, None)),
    "Cell 2 holds": changed(lambda d: d["cells"].insert(1, {**CODE, "source": 5})),
    "Cell 1 is text and defines `f`": changed(
        lambda d: d["cells"].__setitem__(0, {**TEXT, "cell_type": "raw", "source": CODE["source"]})
    ),
    "Cell 1 is text": changed(
        lambda d: d["cells"].__setitem__(0, {**TEXT, "id": "c", "source": CODE["source"]})
    ),
    "invalid character '‘'": cell(source="def f(x):\n    return ‘a’"),
    "U+00A0": cell(source="def\u00a0f(x):\n\u00a0   return 'a'"),
    "U+200B": cell(source="def f(x):\u200b\n    return 'a'"),
    "invalid syntax in line 1": cell(
        source="<<<<<<< HEAD\n{0}\n=======\n{0}\n>>>>>>> main".format(CODE["source"])
    ),
}


@pytest.mark.parametrize("says", MENDED)
def test_what_is_mended(says: str) -> None:
    result = repair(MENDED[says])
    assert any(says in finding.problem for finding in result.mended), result.findings
    assert result.left == ()
    assert [(kind, source.strip()) for kind, source in contents(result.data)] == CELLS
    nbformat.validate(json.loads(result.data))
    again = repair(result.data)
    assert again.findings == ()
    assert again.data is result.data


LEFT = {
    "The file is empty": b"",
    "a PDF, not a notebook": b"%PDF-1.7",
    "ends in the middle": as_file(SOUND)[:-30],
    "not text in UTF-8": as_file(SOUND).replace(b"Title", b"\xe4"),
    "no list of cells": b'{"cells": 3}',
    "differ, first in cell 1": merged(as_file(SOUND), cell(source="def f(x): return 2")),
    "differ, first in cell 3": merged(
        as_file(SOUND), changed(lambda d: d["cells"].append({**TEXT, "id": "new"}))
    ),
    "Cell 1 (code cell 1) is not Python: invalid syntax": cell(
        source="<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> main"
    ),
    "Cell 1 (code cell 1) is not Python: expected an indented": cell(source="def f(x):\nreturn 1"),
    "Cell 1 (code cell 1) is not Python: '(' was never": cell(source="print("),
}


@pytest.mark.parametrize("says", LEFT)
def test_what_a_person_must_mend(says: str) -> None:
    result = repair(LEFT[says])
    assert [says in finding.problem for finding in result.left] == [True], result.findings
    assert result.left[0].costs
    assert result.mended == ()
    assert result.data is LEFT[says]


def test_a_text_that_shows_code_stays_a_text_where_the_code_is_there() -> None:
    old = {**TEXT, "source": "def f(x):\n    return 'an earlier try'"}
    data = changed(lambda document: document["cells"].append({**old, "id": "old"}))
    assert repair(data).findings == ()


@pytest.mark.parametrize("text", ["Answer: 3", "x = 3", "print", "f(x)", "**Note**", ""])
def test_words_that_happen_to_be_python_stay_a_text(text: str) -> None:
    data = changed(lambda document: document["cells"][1].update(source=text))
    assert repair(data).findings == ()


def test_texts_and_comments_keep_their_quotes() -> None:
    source = "x = “it’s”  # “quoted”\ny = 'a “b” c'\nz = '''d\n“e”'''"
    mended = read_notebook(repair(cell(source=source)).data).code[0]
    assert mended == "x = \"it's\"  # “quoted”\ny = 'a “b” c'\nz = '''d\n“e”'''"


def test_outputs_that_are_too_large_are_taken_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("read", "repair"):
        monkeypatch.setattr(f"grader.notebook.{module}.MAX_BYTES", 1 << 20)
    large = {"output_type": "stream", "name": "stdout", "text": "x" * (2 << 20)}
    small = {**large, "text": "kept"}
    result = repair(cell(outputs=[large, small]))
    assert [finding.costs for finding in result.mended] == [True]
    assert json.loads(result.data)["cells"][0]["outputs"] == [small]
    assert contents(result.data) == CELLS


def test_half_a_character_can_be_written_again() -> None:
    data = cell(metadata=3).replace(b"Title", b"\\ud800")
    assert b"# ?" in repair(data).data


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
PARTS = dict.fromkeys(("id", "metadata", "outputs", "execution_count", "attachments"), JSON)
ANY_CELL = JSON | st.fixed_dictionaries(
    {},
    optional={
        **PARTS,
        "cell_type": st.sampled_from(["code", "markdown", "raw", "Code", "heading", 3]),
        "source": st.sampled_from(["x = 1", "def f(): pass", "“", ["a\r\n", "b"], 3, ["a", 3]]),
    },
)


@settings(deadline=None, max_examples=150)
@given(st.lists(ANY_CELL, max_size=4), JSON, JSON, JSON)
def test_whatever_the_document_a_repair_is_readable_and_final(
    cells: list[Any], metadata: Any, major: Any, minor: Any
) -> None:
    data = as_file(
        {"cells": cells, "metadata": metadata, "nbformat": major, "nbformat_minor": minor}
    )
    result = repair(data)
    assert isinstance(read_notebook(result.data), Notebook)
    nbformat.validate(json.loads(result.data))
    again = repair(result.data)
    assert again.data is result.data
    assert again.mended == ()


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=40) | st.text(max_size=40).map(str.encode))
def test_whatever_the_bytes_there_is_a_sentence(data: bytes) -> None:
    result = repair(data)
    assert result.findings
    assert all(finding.problem.endswith(".") for finding in result.findings)
