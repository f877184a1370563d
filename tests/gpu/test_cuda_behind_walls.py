"""CUDA works behind the full walls, and the walls hold all the same.

nox -s gpu
"""

from pathlib import Path

import pytest
import torch

from grader.model import Level, Limits
from grader.processes.launch import Processes
from grader.wire import messages

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no graphics card here")
LIMITS = Limits(cell_seconds=60)

CELLS = {
    "cards": "import torch\nprint(torch.cuda.device_count() > 0)",
    "product": "a = torch.ones(64, 64, device='cuda')\nprint((a @ a).sum().item() == 64.0**3)",
    "gradient": (
        "w = torch.ones(3, device='cuda', requires_grad=True)\n(w * w).sum().backward()\n"
        "print(w.grad.device.type == 'cuda')"
    ),
    "pinned memory": "print(torch.ones(1000).pin_memory().to('cuda').sum().item() == 1000.0)",
    "walls": (
        "try:\n    open('/etc/passwd')\n    print(False)\nexcept OSError:\n    print(True)"
    ),
}  # fmt: skip


@pytest.mark.parametrize("level", [Level.full, Level.restricted])
def test_cuda_behind_walls(level: Level, tmp_path: Path) -> None:
    with Processes(at_most=level) as processes:
        assert processes.isolation.level is level
        with processes.worker(tmp_path, 1, LIMITS, gpu=True) as worker:
            for number, (name, source) in enumerate(CELLS.items(), 1):
                worker.channel.send(messages.RunCell(number, number, source, 60.0))
                reply, _ = worker.channel.receive()
                assert isinstance(reply, messages.CellDone), name
                assert reply.ok, (name, reply.outputs)
                assert "True" in str(reply.outputs), (name, reply.outputs)
