"""A real browser and a small server beside it, for tests that must see what a page does."""

import http.server
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BROWSER = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chrome"))), None)
OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-default-apps",
    "--hide-scrollbars", "--virtual-time-budget=3000", "--dump-dom",
)  # fmt: skip

# A document whose browser asks for no icon.
QUIET = "<!DOCTYPE html><link rel=icon href=data:,>"


class Server(http.server.ThreadingHTTPServer):
    """Remembers what was asked for; serves the files of a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder = folder
        self.asked: list[str] = []


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers with a file of the folder, or with nothing."""

    server: Server

    def do_GET(self):
        self.server.asked.append(self.path)
        file = self.server.folder / self.path.strip("/")
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(file.read_bytes() if file.is_file() else b"")

    def log_message(self, *args):
        pass


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Serve a folder until the block ends."""
    with Server(folder) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def open_address(address: str, profile: Path) -> str:
    """Return the document of an address as it has become after a while."""
    done = subprocess.run(
        [str(BROWSER), *OPTIONS, f"--user-data-dir={profile}", address],
        capture_output=True, timeout=120, check=True, text=True,
    )  # fmt: skip
    return done.stdout
