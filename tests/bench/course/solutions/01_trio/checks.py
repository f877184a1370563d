"""What is hidden: the same assertions as nbgrader and otter-grader are given."""

import numpy as np
import torch

from grader.checks import check, close, require

WORDS = ["newest"] * 6 + ["widest"] * 3 + ["low"] * 5 + ["lower"] * 2
MERGES = [("e", "s"), ("es", "t"), ("l", "o"), ("lo", "w"), ("e", "w")]
U = np.linspace(0.01, 0.99, 1000)


@check("causal_mask")
def check_single(submission):
    """One token sees itself."""
    close(submission.causal_mask(1), torch.ones(1, 1).bool())


@check("causal_mask")
def check_count(submission):
    """Half of the entries are open, and the diagonal."""
    close(submission.causal_mask(64).sum(), torch.tensor(64 * 65 // 2))


@check("bpe_merges")
def check_order(submission):
    """The order of five merges."""
    require(submission.bpe_merges(WORDS, 5) == MERGES, "The merges are others.")


@check("bpe_merges")
def check_end(submission):
    """It ends when nothing is left to merge."""
    require(submission.bpe_merges(["ab"], 5) == [("a", "b")], "The merges are others.")


@check("box_muller")
def check_radius(submission):
    """The radius follows from the first number."""
    first, second = submission.box_muller(U, U[::-1])
    close(first**2 + second**2, -2 * np.log(U))


@check("box_muller")
def check_angle(submission):
    """The angle follows from the second number."""
    first, second = submission.box_muller(U, U[::-1])
    close(np.arctan2(second, first) % (2 * np.pi), 2 * np.pi * U[::-1])
