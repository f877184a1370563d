# %% [raw]
# title = "LoRA: adapting a model with few numbers"
# data = ["adder.safetensors"]
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
# # LoRA: adapting a model with few numbers
#
# A trained model knows something, and you want it to know something else as well. Training all of
# its weights again costs as much memory as the first time, and leaves you with a second model of the
# same size. *Low-rank adaptation* leaves every weight as it is and learns a small correction beside
# it: two thin matrices for each layer. In this notebook you build that, prove that it starts as
# nothing and can be folded into the weights at no cost, and bend a transformer that adds into one that
# computes $a + b + 7$.
#
# **Afterwards you can**
#
# - count the parameters of GPT-2, on paper and in code, without the memory to hold it;
# - give the best approximation of a matrix by one of rank $r$, and say how good it is;
# - write a LoRA layer, wrap it around the linear layers of any model, and train it alone;
# - merge an adapter into the weights, take it out again, and save it in a file of a few kilobytes;
# - measure which rank is enough, and tell what the adapter learnt from what the base already knew.
#
# | part | task | minutes | difficulty (1–5) | points |
# |---|---|---:|:-:|---:|
# | a | `count_parameters` | 10 | 1 | 1 |
# | b | `low_rank_approx` | 25 | 3 | 3 |
# | c | `LoRALayer` | 30 | 3 | 4 |
# | c | question start: why one of them is zero | 15 | 3 | 1 |
# | d | `LinearWithLoRA` | 15 | 2 | 2 |
# | d | `freeze` | 10 | 2 | 1 |
# | e | `replace_linear_with_lora` | 40 | 4 | 4 |
# | e | `lora_parameter_count` | 10 | 2 | 2 |
# | e | question slide: find the errors | 15 | 3 | 0.5 |
# | f | `merge` (and `unmerge`) | 30 | 4 | 4 |
# | g | `lora_state_dict` (and `load_lora`) | 20 | 3 | 2 |
# | h | `train_step` | 10 | 1 | 1 |
# | h | question practice: before you train | 10 | 2 | 0.5 |
# | i | bonus question sweep: which rank is enough? | 45 | 4 | + 4 |
# | | **together** | **285** | | **26 + 4** |
#
# **What is given.** The class `Transformer`, and `data/adder.safetensors` with the weights of one of
# them that was trained to add. You need PyTorch, safetensors and matplotlib. Nothing is downloaded.
# The whole notebook runs in less than a minute on a laptop, and the same cells use a graphics card
# where there is one.
#
# **How to hand in.** In groups of two, once per group; single hand-ins are not marked. Write both
# names into `MEMBERS` below. Hand in this notebook, run from top to bottom with its outputs in
# place, and a PDF of it. Comment your code, and put a sentence or two under each of your figures.
# Questions are answered in the cell below them.

# %% [markdown]
# **Rules that hold for every function here**
#
# - Vectors lie in the last axis. A layer takes `x (…, in)` and gives `(…, out)`, with any number of
#   axes in front, none included.
# - A linear layer of PyTorch stores its `weight` as `(out, in)` and computes `x @ weight.T + bias`. The
#   factors of LoRA are stored the other way round, `A (in, r)` and `B (r, out)`.
# - **Arguments are never changed**, and nothing that was given is kept to be changed later. The
#   exception is what changes a model by its very name: `freeze`, `replace_linear_with_lora`, `merge`,
#   `unmerge`, `load_lora` and `train_step` work on the model they are given.
# - New tensors have the dtype and live on the device of what they belong to.
# - A *bad argument* is answered with a `ValueError` where the text says so.
# - Below each blank, `check("name")` runs the public checks. More checks run when the notebook is
#   marked: other models, other sizes, gradients.

# %% tags=["setup"]
import copy
import math

import matplotlib.pyplot as plt
import safetensors.torch
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

# %%
# The names of both members of the group, as on the course site.
MEMBERS = ["", ""]

# %% [markdown]
# ## a · What is there to train?
#
# This is the transformer of the attention notebook, made of PyTorch's own layers. Every matrix that
# LoRA may adapt is an `nn.Linear`, and the names of the layers matter: `q`, `k`, `v` and `o` in the
# attention, `up` and `down` in the feed-forward part, `head` at the end.


# %% tags=["setup"]
class Block(nn.Module):
    """A pre-norm transformer block with causal attention: (B, L, d) to (B, L, d)."""

    def __init__(self, d, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.norm1, self.norm2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.q, self.k, self.v, self.o = (nn.Linear(d, d) for _ in range(4))
        self.up, self.down = nn.Linear(d, 4 * d), nn.Linear(4 * d, d)

    def forward(self, x):
        """Return the outputs, shaped like x."""
        y = self.norm1(x)
        q, k, v = (
            matrix(y).unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
            for matrix in (self.q, self.k, self.v)
        )
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.o(mixed.transpose(1, 2).flatten(2))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Transformer(nn.Module):
    """Ids (B, L) to outputs (B, L, outputs): embeddings, blocks, a final norm, a head.

    Without `outputs` the head is tied: its weight is that of the token embedding.
    """

    def __init__(self, vocab, d, n_heads, n_layers, context, outputs=None):
        super().__init__()
        self.tok_emb, self.pos_emb = nn.Embedding(vocab, d), nn.Embedding(context, d)
        self.blocks = nn.ModuleList(Block(d, n_heads) for _ in range(n_layers))
        self.norm = nn.LayerNorm(d)
        self.head = nn.Linear(d, outputs or vocab, bias=outputs is not None)
        if outputs is None:
            self.head.register_parameter("weight", self.tok_emb.weight)

    def forward(self, ids):
        """Return the outputs at every position."""
        x = self.tok_emb(ids) + self.pos_emb.weight[: ids.shape[1]]
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


# %% [markdown]
# **Worked example.** GPT-2 small has 50,257 tokens, 768 features, 12 blocks and a context of 1,024. Here
# it is to tell two kinds of text apart, so its output layer is replaced by a `Linear(768, 2)`. On paper:

# %%
V, d, layers, context, classes = 50_257, 768, 12, 1024, 2
inside = {
    "queries, keys, values": 3 * (d * d + d),
    "output of attention": d * d + d,
    "inner layer": d * 4 * d + 4 * d,
    "outer layer": 4 * d * d + d,
    "two norms": 2 * (d + d),
}
block = sum(inside.values())
parts = {
    "token embedding": V * d,
    "position embedding": context * d,
    f"{layers} blocks of {block:,}": layers * block,
    "final norm": 2 * d,
    "head": d * classes + classes,
}
for name, number in inside.items():
    print(f"  in a block: {name:22}{number:>12,}")
for name, number in parts.items():
    print(f"{name:36}{number:>12,}")
print(f"{'together':36}{sum(parts.values()):>12,}")

# %% [markdown]
# In single precision that is half a gigabyte, only to be counted. PyTorch's **meta device** has shapes
# and no numbers: a model made there takes no memory at all.
#
# ### Exercise `count_parameters`
#
# One parameter may be used in two places, as the embedding is that also serves as the output layer of
# many models. It is still one parameter.


# %% exercise="count_parameters" points=1 title="Counting parameters"
def count_parameters(model, trainable_only=False):
    """Return how many numbers the parameters of a model hold.

    model: an nn.Module, on any device, meta included.
    trainable_only: count only parameters that require a gradient.
    A parameter that is used in several places counts once; buffers do not count.
    """
    # solution
    # parameters() visits a shared parameter once, unlike state_dict().
    return sum(p.numel() for p in model.parameters() if p.requires_grad or not trainable_only)
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `model.parameters()` yields the parameters, `numel()` tells how many numbers a tensor holds.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Which parameters are trainable is written on each of them: `requires_grad`.
#
# </details>

# %%
with torch.device("meta"):
    gpt = Transformer(V, d, 12, layers, context, classes)
with pending("the number of GPT-2's parameters"):
    print(f"GPT-2 small with two classes: {count_parameters(gpt):,}")
    with torch.device("meta"):
        language = Transformer(V, d, 12, layers, context)
        own_head = nn.Linear(d, V, bias=False)
    print(f"a language model, tied head:  {count_parameters(language):,}")
    language.head = own_head
    print(f"with a head of its own:       {count_parameters(language):,}")
    for block in language.blocks:
        block.q.bias = block.k.bias = block.v.bias = None
    print(f"and no bias in q, k and v:    {count_parameters(language):,}")

# %% [markdown]
# ## b · The best matrix of low rank
#
# A matrix of rank $r$ is a product of two thin ones, $W \approx A B$. Instead of $m n$ numbers one
# stores $r (m + n)$: for a square matrix $2 d r$ instead of $d^2$.
#
# Shapes: `W (m, n)` → `A (m, r)`, `B (r, n)`.
#
# Which $A$ and $B$ come closest to $W$? The **singular value decomposition** writes any matrix as a
# sum of products of a column and a row, sorted by size:
#
# $$ W = \sum_i \sigma_i\, u_i v_i^T, \qquad \sigma_1 \ge \sigma_2 \ge \dots \ge 0 . $$
#
# Eckart, Young and Mirsky: **the first $r$ terms are the best approximation of rank $r$**, and what is
# left over has the Frobenius norm $\sqrt{\sigma_{r+1}^2 + \sigma_{r+2}^2 + \dots}$.
#
# **Worked example.** A $2 \times 3$ matrix whose two terms can be read off.

# %%
W = torch.tensor([[3.0, 0.0, 0.0], [0.0, 0.0, 2.0]])
print("singular values", torch.linalg.svdvals(W).tolist())
first = torch.tensor([[3.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
print("the first term\n", first)
print("distance of the first term from W:", torch.linalg.norm(W - first).item())

# %% [markdown]
# **Predict first.** Each entry of a $64 \times 64$ matrix is drawn at random. What share of its squared
# norm does the best approximation of rank 8 hold: 8/64 = 12.5 %, more, or less?

# %%
values = torch.linalg.svdvals(torch.randn(64, 64, generator=torch.Generator().manual_seed(1)))
share = (values**2).cumsum(0) / (values**2).sum()
for r in (1, 8, 16, 32):
    print(f"rank {r:2}: {share[r - 1]:.1%} of the squared norm")

# %% [markdown]
# <details><summary>Compare with your guess</summary>
#
# More, 37 %: even noise has directions that are a bit stronger than others, and the best
# approximation picks them. Yet nearly two thirds are lost. A matrix *without structure* has no good
# approximation of low rank. What LoRA bets on is that the *change* which a new task needs has structure.
#
# </details>
#
# ### Exercise `low_rank_approx`


# %% exercise="low_rank_approx" points=3 title="The best approximation of low rank"
def low_rank_approx(W, r):
    """Return (A, B) such that A @ B is the best approximation of W by a matrix of rank r.

    W: tensor (m, n) of floats, single or double precision.
    r: integer from 1 to min(m, n); anything else raises ValueError.
    Returns A (m, r) and B (r, n), of W's dtype. "Best" means the smallest Frobenius norm of
    W - A @ B. How A and B share the work is up to you.
    """
    # solution
    if not 1 <= r <= min(W.shape):
        raise ValueError(f"a {W.shape[0]} × {W.shape[1]} matrix has no rank {r}")
    U, S, Vh = torch.linalg.svd(W, full_matrices=False)
    # The singular values enter once. Vh is transposed already: its rows are the directions.
    return U[:, :r] * S[:r], Vh[:r]
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `torch.linalg.svd(W, full_matrices=False)` returns three things. Look at their shapes: the third is
# not $V$.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The singular values belong into the product once. Multiply the columns of $A$ with them, or the rows
# of $B$, or each with the root.
#
# </details>


# %% tags=["setup"]
def knob(draw, name, values):
    """Draw one panel per value, and a slider below where ipywidgets is there to run it."""
    _, axes = plt.subplots(1, len(values), figsize=(7.5, 2.1))
    for ax, value in zip(axes, values, strict=True):
        draw(ax, value)
    plt.show()
    try:
        from ipywidgets import IntSlider, interact
    except ImportError:
        return

    def alone(value):
        _, ax = plt.subplots(figsize=(3, 2.6))
        draw(ax, value)
        plt.show()

    interact(alone, value=IntSlider(values[0], min(values), max(values), description=name))


# %%
rows, columns = torch.linspace(-1, 1, 48)[:, None], torch.linspace(-1, 1, 64)[None, :]
# A ring and a bar: a picture with edges that run along no axis.
ring = ((rows**2 + columns**2).sqrt() - 0.7).abs() < 0.15
picture = torch.maximum(ring.double(), ((rows - columns / 2).abs() < 0.12).double())


def draw_rank(ax, r):
    A, B = low_rank_approx(picture, r)
    lost = torch.linalg.norm(picture - A @ B) / torch.linalg.norm(picture)
    ax.imshow(A @ B, vmin=0, vmax=1, aspect="auto")
    ax.set(title=f"rank {r}\n{A.numel() + B.numel()} numbers\nerror {lost:.0%}")
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(True)


with pending("the picture at several ranks"):
    knob(draw_rank, "rank", (1, 2, 4, 8, 16, 48))

# %% [markdown]
# **Figure 1.** A picture of $48 \times 64 = 3072$ numbers, approximated. Rank 1 is one column times one
# row, so it can only be a plaid. The error falls with every rank and is 0 at rank 48, where the factors hold more
# numbers than the picture itself. An error that does not fall, or stays above 0 at full rank: the singular values are
# missing, or the third matrix is the wrong way round.

# %% [markdown]
# ## c · The layer beside the layer
#
# LoRA adds a correction of low rank to a layer, and learns its factors instead of the whole matrix:
#
# $$ \text{out} = x W^T + b + \underbrace{s \cdot x A B}_{\text{LoRA}}, \qquad
# s = \frac{\alpha}{r} \ \text{ or } \ s = \alpha . $$
#
# Shapes: `x (…, in)` times `A (in, r)` → `(…, r)`, times `B (r, out)` → `(…, out)`.
#
# - $A$ starts with small random numbers, for instance normal ones with the standard deviation
#   $1/\sqrt r$, whatever $\alpha$ is. **$B$ starts at zero**, so the correction starts as nothing.
# - The **scale** $s$ is `alpha / rank` in the paper and in most libraries: a rank can then be changed
#   without a new learning rate. Some slides and older code multiply by `alpha` alone. Both are in use,
#   so the layer takes the name: `scaling="alpha/r"` or `scaling="alpha"`.
#
# **Worked example.** Everything 1, $\alpha = 16$, four inputs, rank 8, four outputs:

# %%
x, A, B = torch.ones(4), torch.ones(4, 8), torch.ones(8, 4)
print("x A B               ", (x @ A @ B).tolist())
print("times alpha         ", (16 * (x @ A @ B)).tolist())
print("times alpha / rank  ", (16 / 8 * (x @ A @ B)).tolist())

# %% [markdown]
# ### Exercise `LoRALayer`


# %% exercise="LoRALayer" points=4 title="The LoRA layer"
class LoRALayer(nn.Module):
    """The correction scale · x A B, and nothing else: no bias, no base layer.

    in_dim, out_dim: sizes of inputs and outputs.  rank: integer, at least 1.  alpha: number.
    scaling: "alpha/r" for a scale of alpha / rank, "alpha" for alpha; else ValueError.
    Attributes: A, parameter (in_dim, rank), random; B, parameter (rank, out_dim), zero; scale, a
    number. A and B are its only parameters.
    """

    def __init__(self, in_dim, out_dim, rank, alpha, scaling="alpha/r"):
        super().__init__()
        # solution
        if scaling not in {"alpha/r", "alpha"}:
            raise ValueError(f"scaling must be 'alpha/r' or 'alpha', not {scaling!r}")
        self.scale = alpha / rank if scaling == "alpha/r" else alpha
        # nn.Parameter, so that parameters(), the optimiser and .to(…) find them.
        self.A = nn.Parameter(torch.randn(in_dim, rank) / math.sqrt(rank))
        self.B = nn.Parameter(torch.zeros(rank, out_dim))
        # end

    def forward(self, x):
        """Return the correction (..., out_dim) for x (..., in_dim)."""
        # solution
        # From the left: the product A @ B of size (in, out) is never formed.
        return self.scale * (x @ self.A @ self.B)
        # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# A tensor becomes trainable by `nn.Parameter(tensor)` as an attribute of a module.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Does `x @ A @ B` work for `x (in,)`, for `x (N, in)` and for `x (B, L, in)`? Then keep it. The scale is
# applied in one place only.
#
# </details>

# %% [markdown]
# **Predict first.** At the very first step of training, with $B = 0$: which of the two factors gets a
# gradient that is not zero, $A$, $B$, both or none?

# %%
with pending("the gradients at the first step"):
    torch.manual_seed(0)
    lora = LoRALayer(5, 3, rank=2, alpha=4)
    (lora(torch.randn(7, 5)) - 1).square().mean().backward()
    print("size of the gradient of A:", lora.A.grad.norm().item())
    print("size of the gradient of B:", lora.B.grad.norm().item())

# %% [markdown] question="start" points=1 title="Why one of them is zero"
# 1. **Write the gradients of a loss with respect to $A$ and to $B$**, with $G$ for the gradient that
#    arrives at the output, and say from them what happens if (i) only $B$ is zero, (ii) both are zero,
#    (iii) neither is.
# 2. **Show that $\text{rank}(AB) \le r$.** Does it follow that $W + s\,(AB)^T$ has a low rank?
#
# <details><summary>Hint 1</summary>
#
# For $y = s\, x A B$ with $x$ of shape `(N, in)` and $G$ of shape `(N, out)`, the shapes leave little
# choice.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The columns of $AB$ are combinations of the columns of $A$. How many of those are there?
#
# </details>

# %% [markdown] answer="start"
# 1. $\partial L / \partial A = s\, x^T G B^T$ and $\partial L / \partial B = s\, A^T x^T G$.
#    (i) With $B = 0$ the correction is 0, so the model starts as the base. The gradient of $A$ is 0 and that of
#    $B$ is not: $B$ moves first, and then $A$ follows. (ii) Both gradients are 0, and stay so: it never
#    learns. (iii) It can learn, but the output changes before the first step: the base is disturbed by noise.
#    ($A = 0$ and $B$ random would do as well as (i).)
# 2. Every column of $AB$ is a combination of the $r$ columns of $A$, so the column space has at most $r$ dimensions.
#    No: only the *change* has a low rank. The weight keeps its own rank, usually the full one.

# %% [markdown] rubric="start"
# - 0.25: Both gradients, up to the scale and the way of writing transposes.
# - 0.25: All three cases: starts as the base and $B$ moves first; never learns; disturbs the base.
# - 0.25: $\text{rank}(AB) \le r$ with a reason: columns of $A$, rows of $B$, or the rank of a product.
# - 0.25: The change has a low rank, the sum need not.

# %% [markdown]
# ## d · Around a layer that is there
#
# The wrapper keeps the trained layer and puts a `LoRALayer` beside it. Both act on the same $x$, and
# their outputs are added.
#
# Shapes: `x (…, in)` → `linear(x) + lora(x)`, `(…, out)`.
#
# Later, an adapter will be *merged* into the weight. Then the side path must be off, or the change would
# count twice. The wrapper therefore has a flag, `merged`, which is `False` at first.
#
# ### Exercise `LinearWithLoRA`


# %% exercise="LinearWithLoRA" points=2 depends=["LoRALayer"] title="A linear layer with LoRA"
class LinearWithLoRA(nn.Module):
    """A given linear layer plus a LoRALayer beside it, with the scale alpha / rank.

    linear: nn.Linear, with or without bias; kept as it is, not copied.  rank, alpha: of the LoRALayer.
    Attributes: linear; lora, a LoRALayer of linear's dtype and on its device; merged, False.
    """

    def __init__(self, linear, rank, alpha):
        super().__init__()
        # solution
        self.linear = linear
        lora = LoRALayer(linear.in_features, linear.out_features, rank, alpha)
        self.lora = lora.to(linear.weight.device, linear.weight.dtype)
        self.merged = False
        # end

    def forward(self, x):
        """Return linear(x) + lora(x) for x (..., in); linear(x) alone while merged is True."""
        # solution
        return self.linear(x) if self.merged else self.linear(x) + self.lora(x)
        # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `linear.in_features` and `linear.out_features` are the sizes; `linear.weight` knows dtype and device.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `module.to(…)` takes a dtype and a device, and moves every parameter of the module.
#
# </details>

# %%
with pending("a wrapped layer"):
    torch.manual_seed(0)
    linear, x = nn.Linear(5, 3), torch.randn(2, 5)
    wrapped = LinearWithLoRA(linear, rank=2, alpha=4)
    print("equal at the start, to the bit:", torch.equal(wrapped(x), linear(x)))
    print([name for name, _ in wrapped.named_parameters()])

# %% [markdown]
# ### Exercise `freeze`
#
# Only the adapters are to be trained. A parameter is frozen by `requires_grad = False`: it gets no
# gradient, and gradients still flow *through* it to the layers below. That is something else than
# `model.eval()`, which only changes the behaviour of layers such as dropout, and than
# `torch.no_grad()`, under which nothing is differentiated at all.
#
# The slides freeze every parameter, and so everything hangs on the order: freeze first, add adapters
# afterwards. Yours leaves adapters alone, so it may be called at any time.


# %% exercise="freeze" points=1 depends=["LoRALayer", "LinearWithLoRA"] title="Freezing the base"
def freeze(model):
    """Make every parameter untrainable, except those of LoRALayers inside the model, which train.

    model: an nn.Module, with or without adapters; changed in place and returned.
    Embeddings, norms and biases are parameters too. No value changes.
    """
    # solution
    model.requires_grad_(False)
    for module in model.modules():
        if isinstance(module, LoRALayer):
            module.requires_grad_(True)
    return model
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Two passes: all parameters off, then those of the adapters on. `model.modules()` visits every module
# at any depth.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `isinstance(module, LoRALayer)` tells an adapter; `module.requires_grad_(…)` sets all of its
# parameters.
#
# </details>

# %% [markdown]
# ## e · Every linear layer of a model
#
# A model is a tree of modules. `model.named_modules()` walks through it and gives each module with its
# path, such as `blocks.0.q`; the last component, `q`, is the name of the attribute in the module
# above. To replace a layer means to set that attribute.
#
# **Worked example.** The tree of a small model, and a layer replaced by hand.

# %%
small = nn.Sequential(nn.Linear(2, 3), nn.Sequential(nn.ReLU(), nn.Linear(3, 2)))
print([path for path, _ in small.named_modules()])
holder = small.get_submodule("1")
setattr(holder, "1", nn.Identity())
print(small)

# %% [markdown]
# ### Exercise `replace_linear_with_lora`
#
# It has to get six things right: layers at any depth, in lists and dictionaries of modules too; only those that are
# asked for; never the `linear` *inside* a wrapper, or a second call would wrap the wrapped; a layer that
# is used in two places; a model that is itself a bare layer and cannot be replaced from inside; and all
# that without changing a dictionary while walking through it.


# %% exercise="replace_linear_with_lora" points=4 depends=["LoRALayer", "LinearWithLoRA"] title="Replacing linear layers"
def replace_linear_with_lora(model, rank, alpha, targets=None):
    """Put a LinearWithLoRA in the place of linear layers of a model; return how many were made.

    model: an nn.Module, changed in place. If it is itself a bare nn.Linear: ValueError.
    rank, alpha: of every adapter.
    targets: names of the layers to replace, each compared with the whole last component of a path
        ("q" is the target of "blocks.0.q", not of "blocks.0.qk"); an empty list replaces none, None
        replaces all.
    A layer used in two places gets one adapter, shared by both and counted once. Layers that have an
    adapter already are left alone, so that a second call makes none.
    """
    # solution
    if isinstance(model, nn.Linear):
        raise ValueError("a bare Linear has no module above it: wrap it yourself")
    wrappers = {}
    # A list first, since the tree changes below. With remove_duplicate, the second place of a
    # shared layer would not be visited.
    for path, layer in list(model.named_modules(remove_duplicate=False)):
        above, _, name = path.rpartition(".")
        holder = model.get_submodule(above)
        if not isinstance(layer, nn.Linear) or isinstance(holder, LinearWithLoRA):
            continue
        if targets is None or name in targets:
            if layer not in wrappers:
                wrappers[layer] = LinearWithLoRA(layer, rank, alpha)
            setattr(holder, name, wrappers[layer])
    return len(wrappers)
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# A function that calls itself for the children works, and so does a loop over all paths. In either case: first
# collect, then replace.
#
# </details>
# <details><summary>Hint 2</summary>
#
# For a layer used in two places keep a dictionary from layers to their wrappers. Beware:
# `named_children` and `named_modules` show such a layer only once. The latter has an argument
# `remove_duplicate`; or go through `module._modules.items()`.
#
# </details>
# <details><summary>Hint 3: the second call returns more than 0</summary>
#
# A wrapper has a child called `linear`, and that is an `nn.Linear`. Do not go into wrappers.
#
# </details>

# %% [markdown]
# ### Exercise `lora_parameter_count`
#
# Before training one wants to know the cost, without building anything.


# %% exercise="lora_parameter_count" points=2 title="The cost of adapters"
def lora_parameter_count(layers, rank):
    """Return how many trainable numbers adapters of this rank add to the layers.

    layers: list of pairs (in, out) or of nn.Linear, or a mixture; any device, meta included. Equal
        pairs are different layers; one and the same nn.Linear object in several places counts once.
    rank: integer, at least 1.
    """
    # solution
    total, seen = 0, set()
    for layer in layers:
        if isinstance(layer, nn.Linear):
            # By identity: two layers of the same size are two layers.
            if id(layer) in seen:
                continue
            seen.add(id(layer))
            layer = layer.in_features, layer.out_features
        # A is (in, rank) and B is (rank, out).
        total += rank * sum(layer)
    return total
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# How many numbers are in $A$, how many in $B$?
#
# </details>
# <details><summary>Hint 2</summary>
#
# Only what is trained counts: the bias and the weight of the layer do not.
#
# </details>

# %%
with pending("the adapters of GPT-2"):
    linears = [module for module in gpt.modules() if isinstance(module, nn.Linear)]
    per_block = lora_parameter_count(linears[:6], 16), lora_parameter_count(linears[:4], 16)
    whole, part = per_block
    print(f"one block: {whole:,}, attention {part:,} and feed-forward {whole - part:,}")
    print(f"the head:  {lora_parameter_count(linears[-1:], 16):,}")
    print(f"all {len(linears)} layers, rank 16: {lora_parameter_count(linears, 16):,}")
    for rank in (1, 2, 4, 8, 32, 64):
        print(f"    rank {rank:2}: {lora_parameter_count(linears, rank):>11,}")

# %%
with pending("GPT-2 with adapters, on the meta device"):
    with torch.device("meta"):
        copies = [Transformer(V, d, 12, layers, context, classes) for _ in range(4)]
    small_gpt, *others = copies
    before = count_parameters(small_gpt, trainable_only=True)
    print(f"trainable before:    {before:,}")
    freeze(small_gpt)
    print(f"frozen:              {count_parameters(small_gpt, trainable_only=True):,}")
    print(f"layers replaced:     {replace_linear_with_lora(small_gpt, 16, 16)}")
    after = count_parameters(small_gpt, trainable_only=True)
    print(f"trainable after:     {after:,} = 12 · 221,184 + 12,320")
    print(f"                     one in {before / after:.1f}, or {after / before:.2%}")
    print(f"replaced once more:  {replace_linear_with_lora(small_gpt, 16, 16)}")
    for names, model in zip(("qv", "qkv", "qkvo"), others, strict=True):
        number = replace_linear_with_lora(freeze(model), 16, 16, targets=list(names))
        print(f"only {names:4}: {number} layers, {count_parameters(model, trainable_only=True):,}")

# %% [markdown] question="slide" points=0.5 title="Find the errors"
# A slide walks through a model with a function that calls itself: *for each child, if it is a `Linear`, replace it
# by a wrapper of it; otherwise go on with its children*. The wrapper multiplies $x A B$ by `alpha`. Before, a loop
# sets `requires_grad = False` for all parameters. Beside it: "*LoRA prevents overfitting*". Running the slide's
# code on GPT-2 with rank 16 in other orders gives these numbers of trainable parameters:
#
# | what was run | trainable | wrappers |
# |---|---:|---:|
# | freeze, replace | 2,666,528 | 73 |
# | freeze, replace, replace | 5,333,056 | 146 |
# | replace, freeze | 0 | 73 |
# | replace, never freeze | 127,107,874 | 73 |
#
# **Explain the last three rows. Then name two more things that are wrong or not as in the paper**, in the function, the
# layer or the sentence beside it.

# %% [markdown] answer="slide"
# - 5,333,056: the second call goes into the wrappers, finds the `Linear` inside and wraps it again, so each layer
#   has two adapters. The function is not idempotent.
# - 0: the loop freezes the adapters as well, as they are there already.
# - 127,107,874 = 124,441,346 + 2,666,528: everything is trained, base and adapters.
# - More: a `Linear` that is itself the model is not replaced, silently; code that reads `.weight` of a child breaks;
#   the scale is `alpha` and not `alpha / r`, so that a new rank needs a new learning rate; fewer trainable
#   parameters make overfitting less likely and prevent nothing.

# %% [markdown] rubric="slide"
# - 0.25: All three rows explained.
# - 0.25: Two of: a bare `Linear` is left alone; readers of `.weight` break; `alpha` instead of `alpha / r`; no
#   guarantee against overfitting; a layer used twice.

# %% [markdown]
# ## f · In and out of the weights
#
# Beside the layer, the adapter costs two more products at every call. Once it is trained, it can be
# added to the weight for good, and the model is as fast as before:
#
# $$ W \leftarrow W + s\,(A B)^T . $$
#
# Shapes: `A @ B (in, out)`, while `weight (out, in)`.
#
# **Worked example.** Why the transpose is so easily forgotten:

# %%
delta = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
x = torch.tensor([1.0, 0.0])
print("beside the layer, x A B:     ", (x @ delta).tolist())
print("merged, with transpose:      ", F.linear(x, delta.T).tolist())
print("merged, without, no error:   ", F.linear(x, delta).tolist())

# %% [markdown]
# With a square matrix nothing complains. Test with sizes that differ.
#
# ### Exercise `merge`
#
# Two functions, one the reverse of the other. Calling either twice must not do anything twice.


# %% exercise="merge" points=4 depends=["LoRALayer", "LinearWithLoRA"] title="Merging and unmerging"
def merge(module):
    """Add the correction of every LinearWithLoRA to its weight, and switch its side path off.

    module: a LinearWithLoRA, or a model with any number of them; changed in place and returned.
    Outputs stay what they were. A and B stay what they were; merged becomes True. Wrappers that are
    merged already are left alone.
    """
    # solution
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and not wrapper.merged:
            lora = wrapper.lora
            # A weight is (out, in), the product (in, out). Not a step to be differentiated.
            with torch.no_grad():
                wrapper.linear.weight += lora.scale * (lora.A @ lora.B).T
            wrapper.merged = True
    return module
    # end


def unmerge(module):
    """Take the correction out of the weights again, and switch the side paths on.

    module: as for merge; changed in place and returned. Wrappers that are not merged are left alone.
    """
    # solution
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight -= lora.scale * (lora.A @ lora.B).T
            wrapper.merged = False
    return module
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# A weight is changed in place under `with torch.no_grad():`. The flag `merged` is what `forward` looks
# at, and what tells you that there is nothing left to do.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `module.modules()` includes the module itself, so a single wrapper needs no case of its own. The
# factor is the same as in `forward`: `lora.scale`.
#
# </details>

# %%
with pending("a layer merged and unmerged"):
    torch.manual_seed(0)
    wrapped, x = LinearWithLoRA(nn.Linear(5, 3), 2, 4).double(), torch.randn(4, 5).double()
    nn.init.normal_(wrapped.lora.B)
    weight, out = wrapped.linear.weight.detach().clone(), wrapped(x)

    def farthest(first, second):
        return f"{(first - second).abs().max().item():.0e}"

    print("merged, change of the output: ", farthest(merge(wrapped)(x), out))
    print("merged twice:                 ", farthest(merge(wrapped)(x), out))
    print("change of the weight by now:  ", farthest(wrapped.linear.weight, weight))
    print("unmerged, change of the weight:", farthest(unmerge(wrapped).linear.weight, weight))

# %% [markdown]
# Adding and subtracting in floating point comes back to the same number up to rounding, not to the bit. Who
# needs the base back exactly keeps it, and never trains a merged model.

# %% [markdown]
# ## g · What is saved
#
# The base is there already. To hand on what was learnt, $A$ and $B$ are enough.
# [safetensors](https://huggingface.co/docs/safetensors) is a format for that: a header with names, types
# and shapes, then raw numbers. Loading one cannot run code, unlike `torch.load` of a pickle from
# somewhere.
#
# ### Exercise `lora_state_dict`


# %% exercise="lora_state_dict" points=2 depends=["LoRALayer", "LinearWithLoRA"] title="Saving and loading adapters"
def lora_state_dict(model):
    """Return a snapshot of the adapters: a dictionary from names to tensors.

    model: an nn.Module with adapters.
    The dictionary holds A and B of each LoRALayer under a name of its own, and nothing else. It is a
    snapshot: training the model further does not change it.
    """
    # solution
    state = {}
    for path, module in model.named_modules():
        if isinstance(module, LoRALayer):
            # detach alone would share its memory with the model.
            state[f"{path}.A"] = module.A.detach().clone()
            state[f"{path}.B"] = module.B.detach().clone()
    return state
    # end


def load_lora(model, state):
    """Copy the adapters of a state into a model; return the model.

    model: an nn.Module with adapters in the same places; only its adapters change.
    state: what lora_state_dict returned. If its names or shapes are not those of the model's
        adapters: ValueError. The model keeps no tensor of the state.
    """
    # solution
    mine = lora_state_dict(model)
    if {k: v.shape for k, v in mine.items()} != {k: v.shape for k, v in state.items()}:
        raise ValueError("these adapters belong to another model")
    places = dict(model.named_parameters())
    with torch.no_grad():
        for name, value in state.items():
            # copy_ writes the numbers, in the dtype and on the device of the model.
            places[name].copy_(value)
    return model
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `model.named_modules()` gives each module with its path, and a path makes a good name.
#
# </details>
# <details><summary>Hint 2</summary>
#
# A snapshot is a `clone()`. To load, `copy_` into the parameter that is there: an optimiser that knows
# it goes on knowing it. Compare the names first; `load_state_dict(…, strict=False)` would swallow a wrong one.
#
# </details>

# %% [markdown]
# ## h · One step
#
# Nothing in training is special to LoRA: the frozen weights have no gradient, so the optimiser leaves
# them alone, to the bit. Only one order matters. **The optimiser is built after the adapters**: it
# trains the parameters it was given, and those that did not exist yet are not among them.
#
# ### Exercise `train_step`


# %% exercise="train_step" points=1 title="One step of training"
def train_step(model, x, y, loss_fn, optimizer):
    """Make one step of the optimiser and return the loss as it was before the step.

    model: maps x to outputs.  loss_fn: maps (outputs, y) to a loss, a tensor ().
    optimizer: from torch.optim, over the parameters that are to move.
    Gradients left over from before do not count. Returns a float.
    """
    # solution
    optimizer.zero_grad()
    loss = loss_fn(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Five lines: forget the old gradients, compute the loss, differentiate, step, return.
#
# </details>

# %% [markdown] question="practice" points=0.5 title="Before you train"
# 1. With plain gradient descent, compare a layer with the scale $s$ and the learning rate $\eta$ to one with $2s$ and
#    $\eta$, at the first step from $B = 0$. **By which factor does the change of the output differ?** Which value of
#    $\eta$ would give the second layer the same first change?
# 2. A friend builds the optimiser from `model.parameters()`, then calls `replace_linear_with_lora`, then trains.
#    The program runs, and the loss does not fall. **Why?**

# %% [markdown] answer="practice"
# 1. By 4: the gradient of $B$ has one factor $s$ (twice as large a step), and the correction $s\, x A B$ has
#    another. With $\eta / 4$ the first change is the same. So $\alpha$ acts like a learning rate, squared. (With Adam, whose steps do not grow
#    with the gradient, the factor is 2.)
# 2. The optimiser holds the parameters it was given, and $A$ and $B$ did not exist yet. They get gradients, and nobody
#    applies them. If the base is frozen, nothing moves at all.

# %% [markdown] rubric="practice"
# - 0.25: The factor 4 with both of its reasons, and $\eta / 4$.
# - 0.25: The optimiser does not know $A$ and $B$, because they came later.

# %% [markdown]
# ## i · From a + b to a + b + 7
#
# The base is a transformer with 102,156 parameters that adds two numbers of two digits. It reads
# `12+34=` and writes the sum in three digits, **the last digit first**: `640`. The new task is the same
# with $a + b + 7$, which the base never saw. 1,000 of the 10,000 pairs are held out: neither the
# base nor any adapter is trained on them.


# %% tags=["setup"]
def adder():
    """Return a transformer of the shape of the base, with fresh weights."""
    return Transformer(vocab=12, d=64, n_heads=4, n_layers=2, context=8, outputs=12)


def split_pairs():
    """Return the pairs (N, 2) to train on and the 1,000 that are held out."""
    order = torch.randperm(10_000, generator=torch.Generator().manual_seed(0))
    pairs = torch.stack([order // 100, order % 100], dim=1)
    return pairs[1000:], pairs[:1000]


def tasks(pairs, plus=0):
    """Return inputs (N, 8) and targets (N, 3) for the sums a + b + plus.

    A row reads a+b= and then the digits of the sum, the last one first; 10 is +, 11 is =.
    """
    a, b = pairs.T
    total = a + b + plus
    sign, equals = torch.full_like(a, 10), torch.full_like(a, 11)
    digits = [total % 10, total // 10 % 10, total // 100]
    rows = torch.stack([a // 10, a % 10, sign, b // 10, b % 10, equals, *digits], dim=1)
    return rows[:, :-1], rows[:, 6:]


def answer_loss(outputs, digits):
    """Return the mean loss of the three answer digits: outputs (N, 8, 12), digits (N, 3)."""
    return F.cross_entropy(outputs[:, 5:].flatten(0, 1), digits.flatten())


@torch.no_grad()
def exact(model, pairs, plus):
    """Return the share of pairs whose three digits are all right.

    Each digit is the best guess after the right digits before it. All three are right exactly if the
    model, left to write by itself, writes the right answer.
    """
    inputs, digits = (tensor.to(DEVICE) for tensor in tasks(pairs, plus))
    right = model(inputs)[:, 5:].argmax(-1) == digits
    return right.all(dim=1).float().mean().item()


# %%
train_pairs, test_pairs = split_pairs()
base = adder()
base.load_state_dict(safetensors.torch.load_file("data/adder.safetensors"))
base.to(DEVICE)
print(f"a + b:     {exact(base, test_pairs, 0):.1%} of the held-out pairs")
print(f"a + b + 7: {exact(base, test_pairs, 7):.1%}")


# %%
def trained(model, steps, lr, plus=7):
    """Train what is trainable in a model and return the losses."""
    # Built last, when every adapter is there.
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=lr)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, lr, steps, pct_start=0.1)
    generator, losses = torch.Generator().manual_seed(1), []
    for _ in range(steps):
        chosen = train_pairs[torch.randint(len(train_pairs), (64,), generator=generator)]
        inputs, digits = (tensor.to(DEVICE) for tensor in tasks(chosen, plus))
        losses.append(train_step(model, inputs, digits, answer_loss, optimizer))
        schedule.step()
    return losses


def adapted(model, rank):
    """Return a frozen copy of a model with fresh adapters on all of its linear layers."""
    torch.manual_seed(rank)
    model = freeze(copy.deepcopy(model))
    replace_linear_with_lora(model, rank, 2 * rank)
    return model


# %% [markdown]
# **Predict first.** A layer of the base has up to $64 \times 256$ weights. Of the adapters with rank 1, 2, 4 and 8, which
# is the first to get 9 of 10 held-out pairs right? And 98 of 100?

# %%
STEPS = 150
models, losses = {}, {}
with pending("the sweep over ranks"):
    for rank in (1, 2, 4, 8):
        models[rank] = adapted(base, rank)
        losses[rank] = trained(models[rank], STEPS, lr=2e-2)
        number = count_parameters(models[rank], trainable_only=True)
        share = exact(models[rank], test_pairs, 7)
        print(f"rank {rank}: {number:>7,} trainable, {share:.1%} of the held-out pairs")

# %% [markdown]
# Is it the adapter that learnt to add, or did the base know already? Two more runs tell. The **control** is an
# adapter of rank 8 on a base of *random* weights, frozen as they are. The other run trains all weights of
# the base, without adapters.

# %%
with pending("the control and the full training"):
    torch.manual_seed(0)
    models["random"] = adapted(adder().to(DEVICE), 8)
    losses["random"] = trained(models["random"], STEPS, lr=2e-2)
    models["full"] = copy.deepcopy(base)
    losses["full"] = trained(models["full"], STEPS, lr=3e-3)
    for name, words in (("random", "rank 8 on a random base"), ("full", "all weights")):
        number = count_parameters(models[name], trainable_only=True)
        share = exact(models[name], test_pairs, 7)
        print(f"{words:24} {number:>8,} trainable, {share:.1%}")


# %% tags=["setup"]
def finished(models, *names):
    """Return the models of these names; the pictures below wait for them."""
    if not all(name in models for name in names):
        raise NotImplementedError
    return [models[name] for name in names]


# %%
with pending("the figure of the sweep"):
    ranks = [1, 2, 4, 8]
    scores = [exact(model, test_pairs, 7) for model in finished(models, *ranks)]
    control, full = (exact(m, test_pairs, 7) for m in finished(models, "random", "full"))
    fig, ax = plt.subplots(figsize=(6.5, 3.2))
    ax.axhline(full, color="0.5", linestyle=":", label="all 102,156 weights trained")
    # Two binomial standard errors of 1,000 pairs.
    errors = [2 * math.sqrt(score * (1 - score) / 1000) for score in scores]
    ax.errorbar(ranks, scores, errors, marker="o", capsize=3, label="adapter on the trained base")
    ax.plot([8], [control], "C1s", label="control: adapter on a random base")
    ax.set_xscale("log", base=2)
    ax.set(xlabel="rank", ylabel="right answers (share)", ylim=(-0.03, 1.05), xticks=ranks)
    ax.set_xticks(ranks, ranks)
    above = ax.secondary_xaxis("top")
    above.set_xticks(ranks, [f"{2380 * rank:,}" for rank in ranks])
    above.set_xlabel("trainable parameters")
    ax.minorticks_off()
    above.minorticks_off()
    ax.legend(loc="center left")

# %% [markdown]
# **Figure 2.** Held-out pairs with $a + b + 7$ right, against the rank; bars are two standard errors. All points at 0:
# the adapters never moved, so look at `freeze` and at what the optimiser was given. Control as good as the others: the
# base was trained too. That the control fails shows what the adapters did *not* learn: to add. It is not
# that they could not. With more steps an adapter on random weights gets far (in 400 steps of twice the batch, to
# more than half), since embeddings, attention and activations are there even if they are random.

# %%
with pending("the loss curves"):
    finished(models, "full")
    fig, ax = plt.subplots(figsize=(6.5, 2.8))
    shown = ((1, "rank 1"), (8, "rank 8"), ("full", "all weights"), ("random", "random base"))
    for name, label in shown:
        # The very first loss, then the mean of ten steps each: single batches scatter.
        means = torch.tensor(losses[name]).reshape(-1, 10).mean(1).tolist()
        ax.plot([0, *range(5, STEPS, 10)], [losses[name][0], *means], label=label)
    ax.set(xlabel="step", ylabel="loss (nats per digit)", yscale="log")
    ax.legend()

# %% [markdown]
# **Figure 3.** The training loss. Every adapter on the trained base starts at the same loss as full training, because
# $B = 0$ leaves the base as it is; only the random base has a start of its own. Another curve that starts elsewhere: the
# correction is not zero at the start.

# %%
with pending("the adapter switched off, saved and loaded"):
    [model] = finished(models, 8)
    state = lora_state_dict(model)
    print(f"with the adapter:    a + b {exact(model, test_pairs, 0):.1%}, ", end="")
    print(f"a + b + 7 {exact(model, test_pairs, 7):.1%}")
    load_lora(model, {name: torch.zeros_like(value) for name, value in state.items()})
    print(f"adapter of zeros:    a + b {exact(model, test_pairs, 0):.1%}, ", end="")
    print(f"a + b + 7 {exact(model, test_pairs, 7):.1%}")
    load_lora(model, state)
    adapter_file = safetensors.torch.save({k: v.cpu() for k, v in state.items()})
    base_file = safetensors.torch.save({k: v.cpu() for k, v in base.state_dict().items()})
    print(f"adapter file {len(adapter_file):,} bytes, base file {len(base_file):,} bytes")
    fresh = adapted(base, 8)
    load_lora(fresh, safetensors.torch.load(adapter_file))
    merge(fresh)
    print(f"loaded and merged:   a + b + 7 {exact(fresh, test_pairs, 7):.1%}")
    before, now = base.blocks[0].up.weight, model.blocks[0].up.linear.weight
    print("a weight of the base after all this, the same to the bit:", torch.equal(before, now))

# %%
with pending("the size of the corrections"):
    [model] = finished(models, 8)
    sizes = {}
    inside = [f"blocks.{i}.{layer}" for i in (0, 1) for layer in "q k v o up down".split()]
    for name in (*inside, "head"):
        found = model.get_submodule(name)
        change = found.lora.scale * torch.linalg.norm(found.lora.A @ found.lora.B)
        sizes[name.removeprefix("blocks.")] = (
            change / torch.linalg.norm(found.linear.weight)
        ).item()
    fig, ax = plt.subplots(figsize=(6.5, 2.6))
    ax.bar(sizes.keys(), sizes.values(), color="0.75", edgecolor="0.2")
    ax.set(xlabel="layer", ylabel="size of the change,\nrelative to the weight")
    ax.tick_params(axis="x", rotation=45)

# %% [markdown]
# **Figure 4.** The Frobenius norm of $s A B$ in each layer, relative to that of the weight it corrects. Every bar must
# be above zero. Low rank does not mean small: the corrections are about as large as the weights themselves, and largest
# in the feed-forward part and the head.

# %%
with pending("the singular values of the full change"):
    [full_model] = finished(models, "full")
    _, (left, right) = plt.subplots(1, 2, figsize=(7.5, 2.8))
    for path in ("blocks.0.q", "blocks.0.up", "blocks.1.down"):
        change = (full_model.get_submodule(path).weight - base.get_submodule(path).weight).detach()
        values = torch.linalg.svdvals(change).cpu()
        left.plot(range(1, 65), values / values[0], label=path)
        held = (values**2).cumsum(0) / (values**2).sum()
        right.plot(range(1, 65), held, label=path)
        if path == "blocks.0.up":
            A, B = low_rank_approx(change, 4)
            kept = 1 - torch.linalg.norm(change - A @ B) ** 2 / torch.linalg.norm(change) ** 2
            print(f"{path}: rank 1 holds {held[0]:.0%}, rank 4 {kept:.0%}, rank 16 {held[15]:.0%}")
    noise = torch.linalg.svdvals(torch.randn(64, 256, generator=torch.Generator().manual_seed(1)))
    left.plot(range(1, 65), noise / noise[0], label="noise, 64 × 256")
    right.plot(range(1, 65), (noise**2).cumsum(0) / (noise**2).sum(), label="noise, 64 × 256")
    left.set(xlabel="number of the singular value", ylabel="relative to the first", ylim=(0, 1.03))
    right.set(xlabel="rank", ylabel="share of the squared norm", ylim=(0, 1.03))
    right.legend()

# %% [markdown]
# **Figure 5.** The change that training *all* weights made in three layers: its singular values, and how much of it a
# given rank holds. It falls faster than noise does, and still it is not of rank 4 or 8. Yet adapters of these ranks
# solve the task as well. "Low rank is enough" is a statement about *some* change that does the job, not about the
# change that full training happens to make.

# %% [markdown] question="sweep" points=4 bonus=true title="Which rank is enough?"
# Write a report of about a page on the sweep above. **Extend it by one experiment of your own**, for instance:
# adapters on some of the layers only (`targets`); the same number of trainable parameters spent on few layers with a high
# rank or on many with a low one; `alpha` doubled; several seeds; fewer training pairs; another new task. Say what you
# expected before you ran it, show a figure with error bars or several seeds, and say what it tells: about the rank, about
# what the base contributes (the control), and about whether the two differ by more than chance.

# %% [markdown] answer="sweep"
# A good report states for instance: rank 1 gets about five of six pairs, rank 2 some 96 %, rank 4 nearly all, and rank 8 cannot be
# told from training everything: at 1,000 pairs the standard error near 0.99 is 0.003. The control at the same rank and number
# of steps gets next to none, so the adapters steer what the base can do rather than learn to add. With four times the steps it
# would catch up in part: "fails" means "fails in this budget". An extension worth its points, for example: adapters on `up` and `down` alone, or `q`
# and `v` alone, at equal parameter counts and three seeds each, with the spread shown and larger than or smaller than the differences.
# The full change needs rank 16 and more to hold most of its norm, so the success of rank 4 does not come from approximating
# *that* change.

# %% [markdown] rubric="sweep"
# - 1: Results of the sweep stated with numbers, uncertainties and parameter counts, and rightly compared with full training.
# - 1: The control is interpreted: what the base contributes, and that it holds for this budget of steps.
# - 1: An experiment of their own, with an expectation written before, run fairly: one thing changed at a time.
# - 1: Its result with several seeds or error bars in a labelled figure, and a conclusion no stronger than these allow.

# %% [markdown]
# ## Before you hand in
#
# - Both names stand in `MEMBERS`.
# - *Restart and run all* goes through without an error, and the outputs are stored in the notebook.
# - Every `check` passes, or you know why not.
# - The questions start, slide and practice have an answer; the report is there if you want the bonus.
# - The notebook and its PDF are both in the hand-in.
#
# One thread leads on from here. The adder was given. How such a model comes to be, from an empty file to
# honest numbers on pairs it never saw, is the last notebook of this course.
