"""A real Chromium at a real `grader mark`, for tests that press keys and look at what happened."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.browser import BROWSER

ROOT = Path(__file__).parents[2]
OPTIONS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")


@dataclass
class Server:
    """A `grader mark` of its own process, which can be killed and started again."""

    folder: Path
    markers: tuple[str, ...] = ("vera",)
    port: int = 0
    options: tuple[str, ...] = ()
    course: Path = ROOT
    addresses: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it and read the addresses; on the same port as before, if there was one."""
        named = [part for name in self.markers for part in ("--marker", name)]
        command = [
            sys.executable, "-m", "grader", "mark", str(self.folder), *named, *self.options,
            "--port", str(self.port), "--course", str(self.course),
        ]  # fmt: skip
        environment = os.environ | {"PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
        )
        assert self.process.stdout is not None
        for _ in self.markers:
            line = self.process.stdout.readline()
            found = re.fullmatch(r"(\S+): (http://127\.0\.0\.1:(\d+)/enter\?token=\S+)\n", line)
            assert found, line + self.process.stdout.read()
            self.addresses[found[1]] = found[2]
            self.port = int(found[3])

    def stop(self) -> str:
        """Stop it as Ctrl-C does, and return what it said."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        said, _ = self.process.communicate(timeout=120)
        assert self.process.returncode == 0, said
        return said

    def kill(self) -> None:
        """Kill it as a power cut does."""
        assert self.process is not None
        self.process.kill()
        self.process.communicate()


@contextmanager
def serving(folder: Path, **more: Any) -> Iterator[Server]:
    """Run `grader mark` until the block ends."""
    server = Server(folder, **more)
    server.start()
    try:
        yield server
    finally:
        if server.process is not None and server.process.poll() is None:
            server.kill()


@contextmanager
def chromium() -> Iterator[Any]:
    """Start the Chromium of this machine."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=list(OPTIONS))
        yield browser
        browser.close()
