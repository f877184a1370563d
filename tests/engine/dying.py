"""Jobs for workers that die over some of them; what is asked for stands in the bytes themselves."""

import os
import signal
import time
from pathlib import Path


def work(data: bytes) -> bytes:
    """Return the bytes in capitals; `die` kills the machine, `die once FOLDER` the first time."""
    words = data.decode().split()
    if words[:2] == ["die", "once"]:
        marker = Path(words[2]) / "died"
        if not marker.exists():
            marker.touch()
            die()
    elif words == ["die"]:
        die()
    elif words == ["fail"]:
        raise ValueError("a mistake of ours")
    return data.upper()


def die() -> None:
    """End this process as a machine that is switched off does."""
    # Late enough for others to be seen waiting.
    time.sleep(0.1)
    os.kill(os.getpid(), signal.SIGKILL)
