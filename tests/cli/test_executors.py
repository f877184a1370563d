"""`grader grade --executor`: schedulers and workers started by hand, as the docs say."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("distributed", reason="dask is not installed here")

from distributed.security import Security

from grader.model import Course
from tests.cli.test_killed import graded

ROOT = Path(__file__).parents[2]
Make = Callable[..., bytes]
pytestmark = pytest.mark.long
CLIENT = "DASK_DISTRIBUTED__COMM__TLS__"


@pytest.fixture
def hand_ins(tmp_path: Path, make_notebook: Make) -> Path:
    for number in range(3):
        wrote = {"double": "def double(x): return x"} if number % 2 else {}
        (tmp_path / "hand-ins" / f"group_{number}").mkdir(parents=True)
        file = tmp_path / "hand-ins" / f"group_{number}" / "01_mini.ipynb"
        file.write_bytes(make_notebook(wrote))
    return tmp_path / "hand-ins"


def keys(folder: Path) -> tuple[list[str], dict[str, str]]:
    """Return the options of a scheduler or worker with keys, and a client's environment."""
    made = Security.temporary()
    files = {"ca": folder / "ca.pem", "cert": folder / "cert.pem", "key": folder / "key.pem"}
    files["ca"].write_text(made.tls_ca_file)
    files["cert"].write_text(made.tls_client_cert)
    files["key"].write_text(made.tls_client_key)
    parts = (("ca-file", "ca"), ("cert", "cert"), ("key", "key"))
    options = [word for name, kind in parts for word in (f"--tls-{name}", str(files[kind]))]
    names = {"CA_FILE": "ca", "CLIENT__CERT": "cert", "CLIENT__KEY": "key"}
    return options, {CLIENT + name: str(files[kind]) for name, kind in names.items()}


@contextmanager
def cluster(options: list[str], folder: Path) -> Iterator[str]:
    """Start a scheduler and a worker as the docs say; yields its address, HOST:PORT."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    scheme = "tls" if options else "tcp"
    dask = [sys.executable, "-m", "dask"]
    commands = [
        [*dask, "scheduler", "--host", f"{scheme}://127.0.0.1", "--port", port, "--no-dashboard"],
        [*dask, "worker", f"{scheme}://127.0.0.1:{port}", "--nthreads", "1", "--no-dashboard"],
    ]
    started = []
    try:
        for command in commands:
            with (folder / f"{command[3]}.log").open("wb") as log:
                started.append(
                    subprocess.Popen([*command, *options], cwd=ROOT, stdout=log, stderr=log)
                )
            time.sleep(2)
        yield f"127.0.0.1:{port}"
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(30)


@pytest.mark.parametrize("has_keys", [False, True], ids=["loopback", "TLS"])
def test_a_scheduler_of_ones_own(
    hand_ins: Path, course: Course, tmp_path: Path, has_keys: bool
) -> None:
    options, client = keys(tmp_path) if has_keys else ([], {})
    out = tmp_path / "out"
    with cluster(options, tmp_path) as place:
        done = subprocess.run(
            [
                sys.executable, "-m", "grader", "grade", str(hand_ins), "--out", str(out),
                "--course", str(course.root), "--executor", f"dask://{place}",
            ],
            cwd=ROOT, env=os.environ | client, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert graded(out) == {"group_0": 5.5, "group_1": 4.5, "group_2": 5.5}


def test_a_client_without_keys_gets_nowhere(hand_ins: Path, course: Course, tmp_path: Path) -> None:
    options, _ = keys(tmp_path)
    with cluster(options, tmp_path) as place:
        done = subprocess.run(
            [
                sys.executable, "-m", "grader", "grade", str(hand_ins), "--out",
                str(tmp_path / "out"), "--course", str(course.root), "--executor", f"dask://{place}",
            ],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert "There is no dask scheduler at tcp://" in done.stderr
