# %% [raw]
# title = "Tokenisation"
# data = ["kit_source.json"]
#
# [limits]
# cell_seconds = 40
# check_seconds = 10
#
# [hand_in]
# group_size = 2
# names = "warn"
# pdf = "warn"
# executed = "warn"
# interpreted = "warn"

# %% [markdown]
# # Tokenisation: from text to numbers
#
# A language model never sees a letter. It sees numbers, each of which stands for a piece of text,
# and somebody has decided which pieces there are. In this notebook you build the two algorithms
# that decide it for most models, byte-pair encoding (BPE) and WordPiece, from the first cut between
# two words to a tokeniser trained on real code.
#
# **Afterwards you can**
#
# - clean and cut a text without losing track of where each piece came from;
# - train BPE and say why its tie rule is part of the algorithm and not a detail;
# - encode new text by replaying merges, and show with a single word why "take the longest token" is
#   another algorithm;
# - train WordPiece, and say what its score prefers;
# - explain why a model finds it hard to count letters, and what bytes have to do with `Ã©`.
#
# | part | task | minutes | difficulty (1–5) | points |
# |---|---|---:|:-:|---:|
# | a | `normalize`, `pretokenize_bert` | 15 | 1 | 2 × 1 |
# | a | `pretokenize_gpt2` | 25 | 3 | 2 |
# | b | `count_words` | 5 | 1 | 1 |
# | b | `count_pairs` | 10 | 2 | 2 |
# | b | `select_pair` | 5 | 1 | 1 |
# | c | `merge_pair` | 15 | 2 | 3 |
# | c | `train_bpe` | 25 | 3 | 5 |
# | c | question c: find the error | 10 | 2 | 1 |
# | d | `encode_word` | 20 | 3 | 3 |
# | d | `encode`, `decode` | 10 | 1 | 2 × 1 |
# | e | `longest_match_encode`, `first_disagreement` | 15 | 2 | 2 × 1 |
# | e | question e: why not the longest token? | 10 | 3 | 1 |
# | f | `wordpiece_scores` | 15 | 2 | 1 |
# | f | `train_wordpiece` | 20 | 3 | 2 |
# | f | `wordpiece_encode_word` | 15 | 2 | 2 |
# | | **together** | **215** | | **30** |
# | g | *bonus:* questions g and h | 20 | 2 | + 2 × 1 |
# | h | *bonus:* four functions for bytes | 35 | 4 | + 4 × 0.5 |
#
# **30 points are everything this notebook asks of you.** The four points marked *bonus* come on
# top of them.
#
# **What is given.** Four sentences to train on, and `data/kit_source.json`, 27 source files of the
# kit that marks this notebook. You need Python's own library and nothing more; the figures use
# Matplotlib. The whole notebook runs in well under a minute.
#
# **How to hand in.** In groups of two, once per group. Write both names into `MEMBERS` below and
# hand in this notebook, run from top to bottom with its outputs in place. Questions are answered in
# the cell below them.

# %% [markdown]
# **Rules that hold for every function here**
#
# - **Arguments are never changed**, and nothing that was given is kept to be changed later.
#   `symbols.pop()` changes the caller's list; `symbols[:-1]` makes a new one.
# - A *piece* is what cutting gives (about a word), a *symbol* is what a piece consists of during
#   training, and a *token* is what encoding gives. All three are strings. A *pair* is a tuple of
#   two symbols that stand side by side.
# - A *blank* is the character `" "`. *White space* means blanks, newlines and tabs.
# - A letter is what `str.isalpha` says, so `é` and `字` are letters. The checks use ASCII, letters
#   with accents and Chinese characters, and stay away from signs on which reasonable rules differ
#   (`²`, `½`, `€`).
# - Dictionaries keep the order in which their keys came, and here **this order matters**. The same
#   input must give the same output in every process: never walk through a `set` of strings.
# - Below each blank, `check("name")` runs the public checks of that function. More checks run when
#   the notebook is marked: other inputs, and properties such as "nothing is lost".

# %% tags=["setup"]
import json
import re
import unicodedata
from itertools import permutations
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from grader import check, pending

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


def wait_for(made):
    """Let a cell wait, as for a blank, while what an earlier cell makes is not there yet."""
    if not made:
        raise NotImplementedError


# What everything below is trained on, until part g.
CORPUS = [
    "This is the Hugging Face Course.",
    "This chapter is about tokenization.",
    "This section shows several tokenizer algorithms.",
    "Hopefully, you will be able to understand how they are trained and generate tokens.",
]

# %%
# The names of both members of the group, as on the course site.
MEMBERS = ["", ""]

# %% [markdown]
# ## a · Cleaning and cutting
#
# Two steps come before any learning. **Normalisation** removes differences that should not matter
# (`É`, `é` and `e` become one letter); some models do it, some do not. **Pre-tokenisation** cuts
# the text into pieces that no token will ever cross.
#
# Unicode can write `é` in two ways: as one code point, or as `e` followed by a *combining mark*.
# The form NFD ("decomposed") always takes the second way, and marks have the category `Mn`.
#
# **Predict first.** How long are these two strings, and are they equal?

# %%
one, two = "é", "e\N{COMBINING ACUTE ACCENT}"
print(one, two, len(one), len(two), one == two)
print([unicodedata.name(c) for c in unicodedata.normalize("NFD", one)])
print([unicodedata.category(c) for c in unicodedata.normalize("NFD", one)])

# %% [markdown]
# <details><summary>Compare with your guess</summary>
#
# They look the same and are not: 1 and 2 code points. A tokeniser that skips normalisation has two
# different words here, and a user who types the one will not find the other.
#
# </details>
#
# ### Exercise `normalize`
#
# Decompose (NFD), drop the combining marks, make everything lower case:
# `Héllò hów are ü?` → `hello how are u?`


# %% exercise="normalize" points=1 title="Normalisation"
def normalize(text):
    """Return the text in NFD, without combining marks (category Mn), in lower case.

    text: string, possibly empty.
    Returns a string; the order of what is left is unchanged.
    """
    # solution
    # Decomposed first: before that, an accent is part of its letter and cannot be dropped.
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(c for c in decomposed if unicodedata.category(c) != "Mn").lower()
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The three steps in the order of the docstring. The cell above shows the two functions of
# `unicodedata` that you need.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Dropping everything that is not ASCII would do on the example, and lose every other script.
#
# </details>

# %% [markdown]
# ### Exercise `pretokenize_bert`
#
# The simplest useful cut: white space separates and disappears; **every other character that is
# neither letter nor digit is a piece of its own**; what remains are runs of letters and digits. The
# underscore `_` counts as punctuation here, although Python's `\w` takes it for a word character.
#
# Each piece comes with its **offsets**, the places where it starts and ends *in the text as given*,
# so that `text[start:end]` is the piece. Without them nobody can mark an answer in a document.
#
# **Worked example.** Cutting at each blank is not enough:

# %%
print("Hello, how are  you?".split(" "))
print("Hello, how are  you?".split())
for found in re.finditer(r"a.", "banana split"):
    print(found.group(), found.span())

# %% [markdown]
# Two blanks in a row leave an empty string behind, the comma stays glued to its word, and nobody
# knows where a piece came from. A match of `re.finditer` does.


# %% exercise="pretokenize_bert" points=1 title="The cut of BERT"
def pretokenize_bert(text):
    """Return the pieces of a text, each with its offsets: [(piece, (start, end)), …].

    White space separates and is dropped. A run of letters and digits is a piece; every other
    character, `_` among them, is a piece of its own.

    text: string, possibly empty.
    Returns a list of (string, (int, int)) in the order of the text; text[start:end] is the piece.
    """
    # solution
    # `\w` would take the underscore for a letter, so it is excluded and listed by itself.
    matches = re.finditer(r"[^\W_]+|[^\w\s]|_", text)
    return [(match.group(), match.span()) for match in matches]
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# One regular expression with alternatives between bars: a run of word characters, or one single
# character that is neither a word character nor white space.
#
# </details>
# <details><summary>Hint 2: the underscore</summary>
#
# `[^\W_]` is a word character other than `_`: "not (a non-word character or an underscore)".
#
# </details>

# %% [markdown]
# ### Exercise `pretokenize_gpt2`
#
# GPT-2 throws nothing away. A blank before a word **belongs to the word**, and is written `Ġ` so
# that one can see it: `Ġhow` is "how after a blank", another piece than `how` at the start. The
# rules, tried in this order at each place of the text:
#
# | | a piece is | example |
# |---|---|---|
# | 1 | one of the endings `'s` `'t` `'re` `'ve` `'m` `'ll` `'d`, in small letters | `it's` → `it` `'s` |
# | 2 | letters, with the blank before them if there is one | `a b` → `a` `Ġb` |
# | 3 | digits, likewise | `v 25` → `v` `Ġ25` |
# | 4 | other visible characters (`_` too), likewise | `x _!` → `x` `Ġ_!` |
# | 5 | white space, but **without its last character if something visible follows** | three blanks before `b` → `ĠĠ` `Ġb` |
# | 6 | white space that is left | a newline before `b` → a newline, then `b` |
#
# Newlines and tabs stay as they are; only the blank becomes `Ġ`. The offsets refer to the text as
# given, so **the pieces tile the text**: each starts where the one before it ended.
#
# **Predict first.** There are two blanks in `are  you`. How many pieces are made of them, and which
# word gets which?


# %% exercise="pretokenize_gpt2" points=2 title="The cut of GPT-2"
def pretokenize_gpt2(text):
    """Return the pieces of a text with their offsets, by the six rules above.

    text: string, possibly empty.
    Returns a list of (piece, (start, end)): piece is text[start:end] with `Ġ` for each blank.
    """
    # solution
    # `\s+(?!\S)` gives one character back when something visible follows: the blank of that word.
    rules = r"'(?:s|t|re|ve|m|ll|d)| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+"
    # Replaced after cutting, so the offsets still belong to the original.
    return [(match[0].replace(" ", "Ġ"), match.span()) for match in re.finditer(rules, text)]
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Six alternatives in one regular expression. `" ?"` is an optional blank, `[^\W\d_]` is a letter: a
# word character that is neither a digit nor an underscore.
#
# </details>
# <details><summary>Hint 2: rule 5</summary>
#
# `\s+` followed by the condition `(?!\S)`, "no visible character comes next". If one does come
# next, the expression gives back one character and tries again; so the last blank stays for the
# word.
#
# </details>
# <details><summary>Hint 3: my offsets are wrong after a double blank</summary>
#
# Cut the text first and write `Ġ` into the pieces afterwards.
#
# </details>

# %%
with pending("the two ways to cut a sentence"):
    sentence = "Hello, how are  you?"
    print("BERT ", *(f"{piece}{span}" for piece, span in pretokenize_bert(sentence)))
    print("GPT-2", *(f"{piece}{span}" for piece, span in pretokenize_gpt2(sentence)))
# A third way, of a library called SentencePiece: every blank becomes a visible mark, U+2581.
print("marks", "Hello, how are  you?".replace(" ", "\u2581"))

# %% [markdown]
# The first cut is shorter and cannot be undone; the second keeps every character.
#
# **Find the error.** A slide calls SentencePiece "a simple pre-tokenisation algorithm" that replaces
# blanks by `_`.
#
# <details><summary>What is wrong</summary>
#
# It is a whole library that trains BPE or another model on raw text. And its mark `▁` is U+2581,
# not the underscore, which has to stay available for names like `my_list`.
#
# </details>
#
# ## b · Counting
#
# BPE looks at a text as words with numbers: which pieces there are, and how often. Inside each word
# it counts **pairs** of neighbouring symbols. With $n_w$ for the number of times the word $w$
# occurs, the pair $(a, b)$ has the count
#
# $$ c(a, b) = \sum_w n_w \cdot \#\{\, i : w_i = a,\; w_{i+1} = b \,\} . $$
#
# In: `splits {word: [symbol, …]}`, `word_freqs {word: int}`. Out: `{(symbol, symbol): int}`.
#
# **Worked example.** The words `hug` (10 times), `pug` (5), `pun` (12), `bun` (4) and `hugs` (5).
# By hand: `u g` is in `hug`, `pug` and `hugs`, so it counts 10 + 5 + 5 = 20; `h u` counts 15; `u n`
# counts 16. So `u g` is merged first.
#
# **Predict first.** How often does the pair `a a` occur in `aaa`: once or twice?
#
# <details><summary>Compare with your guess</summary>
#
# Twice, at the places 1–2 and 2–3. The formula counts places, and both are places. That only one of
# them can be *merged* is the business of the next part.
#
# </details>
#
# ### Exercises `count_words`, `count_pairs`, `select_pair`


# %% exercise="count_words" points=1 title="Counting words"
def count_words(corpus, pretokenize):
    """Return how often each piece occurs: {piece: number}, in the order of first appearance.

    corpus: list of strings. Each is cut by itself, so no piece spans two of them.
    pretokenize: function of one string, returns [(piece, (start, end)), …].
    """
    # solution
    counts = {}
    for text in corpus:
        for piece, _ in pretokenize(text):
            # A key that is there already keeps its place, so the order is that of first sight.
            counts[piece] = counts.get(piece, 0) + 1
    return counts
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Two loops, over the texts and over the pieces of each. A piece comes with its offsets; here they
# are of no use.
#
# </details>
# <details><summary>Hint 2</summary>
#
# A dictionary keeps the order in which keys are first written. Sorting, or a `set` on the way,
# destroys it.
#
# </details>


# %% exercise="count_pairs" points=2 title="Counting pairs"
def count_pairs(splits, word_freqs):
    """Return the count of each pair of neighbouring symbols, in the order of the scan.

    The scan goes through the words in the order of `splits`, and through each from left to right;
    a pair's place in the result is where the scan meets it first.

    splits: {word: [symbol, …]}, at least one symbol each.
    word_freqs: {word: number}, the same words in the same order.
    Returns {(symbol, symbol): number}; {} if no word has two symbols.
    """
    # solution
    counts = {}
    for word, symbols in splits.items():
        # Neighbours inside one word only; every place counts, overlapping ones too.
        for pair in zip(symbols, symbols[1:]):
            counts[pair] = counts.get(pair, 0) + word_freqs[word]
    return counts
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Two loops: words outside, places inside. What does a word that occurs 12 times contribute?
#
# </details>
# <details><summary>Hint 2</summary>
#
# A word of $n$ symbols has $n - 1$ places.
#
# </details>

# %% [markdown]
# And the tie rule. Of several pairs with the highest count, take **the one the scan meets first**.
# `count_pairs` returns them in that order, so "first in the dictionary" is enough here. It sounds
# like a detail. On our four sentences, 15 of the first 19 choices are ties.


# %% exercise="select_pair" points=1 title="The next pair to merge"
def select_pair(pair_counts):
    """Return the pair with the highest count; of equals the first in the dictionary.

    pair_counts: {(symbol, symbol): number}, possibly empty.
    Returns a pair, or None if there is none.
    """
    # solution
    # `max` keeps the first of equals.
    return max(pair_counts, key=pair_counts.get, default=None)
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `max(pair_counts)` alone compares the pairs, which gives the last one in the alphabet. It has to
# look at the counts: see the `key` of `max`. Of equals `max` keeps the first.
#
# </details>
# <details><summary>Hint 2</summary>
#
# On an empty dictionary `max` raises an error, unless you give it a `default`.
#
# </details>

# %%
with pending("the corpus in numbers"):
    words = count_words(CORPUS, pretokenize_gpt2)
    letters = sorted({letter for word in words for letter in word})
    symbols = sum(len(word) * n for word, n in words.items())
    print(len(words), "different words,", sum(words.values()), "in all")
    print(symbols, "symbols,", len(letters), "different:", *letters)
    counts = count_pairs({word: [*word] for word in words}, words)
    print("the first six pairs of the scan:", list(counts.items())[:6])
    print("to be merged first:", select_pair(counts))

# %% [markdown]
# ## c · Merging and training
#
# To **merge** a pair is to replace it by one symbol wherever it stands, from left to right, never
# using a symbol twice:
#
# `a a b a` with the pair `(a, b)` → `a ab a`, and `a a a` with the pair `(a, a)` → `aa a`
#
# In: `symbols [str] × n`, `pair`. Out: `[str]`, between $n/2$ and $n$ long, the same text when
# joined.
#
# **Predict first.** What becomes of `a a a a a` under `(a, a)`? And of `Ġa b` (two symbols) under
# the pair `(a, b)`?
#
# <details><summary>Compare with your guess</summary>
#
# `aa aa a`: merging takes the first two, goes on behind them, takes the next two, and one is left.
# And `Ġa b` stays as it is. Its first symbol is `Ġa`, which *ends* in an `a` but is not the symbol
# `a`.
#
# </details>
#
# ### Exercise `merge_pair`


# %% exercise="merge_pair" points=3 title="Merging one pair"
def merge_pair(symbols, pair):
    """Return the symbols with every occurrence of the pair joined, from left to right.

    symbols: list of strings, possibly empty; it is not changed.
    pair: (first, second), two strings.
    Returns a new list of strings; joined together it spells the same text.
    """
    # solution
    merged = []
    i = 0
    while i < len(symbols):
        # A slice may run past the end; an index would not.
        if tuple(symbols[i : i + 2]) == tuple(pair):
            merged.append(pair[0] + pair[1])
            # Both are used up: the second cannot begin another pair.
            i += 2
        else:
            merged.append(symbols[i])
            i += 1
    return merged
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Walk with an index and build a new list. After a match go on by two, otherwise by one.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Joining everything into a string and replacing text there is tempting and wrong: text does not
# know where a symbol begins. Compare symbols with symbols.
#
# </details>
# <details><summary>Hint 3: list index out of range</summary>
#
# The last symbol has no right neighbour. And a list that is shortened while `range(len(…))` walks
# over it is shorter than the range believes.
#
# </details>

# %% [markdown]
# ### Exercise `train_bpe`
#
# 1. Cut the corpus with `pretokenize_gpt2` and count the words.
# 2. The vocabulary starts with the special tokens, then the **alphabet**: every character that
#    occurs in the words, sorted.
# 3. Every word starts as the list of its characters.
# 4. **Until the vocabulary has reached its size:** count the pairs *in the words as they are now*,
#    select one, merge it in every word, note it, and append the joined symbol to the vocabulary.
#
# Old symbols stay in the vocabulary; they are still needed for new words. A pair that occurs only
# once is merged as well. If no pair is left (every word is one symbol), training stops before the
# size is reached. A size that special tokens and alphabet reach already gives no merges.
#
# **Worked example.** `aaabdaaabac`, three merges:
#
# | merge | count | the word afterwards |
# |---|---:|---|
# | `a a` | 4 | `aa a b d aa a b a c` |
# | `aa a` | 2 | `aaa b d aaa b a c` |
# | `aaa b` | 2 | `aaab d aaab a c` |
#
# The first count is 4, not 2, because overlapping places count; and `aa a` comes before `a b`, also
# with 2, because the scan meets it first.


# %% exercise="train_bpe" points=5 depends=["pretokenize_gpt2", "count_words", "count_pairs", "select_pair", "merge_pair"] title="Training BPE"
def train_bpe(corpus, vocab_size, special_tokens=("<|endoftext|>",)):
    """Learn merges from a corpus until the vocabulary has `vocab_size` entries.

    corpus: list of strings, possibly empty.
    vocab_size: int; counts special tokens, alphabet and merged symbols.
    special_tokens: strings that stand first in the vocabulary and never take part in merges.
    Returns (vocab, merges): a list of strings (special tokens as given, the sorted alphabet, the
        merged symbols in the order they were made), and the list of merged pairs in that order.
    """
    # solution
    word_freqs = count_words(corpus, pretokenize_gpt2)
    splits = {word: list(word) for word in word_freqs}
    vocab = [*special_tokens, *sorted(set("".join(word_freqs)))]
    merges = []
    while len(vocab) < vocab_size:
        # Counted afresh: the last merge has changed what stands beside what.
        pair = select_pair(count_pairs(splits, word_freqs))
        if pair is None:
            break
        for word in splits:
            splits[word] = merge_pair(splits[word], pair)
        merges.append(pair)
        vocab.append("".join(pair))
    return vocab, merges
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The loop has four lines, one for each function you have written and one for the bookkeeping. What
# must be recomputed in every round?
#
# </details>
# <details><summary>Hint 2: I get 20 merges, or 50</summary>
#
# For a size of 50 on the four sentences: one special token and 30 characters are there before the
# first merge.
#
# </details>
# <details><summary>Hint 3: it never ends on a tiny corpus</summary>
#
# What does `select_pair` return when every word has become a single symbol?
#
# </details>

# %%
with pending("the vocabulary"):
    vocab, merges = train_bpe(CORPUS, 50)
    print(len(merges), "merges:", *(f"{a}+{b}" for a, b in merges))
    print(len(vocab), "entries:", *vocab)
    everything, all_merges = train_bpe(CORPUS, 10_000)
    print(f"asked for 10000 entries: {len(all_merges)} merges, {len(everything)} entries, the end")
    print("the 20th merge would be", all_merges[19])

# %% [markdown]
# **Predict first.** How much do the merges depend on what seems not to matter? We swap sentences,
# write in small letters, put one blank before the last sentence, and change nothing else. The cell
# tells at which of the 19 merges the list first differs.


# %%
def first_change(other, merges):
    """Return the number of the first merge that differs, or 0."""
    steps = [i for i, (a, b) in enumerate(zip(other, merges), 1) if a != b]
    return min(steps, default=0)


with pending("the list of changes"):
    for number, order in enumerate(permutations(range(4)), 1):
        other = train_bpe([CORPUS[i] for i in order], 50)[1]
        name = "".join(str(i + 1) for i in order)
        print(f"{name}: {first_change(other, merges):2}", end="\n" if number % 6 == 0 else "   ")
    small = train_bpe([text.lower() for text in CORPUS], 50)[1]
    shifted = train_bpe([*CORPUS[:3], " " + CORPUS[3]], 50)[1]
    at = first_change(shifted, merges)
    print(f"small letters: merge {first_change(small, merges)}")
    print(f"a blank before the last sentence: merge {at}, which becomes {shifted[at - 1]}")

# %% [markdown]
# <details><summary>Compare with your guess</summary>
#
# Of the 23 other orders of the sentences a single one, with the last two exchanged, leaves all 19
# merges as they were: ties are decided by who comes first. So "BPE on this text" is not a
# definition; corpus, order and tie rule together are. A printed list of words with `ĠHopefully` in
# it, next to a 17th merge `i n`, cannot be right: one of the two is a misprint, and you have just
# shown which.
#
# </details>

# %% [markdown] question="c" points=1 title="Find the slide's error"
# A slide trains BPE on `the car the cat the rat`. **Its rule:** the blank is a symbol like any
# other; in each step the most frequent pair is merged, "until the vocabulary size is ≤ a preset
# value". **Its steps:** `t h` (3 times), `th e` (3 times), then `c a` (2 times).
#
# Two things on this slide contradict each other or cannot be meant. Find both, say what would be
# right, and say which unwritten rule makes the third merge come out. Is that merge then forced?
#
# <details><summary>Hint</summary>
#
# Write down the symbols after the second merge and count *all* pairs, blanks included.
#
# </details>

# %% [markdown] answer="c"
# After `t h` and `th e` the text is `the ␣ c a r ␣ the ␣ c a t ␣ the ␣ r a t`. The pair `(the, ␣)`
# occurs three times, `(c, a)` twice. By the rule as written the third merge is `the ␣`, and after
# it comes `the␣ c`. The slide's third merge needs a rule it does not state: **no pair may contain a
# blank**, that is, words are trained separately. Even then it is not forced: `(a, t)`, in `cat` and
# `rat`, also occurs twice, so the tie rule decides; with "first in the scan" it is `c a`.
#
# The condition is turned round: the vocabulary *grows*, and training stops when it **reaches** the
# preset size. "Until the size is ≤ the value" is true before the first step.

# %% [markdown] rubric="c"
# - 0.5: Finds that `(the, blank)` has count 3 and must come before `c a` under the rule as written,
#   and names the missing rule: pairs do not cross words (or do not contain a blank).
# - 0.25: Says that `c a` is then tied with `a t` at 2, so that a tie rule is needed.
# - 0.25: Corrects the stopping rule: until the vocabulary *reaches* the size.

# %% tags=["staff"]
# What the literal rule, separate words, and GPT-2's `Ġ` make of the slide's text.
for name, split in {
    "literal": {"the car the cat the rat": 1},
    "separate": {"the": 3, "car": 1, "cat": 1, "rat": 1},
    "with Ġ": count_words(["the car the cat the rat"], pretokenize_gpt2),
}.items():
    found, now = [], {word: list(word) for word in split}
    for _ in range(4):
        counted = count_pairs(now, split)
        best = select_pair(counted)
        found.append((best, counted[best]))
        now = {word: merge_pair(symbols, best) for word, symbols in now.items()}
    print(f"{name:9}", *found)

# %% [markdown]
# ## d · Encoding
#
# Training has left a list of rules. To encode a new word, **replay them**: start with its
# characters and apply every merge, in the order in which they were learned, everywhere it fits.
#
# In: `word str`, `merges [(str, str)]`. Out: `[str]`, the tokens. Nothing is counted any more; how
# often something occurs in the *new* text plays no role.
#
# **Worked example.** The word `Ġtoken` under the merges above:

# %%
for line in ("Ġ t o k e n", "Ġt o k e n", "Ġto k e n", "Ġto k en", "Ġtok en", "Ġtoken"):
    print(line)

# %% [markdown]
# Five of the nineteen rules had something to do: 1, 5, 6, 11 and 12. All others passed the word by.
#
# **Predict first.** Replay the same rules from the last to the first. What becomes of the word?
#
# <details><summary>Compare with your guess</summary>
#
# `Ġt o k en`. Rules 12, 11 and 5 come too early: what they would join is not there yet. Only 6 and 1,
# which join single characters, find something. The order is part of the tokeniser.
#
# </details>
#
# Two arguments deal with the outside world. `charset` is the set of characters that the tokeniser
# knows: any other character becomes the token `unk` *before* merging and never merges. `vocab`
# allows a shortcut: a whole word that stands in the vocabulary is its own token. You may use it or
# not; with merges from `train_bpe` it cannot change the result.
#
# ### Exercise `encode_word`


# %% exercise="encode_word" points=3 depends=["merge_pair"] title="Encoding one word"
def encode_word(word, merges, vocab=None, charset=None, unk="<UNK>"):
    """Return the tokens of one word: its characters, after all merges in the order learned.

    word: string, possibly empty.
    merges: list of pairs as `train_bpe` returns it, or the first few of such a list.
    vocab: the vocabulary that belongs to the merges, or None; need not be used.
    charset: collection of characters, or None, which means every character. A character outside it
        becomes the token `unk`.
    Returns a list of strings.
    """
    # solution
    tokens = [c if charset is None or c in charset else unk for c in word]
    # One pass for each rule is enough: a rule's own result never makes room for an older one.
    for pair in merges:
        tokens = merge_pair(tokens, pair)
    return tokens
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# A loop over the rules, with the function that merges one pair inside it.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The unknown characters first: one comprehension over the word. After that there is no difference
# between `unk` and any other symbol, except that no rule mentions it.
#
# </details>

# %% [markdown]
# ### Exercises `encode`, `decode`
#
# A text is cut with `pretokenize_gpt2` and encoded piece by piece. Decoding needs no rules at all:
# join, and turn `Ġ` back into a blank.


# %% exercise="encode" points=1 depends=["pretokenize_gpt2", "encode_word"] title="Encoding a text"
def encode(text, merges):
    """Return the tokens of a text: cut as GPT-2 does, then each piece by `encode_word`.

    text: string; "" gives [].
    merges: list of pairs.
    Returns one list of strings.
    """
    # solution
    return [t for piece, _ in pretokenize_gpt2(text) for t in encode_word(piece, merges)]
    # end


# %% exercise="decode" points=1 title="Decoding"
def decode(tokens):
    """Return the text that the tokens spell, with a blank for each `Ġ` and nothing else changed.

    tokens: list of strings, possibly empty.
    """
    # solution
    # No separator: the blanks are in the tokens already.
    return "".join(tokens).replace("Ġ", " ")
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Each piece gives a list of tokens, and one flat list is wanted: extend, do not append.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `decode(encode(text, merges)) == text` for every text without a `Ġ` of its own. If it fails, print
# both: an extra blank comes from joining, a missing one from cutting.
#
# </details>

# %%
with pending("tokens and their ids"):
    vocab, merges = train_bpe(CORPUS, 50)
    ids = {token: i for i, token in enumerate(vocab)}
    tokens = encode("This is not a token.", merges)
    print(*tokens)
    print(*(ids[token] for token in tokens))
    print(*encode("Hello, how are  you?", merges))
    print("decoded:", decode(tokens))
    # Two of these characters occur nowhere in the corpus.
    print({token: ids.get(token) for token in encode("Why?", merges)})

# %% [markdown]
# Look at the last line. An unknown character does not raise an error while encoding; it passes
# through as a token without an id, and the crash comes later, where the ids are looked up.
#
# Now look back at the training with the finished encoder: what did each merge do?

# %%
with pending("the counts of the merges"):
    all_merges = train_bpe(CORPUS, 10_000)[1]
    pieces = count_words(CORPUS, pretokenize_gpt2)
    heights, rivals = [], []
    for step, pair in enumerate(all_merges[:30]):
        counts = count_pairs({w: encode_word(w, all_merges[:step]) for w in pieces}, pieces)
        heights += [counts[pair]]
        rivals += [sum(n == counts[pair] for n in counts.values())]
    for step in range(20):
        name = "+".join(all_merges[step])
        print(f"{step + 1:2} {name:10} count {heights[step]}, {rivals[step]:2} tied")
    fig, ax = plt.subplots(figsize=(7, 2.9))
    at = np.arange(1, 31)
    ax.bar(at, heights, color="0.75", edgecolor="0.35")
    alone = [i for i in range(30) if rivals[i] == 1]
    ax.plot(at[alone], [heights[i] + 0.35 for i in alone], "C1v", label="no tie")
    ax.axvline(19.5, color="C0", linestyle="--", linewidth=1)
    ax.text(19.8, 5.6, "vocabulary of 50", color="C0")
    ax.set_xticks(at, ["+".join(pair) for pair in all_merges[:30]], rotation=90, fontsize=8)
    ax.set(xlabel="merge", ylabel="count of the pair", ylim=(0, 8))
    ax.legend(loc="upper right")

# %% [markdown]
# **Figure 1.** The count of each pair at the moment it was merged. The bars must **never rise**: a
# pair that is more frequent than the one before would have been merged first. A bar that sticks out
# means stale counts; a first bar of 4 instead of 7 means that words were counted once instead of as
# often as they occur. The triangles mark the few choices that needed no tie rule.
#
# **Predict first.** Each merge makes the corpus shorter. Is the gain per merge larger at the
# beginning or at the end, and where does the curve end?

# %%
with pending("the compression curve"):
    all_merges = train_bpe(CORPUS, 10_000)[1]
    made = [0, 5, 10, 13, 19, 27, 60, 110]
    left = [sum(len(encode(text, all_merges[:n])) for text in CORPUS) for n in made]
    print(*(f"{n} merges: {tokens} tokens" for n, tokens in zip(made, left)), sep="\n")
    print(f"with the vocabulary of 50: {left[0] / left[4]:.4f} symbols per token")
    fig, ax = plt.subplots(figsize=(6, 2.8))
    ax.plot(made, left, "o-", markersize=4, label="tokens in the corpus")
    ax.axhline(36, color="C1", linestyle="--", label="words in the corpus")
    ax.set(xlabel="merges", ylabel="number", xlim=(0, 115), ylim=(0, 205))
    ax.legend()

# %% [markdown]
# **Figure 2.** How many tokens the four sentences take. The curve must fall at every merge, by the
# count of the merged pair (or a little less, where places overlap), and it must end **on** the
# dashed line, at one token per word. A curve that ends above it: your encoder applies each rule
# once per word, or stops too early. One that crosses it: merges have crossed a word boundary.

# %%
with pending("a sentence in its tokens"):
    all_merges = train_bpe(CORPUS, 10_000)[1]

    def draw_tokens(ax, shown):
        """Draw a sentence once for each number of merges, a box around every token."""
        for row, n in enumerate(shown):
            start = 0
            found = encode("This chapter shows several tokens.", all_merges[:n])
            for number, token in enumerate(found):
                box = {"facecolor": ("0.9", "white")[number % 2], "edgecolor": "0.35"}
                ax.add_patch(plt.Rectangle((start, -row - 0.4), len(token), 0.8, **box))
                where = (start + len(token) / 2, -row)
                ax.text(*where, token, ha="center", va="center", family="monospace", fontsize=10)
                start += len(token)
        ax.set_yticks([-row for row in range(len(shown))], shown)
        ax.set(xlim=(-0.2, 34.2), ylim=(0.5 - len(shown), 0.5))
        ax.set(xlabel="place in the text", ylabel="merges")
        ax.tick_params(left=False)

    fig, ax = plt.subplots(figsize=(8, 2.4))
    draw_tokens(ax, [0, 5, 19, 60, 110])
    plt.show()
    try:
        # Where widgets run, a slider as well.
        from ipywidgets import IntSlider, interact

        @interact(merges=IntSlider(19, 0, 110))
        def slide(merges):
            _, ax = plt.subplots(figsize=(8, 0.9))
            draw_tokens(ax, [merges])
            plt.show()
    except ImportError:
        pass

# %% [markdown]
# **Figure 3.** One sentence after more and more merges, each box a token. From row to row borders
# may only **disappear**. A border that comes back shows an encoder that takes long tokens instead of
# replaying rules, and a `Ġ` inside a box a merge across two words.
#
# ## e · A tempting shortcut
#
# Why replay rules, when the vocabulary lists all tokens? "Take the longest token that fits, then go
# on behind it" needs no merges at all. It is simple, fast, used in practice (by WordPiece, as you
# will see), and for BPE **it is wrong**. Write it and prove it.
#
# ### Exercises `longest_match_encode`, `first_disagreement`


# %% exercise="longest_match_encode" points=1 title="The longest match"
def longest_match_encode(word, vocab):
    """Return the tokens of a word by taking, from the left, the longest vocabulary entry that fits.

    word: string, possibly empty.
    vocab: list of strings. A character that no entry begins with here stands for itself.
    Returns a list of strings; joined together they spell the word.
    """
    # solution
    tokens = []
    while word:
        fits = [entry for entry in vocab if entry and word.startswith(entry)]
        longest = max(fits, key=len, default=word[0])
        tokens.append(longest)
        word = word[len(longest) :]
    return tokens
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# At each place try the whole rest first, then ever shorter beginnings of it.
#
# </details>
# <details><summary>Hint 2</summary>
#
# What if not even one character is in the vocabulary? It has to be taken all the same, or the walk
# stands still.
#
# </details>


# %% exercise="first_disagreement" points=1 depends=["encode_word", "longest_match_encode"] title="Where the two differ"
def first_disagreement(words, merges, vocab):
    """Return the first of the words that merges and longest match encode differently.

    words: list of strings.
    merges, vocab: as `train_bpe` returns them.
    Returns a string, or None if they agree on every word.
    """
    # solution
    for word in words:
        if list(encode_word(word, merges)) != list(longest_match_encode(word, vocab)):
            return word
    return None
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Two calls and one comparison per word. Compare the lists of tokens: joined, both spell the word.
#
# </details>
# <details><summary>Hint 2</summary>
#
# A `return None` in the wrong place ends the search after the first word.
#
# </details>

# %% [markdown]
# **Predict first.** Is there a difference on `This is not a token.`, the usual example? And on
# the eight words of the table?


# %%
def any_rule(word, merges):
    """Return what a third encoder makes: at the first place from the left, any rule that fits."""
    tokens, i = list(word), 1
    while i < len(tokens):
        pair = tokens[i - 1], tokens[i]
        if pair in merges:
            tokens[i - 1 : i + 1] = ["".join(pair)]
            i = 1
        else:
            i += 1
    return tokens


with pending("the table of three encoders"):
    vocab, merges = train_bpe(CORPUS, 50)
    usual = ["This", "Ġis", "Ġnot", "Ġa", "Ġtoken", "."]
    table = ["Ġtoken", "Ġthe", "Ġabout", "Ġthen", "Ġtokenis", "Ġuser", "Ġsend", "Ġkind"]
    print("the usual example:", first_disagreement(usual, merges, vocab))
    print("these words:      ", first_disagreement(table, merges, vocab), "\n")
    print(f"{'word':10}{'merges in order':17}{'longest match':17}any rule, from the left")
    for word in table:
        rows = encode_word(word, merges), longest_match_encode(word, vocab), any_rule(word, merges)
        print(f"{word:10}" + "".join(f"{' '.join(row):17}" for row in rows))

# %% [markdown]
# <details><summary>Compare with your guess</summary>
#
# The usual example shows nothing: all three agree on it, which is how the wrong encoder survives in
# so many programs. Each of the last five words tells them apart.
#
# </details>

# %% [markdown] question="e" points=1 title="Why not the longest token?"
# `Ġtokeni` is in the vocabulary and longer than `Ġtoken`. Nevertheless the right tokens of
# `Ġtokenis` are `Ġtoken is`. **Explain with the numbers of the merges why**, and say in one or two
# sentences why it matters to a model if text is encoded by the longest match instead, although both
# ways spell the same text.

# %% [markdown] answer="e"
# `i s` is merge 2, `Ġtoken i` is merge 19. When the rules are replayed, `i` and `s` have long become
# `is` when merge 19 comes, and then there is no symbol `i` behind `Ġtoken` any more. The vocabulary
# has forgotten the order; only the list of merges knows it.
#
# The model was trained on tokens made by the merges. In its data `Ġtoken` was followed by `is` and
# never by an `i` that belongs to `is`, so `Ġtokeni s` is a sequence it has hardly or never seen: the
# same text, but other numbers, other vectors, and bad predictions without any error message.

# %% [markdown] rubric="e"
# - 0.5: Uses the order: `i s` (merge 2) comes before `Ġtoken i` (merge 19), so the `i` is used up.
#   "The merges say so" without numbers or order earns nothing.
# - 0.5: Says that the model was trained on the other token sequence, so that it gets ids it does not
#   know in this place. "It would be slower" or "the text changes" earns nothing.

# %% [markdown]
# ## f · WordPiece
#
# WordPiece, the tokeniser of BERT, differs in three points.
#
# - **Marks.** Words are cut as BERT does, so blanks are gone. What is not at the start of a word
#   carries `##`: `hugs` starts as `h ##u ##g ##s`. Joining drops the inner mark: `h` + `##u` is
#   `hu`, and `##u` + `##g` is `##ug`.
# - **Score.** Not the most frequent pair is joined, but the one with the highest score.
# - **Encoding** needs the vocabulary only. (A slide says that WordPiece's "goal is to learn merge
#   rules"; its own summary says that it keeps none. The summary is right.)
#
# The score compares how often two symbols stand together with how often each occurs at all. With
# $c(a)$ for the number of symbols $a$ in all words, each word counted as often as it occurs,
#
# $$ s(a, b) = \frac{c(a, b)}{c(a) \cdot c(b)} . $$
#
# In: `splits {word: [symbol, …]}`, `word_freqs {word: int}`. Out: `{(symbol, symbol): float}`.
#
# **Worked example.** `hug` 10 times, `pug` 5, `pun` 12, `bun` 4, `hugs` 5. The pair `##u ##g`
# occurs 20 times, but `##u` occurs 36 times and `##g` 20 times, so it scores 20 / (36 · 20). The
# pair `##g ##s` occurs 5 times, and `##s` occurs nowhere else.
#
# **Predict first.** BPE merges `u g` here. Which of these two pairs does WordPiece prefer, and what
# sort of pair does the score like in general?

# %%
print(f"##u ##g: 20 / (36 * 20) = {20 / (36 * 20):.4f}")
print(f"##g ##s:  5 / (20 * 5)  = {5 / (20 * 5):.4f}")

# %% [markdown]
# <details><summary>Compare with your guess</summary>
#
# `##g ##s`, although it is rare. The score asks how much more often two symbols stand together than
# their own frequencies explain. So it likes rare symbols that always come in company, and leaves
# alone what is frequent in every company.
#
# </details>
#
# The first step of each word is given.


# %% tags=["setup"]
def first_pieces(word):
    """Return the symbols a word starts with in WordPiece: its characters, all but one marked."""
    return [word[0]] + ["##" + character for character in word[1:]]


# %% [markdown]
# ### Exercise `wordpiece_scores`
#
# Divide **once**, by the product. Equal scores then come out as equal numbers, and the tie rule,
# again "first in the scan", sees them as equal. With logarithms, $0.1$ and $0.1$ can differ in the
# last digit.


# %% exercise="wordpiece_scores" points=1 depends=["count_pairs"] title="The score of a pair"
def wordpiece_scores(splits, word_freqs):
    """Return the score of each pair, count / (count of first * count of second), in scan order.

    splits: {word: [symbol, …]}, at least one symbol each.
    word_freqs: {word: number}, the same words in the same order.
    Returns {(symbol, symbol): float}, in the order in which the scan of `count_pairs` meets them.
    """
    # solution
    symbol_freqs = {}
    for word, symbols in splits.items():
        # Single-symbol words too: they hold no pair, but they do hold a symbol.
        for symbol in symbols:
            symbol_freqs[symbol] = symbol_freqs.get(symbol, 0) + word_freqs[word]
    counts = count_pairs(splits, word_freqs)
    return {(a, b): n / (symbol_freqs[a] * symbol_freqs[b]) for (a, b), n in counts.items()}
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# You have the numerator already. The denominator needs a second dictionary, of single symbols,
# counted in the same way.
#
# </details>
# <details><summary>Hint 2</summary>
#
# A word that occurs 10 times counts 10 times in both, and a word of one symbol counts below the
# line although it has no pair.
#
# </details>

# %% [markdown]
# ### Exercise `train_wordpiece`
#
# Like `train_bpe`, with `pretokenize_bert`, `first_pieces`, the score in the place of the count, and
# joining without the inner mark. The alphabet is every symbol that the words start with, sorted, so
# `##a` and `a` are two entries. Words contain no `#` of their own. If no pair is left, stop.


# %% exercise="train_wordpiece" points=2 depends=["pretokenize_bert", "count_words", "select_pair", "merge_pair", "wordpiece_scores"] title="Training WordPiece"
def train_wordpiece(
    corpus, vocab_size, special_tokens=("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
):
    """Learn a vocabulary from a corpus until it has `vocab_size` entries.

    corpus: list of strings, possibly empty.
    vocab_size: int; counts special tokens, alphabet and joined symbols.
    Returns vocab: the special tokens as given, the sorted alphabet, the joined symbols in the order
        they were made.
    """
    # solution
    word_freqs = count_words(corpus, pretokenize_bert)
    splits = {word: first_pieces(word) for word in word_freqs}
    vocab = [*special_tokens, *sorted({s for symbols in splits.values() for s in symbols})]
    while len(vocab) < vocab_size:
        pair = select_pair(wordpiece_scores(splits, word_freqs))
        if pair is None:
            break
        # `merge_pair` leaves the mark of the second part in the middle: `a##b` becomes `ab`.
        raw, joined = pair[0] + pair[1], pair[0] + pair[1][2:]
        for word, symbols in splits.items():
            merged = merge_pair(symbols, pair)
            splits[word] = [joined if symbol == raw else symbol for symbol in merged]
        vocab.append(joined)
    return vocab
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The second part of a pair never stands at the start of a word. So what are its first two
# characters?
#
# </details>
# <details><summary>Hint 2</summary>
#
# You may use `merge_pair` and repair the joined symbol afterwards, or write the walk once more with
# another way of joining.
#
# </details>

# %% [markdown]
# ### Exercise `wordpiece_encode_word`
#
# **Longest match from the left**, this time by definition: take the longest beginning of the rest
# that is in the vocabulary (with `##` in front, except at the start of the word), and go on behind
# it. If nothing fits at some place, the **whole word** becomes `[UNK]`.


# %% exercise="wordpiece_encode_word" points=2 title="Encoding a word with WordPiece"
def wordpiece_encode_word(word, vocab):
    """Return the tokens of a word by the longest match, or ["[UNK]"] if some place has none.

    word: string with at least one character and no `#`.
    vocab: list of strings as `train_wordpiece` returns it.
    Returns a list of strings.
    """
    # solution
    tokens, start = [], 0
    while start < len(word):
        mark = "##" if start else ""
        ends = [end for end in range(len(word), start, -1) if mark + word[start:end] in vocab]
        if not ends:
            # Not this piece alone: what was found before it is thrown away as well.
            return ["[UNK]"]
        tokens.append(mark + word[start : ends[0]])
        start = ends[0]
    return tokens
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Two loops: the outer one moves the start, the inner one tries ends from far to near.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Failing in the middle of a word must leave nothing of the tokens found so far.
#
# </details>

# %%
with pending("the vocabulary of WordPiece"):
    wp_vocab = train_wordpiece(CORPUS, 70)
    bert_words = count_words(CORPUS, pretokenize_bert)
    alphabet = {piece for word in bert_words for piece in first_pieces(word)}
    marked = sum(piece.startswith("##") for piece in alphabet)
    print(f"{len(bert_words)} words, {len(alphabet)} symbols:", end=" ")
    print(f"{marked} with ## and {len(alphabet) - marked} without")
    print(len(wp_vocab), "entries; the last 25:", *wp_vocab[45:])
    for word in ("Hugging", "HOgging", "H0gging", "thms"):
        print(f"{word:8}", *wordpiece_encode_word(word, wp_vocab))
    for piece, _ in pretokenize_bert("This is the Hugging Face course!"):
        print(*wordpiece_encode_word(piece, wp_vocab), end=" ")

# %% [markdown]
# `!` has become `[UNK]`, because it stands in none of the four sentences. And look for the frequent
# endings of English among the 25 joined symbols: what you find instead is `##hm`, `Fac` and `##full`,
# pairs of rare letters.

# %% tags=["staff"]
# The 25 joins with their scores, and how many pairs were tied at the top.
splits = {word: first_pieces(word) for word in bert_words}
for number in range(25):
    scores = wordpiece_scores(splits, bert_words)
    best = select_pair(scores)
    tied = sum(score == scores[best] for score in scores.values())
    print(f"{number + 1:2} {best[0]:5} {best[1]:5} {scores[best]:.4f} {tied} tied")
    whole = best[0] + best[1][2:]
    for word in splits:
        joined = merge_pair(splits[word], best)
        splits[word] = [whole if symbol == "".join(best) else symbol for symbol in joined]

# %% [markdown]
# ## g · A tokeniser for real code
#
# Four sentences are a toy. The file holds a part of the source of the kit that marks you: what a
# check is, how notebooks are read, how values travel. Your `train_bpe` reads all of it, 100,000
# characters, unchanged.
#
# **Predict first.** Which tokens will be learned first from Python code? Write three of them down.

# %%
source = json.loads(Path("data/kit_source.json").read_text(encoding="utf-8"))
print(len(source), "files,", sum(map(len, source.values())), "characters")
code_vocab, code_merges = [], []
with pending("the vocabulary of code"):
    code_vocab, code_merges = train_bpe(list(source.values()), 400)
    print("the first 24 merges:", [a + b for a, b in code_merges[:24]])
    print("the longest tokens: ", sorted(code_vocab, key=len)[-12:])

# %%
with pending("the comparison of two tokenisers"):
    vocab, merges = train_bpe(CORPUS, 50)
    tests = {
        "code": next(iter(source.values()))[:1200],
        "English": " ".join(CORPUS),
    }
    for name, text in tests.items():
        for trained, rules in (("four sentences", merges), ("code", code_merges)):
            spent = encode(text, rules)
            ratio = len(text) / len(spent)
            print(f"{name:8} with the tokeniser of {trained:15} {ratio:.2f} characters per token")
    print(*encode("    for word in words:\n        return strawberry", code_merges))

# %% [markdown]
# <details><summary>Compare with your guess</summary>
#
# Indentation comes first: runs of blanks are the most frequent thing in Python. A tokeniser is a
# summary of its corpus. On text of the other kind it is nearly back at single characters, and a
# model that pays per token pays for that.
#
# </details>

# %%
with pending("the lengths of tokens"):
    wait_for(code_vocab)
    vocab, merges = train_bpe(CORPUS, 50)
    fig, axes = plt.subplots(1, 2, figsize=(7, 2.7), sharey=True)
    shares = {"four sentences, 50 entries": vocab[1:], "code, 400 entries": code_vocab[1:]}
    for ax, (name, entries) in zip(axes, shares.items()):
        lengths = [min(len(entry), 12) for entry in entries]
        heights = np.bincount(lengths, minlength=13)[1:] / len(lengths)
        ax.bar(range(1, 13), heights, color="0.75", edgecolor="0.35")
        ax.set(title=name, xlabel="characters in a token", xticks=[1, 3, 6, 9, 12], ylim=(0, 0.7))
        ax.set_xticks([1, 3, 6, 9, 12], ["1", "3", "6", "9", "12+"])
    axes[0].set_ylabel("share of the vocabulary")

# %% [markdown]
# **Figure 4.** Lengths of the vocabulary's entries, without the special token. Single characters
# are the alphabet; to the right the bars must fall off gently, since a long token needs all its parts
# first. Nothing beyond 2 means that pairs were counted once and never again; no bar at 1 means that
# the parts of a merge were thrown out of the vocabulary.

# %%
with pending("the words that share tokens"):
    wait_for(code_merges)
    names = ["check", "checks", "checker", "message", "messages", "exercise", "exercises"]
    names += ["submission", "notebook", "strawberry"]
    spelled = [set(encode(" " + name, code_merges)) for name in names]
    shared = np.array([[len(a & b) / len(a | b) for b in spelled] for a in spelled])
    fig, ax = plt.subplots(figsize=(4.6, 4))
    fig.subplots_adjust(left=0.24, bottom=0.24)
    picture = ax.imshow(shared, cmap="Greys", vmin=0, vmax=1)
    ax.set_xticks(range(len(names)), names, rotation=90)
    ax.set_yticks(range(len(names)), names)
    fig.colorbar(picture, label="tokens in common, as a share")
    for name in names:
        print(f"{name:11}", *encode(" " + name, code_merges))

# %% [markdown]
# **Figure 5.** Which words share tokens: black is the same set, white is nothing in common. The
# picture must be symmetric with a black diagonal. Blocks along the diagonal are words that a person
# would call related, and the model gets that relation for free. The plurals share an `s`, which is
# half of a relation. `strawberry` does not occur in the code and falls into scraps; what it has in
# common with `checker` is `er`, and that means nothing.

# %% [markdown] question="g" points=1 bonus=true title="Strawberry"
# *This question is a bonus: its point comes on top of the 30.*
#
# "How many times does the letter r occur in *strawberry*?" Large models used to get this wrong.
# **Explain it with what the model gets to see**, using a line that your tokeniser printed above.
# Then name one change to the *input* or to the tokeniser that makes the question easy, and one price
# of it.

# %% [markdown] answer="g"
# The model does not get letters but the ids of a few tokens, say `Ġst ra w be r ry`, and an id says
# nothing about spelling: the vector of `ry` is not made from those of `r` and `y`. How a token is
# spelled must have been learned, indirectly, from text that happens to spell words out. Counting
# then needs two steps, recalling each spelling and adding up, without writing anything down.
#
# Easy: spell the word with blanks or hyphens (`s-t-r-a-w-…`), so that each letter becomes a token;
# or a tokeniser of characters or bytes. The price: several times as many tokens for the same text,
# so longer sequences, more computation (attention grows with the square), and less text in the
# window.

# %% [markdown] rubric="g"
# - 0.5: The model sees ids of multi-letter tokens, and the letters inside are not visible in an id;
#   refers to a printed tokenisation. "It cannot count" alone earns nothing.
# - 0.25: A change that makes letters into tokens (spelling out, character or byte tokeniser) or
#   that hands the counting to a program.
# - 0.25: A price that belongs to it: longer sequences, more computation, less context, a tool to run.

# %% [markdown] question="h" points=1 bonus=true title="Four statements"
# *This question is a bonus as well.* Four statements from slides. Each is wrong. **Correct each in one
# sentence**, and give an example or a number where you can.
#
# 1. "UTF-8 has variable length, so it can represent infinitely many characters."
# 2. "`[the, mouse, ate, the, cheese]` → `[1, 232, 32, 50, 39]`."
# 3. "Byte-pair encoding was developed by OpenAI for GPT-2."
# 4. "What happens with an unknown character? This code (your `encode_word`) would fail."

# %% [markdown] answer="h"
# 1. UTF-8 takes one to four bytes per code point, and Unicode has 1,114,112 code points: many, but
#    finitely many. (UTF-32 has a fixed length and represents exactly as many.)
# 2. The two occurrences of `the` have different ids, 1 and 50. An id depends on the token alone, not
#    on its place.
# 3. It is a compression algorithm of 1994, adapted to machine translation in 2015/16. GPT-2 brought
#    the variant on bytes.
# 4. It does not raise anything: the character passes through as a token that is not in the
#    vocabulary. The failure comes where the id is looked up.

# %% [markdown] rubric="h"
# - 0.25: Statement 1: at most four bytes, or 1,114,112 code points, so finitely many.
# - 0.25: Statement 2: the same token must have the same id; names the two occurrences of `the`.
# - 0.25: Statement 3: older than GPT-2 (compression in the 1990s, translation 2015/16); GPT-2's part
#   is the byte level.
# - 0.25: Statement 4: no error in encoding; an unknown token without an id is the result.

# %% [markdown]
# ## h · Bytes: the bonus
#
# *This part is a bonus: its two points come on top of the 30.*
#
# What about `字`, or `😀`, which no alphabet of four sentences knows? UTF-8 writes every character as
# one to four bytes, and there are only 256 bytes. A tokeniser whose alphabet is the bytes can spell
# everything and needs no unknown token.
#
# To *see* a byte, GPT-2 gives each a printable character. The 188 bytes from `!` to `~`, `¡` to `¬`
# and `®` to `ÿ` stand for the character of the same number. The other 68, in rising order, get the
# characters with the numbers 256, 257, 258, … So the blank, byte 32, is the 33rd of them and gets
# number 288, and that is `Ġ`: the sign you have been using is a byte.

# %%
for text in ("a", "é", "字", "😀"):
    print(text, len(text), "character,", len(text.encode()), "bytes:", list(text.encode()))
print(0x10FFFF + 1, "code points in Unicode")
print("byte 32:", chr(256 + 32), " newline, byte 10:", chr(256 + 10), " tab, byte 9:", chr(256 + 9))

# %% [markdown]
# **Predict first.** A web page shows `cafÃ©`. What has happened?

# %%
print("café".encode("utf-8").decode("latin-1"))

# %% [markdown]
# <details><summary>Compare with your guess</summary>
#
# `é` is two bytes in UTF-8; somebody read them as two characters. In the byte alphabet both stand
# for themselves, so `cafÃ©` is exactly how GPT-2 spells `café` on the inside.
#
# </details>
#
# ### Exercises `byte_alphabet`, `train_byte_bpe`, `encode_bytes`, `decode_bytes`
#
# Text is cut by `pretokenize_gpt2`; each piece **as it stands in the text** (use the offsets) is
# encoded in UTF-8, and each byte becomes its character. From there on everything is as before.


# %% exercise="byte_alphabet" points=0.5 bonus=true title="A character for each byte"
def byte_alphabet():
    """Return {byte: character} for the bytes 0 to 255, by the rule above.

    Returns a dictionary from int to a string of one printable character; all 256 differ.
    """
    # solution
    visible = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1)]
    visible += range(ord("®"), ord("ÿ") + 1)
    alphabet, hidden = {}, 0
    for byte in range(256):
        if byte in visible:
            alphabet[byte] = chr(byte)
        else:
            # Moved out of the way, past everything that one byte can be.
            alphabet[byte] = chr(256 + hidden)
            hidden += 1
    return alphabet
    # end


# %% exercise="train_byte_bpe" points=0.5 bonus=true depends=["pretokenize_gpt2", "count_pairs", "select_pair", "merge_pair", "byte_alphabet"] title="BPE on bytes"
def train_byte_bpe(corpus, vocab_size):
    """Learn merges on bytes; like `train_bpe`, but the alphabet is all 256 bytes.

    corpus: list of strings, any characters.
    vocab_size: int; counts the 256 bytes and the merged symbols.
    Returns (vocab, merges): the characters of the bytes 0 to 255 in this order, then the merged
        symbols; and the merged pairs in order.
    """
    # solution
    alphabet = byte_alphabet()
    word_freqs = {}
    for text in corpus:
        for _, (start, end) in pretokenize_gpt2(text):
            spelled = "".join(alphabet[byte] for byte in text[start:end].encode())
            word_freqs[spelled] = word_freqs.get(spelled, 0) + 1
    splits = {word: list(word) for word in word_freqs}
    vocab, merges = [alphabet[byte] for byte in range(256)], []
    while len(vocab) < vocab_size:
        pair = select_pair(count_pairs(splits, word_freqs))
        if pair is None:
            break
        for word in splits:
            splits[word] = merge_pair(splits[word], pair)
        merges.append(pair)
        vocab.append("".join(pair))
    return vocab, merges
    # end


# %% exercise="encode_bytes" points=0.5 bonus=true depends=["pretokenize_gpt2", "encode_word", "byte_alphabet"] title="Encoding any text"
def encode_bytes(text, merges):
    """Return the tokens of any text, in the characters of `byte_alphabet`.

    text: string, any characters.
    merges: as `train_byte_bpe` returns them.
    """
    # solution
    alphabet, tokens = byte_alphabet(), []
    for _, (start, end) in pretokenize_gpt2(text):
        # The offsets lead back to the text itself: in the piece, a blank is a Ġ already.
        spelled = "".join(alphabet[byte] for byte in text[start:end].encode())
        tokens += encode_word(spelled, merges)
    return tokens
    # end


# %% exercise="decode_bytes" points=0.5 bonus=true depends=["byte_alphabet"] title="Decoding bytes"
def decode_bytes(tokens):
    """Return the text that tokens of `encode_bytes` spell.

    tokens: list of strings over `byte_alphabet`. Bytes that are no UTF-8 (a token may end in the
        middle of a character) become the replacement character U+FFFD, as `errors="replace"` does.
    """
    # solution
    back = {character: byte for byte, character in byte_alphabet().items()}
    # Joined first: one character may have been spread over two tokens.
    return bytes(back[c] for c in "".join(tokens)).decode(errors="replace")
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `"é".encode()` gives bytes, and a loop over bytes gives ints. `bytes([195, 169]).decode()` goes
# back.
#
# </details>
# <details><summary>Hint 2: the round trip fails for a few texts</summary>
#
# Join all tokens before you decode. A token may hold half a character.
#
# </details>

# %%
with pending("text that nobody trained on"):
    byte_vocab, byte_merges = train_byte_bpe(CORPUS, 275)
    for text in ("This is not a token.", "café", "字 and 😀"):
        tokens = encode_bytes(text, byte_merges)
        print(*tokens, "→", decode_bytes(tokens))
    print("the same 19 merges as before:", byte_merges == train_bpe(CORPUS, 50)[1])

# %% [markdown]
# ## Before you hand in
#
# - Both names stand in `MEMBERS`.
# - *Restart and run all* goes through without an error, and the outputs are stored in the notebook.
# - Every `check` passes, or you know why not.
# - Questions c and e have an answer; g and h, if you like.
#
# The ids that you have made are all that the next notebook sees. It gives each of them a vector,
# and lets the vectors look at each other.
