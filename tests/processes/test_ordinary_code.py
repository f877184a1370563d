"""What honest notebooks do works behind every kind of walls."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.model import CellRun, HandIn, Level, Limits
from grader.processes.executing import Execution
from grader.processes.launch import Processes

RunCells = Callable[..., list[CellRun]]

ORDINARY = {
    "files": "open('a.txt', 'w').write('x')\nprint(open('a.txt').read())",
    "a file beside": "print(open('data/numbers.txt').read())",
    "its copy": "import shutil\nprint(shutil.copy('data/numbers.txt', 'copy.txt'))",
    "a temporary file": (
        "import tempfile\nwith tempfile.NamedTemporaryFile('w') as f: print(f.write('abc'))"
    ),
    "a figure": (
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.savefig('f.png')\nplt.show()"
    ),
    "a saved tensor": (
        "import torch\ntorch.save(torch.ones(2), 't.pt')\nprint(torch.load('t.pt').sum())"
    ),
    "training": (
        "import torch\nmodel = torch.nn.Linear(2, 1)\nstep = torch.optim.Adam(model.parameters())\n"
        "loss = model(torch.ones(3, 2)).square().sum()\n"
        "loss.backward()\nstep.step()\nprint(loss > 0)"
    ),
    "a seed": "import torch\nprint(torch.manual_seed(5).initial_seed())",
    "a command": "!echo from a shell",
    "a script": "%%bash\necho one; echo two",
    "a module it writes": "open('own.py', 'w').write('x = 5')\nimport own\nprint(own.x)",
    "a thread": (
        "import threading\nt = threading.Thread(target=print, args=('hi',))\nt.start()\nt.join()"
    ),
    "a subprocess": (
        "import subprocess, sys\nprint(subprocess.run([sys.executable, '-c', 'print(6 * 7)'],"
        " capture_output=True, text=True).stdout)"
    ),
    "asyncio": (
        "import asyncio\np = await asyncio.create_subprocess_exec('echo', 'hi', stdout=-1)\n"
        "print(await p.communicate())"
    ),
    "late imports": "import wave, sqlite3, xml.dom.minidom, decimal\nprint(sqlite3.sqlite_version)",
    "its name": "import getpass\nprint(getpass.getuser())",
    "the machine": "import os\nprint(os.cpu_count(), len(open('/proc/cpuinfo').read()) > 10)",
    "signals to itself": (
        "import os, signal\nsignal.signal(signal.SIGUSR1, lambda *_: print('rang'))\n"
        "os.kill(os.getpid(), signal.SIGUSR1)"
    ),
    "batches without workers": (
        "import torch\nfrom torch.utils.data import DataLoader\n"
        "print([b.tolist() for b in DataLoader(range(4), 2)])"
    ),
}
# These need shared memory or sockets of their own, which only the full walls have to give.
PARALLEL = {
    "batches with workers": (
        "from torch.utils.data import DataLoader\n"
        "print([b.tolist() for b in DataLoader(range(4), 2, num_workers=2)])"
    ),
    "a pool": (
        "import multiprocessing\ndef f(x): return x * x\n"
        "with multiprocessing.Pool(2) as p: print(p.map(f, [1, 2]))"
    ),
    "an executor": (
        "from concurrent.futures import ProcessPoolExecutor\ndef g(x): return x + 1\n"
        "with ProcessPoolExecutor(2) as p: print(list(p.map(g, [1, 2])))"
    ),
}


@pytest.fixture(scope="module", params=["full", "restricted"])
def walled(request: pytest.FixtureRequest) -> Iterator[Processes]:
    """A warm ancestor whose workers get the walls of one level."""
    with Processes(at_most=Level(request.param)) as running:
        if running.isolation.level != request.param:
            pytest.skip(f"this machine gives {running.isolation}")
        yield running


def run_cells(processes: Processes, folder: Path, *cells: str) -> tuple[list[CellRun], Execution]:
    data = folder / "numbers.txt"
    data.write_text("1 2 3")
    execution = Execution(processes, list(cells), HandIn(b""), [data], seed=1)
    with execution.worker(Limits(cell_seconds=20)):
        pass
    return [execution.runs[index] for index in range(len(cells))], execution


def test_ordinary_code_works(walled: Processes, tmp_path: Path) -> None:
    runs, execution = run_cells(walled, tmp_path, *ORDINARY.values())
    failed = {name: run.outputs for name, run in zip(ORDINARY, runs, strict=True) if not run.ok}
    assert not failed
    assert all(run.outputs for run in runs)
    assert not execution.notes, "what is ordinary must not be told the TA"
    assert not execution.incidents


def test_parallel_code_works_or_says_why(walled: Processes, tmp_path: Path) -> None:
    runs, execution = run_cells(walled, tmp_path, *PARALLEL.values())
    failed = {name: run.outputs for name, run in zip(PARALLEL, runs, strict=True) if not run.ok}
    if walled.isolation.level is Level.full:
        assert not failed
    else:
        assert "batches with workers" not in failed
        assert "num_workers=0" in str(runs[0].outputs)
    assert not execution.notes
    assert not execution.incidents, "it must not hang either"


def test_files_that_cannot_lie_beside_a_notebook_are_left_out(tmp_path: Path) -> None:
    files = (("data", b"x"), ("..", b"x"), ("x" * 300, b"x"), ("nul\0", b"x"), ("fine.txt", b"ok"))
    with Processes(at_most=Level.limits) as processes:
        execution = Execution(
            processes, ["print(open('fine.txt').read())"], HandIn(b"", files), [], 1
        )
        with execution.worker(Limits()):
            pass
    assert execution.runs[0].ok
    assert sum("was left out" in note for note in execution.notes) == len(files) - 1
