"""Make the pictures of the docs: `python docs/pictures.py [STATISTICS]`; needs Chromium and Pillow.

The first shows a page that `grader demo` leaves in grader-demo/, the second one of the course that
somebody has made in the folder STATISTICS by following docs/tutorial.md.
"""

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

HERE = Path(__file__).parent
WIDTH, HEIGHT = 900, 2400


@dataclass(frozen=True)
class Picture:
    """A picture: the page it shows, and the parts of it, each from one height to another."""

    target: str
    page: Path
    parts: tuple[tuple[int, int], ...]


def pictures(course: Path | None) -> list[Picture]:
    """Return the pictures to make: the head of a page, and its exercises up to a failed one."""
    demo = HERE.parent / "grader-demo" / "graded" / "feedback" / "05_flow" / "girault_haas.html"
    found = [Picture("feedback.png", demo, ((0, 245), (955, 1733)))]
    if course is not None:
        page = course / "graded" / "feedback" / "01_averages" / "anna.html"
        found.append(Picture("tutorial.png", page, ((0, 245), (480, 946))))
    return found


def take(picture: Picture) -> None:
    """Write parts of a page, with its first fold of a cause opened, as one PNG file."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None or not picture.page.exists():
        sys.exit(f"Needs Chromium, and the page {picture.page}.")
    with tempfile.TemporaryDirectory() as folder:
        opened = Path(folder) / "page.html"
        text = picture.page.read_text(encoding="utf-8")
        opened.write_text(text.replace('<details class="hint">', '<details class="hint" open>', 1))
        shot = Path(folder) / "page.png"
        command = [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
            "--no-first-run", "--disable-background-networking",
            f"--user-data-dir={folder}/profile",
            f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={shot}", opened.as_uri(),
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True)
        whole = Image.open(shot)
        joined = Image.new("RGB", (WIDTH, sum(end - start for start, end in picture.parts)))
        top = 0
        for start, end in picture.parts:
            joined.paste(whole.crop((0, start, WIDTH, end)), (0, top))
            top += end - start
        joined.quantize(64).save(HERE / picture.target, optimize=True)


if __name__ == "__main__":
    for one in pictures(Path(sys.argv[1]) if len(sys.argv) > 1 else None):
        take(one)
