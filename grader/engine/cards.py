"""The graphics cards of this machine, asked of nvidia-smi, which starts no CUDA in here."""

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from grader.engine.slots import Card
from grader.errors import UsageError

FIELDS = "index,uuid,memory.total,memory.free"
EVERY_MS = 100
ASK_SECONDS = 30
NONE = (
    "There is no graphics card that can be used here ({why}). Use --device cpu: the verdicts are "
    "the same."
)


def find_cards() -> list[Card]:
    """Return the cards this process may use; raises `UsageError` when there is none."""
    program = shutil.which("nvidia-smi")
    if program is None:
        raise UsageError(NONE.format(why="there is no nvidia-smi"))
    command = [program, f"--query-gpu={FIELDS}", "--format=csv,noheader,nounits"]
    try:
        asked = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=ASK_SECONDS
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise UsageError(NONE.format(why=str(error))) from error
    allowed = os.environ.get("CUDA_VISIBLE_DEVICES")
    cards = [card for index, card in read_cards(asked.stdout) if visible(index, card, allowed)]
    if not cards:
        raise UsageError(NONE.format(why=f"CUDA_VISIBLE_DEVICES={allowed}"))
    return cards


def read_cards(text: str) -> Iterator[tuple[str, Card]]:
    """Yield index and card from the lines of nvidia-smi; a card without numbers is left out."""
    for line in text.splitlines():
        parts = [part.strip() for part in line.split(",")]
        if len(parts) == 4 and parts[2].isdecimal() and parts[3].isdecimal():
            yield parts[0], Card(parts[1], int(parts[2]) << 20, int(parts[3]) << 20)


def visible(index: str, card: Card, allowed: str | None) -> bool:
    """Tell whether CUDA_VISIBLE_DEVICES lets a card be used; Slurm gives out cards through it."""
    if allowed is None:
        return True
    names = [name.strip() for name in allowed.split(",")]
    return any(name == index or (len(name) > 4 and card.name.startswith(name)) for name in names)


@contextmanager
def meter(card: str) -> Iterator[Callable[[], int]]:
    """Watch a card while entered; the function says by how many bytes its use grew at most."""
    command = ["nvidia-smi", f"--id={card}", "--query-gpu=memory.used"]
    command += ["--format=csv,noheader,nounits", f"--loop-ms={EVERY_MS}"]
    seen: list[int] = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        lines, begun = process.stdout, threading.Event()

        def watch() -> None:
            for line in lines:
                if line.strip().isdecimal():
                    seen.append(int(line) << 20)
                begun.set()
            begun.set()

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        # The first look is the one that others are compared with.
        begun.wait(ASK_SECONDS)
        try:
            yield lambda: max(seen, default=0) - min(seen[:1], default=0)
        finally:
            process.terminate()
            watcher.join()
