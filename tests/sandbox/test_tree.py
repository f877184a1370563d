"""The processes below a minder: all of them are found, by either way of looking."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.sandbox import tree

FAMILY = """
import os, time, threading
if os.fork() == 0:
    threading.Thread(target=lambda: os.fork() or time.sleep(60)).start()
    time.sleep(60)
print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture
def family() -> Iterator[int]:
    """A child, a grandchild, and a great-grandchild that a thread has forked."""
    with subprocess.Popen([sys.executable, "-c", FAMILY], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        while len(_below(child.pid)) < 3:
            pass
        members = _below(child.pid)
        yield child.pid
        for pid in members:
            os.kill(pid, signal.SIGKILL)


def _below(pid: int) -> set[int]:
    return {pid} | {p for p in tree.descendants() if p == pid or _has_ancestor(p, pid)}


def _has_ancestor(pid: int, ancestor: int) -> bool:
    while pid > 1:
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            return False
        if pid == ancestor:
            return True
    return False


def test_both_ways_find_the_same(family: int, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = _below(family)
    monkeypatch.setattr(tree, "_children_of", tree._scan())
    assert listed == _below(family)
    assert len(listed) == 3
