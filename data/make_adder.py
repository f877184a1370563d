# ruff: noqa: INP001 - a script, not part of a package
"""Make adder.safetensors: a small transformer that adds two numbers of two digits.

The model, the pairs and the loss are those of the notebook's set-up cells. Run it in this folder:
python make_adder.py. It takes a minute or two on one core.
"""

import sys
from pathlib import Path
from types import SimpleNamespace

import safetensors.torch
import torch

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from grader.checks.reference import as_object, load_namespace  # noqa: E402 - found just now
from grader.notebook.source import read_cells  # noqa: E402

SEED, STEPS, BATCH, RATE = 0, 1200, 256, 3e-3


def notebook() -> SimpleNamespace:
    """Return what the notebook gives: the model, the pairs and the loss."""
    cells = read_cells(HERE.parent / "solutions" / "04_lora" / "solution.py")
    return as_object(load_namespace("set-up", [c.source for c in cells if c.has_tag("setup")]))


def train(given: SimpleNamespace) -> torch.nn.Module:
    """Return the model, trained on a + b; held-out pairs are never seen."""
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    model, (pairs, _) = given.adder(), given.split_pairs()
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, STEPS, pct_start=0.1)
    generator = torch.Generator().manual_seed(1)
    for _ in range(STEPS):
        chosen = pairs[torch.randint(len(pairs), (BATCH,), generator=generator)]
        inputs, digits = given.tasks(chosen)
        loss = given.answer_loss(model(inputs), digits)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return model


if __name__ == "__main__":
    given = notebook()
    model = train(given)
    share = given.exact(model, given.split_pairs()[1], 0)
    print(f"{share:.1%} of the held-out pairs")
    # Not save_file, which makes a file that only its owner can read.
    (HERE / "adder.safetensors").write_bytes(safetensors.torch.save(model.state_dict()))
