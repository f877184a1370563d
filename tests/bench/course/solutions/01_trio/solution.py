# %% [raw]
# title = "Trio"
#
# [limits]
# cell_seconds = 30
# check_seconds = 10

# %% [markdown]
# # A mask, merges, normal numbers

# %% tags=["setup"]
import math
from collections import Counter

import matplotlib.pyplot as plt
import numpy as np
import torch

from grader import check, pending

MEMBERS = ["", ""]


# %% exercise="causal_mask" points=3
def causal_mask(n):
    """Return an (n, n) boolean tensor, True where a query may look at a key."""
    # solution
    return torch.ones(n, n).tril().bool()
    # end


# %% exercise="bpe_merges" points=3
def bpe_merges(words, k):
    """Return the first k merges of byte-pair encoding; the smaller pair wins a tie."""
    # solution
    counts = Counter(tuple(word) for word in words)
    merges = []
    for _ in range(k):
        pairs = Counter()
        for word, count in counts.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += count
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        merged = Counter()
        for word, count in counts.items():
            parts, at = [], 0
            while at < len(word):
                step = 2 if word[at : at + 2] == best else 1
                parts.append("".join(word[at : at + step]))
                at += step
            merged[tuple(parts)] += count
        counts = merged
    return merges
    # end


# %% exercise="box_muller" points=3
def box_muller(u1, u2):
    """Return two standard normal numbers from two uniform ones."""
    # solution
    radius = np.sqrt(-2 * np.log(u1))
    return radius * np.cos(2 * math.pi * u2), radius * np.sin(2 * math.pi * u2)
    # end


# %%
with pending("the picture of the mask"):
    plt.imshow(causal_mask(8))
    plt.show()
