"""Import and exercise, once, everything a submission is likely to need."""

import gc
import importlib.util
import io

from grader.worker import shell


def warm() -> shell.Shell:
    """Return a shell in a process that can be forked at once: one thread, no secret, all loaded.

    torch is loaded when it is installed. The first optimiser step imports 0.8 s of modules and the
    first figure costs 50 ms: both happen here, not in each submission.
    """
    import numpy
    from matplotlib import pyplot

    numpy.random.default_rng(0).random(3)
    if importlib.util.find_spec("torch") is not None:
        _warm_torch()
    ready = shell.make_shell()
    ready.run_cell("%matplotlib inline\n1 + 1;", silent=True)
    figure, axes = pyplot.subplots()
    axes.plot([1, 2], label="$x$")
    axes.set_title("t")
    axes.legend()
    figure.savefig(io.BytesIO(), format="png", bbox_inches="tight")
    pyplot.close("all")
    ready.reset(new_session=True)
    shell.collected.reset()
    return ready


def freeze() -> None:
    """Keep the collector from touching, and so copying, pages that forks share."""
    gc.collect()
    gc.freeze()


def _warm_torch() -> None:
    import torch

    # A parallel operation in the parent would leave its thread pool lost in every fork.
    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    layer = torch.nn.Linear(4, 4)
    step = torch.optim.Adam(layer.parameters())
    torch.nn.functional.mse_loss(layer(torch.randn(2, 4)), torch.zeros(2, 4)).backward()
    step.step()
