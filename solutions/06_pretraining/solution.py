# %% [raw]
# title = "Pretraining objectives and a Llama's inside"
# data = ["tiny_llama.json", "tiny_llama.safetensors"]
#
# [limits]
# cell_seconds = 30
# check_seconds = 10
#
# [hand_in]
# group_size = 2
# names = "warn"
# pdf = "warn"
# executed = "warn"
# interpreted = "warn"

# %% [markdown]
# # Pretraining objectives and a Llama's inside
#
# Pretraining means: hide a part of a text and let the model guess it. *Which* part is hidden, and
# what may be seen while guessing, is all that separates BERT from GPT. In the first half of this
# notebook you write the common ways of hiding. In the second you build the four parts by which a
# Llama differs from a GPT, load trained weights into them, and open the lid.
#
# **Afterwards you can**
#
# - turn a text into a training example for five objectives, and say how much each one teaches per
#   token, and what it costs;
# - draw the attention mask that belongs to an objective;
# - write RMSNorm, rotary positions and SwiGLU so exactly that weights from elsewhere fit;
# - count the parameters of a Llama from its configuration, to the last one;
# - follow a word from text to ids, to a vector, through the layers, to a bet on the next token, and
#   tell choosing the best token from sampling.
#
# | part | task | minutes | difficulty (1–5) | points |
# |---|---|---:|:-:|---:|
# | a | `mlm_corrupt` | 30 | 3 | 2 |
# | a | `rtd_labels` | 10 | 2 | 0.5 |
# | b | `span_corrupt`, `fim_rearrange` | 35 | 3 | 1 + 0.5 |
# | c | `objective_mask` | 25 | 3 | 2 |
# | d | question 1a: two more for an encoder | 25 | 3 | 3 |
# | d | question 1b: two more for a decoder | 25 | 3 | 3 |
# | e | `RMSNorm`, `rope` | 35 | 3 | 0.75 + 1 |
# | e | `rotary_attention`, `SwiGLU` | 25 | 3 | 0.75 + 0.5 |
# | f | `llama_parameter_count` | 20 | 2 | 1 |
# | g | `embedding_of`, `top_tokens` | 20 | 2 | 2 × 0.5 |
# | g | question 2a: the code, explained | 30 | 3 | 1.5 |
# | g | question shape: find the errors | 10 | 3 | 0.5 |
# | g | `continue_greedily` | 15 | 2 | 1 |
# | h | `sample_from_nothing`, question 2b | 35 | 3 | 2 + 2 bonus |
# | | **together** | **340** | | **20 + 4** |
#
# **What is given.** A Llama of half a million weights, trained on little stories that a grammar
# made up, with its tokenizer (`data/tiny_llama.safetensors`, `data/tiny_llama.json`); a base class
# `Module`; the code of the figures. You need PyTorch, safetensors and matplotlib. Nothing is
# downloaded, and the whole notebook runs in seconds. If you have access to Llama 2 and a machine
# for it, a token in the environment (`HF_TOKEN`) makes part g use the real one.
#
# **How to hand in.** In groups of two, once per group; single hand-ins are not marked. Write both
# names into `MEMBERS` below. Hand in this notebook, run from top to bottom with its outputs in
# place, and a PDF of it. Comment your code, and put a sentence or two under each result: what you
# see, and what it tells you. Questions are answered in the cell below them.

# %% [markdown]
# **Rules that hold for every function here**
#
# - Shapes: `B` sequences, `L` positions, `d` features, `V` tokens. A sequence lies in rows,
#   `(L, d)`.
# - Masks are boolean and called `blocked`: **`True` means blocked**, rows look (query), columns are
#   looked at (key).
# - A label of **`-100` means: no loss here**. Token ids are integers from 0 on.
# - **Arguments are never changed**, and nothing that was given is kept to be changed later.
# - Functions draw no random numbers. Uniform numbers and random ids come in as arguments, so that
#   the right answer can be checked exactly.
# - Where the text says *tensor* of floats, single or double precision may come in. Where it says
#   *list*, a list of plain integers comes in. The parts of the Llama (part e) work on any device:
#   what comes out lives where the input lives, and gradients flow.
# - A *bad argument* is answered with a `ValueError` where the text says so.
# - Below each blank, `check("name")` runs the public checks. More checks run when the notebook is
#   marked: other values, properties, gradients.

# %% tags=["setup"]
import json
import math
import os
import re

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from matplotlib.colors import ListedColormap
from safetensors.torch import load_file
from torch import nn

from grader import check, pending

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
# Small tensors: a second thread would wait for the first more than it works.
torch.set_num_threads(1)
torch.set_printoptions(precision=4, sci_mode=False, linewidth=100)
plt.rcParams.update(
    {
        "figure.dpi": 90,
        "font.size": 9,
        "figure.constrained_layout.use": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "legend.frameon": False,
        # From white to dark blue: the order survives greyscale and colour-blindness.
        "image.cmap": "Blues",
        # Colours that colour-blind readers tell apart; in grey the line styles do it.
        "axes.prop_cycle": plt.cycler(
            color=["#0072B2", "#D55E00", "#009E73", "#000000"], linestyle=["-", "--", "-.", ":"]
        ),
    }
)
OPEN_OR_BLOCKED = ListedColormap(["#FFFFFF", "#35608D"])


class Module(nn.Module):
    """A torch module whose parameters can be set from outside, by name."""

    def load(self, weights):
        """Set parameters; weights maps names to tensors, whose dtype and device come along."""
        for name, value in weights.items():
            found = getattr(self, name)
            # An nn.Linear of this name stands for its weight.
            parameter = getattr(found, "weight", found)
            if parameter.shape != value.shape:
                raise ValueError(f"{name} is {tuple(parameter.shape)}, not {tuple(value.shape)}")
            parameter.data = value.detach().clone()


def matrix(outputs, inputs):
    """Return a random weight (outputs, inputs), as a parameter."""
    return nn.Parameter(torch.randn(outputs, inputs) / math.sqrt(inputs))


# %%
# The names of both members of the group, as on the course site.
MEMBERS = ["", ""]

# %% [markdown]
# ## a · Hide some tokens
#
# GPT reads from left to right and bets on every next token. BERT reads the whole text at once, so
# there is no "next" to bet on; instead some tokens are hidden, and the model puts them back. This
# is **masked language modelling** (MLM):
#
# 1. Choose each token with probability 15 %, special tokens excepted.
# 2. Of the *chosen* tokens, 80 % become `[MASK]`, 10 % become a random token, 10 % stay as they
#    are.
# 3. The loss counts at **every chosen position**, also where the token stayed, and nowhere else.
#    The label is the **original** token.
#
# Why not always `[MASK]`? Because no text has a `[MASK]` in it later, when the model is used. A
# model that may find a wrong token anywhere has to form an opinion everywhere.
#
# With given uniforms, one pair for each position:
#
# $$ \text{chosen}_i = (u^{\text{select}}_i < 0.15) \text{ and token } i \text{ is not special},
# \qquad \text{kind}_i = \begin{cases} \text{mask} & u^{\text{kind}}_i < 0.8 \\ \text{random} & 0.8 \le u^{\text{kind}}_i < 0.9 \\ \text{keep} & 0.9 \le u^{\text{kind}}_i \end{cases} $$
#
# Shapes: `ids`, `u_select`, `u_kind`, `random_ids` all `(…)` → a pair `inputs (…)`, `labels (…)`.
#
# **Worked example.** Eight tokens, of which the first and the last are special (1 and 2); the mask
# is token 4.

# %%
print("position     0     1     2     3     4     5     6     7")
print("ids          1    20    21    22    23    24    25     2")
print("u_select   .05   .10   .40   .03   .90   .14   .20   .01")
print("u_kind     .50   .30   .50   .85   .10   .95   .20   .10")
print("random_ids  31    32    33    34    35    36    37    38")
print("chosen            mask       random      keep            ")
print("inputs       1     4    21    34    23    24    25     2")
print("labels    -100    20  -100    22  -100    24  -100  -100")

# %% [markdown]
# **Predict first.** What share of *all* tokens becomes `[MASK]`, becomes random, stays though it is
# chosen? And on what share of the positions does a GPT of the same text train?
#
# <details><summary>Compare with your guess</summary>
#
# 12 %, 1.5 % and 1.5 %, together the 15 % that carry the loss. A GPT trains on every position:
# 100 %. Text for text, MLM gets about a seventh of the teaching signal, for the same amount of
# computation.
#
# </details>
#
# ### Exercise `mlm_corrupt`


# %% exercise="mlm_corrupt" points=2 title="Corruption for masked language modelling"
def mlm_corrupt(ids, u_select, u_kind, random_ids, mask_id, special_ids):
    """Return (inputs, labels) for masked language modelling, by the thresholds .15, .8 and .9.

    ids: tensor (...) of integers.
    u_select, u_kind: tensors (...) of numbers in [0, 1).
    random_ids: tensor (...) of integers: what comes in where the kind is random.
    mask_id: integer.  special_ids: list of integers, padding among them; these are never chosen.
    Returns two integer tensors (...); labels hold the original id where chosen, else -100.
    """
    # solution
    special = torch.isin(ids, torch.tensor(special_ids, dtype=ids.dtype, device=ids.device))
    chosen = (u_select < 0.15) & ~special
    # Of the chosen ones: below .8 the mask, from there to .9 a random token, the rest as it was.
    inputs = torch.where(chosen & (u_kind < 0.8), mask_id, ids)
    inputs = torch.where(chosen & (u_kind >= 0.8) & (u_kind < 0.9), random_ids, inputs)
    # From ids, not from inputs: the label is what stood there before.
    labels = torch.where(chosen, ids, -100)
    return inputs, labels
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Three boolean tensors do it: chosen, chosen and masked, chosen and random.
# `torch.where(condition, a, b)` picks entry by entry and changes nothing.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The labels are made from `ids`, not from `inputs`. `torch.isin` finds the special tokens.
#
# </details>

# %%
with pending("the table of shares"):
    u_select, u_kind = torch.rand(2, 100_000, generator=torch.Generator().manual_seed(1))
    ids = torch.full((100_000,), 7)
    inputs, labels = mlm_corrupt(ids, u_select, u_kind, torch.full_like(ids, 9), 4, [1, 2])
    for name, token in (("mask", 4), ("random", 9)):
        print(f"{name:7} {(inputs == token).float().mean():.4f}")
    print(f"kept    {((inputs == 7) & (labels != -100)).float().mean():.4f}")
    print(f"loss on {(labels != -100).float().mean():.4f} of the positions")

# %% [markdown]
# ### Exercise `rtd_labels`
#
# **Replaced-token detection** (RTD) removes the waste. A small generator fills in the chosen
# places, and the model has to say of *every* token whether it is the original one. The
# generator sometimes hits upon the original by luck. Then nothing has been replaced, and the label
# says so.
#
# $$ \text{label}_i = 1 \text{ if the token that now stands at } i \text{ is not the original, else } 0 $$
#
# Shapes: all `(…)`. **Worked example:** ids `5 6 7 8`, chosen `0 1 1 0`, replacements `9 9 7 9`
# give the tokens `5 9 7 8` and the labels `0 1 0 0`.


# %% exercise="rtd_labels" points=0.5 title="Labels for replaced-token detection"
def rtd_labels(ids, chosen, replacements):
    """Return (corrupted, labels) for replaced-token detection.

    ids: tensor (...) of integers.  chosen: boolean tensor (...): where the generator wrote.
    replacements: tensor (...) of integers: what it wrote; to be ignored elsewhere.
    Returns corrupted (...), integers, and labels (...), 1 (or True) where a token differs from the
    original.
    """
    # solution
    corrupted = torch.where(chosen, replacements, ids)
    # Compared, not taken from `chosen`: the generator may have guessed right.
    return corrupted, (corrupted != ids).long()
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Build the corrupted text first. Then compare two texts.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `chosen` is not yet the label: look at the third token of the worked example.
#
# </details>

# %% [markdown]
# ## b · Hide whole stretches
#
# **Span corruption**, the objective of T5, hides stretches of neighbouring tokens. In the input
# each stretch is replaced by *one* **sentinel**, a token that occurs nowhere else. The target lists
# what was hidden: sentinel, tokens, next sentinel, tokens, and so on. One last sentinel closes it.
#
# $$ \underbrace{a\; b\; \langle X\rangle\; e\; \langle Y\rangle}_{\text{input}} \qquad
#    \underbrace{\langle X\rangle\; c\; d\; \langle Y\rangle\; f\; \langle Z\rangle}_{\text{target}} $$
#
# Nothing is lost: from input and target together the text can be put back. That is the property the
# checks test, so **which** sentinel stands for which stretch is up to you, as long as none serves
# twice. Both sequences keep the order of the text.
#
# **Worked example.** `ids = [10, 11, 12, 13, 14, 15]`, spans `(2, 4)` and `(5, 6)`, where `(2, 4)`
# means the places 2 and 3 as in a slice, and sentinels `[99, 98, 97]`:

# %%
print("inputs  [10, 11, 99, 14, 98]")
print("targets [99, 12, 13, 98, 15, 97]")

# %% [markdown]
# **Predict first.** A text of 512 tokens, 15 % of it hidden in stretches of three. How long are
# input and target? Where does the model save computation, compared with MLM?
#
# <details><summary>Compare with your guess</summary>
#
# About 77 tokens are hidden, in 26 stretches: the input has 512 − 77 + 26 = 461 tokens and the
# target 77 + 26 + 1 = 104. The decoder runs over 104 places instead of 512 to learn the same 77
# tokens.
#
# </details>
#
# ### Exercises `span_corrupt`, `fim_rearrange`


# %% exercise="span_corrupt" points=1 title="Span corruption"
def span_corrupt(ids, spans, sentinels):
    """Return (inputs, targets), two lists, for span corruption.

    ids: list of integers.
    spans: list of pairs (start, stop), in any order: the places start to stop-1 are hidden. Spans
        that touch, such as (1, 3) and (3, 4), are two spans. The list may be empty.
    sentinels: list of different integers that do not occur in ids.
    inputs: ids with one sentinel in the place of each span.
    targets: for each span, in the order of the text, its sentinel and its tokens; at the end one
        more sentinel, not used before.
    Raises ValueError if two spans overlap, if one is empty or reaches outside, and if there are too
    few sentinels: one for each span is needed, and one for the end.
    """
    # solution
    spans = sorted(spans)
    if len(sentinels) < len(spans) + 1:
        raise ValueError("too few sentinels")
    inputs, targets, done = [], [], 0
    # The last sentinel stays in reserve: zip stops with the spans.
    for (start, stop), sentinel in zip(spans, sentinels, strict=False):
        # Sorted, so comparing with the end of the span before finds every overlap.
        if not done <= start < stop <= len(ids):
            raise ValueError(f"bad span ({start}, {stop})")
        inputs += [*ids[done:start], sentinel]
        targets += [sentinel, *ids[start:stop]]
        done = stop
    return inputs + ids[done:], [*targets, sentinels[len(spans)]]
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Sort the spans and walk along the text with a marker "done up to here". What lies between the
# marker and the next span goes to the input, the span itself to the target.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Two sorted neighbours overlap if the second starts before the first has stopped. Do not forget the
# rest of the text behind the last span.
#
# </details>

# %% [markdown]
# **Fill in the middle** (FIM) needs neither a new mask nor a new model. The text is cut at two
# places, and the middle is moved to the end, behind three marks:
#
# $$ \langle\text{pre}\rangle\; \text{prefix}\; \langle\text{suf}\rangle\; \text{suffix}\;
#    \langle\text{mid}\rangle\; \text{middle} $$
#
# A plain GPT trained on such texts learns to write what belongs *between* two given parts: an
# editor's completion at the cursor. **Worked example.** `ids = [10, 11, 12, 13, 14]`, cut at 1 and
# 3, with the marks 90, 91, 92: `[90, 10, 91, 13, 14, 92, 11, 12]`.


# %% exercise="fim_rearrange" points=0.5 title="Fill in the middle"
def fim_rearrange(ids, start, stop, pre, suf, mid):
    """Return the list pre, prefix, suf, suffix, mid, middle.

    ids: list of integers; the middle is ids[start:stop], the prefix what comes before it, the suffix
        what comes after. Each of the three may be empty.
    start, stop: integers, 0 <= start <= stop <= len(ids); anything else raises ValueError.
    pre, suf, mid: integers, the marks.
    """
    # solution
    # Without this, a negative start would count from the end, without a word.
    if not 0 <= start <= stop <= len(ids):
        raise ValueError("the cuts must lie in the text, in order")
    return [pre, *ids[:start], suf, *ids[stop:], mid, *ids[start:stop]]
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Three slices and three marks. Mind the order: the middle comes last.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Python's slices forgive negative and too large numbers. Here they must not.
#
# </details>

# %% [markdown]
# ## c · Who sees what
#
# An objective has a second half: what may be seen while guessing. As masks, with a row for each
# position that looks:
#
# | kind | position $i$ may look at $j$ if | used by |
# |---|---|---|
# | `clm` | $j \le i$ | GPT, Llama |
# | `mlm` | always | BERT |
# | `prefix` | $j \le i$, or $j$ is in the prefix | PrefixLM, UniLM |
# | `permutation` | $j$ comes before $i$ in a given order, or $j = i$ | XLNet |
#
# The last one needs a word. The *text* stays as it is, every token at its place with its own
# position. What is shuffled is the **order in which the factors are written**:
#
# $$ p(x_0, x_1, x_2) = p(x_2)\; p(x_0 \mid x_2)\; p(x_1 \mid x_2, x_0) $$
#
# is just as true as the usual left-to-right product. `order = [2, 0, 1]` says: first place 2, then
# place 0, then place 1. (A position sees itself in our masks, as in the causal one. A model that
# predicts $x_i$ *at* place $i$ must hide it there; XLNet carries a second stream for that.)
#
# Shapes: `length` → `blocked (length, length)`.
#
# **Worked example**, `order = [2, 0, 1]`, with `■` for blocked:

# %%
print("          key 0  1  2")
print("query 0       ·  ■  ·    2 came before 0")
print("query 1       ·  ·  ·    1 comes last and sees all")
print("query 2       ■  ■  ·    2 comes first and sees itself")

# %% [markdown]
# **Predict first.** Which order gives the causal mask? Which `prefix` gives the mask of `mlm`, and
# which the causal one?
#
# ### Exercise `objective_mask`


# %% exercise="objective_mask" points=2 title="The masks of four objectives"
def objective_mask(kind, length, prefix=None, order=None):
    """Return the boolean mask (length, length) of an objective: True where looking is blocked.

    kind: "clm", "mlm", "prefix" or "permutation"; anything else raises ValueError.
    length: integer, at least 1.
    prefix: integer from 0 to length, for "prefix"; if missing or outside, ValueError.
    order: list of the integers 0 to length-1, each once, for "permutation": order[0] is the place
        that is predicted first. If missing or not such a list, ValueError.
    """
    # solution
    places = torch.arange(length)
    if kind == "mlm":
        return torch.zeros(length, length, dtype=torch.bool)
    if kind == "permutation":
        if order is None or sorted(order) != list(range(length)):
            raise ValueError("order must name every place once")
        # rank[i] is the moment at which place i has its turn: the inverse of the order.
        rank = torch.argsort(torch.tensor(order))
        return rank[None, :] > rank[:, None]
    later = places[None, :] > places[:, None]
    if kind == "clm":
        return later
    if kind == "prefix":
        if prefix is None or not 0 <= prefix <= length:
            raise ValueError("prefix must lie between 0 and length")
        # Columns of the prefix are open to all, to the prefix itself as well.
        return later & (places >= prefix)[None, :]
    raise ValueError(f"unknown kind {kind!r}")
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Ask for each kind: which entries are `True`? For the prefix, start from the causal mask and open
# columns.
#
# </details>
# <details><summary>Hint 2</summary>
#
# For the permutation you need the *moment* at which a place has its turn: `rank[order[t]] = t`. Key
# $j$ is blocked for query $i$ if its moment comes later.
#
# </details>
# <details><summary>Compare with your prediction</summary>
#
# The order 0, 1, 2, … gives the causal mask. The prefix `length` opens everything, as in `mlm`; the
# prefix 0 opens nothing, and leaves the causal mask. Prefixes of length 1 and 0 are the same mask:
# everybody sees place 0 anyway.
#
# </details>

# %%
with pending("the picture of the masks"):
    drawn = [3, 0, 5, 1, 4, 2]
    fig, axes = plt.subplots(1, 4, figsize=(8.2, 2.5))
    for ax, kind, extra, note in zip(
        axes,
        ("clm", "mlm", "prefix", "permutation"),
        ((), (), (3,), (None, drawn)),
        ("", "", " of 3", "\n" + " ".join(map(str, drawn))),
        strict=True,
    ):
        blocked = objective_mask(kind, 6, *extra)
        ax.imshow(blocked, cmap=OPEN_OR_BLOCKED, vmin=0, vmax=1)
        ax.set(title=kind + note, xlabel="looked at (key)", xticks=range(6), yticks=range(6))
        ax.set_xticks([n - 0.5 for n in range(1, 6)], minor=True)
        ax.set_yticks([n - 0.5 for n in range(1, 6)], minor=True)
        ax.grid(which="minor", color="0.75", linewidth=0.6)
        ax.tick_params(which="minor", length=0)
        ax.spines[:].set_visible(True)
    axes[0].set_ylabel("looking (query)")

# %% [markdown]
# **Figure 1.** Dark means blocked. A triangle; nothing; a triangle whose first three columns are
# open, *also in its first three rows*; and a triangle whose rows and columns are shuffled alike. In
# the last one every row has another number of open fields, from 1 (place 3, which comes first) to 6
# (place 2, which comes last). If the prefix square still has a triangle in its corner, the prefix
# cannot read itself.

# %%
with pending("the picture of the loss"):
    u_select, u_kind = torch.rand(2, 24, generator=torch.Generator().manual_seed(12))
    text = torch.arange(100, 124)
    _, labels = mlm_corrupt(text, u_select, u_kind, text, 4, [])
    hidden_spans = [(5, 8), (16, 18)]
    inputs, targets = span_corrupt(text.tolist(), hidden_spans, [3, 2, 1])
    rows = {
        "causal (GPT)": torch.ones(24),
        "prefix of 8": (torch.arange(24) >= 8).float(),
        "masked (BERT)": (labels != -100).float(),
        "replaced? (ELECTRA)": torch.ones(24),
        "spans (T5)": torch.tensor([float(t not in inputs) for t in text.tolist()]),
    }
    fig, ax = plt.subplots(figsize=(7, 2.1))
    ax.imshow(torch.stack(list(rows.values())), cmap=OPEN_OR_BLOCKED, vmin=0, vmax=1, aspect="auto")
    ax.set_yticks(range(5), [f"{name}: {row.mean():.0%}" for name, row in rows.items()])
    ax.set_xticks([n - 0.5 for n in range(25)], minor=True)
    ax.set_yticks([n - 0.5 for n in range(6)], minor=True)
    ax.grid(which="minor", color="0.75", linewidth=0.6)
    ax.tick_params(which="minor", length=0)
    ax.set(xlabel="position in the text", xticks=range(0, 24, 4))

# %% [markdown]
# **Figure 2.** Dark: a position at which the model is graded, for one text of 24 tokens. The share
# is the *loss density*. It is the first half of the price of an objective. The second half, how
# many places the network has to run over, you cannot see here: ELECTRA needs a second, small
# network, and T5 two halves of one.

# %% [markdown]
# ## d · Two essays
#
# Half a page each is plenty. An objective is described well if somebody could code it from your
# words: what goes in, what the target is, where the loss counts, who sees what.

# %% [markdown] question="1a" points=3 title="Two more objectives for an encoder"
# BERT was pretrained with two objectives: masked language modelling, and the guess whether one
# sentence follows another. **Describe two other objectives by which an encoder like BERT can be
# pretrained.** For each: input, target, positions that carry loss; and one advantage or drawback
# compared with MLM.
#
# Then **correct this sentence**: "In permutation language modelling the tokens of the input are
# shuffled, and the model learns to restore their order."

# %% [markdown] answer="1a"
# *Replaced-token detection (ELECTRA).* A small masked language model fills in the chosen 15 % of
# the places; the encoder gets the result and says for each token whether it is the original.
# Target: 0 or 1, at every position; a lucky hit of the generator counts as original. Advantage: all
# positions carry loss and no `[MASK]` appears in the input. Drawback: a generator has to be trained
# as well, and it must not be too good.
#
# *Sentence order prediction (ALBERT).* Two neighbouring stretches of a text go in, half of the time
# swapped. Target: one bit for the pair, read off at the first token. Harder than BERT's
# next-sentence guess, which a change of topic gives away; but one bit per pair is a thin signal, so
# it is used beside MLM.
#
# (Others: span masking with prediction from the boundary, permutation LM, denoising of deleted or
# shuffled tokens with a decoder, contrastive learning of sentence vectors, translation language
# modelling.)
#
# *The sentence.* The input is not shuffled: every token keeps its place and its position. What is
# permuted is the order of factorisation, that is, which tokens may be seen when a given one is
# predicted; it is done by the attention mask. Restoring shuffled tokens is another objective,
# de-shuffling.

# %% [markdown] rubric="1a"
# Any two recognised objectives count: replaced-token detection, sentence order, span masking or
# span boundary, permutation LM, token deletion or infilling with a decoder, de-shuffling under its
# right name, contrastive sentence objectives, translation LM, whole-word or entity masking (as
# one). MLM and next-sentence prediction themselves earn nothing.
#
# - 0.75: First objective: input and target are described so that one could code it.
# - 0.25: First objective: says where the loss counts, or names a true advantage or drawback.
# - 0.75: Second objective: input and target are described so that one could code it.
# - 0.25: Second objective: says where the loss counts, or names a true advantage or drawback.
# - 0.5: The sentence: tokens keep their places; nothing is shuffled in the input.
# - 0.5: The sentence: the order of factorisation is permuted, that is, what may be seen (by the
#   mask).

# %% [markdown] question="1b" points=3 title="Two more objectives for a decoder"
# GPT was pretrained by predicting the next token. **Describe two alternatives for a decoder.** For
# each, compare the **cost** (loss per token of text, length of the sequences, extra networks) and
# the **parallelism** in training with those of next-token prediction.
#
# Then **correct both parts of this paragraph**: "GPT could simply be trained with BERT's masked
# tokens instead; only the preprocessing makes that more expensive. Training an encoder-decoder, on
# the other hand, is hard to parallelise, because its decoder must produce one token after the
# other."

# %% [markdown] answer="1b"
# *Prefix LM.* A first part of the text is read in both directions, the rest is predicted from left
# to right; only the mask changes. Cost: one pass as before, but loss on the rest alone, so with a
# prefix of half the text about half the signal per token. Parallelism: all positions of the rest at
# once, as in GPT.
#
# *Fill in the middle.* The middle of a text is moved behind its suffix, with three marks; then
# plain next-token prediction. Cost: three tokens more per text, full loss density, no new mask or
# network; nearly free. Parallelism: unchanged.
#
# (Others: span corruption, permutation LM with a second stream at about twice the computation,
# prediction of several next tokens with extra heads, UL2's mixture of denoisers, an
# encoder-decoder.)
#
# *The paragraph.* With a causal mask a `[MASK]` sees only its left context; the right context,
# which is the point of MLM, stays hidden. The mask of the attention would have to become two-sided,
# and then the model is no longer one that generates from left to right. The preprocessing costs
# next to nothing; the price is the loss density, 15 % instead of 100 % of the positions. And
# training an encoder-decoder is parallel: the true target is fed in, shifted by one (teacher
# forcing), and a causal mask keeps each position honest. Only *generation* goes token by token, as
# it does for GPT.

# %% [markdown] rubric="1b"
# Any two recognised alternatives count: prefix LM, fill in the middle, permutation LM, span
# corruption (with or without an encoder), multi-token prediction, denoising mixtures, MLM **with**
# a two-sided mask, an encoder-decoder.
#
# - 0.5: First alternative: described so that one could code it.
# - 0.5: First alternative: cost and parallelism are compared with next-token prediction, and truly.
# - 0.5: Second alternative: described so that one could code it.
# - 0.5: Second alternative: cost and parallelism are compared with next-token prediction, and
#   truly.
# - 0.25: The paragraph: under a causal mask a hidden token sees no right context; the mask must
#   change.
# - 0.25: The paragraph: the price is the loss on 15 % of the positions, not the preprocessing.
# - 0.5: The paragraph: teacher forcing makes all target positions parallel; only generation is
#   sequential.

# %% [markdown]
# ## e · The parts of a Llama
#
# A Llama is a causal decoder like GPT. Four things are different: it normalises by **RMSNorm**
# instead of LayerNorm, tells positions by **rotation** instead of adding a position vector, has a
# **gate** in its feed-forward layer, and has no biases anywhere. You write these parts so exactly
# that weights trained elsewhere fit.
#
# **RMSNorm** divides by the root of the mean square, and multiplies by a learned gain:
#
# $$ y = \frac{x}{\sqrt{\frac1d \sum_i x_i^2 + \varepsilon}} \odot w $$
#
# No mean is subtracted, no bias added. $\varepsilon$ stands under the root. Shapes: `x (…, d)`,
# `w (d,)` → `(…, d)`.
#
# **Worked example.** $x = (1, 2, 3, 4)$: the mean square is $30/4 = 7.5$, its root 2.738613, and
# $y = (0.365148, 0.730297, 1.095445, 1.460593)$. With $\varepsilon = 0.1$ the first entry is
# $1/\sqrt{7.6} = 0.362738$; added outside the root it would be $1/2.838613 = 0.352285$.
#
# **Predict first.** Multiply $x$ by 10. What becomes of $y$? And what becomes of it if you *add* 10
# to every entry: the same as with LayerNorm?
#
# <details><summary>Compare with your guess</summary>
#
# Times 10 changes nothing (up to $\varepsilon$). Adding 10 changes $y$: RMSNorm sees the mean,
# LayerNorm does not. One pass over the data and half of the parameters are saved, and nobody has
# missed them.
#
# </details>
#
# ### Exercise `RMSNorm`


# %% exercise="RMSNorm" points=0.75 title="RMSNorm"
class RMSNorm(Module):
    """Divide the last axis by its root mean square, then multiply by a gain.

    dim: size of the last axis.  eps: added to the mean square, under the root.
    Parameter: weight (dim,), starts as ones.
    """

    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        """Return the normalised x, shaped like x (..., dim)."""
        # solution
        # keepdim: one root for each row, which broadcasts over its features.
        mean_square = (x * x).mean(-1, keepdim=True)
        # rsqrt is the reciprocal of the root already, so this is a product.
        return x * torch.rsqrt(mean_square + self.eps) * self.weight
        # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Square, mean along the last axis with `keepdim=True`, add `eps`, root, divide, multiply.
#
# </details>
# <details><summary>Hint 2: my numbers are huge</summary>
#
# `torch.rsqrt` gives one over the root. Dividing by it multiplies by the root.
#
# </details>
#
# ### Positions that turn
#
# **Rotary positions** (RoPE). Take the features in pairs, look at a pair as a point in the plane,
# and turn it by an angle that grows with the position $p$:
#
# $$ \begin{pmatrix} a' \\ b' \end{pmatrix} = \begin{pmatrix} \cos p\,\omega_i & -\sin p\,\omega_i \\ \sin p\,\omega_i & \cos p\,\omega_i \end{pmatrix}
#    \begin{pmatrix} a \\ b \end{pmatrix}, \qquad \omega_i = \text{base}^{-2i/d}, \quad i = 0, \dots, \tfrac d2 - 1 $$
#
# Turn the queries and the keys like this, and their dot product depends only on *how far apart*
# they are, because turning both by the same angle changes nothing. The values are not turned: they
# are what is handed over, not where it is looked for.
#
# Which features make a pair? Two **layouts** are in use, and weights trained with one are useless
# in the other:
#
# | layout | pair $i$ is | used by |
# |---|---|---|
# | `half` | features $i$ and $i + d/2$ | Llama as Hugging Face stores it, our weights |
# | `interleaved` | features $2i$ and $2i + 1$ | Llama as Meta stores it, the paper |
#
# Shapes: `x (…, L, d)`, `positions (L,)` → `(…, L, d)`; every pair stays where it was.
#
# **Worked example.** $x = (1, 1, 1, 1)$ at position 1, $d = 4$, so $\omega = (1, 0.01)$. The fast
# pair becomes $(\cos 1 - \sin 1, \sin 1 + \cos 1) = (-0.301169, 1.381773)$, the slow one
# $(0.989950, 1.009950)$:

# %%
print("interleaved  [-0.301169, 1.381773, 0.989950, 1.009950]   pairs (0, 1) and (2, 3)")
print("half         [-0.301169, 0.989950, 1.381773, 1.009950]   pairs (0, 2) and (1, 3)")

# %% [markdown]
# ### Exercise `rope`


# %% exercise="rope" points=1 title="Rotary positions"
def rope(x, positions, base=10000.0, layout="half"):
    """Return x with each pair of features turned by its position times the speed of the pair.

    x: tensor (..., L, d) of floats, d even; an odd d raises ValueError.
    positions: tensor (L,) of integers.
    base: number.  layout: "half" or "interleaved"; anything else raises ValueError.
    """
    # solution
    dim = x.shape[-1]
    if dim % 2:
        raise ValueError("rotation needs pairs: d must be even")
    if layout not in ("half", "interleaved"):
        raise ValueError(f"unknown layout {layout!r}")
    pairs = torch.arange(dim // 2, dtype=x.dtype, device=x.device)
    # (L, 1) times (d/2,): one angle for each position and each pair.
    angles = positions[:, None].to(x.dtype) * base ** (-2 * pairs / dim)
    cos, sin = angles.cos(), angles.sin()
    if layout == "half":
        a, b = x[..., : dim // 2], x[..., dim // 2 :]
    else:
        a, b = x[..., 0::2], x[..., 1::2]
    turned = a * cos - b * sin, a * sin + b * cos
    # Back to where they came from: one behind the other, or alternating.
    if layout == "half":
        return torch.cat(turned, dim=-1)
    return torch.stack(turned, dim=-1).flatten(-2)
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The angles are a table `(L, d/2)`. Cut `x` into the first and the second members of all pairs, `a`
# and `b`, each `(…, L, d/2)`; slices do it in both layouts.
#
# </details>
# <details><summary>Hint 2</summary>
#
# To put the halves back use `torch.cat`. To alternate, `torch.stack` along a new last axis and
# flatten the last two.
#
# </details>
# <details><summary>Hint 3: the length of my vectors changes</summary>
#
# A rotation keeps lengths. Look at the sign of the one minus, and whether `a` and `b` of the second
# line are still the old ones.
#
# </details>

# %%
with pending("the picture of the rotation"):
    generator = torch.Generator().manual_seed(2)
    q, k = torch.randn(2, 1, 16, generator=generator, dtype=torch.float64)
    offsets = torch.arange(-20, 21)

    def dots(at, layout_of_k):
        """Return the dot products of q at one place and k at places around it."""
        turned_q = rope(q, torch.tensor([at]))
        turned_k = rope(k.expand(41, 16), at + offsets, layout=layout_of_k)
        return (turned_k @ turned_q.T)[:, 0]

    fig, axes = plt.subplots(1, 2, figsize=(7.5, 2.7), sharey=True)
    for ax, layout in zip(axes, ("half", "interleaved"), strict=True):
        for at, width in ((20, 5.0), (27, 2.6), (60, 1.2)):
            ax.plot(offsets, dots(at, layout), linewidth=width, label=f"query at {at}")
        ax.set(title=f"q half, k {layout}", xlabel="place of the key, minus that of the query")
    axes[0].set_ylabel("dot product")
    axes[0].set_ylim(-14, 7)
    axes[1].legend(loc="upper center", ncols=3, fontsize=7.5, columnspacing=1)

# %% [markdown]
# **Figure 3.** One query, one key, three places of the query. On the left the three curves lie on
# top of each other: only the distance counts. On the right `q` and `k` are turned in different
# layouts. Each of the two is still a rotation and keeps every length, so no test of lengths
# notices. But the curves part: the model would see another sentence at every place.
#
# ### Exercises `rotary_attention`, `SwiGLU`
#
# The attention of a Llama, with the rotation in it. All heads at once, as leading dimensions:
#
# $$ \text{out} = \text{softmax}\!\left(\frac{\text{rope}(q)\,\text{rope}(k)^T}{\sqrt{d_{\text{head}}}} + \text{causal mask}\right) v $$
#
# Shapes: `q`, `k`, `v (…, L, d_head)`, `positions (L,)` → `(…, L, d_head)`. The layout is `half`,
# the base
# 10000. You know masked attention from the second notebook; you may use what PyTorch has.


# %% exercise="rotary_attention" points=0.75 depends=["rope"] title="Causal attention with rotary positions"
def rotary_attention(q, k, v, positions):
    """Return the output (..., L, d_head) of causal attention over rotated queries and keys.

    q, k, v: tensors (..., L, d_head) of floats.  positions: tensor (L,) of integers.
    """
    # solution
    # Where to look is a matter of positions, what is found there is not: v stays.
    q, k = rope(q, positions), rope(k, positions)
    scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    length = scores.shape[-1]
    later = torch.ones(length, length, dtype=torch.bool, device=scores.device).triu(1)
    return scores.masked_fill(later, -math.inf).softmax(-1) @ v
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Two calls of `rope`, then attention as ever: scale, causal mask, softmax, values.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `F.scaled_dot_product_attention` has an argument for causal masks, and divides by the root itself.
#
# </details>
#
# ### A gate
#
# **SwiGLU.** A GPT's feed-forward layer is up, GELU, down. A Llama goes up twice, and one of the
# two opens and closes the other:
#
# $$ y = W_{\text{down}} \bigl( \text{silu}(W_{\text{gate}}\, x) \odot W_{\text{up}}\, x \bigr), \qquad \text{silu}(z) = \frac{z}{1 + e^{-z}} $$
#
# Shapes: `x (…, d)` → hidden `(…, h)` → `(…, d)`.
#
# **Worked example.** With $d = h = 1$, all three weights 1 and $x = 2$:
# $\text{silu}(2) = 1.761594$, and $y = 3.523188$. Three matrices instead of two: to keep the count
# of weights, $h$ is 8/3 of $d$ instead of 4 times $d$.

# %%
wanted = 8 / 3 * 4096
print(f"8/3 of 4096 = {wanted:.1f}, up to a multiple of 256: {256 * math.ceil(wanted / 256)}")
print(f"weights of a GPT's layer 2·4·d² = {8 * 4096**2:,}, of SwiGLU 3·d·h = {3 * 4096 * 11008:,}")


# %% exercise="SwiGLU" points=0.5 title="SwiGLU"
class SwiGLU(Module):
    """The gated feed-forward layer: down(silu(gate x) * up x), without biases.

    dim: features that go in and come out.  hidden: features in between.
    Parameters, each (outputs, inputs): gate, up (hidden, dim) and down (dim, hidden).
    """

    def __init__(self, dim, hidden):
        super().__init__()
        self.gate = matrix(hidden, dim)
        self.up = matrix(hidden, dim)
        self.down = matrix(dim, hidden)

    def forward(self, x):
        """Return y, shaped like x (..., dim)."""
        # solution
        # The gate alone is activated; what it lets through is linear in x.
        return (F.silu(x @ self.gate.T) * (x @ self.up.T)) @ self.down.T
        # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Weights are (outputs, inputs), data lies in rows: `x @ W.T`.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `F.silu` exists. It is applied once, to the gate.
#
# </details>

# %% [markdown]
# ## f · Seven billion, exactly
#
# Every matrix of a Llama can be read off its configuration. With $V$ tokens, width $d$, hidden size
# $h$, $n$ layers, $H$ query heads and $K$ key-value heads of size $d_h$ each:
#
# | part | shape | how often |
# |---|---|---|
# | embedding | $V \times d$ | once |
# | queries, output | $(H d_h) \times d$, $d \times (H d_h)$ | per layer |
# | keys, values | $(K d_h) \times d$ each | per layer |
# | gate, up, down | $h \times d$, $h \times d$, $d \times h$ | per layer |
# | two norms | $d$ each | per layer |
# | final norm | $d$ | once |
# | output layer | $V \times d$ | once, unless it *is* the embedding (tied) |
#
# Later Llamas have fewer key-value heads than query heads (**grouped-query attention**): several
# queries share a key and a value. That saves few parameters, but much memory while generating,
# because keys and values of all earlier tokens are kept:

# %%
# Layers, heads, features of a head; a key and a value; two bytes for a number in half precision.
per_token = math.prod([32, 32, 128, 2, 2])
print(f"cache of Llama-2-7B: {per_token:,} bytes per token,", end=" ")
print(
    f"{per_token * 4096 / 2**30:g} GiB for 4096 tokens; with 8 heads {per_token // 4:,} per token"
)

# %% [markdown]
# **Predict first.** Which of the parts holds most of the parameters of Llama-2-7B: embedding and
# output, attention, or feed-forward?
#
# ### Exercise `llama_parameter_count`


# %% exercise="llama_parameter_count" points=1 title="The parameters of a Llama"
def llama_parameter_count(config):
    """Return the number of parameters of a Llama, as an integer.

    config: dictionary with vocab_size, hidden_size, intermediate_size, num_hidden_layers,
        num_attention_heads. May hold: num_key_value_heads (if missing, as many as attention
        heads), head_dim (if missing, hidden_size // num_attention_heads), tie_word_embeddings (if
        missing, False). It may hold more, which does not matter.
    """
    # solution
    vocabulary, d = config["vocab_size"], config["hidden_size"]
    heads = config["num_attention_heads"]
    head_size = config.get("head_dim", d // heads)
    kv_heads = config.get("num_key_value_heads", heads)
    # Queries and output have all heads, keys and values only their own.
    attention = 2 * d * heads * head_size + 2 * d * kv_heads * head_size
    feed_forward = 3 * d * config["intermediate_size"]
    layer = attention + feed_forward + 2 * d
    # A tied output layer is the embedding itself and is counted once.
    tables = 1 if config.get("tie_word_embeddings", False) else 2
    return config["num_hidden_layers"] * layer + d + tables * vocabulary * d
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Write down one layer, multiply, and add what occurs once. No biases anywhere; rotary positions
# have no parameters.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `config.get(name, default)` reads what may be missing. If you are off by 266,240 for Llama-2-7B,
# you have forgotten all norms; by 4,096, the last one; by 131,072,000, one of the two tables.
#
# </details>

# %% tags=["setup"]
LLAMA_2_7B = {
    "vocab_size": 32000,
    "hidden_size": 4096,
    "intermediate_size": 11008,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
}

# %%
with pending("the count of Llama-2-7B"):
    count = llama_parameter_count(LLAMA_2_7B)
    print(f"Llama-2-7B: {count:,} parameters, {2 * count / 1e9:.2f} GB in half precision")
    grouped = llama_parameter_count({**LLAMA_2_7B, "num_key_value_heads": 8})
    print(f"with 8 key-value heads: {grouped:,}")
    # What does not change with the size of a part belongs to the others.
    shares = {
        "feed-forward": count - llama_parameter_count({**LLAMA_2_7B, "intermediate_size": 0}),
        "attention": count - llama_parameter_count({**LLAMA_2_7B, "head_dim": 0}),
        "embedding, output": count - llama_parameter_count({**LLAMA_2_7B, "vocab_size": 0}),
    }
    fig, ax = plt.subplots(figsize=(6, 1.7))
    bars = ax.barh(list(shares), [n / 1e9 for n in shares.values()], color="#35608D")
    ax.bar_label(bars, [f"{n / count:.1%}" for n in shares.values()], padding=3)
    ax.set(xlabel="parameters in billions", xlim=(0, 5))

# %% [markdown]
# **Figure 4.** Two thirds of Llama-2-7B are feed-forward layers. The norms have 266,240 parameters
# and are not worth a bar; they still have to be there, or the weights do not fit.

# %% [markdown]
# ## g · Under the hood
#
# Now the parts are put together. First the tokenizer, byte-pair encoding as in the first notebook,
# in Llama's manner: a blank is written `▁` and belongs to the word behind it, the text gets one in
# front, and the ids begin with `<s>` (BOS, id 1). A story ends with `</s>` (EOS, id 2).


# %% tags=["setup"]
class Tokenizer:
    """Text to ids and back, by the merges of a trained byte-pair encoding."""

    def __init__(self, vocabulary, merges):
        self.vocabulary = vocabulary
        self.numbers = {token: i for i, token in enumerate(vocabulary)}
        self.ranks = {tuple(pair): rank for rank, pair in enumerate(merges)}

    def encode(self, text):
        """Return the ids of a text, with BOS in front. What it cannot write becomes <unk>, id 0."""
        ids = [1]
        marked = "▁" + text.replace(" ", "▁")
        for piece in re.findall("▁?[A-Za-z]+|[^A-Za-z]", marked) if text else []:
            symbols = list(piece)
            while len(symbols) > 1:
                pairs = list(zip(symbols, symbols[1:]))
                best = min(pairs, key=lambda pair: self.ranks.get(pair, math.inf))
                if best not in self.ranks:
                    break
                at = pairs.index(best)
                symbols[at : at + 2] = ["".join(best)]
            ids += [self.numbers.get(symbol, 0) for symbol in symbols]
        return ids

    def decode(self, ids):
        """Return the text of ids; special tokens are left out, and the blank in front is taken off."""
        text = "".join(self.vocabulary[i] for i in ids if i > 2).replace("▁", " ")
        return text.removeprefix(" ")


# %% [markdown]
# And the model. This code is given and you need not change it. You will **explain** it in question
# 2a, so read it with that in mind.


# %% tags=["setup"]
class Layer:
    """One layer of a Llama, made of your parts."""

    def __init__(self, config, weights):
        dim, eps = config["hidden_size"], config["rms_norm_eps"]
        self.heads = config["num_attention_heads"]
        self.before_attention, self.before_mlp = RMSNorm(dim, eps), RMSNorm(dim, eps)
        self.before_attention.load({"weight": weights["input_layernorm"]})
        self.before_mlp.load({"weight": weights["post_attention_layernorm"]})
        self.w_qkv = [weights[f"self_attn.{name}_proj"] for name in "qkv"]
        self.w_o = weights["self_attn.o_proj"]
        self.mlp = SwiGLU(dim, config["intermediate_size"])
        self.mlp.load({name: weights[f"mlp.{name}_proj"] for name in ("gate", "up", "down")})

    def split(self, x):
        """Return x (L, d) as (heads, L, d_head)."""
        return x.unflatten(-1, (self.heads, -1)).transpose(0, 1)

    def __call__(self, x, positions):
        h = self.before_attention(x)  # (3)
        q, k, v = (self.split(h @ w.T) for w in self.w_qkv)  # (4)
        found = rotary_attention(q, k, v, positions)  # (5)
        x = x + found.transpose(0, 1).flatten(1) @ self.w_o.T  # (6)
        return x + self.mlp(self.before_mlp(x))  # (7)


class TinyLlama:
    """A Llama in small: its tokenizer, its weights, and the way from ids to bets."""

    def __init__(self, folder="data"):
        with open(f"{folder}/tiny_llama.json", encoding="utf-8") as file:
            made = json.load(file)
        config, tokenizer = made["config"], Tokenizer(made["vocabulary"], made["merges"])
        self.encode, self.decode = tokenizer.encode, tokenizer.decode
        self.token = tokenizer.vocabulary.__getitem__
        weights = load_file(f"{folder}/tiny_llama.safetensors")
        weights = {name: weight.float().to(DEVICE) for name, weight in weights.items()}
        self.table, self.head = weights["model.embed_tokens.weight"], weights["lm_head.weight"]
        self.norm = RMSNorm(config["hidden_size"], config["rms_norm_eps"])
        self.norm.load({"weight": weights["model.norm.weight"]})
        self.layers = []
        for number in range(config["num_hidden_layers"]):
            start, end = f"model.layers.{number}.", ".weight"
            own = [name for name in weights if name.startswith(start)]
            own = {name.removeprefix(start).removesuffix(end): weights[name] for name in own}
            self.layers.append(Layer(config, own))

    @torch.no_grad()
    def lens(self, ids):
        """Return the bets after the embedding and after each layer, each (L, V)."""
        x = self.table[torch.tensor(ids, device=DEVICE)]  # (1)
        positions = torch.arange(len(ids), device=DEVICE)  # (2)
        states = [x]
        for layer in self.layers:
            x = layer(x, positions)
            states.append(x)
        return [self.norm(state) @ self.head.T for state in states]  # (8)

    def logits(self, ids):
        """Return the logits (L, V) of the whole model: row t bets on token t + 1."""
        return self.lens(ids)[-1].cpu()


class Llama2:
    """Llama-2-7b-chat behind the same names; used if HF_TOKEN is set in the environment."""

    def __init__(self, name="meta-llama/Llama-2-7b-chat-hf"):
        from transformers import AutoModelForCausalLM, AutoTokenizer

        token = os.environ["HF_TOKEN"]
        tokenizer = AutoTokenizer.from_pretrained(name, token=token)
        model = AutoModelForCausalLM.from_pretrained(name, token=token, dtype=torch.float16)
        self.model = model.to(DEVICE).eval()
        self.encode, self.token = tokenizer.encode, tokenizer.convert_ids_to_tokens
        self.decode = lambda ids: tokenizer.decode(ids, skip_special_tokens=True)
        self.table = self.model.get_input_embeddings().weight.detach()

    @torch.no_grad()
    def lens(self, ids):
        """Return the bets after the embedding and after each layer, each (L, V)."""
        given = torch.tensor([ids], device=DEVICE)
        states = self.model(given, output_hidden_states=True).hidden_states
        # The last one is normalised already.
        states = [*map(self.model.model.norm, states[:-1]), states[-1]]
        return [self.model.lm_head(state)[0].float() for state in states]

    def logits(self, ids):
        """Return the logits (L, V) of the whole model: row t bets on token t + 1."""
        # Without the lens: its scores for all 32 layers would be made again for every token.
        with torch.no_grad():
            return self.model(torch.tensor([ids], device=DEVICE)).logits[0].float().cpu()


BOS, EOS = 1, 2


# %%
llama = None
with pending("the model"):
    llama = Llama2() if os.environ.get("HF_TOKEN") else TinyLlama()
    for text in ("The sun", "One day, Kraft the crow found a red kite."):
        ids = llama.encode(text)
        print(ids, [llama.token(i) for i in ids], f"back: {llama.decode(ids)!r}", sep="\n  ")

# %% [markdown]
# The round trip gives the text back. Common words are one token; a rare name such as *Kraft* falls
# apart into several, of which only the first begins with `▁`. Anyone who prints the tokens one by
# one, with blanks between, gets `K r a ft`. And in front of everything stands a token that nobody
# wrote: `<s>`.
#
# ### Exercise `embedding_of`
#
# The vector of *one word*. Careful: what does `encode("sun")` return?


# %% exercise="embedding_of" points=0.5 title="The embedding of a word"
def embedding_of(word, encode, table):
    """Return the embedding (d,) of a word that is a single token.

    word: text.
    encode: function from a text to a list of ids, of which the first is always BOS.
    table: tensor (V, d), one row for each token.
    Raises ValueError if the word is not exactly one token.
    """
    # solution
    # The first id is BOS, which is not part of the word.
    ids = encode(word)[1:]
    if len(ids) != 1:
        raise ValueError(f"{word!r} is {len(ids)} tokens")
    return table[ids[0]]
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# A word of one token gives two ids. One vector is wanted, of shape `(d,)`.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Take the ids behind the first and count them.
#
# </details>

# %%
with pending("the list of neighbours"):
    if llama:
        table = llama.table.float()
        unit = table / table.norm(dim=-1, keepdim=True)
        for word in ("sun", "found", "Mila", "Otto"):
            vector = embedding_of(word, llama.encode, table)
            near = (unit @ (vector / vector.norm())).topk(5).indices.tolist()
            print(f"{word:6} {tuple(vector.shape)}, nearest:", [llama.token(i) for i in near])

# %% [markdown]
# Names lie near names, and what is found near what is seen, because they may stand in the same
# places. Of the other words little can be said: half a million weights and short stories leave
# their vectors much as they were at the start. Much larger models
# sort many more of their words.

# %% [markdown] question="shape" points=0.5 title="Find the errors"
# A notebook with the title *"Llama 2.7B under the hood"* contains these lines and their output.
# (`tokenizer` gives the ids as a tensor of one row for each text; `embed` looks up the rows of the
# table.)
#
# ```
# ids = tokenizer("sun", return_tensors="pt").input_ids
# sun = embed(ids)[-1]           # the id of "sun" is the last one; this is its embedding
# sun.shape                      # torch.Size([2, 4096])
# ```
#
# Why is the shape not `[4096]`, what does `sun` really hold, and how is the line repaired? And what
# is wrong with the title?

# %% [markdown] answer="shape"
# `ids` has the shape `[1, 2]`: one text, two tokens, because the tokenizer puts BOS in front.
# `embed(ids)` is `[1, 2, 4096]`, and `[-1]` takes the last *text*, not the last token. What remains
# are the embeddings of BOS *and* of "sun". Right is `embed(ids)[0, -1]` (or `embed(ids)[-1, -1]`).
#
# The model is Llama 2 with 7 billion parameters, Llama-2-7B (6,738,415,616 of them), not 2.7
# billion.

# %% [markdown] rubric="shape"
# - 0.25: BOS stands in front, and `[-1]` picks from the batch: two rows, of BOS and "sun"; a right
#   repair, such as `[0, -1]`.
# - 0.25: The title: Llama 2, with 7 billion parameters (6.74).

# %% [markdown]
# ### Exercise `top_tokens`
#
# The model returns logits `(L, V)`: one row of bets for each position. Only the last row speaks
# about what comes *next*.


# %% exercise="top_tokens" points=0.5 title="The best bets on the next token"
def top_tokens(logits, k=7):
    """Return the k most probable next tokens as a list of pairs (id, probability), best first.

    logits: tensor (L, V); row t holds the bets made at position t.
    k: integer from 1 to V.  The probabilities are those among all V tokens.
    """
    # solution
    # Softmax first, then the choice: the k probabilities need not sum to one.
    found = logits[-1].softmax(-1).topk(k)
    return list(zip(found.indices.tolist(), found.values.tolist()))
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The last row, a softmax over the vocabulary, `topk`.
#
# </details>
# <details><summary>Hint 2</summary>
#
# In which order: softmax over all tokens, or over the seven that are left?
#
# </details>
#
# **Predict first.** The model has read nothing but little stories. What may come after "One
# evening, Mila the fox went to the hill. The sun"? After "… There she saw a"? After "… There she
# saw a red"? For which do you expect one high bar, for which several?

# %%
with pending("the chart of bets"):
    if llama:
        story = "One evening, Mila the fox went to the hill."
        starts = [
            f"{story} {more}" for more in ("The sun", "There she saw a", "There she saw a red")
        ]
        fig, axes = plt.subplots(1, 3, figsize=(8, 2.6), sharex=True)
        for ax, start in zip(axes, starts, strict=True):
            best = top_tokens(llama.logits(llama.encode(start)), 7)
            ax.barh(
                [llama.token(i) for i, _ in best][::-1], [p for _, p in best][::-1], color="#35608D"
            )
            ax.set(title="… " + start[-16:], xlabel="probability", xlim=(0, 1))

# %% [markdown]
# **Figure 5.** The seven best bets. In the stories the sun of an evening *was red* or *set*, and
# `▁s` is how "set" begins. On the hill one finds a kite, a flower or a stone, each in two colours,
# and the bets are spread over the colours; once "red" is written, the stone is out. Nobody told the
# model any of this.
#
# ### The logit lens
#
# Final norm and output layer may be applied after *every* layer, as if the model ended there. What
# would it bet then?

# %%
with pending("the logit lens"):
    if llama:
        ids = llama.encode("One day, Mila the fox went to the hill. There she saw a red kite.")
        bets = [b.float().cpu().softmax(-1) for b in llama.lens(ids)]
        bets = bets[:: max(1, len(bets) // 8)] if len(bets) > 9 else bets
        shown = range(len(ids) - 10, len(ids))
        best = torch.stack([b[list(shown)].max(-1).values for b in bets])
        fig, ax = plt.subplots(figsize=(8.2, 2.6))
        ax.imshow(best, vmin=0, vmax=1.6, aspect="auto")
        for row, bet in enumerate(bets):
            for column, place in enumerate(shown):
                word = llama.token(bet[place].argmax().item())
                ax.text(column, row, word, ha="center", va="center", fontsize=7.5)
        ax.set_xticks(range(10), [llama.token(ids[i]) for i in shown])
        ax.set_yticks(range(len(bets)), ["embedding", *range(1, len(bets))])
        ax.set(xlabel="token that was read", ylabel="bet after layer")

# %% [markdown]
# **Figure 6.** The best bet after each layer; the darker, the surer. In the first row every token
# bets without having seen any other. Read a column downwards to see a bet form. Columns that change
# late are those for which the model has to look back.

# %% [markdown] question="2a" points=1.5 title="The code, explained"
# In the classes `Layer` and `TinyLlama` eight lines carry a number, (1) to (8). **Explain each of
# them as a comment would, in one or two sentences:** what comes in and goes out (shapes, with $L$
# tokens, $d$ features, $H$ heads), and *why* the line is there. You may copy the lines and write
# the comments between them.
#
# A comment that repeats the code in words ("adds x and the MLP") earns nothing.

# %% [markdown] answer="2a"
# 1. `x = self.table[…]`: looks up one row for each id, `(L,)` → `(L, d)`. From here on the model
#    never sees the ids again.
# 2. `positions`: `(L,)`, 0 to L-1. The embeddings say nothing about order. Beside the causal mask
#    this is the only place where it comes in, and it is used in the rotation alone.
# 3. `h = …`: every token's vector `(d,)` is scaled to root mean square 1, times a gain; shape
#    `(L, d)`. Normalised is what goes *into* the attention, while `x` itself goes on unchanged
#    beside it (pre-norm), so that gradients have a free road.
# 4. `q, k, v`: three products `(L, d)` → `(L, d)`, cut into heads: `(H, L, d/H)`. What I look for,
#    what I am found by, what I hand over.
# 5. `found`: each head mixes the values of the tokens up to its own, weighted by the match of
#    rotated queries and keys: `(H, L, d/H)`. The only line in which tokens exchange anything;
#    causal, so no bet knows its answer.
# 6. `x = x + …`: the heads are laid side by side again, `(L, d)`, mixed by `w_o`, and *added*: a
#    layer corrects the vector, it does not replace it.
# 7. `return x + …`: the same with the feed-forward layer, which works on each token by itself:
#    `(L, d)` → `(L, h)` → `(L, d)`. Most of the parameters are here.
# 8. `self.norm(…) @ self.head.T`: final norm, then a score for each token of the vocabulary,
#    `(L, d)` → `(L, V)`. Row t bets on token t+1. Applied to the states of all layers it is the
#    logit lens; the model's own answer is the last one.

# %% [markdown] rubric="2a"
# A right reason in other words counts. Half of a line's worth may be given.
#
# - 0.25: (1) and (2): lookup `(L,)` → `(L, d)`; positions are needed because the embeddings do
#   not tell the order.
# - 0.25: (3): normalises each token; before the part, beside the shortcut.
# - 0.25: (4): three roles, cut into heads, with the shape.
# - 0.25: (5): the only exchange between tokens; causal; rotation gives the distance.
# - 0.25: (6) and (7): heads joined and mixed; shortcuts; the feed-forward works on each token
#   alone.
# - 0.25: (8): logits `(L, V)`, row t is about token t+1; why the norm, or what the lens does with
#   it.

# %% [markdown]
# ### Exercise `continue_greedily`
#
# The simplest way to write: ask for the bets, take the best, append it, ask again.


# %% exercise="continue_greedily" points=1 title="Greedy continuation"
def continue_greedily(next_logits, prompt, max_new, eos):
    """Return prompt and continuation, a list of ids; each step takes the token with the best logit.

    next_logits: function from a list of ids to a tensor (V,), the bets on what comes next.
    prompt: list of ids, at least one.  max_new: integer, 0 or more: at most so many new ids.
    eos: integer; when it has been written the text ends, and it stays in the list.
    """
    # solution
    # A copy: the caller's prompt must not grow.
    ids = list(prompt)
    for _ in range(max_new):
        ids.append(int(next_logits(ids).argmax()))
        if ids[-1] == eos:
            break
    return ids
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `next_logits` wants the whole text so far, not only the last token.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `ids = prompt` is a second name for the same list. Decoding is not part of this function.
#
# </details>

# %%
with pending("a story"):
    if llama:

        def next_logits(ids):
            """Return the bets on the token behind ids."""
            return llama.logits(ids)[-1]

        for start in ("One evening, Mila the fox", "One night, Kraft the owl"):
            ids = continue_greedily(next_logits, llama.encode(start), 30, EOS)
            print(llama.decode(ids), "…")

# %% [markdown]
# ## h · From nothing (bonus)
#
# What does a model say if it is asked nothing? The empty prompt is not an empty list: the model
# gets **BOS alone**. Its bets there are the distribution over *beginnings*. Greedily, it begins
# every time in the same way. The question is what it says when it is **sampled**:
#
# $$ \text{next} = \min\{\, i : p_0 + \dots + p_i > u \,\} $$
#
# with one uniform number $u$ for each token. And a text is decoded **once, as a whole**: blanks
# belong to tokens, and whoever decodes token by token loses them, or puts some where none belong.
#
# ### Exercise `sample_from_nothing`


# %% exercise="sample_from_nothing" points=2 bonus=true title="Sampling from the empty prompt"
def sample_from_nothing(next_logits, decode, bos, eos, uniforms):
    """Return a text sampled from the empty prompt.

    next_logits: function from a list of ids to a tensor (V,), the bets on what comes next. A token
        with -inf is impossible.
    decode: function from a list of ids to a text, called once, with the new ids: without bos and eos.
    bos, eos: integers. The ids begin with bos; the text ends when eos is drawn.
    uniforms: list of numbers in [0, 1), one per step, used in order; when they are used up, the
        text ends.
    Each step draws the first token at which the cumulative probability exceeds its uniform; if
    rounding leaves the total at or below it, the last token that is possible.
    """
    # solution
    ids = [bos]
    for u in uniforms:
        # Double precision: over a large vocabulary the rounding of a cumulative sum shows.
        probabilities = torch.as_tensor(next_logits(ids)).double().softmax(-1)
        above = (probabilities.cumsum(-1) > u).nonzero()
        # Empty if rounding keeps the total below u.
        drawn = above[0] if len(above) else probabilities.nonzero()[-1]
        if int(drawn) == eos:
            break
        ids.append(int(drawn))
    # As a whole, so that blanks and marks of several tokens come out right.
    return decode(ids[1:])
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The loop of `continue_greedily` with another choice in it, and a list that starts with `[bos]`.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `cumsum`, compare with `u`, take the first `True`. EOS ends the text and is not part of what is
# decoded.
#
# </details>

# %%
with pending("a story from nothing"):
    if llama:
        print("greedy:", llama.decode(continue_greedily(next_logits, [BOS], 100, EOS)), "\n")
        for seed in range(3):
            uniforms = torch.rand(100, generator=torch.Generator().manual_seed(seed)).tolist()
            text = sample_from_nothing(next_logits, llama.decode, BOS, EOS, uniforms)
            print(f"sampled, seed {seed}:", text, "\n")
        first = top_tokens(llama.logits([BOS]), 7)
        print("bets on the first token:", [(llama.token(i), round(p, 3)) for i, p in first])

# %% [markdown] question="2b" points=2 bonus=true title="What a model says unasked"
# Look at the texts above and at the bets on the first token. **Interpret them:** what does the
# distribution behind BOS stand for, and why? How do the sampled texts differ from each other and
# from the greedy one? Run a few more seeds and name one thing that the model always gets right and
# one at which it may fail. What would you expect of Llama-2-7b-chat with the same empty prompt, and
# why?

# %% [markdown] answer="2b"
# BOS is the token behind which every training text begins, so the bets there are the distribution
# of first tokens in the training data: "One" and "There" in the share in which the stories open so,
# and the names in the share in which they were drawn. A sample follows the model's distribution
# over whole texts, token by token; each seed gives another story, reproducibly. The greedy text is
# one and the same each time. It is not even the most probable text, only the most probable step at
# each step.
#
# Grammar, names that come back, "she" for Mila and "he" for Otto, and the quotation marks are right
# nearly always. It fails where something must be remembered over many tokens: a rare name spelled
# out of letters, or an animal that changes.
#
# Llama-2-7b-chat has read the web and was then trained on dialogues. Sampled behind BOS alone, it
# writes beginnings of documents of all kinds, headings, code, several languages, and often drifts
# into the manner of an answer. Each sample is another kind of text, since nothing narrows the
# distribution.

# %% [markdown] rubric="2b"
# - 0.5: The bets behind BOS are the distribution of beginnings in the training data.
# - 0.5: Sampled texts differ and follow the model's probabilities; greedy is always the same, and
#   stepwise.
# - 0.5: Names something that is always right and something that fails, from texts that were looked
#   at.
# - 0.5: A reasoned expectation for the chat model: broad training data, no prompt that narrows it,
#   the manner of dialogues.

# %% [markdown]
# ## Before you hand in
#
# - Both names stand in `MEMBERS`.
# - *Restart and run all* goes through without an error, and the outputs are stored in the notebook.
# - Every `check` passes, or you know why not.
# - Questions 1a, 1b, shape and 2a have an answer, and 2b if you want its points.
# - There is a sentence or two of interpretation under each result.
# - The notebook and its PDF are both in the hand-in.
#
# You have now seen a language model from the question it is trained on down to the last of its
# parameters. What remains is to train one for a task of your own and to measure honestly whether it
# has learnt it. That is the next notebook.
