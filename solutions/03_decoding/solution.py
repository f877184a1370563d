# %% [raw]
# title = "Decoding"
# data = ["tales.txt"]
#
# [limits]
# cell_seconds = 30
# check_seconds = 5
#
# [hand_in]
# group_size = 2
# names = "warn"
# pdf = "warn"
# executed = "warn"
# interpreted = "warn"

# %% [markdown]
# # Decoding: from probabilities to text
#
# A language model does not write. Asked "what comes next?", it answers with a number for every token
# it knows, and then it is silent. Everything between those numbers and a sentence on the screen is
# *decoding*: a page of code that decides whether the same model sounds dull, lively or mad. In this
# notebook you write that page, and you find out which of the things commonly said about it are
# wrong.
#
# **Afterwards you can**
#
# - build a language model by counting, and say in nats and in perplexity how good it is;
# - explain what temperature, top-k and top-p do to a distribution, and in which order they act;
# - turn one uniform number into one token, so that sampling becomes a function that can be tested;
# - write greedy decoding, ancestral sampling and beam search for *any* model;
# - prove with a tree of six sequences that greedy decoding does not find the most probable sequence,
#   and that cooling the steps is not cooling the sequences;
# - tell with error bars whether a sampler draws from the distribution it should.
#
# | part | task | minutes | difficulty (1–5) | points |
# |---|---|---:|:-:|---:|
# | b | `ngram_counts` | 10 | 1 | 1 |
# | b | `ngram_probs` | 15 | 2 | 2 |
# | c | `sequence_logprob`, `perplexity` | 15 | 1 | 2 × 1 |
# | d | `apply_temperature` | 25 | 3 | 3 |
# | e | `categorical_from_uniform` | 20 | 3 | 2 |
# | f | `greedy_decode` | 20 | 2 | 3 |
# | g | `top_k_filter` | 15 | 2 | 2 |
# | g | `top_p_filter` | 30 | 4 | 3 |
# | h | `ancestral_sample` | 20 | 3 | 3 |
# | h | question h: find the slides' error | 20 | 3 | 1 |
# | i | `beam_search` | 50 | 5 | 5 |
# | i | question i: why logarithms, and of what? | 10 | 2 | 1 |
# | j | the same on a GPT (nothing to write) | 10 | 1 | – |
# | | **together** | **260** | | **28** |
# | k | *bonus:* `min_p_filter` | 10 | 2 | + 2 |
# | k | *bonus:* `speculative_token` | 25 | 4 | + 2 |
#
# **What is given.** Two small transition tables, `TREE` and `PARIS`; `data/tales.txt` with 800
# sentences about a mouse; and at the end a small GPT, trained while you wait. You need PyTorch,
# NumPy and Python's own library. The whole notebook runs in well under a minute, on a CPU as on a
# GPU.
#
# **How to hand in.** In groups of two, once per group. Write both names into `MEMBERS` below. Hand
# in this notebook, run from top to bottom with its outputs in place, and a PDF of it. Comment your
# code, and put a sentence or two under each figure: what you see, and what it tells you about your
# function. Questions are answered in the cell below them.

# %% [markdown]
# **Rules that hold for every function here**
#
# - Tokens are given by their **ids**, the integers 0, 1, …, V−1, where V is the size of the
#   vocabulary. A sequence is a list of ids. (Only the n-grams of part b count words themselves.)
# - A **model** is a function `next_logits(ids)`. It takes a list of ids, possibly empty, and returns
#   a one-dimensional tensor of shape `(V,)`: one logit for each token that may come next.
# - **Logits** are *unnormalised* log-probabilities: `softmax(logits)` are the probabilities, and
#   adding the same number to all of them changes nothing. A logit of `-inf` marks an **impossible
#   token**, with probability 0. At least one token is always possible.
# - **Arguments are never changed**, and nothing that was given is kept to be changed later.
#   `logits[3] = 0` writes into the caller's tensor; so does `prompt.append(7)` into the caller's
#   list. Work on a copy.
# - Functions draw no random numbers. Samplers get their **uniforms as an argument**, one per step,
#   so the right answer is a sequence and not a distribution.
# - Logarithms are natural. Where a result is a tensor, a NumPy array is as good.
# - Below each blank, `check("name")` runs the public checks of that function. More checks run when
#   the notebook is marked: other values, and properties such as "an impossible token is never
#   drawn".

# %% tags=["setup"]
import math

import matplotlib.pyplot as plt
import numpy as np
import torch

from grader import check, pending

# For tensors as small as ours several threads cost more than they bring.
torch.set_num_threads(1)
plt.rcParams.update(
    {
        "figure.dpi": 90,
        "font.size": 9,
        "figure.subplot.bottom": 0.17,
        "figure.subplot.wspace": 0.28,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "legend.frameon": False,
        # Colours that colour-blind readers tell apart; in grey the line styles do it.
        "axes.prop_cycle": plt.cycler(
            color=["#0072B2", "#D55E00", "#009E73", "#000000"], linestyle=["-", "--", "-.", ":"]
        ),
    }
)
# How exact values are drawn where samples lie on top of them.
BARS = {"color": "0.8"}

# %%
# The names of both members of the group, as on the course site.
MEMBERS = ["", ""]

# %% [markdown]
# ## a · A model is a row of numbers
#
# The chain rule of probability takes a sequence apart, one token after the other:
#
# $$ p(x_1, \dots, x_L) = \prod_{i=1}^{L} p(x_i \mid x_1, \dots, x_{i-1}) . $$
#
# So a model needs one ability only: given the tokens so far, a distribution over the next one. Models
# with this ability are called **autoregressive**. The smallest of them is a dictionary. Its keys are
# contexts, its values are rows of probabilities. Here are two; you will use them throughout.


# %% tags=["setup"]
def table_model(rows, words):
    """Return next_logits for a dictionary of transition rows.

    rows: {context: {word: probability}}, a context being a tuple of words; the longest one that the
        sequence ends with is used. What is not in a row is impossible.
    words: the vocabulary; a word's place in it is its id.
    """
    words = list(words)

    def next_logits(ids):
        told = tuple(words[i] for i in ids)
        row = next(rows[told[start:]] for start in range(len(told) + 1) if told[start:] in rows)
        probs = torch.tensor([row.get(word, 0.0) for word in words], dtype=torch.float64)
        # Logits need no normalisation: this model adds the length of the context to all of them.
        return torch.log(probs) + len(ids)

    return next_logits


# A garden path: the more probable first step leads away from the most probable sequence.
TREE_WORDS = ["a", "b", "c", "d", "E"]
TREE = {
    (): {"a": 0.6, "b": 0.4},
    ("a",): {"c": 0.4, "d": 0.35, "E": 0.25},
    ("b",): {"c": 0.05, "d": 0.05, "E": 0.9},
    ("c",): {"E": 1.0},
    ("d",): {"E": 1.0},
}
tree_logits = table_model(TREE, TREE_WORDS)

PARIS_WORDS = "Paris is the capital city center of France dreams light END".split()
PARIS = {
    ("Paris",): {"is": 1.0},
    ("is",): {"the": 1.0},
    ("the",): {"capital": 0.6, "city": 0.3, "center": 0.1},
    ("capital",): {"of": 1.0},
    ("city",): {"of": 1.0},
    ("center",): {"of": 0.5, "END": 0.5},
    ("capital", "of"): {"France": 0.9, "light": 0.1},
    ("city", "of"): {"dreams": 0.55, "light": 0.45},
    ("center", "of"): {"France": 0.7, "dreams": 0.3},
    ("France",): {"END": 1.0},
    ("dreams",): {"END": 1.0},
    ("light",): {"END": 1.0},
}
paris_logits = table_model(PARIS, PARIS_WORDS)


def ids_of(text, words):
    """Return the ids of the words of a text."""
    return [words.index(word) for word in text.split()]


def text_of(ids, words):
    """Return ids as text."""
    return " ".join(words[i] for i in ids)


# %%
prompt = ids_of("Paris is the", PARIS_WORDS)
logits = paris_logits(prompt)
print("prompt", prompt, "→ logits of shape", tuple(logits.shape))
for word, logit, prob in zip(PARIS_WORDS, logits, torch.softmax(logits, 0), strict=True):
    print(f"{word:8} logit {logit:8.4f}   probability {prob:.4f}")

# %% [markdown]
# **Find the error.** A slide shows the row $0.6,\ 0.3,\ 0.1$ for *capital, city, center* under the
# heading "Top logits" and calls it "a logits vector representing the probability distribution".
#
# <details><summary>What is wrong</summary>
#
# Numbers that are positive and add up to 1 are probabilities. Logits are what goes *into* the
# softmax: above, they are $2.49$, $1.80$ and $0.70$, and adding any constant to all three would give
# the same probabilities. The difference is not one of words. Put the slide's "logits" through a
# softmax, as a sampler does with logits, and *capital* comes out with $0.43$ instead of $0.6$.
#
# </details>

# %% [markdown]
# ## b · A model by counting
#
# An **n-gram model** looks at the last $n-1$ tokens only, the *context*, and counts which token
# followed that context in a text:
#
# $$ p(b \mid a) = \frac{\operatorname{count}(a, b)}{\sum_{b'} \operatorname{count}(a, b')} . $$
#
# With $n = 1$ the context is empty, and the probabilities are the normalised counts of the words.
# With $n = 2$ it is one word, and the table has up to $V^2$ entries: 16 for four words, and 2.5
# billion for the 50,000 tokens of a real model. That is why nobody counts 10-grams.
#
# **Worked example.** The text is *the mouse ate the cheese*, with four different words. Bigrams are
# pairs of neighbours:

# %%
toy = "the mouse ate the cheese".split()
print("bigrams:", list(zip(toy[:-1], toy[1:], strict=True)))

# %% [markdown]
# **Predict first.** How often does *cheese* occur in the text, and how often does it occur *as a
# context*?
#
# <details><summary>Compare with your guess</summary>
#
# Once, and never. A context needs a successor, and after the last word there is none. Whoever divides
# by the count of the *word* instead of by the count of the *context* gets rows that do not sum to 1.
#
# </details>
#
# ### Exercise `ngram_counts`


# %% exercise="ngram_counts" points=1 title="Counting n-grams"
def ngram_counts(tokens, n):
    """Return how often each token followed each context of n-1 tokens.

    tokens: list of L tokens (words or ids); fewer than n of them give an empty dictionary.
    n: integer, at least 1; with n = 1 the only context is the empty tuple ().
    Returns {context: {token: count}}: a context is a tuple of n-1 tokens, as they stand in the text;
        it is a key only if something followed it.
    """
    # solution
    counts = {}
    # The last window ends with the last token; going further would wrap around or run out.
    for end in range(n - 1, len(tokens)):
        row = counts.setdefault(tuple(tokens[end - n + 1 : end]), {})
        row[tokens[end]] = row.get(tokens[end], 0) + 1
    return counts
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# How many windows of $n$ tokens has a text of $L$ tokens? Try $L = 5$ with $n = 1$, $2$ and $5$.
#
# </details>
# <details><summary>Hint 2</summary>
#
# A slice of a list is a list, and a list cannot be a key. `dict.setdefault`, or a `defaultdict` of
# `Counter`s, saves a case distinction.
#
# </details>

# %%
with pending("the bigram counts of the toy text"):
    for context, row in ngram_counts(toy, 2).items():
        print(context, *(f"{word}: {count}" for word, count in row.items()))

# %% [markdown]
# Most pairs never occur in any text, and a model that gives them probability 0 calls every new
# sentence impossible. **Add-ε smoothing** pretends to have seen each of the $V$ words $\varepsilon$
# times more after each context:
#
# $$ p(b \mid a) = \frac{\operatorname{count}(a, b) + \varepsilon}
#    {\sum_{b'} \operatorname{count}(a, b') + \varepsilon V} . $$
#
# Shapes: a context → $V$ probabilities that sum to 1.
#
# **Worked example.** $\varepsilon = 1$ and $V = 4$. After *the* we saw *mouse* once and *cheese* once,
# so $p(\textit{mouse} \mid \textit{the}) = (1+1)/(2+4) = 1/3$ and
# $p(\textit{ate} \mid \textit{the}) = (0+1)/(2+4) = 1/6$. After *mouse* we saw one word only, and
# $p(\textit{ate} \mid \textit{mouse}) = (1+1)/(1+4) = 0.4$.
#
# **Predict first.** After *cheese* nothing was seen. What does the formula give for
# $\varepsilon = 0.1$, and what for $\varepsilon = 0$?
#
# <details><summary>Compare with your guess</summary>
#
# $0.1 / (0 + 0.4) = 0.25$ for each of the four words, whatever $\varepsilon$ is: where nothing is
# known, the smoothing decides, and it decides for "all alike". With $\varepsilon = 0$ it is $0/0$;
# there is no answer, and a function should say so rather than invent one.
#
# </details>
#
# ### Exercise `ngram_probs`


# %% exercise="ngram_probs" points=2 depends=["ngram_counts"] title="Smoothed probabilities"
def ngram_probs(context, counts, vocab, eps):
    """Return the probability of each word of the vocabulary after a context, with add-eps smoothing.

    context: tuple of n-1 tokens, which may never have occurred.
    counts: plain dictionaries, as `ngram_counts` returns them; what never occurred has no entry.
    vocab: list of V different tokens.
    eps: number, at least 0.
    Returns {token: probability} with an entry for every token of vocab; the values sum to 1.
    Raises ValueError when nothing was seen after the context and eps is 0.
    """
    # solution
    row = counts.get(tuple(context), {})
    # Every one of the V words gets its eps, so the denominator gets V of them.
    total = sum(row.values()) + eps * len(vocab)
    if total == 0:
        raise ValueError("an unseen context has no probabilities without smoothing")
    return {token: (row.get(token, 0) + eps) / total for token in vocab}
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Compute the denominator once. It is the same for all words, and it is what makes them sum to 1.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `counts[context]` raises for a context that was never seen; `counts.get(context, {})` gives an empty
# row, and with an empty row the formula works unchanged.
#
# </details>

# %%
with pending("the smoothed probabilities"):
    counts, vocab = ngram_counts(toy, 2), ["the", "mouse", "ate", "cheese"]
    for eps in (1.0, 0.1):
        for context in ("the", "mouse", "cheese"):
            row = ngram_probs((context,), counts, vocab, eps)
            shown = "  ".join(f"{word} {row[word]:.6f}" for word in vocab)
            print(f"ε = {eps}, after {context:6}:  {shown}")
    singles = ngram_counts(toy, 1)
    for eps in (0.0, 1.0):
        row = ngram_probs((), singles, vocab, eps)
        shown = "  ".join(f"{word} {row[word]:.6f}" for word in vocab)
        print(f"ε = {eps}, no context   :  {shown}")

# %% [markdown]
# ## c · How good is a model?
#
# A good model gives high probability to what people write. Products of many probabilities are
# hopelessly small numbers, so one adds logarithms, and so that long texts can be compared with short
# ones, one takes the mean and undoes the logarithm:
#
# $$ \ln p = \sum_{i=1}^{L} \ln p_i, \qquad
#    \text{perplexity} = \exp\!\Bigl(-\frac{1}{L} \sum_{i=1}^{L} \ln p_i\Bigr) . $$
#
# The perplexity is the number of equally probable choices that would be as hard to guess. A uniform
# model over 40 words has the perplexity 40; one that knows everything has 1.
#
# Shapes: `probs (L,)`, the probabilities that the model gave to the tokens that did come → a number.
# Whoever leaves out a token (the first has no context) leaves it out of `probs`; all entries count.
#
# **Worked example.** A coin that is guessed right with probability ½, three times. And a text of 400
# tokens with probability 0.01 each:

# %%
print("perplexity of the coin:", math.exp(-(3 * math.log(0.5)) / 3))
print("product of 400 probabilities:", math.prod([0.01] * 400))
print("sum of their logarithms:     ", 400 * math.log(0.01))

# %% [markdown]
# The product is not 0. It is $10^{-800}$, and floating-point numbers end near $10^{-324}$.
#
# **Predict first.** One token of a long text gets probability 0. What are the log-probability and the
# perplexity of the whole text?
#
# <details><summary>Compare with your guess</summary>
#
# $\ln 0 = -\infty$ and the perplexity is infinite, however good the model was on all other tokens. One
# word that was never seen is enough: this is what part b's $\varepsilon$ is for.
#
# </details>
#
# **Find the error.** One set of slides defines the cross-entropy with $\log_2$ and computes it with a
# `log` that is natural; in its code a variable `logprobs` is set to `-probs.log()`.
#
# <details><summary>What is wrong</summary>
#
# The formula is in bits, the code in nats, and nobody divides by $\ln 2$: a loss of 2.0 nats is 2.885
# bits. For a perplexity it does not matter, as long as the *same* base is used twice. And what carries a
# minus sign is no log-probability but its negative, a surprise; with the wrong name on it, somebody will
# soon look for the largest one.
#
# </details>
#
# ### Exercises `sequence_logprob`, `perplexity`


# %% exercise="sequence_logprob" points=1 title="Log-probability of a sequence"
def sequence_logprob(probs):
    """Return the natural logarithm of the probability of a whole sequence.

    probs: list or array (L,) of the probabilities of its tokens, all positive, L at least 1.
    Returns a number, finite also for thousands of tokens.
    """
    # solution
    # Logarithms first: the product itself underflows after a few hundred tokens.
    return sum(math.log(p) for p in probs)
    # end


# %% exercise="perplexity" points=1 depends=["sequence_logprob"] title="Perplexity"
def perplexity(probs):
    """Return the perplexity of a sequence: the inverse of the geometric mean of the probabilities.

    probs: list or array (L,) of the probabilities of its tokens, all positive, L at least 1; every
        entry counts, the first one too.
    Returns a number, at least 1.
    """
    # solution
    # The same base twice: `exp` undoes the natural logarithm and no other.
    return math.exp(-sequence_logprob(probs) / len(probs))
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# First the sum of logarithms, then the mean, then the exponential.
#
# </details>
# <details><summary>Hint 2: my perplexity is below 1</summary>
#
# A probability is below 1 and its logarithm negative. There is a minus sign in the formula.
#
# </details>

# %% [markdown]
# Now the toy model orders sentences. Each line gives the score of the last four words, given the
# first one:

# %%
with pending("the scores of three sentences"):
    counts, vocab = ngram_counts(toy, 2), ["the", "mouse", "ate", "cheese"]
    for eps in (0.1, 1.0):
        for sentence in (
            "the mouse ate the cheese",
            "the cheese ate the mouse",
            "mouse the the cheese ate",
        ):
            words = sentence.split()
            told = [
                ngram_probs((a,), counts, vocab, eps)[b]
                for a, b in zip(words[:-1], words[1:], strict=True)
            ]
            score, surprise = sequence_logprob(told), perplexity(told)
            print(f"ε = {eps}  {sentence}  {score:10.6f} nats, perplexity {surprise:9.6f}")

# %% [markdown]
# Word order matters to a bigram model. But look how ε blurs the picture: with $\varepsilon = 1$ the
# scrambled sentence, which nobody would say, is only 6 times less probable than the right one. With
# $\varepsilon = 0.1$ it is 380 times.
#
# Now a real text, if a small one: 700 sentences of the tales to count, 100 held out to judge.

# %%
with open("data/tales.txt", encoding="utf-8") as file:
    TALES = file.read().split("\n")[:-1]
TRAIN = " ".join(TALES[:700]).split()
HELD_OUT = " ".join(TALES[700:]).split()
VOCAB = sorted(set(TRAIN))
STOP = VOCAB.index(".")
print(TALES[0], TALES[1], TALES[2], sep="\n")
print(len(TRAIN), "words to count,", len(HELD_OUT), "held out,", len(VOCAB), "different ones")

# %%
with pending("the perplexity of the tales"):

    def judged(tokens, counts, n, eps):
        """Return the perplexity of a text under an n-gram model."""
        # Windows of n neighbours: the text beside itself, shifted by one token each time.
        windows = zip(*(tokens[shift:] for shift in range(n)), strict=False)
        told = [ngram_probs(tuple(c), counts, VOCAB, eps)[token] for *c, token in windows]
        return perplexity(told)

    orders = [1, 2, 3, 4, 5, 6, 7]
    tables = {n: ngram_counts(TRAIN, n) for n in orders}
    fig, ax = plt.subplots(figsize=(6, 3))
    for eps, mark in ((1.0, "o"), (0.1, "s"), (0.001, "^")):
        curve = [judged(HELD_OUT, tables[n], n, eps) for n in orders]
        ax.plot(orders, curve, marker=mark, markersize=4, label=f"held out, ε = {eps:g}")
    seen = [judged(TRAIN[:800], tables[n], n, 0.001) for n in orders]
    ax.plot(orders, seen, marker="x", markersize=5, label="counted text, ε = 0.001")
    ax.set(xlabel="n", ylabel="perplexity", yscale="log", ylim=(1, 40), xticks=orders)
    ax.set_yticks([1, 2, 5, 10, 20, 40], ["1", "2", "5", "10", "20", "40"])
    ax.minorticks_off()
    ax.legend(loc="upper right", ncols=2)

# %% [markdown]
# **Figure 1.** Perplexity of the tales under n-gram models. On the text that was counted, a longer
# context always helps. On new text each curve falls and then **turns up again**: long
# contexts have never been seen before, and there the smoothing decides. The more ε, the earlier. If
# your curves go on falling, your held-out text was counted too; if they lie below 1, a sign is
# missing; if they are all near 40, the contexts are never found in the table.

# %% [markdown]
# ## d · Temperature
#
# Before the softmax, divide all logits by a **temperature** $T$:
#
# $$ p_i(T) = \frac{e^{z_i / T}}{\sum_j e^{z_j / T}} \;\propto\; p_i^{1/T} . $$
#
# Shapes: `logits (V,)`, a number → `logits (V,)`.
#
# Hot ($T > 1$) is flat, cold ($T < 1$) is peaked. **Worked example.** With *capital, city, center* at
# $0.6, 0.3, 0.1$ and $T = 2$, take square roots, $0.775, 0.548, 0.316$, and divide by their sum
# $1.639$:

# %%
base = np.array([0.6, 0.3, 0.1])
for T in (0.1, 0.5, 1.0, 2.0, 100.0):
    powers = base ** (1 / T)
    probs = powers / powers.sum()
    entropy = -(probs * np.log(probs)).sum()
    print(f"T = {T:5}  ", *(f"{p:.6f}" for p in probs), f"  entropy {entropy:.4f} nats")
print("divided instead of raised, T = 2:", (base / 2 / (base / 2).sum()).round(6))
print(
    "and through a softmax:           ", torch.softmax(torch.tensor(base) / 2, 0).numpy().round(3)
)

# %% [markdown]
# The last two lines are what comes out when the *probabilities* are divided instead of the logits:
# nothing happens at all, or something without meaning.
#
# **Predict first.** What does the next cell print?

# %%
print(torch.softmax(torch.log(torch.tensor(base)) / 0, 0))

# %% [markdown]
# <details><summary>Why it is not (1, 0, 0)</summary>
#
# All three logarithms are negative, so dividing by 0 makes each of them $-\infty$: all tokens
# impossible, and the softmax of that is $0/0$. The *limit* $T \to 0$ exists all the same: all mass
# moves to the largest logit. A limit must be programmed as a case of its own; putting $10^{-10}$ for 0
# is not the same thing, as you see when two logits are equal.
#
# </details>
#
# ### Exercise `apply_temperature`
#
# What has to be said, because people do it in different ways:
#
# - The result is **logits**. As adding a constant changes nothing, the checks compare after a
#   softmax.
# - $T = 0$ means the **first** of the largest logits: 0 there, `-inf` everywhere else.
# - $T = \infty$ (`float("inf")`) means: all *possible* tokens are equally probable.
# - What is impossible stays impossible at every temperature.


# %% exercise="apply_temperature" points=3 title="Temperature"
def apply_temperature(logits, T):
    """Return the logits of the same distribution at temperature T.

    logits: tensor (V,), unnormalised; -inf marks impossible tokens, which stay impossible.
    T: number; 0 keeps the first of the largest logits alone, inf makes all possible tokens equal.
    Returns a new tensor (V,) of logits.
    Raises ValueError for a negative T.
    """
    # solution
    if T < 0:
        raise ValueError(f"the temperature is {T}, but must not be negative")
    impossible = logits == -math.inf
    if T == 0:
        # A tiny T in place of 0 would split the mass between equal logits.
        only = torch.full_like(logits, -math.inf)
        only[logits.argmax()] = 0
        return only
    if T == math.inf:
        # -inf divided by inf is NaN, so this limit is a case of its own, too.
        return torch.zeros_like(logits).masked_fill(impossible, -math.inf)
    return logits / T
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# For ordinary temperatures it is one division. The three special cases each need a line or two.
#
# </details>
# <details><summary>Hint 2: NaN at infinity</summary>
#
# What is `-inf / inf`? Start from a tensor of zeros and mark what is impossible.
#
# </details>

# %%
with pending("the picture of the temperatures"):
    z = torch.log(torch.tensor([0.6, 0.3, 0.1], dtype=torch.float64)) + 5
    temperatures = np.geomspace(0.05, 20, 60)
    table = np.array([torch.softmax(apply_temperature(z, T), 0).tolist() for T in temperatures])
    entropies = -(table * np.log(np.maximum(table, 1e-300))).sum(axis=1)
    fig, axes = plt.subplots(1, 2, figsize=(7.5, 3))
    for i, word in enumerate(("capital", "city", "center")):
        axes[0].plot(temperatures, table[:, i], label=word)
    axes[0].set(xscale="log", xlabel="temperature", ylabel="probability", ylim=(0, 1))
    axes[0].axvline(1, color="0.7", linewidth=1, linestyle="-")
    axes[0].legend()
    axes[1].plot(temperatures, entropies)
    axes[1].axhline(math.log(3), color="0.5", linewidth=1, linestyle="--")
    axes[1].text(0.05, math.log(3) - 0.09, "ln 3")
    axes[1].axvline(1, color="0.7", linewidth=1, linestyle="-")
    axes[1].set(xscale="log", xlabel="temperature", ylabel="entropy in nats", ylim=(0, 1.2))

# %% [markdown]
# **Figure 2.** Left: at $T = 1$ (grey line) the curves pass through 0.6, 0.3 and 0.1; to the left the
# winner takes all, to the right they meet at ⅓. Right: the entropy climbs from 0 to $\ln 3$.
# Everything mirrored: you multiply where you should divide. Curves that hardly move, and a left end
# that is not 0 and 1: probabilities were divided, not logits.

# %%
with pending("the small multiples of temperature"):

    def draw_row(ax, T):
        """Draw the three probabilities at one temperature."""
        ax.bar(["capital", "city", "center"], torch.softmax(apply_temperature(z, T), 0), color="C0")
        ax.set(title=f"T = {T:g}".replace("inf", "∞"), ylim=(0, 1), yticks=[0, 0.5, 1])
        ax.tick_params(axis="x", rotation=45)

    fig, axes = plt.subplots(1, 6, figsize=(8.5, 2), sharey=True)
    for ax, T in zip(axes, (0, 0.1, 0.5, 1, 2, math.inf), strict=True):
        draw_row(ax, T)
    axes[0].set_ylabel("probability")
    try:
        # Where widgets run, a slider as well.
        from ipywidgets import FloatLogSlider, interact

        @interact(T=FloatLogSlider(value=1, min=-1.5, max=1.5, step=0.05))
        def slide(T):
            _, ax = plt.subplots(figsize=(3, 2))
            draw_row(ax, T)
            plt.show()
    except ImportError:
        pass

# %% [markdown]
# **Figure 3.** The same three words from cold to hot. The first panel must be a single bar and the
# last must be level, without a warning and without an empty panel (an empty one is a NaN).

# %% [markdown]
# ## e · From a number to a token
#
# Every language has a function that draws from a distribution. We take the randomness out of it: the
# function gets a uniform number $u$ and *computes* the token. Lay the probabilities end to end on a
# line from 0 to 1, and see into whose piece $u$ falls:
#
# $$ \text{token} = \min \Bigl\{ i : \sum_{j \le i} p_j > u \Bigr\} . $$
#
# It is the inverse CDF, for a distribution with finitely many places to land on.
#
# **Worked example.** $p = (0.6, 0.3, 0.1)$: the pieces are $[0, 0.6)$, $[0.6, 0.9)$ and $[0.9, 1)$.

# %%
pieces = np.array([0.0, 0.6, 0.9, 1.0])
for u in (0.0, 0.59, 0.61, 0.95):
    print(f"u = {u:.2f} falls into piece", int(np.searchsorted(pieces[1:-1], u)))

# %% [markdown]
# **Predict first.** With $p = (0, 0.5, 0.5)$ and $u = 0$: which token does the formula give? Which
# one would it give if the sign were $\ge$ instead of $>$?
#
# <details><summary>Compare with your guess</summary>
#
# Token 1, because the first sum that is *above* 0 is the second. With $\ge$ it is token 0, which is
# impossible. Computers do draw $u = 0$, about once in $10^{16}$ draws in double precision and once in
# 16 million in single precision.
#
# </details>
#
# ### Exercise `categorical_from_uniform`
#
# Two things happen in real life. The weights may not sum to one (after a filter, say); then **the
# share $u$ of their total** is what counts. And rounding may leave the last sum *at or below* $u$; then
# the answer is the last token whose weight is positive.


# %% exercise="categorical_from_uniform" points=2 title="A token from a uniform number"
def categorical_from_uniform(probs, u):
    """Return the token that the uniform number u selects.

    probs: tensor or array (V,) of weights, not negative, at least one positive; any total.
    u: number with 0 <= u < 1.
    Returns an integer: the first index at which the running sum exceeds u times the total; if
        rounding leaves none, the last index with a positive weight.
    """
    # solution
    weights = np.asarray(probs, dtype=np.float64)
    above = np.flatnonzero(np.cumsum(weights) > u * weights.sum())
    # Strictly above: at u = 0 an impossible first token has the sum 0 and must not be taken.
    return int(above[0]) if above.size else int(np.flatnonzero(weights)[-1])
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# A loop that adds up is fine, and so is `cumsum` with `searchsorted`; mind which side.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Single precision has 7 digits: the running sum of a float32 tensor can end at 0.9999999, and $u$ can
# be rounded to 1. Add up in double precision, and still have an answer when nothing exceeds $u$.
#
# </details>

# %%
with pending("the picture of the draws"):
    weights = torch.tensor([0.05, 0.4, 0.0, 0.25, 0.1, 0.2], dtype=torch.float64)
    grid = np.linspace(0, 0.9995, 400)
    N = 2000
    drawn = [categorical_from_uniform(weights, u) for u in np.random.default_rng(7).random(N)]
    found = np.bincount(drawn, minlength=6) / N
    # Twice the standard error of a frequency among N independent draws.
    error = 2 * np.sqrt(weights.numpy() * (1 - weights.numpy()) / N)
    fig, axes = plt.subplots(1, 2, figsize=(7.5, 3))
    steps = [categorical_from_uniform(weights, u) for u in grid]
    axes[0].plot(grid, steps, drawstyle="steps-post")
    axes[0].set(xlabel="u", ylabel="token", xticks=[0.05, 0.45, 0.7, 0.8, 1], yticks=range(6))
    axes[1].bar(range(6), weights, **BARS, label="exact")
    axes[1].errorbar(range(6), found, error, fmt="C1.", capsize=4, label=f"{N} draws, ± 2 s.e.")
    axes[1].set(xlabel="token", ylabel="probability, frequency", xticks=range(6), ylim=(0, 0.55))
    axes[1].legend()

# %% [markdown]
# **Figure 4.** Left: a staircase that only climbs, with steps at the running sums; it passes over
# token 2, whose weight is 0, without ever standing on it. Right: frequencies of 2000 draws on the exact
# probabilities. An error bar is twice the **standard error** $\sqrt{p(1-p)/N}$, so about one bar in
# twenty misses its mark by chance; two of six would be suspicious, and a bar that misses by three
# lengths is a bug.

# %% [markdown]
# ## f · Greedy decoding
#
# The simplest decoder takes the most probable token, appends it, and asks again. It stops after `eos`,
# the token that means "the end", or after `max_new` new tokens.
#
# **Worked example.** By hand, with the table of Paris:

# %%
told = ids_of("Paris is the", PARIS_WORDS)
probs = torch.softmax(paris_logits(told), 0)
print("after", repr(text_of(told, PARIS_WORDS)), "comes", PARIS_WORDS[int(probs.argmax())])

# %% [markdown]
# **Predict first.** What does greedy decoding make of `TREE`, starting with nothing? Its rows are in
# part a: first `a` or `b`, and so on. Write down the sequence and its probability, and then look for a
# more probable one.
#
# ### Exercise `greedy_decode`
#
# - The model is asked with the **whole** sequence so far, prompt included, as a list.
# - Of equally probable tokens the one with the **lowest id** is taken.
# - The result is the **full sequence**: the prompt, then the new tokens. A generated `eos` ends the
#   decoding and **stays** in the result. An `eos` inside the prompt means nothing.


# %% exercise="greedy_decode" points=3 title="Greedy decoding"
def greedy_decode(next_logits, prompt, max_new, eos):
    """Return the prompt, continued with the most probable token at each step.

    next_logits: function of a list of ids, returns a tensor (V,) of logits for the next token.
    prompt: list of ids, possibly empty; it is not changed.
    max_new: integer, at least 0, the most tokens to generate.
    eos: id of the token that ends the sequence.
    Returns a new list of ids: prompt + new tokens, the generated eos included.
    """
    # solution
    # A copy: `append` on the prompt itself would grow the caller's list.
    tokens = list(prompt)
    for _ in range(max_new):
        token = int(next_logits(tokens).argmax())
        tokens.append(token)
        # Appended first, then looked at: the end token belongs to the sequence.
        if token == eos:
            break
    return tokens
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# A loop of at most `max_new` rounds: ask, choose, append, look whether it was the end.
#
# </details>
# <details><summary>Hint 2: it repeats the first word for ever</summary>
#
# With which list do you ask in the second round? The new token must be in it.
#
# </details>

# %%
with pending("the greedy sequences"):
    found = greedy_decode(paris_logits, ids_of("Paris is the", PARIS_WORDS), 10, 10)
    print(text_of(found, PARIS_WORDS))
    print(text_of(greedy_decode(tree_logits, [], 5, 4), TREE_WORDS))


# %% [markdown]
# Greedy decoding is meant for this: it wants to know which token is best, and nothing else. Your own
# n-gram model is a `next_logits`, too, once its words are numbered:


# %% tags=["setup"]
def ngram_model(counts, n, words, eps):
    """Return next_logits for n-gram counts; asks `ngram_probs` for each row."""

    def next_logits(ids):
        context = tuple(words[i] for i in ids)[len(ids) - (n - 1) :]
        row = ngram_probs(context, counts, words, eps)
        return torch.log(torch.tensor([row[word] for word in words], dtype=torch.float64))

    return next_logits


# %%
with pending("what your n-gram models write greedily"):
    for n in (2, 3, 4):
        model = ngram_model(ngram_counts(TRAIN, n), n, VOCAB, 0.001)
        told = greedy_decode(model, ids_of("the old cat", VOCAB), 14, STOP)
        print(f"n = {n}:", text_of(told, VOCAB))

# %% [markdown]
# The bigram model may well run in a circle. Greedy decoding has no way out of one: the same context
# gives the same token, for ever. This is where the randomness comes in.

# %% [markdown]
# ## g · Cutting off the tail
#
# A model of 50,000 tokens gives a little probability to each of 49,000 that make no sense here. Singly
# they are harmless; together they are drawn every few words. Two filters remove them.
#
# **Top-k** keeps the $k$ most probable tokens. **Top-p**, also called nucleus sampling, keeps the
# smallest set of most probable tokens whose probabilities sum to **at least** $p$. Both set the logits
# of all others to `-inf`, and the softmax that follows shares out the mass anew.
#
# Shapes: `logits (V,)` → `logits (V,)`, **every token in its old place**.
#
# **Worked example.** $0.6, 0.3, 0.1$ with $k = 2$: the first two stay, $0.6/0.9 = ⅔$ and $0.3/0.9 = ⅓$.
# With $p = 0.8$: 0.6 alone is not enough, so the 0.3 that *crosses* the line stays as well, and the
# result is the same.
#
# **Predict first.** With $p = 0.9$, do two tokens stay or three? Run the cell.

# %%
for dtype in (torch.float64, torch.float32):
    p = torch.tensor([0.6, 0.3, 0.1], dtype=dtype)
    limit = torch.tensor(0.9, dtype=dtype)
    print(dtype, "running sums", p.cumsum(0).tolist(), "reached:", bool(p.cumsum(0)[1] >= limit))

# %% [markdown]
# <details><summary>Which of the two is right?</summary>
#
# Both. In double precision $0.6 + 0.3$ falls short of $0.9$ by $10^{-16}$ and three tokens stay; in
# single precision it does not, and two stay. On an exact boundary rounding decides. The checks stay
# away from boundaries, and so should whatever you conclude about a filter.
#
# </details>
#
# ### Exercise `top_k_filter`


# %% exercise="top_k_filter" points=2 title="Top-k"
def top_k_filter(logits, k):
    """Return the logits with all but the k largest set to -inf.

    logits: tensor (V,); -inf marks impossible tokens, which stay impossible.
    k: integer; a k of V or more keeps everything.
    Returns a new tensor (V,), every token in its old place. (Where equal logits compete for the
        last place, keep one of them or all; the checks have different ones.)
    Raises ValueError for k of 0 or less.
    """
    # solution
    if k <= 0:
        raise ValueError(f"k is {k}, but at least one token must stay")
    best = torch.topk(logits, min(k, len(logits))).indices
    kept = torch.full_like(logits, -math.inf)
    # By index, so that each token keeps its place.
    kept[best] = logits[best]
    return kept
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `torch.topk` gives values and places. The k-th largest value is a threshold; the places are the
# tokens.
#
# </details>
# <details><summary>Hint 2</summary>
#
# A removed token needs the logit `-inf`. A logit of 0 is no small one: it is $e^0 = 1$ before
# normalisation.
#
# </details>

# %% [markdown]
# ### Exercise `top_p_filter`


# %% exercise="top_p_filter" points=3 title="Top-p"
def top_p_filter(logits, p):
    """Return the logits with all tokens outside the nucleus set to -inf.

    The nucleus is the smallest set of most probable tokens whose probabilities sum to at least p.
    logits: tensor (V,), unnormalised; -inf marks impossible tokens, which stay impossible.
    p: number with 0 < p <= 1; 1 keeps everything, and at least one token always stays.
    Returns a new tensor (V,), every token in its old place.
    Raises ValueError for a p outside (0, 1].
    """
    # solution
    if not 0 < p <= 1:
        raise ValueError(f"p is {p}, but must lie in (0, 1]")
    probs, order = torch.softmax(logits.double(), 0).sort(descending=True)
    # The mass of all tokens before this one: the token that crosses the line has less than p there.
    before = probs.cumsum(0) - probs
    nucleus = order[before < p]
    kept = torch.full_like(logits, -math.inf)
    kept[nucleus] = logits[nucleus]
    return kept
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Probabilities first, then sort, then running sums. Which tokens stay is known in *sorted* order; it
# must be brought back to the old one.
#
# </details>
# <details><summary>Hint 2</summary>
#
# A token stays if the sum of those **before** it has not yet reached $p$. Looked at in this way, the
# first token always stays.
#
# </details>
# <details><summary>Hint 3: the wrong tokens stay</summary>
#
# `sort` also returns the old places. `mask[order] = sorted_mask` brings a mask home;
# `mask[order]` on the right-hand side does the opposite.
#
# </details>

# %%
with pending("the picture of the filters"):
    mixed = torch.tensor([0.04, 0.3, 0.01, 0.2, 0.08, 0.02, 0.25, 0.1], dtype=torch.float64)
    shown = torch.log(mixed)
    panels = [
        ("everything", shown),
        ("top-k, k = 3", top_k_filter(shown, 3)),
        ("top-p, p = 0.8", top_p_filter(shown, 0.8)),
    ]
    fig, axes = plt.subplots(1, 3, figsize=(8, 2.4), sharey=True)
    for ax, (title, z) in zip(axes, panels, strict=True):
        ax.bar(range(8), mixed, color="none", edgecolor="0.5", linestyle=":")
        ax.bar(range(8), torch.softmax(z, 0), color="C0", width=0.5)
        ax.set(title=title, xlabel="token", xticks=range(8), yticks=[0, 0.2, 0.4])
    axes[0].set_ylabel("probability")
    plt.show()
    try:
        # Where widgets run, a slider as well.
        from ipywidgets import FloatSlider, interact

        @interact(p=FloatSlider(value=0.8, min=0.02, max=1, step=0.02))
        def slide(p):
            _, ax = plt.subplots(figsize=(3, 2))
            ax.bar(range(8), mixed, color="none", edgecolor="0.5", linestyle=":")
            ax.bar(range(8), torch.softmax(top_p_filter(shown, p), 0), color="C0", width=0.5)
            ax.set(xlabel="token", ylabel="probability", xticks=range(8), ylim=(0, 1))
            plt.show()
    except ImportError:
        pass

# %% [markdown]
# **Figure 5.** Dotted outlines: before; bars: after. What stays must be the tallest outlines, each bar
# must stand **inside or above its own outline**, and all bars of a panel add up to 1. Short outlines
# that are filled while tall ones are empty: the mask is in sorted order. Three bars in the right-hand
# panel instead of four: the crossing token was dropped ($0.30 + 0.25 + 0.20 = 0.75$ is not yet 0.8).

# %%
with pending("the nucleus along a text"):
    trigrams = ngram_model(ngram_counts(TRAIN, 3), 3, VOCAB, 0.001)
    words = " ".join(TALES[700:703]).split()
    ids = ids_of(" ".join(words), VOCAB)
    places = range(2, len(ids))
    sizes = [int((top_p_filter(trigrams(ids[:i]), 0.9) > -math.inf).sum()) for i in places]
    fig, ax = plt.subplots(figsize=(8, 2.8))
    ax.bar(places, sizes, color="C0", width=0.6)
    ax.axhline(3, color="C1", linestyle="--", linewidth=1, label="top-k with k = 3")
    ax.set(ylabel="tokens kept, p = 0.9", xlabel="the word that is to be predicted", ylim=(0, 9))
    ax.set_xticks(list(places), [words[i] for i in places], rotation=70)
    ax.legend(loc="upper right")

# %% [markdown]
# **Figure 6.** Size of the nucleus along three held-out sentences, under your trigram model. Where the
# next word is all but certain one token stays; where a noun or a verb is free to come, many do. A fixed
# $k$ (dashed) is too generous at the one and too strict at the other: that is the whole argument for
# top-p. A size of 0 anywhere is a bug.

# %% [markdown]
# ## h · Ancestral sampling
#
# To draw a whole sequence, draw the first token, then the second *given the first*, and so on: the
# chain rule, read as an instruction. With temperature and filters, one step is
#
# $$ \text{logits} \;\to\; \text{temperature} \;\to\; \text{top-}k \;\to\; \text{top-}p
#    \;\to\; \text{softmax} \;\to\; \text{token from } u . $$
#
# **The order is part of the task.** Top-p sees the probabilities that temperature and top-k have left,
# *renormalised*.
#
# **Worked example.** $0.6, 0.3, 0.1$ with $k = 2$, $p = 0.65$. Top-k leaves $⅔, ⅓$, and since
# $⅔ \ge 0.65$ the first token is left alone. With top-p first, $0.6 < 0.65$ keeps two tokens, and top-k
# keeps both: another distribution.
#
# ### Exercise `ancestral_sample`


# %% exercise="ancestral_sample" points=3 depends=["apply_temperature", "categorical_from_uniform", "top_k_filter", "top_p_filter"] title="Ancestral sampling"
def ancestral_sample(next_logits, prompt, max_new, eos, uniforms, T=1.0, top_k=None, top_p=None):
    """Return the prompt, continued with tokens drawn one after the other.

    next_logits: function of a list of ids, returns a tensor (V,) of logits for the next token.
    prompt: list of ids, possibly empty; it is not changed.
    max_new: integer, at least 0, the most tokens to generate.
    eos: id of the token that ends the sequence.
    uniforms: list or array of at least max_new numbers in [0, 1): number i selects new token i.
    T: temperature, applied first; top_k, top_p: filters, applied in this order unless None.
    Returns a new list of ids: prompt + new tokens, the generated eos included.
    """
    # solution
    tokens = list(prompt)
    for step in range(max_new):
        logits = apply_temperature(next_logits(tokens), T)
        if top_k is not None:
            logits = top_k_filter(logits, top_k)
        if top_p is not None:
            logits = top_p_filter(logits, top_p)
        # Weights, not logits: only the softmax makes probabilities of them.
        token = categorical_from_uniform(torch.softmax(logits, 0), uniforms[step])
        tokens.append(token)
        if token == eos:
            break
    return tokens
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The frame is that of `greedy_decode`. Only the line that chooses the token is new, and all its parts
# are written.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Which of your functions take logits and which take probabilities? There is exactly one softmax in a
# step.
#
# </details>

# %%
with pending("a sampled sentence"):
    prompt = ids_of("Paris is the", PARIS_WORDS)
    for uniforms in ([0.7, 0.5, 0.3, 0.9], [0.2, 0.5, 0.3, 0.9]):
        found = ancestral_sample(paris_logits, prompt, 4, 10, uniforms)
        print(uniforms, "→", text_of(found, PARIS_WORDS))
    trigrams = ngram_model(ngram_counts(TRAIN, 3), 3, VOCAB, 0.001)
    for seed in range(3):
        uniforms = np.random.default_rng(seed).random(16)
        found = ancestral_sample(
            trigrams, ids_of("the brave", VOCAB), 16, STOP, uniforms, top_p=0.95
        )
        print("your trigrams:", text_of(found, VOCAB))

# %% [markdown]
# Does it draw from the right distribution? For a small model one can write down **every** sequence
# with its probability, and count.


# %% tags=["setup"]
def every_sequence(next_logits, eos, change=None, start=()):
    """Yield all sequences a model can produce, each with its probability.

    change: function applied to the logits of every step, such as a temperature.
    """
    logits = next_logits(list(start))
    for token, prob in enumerate(torch.softmax(change(logits) if change else logits, 0).tolist()):
        if prob > 0:
            told = (*start, token)
            if token == eos:
                yield told, prob
            else:
                for longer, rest in every_sequence(next_logits, eos, change, told):
                    yield longer, prob * rest


# %%
print("all sequences of the tree:")
for told, prob in sorted(every_sequence(tree_logits, 4), key=lambda pair: -pair[1]):
    print(f"  {text_of(told, TREE_WORDS):6} {prob:.4f}")

# %% [markdown]
# **Predict first.** At $T = 0.5$ each *step* is sharpened. Another idea is to sharpen the *sequences*:
# raise each of the probabilities above to the power $1/T = 2$ and renormalise. Are these the same?

# %%
with pending("stepwise against joint annealing"):
    exact = dict(every_sequence(tree_logits, 4))
    for T in (1.0, 0.5, 0.1):
        total = sum(prob ** (1 / T) for prob in exact.values())
        steps = dict(every_sequence(tree_logits, 4, lambda z, T=T: apply_temperature(z, T)))
        for told in ((0, 2, 4), (1, 4)):
            joint = exact[told] ** (1 / T) / total
            name = text_of(told, TREE_WORDS)
            print(f"T = {T}  {name:5}  stepwise {steps[told]:.4f}   joint {joint:.4f}")

# %%
with pending("the frequencies of whole sequences"):
    N = 1500
    names = {told: text_of(told, TREE_WORDS).replace(" ", "") for told in sorted(exact)}
    fig, axes = plt.subplots(1, 2, figsize=(8, 3), sharey=True)
    for ax, T, seed in ((axes[0], 1.0, 11), (axes[1], 0.5, 12)):
        wanted = dict(every_sequence(tree_logits, 4, lambda z, T=T: apply_temperature(z, T)))
        draws = np.random.default_rng(seed).random((N, 3))
        drawn = [tuple(ancestral_sample(tree_logits, [], 3, 4, u, T=T)) for u in draws.tolist()]
        probs = np.array([wanted[told] for told in names])
        share = np.array([drawn.count(told) / N for told in names])
        ax.bar(range(len(names)), probs, **BARS, label="exact, stepwise")
        error = 2 * np.sqrt(probs * (1 - probs) / N)
        ax.errorbar(range(len(names)), share, error, fmt="C1.", capsize=4, label=f"{N} samples")
        total = sum(prob ** (1 / T) for prob in exact.values())
        joint = [exact[told] ** (1 / T) / total for told in names]
        ax.plot(range(len(names)), joint, "kx", markersize=6, label="joint annealing")
        ax.set_xticks(range(len(names)), list(names.values()))
        ax.set(title=f"T = {T:g}", xlabel="sequence", ylim=(0, 0.6))
    axes[0].set_ylabel("probability, frequency")
    axes[0].legend(loc="upper left")

# %% [markdown]
# **Figure 7.** Frequencies of whole sequences with error bars of two standard errors, on the exact
# probabilities. At $T = 1$ all three agree. At $T = 0.5$ the samples must follow the **bars**, which
# sharpen each step, and clearly miss the crosses, which sharpen whole sequences. If one sequence takes
# everything, the same uniform was used at every step, or the generator was started anew. If the dots of
# the right-hand panel lie on the bars of the left-hand one, the temperature never arrived.

# %% [markdown] question="h" points=1 title="Find the slides' error"
# Two slides say:
#
# 1. Greedy decoding is "suitable for generating the most probable sequence".
# 2. For $T \to 0$ one gets "deterministic sampling (most likely sequence)".
#
# **Refute both** with numbers from this notebook, and say what is true instead. Then explain in a
# sentence or two *why* sharpening each step is not the same as sharpening the distribution over
# sequences.
#
# <details><summary>Hint</summary>
#
# Where does each of the two columns in the cell above Figure 7 go when $T$ gets smaller? What does a
# step know about the steps after it?
#
# </details>

# %% [markdown] answer="h"
# In the tree, greedy decoding takes `a` (0.6), then `c`, and ends with `a c E`, probability
# $0.6 \cdot 0.4 = 0.24$. The most probable sequence is `b E` with $0.4 \cdot 0.9 = 0.36$. So (1) is
# wrong: greedy decoding is most probable *step by step*, and the whole can be beaten by a sequence
# with a less probable beginning.
#
# (2) is wrong for the same reason: with $T \to 0$ each step becomes an arg max, so sampling becomes
# greedy decoding. At $T = 0.1$ `a c E` already leads. Only *joint* annealing, $p(x)^{1/T}$ over whole
# sequences, tends to the most probable one: at $T = 0.5$ it gives `b E` 0.509 and `a c E` 0.226, where
# the stepwise one gives 0.306 and 0.321. (With two equal logits the limit of a softmax is not even
# deterministic.)
#
# The reason: a step is sharpened and *renormalised* on its own. The factor it is divided by,
# $\sum_b p(b \mid a)^{1/T}$, depends on the beginning $a$. Joint annealing would have to weight
# beginning $a$ with just this factor, which tells how concentrated everything after it is; a step
# does not know it.

# %% [markdown] rubric="h"
# Any correct numbers will do: other temperatures, another tree, the n-gram model. Numbers for one of
# the two statements serve both if the text says that $T \to 0$ *is* greedy decoding.
#
# - 0.25: Refutes (1) with a counter-example in numbers: `b E` (0.36) beats greedy's `a c E` (0.24).
#   "Greedy is short-sighted" without numbers earns nothing here.
# - 0.25: Refutes (2): stepwise $T \to 0$ is greedy, or the numbers of stepwise and joint annealing.
#   "With ties it is not deterministic" alone is right, too, and earns half of it.
# - 0.25: Says what is true: greedy is most probable at each step; or joint annealing, beam search or
#   exhaustive search would find the sequence.
# - 0.25: The reason: every step is renormalised by itself, with a factor that depends on the context;
#   or in other words, a step does not see what probabilities come after it.

# %% [markdown]
# ## i · Beam search
#
# To find a probable *sequence* one must not commit to the first step. An exhaustive search would look
# at $V^L$ sequences. **Beam search** keeps the `width` best beginnings instead:
#
# 1. Extend each *live* hypothesis by each possible token. Score = **sum of log-probabilities** of the
#    new tokens.
# 2. Of **all** these candidates together keep the best, as many as there are slots. There are `width`
#    slots in the beginning.
# 3. A kept candidate that ends with `eos` *retires*: it is never extended again, and it **keeps its
#    slot** for good. So after one has retired, there are `width - 1` slots for the others. (This is why
#    width 1 is exactly greedy decoding.)
# 4. Go on until nothing is live, or `max_new` tokens have been generated. Then every hypothesis, retired
#    or still live, gets its final score,
#
# $$ \text{score} = \frac{\sum \ln p(x_i \mid x_{<i})}{(\text{number of generated tokens})^{\,\text{length\_penalty}}} , $$
#
# where `eos` counts as generated and the prompt does not. The penalty plays **no part** in steps 1 to 3.
#
# **Worked example.** `TREE` with width 2. First `a` ($\ln 0.6 = -0.511$) and `b` ($\ln 0.4 = -0.916$)
# take the two slots. They have six extensions: `a c` 0.24, `a d` 0.21, `a E` 0.15, `b c` and `b d` 0.02,
# `b E` 0.36. The best two are `b E`, which retires, and `a c`. One slot is left, and `a c E` takes it.

# %%
for name, prob in (("b E", 0.36), ("a c E", 0.24)):
    print(f"{name:6} probability {prob}  score {math.log(prob):.6f}")

# %% [markdown]
# **Predict first.** Logarithms of probabilities are negative. Does `length_penalty=1.0`, dividing by the
# length, help long or short sequences? By how much is the score of `a c E` better than before, and that
# of `b E`?
#
# <details><summary>Compare with your guess</summary>
#
# It helps the long: $-1.427/3 = -0.476$ against $-1.022/2 = -0.511$. With the penalty `a c E` wins,
# which nobody would call more probable. A length penalty changes what is asked for.
#
# </details>
#
# ### Exercise `beam_search`
#
# An impossible token never makes a candidate, so there may be fewer than `width` hypotheses.


# %% exercise="beam_search" points=5 title="Beam search"
def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    """Return the best continuations that a beam of the given width finds.

    next_logits: function of a list of ids, returns a tensor (V,) of logits for the next token.
    prompt: list of ids, possibly empty; it is not changed.
    width: integer, at least 1, the number of slots; a retired hypothesis keeps its slot.
    max_new: integer, at least 1, the most tokens to generate.
    eos: id of the token that ends a hypothesis.
    length_penalty: number, at least 0; used for the final scores alone.
    Returns a list of at most `width` pairs (score, tokens), best score first. The score is the sum of
        the log-probabilities of the new tokens divided by (their number) ** length_penalty; tokens is
        prompt + new tokens, the generated eos included. Hypotheses that are still live when max_new
        is reached are in the list, too.
    """
    # solution
    live, retired = [(0.0, list(prompt))], []
    for _ in range(max_new):
        candidates = []
        for total, tokens in live:
            # Normalised, or hypotheses with different contexts could not be compared.
            logprobs = torch.log_softmax(next_logits(tokens), 0).tolist()
            candidates += [
                (total + logprob, [*tokens, token])
                for token, logprob in enumerate(logprobs)
                if logprob > -math.inf
            ]
        # All candidates compete with each other; the retired hold on to their slots.
        candidates.sort(key=lambda candidate: candidate[0], reverse=True)
        best = candidates[: width - len(retired)]
        live = [candidate for candidate in best if candidate[1][-1] != eos]
        retired += [candidate for candidate in best if candidate[1][-1] == eos]
        if not live:
            break
    scored = [
        (total / (len(tokens) - len(prompt)) ** length_penalty, tokens)
        for total, tokens in retired + live
    ]
    return sorted(scored, key=lambda pair: pair[0], reverse=True)
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Keep pairs (sum of log-probabilities, tokens) in two lists, live and retired. Write one round for the
# tree on paper, with width 2, before you write the loop.
#
# </details>
# <details><summary>Hint 2: my scores differ from the worked example</summary>
#
# Logits are not log-probabilities; `torch.log_softmax` makes them so. In this notebook the models add
# a number to their logits that depends on the context.
#
# </details>
# <details><summary>Hint 3: width 2 does not find `b E`</summary>
#
# After the first step there must be *two* hypotheses, though there was one before it. The competition
# is among all candidates, not within each hypothesis.
#
# </details>

# %%
with pending("the hypotheses of the tree"):
    for width in (1, 2, 3, 10):
        found = beam_search(tree_logits, [], width, 3, 4)
        print(f"width {width:2}:", *(f"{text_of(t, TREE_WORDS)} ({s:.4f})  " for s, t in found))
    found = beam_search(tree_logits, [], 2, 3, 4, length_penalty=1.0)
    print("penalty 1:", *(f"{text_of(t, TREE_WORDS)} ({s:.4f})  " for s, t in found))

# %%
with pending("the picture of the beam"):
    spots = {(): (0, 2.5)}
    leaves = sorted(exact)
    for row, told in enumerate(leaves):
        spots[told] = (len(told), len(leaves) - 1 - row)
    for stem in sorted({told[:n] for told in leaves for n in range(len(told))} - {()}, key=len):
        below = [spots[told][1] for told in leaves if told[: len(stem)] == stem]
        spots[stem] = (len(stem), sum(below) / len(below))
    kept = {w: {tuple(t) for _, t in beam_search(tree_logits, [], w, 3, 4)} for w in (1, 2)}
    fig, ax = plt.subplots(figsize=(8, 3.6))
    for told, (x, y) in spots.items():
        if told:
            x0, y0 = spots[told[:-1]]
            prob = torch.softmax(tree_logits(list(told[:-1])), 0)[told[-1]].item()
            ax.plot([x0, x], [y0, y], color="0.75", linestyle="-", linewidth=8 * prob, zorder=0)
            # Side by side, so that both are seen where they share an edge.
            for w, style, aside in ((2, "C1--", -0.09), (1, "C0-", 0.09)):
                if any(other[: len(told)] == told for other in kept[w]):
                    ax.plot([x0, x], [y0 + aside, y + aside], style, linewidth=1.5)
            paper = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
            middle = ((x0 + x) / 2, (y0 + y) / 2)
            ax.text(*middle, f"{prob:.2f}", fontsize=7, ha="center", va="center", bbox=paper)
        name = TREE_WORDS[told[-1]] if told else "start"
        box = {"boxstyle": "circle" if told else "round", "facecolor": "white", "edgecolor": "0.4"}
        ax.text(x, y, name, ha="center", va="center", bbox=box)
        if told in exact:
            score = f"{exact[told]:.3f} = exp({math.log(exact[told]):.3f})"
            ax.text(x + 0.12, y, score, va="center", fontsize=8)
    ax.plot([], [], "C0-", label="width 1")
    ax.plot([], [], "C1--", label="width 2")
    ax.set(xlabel="tokens generated", xticks=[0, 1, 2, 3], yticks=[], xlim=(-0.2, 3.8))
    ax.spines["left"].set_visible(False)
    ax.legend(loc="upper left")

# %% [markdown]
# **Figure 8.** The tree, its edges as wide as they are probable, with the probability of each sequence
# at its end. The solid line is width 1 and follows the widest edge at every fork: greedy. The dashed
# lines are the hypotheses of width 2: they must reach `b E`, the most probable end, as well. If they
# share their first edge, each hypothesis was allowed one child only.

# %%
with pending("length against score"):
    bigrams = ngram_model(ngram_counts(TRAIN, 2), 2, VOCAB, 0.0)
    start = ids_of("the", VOCAB)
    fig, axes = plt.subplots(1, 2, figsize=(8, 3))
    for ax, penalty in zip(axes, (0.0, 1.0), strict=True):
        found = beam_search(bigrams, start, 40, 12, STOP, penalty)
        values, told = zip(*found, strict=True)
        lengths, scores = np.array([len(tokens) - 1 for tokens in told]), np.array(values)
        ended = np.array([STOP in tokens for tokens in told])
        ax.plot(lengths[ended], scores[ended], "C0o", markersize=4, label="ended")
        ax.plot(lengths[~ended], scores[~ended], "C1x", markersize=5, label="cut off")
        ax.plot(lengths[0], scores[0], "ko", markersize=11, fillstyle="none", label="best")
        ax.set(xlabel="tokens generated", ylabel="score", title=f"length_penalty = {penalty:g}")
        ax.legend(loc="lower left" if penalty == 0 else "lower right")
        print(f"penalty {penalty:g}:", text_of(found[0][1], VOCAB))

# %% [markdown]
# **Figure 9.** The hypotheses of a wide beam over your bigrams, by length and score. Without a penalty
# (left) every further token costs something, so short sentences win. Divided by the length (right) the
# score is a mean per token, and long sentences with a few cheap tokens overtake. If the two panels show
# the same points, the penalty never arrived; if short ones win on the right as well, look whether the
# prompt was counted.

# %% [markdown] question="i" points=1 title="Why logarithms, and of what?"
# Two hand-ins differ from a correct `beam_search` in one line each:
#
# 1. it multiplies probabilities instead of adding log-probabilities;
# 2. it adds the **logits** that `next_logits` returns, without `log_softmax`.
#
# Each works on some models and fails on others. For each: when does it fail, and what does one see? And
# why would neither matter to `greedy_decode`?
#
# <details><summary>Hint</summary>
#
# Part c has a number with 800 zeros. For the second: which number may be added to all logits of one
# context, and do two hypotheses share their context?
#
# </details>

# %% [markdown] answer="i"
# 1. The logarithm is increasing, so on paper products and sums order the hypotheses alike. In floating
#    point a product of a few hundred probabilities underflows to 0, all hypotheses are then equal, and
#    the order becomes that of the list; a score $\ln 0 = -\infty$ is the visible sign. Sums of logarithms
#    are harmless numbers such as $-1842$.
# 2. Logits are log-probabilities *up to a constant that depends on the context*, $z_i = \ln p_i + c$.
#    Two hypotheses have different contexts, hence different $c$: whoever adds logits compares
#    $\ln p + \sum c$ and prefers contexts with large logits, that is, an arbitrary feature of the model.
#    Scores above 0, "probabilities above 1", are a sign of it. `log_softmax` subtracts exactly this
#    constant. It works by luck when the model happens to return normalised logits, or the same constant
#    everywhere.
#
# Greedy decoding compares the tokens of *one* context, one step at a time. There $c$ is the same for
# all, and nothing is multiplied.

# %% [markdown] rubric="i"
# - 0.25: Products underflow for long (or very improbable) sequences, and ties or zeros or $-\infty$ are
#   what one sees. "Logarithms are faster" or "more stable" without saying what happens earns nothing.
# - 0.5: Logits are determined up to a constant per context, and hypotheses with different contexts are
#   compared, so the constants decide. Half of it for "logits are not normalised" without the role of the
#   context.
# - 0.25: Greedy compares within one context (the constant is shared), and never multiplies.

# %% [markdown]
# ## j · The same decoders on a GPT
#
# Nothing you wrote knows what is behind `next_logits`. So far it was a dictionary and a table of counts;
# now it is a transformer. The next cell trains a small one on the tales, in a few seconds. **It is a
# stand-in:** when you have built a GPT of your own in the assignment on attention, put it in the place
# of `gpt` (a module that turns ids `(B, L)` into logits `(B, L, V)`) and run the rest unchanged.

# %%
from torch import nn

device = "cuda" if torch.cuda.is_available() else "cpu"
LONGEST = 16


class StandIn(nn.Module):
    """A GPT of torch's own layers: ids (B, L) to logits (B, L, V)."""

    def __init__(self, vocab_size, width=32):
        super().__init__()
        self.token, self.place = nn.Embedding(vocab_size, width), nn.Embedding(LONGEST, width)
        layer = nn.TransformerEncoderLayer(
            width, 4, 4 * width, 0.0, "gelu", batch_first=True, norm_first=True
        )
        final = nn.LayerNorm(width)
        self.blocks = nn.TransformerEncoder(layer, 2, final, enable_nested_tensor=False)
        self.out = nn.Linear(width, vocab_size)

    def forward(self, ids):
        """Return logits for the token after each position; no position sees a later one."""
        length = ids.shape[1]
        x = self.token(ids) + self.place(torch.arange(length, device=ids.device))
        later = torch.ones(length, length, dtype=torch.bool, device=ids.device).triu(1)
        return self.out(self.blocks(x, later))


torch.manual_seed(0)
gpt = StandIn(len(VOCAB)).to(device)
corpus = torch.tensor(ids_of(" ".join(TRAIN), VOCAB), device=device)
optimizer = torch.optim.Adam(gpt.parameters(), lr=3e-3)
for step in range(180):
    starts = torch.randint(len(corpus) - LONGEST, (32, 1), device=device)
    batch = corpus[starts + torch.arange(LONGEST + 1, device=device)[:-1]]
    loss = nn.functional.cross_entropy(gpt(batch[:, :-1]).transpose(1, 2), batch[:, 1:])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 60 == 59:
        print(f"step {step + 1}: loss {loss.item():.3f} nats, perplexity {loss.exp().item():.2f}")


def gpt_logits(ids):
    """Return the logits of the next token, on the CPU, where the decoders run."""
    # The model has places for so many tokens: of a longer text it sees the end.
    recent = torch.tensor([ids[-LONGEST:]], device=device)
    with torch.no_grad():
        return gpt(recent)[0, -1].cpu()


# %%
with pending("what the GPT writes"):
    start = ids_of("the brave", VOCAB)
    print("greedy:", text_of(greedy_decode(gpt_logits, start, 14, STOP), VOCAB))
    for T, p, seed in ((0.5, None, 3), (1.0, 0.9, 8), (1.0, 0.9, 9), (2.5, None, 4)):
        draws = np.random.default_rng(seed).random(14)
        told = ancestral_sample(gpt_logits, start, 14, STOP, draws, T=T, top_p=p)
        print(f"T = {T}, p = {p or 1}:", text_of(told, VOCAB))
    for score, told in beam_search(gpt_logits, start, 4, 14, STOP)[:3]:
        print(f"beam, score {score:.3f}:", text_of(told, VOCAB))

# %%
with pending("the frequencies of the GPT's next words"):
    start, N = ids_of("the mouse", VOCAB), 500
    settings = [("T = 1", 1.0, 1.0), ("T = 0.7, top-p 0.9", 0.7, 0.9)]
    row = gpt_logits(start)
    likely = row.topk(7).indices.tolist()
    fig, axes = plt.subplots(1, 2, figsize=(8, 3), sharey=True)
    for ax, (title, T, p) in zip(axes, settings, strict=True):
        logits = apply_temperature(row, T)
        exact_row = torch.softmax(top_p_filter(logits, p), 0).double()
        draws = np.random.default_rng(5).random((N, 1)).tolist()
        drawn = [ancestral_sample(gpt_logits, start, 1, STOP, u, T, None, p)[-1] for u in draws]
        probs = exact_row[likely].numpy()
        share = [drawn.count(token) / N for token in likely]
        ax.bar(range(7), probs, **BARS, label="exact")
        error = 2 * np.sqrt(probs * (1 - probs) / N)
        ax.errorbar(range(7), share, error, fmt="C1.", capsize=4, label=f"{N} samples, ± 2 s.e.")
        ax.set_xticks(range(7), [VOCAB[token] for token in likely], rotation=45)
        ax.set(title=title, xlabel="word after “the mouse”")
    axes[0].set_ylabel("probability, frequency")
    axes[1].legend()

# %% [markdown]
# **Figure 10.** The word that the GPT puts after *the mouse*: exact probabilities and the frequencies of
# 500 draws by your sampler. Cooling and cutting (right) removes the tail: the words it removes have
# neither a bar nor a dot above 0.

# %% [markdown]
# ## k · Bonus: a filter and a forecast
#
# *This part is a bonus: its four points come on top of the 28.*
#
# **Min-p.** Top-k counts tokens, top-p adds them up. A third rule compares each token with the best one: a
# token stays if its probability is **at least** $\text{min\_p}$ **times the largest**.
#
# $$ \text{token } i \text{ stays} \iff p_i \ge \text{min\_p} \cdot \max_j p_j $$
#
# Shapes: `logits (V,)` → `logits (V,)`, every token in its old place.
#
# **Worked example.** $0.6, 0.3, 0.1$ with min-p $= 0.25$: the line is at $0.15$, two tokens stay, with
# $⅔$ and $⅓$. The flatter law $0.4, 0.36, 0.24$ has its line at $0.1$, and all three stay.
#
# ### Exercise `min_p_filter`


# %% exercise="min_p_filter" points=2 bonus=true title="Min-p"
def min_p_filter(logits, min_p):
    """Return the logits with all tokens far less probable than the best one set to -inf.

    logits: tensor (V,), unnormalised; -inf marks impossible tokens, which stay impossible.
    min_p: number with 0 <= min_p <= 1; a token stays if its probability is at least min_p times
        the largest. 0 keeps everything.
    Returns a new tensor (V,), every token in its old place.
    Raises ValueError for a min_p outside [0, 1].
    """
    # solution
    if not 0 <= min_p <= 1:
        raise ValueError(f"min_p is {min_p}, but must lie in [0, 1]")
    # The ratio of two probabilities is the exponential of the difference of their logits.
    ratios = torch.exp(logits.double() - logits.max())
    return logits.masked_fill(ratios < min_p, -math.inf)
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The line is not at `min_p` itself: it moves with the largest probability.
#
# </details>
# <details><summary>Hint 2</summary>
#
# You can do without the softmax: $p_i / p_j = e^{z_i - z_j}$.
#
# </details>

# %%
with pending("the filters on a model that gets hotter"):
    temperatures = np.linspace(0.25, 4, 31)
    sizes = {"top-k, k = 5": [], "top-p, p = 0.9": [], "min-p, 0.1": []}
    row = gpt_logits(ids_of("the mouse", VOCAB))
    for T in temperatures.tolist():
        z = apply_temperature(row, T)
        for name, filtered in zip(
            sizes, (top_k_filter(z, 5), top_p_filter(z, 0.9), min_p_filter(z, 0.1)), strict=True
        ):
            sizes[name].append(int((filtered > -math.inf).sum()))
    fig, ax = plt.subplots(figsize=(6, 2.8))
    for (name, kept), style in zip(sizes.items(), (":", "-", "--"), strict=True):
        ax.step(temperatures, kept, style, label=name)
    ax.set(xlabel="temperature T", ylabel="tokens kept")
    ax.legend()

# %% [markdown]
# **Figure 11.** How many tokens each filter keeps after *the mouse*, as the temperature rises. Top-k does
# not see it. Top-p and min-p both let more in as the law gets flatter; which of them is the more generous
# one depends on the shape of the law, not on its temperature alone. A curve that falls is a bug.

# %% [markdown]
# **Forecasts.** A large model is slow, and most tokens are easy. *Speculative* decoding lets a small model,
# the draft $q$, propose a token $x$, and asks the large one, the target $p$, only to judge it. The judgement
# is a small piece of art, for afterwards the token has *exactly* the law of the target:
#
# 1. accept $x$ if $u < p_x / q_x$;
# 2. otherwise draw from what the draft has too little of: the weights $\max(p_i - q_i,\, 0)$.
#
# Why? Token $i$ is proposed and accepted with probability $q_i \min(1, p_i / q_i) = \min(p_i, q_i)$. What
# is missing to $p_i$ is $\max(p_i - q_i, 0)$, and these add up to the probability of a rejection.
#
# **Worked example.** Target $0.6, 0.3, 0.1$, draft $0.2, 0.3, 0.5$, proposal 2. It is accepted for
# $u < 0.1 / 0.5 = 0.2$. Otherwise the weights are $0.4, 0, 0$, and token 0 it is, whatever $v$ is.
#
# **Predict first.** How often is a proposal accepted when draft and target are the same? And when no token
# is possible under both?
#
# <details><summary>Compare with your guess</summary>
#
# Always, and never: $\sum_i \min(p_i, q_i)$ is 1 and 0.
#
# </details>
#
# ### Exercise `speculative_token`


# %% exercise="speculative_token" points=2 bonus=true depends=["categorical_from_uniform"] title="Judging a forecast"
def speculative_token(target, draft, token, u, v):
    """Return the token that follows from a proposal: itself, or another in its place.

    target, draft: tensors or arrays (V,) of probabilities; each sums to 1.
    token: the proposed token, an index with draft[token] > 0.
    u: uniform number in [0, 1) that accepts or rejects: accepted if u < target / draft there.
    v: uniform number in [0, 1) that selects the other token, as `categorical_from_uniform` does,
        with the weights max(target - draft, 0).
    Returns an integer.
    """
    # solution
    p, q = np.asarray(target, dtype=np.float64), np.asarray(draft, dtype=np.float64)
    # Without a division: the draft may be tiny.
    if u * q[token] < p[token]:
        return int(token)
    return categorical_from_uniform(np.maximum(p - q, 0.0), v)
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Two lines: one comparison of numbers, one call with an array. The weights need no normalisation.
#
# </details>
# <details><summary>Hint 2</summary>
#
# After a rejection the target alone is the wrong law: it would give tokens that the draft proposes
# anyway too often.
#
# </details>

# %%
with pending("the law after the judgement"):
    p, q = np.array([0.6, 0.3, 0.1]), np.array([0.2, 0.3, 0.5])
    rng, N = np.random.default_rng(2), 6000
    counted = np.zeros((2, 3))
    for proposal, u, v in zip(rng.choice(3, N, p=q), rng.random(N), rng.random(N), strict=True):
        counted[0, proposal] += 1 / N
        counted[1, speculative_token(p, q, int(proposal), float(u), float(v))] += 1 / N
    fig, ax = plt.subplots(figsize=(6, 2.8))
    ax.bar(range(3), p, **BARS, label="target")
    error = 2 * np.sqrt(p * (1 - p) / N)
    ax.plot(range(3), counted[0], "C2s", label="proposed by the draft")
    ax.errorbar(range(3), counted[1], error, fmt="C1.", capsize=4, label="judged, ± 2 s.e.")
    ax.set(xlabel="token", ylabel="probability, frequency", xticks=range(3))
    ax.legend(loc="upper center")

    start = ids_of("the brave", VOCAB)
    spoken = greedy_decode(gpt_logits, start, 12, STOP)
    shares = []
    for i in range(len(start), len(spoken)):
        large = torch.softmax(gpt_logits(spoken[:i]).double(), 0)
        small = torch.softmax(trigrams(spoken[:i]).double(), 0)
        shares.append(torch.minimum(large, small).sum().item())
    print(f"proposals of the trigrams that the GPT would accept: {np.mean(shares):.0%}")

# %% [markdown]
# **Figure 12.** Squares: what the draft proposes; dots: what is left after the judgement; bars: the target.
# The dots lie on the bars although only the draft was ever asked for a proposal. Dots that are off towards
# the squares: rejected tokens were drawn from the target instead of from what is missing.

# %% [markdown]
# ## Before you hand in
#
# - Both names stand in `MEMBERS`.
# - *Restart and run all* goes through without an error, and the outputs are stored in the notebook.
# - Every `check` passes, or you know why not.
# - Questions h and i have an answer; every figure of yours has a sentence below it.
# - The notebook and its PDF are both in the hand-in.
