# ruff: noqa: INP001 - a script, not part of a package
"""Make samples_1d.npy: 10,000 samples with the density x/2 on [0, 2].

Run it in this folder: python make_samples_1d.py
"""

from pathlib import Path

import numpy as np

SEED = 5
COUNT = 10_000


def make_samples() -> np.ndarray:
    """Return the samples: the inverse of the CDF x²/4, applied to uniform numbers."""
    u = np.random.default_rng(SEED).random(COUNT)
    return 2 * np.sqrt(u)


if __name__ == "__main__":
    np.save(Path(__file__).with_name("samples_1d.npy"), make_samples())
