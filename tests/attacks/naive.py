"""A grader as they are usually written: notebook and checks in one interpreter, files beside it.

It is here to be beaten. Its limits are only those that keep an attack from harming the machine.
"""

import contextlib
import io
import json
import os
import resource
import signal
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from tests.attacks.attack import CANARY, FULL

SECONDS = 5.0
MEMORY = 6 << 30


def double(x):
    """Return the reference's answer; a traceback or a frame away from the student's code."""
    return np.asarray(x, dtype=float) * 2


REFERENCE = SimpleNamespace(
    double=double,
    quadruple=lambda x: 4 * np.asarray(x, dtype=float),
    integrate=lambda pdf, lo, hi: 9.0,
    Scale=lambda factor: SimpleNamespace(forward=lambda x: factor * np.asarray(x)),
)


def check_double(notebook, reference, secret=CANARY):
    x = np.linspace(-3, 3, 7)
    assert np.allclose(notebook["double"](x), reference.double(x))
    assert notebook["double"](3.0) == 6.0


def check_quadruple(notebook, reference, secret=CANARY):
    x = np.linspace(-3, 3, 7)
    assert np.allclose(notebook["quadruple"](x), reference.quadruple(x))
    assert notebook["quadruple"](3.0) == 12.0


def check_integrate(notebook, reference, secret=CANARY):
    assert abs(notebook["integrate"](lambda x: x**2, 0.0, 3.0) - 9.0) < 1e-4


def check_Scale(notebook, reference, secret=CANARY):  # noqa: N802 - named after the class
    assert np.allclose(notebook["Scale"](-2.0).forward(np.arange(3.0)), [0, -2, -4])


CHECKS = {
    "double": check_double,
    "quadruple": check_quadruple,
    "integrate": check_integrate,
    "Scale": check_Scale,
}


def grade(cells: list[str], folder: Path) -> tuple[dict[str, float], str]:
    """Return the points and everything printed; nothing at all if the process did not live."""
    folder.mkdir(exist_ok=True)
    data = folder / "data"
    data.mkdir(exist_ok=True)
    np.save(data / "numbers.npy", np.arange(5.0))
    result = folder / "result.json"
    result.unlink(missing_ok=True)
    child = os.fork()
    if not child:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        with contextlib.suppress(BaseException):
            _run(cells, folder, result)
        os._exit(0)
    end = time.monotonic() + SECONDS
    while not os.waitpid(child, os.WNOHANG)[0]:
        if time.monotonic() > end:
            with contextlib.suppress(OSError):
                os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            break
        time.sleep(0.02)
    try:
        found = json.loads(result.read_text())
    except (OSError, ValueError):
        return dict.fromkeys(FULL, 0.0), ""
    return found["points"], found["printed"]


def _run(cells: list[str], folder: Path, result: Path) -> None:
    os.chdir(folder)
    os.environ["GRADER_SECRET"] = f"{CANARY}-environment"
    notebook: dict[str, object] = {"__name__": "__main__"}
    printed = io.StringIO()
    points = dict.fromkeys(FULL, 0.0)
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        for cell in cells:
            try:
                exec(cell, notebook)
            except Exception as error:
                print(f"{type(error).__name__}: {error}")
        for name, check in CHECKS.items():
            try:
                check(notebook, REFERENCE)
                points[name] = FULL[name]
            except Exception as error:
                print(f"{type(error).__name__}: {error}")
    result.write_text(json.dumps({"points": points, "printed": printed.getvalue()}))
