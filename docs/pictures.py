"""Make the pictures of the docs: `python docs/pictures.py`, after `grader demo`; needs Chromium."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

HERE = Path(__file__).parent
PAGE = HERE.parent / "grader-demo" / "graded" / "feedback" / "girault_haas.html"
WIDTH, HEIGHT = 900, 2400
# What is shown of the page, from where to where: its head, and the exercises up to the failed one.
PARTS = ((0, 245), (955, 1740))


def picture(page: Path, target: Path) -> None:
    """Write parts of a page, with its first fold of a cause opened, as one PNG file."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None or not page.exists():
        sys.exit("Needs Chromium, and the pages that `grader demo` leaves in grader-demo/.")
    with tempfile.TemporaryDirectory() as folder:
        opened = Path(folder) / "page.html"
        text = page.read_text(encoding="utf-8")
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
        joined = Image.new("RGB", (WIDTH, sum(end - start for start, end in PARTS)))
        top = 0
        for start, end in PARTS:
            joined.paste(whole.crop((0, start, WIDTH, end)), (0, top))
            top += end - start
        joined.quantize(64).save(target, optimize=True)


if __name__ == "__main__":
    picture(PAGE, HERE / "feedback.png")
