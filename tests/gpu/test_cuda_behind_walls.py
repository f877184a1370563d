"""CUDA works behind the full walls, and the walls hold all the same.

nox -s gpu
"""

from pathlib import Path

import pytest
import torch

from grader.engine.cards import find_cards
from grader.model import Level, Limits
from grader.processes.launch import Processes, open_fork
from grader.wire import messages

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no graphics card here")

# Run in a fork that has taken a card.
SOURCES = {
    "one card": "assert torch.cuda.device_count() == 1",
    "product": "a = torch.ones(64, 64)\nassert a.is_cuda and (a @ a).sum().item() == 64.0**3",
    "gradient": (
        "w = torch.ones(3, requires_grad=True)\n(w * w).sum().backward()\n"
        "assert w.grad.device.type == 'cuda'"
    ),
    "pinned memory": (
        "x = torch.ones(1000, device='cpu').pin_memory()\nassert x.to('cuda').sum().item() == 1000"
    ),
    "no TF32": (
        "assert not torch.backends.cuda.matmul.allow_tf32\nx = 1 + torch.rand(512, 512) * 1e-4\n"
        "exact = (x.double() @ x.double()).float()\n"
        "assert ((x @ x) - exact).abs().max().item() < 1e-3"
    ),
    "walls": (
        "try:\n    open('/etc/passwd')\n    raise SystemExit('open')\nexcept OSError:\n    pass"
    ),
}


@pytest.mark.parametrize("level", [Level.full, Level.restricted])
def test_cuda_behind_walls(level: Level, tmp_path: Path) -> None:
    with Processes(at_most=level) as processes:
        assert processes.isolation.level is level
        with processes.worker(tmp_path, 1, Limits(), gpu=True) as worker:
            for card in find_cards():
                with open_fork(worker, 60.0, "cuda", card.name) as fork:
                    for name, source in SOURCES.items():
                        fork.send(messages.Define(messages.new_id(), f"import torch\n{source}"))
                        reply, _ = fork.receive()
                        assert isinstance(reply, messages.Result), (name, reply)


def test_cells_start_no_cuda_and_forks_can(tmp_path: Path) -> None:
    """A cell that insists is refused, and the forks after it still get their card."""
    with Processes() as processes, processes.worker(tmp_path, 1, Limits(), gpu=True) as worker:
        for number, source in enumerate(
            (
                "import torch\nprint(torch.cuda.is_available(), torch.cuda.is_initialized())",
                "torch.ones(1).cuda()",
                "torch.zeros(1, device='cuda')",
            ),
            1,
        ):
            worker.channel.send(messages.RunCell(number, number, source, 60.0))
            reply, _ = worker.channel.receive()
            assert isinstance(reply, messages.CellDone)
            expected = "False False" if number == 1 else "Cells run on the CPU here"
            assert expected in str(reply.outputs)
        with open_fork(worker, 60.0, "cuda", find_cards()[0].name) as fork:
            fork.send(messages.Define(1, "assert torch.ones(1).is_cuda"))
            assert isinstance(fork.receive()[0], messages.Result)
