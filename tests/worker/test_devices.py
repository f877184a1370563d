"""Taking a graphics card in a fork: with a torch.cuda of ours, in processes of their own."""

import subprocess
import sys
from pathlib import Path

import pytest

from grader.model import HandIn, Limits
from grader.processes.executing import Execution
from grader.processes.launch import Processes

ROOT = Path(__file__).parents[2]
HEAD = """
import os, sys, torch
from grader.worker import devices
asked = []
torch.version.cuda = "13.0"
torch.cuda._lazy_init = lambda: asked.append(("init", os.environ.get("CUDA_VISIBLE_DEVICES")))

def cap(share, index):
    torch.cuda._lazy_init()
    asked.append(("share", share, index))

torch.cuda.set_per_process_memory_fraction = cap
torch.set_default_device = lambda device: asked.append(("default", device))
"""


def run(body: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", HEAD + body], cwd=ROOT, capture_output=True, text=True, check=False,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(sys.path), "CUDA_VISIBLE_DEVICES": ""},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_fork_takes_the_card_it_was_given_and_no_more() -> None:
    says = run("""
devices.close_cards()
if not (child := os.fork()):
    devices.take_device("cuda", "GPU-7", 0.25)
    torch.cuda._lazy_init()
    print(asked)
    print(os.environ["CUBLAS_WORKSPACE_CONFIG"], torch.are_deterministic_algorithms_enabled())
    print(torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32)
    sys.stdout.flush()
    os._exit(0)
os.waitpid(child, 0)
assert not asked, "CUDA was started before the fork"
""")
    first, second, third = says.splitlines()
    assert first == str([
        ("init", "GPU-7"), ("share", 0.25, 0), ("default", "cuda"), ("init", "GPU-7"),
    ])  # fmt: skip
    assert second == ":4096:8 True"
    assert third == "False False"


def test_a_cell_that_asks_for_a_card_is_told_and_starts_nothing() -> None:
    says = run("""
devices.close_cards()
devices.close_cards()
try:
    torch.cuda._lazy_init()
except RuntimeError as error:
    print(error)
assert not asked
""")
    assert says == "Cells run on the CPU here, also where the checks use a graphics card."


def test_what_cells_have_made_is_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    from grader.worker.devices import move

    class Stubborn(torch.nn.Module):
        def to(self, *_: object) -> "Stubborn":
            raise ValueError("no")

    names = {
        "x": torch.ones(2, requires_grad=True),
        "stubborn": Stubborn(),
        "model": torch.nn.Linear(1, 1),
        "n": 3,
        "_1": torch.ones(1),
    }
    move(names, "meta")
    assert (names["x"].device.type, names["x"].requires_grad) == ("meta", True)
    assert names["model"].weight.device.type == "meta"
    assert names["_1"].device.type == "cpu"
    assert names["n"] == 3


NO_CUDA = """
import os, torch
print(os.environ["CUDA_VISIBLE_DEVICES"] == "", torch.cuda.is_available(),
      torch.cuda.device_count(), torch.cuda.is_initialized())
"""


@pytest.mark.parametrize("gpu", [False, True])
def test_cells_see_no_card(processes: Processes, gpu: bool) -> None:
    execution = Execution(processes, [NO_CUDA], HandIn(b""), [], 1, gpu=gpu)
    with execution.worker(Limits()):
        assert "True False 0 False" in str(execution.runs[0].outputs)
