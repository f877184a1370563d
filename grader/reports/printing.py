"""HTML to PDF through the browser that is installed anyway: Chromium and those made from it."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

COMMANDS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
    "microsoft-edge", "microsoft-edge-stable", "msedge", "brave-browser", "vivaldi",
)  # fmt: skip
MAC = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "Brave Browser.app/Contents/MacOS/Brave Browser",
)
WINDOWS = (
    "Google/Chrome/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
    "Chromium/Application/chrome.exe",
    "BraveSoftware/Brave-Browser/Application/brave.exe",
)
OPTIONS = (
    "--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-extensions", "--no-pdf-header-footer",
)  # fmt: skip
SECONDS = 120


def find_browser() -> Path | None:
    """Return the first browser found that can print by itself, or None."""
    return next((path for path in _candidates() if path.is_file()), None)


def _candidates() -> Iterator[Path]:
    yield from (Path(found) for name in COMMANDS if (found := shutil.which(name)))
    if sys.platform == "darwin":
        roots = (Path("/Applications"), Path.home() / "Applications")
        yield from (root / name for name in MAC for root in roots)
    if sys.platform == "win32":
        names = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
        folders = [Path(os.environ[name]) for name in names if name in os.environ]
        yield from (folder / name for name in WINDOWS for folder in folders)


def print_page(browser: Path, page: str, folder: Path) -> bytes | None:
    """Return a page as PDF, or None where the browser did not make one.

    `folder` is a place for the files on the way.
    """
    # TRAP: a browser in a snap sees neither /tmp nor hidden folders, so it must be this folder.
    with tempfile.TemporaryDirectory(prefix="printing-", dir=folder) as place:
        source, target = Path(place, "page.html"), Path(place, "page.pdf")
        source.write_text(page, encoding="utf-8")
        # Chromium does not start as root unless it may do without its own walls.
        root = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
        command = [
            str(browser), *OPTIONS, *root, f"--user-data-dir={Path(place, 'profile')}",
            f"--print-to-pdf={target}", source.resolve().as_uri(),
        ]  # fmt: skip
        try:
            subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
            data = target.read_bytes()
        except (OSError, subprocess.TimeoutExpired):
            return None
    return data if data.startswith(b"%PDF-") else None
