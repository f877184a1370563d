"""Cells do in the worker what they do in Jupyter: compared with a real kernel, output by output."""

import warnings
from typing import Any

import nbformat
import pytest

from grader.model import HandIn, Limits
from grader.processes.executing import Execution
from grader.processes.launch import Processes

CELLS = {
    "print": "print('a'); print('b')",
    "last value": "1 + 1",
    "silent": "1;",
    "two values": "1\n2",
    "html": "from IPython.display import *\ndisplay(HTML('<b>x</b>'), Markdown('m'))",
    "figure without show": "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    "two figures": "for i in range(2):\n    plt.plot([i])\n    plt.show()",
    "figure as value": "fig, ax = plt.subplots()\nax.plot([1])\nfig",
    "inline magic": "%matplotlib inline\nplt.plot([3])\nplt.show()",
    "capture magic": "%%capture c\nprint('hidden')\ndisplay(1)",
    "shell": "!echo hi",
    "shell to name": "x = !echo hi\nx",
    "bash": "%%bash\necho hi",
    "stderr": "import sys\nprint('e', file=sys.stderr)",
    "error": "def f(x):\n    return 1 / x\nf(0)",
    "syntax error": "def (",
    "system exit": "import sys\nsys.exit(3)",
    "interrupt": "raise KeyboardInterrupt",
    "await": "import asyncio\nawait asyncio.sleep(0.01)\n5",
    "async for": "async def g():\n    yield 1\n[i async for i in g()]",
    "asyncio.run": "coroutine = asyncio.sleep(0)\nasyncio.run(coroutine)",
    "background task": (
        "async def later():\n    await asyncio.sleep(0.02)\n    global LATER\n    LATER = 1\n"
        "task = asyncio.create_task(later())\nawait asyncio.sleep(0)"
    ),
    "background task done": "import time\ntime.sleep(0.05)\nawait asyncio.sleep(0.05)\nLATER",
    "thread": (
        "import threading\nt = threading.Thread(target=lambda: print('thr'))\nt.start()\nt.join()"
    ),
    "update display": "h = display('a', display_id=True)\nh.update('b')",
    "clear output": "print('gone')\nclear_output()\nprint('kept')",
    "clear and wait": "for i in range(3):\n    clear_output(wait=True)\n    print(i)",
    "underscore": "7",
    "underscore used": "_ + 1",
    "getsource": "import inspect\ninspect.getsource(f)",
    "pickle": "import pickle\npickle.loads(pickle.dumps(f)) is f",
    "print then error": "print('before')\n1 / 0",
    "subprocess": "import subprocess\nsubprocess.run(['echo', 'sub'], check=True)",
    "pool": (
        "import multiprocessing as mp\ndef square(x): return x * x\n"
        "with mp.get_context('fork').Pool(2) as p:\n    r = p.map(square, [1, 2])\nr"
    ),
    "numpy": "import numpy as np\nnp.arange(3)",
    "main": "__name__",
    "unknown magic": "%nosuchmagic",
}


# Where the worker shows something else, on purpose.
BETTER = {
    # No pty, so no carriage return.
    "shell": [("stdout", "hi\n")],
    # A kernel names the file after a hash; the worker after the cell.
    "syntax error": [("SyntaxError", "invalid syntax (<cell 16>, line 1)")],
    # A kernel prints what a subprocess says into the terminal it was started from.
    "subprocess": [
        ("execute_result", ["text/plain"], "CompletedProcess(args=['echo', 'sub'], returncode=0)"),
        ("stdout", "sub\n"),
    ],
}


def short(outputs: Any) -> list[Any]:
    """Return what must agree: kinds, order, text; of pictures only that they are there."""
    found: list[Any] = []
    for output in outputs:
        kind = output["output_type"]
        if kind == "stream":
            found.append((output["name"], output["text"][:80]))
        elif kind == "error":
            found.append((output["ename"], output["evalue"][:60]))
        else:
            texts = {k: v for k, v in output["data"].items() if k != "image/png"}
            found.append((kind, sorted(output["data"]), texts.get("text/plain", "")[:60]))
    return found


@pytest.fixture(scope="module")
def in_jupyter() -> dict[str, Any]:
    from nbclient import NotebookClient

    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in CELLS.values()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        NotebookClient(notebook, timeout=60, kernel_name="python3", allow_errors=True).execute()
    return {name: short(cell.outputs) for name, cell in zip(CELLS, notebook.cells, strict=True)}


@pytest.fixture(scope="module")
def in_worker(processes: Processes) -> dict[str, Any]:
    execution = Execution(processes, list(CELLS.values()), HandIn(b""), [], 0)
    with execution.worker(Limits()):
        pass
    return {name: short(execution.runs[i].outputs) for i, name in enumerate(CELLS)}


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_shows_what_it_shows_in_jupyter(
    name: str, in_jupyter: dict[str, Any], in_worker: dict[str, Any]
) -> None:
    assert in_worker[name] == BETTER.get(name, in_jupyter[name])
    assert name not in BETTER or in_jupyter[name] != BETTER[name]


def test_nobody_is_asked(processes: Processes) -> None:
    """A kernel would wait for input; here `input()` and `getpass()` say that nobody is there."""
    sources = ["input('name? ')", "import getpass\ngetpass.getpass()", "exit()", "'still here'"]
    execution = Execution(processes, sources, HandIn(b""), [], 0)
    with execution.worker(Limits()):
        pass
    texts = [str(execution.runs[i].outputs) for i in range(4)]
    assert "nobody to ask" in texts[0]
    assert "nobody to ask" in texts[1]
    assert "still here" in texts[3]
