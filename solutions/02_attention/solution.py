# %% [raw]
# title = "Attention and the transformer block"
#
# [limits]
# cell_seconds = 90
# check_seconds = 10
#
# [hand_in]
# group_size = 2
# names = "warn"
# pdf = "warn"
# executed = "warn"
# interpreted = "warn"

# %% [markdown]
# # Attention and the transformer block
#
# A language model reads a row of tokens and bets on the next one. What lets it look back, at the
# right place and never ahead, is attention. In this notebook you build a small GPT from nothing
# but matrix products, one part at a time, and watch it learn a task that cannot be done without
# looking back.
#
# **Afterwards you can**
#
# - write masked attention that is right in its values, its gradients and its corner cases;
# - read a mask, and say what goes wrong with its polarity, its axes or its infinities;
# - assemble heads, normalisation, positions and a feed-forward layer into a transformer block, and
#   blocks into a GPT whose output layer is its own embedding;
# - batch sequences of different lengths and compute the loss that such a model is trained with;
# - prove with a gradient that no position sees its future.
#
# | part | task | minutes | difficulty (1–5) | points |
# |---|---|---:|:-:|---:|
# | a | `embedding_as_matmul` | 10 | 1 | 1 |
# | b | `causal_mask`, `padding_mask`, `combine_masks` | 20 | 2 | 3 × 1 |
# | c | `masked_softmax` | 25 | 3 | 3 |
# | c | question nan: zero times infinity | 10 | 2 | 0.5 |
# | d | `attention` | 25 | 3 | 4 |
# | d | question scale: why the square root | 15 | 3 | 0.5 |
# | d | `attention_matmuls` | 10 | 2 | 1 |
# | e | `Head` | 15 | 2 | 2 |
# | e | `MultiHeadAttention` | 35 | 4 | 3 |
# | e | question weights: what is trained? | 10 | 2 | 0.5 |
# | f | `LayerNorm` | 25 | 3 | 3 |
# | g | `sinusoidal_positions` | 20 | 3 | 2 |
# | h | `FeedForward`, `Block` | 30 | 3 | 1 + 2 |
# | i | `TinyGPT` | 35 | 4 | 4 |
# | i | question slide: find the errors | 10 | 3 | 0.5 |
# | j | `pad_batch`, `next_token_loss` | 35 | 3 | 2 + 3 |
# | k | training, and what the model looks at | 15 | 1 | |
# | | **together** | **345** | | **36** |
# | l | *bonus:* `kv_cached_attention` | 30 | 4 | + 4 |
#
# **What is given.** A base class `Module`, three helpers that make parameters, and the code of the
# figures. You need PyTorch and matplotlib. Nothing is downloaded. The whole notebook runs in less
# than a minute on a laptop, and the same cells use a graphics card where there is one.
#
# **How to hand in.** In groups of two, once per group; single hand-ins are not marked. Write both
# names into `MEMBERS` below. Hand in this notebook, run from top to bottom with its outputs in
# place, and a PDF of it. Comment your code. Questions are answered in the cell below them.

# %% [markdown]
# **Rules that hold for every function here**
#
# - Shapes: `B` sequences in a batch, `L` positions, `d` features, `H` heads, `V` tokens. A sequence
#   lies in rows, `(B, L, d)`. Many slides write it in columns; what is $W X$ there is $X W^T$ here.
# - Masks are boolean and are called `blocked`: **`True` means blocked.** PyTorch's
#   `scaled_dot_product_attention` and the `attention_mask` of other libraries use the opposite sign.
# - A position that may look at **nothing** gets **zeros**, never NaN.
# - **Arguments are never changed**, and nothing that was given is kept to be changed later.
#   `x += 1` changes the caller's tensor; `x = x + 1` makes a new one.
# - Inputs are tensors, of single or double precision, on any device. Results live where the inputs
#   live. Gradients flow through everything.
# - Logarithms are natural.
# - A *bad argument* is answered with a `ValueError` where the text says so.
# - Below each blank, `check("name")` runs the public checks. More checks run when the notebook is
#   marked: other values, properties, gradients.

# %% tags=["setup"]
import math
from contextlib import contextmanager

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from torch import nn

from grader import check, pending

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
# Small tensors: a second thread would wait for the first more than it works.
torch.set_num_threads(1)
torch.manual_seed(0)
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


def show_matrix(ax, matrix, title="", labels=None, top=None):
    """Draw a matrix: its first row on top, queries downwards, keys to the right."""
    matrix = torch.as_tensor(matrix).detach().float().cpu()
    picture = ax.imshow(matrix, vmin=0, vmax=top or matrix.max().item() or 1, aspect="auto")
    ax.set(title=title, xlabel="looked at (key)", ylabel="looking (query)")
    if labels is not None:
        ax.set_xticks(range(len(labels)), labels, rotation=60 if len(max(labels)) > 1 else 0)
        ax.set_yticks(range(len(labels)), labels)
    ax.spines[:].set_visible(False)
    return picture


# %%
# The names of both members of the group, as on the course site.
MEMBERS = ["", ""]

# %% [markdown]
# ## a · From tokens to vectors
#
# A token is a number between 0 and $V - 1$. An **embedding** holds one row of $d$ numbers for each,
# and looks it up. That is the same as a matrix product: write token $i$ as a row of zeros with a
# single 1 at place $i$ (*one-hot*), and multiply.
#
# $$ \text{onehot}(i)\; W = W_i $$
#
# Shapes: `ids (…)` → `onehot (…, V)`, times `W (V, d)` → `(…, d)`.
#
# **Worked example.** Here is a table that goes with us through the notebook: seven tokens of a
# sentence, three features each.

# %% tags=["setup"]
WORDS = ["<BOS>", "Paris", "is", "the", "capital", "of", "France"]
IDS = [0, 102, 76, 34, 159, 45, 203]
TABLE = torch.tensor(
    [
        [0.1, 0.0, 0.3],
        [0.2, 0.1, 0.4],
        [0.3, 0.6, 0.5],
        [0.5, 0.2, 0.7],
        [0.6, 0.4, 0.3],
        [0.1, 0.8, 0.2],
        [0.4, 0.9, 0.1],
    ],
    dtype=torch.float64,
)

# %%
for word, number, row in zip(WORDS, IDS, TABLE.tolist(), strict=True):
    print(f"{word:8} id {number:3}  →  {row}")
onehot = torch.tensor([0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0], dtype=torch.float64)
print("onehot(4) times the table:", onehot @ TABLE)

# %% [markdown]
# ### Exercise `embedding_as_matmul`
#
# Do it as a product, for ids of any shape. (Nobody computes embeddings like this, but it tells what
# an embedding *is*: a linear layer without bias, and how its gradient looks.)


# %% exercise="embedding_as_matmul" points=1 title="An embedding is a matrix product"
def embedding_as_matmul(weight, ids):
    """Return the rows of weight that belong to ids, computed as one-hot times weight.

    weight: tensor (V, d) of floats.
    ids: tensor (...) of integers from 0 to V-1, of any shape.
    Returns a tensor (..., d) of weight's dtype.
    """
    # solution
    # one_hot gives integers; a product needs the dtype of the weight.
    onehot = F.one_hot(ids, num_classes=weight.shape[0])
    return onehot.to(weight.dtype) @ weight
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `F.one_hot` makes the rows of zeros and ones. It cannot know $V$ from the ids alone: the largest
# one may not occur.
#
# </details>
# <details><summary>Hint 2</summary>
#
# It gives integers, and PyTorch multiplies only tensors of the same dtype.
#
# </details>

# %%
with pending("the gradient of an embedding"):
    weight = torch.zeros(5, 2, requires_grad=True)
    embedding_as_matmul(weight, torch.tensor([3, 1, 3])).sum().backward()
    print("gradient of each row:", weight.grad[:, 0].tolist())

# %% [markdown]
# Token 3 came twice, so its row collects the gradient twice. Rows of absent tokens get nothing.
#
# ## b · Who may look at whom
#
# A mask is a matrix with a row for each **query** (who is looking) and a column for each **key**
# (what is looked at). In a causal language model position $i$ may look at $j \le i$: at itself and
# at what came before. `True` means blocked, so what is `True` lies strictly above the diagonal.
#
# Sequences of different lengths share a batch by *padding* the short ones. Nobody may look at
# padding: its **columns** are blocked, for every head and every query. Its rows are not blocked;
# what a padding position computes is simply ignored later.
#
# Shapes: causal `(L, L)`; padding `attention_mask (B, L)` → `(B, 1, 1, L)`; scores `(B, H, L, L)`.
#
# **Worked example.** Broadcasting lines shapes up from the right. With $B = 2$, $H = 3$, $L = 5$:

# %%
scores_shape = (2, 3, 5, 5)
for shape in ((5, 5), (2, 1, 1, 5), (2, 1, 5), (2, 5)):
    try:
        print(f"{shape!s:13} →", tuple(torch.broadcast_shapes(shape, scores_shape)))
    except RuntimeError:
        print(f"{shape!s:13} → does not fit")

# %% [markdown]
# **Predict first.** What would the last two lines print for $B = H = L = 5$, where every size is
# the same: an error, or a shape? Try it.
#
# <details><summary>Compare with your guess</summary>
#
# A shape, and a wrong mask without a word. `(B, L)` is then read as *query by key*, and `(B, 1, L)`
# as *head, any query, key*. This is why the checks here use sizes that are all different, and why
# your own tests should.
#
# </details>
#
# ### Exercises `causal_mask`, `padding_mask`, `combine_masks`


# %% exercise="causal_mask" points=1 title="The causal mask"
def causal_mask(length):
    """Return the boolean mask (length, length): True where the key comes after the query.

    length: integer, at least 1.
    """
    # solution
    # triu(1): strictly above the diagonal. With triu(0) no token could see itself.
    return torch.ones(length, length, dtype=torch.bool).triu(1)
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Row 0 has a single `False`: the first token sees itself. The last row is all `False`.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `triu` keeps the upper triangle, and its argument says from which diagonal on. Or compare
# column numbers with row numbers.
#
# </details>


# %% exercise="padding_mask" points=1 title="The padding mask"
def padding_mask(attention_mask):
    """Return the boolean mask (B, 1, 1, L): True at the keys that are padding.

    attention_mask: tensor (B, L), 1 (or True) at real tokens and 0 (or False) at padding.
    """
    # solution
    # Polarity turns round: 1 means "real" there, True means "blocked" here.
    blocked = attention_mask == 0
    # The keys are the last axis; heads and queries are for broadcasting.
    return blocked[:, None, None, :]
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Two things: the sign, and two new axes. `~` on a tensor of integers is not what you want.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Axes of scores are (batch, head, query, key). Where must the $L$ of the mask be, and what stands
# in the place of heads and queries?
#
# </details>


# %% exercise="combine_masks" points=1 title="Masks together"
def combine_masks(*masks):
    """Return one boolean mask that blocks whatever any of the masks blocks.

    masks: any number of boolean tensors whose shapes broadcast; None stands for "nothing blocked".
    Returns a boolean tensor of the broadcast shape, or None if there is no mask but None.
    """
    # solution
    together = None
    for mask in masks:
        if mask is not None:
            # A new tensor each time: `|=` would write into the caller's first mask.
            together = mask if together is None else together | mask
    return together
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Blocked by one is blocked: which logical operation is that? It exists as an operator on boolean
# tensors.
#
# </details>
# <details><summary>Hint 2</summary>
#
# If you add masks as numbers, an entry blocked twice is 2. Make sure that 2 counts as blocked.
#
# </details>

# %%
with pending("the picture of the masks"):
    causal = causal_mask(5)
    padding = padding_mask(torch.tensor([[1, 1, 1, 0, 0]]))
    union = combine_masks(causal, padding)
    fig, axes = plt.subplots(1, 3, figsize=(7.5, 2.6))
    names = ("causal", "padding", "combined")
    for ax, name, mask in zip(axes, names, (causal, padding, union), strict=True):
        full = torch.broadcast_to(mask, (1, 1, 5, 5))[0, 0]
        show_matrix(ax, full, name, list("abc··"), top=1.6)

# %% [markdown]
# **Figure 1.** Three real tokens and two of padding (·); dark means blocked. Causal: a triangle
# *above* the diagonal, which stays light. Padding: two *columns*. Dark rows instead of columns:
# queries are blocked, not keys. A dark corner at the lower left: the polarity is turned round.
# In the right-hand picture every row has a light square left, padding rows included.

# %% [markdown]
# ## c · A softmax that knows what is blocked
#
# Scores become weights by the softmax. Blocked entries take no part: their score counts as
# $-\infty$, and $e^{-\infty} = 0$.
#
# $$ w_j = \frac{e^{s_j}}{\sum_{k\ \text{not blocked}} e^{s_k}}, \qquad w_j = 0 \text{ if blocked} $$
#
# Shapes: `scores (…)`, `blocked` broadcastable to it → `weights (…)`, same shape.
#
# **Worked example.** Five scores, and the same scores ten times as large.

# %%
scores = torch.tensor([0.1, -0.2, -0.3, 0.2, 0.5], dtype=torch.float64)


def steepness(weights):
    """Return the Frobenius norm of the softmax's Jacobian, from its own output."""
    return torch.linalg.norm(torch.diag(weights) - torch.outer(weights, weights)).item()


for factor in (1, 10):
    weights = torch.softmax(factor * scores, dim=0)
    print(f"scores × {factor:2} →", [f"{w:.6g}" for w in weights.tolist()], end="  ")
    print(f"steepness {steepness(weights):.4f}")

# %% [markdown]
# Larger scores do not change the order, they change how much the winner takes, and they flatten
# the function: its derivative falls to a quarter. Small derivatives mean slow learning.


# %% tags=["setup"]
def knob(draw, name, values):
    """Draw one panel per value, and a slider below where ipywidgets is there to run it."""
    fig, axes = plt.subplots(1, len(values), figsize=(7.5, 2.3), sharey=True)
    for ax, value in zip(axes, values, strict=True):
        draw(ax, value)
    axes[0].set_ylabel("weight")
    plt.show()
    try:
        from ipywidgets import FloatLogSlider, interact
    except ImportError:
        return

    def alone(value):
        _, ax = plt.subplots(figsize=(3.5, 2.3))
        draw(ax, value)
        ax.set_ylabel("weight")
        plt.show()

    interact(alone, value=FloatLogSlider(1, min=-1, max=2, description=name))


# %%
def draw_weights(ax, factor):
    weights = torch.softmax(factor * scores, dim=0)
    ax.bar(range(5), weights, color="0.75", edgecolor="0.2")
    ax.set(title=f"scores × {factor:.3g}\nsteepness {steepness(weights):.3f}", xlabel="key")
    ax.set(ylim=(0, 1), xticks=range(5))


knob(draw_weights, "factor", (0.1, 1, 3, 10, 30))

# %% [markdown]
# **Figure 2.** The softmax of the same scores at five scales. On the left it averages, on the right
# it picks one. Steepness is largest where it has not made up its mind.
#
# **Predict first.** A slide writes masking as $\text{scores} + \text{mask} \cdot (-\infty)$, with 1
# for blocked. What are the three rows, for scores that are all zero?

# %%
zeros = torch.zeros(3, 3)
ones_above = torch.tensor([[0.0, 1.0, 1.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
masked = zeros + ones_above * (-math.inf)
print(masked)
print(torch.softmax(masked, dim=-1))

# %% [markdown] question="nan" points=0.5 title="Zero times infinity"
# The formula on the slide is
# $\text{softmax}\big(\text{scores} + (M_\text{causal} + M_\text{padding}) \cdot (-\infty)\big)$, with masks
# of 0 and 1. **Which entries of the sum are NaN and why? Why is every row lost although only some
# of its entries are NaN? Write a form that works.**

# %% [markdown] answer="nan"
# $0 \cdot (-\infty)$ is undefined, and IEEE arithmetic says NaN. So the entries that are *not*
# blocked become NaN; the blocked ones are $-\infty$ as wanted. The softmax divides by the sum over
# the row, and a sum with a NaN in it is NaN. Every row has at least one entry that is not blocked
# (the diagonal), so every row is lost.
#
# It works to *choose* instead of to multiply: `scores.masked_fill(blocked, -inf)`, or `torch.where(blocked, -inf,
# scores)`. (Multiplying by a large finite number works as well while no row is blocked entirely.)

# %% [markdown] rubric="nan"
# - 0.25: $0 \cdot \infty$ is NaN, hence the entries that are *not* blocked are NaN, and the
#   normalising sum carries it to the whole row. One of the two alone earns nothing here.
# - 0.25: A form that works: masked fill, `where`, adding a matrix that holds 0 and $-\infty$, or a
#   large finite negative number.

# %% [markdown]
# **A row without anything to look at.** Pad on the *left* and combine with the causal mask: the
# first real token comes late, and the padding positions before it can look at nothing at all. The
# choice of the number that is filled in then decides what happens:

# %%
left = torch.tensor([[0, 0, 1, 1, 1]]) == 0
rows = "01111 00111 00011 00001 00000".split()
above = torch.tensor([[entry == "1" for entry in row] for row in rows])
blocked_rows = left | above
for name, fill in (
    ("-inf", -math.inf),
    ("the lowest finite number", torch.finfo(torch.float32).min),
):
    filled = torch.where(blocked_rows, fill, torch.zeros(5, 5))
    print(f"{name}:", torch.softmax(filled, dim=-1)[0].tolist())
qkv = torch.zeros(1, 5, 2), torch.zeros(1, 5, 2), torch.eye(5)[None]
library = F.scaled_dot_product_attention(*qkv, attn_mask=~blocked_rows)
print("PyTorch's own attention:", library[0, 0].tolist())
lowest = torch.finfo(torch.float32).min
print("two lowest finite numbers added:", (torch.tensor(lowest) + lowest).item())

# %% [markdown]
# Three answers: NaN; the average of *everything*, padding and future included; zeros. Here zeros
# are asked for, because they are harmless: nothing leaks, and nothing poisons the gradients.
#
# ### Exercise `masked_softmax`
#
# `torch.softmax` is allowed. If you write the exponentials yourself, mind scores of 1000.


# %% exercise="masked_softmax" points=3 title="Masked softmax"
def masked_softmax(scores, blocked=None, dim=-1):
    """Return the softmax of scores along dim, in which blocked entries take no part.

    scores: tensor of floats of any shape; finite, and possibly as large as ±1000.
    blocked: boolean tensor that broadcasts to the shape of scores, or None for nothing blocked.
    dim: the axis along which the weights sum to 1.
    Returns a tensor shaped like scores. Blocked entries are 0. Where everything along dim is
    blocked, all weights are 0, and neither they nor the gradients are NaN.
    """
    # solution
    if blocked is None:
        return torch.softmax(scores, dim)
    # A finite number, not -inf: a row of nothing but -inf would be 0/0, in the gradient too.
    lowest = torch.finfo(scores.dtype).min
    weights = torch.softmax(scores.masked_fill(blocked, lowest), dim)
    # Only a row that is blocked entirely has any weight left to remove.
    return weights.masked_fill(blocked, 0)
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Fill before the softmax, not after it: afterwards the blocked scores have already had their share
# of the denominator. And 0 is not a neutral filling, since $e^0 = 1$.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `masked_fill` with a very negative number does all but the rows that are blocked entirely. What
# do you get for those, and what removes it without touching the other rows?
#
# </details>
# <details><summary>Hint 3: the values are right, and the gradient is NaN</summary>
#
# `nan_to_num` mends the value and not the way back: the derivative of the softmax at a row of
# $-\infty$ is NaN, and NaN times 0 is NaN. Keep the NaN from coming into being.
#
# </details>

# %%
with pending("the causal weights of zero scores"):
    print("causal, 3 tokens:\n", masked_softmax(zeros, ones_above == 1))
    right = torch.tensor([[1, 1, 1, 0, 0]]) == 0
    print("padding on the right:\n", masked_softmax(torch.zeros(5, 5), right | above))
    print("padding on the left:\n", masked_softmax(torch.zeros(5, 5), blocked_rows))

# %% [markdown]
# ## d · Attention
#
# Every position asks a question (**query**), advertises what it has (**key**) and holds something
# to hand over (**value**). The score of a pair is the product of query and key, divided by the root
# of their length; the weights are the softmax of the scores; the output is the weighted average of
# the values.
#
# $$ \text{out} = \text{softmax}\!\left(\frac{Q K^T}{\sqrt{d_k}}\right) V $$
#
# Shapes: `q (…, L_q, d_k)`, `k (…, L_k, d_k)`, `v (…, L_k, d_v)` → scores and weights
# `(…, L_q, L_k)` → `out (…, L_q, d_v)`. The number of queries may differ from that of keys, and
# `d_v` from `d_k`.
#
# **Worked example.** With the table as queries, keys and values, "Paris" (row 1) may look at
# `<BOS>` and at itself:

# %%
paris = TABLE[1]
scores_paris = TABLE[:2] @ paris / math.sqrt(3)
weights_paris = scores_paris.exp() / scores_paris.exp().sum()
print("weights", [f"{w:.6f}" for w in weights_paris.tolist()])
print("output ", [f"{o:.6f}" for o in (weights_paris @ TABLE[:2]).tolist()])

# %% [markdown]
# **Why the root?** The product of two vectors of $d$ independent standard normal numbers has mean 0
# and variance $d$. Measure it:

# %%
generator = torch.Generator().manual_seed(1)
for d in (16, 64, 256):
    u, v = torch.randn(2, 100_000, d, generator=generator)
    products = (u * v).sum(-1)
    print(
        f"d = {d:3}: variance {products.var():6.1f}, divided by √d {(products / d**0.5).var():.3f}"
    )

# %% [markdown]
# The original transformer has $d_\text{model} = 512$ and $h = 8$ heads with $d_k = d_v = 64$ each:
# without the root the scores would have a standard deviation of 8, and Figure 2 shows what that
# does to the softmax.
#
# ### Exercise `attention`
#
# Write it out, from two products and your `masked_softmax`.


# %% exercise="attention" points=4 depends=["masked_softmax"] title="Scaled dot-product attention"
def attention(q, k, v, blocked=None):
    """Return (out, weights) of scaled dot-product attention.

    q: tensor (..., L_q, d_k).  k: tensor (..., L_k, d_k).  v: tensor (..., L_k, d_v).
    blocked: boolean tensor that broadcasts to (..., L_q, L_k), True = blocked, or None.
    Returns out (..., L_q, d_v) and weights (..., L_q, L_k). A query with everything blocked gets
    zeros in both.
    """
    # solution
    # The last two axes, not `.T`: any number of batch axes may stand in front.
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    weights = masked_softmax(scores, blocked)
    return weights @ v, weights
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Three lines: scores, weights, average. The length under the root is that of a query.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `k.T` turns *all* axes round. You want the last two to change places, whatever stands in front.
#
# </details>

# %%
with pending("the picture of the weights"):
    out, causal_weights = attention(TABLE, TABLE, TABLE, causal_mask(7))
    full_out, full_weights = attention(TABLE, TABLE, TABLE)
    fig, axes = plt.subplots(1, 2, figsize=(7.5, 3.4))
    for ax, name, weights in zip(
        axes, ("causal", "no mask"), (causal_weights, full_weights), strict=True
    ):
        picture = show_matrix(ax, weights, name, WORDS, top=0.4)
    fig.colorbar(picture, ax=axes, label="weight", extend="max")
    print("last row of the weights:", [f"{w:.6f}" for w in causal_weights[6].tolist()])
    print("last row of the output: ", [f"{o:.6f}" for o in out[6].tolist()])
    print("first row of the output:", out[0].tolist())
    print("without a mask:         ", [f"{o:.6f}" for o in full_out[0].tolist()])
    unscaled = torch.softmax(TABLE @ TABLE[6], dim=0)
    print("weights without the root:", [f"{w:.6f}" for w in unscaled.tolist()][:2], "…")

# %% [markdown]
# **Figure 3.** Who looks at whom in the sentence. Left: nothing above the diagonal, and each row
# adds up to 1, so the first is all on `<BOS>` and its output is the value of `<BOS>` itself. Colour
# above the diagonal: the mask did not arrive. Rows that fade towards the top: masked after the
# softmax. The next cell shows why that is worse than it looks.

# %%
with pending("the leak through the denominator"):
    future = causal_mask(7)
    scores7 = TABLE @ TABLE.T / math.sqrt(3)
    cut = torch.softmax(scores7, dim=-1) * ~future
    print("row sums when masked afterwards:", [f"{s:.3f}" for s in cut.sum(-1).tolist()])
    changed = TABLE.clone()
    changed[6] = 40.0
    cut_changed = torch.softmax(changed @ changed.T / math.sqrt(3), dim=-1) * ~future
    _, moved = attention(changed, changed, changed, future)
    print("Now token 6 is another one, and the weights of row 1 add up to")
    print(
        f"{cut_changed[1].sum():.3f} when masked afterwards, {moved[1].sum():.3f} when masked before"
    )

# %% [markdown]
# Nothing is visible of token 6 from row 1, and yet row 1 lost its whole weight, 0.274, when token 6
# changed: through the denominator the future leaks into the past, although every future weight is 0.

# %% [markdown] question="scale" points=0.5 title="Why the square root"
# Let the components of $u$ and $v$ be independent with mean 0 and variance 1. **Show that
# $\text{Var}(u \cdot v) = d$**, and say in one sentence why the scores are therefore divided by $\sqrt d$.
# A slide offers another reason: "Why not divide by the norm, $u\cdot v / \lVert u \cdot v\rVert$? Not
# differentiable!" **What does that expression compute, and what is wrong with the reason?**

# %% [markdown] answer="scale"
# $E[u_i v_i] = E[u_i]E[v_i] = 0$ and $\text{Var}(u_i v_i) = E[u_i^2]E[v_i^2] = 1$ by independence. The $d$
# terms are independent, so their variances add up to $d$. Divided by its standard deviation
# $\sqrt d$ a score has variance 1 at the start of training, whatever the width, and the softmax starts
# where it is neither flat nor saturated.
#
# $u \cdot v$ is a number, so the quotient is its sign, $\pm 1$: all information about the size is gone. Cosine
# similarity $u \cdot v / (\lVert u \rVert \lVert v \rVert)$ was probably meant; that is differentiable away from 0 and is used in
# practice. Differentiability is not the reason for the root; variance is.

# %% [markdown] rubric="scale"
# - 0.25: Variance 1 per term from independence and mean 0, summed to $d$; and the consequence:
#   variance 1 after division, so that the softmax does not saturate.
# - 0.25: The quotient is the sign of a number; the true reason is the variance. Naming cosine
#   similarity as differentiable earns it too.

# %% [markdown]
# ### Exercise `attention_matmuls`
#
# What does attention cost? One head turns a context of $C$ tokens with $I$ inputs each into $C$
# outputs of size $O$, through queries and keys of size $H$. It takes five matrix products: queries,
# keys, values, scores, average. Which of them grow with the square of $C$?
#
# Shapes: a product of `(m, n)` and `(n, p)` is written `((m, n), (n, p))`.


# %% exercise="attention_matmuls" points=1 title="Five matrix products"
def attention_matmuls(C, I, H, O):
    """Return the shapes of both factors of each of the five products of one head, in order.

    C: tokens in the context.  I: size of an input.  H: size of a query.  O: size of an output.
    Returns a list of five pairs ((rows, columns), (rows, columns)), for queries, keys, values,
    scores, and the average of the values.
    """
    # solution
    # The weights enter as inputs × outputs, so that the row of a token stands on the left.
    queries, keys, values = ((C, I), (I, H)), ((C, I), (I, H)), ((C, I), (I, O))
    # Queries times keys transposed; then one row of weights per query, one row of values per key.
    return [queries, keys, values, ((C, H), (H, C)), ((C, C), (C, O))]
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Tokens are rows: the first factor of the first three products is the whole context, `(C, I)`.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The columns of the first factor are the rows of the second, each time. The scores are `(C, C)`.
#
# </details>

# %%
with pending("the cost of the five products"):
    for C in (1_000, 2_000):
        costs = [m * n * p / 1e6 for (m, n), (_, p) in attention_matmuls(C, 512, 64, 64)]
        print(f"C = {C}: million multiplications", [f"{cost:.0f}" for cost in costs])

# %% [markdown]
# Twice the context: the projections double, the last two products become four times as dear.
#
# ## e · Heads
#
# In **self-attention** queries, keys and values are three linear images of the same input. The
# matrices are what is learnt.
#
# $$ Q = X W_Q^T, \qquad K = X W_K^T, \qquad V = X W_V^T $$
#
# Shapes: `x (B, L, d_model)`, each weight `(d_head, d_model)` → `(B, L, d_head)`. Weights are
# stored *outputs × inputs*, as in `nn.Linear`, and applied with a transpose.
#
# **Modules and `load`.** Your modules derive from `Module`, which adds one method to `nn.Module`:
# `load({"w_q": …})` sets parameters by name, with a dot for children (`"attn.w_q"`). Your modules
# are checked *after* `load`, so the random numbers they start with do not matter. The constructors
# suggest attributes for which `load` works as it is. If you would rather build a part otherwise,
# for example with one matrix for queries, keys and values together, do, and write a `load` of your
# own that takes the same names.


# %% tags=["setup"]
class Module(nn.Module):
    """A torch module whose parameters can be set from outside."""

    def load(self, weights):
        """Set parameters by name; a name with a dot belongs to a child. The dtype comes along."""
        fill(self, weights)


def fill(module, weights):
    """Put tensors into the parameters of a module and of its children."""
    children = {}
    for name, value in weights.items():
        first, _, rest = name.partition(".")
        if rest:
            children.setdefault(first, {})[rest] = value
            continue
        found = getattr(module, name)
        # An nn.Embedding or nn.Linear of this name stands for its weight.
        parameter = getattr(found, "weight", found)
        if parameter.shape != value.shape:
            raise ValueError(f"{name} is {tuple(parameter.shape)}, not {tuple(value.shape)}")
        parameter.data = value.detach().clone().to(parameter.device)
    for name, part in children.items():
        child = getattr(module, name)
        child.load(part) if hasattr(child, "load") else fill(child, part)


def matrix(outputs, inputs):
    """Return a random weight (outputs, inputs) that keeps the variance of what goes through."""
    return nn.Parameter(torch.randn(outputs, inputs) / math.sqrt(inputs))


def bias(count):
    """Return a bias of zeros."""
    return nn.Parameter(torch.zeros(count))


def embedding(count, dim):
    """Return an nn.Embedding (count, dim) with small random numbers."""
    made = nn.Embedding(count, dim)
    nn.init.normal_(made.weight, std=0.02)
    return made


# %% [markdown]
# ### Exercise `Head`
#
# One head. It takes masks of shape `(L, L)` or `(B, L, L)`. A padding mask `(B, 1, 1, L)` is made
# for scores with an axis of heads; here it would silently turn `(B, L, L)` into `(B, B, L, L)`, each
# sequence masked like each other one. So a mask with more than three axes is refused.


# %% exercise="Head" points=2 depends=["masked_softmax", "attention"] title="One attention head"
class Head(Module):
    """Self-attention with one head.

    d_model: size of an input.  d_head: size of queries, keys, values and outputs.
    Parameters: w_q, w_k, w_v, each (d_head, d_model), no biases.
    """

    def __init__(self, d_model, d_head):
        super().__init__()
        self.w_q = matrix(d_head, d_model)
        self.w_k = matrix(d_head, d_model)
        self.w_v = matrix(d_head, d_model)

    def forward(self, x, blocked=None):
        """Return the outputs (B, L, d_head) for x (B, L, d_model).

        blocked: boolean (L, L) or (B, L, L), or None. Raises ValueError for a mask of more axes.
        """
        # solution
        if blocked is not None and blocked.dim() > x.dim():
            raise ValueError("a head takes masks of shape (L, L) or (B, L, L)")
        # Three different images of the same input.
        q, k, v = (F.linear(x, weight) for weight in (self.w_q, self.w_k, self.w_v))
        out, _ = attention(q, k, v, blocked)
        return out
        # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `x @ w.T` for a single matrix `w`, or `F.linear(x, w)`. Then your `attention` does the rest.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `attention` returns two things; a head returns the first.
#
# </details>


# %% tags=["setup"]
@contextmanager
def watching():
    """Note the weights of every call of `attention` inside the `with`."""
    seen, own = [], globals()["attention"]

    def noting(*args, **kwargs):
        out, weights = own(*args, **kwargs)
        seen.append(weights.detach().cpu())
        return out, weights

    globals()["attention"] = noting
    try:
        yield seen
    finally:
        globals()["attention"] = own


# %%
with pending("the maps of three heads"):
    torch.manual_seed(4)
    with watching() as seen:
        for _ in range(3):
            head = Head(3, 2)
            # Untrained heads hardly choose; larger weights make it visible.
            head.load({name: 3 * value.detach() for name, value in head.named_parameters()})
            head(TABLE.float()[None], causal_mask(7))
    fig, axes = plt.subplots(1, 3, figsize=(7.5, 2.9), sharey=True)
    for i, (ax, weights) in enumerate(zip(axes, seen, strict=True)):
        show_matrix(ax, weights[0], f"head {i}", WORDS, top=1)
        ax.label_outer()

# %% [markdown]
# **Figure 4.** Three heads with random weights on the same sentence. Each looks at other places:
# that is the reason to have several. All three are lower triangles.
#
# ### Exercise `MultiHeadAttention`
#
# $H$ heads side by side, each of size $d_\text{head} = d_\text{model} / H$, their outputs joined and mixed
# by one more matrix. The weights of all heads are kept in one matrix: **rows $h \cdot d_\text{head}$ to
# $(h+1) \cdot d_\text{head} - 1$ belong to head $h$**, and the outputs are joined in the same order.
#
# Shapes: `x (B, L, d_model)` → `q, k, v (B, H, L, d_head)` → `out (B, H, L, d_head)` → joined
# `(B, L, d_model)` → times `w_o.T`, plus `b_o`.
#
# **Worked example.** Splitting features into heads, in numbers: 2 positions, 6 features, 3 heads.

# %%
features = torch.tensor([[10, 11, 12, 13, 14, 15], [20, 21, 22, 23, 24, 25]])
by_position = features.unflatten(-1, (3, 2))
print("(2, 6) → (2, 3, 2), position, head, feature:", by_position.tolist())
print("head 1 must see, position by position:     ", by_position[:, 1].tolist())
print("what `reshape(3, 2, 2)` calls head 1:      ", features.reshape(3, 2, 2)[1].tolist())

# %% [markdown]
# **Predict first.** The last line has the right shape. What is wrong with its contents, and would
# you notice it in training?
#
# <details><summary>Compare with your guess</summary>
#
# It mixes two positions: feature 14 and 15 of the first with 20 and 21 of the second. A model
# with this bug sees the future, so its training loss looks *better* than it should. It shows in
# Figure 5, and at generation, when the future is not there.
#
# </details>


# %% exercise="MultiHeadAttention" points=3 depends=["masked_softmax", "attention", "Head"] title="Several heads"
class MultiHeadAttention(Module):
    """Self-attention with several heads.

    d_model: size of inputs and outputs.  n_heads: number of heads; it must divide d_model.
    Parameters: w_q, w_k, w_v, w_o, each (d_model, d_model), and b_o (d_model,).
    Raises ValueError when d_model is not divisible by n_heads.
    """

    def __init__(self, d_model, n_heads):
        super().__init__()
        # solution
        # `//` alone would silently drop features.
        if d_model % n_heads:
            raise ValueError(f"{n_heads} heads do not divide {d_model} features")
        # end
        self.n_heads = n_heads
        self.w_q = matrix(d_model, d_model)
        self.w_k = matrix(d_model, d_model)
        self.w_v = matrix(d_model, d_model)
        self.w_o = matrix(d_model, d_model)
        self.b_o = bias(d_model)

    def forward(self, x, blocked=None):
        """Return the outputs (B, L, d_model) for x (B, L, d_model).

        blocked: boolean mask that broadcasts to (B, H, L, L), or None.
        """
        # solution
        # (B, L, d) → (B, L, H, d_head) → (B, H, L, d_head): features are split, then axes swapped.
        q, k, v = (
            F.linear(x, weight).unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
            for weight in (self.w_q, self.w_k, self.w_v)
        )
        out, _ = attention(q, k, v, blocked)
        # The way back, in the opposite order: the head axis next to the features, then joined.
        return F.linear(out.transpose(1, 2).flatten(2), self.w_o, self.b_o)
        # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# First split the features, `(B, L, d)` to `(B, L, H, d_head)`, then move the head axis. Your
# `attention` treats `(B, H)` as batch axes, so one call serves all heads.
#
# </details>
# <details><summary>Hint 2</summary>
#
# On the way back move the head axis first, then join. `flatten` or `reshape` without moving it
# gives the right shape and mixes positions.
#
# </details>
# <details><summary>Hint 3: the check with the loop fails, the shapes are right</summary>
#
# Compare with the slow way: for each head take its rows of the three matrices, call `attention`,
# `torch.cat` the outputs along the features, then apply `w_o` and `b_o`.
#
# </details>


# %% tags=["setup"]
def receptive_field(model, x):
    """Return a matrix (L, L): how strongly the output at t reacts to the input at s, |∂out_t/∂x_s|."""
    x = x.detach().clone().requires_grad_(True)
    out = model(x)
    rows = []
    for t in range(x.shape[1]):
        # A random direction: the sum of the features may be constant, as after a LayerNorm.
        direction = torch.randn(out.shape[-1], generator=torch.Generator().manual_seed(t))
        scalar = out[0, t] @ direction.to(out)
        [slope] = torch.autograd.grad(scalar, x, retain_graph=True)
        rows.append(slope[0].norm(dim=-1))
    return torch.stack(rows)


# %%
with pending("the receptive field of the heads"):
    torch.manual_seed(5)
    heads = MultiHeadAttention(12, 3)
    x = torch.randn(1, 9, 12)

    def mixing(x):
        """Split into heads by `reshape` alone, as above, then add up what came before."""
        sums = torch.tril(torch.ones(9, 9)) @ x.reshape(3, 9, 4)
        return torch.cat(list(sums), dim=-1)[None]

    fig, axes = plt.subplots(1, 3, figsize=(7.5, 2.7), sharey=True)
    fields = (
        ("yours, causal", receptive_field(lambda x: heads(x, causal_mask(9)), x)),
        ("yours, no mask", receptive_field(heads, x)),
        ("features not split first", receptive_field(mixing, x)),
    )
    for ax, (name, field) in zip(axes, fields, strict=True):
        show_matrix(ax, field, name)
        ax.set(xlabel="input position s", ylabel="output position t")
        ax.label_outer()

# %% [markdown]
# **Figure 5.** The **gradient receptive field**: row $t$ shows which inputs move output $t$. It is a
# proof: where it is 0, no information flows. Left: a lower triangle, or the future leaks. Middle:
# without a mask everything sees everything. Right: heads split by `reshape` alone, each of them
# causal by itself. Colour above the diagonal: output 0 depends on inputs that come later.

# %% [markdown] question="weights" points=0.5 title="What is trained?"
# **In what sense are attention weights trainable?** They are not parameters, and they change from
# sentence to sentence. Say what is trained, what is computed, and what a frozen table of weights
# (one trainable number per pair of positions) could not do.

# %% [markdown] answer="weights"
# Trained are the matrices $W_Q, W_K, W_V$ (and $W_O$). The weights are *computed* from the input with them, as
# the softmax of $x_i W_Q^T W_K x_j^T / \sqrt d$; gradients reach the matrices through the weights. A frozen
# table would give position 7 the same mixture in every sentence: it could not look at a token
# *because of what it is*, and it would fix the length of the context.

# %% [markdown] rubric="weights"
# - 0.25: The projection matrices are trained; the weights are a function of them and of the input.
# - 0.25: A frozen table cannot depend on the content (or on the length) of the sentence.

# %% [markdown]
# ## f · Layer normalisation
#
# Deep stacks of layers drift: numbers grow or vanish. A LayerNorm brings the features of **each
# position by itself** to mean 0 and variance 1, then lets the model scale and shift them again.
#
# $$ y = \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} \cdot \text{weight} + \text{bias}, \qquad
#    \mu = \frac1n \sum_i x_i, \quad \sigma^2 = \frac1n \sum_i (x_i - \mu)^2 $$
#
# Shapes: `x (…, n)` → the mean and the variance `(…, 1)` → `y (…, n)`. Divide by $n$, not by
# $n - 1$; $\varepsilon$ stands *under* the root.
#
# **Worked example.** For $[1, 2, 3, 4]$ the mean is 2.5 and the variance 1.25. Where details sit is
# hard to see with a small $\varepsilon$, and easy with a large one:

# %%
x = torch.tensor([1.0, 2.0, 3.0, 4.0], dtype=torch.float64)
centred = x - x.mean()
for eps in (1e-5, 0.1):
    inside, outside = centred / (1.25 + eps) ** 0.5, centred / (1.25**0.5 + eps)
    print(f"ε = {eps:g}: under the root {inside[3]:.6f}, outside {outside[3]:.6f}", end="; ")
    print(f"divided by n - 1: {(centred / (5 / 3 + eps) ** 0.5)[3]:.6f}")

# %% [markdown]
# **Predict first.** Somebody writes `x.mean(…).detach()` and `x.var(…).detach()`, to save memory.
# Which test notices: one that looks at the output, or one that looks at the gradient?

# %%
x = torch.tensor([1.0, 2.0, 4.0], dtype=torch.float64, requires_grad=True)
mean, variance = x.mean().detach(), x.var(correction=0).detach()
((x - mean) / torch.sqrt(variance + 1e-5))[0].backward()
print("gradient of output 0, statistics detached:", [f"{g:.4f}" for g in x.grad.tolist()])

# %% [markdown]
# <details><summary>Compare with your guess</summary>
#
# The output is the same to the last bit. The gradient is not: the right one is
# $(0.2291, -0.3436, 0.1145)$. It adds up to 0, because adding a constant to all features changes
# nothing. The detached one believes that it does.
#
# </details>
#
# ### Exercise `LayerNorm`
#
# Write it from means and roots; `F.layer_norm` is for comparison.


# %% exercise="LayerNorm" points=3 title="Layer normalisation"
class LayerNorm(Module):
    """Normalise the last axis to mean 0 and variance 1, then scale and shift.

    dim: size of the last axis.  eps: added to the variance, under the root.
    Parameters: weight (dim,), starts as ones; bias (dim,), starts as zeros.
    """

    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))
        self.bias = bias(dim)

    def forward(self, x):
        """Return the normalised x, shaped like x (..., dim)."""
        # solution
        # keepdim, so that (..., 1) broadcasts against (..., dim); nothing is detached.
        centred = x - x.mean(-1, keepdim=True)
        variance = (centred * centred).mean(-1, keepdim=True)
        return centred / torch.sqrt(variance + self.eps) * self.weight + self.bias
        # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Mean and variance along the last axis only. `keepdim=True` keeps that axis with length 1.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `var` divides by $n-1$ unless told otherwise (`correction=0`). No `detach`, no `no_grad`, no `-=`.
#
# </details>

# %%
with pending("the comparison with PyTorch"):
    torch.manual_seed(6)
    x = 3 * torch.randn(2, 5, 7) + 10
    print("yours: mean", f"{LayerNorm(7)(x)[0, 0].mean().abs():.4f}", end=", ")
    print("variance", f"{LayerNorm(7)(x)[0, 0].var(correction=0):.4f}")
    print("largest difference to F.layer_norm:", end=" ")
    print(f"{(LayerNorm(7)(x) - F.layer_norm(x, (7,))).abs().max():.1e}")

# %% [markdown]
# ## g · Where am I?
#
# Attention is blind to order: shuffle keys and values together and nothing changes. So positions
# are *added* to the embeddings. The original transformer uses waves, fast ones in the first columns
# and slow ones in the last:
#
# $$ P_{p,\,2i} = \sin(p\,\omega_i), \qquad P_{p,\,2i+1} = \cos(p\,\omega_i), \qquad \omega_i = 10000^{-2i/d} $$
#
# Shapes: `length`, `d_model` → `(length, d_model)`. Positions count from 0. Sine and cosine
# **alternate**, and the two of a pair share a frequency. (Some implementations put all sines first.
# Here they alternate.) An odd width ends on a sine.
#
# **Worked example.** $d = 4$ has two frequencies, $\omega_0 = 1$ and $\omega_1 = 10000^{-1/2} = 0.01$. Position 2:
# $(\sin 2, \cos 2, \sin 0.02, \cos 0.02) = (0.909297, -0.416147, 0.019999, 0.9998)$.


# %% exercise="sinusoidal_positions" points=2 title="Positions as waves"
def sinusoidal_positions(length, d_model):
    """Return the position table (length, d_model): sine and cosine alternate, positions from 0.

    length: integer, at least 1.  d_model: integer, at least 1; an odd width ends on a sine.
    """
    # solution
    columns = torch.arange(d_model, dtype=torch.float64)
    # Columns 2i and 2i+1 share the frequency of the pair i.
    pairs = columns.div(2, rounding_mode="floor")
    positions = torch.arange(length, dtype=torch.float64)
    angles = positions[:, None] * 10000.0 ** (-2 * pairs / d_model)
    # Even columns take the sine. No halves to be joined, so an odd width is no special case.
    return torch.where(columns % 2 == 0, angles.sin(), angles.cos()).float()
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# First a table of angles `(length, number of pairs)`, then two tables made of it, then weave them
# together: `out[:, 0::2]` are the even columns.
#
# </details>
# <details><summary>Hint 2</summary>
#
# $i$ counts pairs, so $2i$ runs 0, 2, 4, …. An odd width has one sine more than it has cosines.
#
# </details>

# %%
with pending("the picture of the positions"):
    table = sinusoidal_positions(80, 32)
    wide = sinusoidal_positions(1101, 500).double()
    alike = wide[900:1101] @ wide[1000]
    fig, axes = plt.subplots(1, 2, figsize=(7.5, 2.9))
    picture = axes[0].imshow(table.T, aspect="auto", cmap="cividis", vmin=-1, vmax=1)
    axes[0].set(xlabel="position", ylabel="column", title="32 columns")
    fig.colorbar(picture, ax=axes[0], label="entry")
    axes[1].plot(range(-100, 101), alike)
    axes[1].set(xlabel="offset Δ", ylabel="P(1000) · P(1000 + Δ)", title="500 columns")
    print("dot products at offsets 0, 1, 10:", [f"{alike[100 + d]:.4f}" for d in (0, 1, 10)])
    print("and at the offsets -1, -10:      ", [f"{alike[100 - d]:.4f}" for d in (1, 10)])

# %% [markdown]
# **Figure 6.** Left: columns come in pairs of the same wave, one shifted against the other, and they
# get slower downwards. A picture in which *every* row has a wavelength of its own has the wrong
# exponent. Right: the product of two position vectors depends on their offset alone,
# $P_p \cdot P_{p+\Delta} = \sum_i \cos(\Delta\,\omega_i)$, is symmetric, and peaks at offset 0 with the value $d/2 = 250$.

# %% [markdown]
# ## h · The block
#
# After the heads have moved information *between* positions, a **feed-forward** network works on
# each position by itself: four times wider, a bend, and back.
#
# $$ \text{ff}(x) = W_2\, \text{GELU}(W_1 x + b_1) + b_2 $$
#
# Shapes: `(…, d)` → `(…, 4d)` → `(…, d)`; $8d^2 + 5d$ parameters. GELU is $x\,\Phi(x)$ with the normal
# CDF, `F.gelu`. (The original transformer had $\max(x, 0)$ here.)
#
# Both parts sit in a **block**, each with its own norm and a shortcut around it:
#
# | `norm` | attention | feed-forward |
# |---|---|---|
# | `"pre"` (GPT) | $x \leftarrow x + \text{attn}(\text{norm1}(x))$ | $x \leftarrow x + \text{ff}(\text{norm2}(x))$ |
# | `"post"` (original) | $x \leftarrow \text{norm1}(x + \text{attn}(x))$ | $x \leftarrow \text{norm2}(x + \text{ff}(x))$ |
#
# **Predict first.** Set every matrix and bias inside attention and feed-forward to zero. What does a
# pre-norm block compute? And a post-norm block?
#
# <details><summary>Compare with your guess</summary>
#
# Pre-norm: $x$, untouched. The shortcut is a straight road from the output to the input, and
# gradients use it too. Post-norm: $x$ normalised twice.
#
# </details>
#
# ### Exercises `FeedForward`, `Block`


# %% exercise="FeedForward" points=1 title="The feed-forward network"
class FeedForward(Module):
    """Two linear maps with a GELU in between, at each position by itself.

    d_model: size of inputs and outputs.  d_hidden: size in between, 4 · d_model if None.
    Parameters: w_1 (d_hidden, d_model), b_1 (d_hidden,), w_2 (d_model, d_hidden), b_2 (d_model,).
    """

    def __init__(self, d_model, d_hidden=None):
        super().__init__()
        # solution
        d_hidden = 4 * d_model if d_hidden is None else d_hidden
        self.w_1 = matrix(d_hidden, d_model)
        self.b_1 = bias(d_hidden)
        self.w_2 = matrix(d_model, d_hidden)
        self.b_2 = bias(d_model)
        # end

    def forward(self, x):
        """Return the outputs, shaped like x (..., d_model)."""
        # solution
        # Without the bend in the middle the two maps would be one.
        hidden = F.gelu(F.linear(x, self.w_1, self.b_1))
        return F.linear(hidden, self.w_2, self.b_2)
        # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `matrix(outputs, inputs)` makes a weight, `bias(n)` a bias.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `F.linear(x, w, b)` is `x @ w.T + b`. The GELU comes after the first of two.
#
# </details>


# %% exercise="Block" points=2 depends=["causal_mask", "masked_softmax", "attention", "MultiHeadAttention", "LayerNorm", "FeedForward"] title="The transformer block"
class Block(Module):
    """Attention and feed-forward, each with a norm of its own and a shortcut.

    d_model: size of inputs and outputs.  n_heads: number of heads.
    norm: "pre" or "post"; anything else raises ValueError.
    Children: attn (MultiHeadAttention), ff (FeedForward), norm1 and norm2 (LayerNorm).
    """

    def __init__(self, d_model, n_heads, norm="pre"):
        super().__init__()
        # solution
        if norm not in {"pre", "post"}:
            raise ValueError(f"norm must be 'pre' or 'post', not {norm!r}")
        self.is_pre = norm == "pre"
        self.attn = MultiHeadAttention(d_model, n_heads)
        self.ff = FeedForward(d_model)
        # Two norms: each learns a scale and a shift of its own.
        self.norm1 = LayerNorm(d_model)
        self.norm2 = LayerNorm(d_model)
        # end

    def forward(self, x, blocked=None):
        """Return the outputs (B, L, d_model) for x (B, L, d_model).

        blocked: boolean mask that broadcasts to (B, H, L, L), or None.
        """
        # solution
        if self.is_pre:
            # What is added back is x itself, not the normalised x.
            x = x + self.attn(self.norm1(x), blocked)
            return x + self.ff(self.norm2(x))
        x = self.norm1(x + self.attn(x, blocked))
        return self.norm2(x + self.ff(x))
        # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The table above, line by line. The second step starts from the result of the first.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The mask goes to the attention. The feed-forward needs none, since it never looks sideways.
#
# </details>

# %%
with pending("the gradients by depth"):

    def gradient_by_depth(norm, depth=24):
        """Return the size of the gradient that arrives at the input of each block."""
        torch.manual_seed(7)
        blocks = [Block(32, 4, norm) for _ in range(depth)]
        inputs = [torch.randn(16, 12, 32, requires_grad=True)]
        for block in blocks:
            inputs.append(block(inputs[-1]))
            inputs[-1].retain_grad()
        (inputs[-1] * torch.randn(16, 12, 32)).sum().backward()
        return [x.grad.norm().item() for x in inputs]

    fig, ax = plt.subplots(figsize=(6, 2.8))
    for norm in ("pre", "post"):
        sizes = gradient_by_depth(norm)
        ax.plot([size / sizes[-1] for size in sizes], label=f"{norm}-norm")
    ax.set(
        xlabel="depth (0 is the input, 24 the output)", ylabel="gradient, relative to the output"
    )
    ax.set_ylim(bottom=0)
    ax.legend()

# %% [markdown]
# **Figure 7.** The gradient on its way back through 24 untrained blocks, from right to left. With
# pre-norm the line is smooth: on the straight road of the shortcut nothing is rescaled, and each block
# only adds a little. With post-norm every block rescales all that passes, and the line wobbles with the
# luck of its weights. That is one reason why GPT-2 and its successors normalise *before*. A pre-norm
# line that falls towards the left: look for a missing shortcut.

# %% [markdown]
# ## i · A GPT
#
# Everything is there:
#
# 1. the embedding of each token, plus a *learnt* embedding of its position;
# 2. `n_layers` pre-norm blocks with a causal mask;
# 3. one more LayerNorm;
# 4. the output layer: the **same** matrix as the embedding, used the other way round and without a
#    bias. A token's logit is the product of the final vector with that token's embedding.
#
# Shapes: `ids (B, L)` → `(B, L, d)` → … → `(B, L, d)` → `logits (B, L, V)`.
#
# The number of parameters is
# $V d + \text{max\_len}\; d + n_\text{layers}\,(12 d^2 + 10 d) + 2 d$.
#
# **Worked example.** For GPT-3, with $d = 12288$ and 96 layers, the blocks alone are nearly all:

# %%
d, layers = 12288, 96
print(f"12 · layers · d²       {12 * layers * d**2:,}")
print(f"plus both embeddings   {12 * layers * d**2 + (50257 + 2048) * d:,}")

# %% [markdown]
# ### Exercise `TinyGPT`
#
# Make the token embedding with `embedding(vocab_size, d_model)`, which starts small. Since it is the
# output layer as well, large numbers in it would mean overconfident nonsense at the start.


# %% exercise="TinyGPT" points=4 depends=["causal_mask", "masked_softmax", "attention", "MultiHeadAttention", "LayerNorm", "FeedForward", "Block"] title="A tiny GPT"
class TinyGPT(Module):
    """A causal language model with learnt positions, pre-norm blocks and a tied output layer.

    vocab_size: number of tokens V.  d_model, n_heads, n_layers: sizes of the blocks.
    max_len: the longest input.
    Children: tok_emb and pos_emb (embeddings), blocks (nn.ModuleList), final_norm (LayerNorm).
    """

    def __init__(self, vocab_size, d_model, n_heads, n_layers, max_len):
        super().__init__()
        # solution
        self.tok_emb = embedding(vocab_size, d_model)
        self.pos_emb = embedding(max_len, d_model)
        # A plain list would hide the blocks' parameters from the optimiser.
        self.blocks = nn.ModuleList(Block(d_model, n_heads) for _ in range(n_layers))
        self.final_norm = LayerNorm(d_model)
        # end

    def forward(self, ids):
        """Return the logits (B, L, V) for ids (B, L), integers from 0 to V-1.

        Raises ValueError when L is larger than max_len. Works on the device of ids.
        """
        # solution
        length = ids.shape[1]
        if length > self.pos_emb.num_embeddings:
            raise ValueError(
                f"{length} tokens are more than the {self.pos_emb.num_embeddings} allowed"
            )
        # Position t gets row t of the table, in every sequence of the batch.
        x = self.tok_emb(ids) + self.pos_emb.weight[:length]
        blocked = causal_mask(length).to(ids.device)
        for block in self.blocks:
            x = block(x, blocked)
        # The very matrix of the embedding, not a copy: it collects gradients from both ends.
        return F.linear(self.final_norm(x), self.tok_emb.weight)
        # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `nn.ModuleList` holds the blocks. `self.pos_emb.weight[:length]` are the positions, or look up
# `torch.arange(length, device=ids.device)`.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The mask is made for each call, for the length at hand, and sent to the device of the ids. The
# last line is one `F.linear` with the weight of `tok_emb`. No softmax: the loss wants logits.
#
# </details>

# %%
with pending("the first numbers of the model"):
    torch.manual_seed(8)
    V, d, layers, max_len = 97, 32, 2, 20
    model = TinyGPT(V, d, 4, layers, max_len)
    formula = V * d + max_len * d + layers * (12 * d * d + 10 * d) + 2 * d
    print("parameters:", sum(p.numel() for p in model.parameters()), "by the formula:", formula)
    ids = torch.randint(V, (8, 20))
    picked = torch.log_softmax(model(ids), -1).gather(-1, torch.randint(V, (8, 20, 1)))
    print(f"loss on random targets {-picked.mean():.3f}, ln V = {math.log(V):.3f}")

# %% [markdown]
# A model that knows nothing should say so: its loss starts near $\ln V$. Much more than that means that
# it starts with strong opinions.

# %% [markdown] question="slide" points=0.5 title="Find the errors"
# A slide describes a decoder-only model: "*GPT-3 = TransformerBlock$^{96}$; SelfAttention$(x_{1:L})_i$ =
# Attention$(x_{1:L}, x_i)$; then AddNorm: LN$(x + f(x))$; positions are sinusoidal; training solves
# $\min_w \sum_i \log p_w(x_i \mid x_{<i})$.*" **Name four things that are wrong for GPT-3, and correct each.** Which
# one would make the model useless although its training loss is excellent?

# %% [markdown] answer="slide"
# 1. No causal mask: position $i$ must see $x_{1:i}$ only. With $x_{1:L}$ it reads the answer; the training
#    loss is excellent and the model useless, since at generation the future is not there.
# 2. GPT-2 and GPT-3 are pre-norm, $x + f(\text{LN}(x))$, with a final norm.
# 3. Positions are learnt, not sinusoidal.
# 4. A sign is missing: minimise $-\sum \log p$, or maximise.

# %% [markdown] rubric="slide"
# - 0.25: At least three of the four, each with its correction.
# - 0.25: The missing causal mask is the one, with the reason: the target is visible in training and
#   absent at generation.

# %% [markdown]
# ## j · Batches and the loss
#
# Sequences of one batch are **padded on the right** to the length of the longest. Three tables
# come of it: the ids, a mask that tells real from padding, and the **labels**, what each place
# holds as a *target*. Where nothing is to be predicted the label is `ignore_index`, $-100$.
#
# Shapes: `B` lists of numbers → three tensors `(B, L)`, `L` the longest length.
#
# **Worked example.** Two sequences, padded with 9. In the first, the label of the first token is
# ignored already. Note the token 9 *inside* the second: it is real.
#
# | | input | attention mask | labels |
# |---|---|---|---|
# | `[5, 6]`, labels `[-100, 6]` | `5 6 9` | `1 1 0` | `-100 6 -100` |
# | `[7, 9, 8]`, labels `[7, 9, 8]` | `7 9 8` | `1 1 1` | `7 9 8` |
#
# ### Exercise `pad_batch`


# %% exercise="pad_batch" points=2 title="Padding a batch"
def pad_batch(input_seqs, label_seqs, pad_id, ignore_index=-100):
    """Return (input_ids, attention_mask, labels), each an integer tensor (B, L).

    input_seqs, label_seqs: lists of B lists of integers, of the same lengths pairwise.
    pad_id: fills up input_ids on the right.  ignore_index: fills up labels on the right.
    attention_mask is 1 at real tokens, 0 at padding; pad_id may occur inside a sequence, too.
    Labels stay where they are: nothing is shifted here.
    """
    # solution
    longest = max(len(seq) for seq in input_seqs)

    def padded(seqs, filling):
        # `+` makes new lists; `extend` would change the caller's.
        return torch.tensor([list(seq) + [filling] * (longest - len(seq)) for seq in seqs])

    # From lengths, not from ids: a real token may have the number of the padding.
    mask = padded([[1] * len(seq) for seq in input_seqs], 0)
    return padded(input_seqs, pad_id), mask, padded(label_seqs, ignore_index)
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Three times the same thing with different fillings: ids with `pad_id`, ones with 0, labels with
# `ignore_index`.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Copying a line and forgetting to change one name in it is how labels end up made of inputs. A
# helper function cannot forget.
#
# </details>

# %% [markdown]
# **The loss.** The logits at position $t$ are a bet on the token at position $t + 1$. The loss of one
# bet is minus the logarithm of the probability given to what really came; the loss of a batch is the
# mean over the targets that count.
#
# $$ \text{loss} = -\frac{1}{N} \sum_{t:\ \text{label}_{t+1}\ \text{counts}} \log p_t(\text{label}_{t+1}) $$
#
# Shapes: `logits (B, L, V)`, `labels (B, L)` → one number. The first label is nobody's target, the
# last logits have no target.
#
# **Worked example.** A model that gave the true next words of "Paris is the capital of France" these
# probabilities:

# %%
targets = ["Paris", "is", "the", "capital", "of", "France", "<END>"]
given = torch.tensor([0.7, 0.6, 0.5, 0.4, 0.7, 0.6, 0.9], dtype=torch.float64)
losses = -given.log()
for word, p, loss in zip(targets, given.tolist(), losses.tolist(), strict=True):
    print(f"{word:8} p = {p:.1f}  loss {loss:.6f}")
print(
    f"sum {losses.sum():.6f}, mean {losses.mean():.6f}, perplexity {losses.mean().exp():.6f}",
    end="",
)
print(f", probability of the sentence {given.prod():.6f}")

five = torch.tensor([0.236663, 0.290481, 0.116308, 0.131202, 0.225346], dtype=torch.float64)
loss = F.cross_entropy(five.log(), torch.tensor(0))
print(f"one bet of 0.236663 costs {loss:.6f} nats = {loss / math.log(2):.6f} bits")

# %% [markdown]
# Nats or bits: the documents mix them. The formula says $\log_2$ somewhere, the code always takes the
# natural logarithm. Divide by $\ln 2$ to get bits.
#
# **Predict first.** Three tokens, logits $(8, 0, 0)$, and the first is right. Is the loss smaller or
# larger if you feed the *softmax* of the logits into the loss, which takes its own softmax?

# %%
logits, first = torch.tensor([8.0, 0.0, 0.0]), torch.tensor(0)
print(f"logits into the loss:        {F.cross_entropy(logits, first):.4f}")
print(f"probabilities into the loss: {F.cross_entropy(torch.softmax(logits, 0), first):.4f}")
print("two steps at a gap of 200:  ", torch.softmax(torch.tensor([200.0, 0.0]), 0).log().tolist())

# %% [markdown]
# Probabilities lie between 0 and 1, so a second softmax never gets past $e/(e+2)$ here: the loss
# stays high for ever. And the logarithm of a softmax in two steps is $-\infty$ where the right answer is
# $-200$. `F.cross_entropy` and `log_softmax` do it in one.
#
# ### Exercise `next_token_loss`
#
# The shift happens *here*, and only here.


# %% exercise="next_token_loss" points=3 title="The next-token loss"
def next_token_loss(logits, labels, ignore_index=-100):
    """Return the mean loss of the bets of each position on the next label, as a tensor ().

    logits: tensor (B, L, V); those at t are the bet on the label at t+1.
    labels: integer tensor (B, L); a label equal to ignore_index does not count.
    Natural logarithms; the mean is over the labels that count. With none to count it is 0.
    """
    # solution
    # Bets 0 … L-2 against labels 1 … L-1.
    bets, targets = logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten()
    total = F.cross_entropy(bets, targets, ignore_index=ignore_index, reduction="sum")
    # The mean by hand: with nothing to count, the library's own would be 0/0.
    return total / (targets != ignore_index).sum().clamp(min=1)
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Drop the last bet and the first label, then both have $L - 1$ places. Classes are the last axis:
# flatten batch and time together, do not transpose.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `F.cross_entropy(…, reduction="sum")` leaves out what is ignored. Divide by the number of targets
# that count, at least 1.
#
# </details>

# %% [markdown]
# ## k · It learns
#
# The task: read some letters and a bar, then write the letters **backwards**. `e b d | d b e`. Nothing
# in the last letters can be guessed without looking back at exactly the right place, and that place
# is another one for every length.
#
# The prompt is given, so its labels are ignored. Prompts have 3 to 7 letters: batches are padded.

# %%
LETTERS = "·abcdefghij|"


def mirror_batch(size, generator):
    """Return (input_ids, attention_mask, labels) of `size` random tasks."""
    inputs, labels = [], []
    for length in torch.randint(3, 8, (size,), generator=generator).tolist():
        word = torch.randint(1, 11, (length,), generator=generator).tolist()
        inputs.append([*word, 11, *reversed(word)])
        labels.append([-100] * (length + 1) + word[::-1])
    return [table.to(DEVICE) for table in pad_batch(inputs, labels, 0)]


with pending("a batch of tasks"):
    ids, mask, labels = mirror_batch(3, torch.Generator().manual_seed(3))
    for row, target in zip(ids.tolist(), labels.tolist(), strict=True):
        print(" ".join(LETTERS[i] for i in row), "   labels", target)

# %% [markdown]
# The padding mask is not used: padding stands on the *right*, and with a causal mask no real token
# ever sees what stands to its right. The labels keep the padding out of the loss.
#
# **Predict first.** There are ten letters. Where does the loss start, and where can it end?

# %%
STEPS = 500
history = []


def trained():
    """Return the trained model; the pictures below wait for it."""
    if len(history) < STEPS:
        raise NotImplementedError
    return model


with pending("the training"):
    torch.manual_seed(0)
    model = TinyGPT(len(LETTERS), 32, 4, 2, 15).to(DEVICE)
    untrained = {name: value.detach().clone() for name, value in model.state_dict().items()}
    optimiser = torch.optim.AdamW(model.parameters(), lr=8e-3, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 8e-3, STEPS, pct_start=0.1)
    generator = torch.Generator().manual_seed(1)
    for step in range(STEPS):
        ids, _, labels = mirror_batch(64, generator)
        loss = next_token_loss(model(ids), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        history.append(loss.item())
        if step % 100 == 0 or step == STEPS - 1:
            print(f"step {step:3}: loss {history[-1]:.3f}")

# %%
with pending("the loss curve"):
    trained()
    fig, ax = plt.subplots(figsize=(6, 2.6))
    ax.axhline(math.log(12), color="0.5", linestyle=":", linewidth=1.5, label="ln 12: any token")
    ax.axhline(math.log(10), color="0.5", linestyle="--", linewidth=1, label="ln 10: any letter")
    ax.plot(history, label="training loss")
    ax.set(xlabel="step", ylabel="loss (nats per letter)", ylim=(0, 2.7))
    ax.legend()

# %% [markdown]
# **Figure 8.** It starts at $\ln 12$, finds out within a few steps that only letters come after the bar
# ($\ln 10$), and then needs to discover *where to look*: the loss falls to 0. A curve that starts
# below $\ln 10$ and drops at once: the model sees its targets, so look at mask and shift. A curve that
# stays at $\ln 10$: it cannot look back. One that stays near 1.6: a softmax too many.

# %%
with pending("the words it writes"):

    @torch.no_grad()
    def write(word):
        """Return what the model writes after a word and the bar, always the best letter."""
        ids = [LETTERS.index(letter) for letter in word + "|"]
        for _ in word:
            logits = trained()(torch.tensor([ids], device=DEVICE))
            ids.append(logits[0, -1].argmax().item())
        return "".join(LETTERS[i] for i in ids[len(word) + 1 :])

    for word in ("abc", "badge", "cabbage"):
        print(f"{word}|{write(word)}")
    ids, _, labels = mirror_batch(300, torch.Generator().manual_seed(2))
    bets = trained()(ids)[:, :-1].argmax(-1)
    targets = labels[..., 1:]
    right = ((bets == targets) | (targets == -100)).all(-1).float().mean()
    print(f"whole words right, of 300 new ones: {right:.1%}")

# %%
WORD = "badge|egda"
with pending("what the heads look at"):
    word_ids = torch.tensor([[LETTERS.index(letter) for letter in WORD]], device=DEVICE)
    with watching() as seen, torch.no_grad():
        trained()(word_ids)
    maps = [weights.flatten(0, -3) for weights in seen]
    if maps:
        together = torch.cat(maps)
        columns = math.ceil(len(together) / 2)
        fig, axes = plt.subplots(2, columns, figsize=(7.5, 4), squeeze=False)
        for number, (ax, weights) in enumerate(zip(axes.flat, together, strict=False)):
            show_matrix(ax, weights, f"map {number}", list(WORD), top=1)
            ax.set(xlabel="", ylabel="")
        fig.supxlabel("looked at (key)")
        fig.supylabel("looking (query)")

# %% [markdown]
# **Figure 9.** The weights of every head of the trained model, the first layer above the second. Nothing
# lies above the diagonal. In the rows from the bar on, look for dark fields that run *down and to the
# left*: a head that reads the word backwards. Others stay close to the diagonal, or on one place.


# %%
def field_of(model, ids):
    """Return the gradient receptive field of a GPT: how the best logit at t reacts to position s."""
    logits = model(ids)
    positions = model.pos_emb.weight
    rows = []
    for t in range(ids.shape[1]):
        # Each position adds its own row to the input, so the gradient of that row is that of x_s.
        [slope] = torch.autograd.grad(logits[0, t].max(), positions, retain_graph=True)
        rows.append(slope[: ids.shape[1]].norm(dim=-1))
    return torch.stack(rows)


with pending("the receptive field"):
    after = trained()
    before = TinyGPT(len(LETTERS), 32, 4, 2, 15).to(DEVICE)
    before.load_state_dict(untrained)
    words = torch.randint(1, 11, (32, 5), generator=torch.Generator().manual_seed(5))
    tasks = torch.cat([words, torch.full((32, 1), 11), words.flip(1)[:, :4]], dim=1).to(DEVICE)
    places = [*"12345|5432"]
    fig, axes = plt.subplots(1, 2, figsize=(7.5, 3.6))
    for ax, name, subject in zip(axes, ("untrained", "trained"), (before, after), strict=True):
        field = torch.stack([field_of(subject, task[None]) for task in tasks]).mean(0)
        print(f"{name}: largest entry above the diagonal {field.triu(1).max().item():.1e}")
        show_matrix(ax, field / field.max(dim=-1, keepdim=True).values, name, places, top=1)
        ax.set(xlabel="input position s", ylabel="bet made at t")

# %% [markdown]
# **Figure 10.** The gradient receptive field of the whole model, the mean over 32 words of five letters,
# each row scaled to its largest entry. Above the diagonal it is exactly 0: after two blocks, eight
# heads and every shortcut, no bet knows its future. Untrained, a bet hangs on its whole past.
# Trained, the rows from the bar on darken along the **mirror**: the bet made at `|` hangs on letter 5,
# the next on letter 4, down to letter 1. The chequered pattern around it is no accident. With the bar at
# place $n$ the letter to copy stands at $2n - 1 - t$: before the model knows $n$ it knows whether that
# is an even or an odd place. (The rows of the prompt are never trained.)

# %% [markdown]
# ## l · Bonus: not computing the past again
#
# *This part is a bonus: its four points come on top of the 36.*
#
# `write` computes the whole sentence anew for every letter it adds. There is no need to. Under a causal
# mask the past never sees the new token, so the keys and values of the past are what they were.
# Keep them, and a new token costs one query:
#
# $$ \text{out}_t = \text{softmax}\!\left(\frac{q_t\,[K_{<t};\, k_t]^T}{\sqrt{d_k}}\right) [V_{<t};\, v_t] $$
#
# Shapes: `q, k (…, L_new, d_k)`, `v (…, L_new, d_v)`, and the cache holds `(…, L_old, d_k)` and
# `(…, L_old, d_v)` → `out (…, L_new, d_v)`. All queries are not needed again; all keys and values are.
#
# **Predict first.** Three tokens lie in the cache, and two new ones come at once. Which of the five keys
# may each of the two look at? Draw the mask: how many rows, how many columns?
#
# <details><summary>Compare with your guess</summary>
#
# Two rows and five columns, `0 0 0 0 1` and `0 0 0 0 0`: the *last* two rows of the causal mask of five
# tokens. The first two rows of it, or a causal mask of two, would be something else.
#
# </details>
#
# ### Exercise `kv_cached_attention`
#
# The first call comes without a cache. Every later one gets what an earlier call returned as its cache.
# What a cache *is*, is up to you. Two sentences may share their beginning and be continued one after the
# other from the same cache, so a call must not change the one it is given.


# %% exercise="kv_cached_attention" points=4 bonus=true depends=["causal_mask", "masked_softmax", "attention"] title="Attention with a cache"
def kv_cached_attention(q, k, v, cache=None):
    """Return (out, cache): causal attention of some new tokens to the past and to each other.

    q, k: tensors (..., L_new, d_k) of the new tokens only.  v: tensor (..., L_new, d_v).
    cache: None for the first tokens, else the cache that an earlier call returned.
    Returns out (..., L_new, d_v), and a new cache that holds the past and the new tokens.
    """
    # solution
    if cache is not None:
        # `cat` makes new tensors: whoever holds the old cache keeps it as it was.
        k = torch.cat([cache[0], k], dim=-2)
        v = torch.cat([cache[1], v], dim=-2)
    # The new tokens are the last rows of the mask of all.
    blocked = causal_mask(k.shape[-2])[-q.shape[-2] :].to(q.device)
    out, _ = attention(q, k, v, blocked)
    return out, (k, v)
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The cache can be the pair of all keys and all values so far. Put the new ones behind the old ones,
# along the axis of the tokens, and call `attention`.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `causal_mask(5)[-2:]` are the last two rows of a mask of five tokens. The axis of the tokens is the
# last but one, whatever stands in front of it.
#
# </details>

# %%
with pending("the sentence, token by token"):
    all_at_once, _ = attention(TABLE, TABLE, TABLE, causal_mask(7))
    memory, rows = None, []
    for row in TABLE.split(1):
        row_out, memory = kv_cached_attention(row, row, row, memory)
        rows.append(row_out)
    difference = (torch.cat(rows) - all_at_once).abs().max().item()
    print(f"seven tokens one by one, largest difference: {difference:.1e}")

    lengths = torch.arange(1, 2049).double()
    # Scores and average of one head of 64: two products of (queries, 64) and (64, keys).
    again = (2 * lengths**2 * 64).cumsum(0)
    cached = (2 * lengths * 64).cumsum(0)
    fig, ax = plt.subplots(figsize=(6, 2.8))
    ax.plot(lengths, again, label="everything again")
    ax.plot(lengths, cached, "--", label="with a cache")
    ax.set(xlabel="tokens written", ylabel="multiplications", xscale="log", yscale="log")
    ax.legend()

# %% [markdown]
# **Figure 11.** The work of writing a text with one head, counted: with the cache it grows with the square
# of the length, without it with the third power. The price is memory. A Llama-2-7B keeps two vectors of
# 4096 numbers in each of its 32 layers: $2 \cdot 32 \cdot 4096 \cdot 2$ bytes = 524,288 bytes for *each
# token*, 2 GiB for 4096 of them.

# %% [markdown]
# ## Before you hand in
#
# - Both names stand in `MEMBERS`.
# - *Restart and run all* goes through without an error, and the outputs are stored in the notebook.
# - Every `check` passes, or you know why not.
# - The questions nan, scale, weights and slide have an answer.
# - The notebook and its PDF are both in the hand-in.
#
# One question leads on from here. `write` always takes the best letter. For a task with one right
# answer that is the thing to do; for a story it is not. How to choose from a distribution is the
# subject of the next notebook.
