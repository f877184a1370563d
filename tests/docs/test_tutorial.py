"""The tutorial is followed to the letter, and what its commands say is compared."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.docs.pages import ROOT, Block, blocks

PAGE = ROOT / "docs" / "tutorial.md"
# Written to its own line behind every command, to see where the next block of output begins.
END = "--- end of block ---"


def script(steps: list[Block]) -> str:
    """Return one shell script: a folder that is changed to stays for the blocks that follow."""
    parts = ["set -e"]
    for step in steps:
        parts.append(step.text if step.kind == "sh" else written(step))
        parts += [f'echo "{END}"'] * (step.kind == "sh")
    return "\n".join(parts)


def written(step: Block) -> str:
    return f"cat > '{step.file}' <<'END OF FILE'\n{step.text}END OF FILE"


def normal(text: str) -> str:
    """Return a text without the blanks that depend on the width of a terminal."""
    return "".join(f"{' '.join(line.split())}\n" for line in text.splitlines() if line.strip())


def is_shown(shown: str, output: str) -> bool:
    """Tell whether output is as shown: `…` is anything in a line, and alone in one any lines."""
    lines = [
        r"(?:.*\n)*" if line == "…" else ".*".join(map(re.escape, line.split("…"))) + r"\n"
        for line in normal(shown).splitlines()
    ]
    return re.fullmatch("".join(lines), normal(output)) is not None


def test_the_tutorial(tmp_path: Path) -> None:
    found = [block for block in blocks(PAGE) if block.kind != "bash"]
    steps = [block for block in found if block.kind == "sh" or block.file]
    (tmp_path / "grader").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m grader "$@"\n')
    (tmp_path / "grader").chmod(0o755)
    environment = {
        "PATH": f"{tmp_path}:{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "120",
        "LANG": os.environ.get("LANG", "C.UTF-8"),
    }
    (tmp_path / "work").mkdir()
    done = subprocess.run(
        ["sh", "-c", script(steps)], cwd=tmp_path / "work", env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    said = iter(done.stdout.split(f"{END}\n"))
    compared, output = 0, ""
    for block in found:
        if block.kind == "sh":
            output = next(said)
        elif block.kind == "text":
            assert is_shown(block.text, output), f"{block.text}\n=====\n{output}"
            compared += 1
    assert compared >= 6
    # What is neither a command, nor its output, nor a file would be left untried.
    assert all(block.kind in {"sh", "text"} or block.file for block in found)
