"""A grader as they are usually written: notebook and checks in one interpreter, files beside it.

It is here to be beaten. Its limits are only those that keep an attack from harming the machine.
"""

import contextlib
import io
import json
import os
import re
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.attacks.attack import CANARY, FULL

SECONDS = 3.0
# Importing it is nobody's attack.
TORCH_SECONDS = 5.0
MEMORY = 6 << 30


def double(x):
    """Return the reference's answer; a traceback or a frame away from the student's code."""
    return np.asarray(x, dtype=float) * 2


REFERENCE = SimpleNamespace(
    double=double,
    quadruple=lambda x: 4 * np.asarray(x, dtype=float),
    integrate=lambda pdf, lo, hi: np.trapezoid(pdf(np.linspace(lo, hi, 1001)), dx=(hi - lo) / 1000),
    Scale=lambda factor: SimpleNamespace(forward=lambda x: factor * np.asarray(x)),
)


def close(got, wanted):
    """Tell whether two results agree, relative to the larger of them."""
    torch = sys.modules.get("torch")
    if torch and isinstance(got, torch.Tensor):
        return torch.allclose(got, torch.as_tensor(wanted))
    return np.all(np.abs(got - wanted) <= 1e-9 * np.maximum(np.abs(got), np.abs(wanted)))


def check_double(notebook, reference, secret=CANARY):
    import pytest

    x = np.linspace(-3, 3, 7)
    atol = 1e-9 * np.abs(reference.double(x)).max()
    assert np.allclose(notebook["double"](x), reference.double(x), atol=atol)
    assert notebook["double"](3.0) == pytest.approx(6.0)


def check_quadruple(notebook, reference, secret=CANARY):
    @settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.floats(-100, 100))
    def is_right(x):
        assert close(notebook["quadruple"](x), reference.quadruple(x))

    # Not to take points twice for one mistake.
    notebook["double"] = reference.double
    is_right()


def check_integrate(notebook, reference, secret=CANARY):
    if abs(notebook["integrate"](np.ones_like, 0.0, 2.0) - 2.0) > 1e-4:
        raise AssertionError("the integral is wrong")


def check_Scale(notebook, reference, secret=CANARY):  # noqa: N802 - named after the class
    scaled = notebook["Scale"](-2.0).forward(np.arange(3.0))
    assert all(abs(got - wanted) < 1e-9 for got, wanted in zip(scaled, [0, -2, -4], strict=False))


CHECKS = {
    "double": check_double,
    "quadruple": check_quadruple,
    "integrate": check_integrate,
    "Scale": check_Scale,
}
PASSED: set[str] = set()


def check_early(name, notebook):
    """Let a notebook see how it stands; what has passed once is not checked again."""
    CHECKS[name](notebook, REFERENCE)
    PASSED.add(name)


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
    imports = any("import torch" in cell for cell in cells)
    end = time.monotonic() + SECONDS + (TORCH_SECONDS if imports else 0)
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
    points = dict(FULL)
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        for cell in cells:
            try:
                exec(cell, notebook)
            except Exception as error:
                print(f"{type(error).__name__}: {error}")
        for name, check in CHECKS.items():
            if name not in PASSED:
                points[name] = _mark(name, check, notebook)
    result.write_text(json.dumps({"points": points, "printed": printed.getvalue()}))


def _mark(name: str, check: Callable[..., None], notebook: dict[str, object]) -> float:
    """Return the points that a check itself prints, or else all unless an error is shown."""
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(shown):
        try:
            check(notebook, REFERENCE)
        except Exception as error:
            sys.excepthook(type(error), error, error.__traceback__)
    print(shown.getvalue())
    said = re.search(rf"^{name} :=>> ([\d.]+)$", shown.getvalue(), re.MULTILINE)
    if said:
        return float(said[1])
    return 0.0 if "Traceback" in shown.getvalue() else FULL[name]
