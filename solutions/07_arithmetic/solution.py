# %% [raw]
# title = "An arithmetic language model"
# leaderboard = "entry_weights_matter"
#
# [limits]
# cell_seconds = 240
# notebook_seconds = 900
# check_seconds = 15

# %% [markdown]
# # An arithmetic language model
#
# `12+34=` is a sentence, and its next words are `46`. In this last notebook everything you have
# built comes together: a tokenizer, a transformer, a loss, a decoder. The subject is the smallest
# language in which one can be *right*, and that makes it a good place to learn the hardest craft
# of the field: finding out honestly whether a model can do what its curve promises.
#
# **Afterwards you can**
#
# - turn a task into text, and text into a data set whose test part is really unseen;
# - train on the part of a text that can be predicted, and say where the loss must end if you do not;
# - measure a model by what it writes, and name three ways of measuring that flatter it;
# - take a success rate apart until you see what the model finds hard;
# - show where its skill ends.
#
# | part | task | minutes | difficulty (1–5) | points |
# |---|---|---:|:-:|---:|
# | a | `ArithmeticTokenizer` | 20 | 1 | 2 |
# | b | `write_problem` | 15 | 2 | 1 |
# | b | `make_examples` | 30 | 3 | 2 |
# | c | `loss_mask`, `masked_loss` | 30 | 3 | 2 × 1 |
# | d | `train` | 35 | 3 | 3 |
# | e | `generate`, `exact_match` | 40 | 3 | 1 + 2 |
# | e | question floor: a loss that will not fall | 15 | 3 | 1 |
# | e | question errors: find the errors | 10 | 2 | 0.5 |
# | f | `count_carries`, `accuracy_by` | 20 | 2 | 2 × 1 |
# | f | question order: units first | 10 | 3 | 0.5 |
# | g | `draw_problems` | 15 | 2 | 1 |
# | h | question report | 45 | 3 | 2 |
# | i | `build`, the class leaderboard | open | 4 | bonus 5 |
# | | **together** | **285** | | **20** |
#
# **What is given.** The model, a small GPT like the one of the attention notebook; a progress bar;
# the code of the figures. You need PyTorch, matplotlib and safetensors. Nothing is downloaded. Each
# training takes some twenty seconds on two processor cores, the whole notebook two minutes; with a
# graphics card the same cells use it and take seconds.
#
# **How to hand in.** In groups of two, once per group; single hand-ins are not marked. Write both
# names into `MEMBERS` below. Hand in this notebook, run from top to bottom with its outputs in
# place, and a PDF of it; with the bonus, `weights.safetensors` as well. Comment your code. Questions
# are answered in the cell below them.

# %% [markdown]
# **Rules that hold for every function here**
#
# - Shapes: `B` texts in a batch, `L` tokens in each, `V` symbols in the alphabet.
# - A *problem* is a pair of texts `(prompt, answer)`, such as `("12+34=", "640")`.
# - **Arguments are never changed**, and nothing that was given is kept to be changed later.
#   (`train` changes the weights of its model: that is its task.)
# - Tensors live where the model, or the given tensor, lives: on any device.
# - Logarithms are natural. A function that draws takes a `seed`; the same seed gives the same
#   result.
# - A *bad argument* is answered with a `ValueError` where the text says so.
# - Below each blank, `check("name")` runs the public checks. More checks run when the notebook is
#   marked: other values and properties. Nothing is trained for long in a check.

# %% tags=["setup"]
import math
import random
import sys
import time
from pathlib import Path

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, load_model, save_model
from torch import nn

from grader import check, pending

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
# Small tensors: a second thread would wait for the first more than it works.
torch.set_num_threads(1)
torch.manual_seed(0)
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
# ## a · An alphabet of twelve
#
# Byte-pair encoding would merge frequent digits: `100` one token, `101` two, and the units of a
# number sometimes its own token, sometimes a part of another one. Nobody could learn to carry like
# that. So here a token is **one character**. The alphabet is a text, and the id of a symbol is its
# place in it.
#
# Shapes: text of `L` characters → list of `L` ids.
#
# **Worked example.** In the alphabet `0123456789+=` digits are their own ids, `+` is 10 and `=` is
# 11:

# %% tags=["setup"]
SYMBOLS = "0123456789+="

# %%
for character in "12+34=":
    print(f"{character!r} has the id {SYMBOLS.index(character)}")

# %% [markdown]
# ### Exercise `ArithmeticTokenizer`


# %% exercise="ArithmeticTokenizer" points=2 title="One character, one token"
class ArithmeticTokenizer:
    """Turns text into ids and back; one character is one token.

    symbols: text of different characters; the id of a symbol is its place in it.
    Attribute vocab_size: how many symbols there are.
    """

    def __init__(self, symbols="0123456789+="):
        # solution
        self.symbols = symbols
        self.vocab_size = len(symbols)
        self.ids = {symbol: number for number, symbol in enumerate(symbols)}
        # end

    def encode(self, text):
        """Return the list of the ids of text, one per character.

        A character outside the alphabet raises ValueError.
        """
        # solution
        strange = set(text) - set(self.ids)
        if strange:
            raise ValueError(f"not in the alphabet: {strange}")
        return [self.ids[character] for character in text]
        # end

    def decode(self, ids):
        """Return the text that belongs to ids, a list of integers or a tensor (L,) of them.

        An id that no symbol has raises ValueError.
        """
        # solution
        numbers = [int(number) for number in ids]
        # Python counts negative places from the end: they must be refused as well.
        if not all(0 <= number < self.vocab_size for number in numbers):
            raise ValueError("not the id of any symbol")
        return "".join(self.symbols[number] for number in numbers)
        # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# A dictionary from symbol to id, made once, serves `encode`; the text itself serves `decode`.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Two traps: `text.find(c)` answers -1 for a stranger without a word, and `symbols[-1]` is a symbol.
#
# </details>

# %%
with pending("the round trip"):
    tokenizer = ArithmeticTokenizer(SYMBOLS)
    print("there:", tokenizer.encode("12+34=640"))
    print("and back:", tokenizer.decode(tokenizer.encode("12+34=640")))

# %% [markdown]
# ## b · Problems, and which of them nobody may see
#
# Two decisions make a sum learnable.
#
# **Fixed width.** Numbers are filled with zeros on the left, so that the tens always stand in the
# same place: both operands have `width` characters, the answer has `width + 1`, since a sum may be
# one digit longer.
#
# **Units first.** You add from the right, because the carry comes from there. A language model
# writes from the left. With `reverse=True` the *answer* is written backwards, and the first digit to
# be written is the one that needs no carry. The operands stay as they are.
#
# A difference works alike. Its sign is a character too, and stands in front of the zeros: `12-34` is
# `-22`, `34-12` is `022`. (Python's format `0` in `f"{x:03d}"` does just this.)
#
# **Worked example.** All with width 2:
#
# | problem | prompt | answer, units first | answer, as we write |
# |---|---|---|---|
# | 12 + 34 = 46 | `12+34=` | `640` | `046` |
# | 95 + 7 = 102 | `95+07=` | `201` | `102` |
# | 12 - 34 = -22 | `12-34=` | `22-` | `-22` |
#
# ### Exercise `write_problem`


# %% exercise="write_problem" points=1 title="A problem as text"
def write_problem(a, op, b, width, reverse=True):
    """Return the problem a op b as a pair of texts, (prompt, answer).

    a, b: integers from 0 to 10**width - 1.  op: "+" or "-"; anything else raises ValueError.
    The prompt holds both numbers with `width` digits each and ends with "="; the answer has
    width + 1 characters, in reverse order (units first) if `reverse` is true.
    """
    # solution
    if op not in ("+", "-"):
        raise ValueError(f"unknown operation {op!r}")
    result = a + b if op == "+" else a - b
    answer = f"{result:0{width + 1}d}"
    # [::-1] turns the answer alone; the prompt is read as everybody writes it.
    return f"{a:0{width}d}{op}{b:0{width}d}=", answer[::-1] if reverse else answer
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# In a format a width may itself be in braces: `f"{7:0{width}d}"` is `07` for width 2.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `text[::-1]` is a text backwards. Fill first, turn round afterwards.
#
# </details>

# %% [markdown]
# **A split that is one.** There are 10,000 sums of two numbers below 100. Some of them the model
# must never see while it learns, or you measure its memory. And $34 + 12$ is no new problem for
# somebody who has seen $12 + 34$. So **a∘b and b∘a go into the same part**, for every operation.
#
# **Predict first.** Somebody shuffles the 10,000 pairs and holds out every tenth, not thinking of
# this. For which share of the test problems has the model seen the mirror image?

# %%
pairs = [(a, b) for a in range(100) for b in range(100)]
random.Random(0).shuffle(pairs)
held_out, seen = pairs[:1000], set(pairs[1000:])
print("mirror image seen:", sum((b, a) in seen for a, b in held_out) / len(held_out))

# %% [markdown]
# Nine out of ten: a test that is hardly one.
#
# ### Exercise `make_examples`


# %% exercise="make_examples" points=2 depends=["write_problem"] title="A disjoint split"
def make_examples(n_digits, ops="+", seed=0, reverse=True, test_fraction=0.1):
    """Return (train, test): every problem of numbers with n_digits digits, in one of two lists.

    For each operation in `ops` and all a, b from 0 to 10**n_digits - 1 the problem
    write_problem(a, op, b, n_digits, reverse) stands once, in one of the lists, in any order.
    a op b and b op a stand in the same list. Which ones are for testing is drawn at random with
    `seed`: about test_fraction of them.
    """
    # solution
    numbers = range(10**n_digits)
    # Pairs with a ≤ b are dealt; each takes its mirror image with it.
    pairs = [(a, b) for a in numbers for b in numbers if a <= b]
    random.Random(seed).shuffle(pairs)
    cut = round(test_fraction * len(pairs))

    def written(chosen):
        # A set: a + a is its own mirror image and must not stand twice.
        both = sorted({pair for a, b in chosen for pair in ((a, b), (b, a))})
        return [write_problem(a, op, b, n_digits, reverse) for op in ops for a, b in both]

    return written(pairs[cut:]), written(pairs[:cut])
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Deal the pairs with $a \le b$ only, and let each bring its mirror image along. What about $a = b$?
#
# </details>
# <details><summary>Hint 2</summary>
#
# `random.Random(seed)` is a generator of its own: it has `shuffle`, and nobody else draws from it.
#
# </details>

# %%
training, testing = [], []
with pending("the data"):
    training, testing = make_examples(2)
    print(len(training), "problems to learn from,", len(testing), "to be tested on")
    print("in both:", len(set(training) & set(testing)))
    print("a few:", *(prompt + answer for prompt, answer in training[:: len(training) // 4]))

# %% [markdown]
# ## c · What can be predicted
#
# The bet at position $t$ is on token $t + 1$. In `12+34=640` nobody can know that `2` follows `1`:
# the digits of the prompt are random, and a loss that asks for them teaches nothing. **Only bets
# on the answer count.** Mind the shift: the first digit of the answer is bet on *at the `=`*.
#
# Shapes: `ids (B, L)` → `mask (B, L-1)`, one entry per bet. The last token makes no bet.
#
# **Worked example.**
#
# | position | 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 |
# |---|---|---|---|---|---|---|---|---|---|
# | token | `1` | `2` | `+` | `3` | `4` | `=` | `6` | `4` | `0` |
# | bets on | `2` | `+` | `3` | `4` | `=` | `6` | `4` | `0` | |
# | counts | | | | | | yes | yes | yes | |
#
# ### Exercise `loss_mask`


# %% exercise="loss_mask" points=1 title="Which bets count"
def loss_mask(ids, equals):
    """Return a boolean tensor (B, L-1): True where the bet at this position is on the answer.

    ids: integer tensor (B, L); each row holds the id `equals` once, not everywhere in the same
    place. The answer is everything after it.
    """
    # solution
    # 1 from the "=" on: the bet made there is the first on the answer. The last token makes none.
    return (ids == equals).cumsum(dim=1)[:, :-1] > 0
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# From which position on? The last entry of each row counts always.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `cumsum` along a row of zeros with a single one is 0 before it, and 1 from there on.
#
# </details>

# %%
with pending("the picture of the mask"):
    texts = ["12+34=640", "95+07=201", "8+5=31000"]
    tokens = torch.tensor([ArithmeticTokenizer(SYMBOLS).encode(text) for text in texts])
    counted = loss_mask(tokens, SYMBOLS.index("="))
    fig, ax = plt.subplots(figsize=(6, 1.9))
    ax.imshow(counted, vmin=0, vmax=2, aspect="auto")
    for row, text in enumerate(texts):
        for place in range(8):
            ax.text(place, row, f"{text[place]}→{text[place + 1]}", ha="center", va="center")
    ax.set(xlabel="position of the bet", ylabel="text", yticks=range(3), xticks=range(8))

# %% [markdown]
# **Figure 1.** Each field is a bet, *seen* → *to come*; the shaded ones count. The first shaded field
# of each row must be the one that starts at `=`. Shading that starts one field later never teaches
# the units; shading that starts earlier asks for `=`.

# %% [markdown]
# **The loss** is the mean over the bets that count, of minus the logarithm of the probability
# given to the token that came:
#
# $$ \text{loss} = -\frac{1}{\sum m} \sum_{b,t} m_{b,t} \, \log p_{b,t}(\text{id}_{b,t+1}) $$
#
# Shapes: `logits (B, L, V)`, `ids (B, L)`, `mask (B, L-1)` → one number.
#
# **Worked example.** Three bets of which the last two count, with probabilities 0.1, 0.5 and 0.8
# for what came: $(-\ln 0.5 - \ln 0.8)/2 = 0.4581$. Divided by all three it would be 0.3054.
#
# ### Exercise `masked_loss`


# %% exercise="masked_loss" points=1 title="The loss of the bets that count"
def masked_loss(logits, ids, mask):
    """Return the mean loss of the bets at which mask is True, as a tensor ().

    logits: tensor (B, L, V); those at t are the bet on the id at t+1.
    ids: integer tensor (B, L).  mask: boolean tensor (B, L-1).
    With nothing to count the loss is 0.
    """
    # solution
    each = F.cross_entropy(logits[:, :-1].transpose(1, 2), ids[:, 1:], reduction="none")
    # `where`, not a product: 0 times an infinite loss would be NaN.
    total = torch.where(mask, each, 0.0).sum()
    return total / mask.sum().clamp(min=1)
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Drop the last bet and the first id; then bets, targets and mask all have $L - 1$ places.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `F.cross_entropy(…, reduction="none")` gives one loss per bet; it wants the axis of the symbols
# second. Divide by the number of bets that count, at least 1.
#
# </details>

# %% [markdown]
# ## d · Training
#
# The model is given: a GPT with learned positions, pre-norm blocks and a causal mask.


# %% tags=["setup"]
class Layer(nn.Module):
    """A transformer block; the weights of its attention stay readable in `looked`."""

    def __init__(self, width, heads):
        super().__init__()
        self.norms = nn.ModuleList([nn.LayerNorm(width), nn.LayerNorm(width)])
        self.attention = nn.MultiheadAttention(width, heads, batch_first=True)
        self.inner = nn.Linear(width, 4 * width)
        self.outer = nn.Linear(4 * width, width)
        self.watched, self.looked = False, None

    def forward(self, x, future):
        y = self.norms[0](x)
        seen, self.looked = self.attention(
            y, y, y, attn_mask=future, need_weights=self.watched, average_attn_weights=False
        )
        x = x + seen
        return x + self.outer(F.gelu(self.inner(self.norms[1](x))))


class Calculator(nn.Module):
    """A small GPT: ids (B, L) → logits (B, L, vocab_size), for L up to max_len."""

    def __init__(self, vocab_size, d_model=32, n_heads=4, n_layers=2, max_len=9):
        super().__init__()
        self.symbols = nn.Embedding(vocab_size, d_model)
        self.places = nn.Embedding(max_len, d_model)
        self.layers = nn.ModuleList(Layer(d_model, n_heads) for _ in range(n_layers))
        self.norm = nn.LayerNorm(d_model)
        self.bets = nn.Linear(d_model, vocab_size, bias=False)
        # Small bets at the start: a model that knows nothing should say so.
        for table, std in ((self.symbols, 0.2), (self.places, 0.2), (self.bets, 0.02)):
            nn.init.normal_(table.weight, std=std)

    def forward(self, ids):
        where = torch.arange(ids.shape[1], device=ids.device)
        future = where[None, :] > where[:, None]
        x = self.symbols(ids) + self.places(where)
        for layer in self.layers:
            x = layer(x, future)
        return self.bets(self.norm(x))


def progress(steps, losses):
    """Yield 0 … steps-1 and show how far it is: a bar in a notebook, else a line now and then."""
    start, shown, handle = time.monotonic(), 0.0, None
    if "ipykernel" in sys.modules:
        from IPython.display import display

        handle = display({"text/plain": "0 %"}, raw=True, display_id=True)
    for step in range(steps):
        yield step
        now, done = time.monotonic(), step + 1
        loss = f", loss {losses[-1]:.3f}" if losses else ""
        left = (now - start) / done * (steps - done)
        line = f"step {done:4} of {steps}{loss}, {left:3.0f} s left"
        if handle and (now > shown + 0.3 or done == steps):
            shown = now
            bar = f'<progress value="{done}" max="{steps}"></progress> {line}'
            handle.update({"text/plain": line, "text/html": bar}, raw=True)
        elif not handle and (done % max(steps // 4, 1) == 0 or done == steps):
            print(line)


# %% [markdown]
# ### Exercise `train`
#
# Each step takes a **new** random batch: indices drawn with replacement, from a generator seeded
# with `seed`. Use Adam or AdamW without weight decay; `lr` is its learning rate, or the largest one
# if you use a schedule (`OneCycleLR` with `pct_start=0.1` does well). Let your loop run over
# `progress(steps, losses)` instead of `range(steps)` and you get a bar.
#
# Shapes: `examples` → `ids (N, L)`, once; in each step `ids[rows] (batch_size, L)`.


# %% exercise="train" points=3 depends=["ArithmeticTokenizer", "loss_mask", "masked_loss"] title="Training"
def train(model, examples, tokenizer, steps, batch_size=128, lr=6e-3, seed=0, answer_only=True):
    """Train model on examples; return the list of the losses of all steps, as numbers.

    model: a module, ids (B, L) → logits (B, L, V); its weights are changed, on its own device.
    examples: list of (prompt, answer), all of the same length together; prompts end with "=".
    tokenizer: has encode(text).  The loss of a step is that of its batch, before the step.
    answer_only: count the bets on the answer only; otherwise all L-1 bets.
    """
    # solution
    device = next(model.parameters()).device
    ids = torch.tensor([tokenizer.encode(prompt + answer) for prompt, answer in examples])
    ids = ids.to(device)
    [equals] = tokenizer.encode("=")
    mask = loss_mask(ids, equals)
    if not answer_only:
        mask = torch.ones_like(mask)
    optimiser = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, lr, steps, pct_start=0.1)
    draws = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in progress(steps, losses):
        rows = torch.randint(len(ids), (batch_size,), generator=draws).to(device)
        loss = masked_loss(model(ids[rows]), ids[rows], mask[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        losses.append(loss.item())
    return losses
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Before the loop: encode all examples into one tensor, make its mask, move both to the device of the
# model (`next(model.parameters()).device`).
#
# </details>
# <details><summary>Hint 2</summary>
#
# In the loop: draw rows, loss, `zero_grad`, `backward`, `step`, and keep `loss.item()`. A loss kept
# as a tensor keeps its whole graph.
#
# </details>
# <details><summary>Hint 3: it runs, and learns nothing</summary>
#
# Are the rows drawn inside the loop? Is the generator made outside it? Made inside, it draws the
# same rows every time.
#
# </details>
#
# **Predict first.** Twelve symbols. Where does the loss start? Where can it end if only the answer
# counts, and can it end there as well if all eight bets do?

# %%
STEPS = 600


def fresh(max_len=9, seed=0):
    """Return an untrained model, always the same for the same seed."""
    torch.manual_seed(seed)
    return Calculator(len(SYMBOLS), max_len=max_len).to(DEVICE)


model, history = fresh(), []
with pending("the training"):
    tokenizer = ArithmeticTokenizer(SYMBOLS)
    if not training:
        raise NotImplementedError
    print(sum(p.numel() for p in model.parameters()), "parameters on", DEVICE)
    history = train(model, training, tokenizer, STEPS)


def trained():
    """Return the trained model; what needs it waits for it."""
    if not history:
        raise NotImplementedError
    return model


# %% [markdown]
# And a second model, of which everything is asked. It needs more steps, since most of what it is asked
# cannot be learned.

# %%
MORE_STEPS = 1200

other, other_history = fresh(), []
with pending("the training on all tokens"):
    trained()
    other_history = train(other, training, tokenizer, MORE_STEPS, answer_only=False)

# %%
with pending("the two losses"):
    trained()
    fig, ax = plt.subplots(figsize=(6, 3.2))
    levels = {"ln 12": math.log(12)}
    levels |= {
        f"{k} ln 10 / 8 = {k * math.log(10) / 8:.4f}": k * math.log(10) / 8 for k in (3, 4, 5)
    }
    for name, level in levels.items():
        ax.axhline(level, color="0.6", linestyle=":", linewidth=1)
        ax.text(MORE_STEPS, level, name, ha="right", va="bottom", fontsize=8)
    ax.plot(history, label="only the answer counts")
    ax.plot(other_history, label="all eight bets count")
    ax.set(xlabel="step", ylabel="loss (nats per bet)", ylim=(0, 2.8))
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 0.86))
    print(f"only the answer: mean loss of the last 50 steps {sum(history[-50:]) / 50:.4f}")
    print(f"all eight bets:  mean loss of the last 50 steps {sum(other_history[-50:]) / 50:.4f}")

# %% [markdown]
# **Figure 2.** Both losses start near $\ln 12$: a model that knows nothing. The solid curve goes to 0. The
# dashed one comes down in stairs of $\ln 10 / 8$, each of them one digit of the answer understood, and stays
# on the lowest, whatever you do. (If yours rests on a higher one, it needs more steps.) A solid
# curve that stops near $\ln 10$ has found out that answers are made of digits and no more. A loss that falls
# to 0 at once means that a bet sees its own target: look at the shift, and at the causal mask.

# %% [markdown] question="floor" points=1 title="A loss that will not fall"
# With all bets counted the loss ends near $3 \ln 10 / 8 = 0.8635$. **Derive this number**: which of the
# eight bets contribute how much, for a perfect model? Somebody concludes from the curve that the model
# has failed and doubles its size. What do you tell them, and which measurement would show it?
# Could the loss on the *training* problems ever get below the line?
#
# <details><summary>Hint</summary>
#
# Go through the table in part c, bet by bet. How surprised must a perfect model be?
#
# </details>

# %% [markdown] answer="floor"
# The eight bets of `12+34=640` are on `2`, `+`, `3`, `4`, `=`, `6`, `4`, `0`. The signs always stand in the
# same place: loss 0. The answer follows from the prompt: loss 0. Three digits of the prompt (the
# second of $a$, both of $b$; the first of $a$ is nobody's target) are uniform and independent of what
# came before: nothing is better than $p = 1/10$, which costs $\ln 10$ each. Mean: $3 \ln 10/8 = 0.8635$.
#
# The model has not failed: a floor of the *data* is no error of the model, and a larger one has the
# same floor. What counts is the exact match on held-out problems, or the loss of the three bets on the
# answer alone, which goes to 0.
#
# Below the line on the training problems: only by memory. A model that knows *which* of the 10,000
# problems are in the training part knows that after some beginnings certain digits are less
# frequent. With 9,000 of 10,000 pairs that is worth at most $\ln(10/9)/8 = 0.013$, and nothing on new
# ones.

# %% [markdown] rubric="floor"
# Any argument through the entropy of the prompt earns the same, if the first digit is left out with
# a reason.
#
# - 0.5: Three bets on uniform digits cost $\ln 10$ each, signs and answer nothing, the mean is over
#   eight (says why the first digit does not count, or lists the eight targets).
# - 0.25: The floor belongs to the data, not to the model; exact match, or the loss on the answer alone,
#   shows that it works.
# - 0.25: Below the line only by memorising the training problems (or: fluctuations of a batch), and
#   never on new ones.

# %% [markdown]
# ## e · Measuring honestly
#
# In training the model always sees the *true* beginning of the answer. On its own it sees what it has
# written itself, errors included. Only that counts: give it the prompt, let it write, compare the
# whole answer.
#
# **Greedy generation** appends the best symbol of the last position, one at a time:
#
# Shapes: `ids (B, L)` → `(B, L+1)` → … → `(B, L+max_new)`.
#
# Some models say themselves when they are done, with an end token. A text that has ended must stay
# ended, even while others of its batch go on.
#
# **Worked example.** With `end = 7` and `max_new = 4`, a row for which the model would write
# `3 7 5 2` becomes `3 7 7 7`.
#
# For tests, here is a "model" that follows a rule of yours instead of weights. Like many models it
# has dropout: in training mode it says nothing of use.


# %% tags=["setup"]
class Scripted(nn.Module):
    """A model that follows a rule, ids (B, L) → logits (B, L, V), unless dropout spoils it."""

    def __init__(self, rule):
        super().__init__()
        self.rule = rule
        self.dropout = nn.Dropout(1.0)
        self.with_gradients = False

    def forward(self, ids):
        self.with_gradients = torch.is_grad_enabled()
        return self.dropout(self.rule(ids))


# %% [markdown]
# ### Exercise `generate`


# %% exercise="generate" points=1 title="Writing, symbol by symbol"
def generate(model, ids, max_new, end=None):
    """Return ids with max_new greedily chosen tokens appended, an integer tensor (B, L+max_new).

    model: a module, ids (B, L) → logits (B, L, V). It is put into evaluation mode, and no
    gradients are computed.
    ids: integer tensor (B, L), the prompts.
    end: an id, or None. After the first `end` that a row has written itself, everything is `end`;
    one that stands in its prompt means nothing.
    """
    # solution
    model.eval()
    ended = torch.zeros(len(ids), dtype=torch.bool, device=ids.device)
    with torch.no_grad():
        for _ in range(max_new):
            best = model(ids)[:, -1].argmax(dim=-1)
            if end is not None:
                best = torch.where(ended, end, best)
                ended = ended | (best == end)
            ids = torch.cat([ids, best[:, None]], dim=1)
    return ids
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `model(ids)[:, -1].argmax(-1)` is one new token per row. `torch.cat` makes a new, longer tensor.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Remember in a boolean tensor `(B,)` which rows have ended; `torch.where` puts `end` there.
#
# </details>
#
# **Predict first.** `copycat` below looks at the text it is given and bets, at every position, on the
# token that comes *next in it*. Where nothing comes next it bets on 0. It cannot add at all. What is
# its accuracy if you feed it prompt *and* answer, and count how many of its bets on the answer are right?


# %%
def copycat(ids):
    """Bet on the next token of the very text that is given."""
    following = F.pad(ids, (0, 1))[..., 1:]
    return F.one_hot(following, len(SYMBOLS)).float()


with pending("the copycat"):
    tokenizer = ArithmeticTokenizer(SYMBOLS)
    if not testing:
        raise NotImplementedError
    cat = Scripted(copycat).eval()
    texts = torch.tensor([tokenizer.encode(f"{prompt}{answer}") for prompt, answer in testing])
    right = (cat(texts)[:, 5:8].argmax(-1) == texts[:, 6:]).all(1).float().mean()
    print(f"fed with the answers it gets {right:.1%}")
    print(f"it writes: {tokenizer.decode(generate(cat, texts[:1, :6], 3)[0])}")

# %% [markdown]
# 100 %, without being able to add. A model with a causal mask cannot copy like this, but it gets
# help all the same: its second bet is made on the *true* first digit.
#
# ### Exercise `exact_match`


# %% exercise="exact_match" points=2 depends=["ArithmeticTokenizer", "generate"] title="Exact match, by generation"
def exact_match(model, examples, tokenizer):
    """Return (accuracy, answers): how many answers the model gets exactly right, and what it wrote.

    model: a module, ids (B, L) → logits (B, L, V).  examples: list of (prompt, answer); all prompts
    have the same length, and so have all answers.
    accuracy: the share, from 0 to 1, of the examples whose whole answer the model writes, given
    the prompt alone, greedily.  answers: the list of the texts it wrote.
    """
    # solution
    device = next((p.device for p in model.parameters()), "cpu")
    prompts = [tokenizer.encode(prompt) for prompt, _ in examples]
    wanted = [answer for _, answer in examples]
    texts = generate(model, torch.tensor(prompts, device=device), len(wanted[0]))
    answers = [tokenizer.decode(row[len(prompts[0]) :]) for row in texts.tolist()]
    right = sum(answer == want for answer, want in zip(answers, wanted, strict=True))
    return right / len(examples), answers
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Encode the prompts alone. If the answers enter the computation before the last line, something is
# wrong.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `generate` returns prompts and answers together; cut off the prompts, decode, compare texts. A model
# without parameters, such as `Scripted`, lives on the CPU: `next(model.parameters())` needs a default.
#
# </details>

# %%
with pending("the honest accuracy"):
    tokenizer = ArithmeticTokenizer(SYMBOLS)
    accuracy, answers = exact_match(trained(), testing, tokenizer)
    print(f"on {len(testing)} problems it has never seen: {accuracy:.1%}")
    for (prompt, wanted), answer in list(zip(testing, answers, strict=True))[:5]:
        print(f"  {prompt}{answer[::-1]}", "" if answer == wanted else f"(no: {wanted[::-1]})")
    accuracy, _ = exact_match(other, testing, tokenizer)
    print(f"the model trained on all bets: {accuracy:.1%}")

# %% [markdown] question="errors" points=0.5 title="Find the errors"
# A slide on sequence models says: "*Training a model that answers digit by digit is slow, because each
# digit must be generated before the next one can be trained. Evaluation is fast: one pass over prompt
# and answer gives all bets at once, and the share of right ones is the accuracy.*" **Find the two
# errors and correct each.**

# %% [markdown] answer="errors"
# Training needs no generation: with *teacher forcing* the true answer is the input, the causal mask hides
# the future, and all bets of all positions are trained in one parallel pass. Evaluation does need it: at
# test time there is no answer to feed, the digits have to be generated one after another, and a problem
# is right only if its whole answer is. The share of right bets, on true beginnings, is larger.

# %% [markdown] rubric="errors"
# - 0.25: Training is parallel over positions (teacher forcing, causal mask).
# - 0.25: Evaluation must generate (the slide's number is per bet and peeks at the true beginning).

# %% [markdown]
# ## f · What is hard about a sum?
#
# One number hides everything. Take it apart: by the digit of the answer, and by the number of
# **carries**. A carry is a 1 that goes over to the next column when two digits (and the carry that
# came in) add up to 10 or more.
#
# **Worked example.** $95 + 7$: $5 + 7 = 12$, carry; $9 + 0 + 1 = 10$, carry: two carries. $50 + 50$ has one,
# $12 + 34$ none.
#
# ### Exercises `count_carries`, `accuracy_by`


# %% exercise="count_carries" points=1 title="Counting carries"
def count_carries(a, b):
    """Return how many carries there are when a and b are added by hand, in base ten.

    a, b: integers of any size, at least 0, not always of the same length.
    """
    # solution
    carries, carry = 0, 0
    while a or b:
        carry = (a % 10 + b % 10 + carry) // 10
        carries += carry
        a, b = a // 10, b // 10
    return carries
    # end


# %% exercise="accuracy_by" points=1 title="A success rate, taken apart"
def accuracy_by(keys, right):
    """Return a dictionary from each key to (share, count): how it went for this kind of problem.

    keys: list of what kind each problem is of; any hashable values.
    right: list of as many booleans, whether it was solved.
    share: how many of this kind were solved, from 0 to 1.  count: how many of this kind there are.
    """
    # solution
    kinds = {}
    for key, solved in zip(keys, right, strict=True):
        kinds.setdefault(key, []).append(bool(solved))
    return {key: (sum(found) / len(found), len(found)) for key, found in kinds.items()}
    # end


# %% [markdown]
# <details><summary>Hint 1: carries</summary>
#
# `% 10` is the last digit, `// 10` drops it. A carry can cause the next: keep it for the next column.
#
# </details>
# <details><summary>Hint 2: carries</summary>
#
# Go on while *either* number has digits left: in $99 + 1$ the second ends before the carries do.
#
# </details>
# <details><summary>Hint: accuracy_by</summary>
#
# Collect a list of results for each key first.
#
# </details>
#
# A model that is always right has nothing to take apart. So here are six **apprentices**, stopped
# early: three write the units first, three the hundreds first, each pair from its own seed.
#
# **Predict first.** By hand you add from the units, so the model should learn units first faster. Would
# you bet on it? How many of the three pairs will agree?

# %%
apprentices = {"units first": [], "hundreds first": []}
with pending("the apprentices"):
    trained()
    for seed in (0, 1, 2):
        for name, problems in apprentices.items():
            lesson, quiz = make_examples(2, reverse=name == "units first")
            pupil = fresh(seed=seed)
            train(pupil, lesson, tokenizer, 250, lr=1e-2, seed=seed)
            accuracy, answers = exact_match(pupil, quiz, tokenizer)
            problems.append((quiz, answers, accuracy))

# %%
with pending("the success rates"):
    if not apprentices["hundreds first"]:
        raise NotImplementedError
    fig, axes = plt.subplots(1, 3, figsize=(7.5, 2.8), sharey=True)
    styles = ({"color": "#0072B2"}, {"color": "#F5C6A5", "hatch": "//"})
    for shift, (name, runs), style in zip((-0.2, 0.2), apprentices.items(), styles, strict=True):
        carries, right, places, digits = [], [], [], []
        # Counted from the units, whatever the order in which the answer was written.
        step = 1 if name == "units first" else -1
        for quiz, answers, _ in runs:
            for (prompt, wanted), answer in zip(quiz, answers, strict=True):
                carries.append(count_carries(int(prompt[:2]), int(prompt[3:5])))
                right.append(answer == wanted)
                places += [0, 1, 2]
                digits += [answer[::step][k] == wanted[::step][k] for k in range(3)]
        by_run = {seed: (share, len(quiz)) for seed, (quiz, _, share) in enumerate(runs)}
        by_place, by_carries = accuracy_by(places, digits), accuracy_by(carries, right)
        print(f"{name}: runs", *(f"{share:.3f}" for share, _ in by_run.values()), end="; ")
        print("carries", *(f"{k}: {share:.3f}" for k, (share, _) in sorted(by_carries.items())))
        for ax, found in zip(axes, (by_run, by_place, by_carries), strict=True):
            kinds = sorted(found)
            # Two standard errors of a share; never quite 0, or 3 of 3 would look certain.
            spread = [
                2 * math.sqrt((share * n + 1) * (n - share * n + 1) / (n + 2) ** 3)
                for share, n in (found[kind] for kind in kinds)
            ]
            ax.bar(
                [kind + shift for kind in kinds],
                [found[kind][0] for kind in kinds],
                yerr=spread,
                width=0.38,
                capsize=2,
                edgecolor="black",
                label=name,
                **style,
            )
    axes[0].set(xlabel="seed", ylabel="share right", xticks=[0, 1, 2], ylim=(0, 1.1))
    axes[1].set(xlabel="digit of the answer")
    axes[1].set_xticks([0, 1, 2], ["units", "tens", "hundreds"])
    axes[2].set(xlabel="carries in the problem", xticks=[0, 1, 2])
    fig.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)

# %% [markdown]
# **Figure 3.** Left, whole answers right, run by run; middle, each digit by itself; right, whole
# answers by the number of carries, the three runs together. The lines on the bars are two standard errors: what
# other *problems* would change. What another *seed* would change, you see in the left panel, and it
# is more. A digit that is never right points to the mask, one that is right once in ten times to a
# model that cannot see the operands.
#
# **A larger model, for patient people.** With `LONG = True` the next cell trains a model of 102,208
# parameters in five ways, for 500, 1,000 and 1,500 steps: some five minutes on a laptop. We got these
# shares of exact answers, on 1,000 problems held out:
#
# | digits of the answer | loss on | 500 | 1,000 | 1,500 |
# |---|---|---:|---:|---:|
# | units first | answer | 1.000 | 1.000 | 1.000 |
# | units first | everything | 0.009 | 1.000 | 1.000 |
# | hundreds first | answer | 1.000 | 1.000 | 1.000 |
# | hundreds first | everything | 1.000 | 1.000 | 1.000 |
# | units first, no places | answer | 0.169 | 1.000 | 1.000 |
#
# After 1,000 steps every one of them adds, even without an embedding of the places: the causal mask alone
# tells a model where it is. What the first column shows is mostly luck. Another run had 0.715 where ours
# has 0.009, and 0.146 where ours has 1.000.

# %%
LONG = False

with pending("the larger model"):
    if LONG:
        for reverse, only, places in (
            (True, True, True),
            (True, False, True),
            (False, True, True),
            (False, False, True),
            (True, True, False),
        ):
            mine, kept = make_examples(2, reverse=reverse)
            torch.manual_seed(0)
            large = Calculator(len(SYMBOLS), d_model=64).to(DEVICE)
            if not places:
                large.places.weight.data.zero_()
                large.places.weight.requires_grad_(False)
            shares = []
            for stretch in range(3):
                losses = train(large, mine, tokenizer, 500, 256, 3e-3, stretch, only)
                shares.append(exact_match(large, kept[:1000], tokenizer)[0])
            order = "units" if reverse else "hundreds"
            print(f"{order} first, places {places}, answer only {only}:", end=" ")
            print(*(f"{share:.3f}" for share in shares), f"loss {sum(losses[-50:]) / 50:.4f}")


# %%
@torch.no_grad()
def looks(model, text):
    """Return the attention (layers · heads, L, L) of a model on a text."""
    for layer in model.layers:
        layer.watched = True
    model.eval()
    model(torch.tensor([tokenizer.encode(text)], device=DEVICE))
    for layer in model.layers:
        layer.watched = False
    return torch.cat([layer.looked[0].cpu() for layer in model.layers])


with pending("what the digits of the answer look at"):
    trained()
    sample = testing[:200]
    maps = torch.stack([looks(trained(), prompt + answer) for prompt, answer in sample]).mean(0)
    fig, axes = plt.subplots(2, 4, figsize=(7.5, 3), sharex=True, sharey=True)
    for number, (ax, weights) in enumerate(zip(axes.flat, maps, strict=True)):
        ax.imshow(weights[5:8], vmin=0, vmax=1, aspect="auto")
        ax.set_title(f"layer {number // 4 + 1}, head {number % 4 + 1}", fontsize=8)
        ax.set_xticks(range(9), ["a₁", "a₀", "+", "b₁", "b₀", "=", "c₀", "c₁", "c₂"])
        ax.set_yticks(range(3), ["bet on c₀", "bet on c₁", "bet on c₂"])
        ax.spines[:].set_visible(False)
    fig.supxlabel("looked at")

# %% [markdown]
# **Figure 4.** Where the bets on the answer look, the mean of 200 held-out problems; $a_0$ are the units.
# The bet on $c_0$ needs $a_0$ and $b_0$, the bet on $c_1$ needs $a_1$ and $b_1$ and the carry. Look for heads whose
# dark fields move one column to the *left* from row to row: the diagonal of adding by hand. Which
# head finds it changes with the seed, and some do nothing of the kind.

# %% [markdown] question="order" points=0.5 title="Units first"
# **Why should the sum be easier when the units are written first?** Say what the *first* digit to be written
# depends on in each of the two orders. Then say what figure 3 has to say about it: does your
# measurement confirm the argument, contradict it, or neither?

# %% [markdown] answer="order"
# Units first, the first digit depends on two digits of the prompt; each later one on two more and on a
# carry that can be told from what has just been written. Hundreds first, the very first digit needs every carry at
# once: in $55 + 45$ the 1 in front is there only because a carry runs through all columns.
#
# Our measurement contradicts the argument: hundreds first is ahead in all three pairs (0.84 to 0.44, 0.43 to 0.26,
# 0.95 to 0.53), although the seeds differ about as much as the orders. With two columns the argument is weak. All
# four digits are in view at once, and in both orders the *units* are the hardest digit: a sum modulo ten has
# no "roughly right", while hundreds and tens nearly follow from the tens of the operands. The argument
# should gain weight with the length of the numbers, where a carry comes from far away. Three seeds
# do not settle it either way.

# %% [markdown] rubric="order"
# Judge the second line by the student's own figure: what it shows differs between machines.
#
# - 0.25: Units first: local, two digits and one carry; hundreds first: the first digit depends on all
#   columns.
# - 0.25: Compares the difference of the orders with that between the seeds, and claims no more than that
#   allows.

# %% [markdown]
# ## g · Where the skill ends
#
# Does the model know how to add, or how to add two-digit numbers? Write everything with **width 3**,
# train on numbers below 100 (`012+034=`) and ask for longer ones. No format changes, no position is
# new. Only the hundreds were always 0.
#
# Shapes: `count` problems, prompts of `2 · width + 2` characters, answers of `width + 1`.
#
# ### Exercise `draw_problems`


# %% exercise="draw_problems" points=1 depends=["write_problem"] title="Problems of a given length"
def draw_problems(n_digits, count, width, seed=0, reverse=True):
    """Return a list of `count` random sums of two numbers that have exactly n_digits digits each.

    Each number is drawn by itself, uniformly among those with n_digits digits and no leading zero
    (with n_digits = 1 the number 0 is one of them). Written by write_problem with `width`, which
    is at least n_digits. Problems may come twice.
    """
    # solution
    low = 10 ** (n_digits - 1) if n_digits > 1 else 0
    draw = random.Random(seed)
    pairs = [
        (draw.randrange(low, 10**n_digits), draw.randrange(low, 10**n_digits)) for _ in range(count)
    ]
    return [write_problem(a, "+", b, width, reverse) for a, b in pairs]
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The smallest number with three digits is 100, the largest 999. `randrange` leaves out its end.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Make the generator once, before the loop; and draw twice for each problem.
#
# </details>
#
# Three pupils. All learn from 4,000 problems of one and two digits; the second sees 100 problems of
# three digits besides, the last 300. (There are 810,000 of them.)
#
# **Predict first.** How many three-digit sums does the first one get right: nearly all, some, none?
# And what do 300 examples change?

# %%
lengths = {}
with pending("the longer sums"):
    trained()
    short = draw_problems(1, 400, 3, seed=1) + draw_problems(2, 3600, 3, seed=2)
    for extra in (0, 100, 300):
        lesson = short + draw_problems(3, extra, 3, seed=3)
        pupil = fresh(max_len=12)
        train(pupil, lesson, tokenizer, STEPS)
        lengths[extra] = []
        for n_digits in (1, 2, 3):
            # Nothing is asked that was among the lessons. (Of the 100 shortest sums, few are left.)
            asked = sorted(set(draw_problems(n_digits, 1000, 3, seed=9)) - set(lesson))
            accuracy, answers = exact_match(pupil, asked, tokenizer) if asked else (math.nan, [])
            lengths[extra].append((accuracy, len(asked)))
        print(f"{extra} problems of three digits: asked {asked[-1][0]}, wrote {answers[-1][::-1]}")

# %%
with pending("the picture of the lengths"):
    if not lengths:
        raise NotImplementedError
    fig, ax = plt.subplots(figsize=(6, 2.8))
    styles = (
        {"color": "white"},
        {"color": "#F5C6A5", "hatch": "//"},
        {"color": "#0072B2"},
    )
    for shift, (extra, found), style in zip((-0.27, 0, 0.27), lengths.items(), styles, strict=True):
        # No bar where every problem of that length was among the lessons.
        drawn = [(k + shift, share) for k, (share, n) in enumerate(found, 1) if n]
        label = f"{extra} of three digits" if extra else "none of three digits"
        places, shares = zip(*drawn, strict=True)
        bars = ax.bar(places, shares, width=0.26, label=label, edgecolor="black", **style)
        ax.bar_label(bars, [f"{share:.2f}" for share in shares], fontsize=8)
    ax.set(xlabel="digits of both numbers", ylabel="exact match, new problems", ylim=(0, 1.1))
    ax.set_xticks([1, 2, 3])
    fig.legend(title="among the lessons", loc="outside right center")

# %% [markdown]
# **Figure 5.** Skill by length. Where the white bar drops, the skill ends: a network that has never seen a
# hundred other than 0 has no reason to do anything with it. A few hundred examples repair what no
# amount of short sums would. If the white bar at three digits is as high as the others, look at
# `draw_problems`: were the short numbers really short?
#
# ## h · The report

# %% [markdown] question="report" points=2 title="Report"
# Write **one page** about your model, for somebody who has not seen this notebook: what it was trained on
# and how; how good it is on problems it has not seen, *with an uncertainty*; which problems it finds
# hard (carries, digits, order of writing); where its skill ends, and why you think so. Say which one
# number you would quote, and one thing your measurements do **not** show.
#
# <details><summary>Hint</summary>
#
# The uncertainty of a share $p$ of $n$ is about $\sqrt{p(1-p)/n}$. With no error in $n$ problems that is 0, which
# cannot be true: the rate of errors is then below about $3/n$, with 95 % confidence.
#
# </details>

# %% [markdown] answer="report"
# A GPT with two layers of width 32 (26,528 parameters) learned two-digit addition from 8,999 problems: 600
# batches of 128, the loss on the answer only, answers written units first. On the 1,001 held-out problems,
# whose mirror images are held out too, it made no error: the rate of errors is below
# $3/1001 = 0.3\,\%$ (95 %). Answers were generated greedily and compared whole.
#
# Stopped after 250 steps, six apprentices got between 26 % and 95 % right. Each carry costs them a few per cent (78, 74, 69 %
# with none, one, two, hundreds first), and the units are their hardest digit. They did better with the hundreds first,
# against what I expected, in all three pairs; the seeds differ about as much, so I would not build on it.
#
# Trained on numbers below 100 it got none of 1,000 three-digit sums right: the hundreds' place was only ever
# seen with a 0 in it, and nothing tells the model that columns are alike. 100 problems of that length brought 45 %, 300
# brought 77 %. It learns columns one by one, though with help from those it knows.
#
# To quote: exact match on held-out pairs, with its bound. Not shown: whether the large result holds for
# other seeds, since the full training ran once; nothing about subtraction.

# %% [markdown] rubric="report"
# Numbers are those of the student's own run.
#
# - 0.5: Data, split (mirror images together), model size, steps and loss are stated; somebody could repeat it.
# - 0.5: Exact match by generation on held-out problems, with the number of problems and an uncertainty (or
#   the rule of three); not the training loss, not per digit.
# - 0.5: What is hard, or that nothing clearly is: carries, digits, order, with numbers from figure 3 and the spread of the seeds in mind.
# - 0.5: Where it ends: figure 5 with an explanation; and one honest limit (one seed, one operation, greedy only …).

# %% [markdown]
# ## i · The class leaderboard
#
# **Who needs the fewest parameters for 99 % of the two-digit sums?** Any module may enter: a smaller
# GPT, shared weights, one with its weights set by hand.
#
# **The contract**
#
# - `build()` returns the *untrained* module. Input: token ids of the prompt in the alphabet
#   `0123456789+=`, an integer tensor `(B, L)`; output: logits `(B, L, 12)`. No bet sees its future.
# - Your `fit(model)` gives it its weights: trains it, or sets them. The cell below saves them as
#   `weights.safetensors` beside this notebook. **If that file is already there, it is loaded and nothing is
#   trained**: hand it in with the notebook, and you may have trained for as long as you liked.
#   (Delete it after changing `build`.)
# - The answer to `12+34=` is what the model writes greedily: three symbols, units first or hundreds
#   first, as you like, but always the same way.
# - When the notebook is marked, the weights are read from your file and counted: all numbers in it. They
#   are put into a fresh `build()`, which answers sums drawn for this purpose. No number that you report
#   is used. Every tensor must matter: a model whose bets stay the same when one of its tensors
#   changes is not accepted.
# - The network has to do the adding. Python that adds, tables in the code and numbers hidden outside the
#   file are against the rules; entries at the top are read by a person.
#
# | at least 99 % of new sums, with | bonus |
# |---|---:|
# | any number of parameters | 2 |
# | at most 10,000 | + 1 |
# | at most 2,000 | + 1 |
# | at most 200 | + 1 |


# %% tags=["setup"]
WEIGHTS = "weights.safetensors"


def saved_weights():
    """Return what lies in the file, a dictionary from name to tensor; None if there is no file."""
    return load_file(WEIGHTS) if Path(WEIGHTS).exists() else None


# %% exercise="build" points=5 bonus=true title="The class leaderboard"
def build():
    """Return the untrained module of your entry: ids (B, L) → logits (B, L, 12), L up to 9."""

    # solution
    class ByHand(nn.Module):
        """Adding columns with one fixed pattern of attention, 45 numbers in all."""

        def __init__(self):
            super().__init__()
            # What a symbol is worth, and how much of each place goes into the three bets.
            self.worth = nn.Parameter(torch.randn(12))
            self.mixture = nn.Parameter(torch.randn(3, 6))
            # Where a column overflows, how sharply, and by how much.
            self.overflow = nn.Parameter(torch.randn(3))
            # Where each symbol stands on the line of results.
            self.centres = nn.Parameter(torch.randn(12))

        def forward(self, ids):
            # Row 5 bets on the units, row 6 on the tens, row 7 on the hundreds; none looks ahead.
            rows = F.pad(self.mixture, (0, 3, 5, 1))[: ids.shape[1], : ids.shape[1]].tril()
            column = self.worth[ids] @ rows.T
            edge, sharpness, step = self.overflow
            digit = column - step * torch.sigmoid(sharpness * (column - edge))
            return -((digit[..., None] - self.centres) ** 2)

    return ByHand()
    # end


def fit(model):
    """Give the model its weights, in place: train it, or set them."""
    # solution
    # A digit is worth itself. The units are a column of their own; the tens see a tenth of them, which
    # lifts a full column over its edge at 10; the hundreds see everything, scaled down once more, and
    # a little further, so that 99 hundredths stay on the side of the 0.
    digits, places = torch.arange(10.0), torch.eye(6)
    units = places[1] + places[4]
    tens = places[0] + places[3] + 0.1 * units
    with torch.no_grad():
        model.worth.copy_(F.pad(digits, (0, 2)))
        model.mixture.copy_(torch.stack([units, tens, 0.0955 * tens]))
        model.overflow.copy_(torch.tensor([9.95, 400.0, 10.0]))
        # A digit d is anything from d to d + 0.9. The signs stand far away and are never written.
        model.centres.copy_(F.pad(digits + 0.45, (0, 2), value=99.0))
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Start with the model above, with less of everything: `Calculator(12, d_model=16, n_heads=2, n_layers=1)`,
# and `train(model, training, tokenizer, …)` in `fit`. Small models like large learning rates and more
# steps.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Where do the parameters sit? Count them per layer. The four-fold width inside the block is a habit;
# input and output may share a table; norms and biases may go.
#
# </details>
# <details><summary>Hint 3, for the last point</summary>
#
# The units need the sum of two places, the tens that of two others and a tenth of the first. What
# pattern of attention is that, and which curve turns 13 into 3 and leaves 9 alone?
#
# </details>

# %%
with pending("your entry"):
    if not Path(WEIGHTS).exists():
        entry = build().to(DEVICE)
        fit(entry)
        save_model(entry, WEIGHTS)
    entry = build().to(DEVICE)
    load_model(entry, WEIGHTS)
    size = sum(tensor.numel() for tensor in load_file(WEIGHTS).values())
    best = max(
        exact_match(entry, make_examples(2, reverse=order)[1], ArithmeticTokenizer(SYMBOLS))[0]
        for order in (True, False)
    )
    print(f"{size} parameters, {best:.1%} of the held-out sums")

# %% [markdown]
# ## Before you hand in
#
# - Both names stand in `MEMBERS`.
# - *Restart and run all* goes through without an error, and the outputs are stored in the notebook.
# - Every `check` passes, or you know why not.
# - The questions floor, errors, order and report have an answer.
# - The notebook, its PDF and, with the bonus, `weights.safetensors` are in the hand-in.
#
# This is where the course ends, and where the field begins: with a model that has learned something, and
# the question what exactly.
