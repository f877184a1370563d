"""Set every generator a notebook may draw from."""

import random
import sys


def set_seeds(seed: int) -> None:
    """Seed python, numpy and torch (CPU and CUDA) where they are loaded; `seed` has 63 bits."""
    random.seed(seed)
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    if numpy is not None:
        numpy.random.seed(seed % (1 << 32))
    if torch is not None:
        # Not torch.manual_seed: it walks over every kind of device, at half a millisecond a call.
        torch.default_generator.manual_seed(seed)
        if torch.version.cuda is not None:
            torch.cuda.manual_seed_all(seed)
