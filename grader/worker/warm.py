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

    numpy.random.default_rng(0).random(3)
    if importlib.util.find_spec("torch") is not None:
        _warm_torch()
    ready = shell.make_shell()
    ready.run_cell("%matplotlib inline\n1 + 1;", silent=True)
    draw_once(ready)
    _warm_figures()
    ready.reset(new_session=True)
    shell.collected.reset()
    return ready


def draw_once(ready: shell.Shell) -> None:
    """Let a figure be drawn when it is shown; pyplot's own hook would draw it before, for nothing.

    Once it has been shown it is closed, and the hook that then comes last finds nothing to draw.
    """
    hooks = ready.events.callbacks["post_execute"]
    hooks.sort(key=lambda hook: hook.__name__ == "_draw_all_if_interactive")


def freeze() -> None:
    """Keep the collector from touching, and so copying, pages that forks share."""
    gc.collect()
    gc.freeze()


def _warm_figures() -> None:
    """Draw one of everything common: fonts, mathematics, markers and legends are then known."""
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2)
    left.plot([1, 2], "o--", label=r"$\alpha_{0}^{2} = \sqrt{x} / \int f$")
    left.hist([1, 2, 2], density=True, hatch="/", label="0123456789 abcdefghijklmnopqrstuvwxyz")
    left.fill_between([1, 2], [0, 1], alpha=0.3)
    left.annotate("x", (1, 1), (2, 2), arrowprops={"arrowstyle": "->"})
    left.set(title="ABCDEFGHIJKLMNOPQRSTUVWXYZ", xlabel="x", ylabel="y (-)")
    left.legend()
    right.scatter([1, 2], [2, 1])
    right.imshow([[1, 2], [3, 4]])
    right.axvline(1)
    figure.savefig(io.BytesIO(), format="png", bbox_inches="tight")
    pyplot.close("all")


def _warm_torch() -> None:
    import torch

    # A parallel operation in the parent would leave its thread pool lost in every fork.
    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    layer = torch.nn.Linear(4, 4)
    step = torch.optim.Adam(layer.parameters())
    torch.nn.functional.mse_loss(layer(torch.randn(2, 4)), torch.zeros(2, 4)).backward()
    step.step()
