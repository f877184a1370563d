"""The hidden checks: other values, and properties that hold everywhere."""

import math

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checks import RemoteObject, check, close, expect_error, fail, numbers, require

INF = math.inf
# How far a number may be off that was computed in single precision.
SINGLE = 2e-5


def slack(*results):
    """Return the error allowed to results: single precision carries about seven digits."""
    return SINGLE if any("float32" in str(getattr(r, "dtype", "")) for r in results) else 1e-9


def tensor(*values):
    """Return logits or probabilities in double precision."""
    return torch.tensor(values, dtype=torch.float64)


def softmax(logits):
    """Return the probabilities of an array of logits, of which not all are -inf."""
    weights = np.exp(logits - np.max(logits))
    return weights / weights.sum()


def probabilities(result, size, name):
    """Return what a softmax makes of logits that a function returned; 0 for -inf."""
    values = numbers(result, f"The result of `{name}`")
    if values.shape != (size,):
        fail(f"`{name}` must return one logit per token", f"shape {values.shape}", f"({size},)")
    require(not np.isnan(values).any(), f"`{name}` returns NaN", result)
    require(not (values == INF).any(), f"`{name}` returns a logit of +inf", result)
    require((values > -INF).any(), f"`{name}` leaves no token possible", result)
    return softmax(values)


def same_law(result, wanted, name, message="", at=None):
    """Fail the check unless the logits that came back have these probabilities."""
    probs = probabilities(result, len(wanted), name)
    what = "The probability after a softmax"
    close(probs, wanted, atol=slack(result), rtol=slack(result), at=at, what=what, message=message)


def unchanged(before, after, name):
    """Fail the check if a call has changed the tensor or list it was given."""
    message = f"`{name}` changes what it was given: work on a copy"
    same = np.array_equal(numbers(before), numbers(after))
    require(same, message, after, before)


def tokens_of(result, name):
    """Return a sequence of ids as a list of integers."""
    if isinstance(result, list | tuple) and not result:
        return []
    values = numbers(result, f"The result of `{name}`")
    whole = values.ndim == 1 and (values == np.round(values)).all()
    require(whole, f"`{name}` must return a list of ids", result)
    return values.astype(int).tolist()


def same_tokens(result, wanted, name, message="", where=""):
    """Fail the check unless a sequence of ids is the one expected."""
    found = tokens_of(result, name)
    text = message or f"`{name}` does not return the right sequence"
    require(found == wanted, text, found, wanted, where)


def same_beam(result, wanted, message=""):
    """Fail the check unless pairs (score, tokens) are the ones expected, best first."""
    if isinstance(result, RemoteObject) or not isinstance(result, list | tuple):
        fail("`beam_search` must return a list of pairs (score, tokens)", result)
    pairs = []
    for pair in result:
        good = isinstance(pair, list | tuple) and len(pair) == 2
        require(good, "`beam_search` must return a list of pairs (score, tokens)", pair)
        score = numbers(pair[0], "A score").reshape(-1)
        require(score.size == 1, "A score is not a single number", pair[0])
        pairs.append((float(score[0]), tokens_of(pair[1], "beam_search")))
    text = message or "`beam_search` does not return the right hypotheses, best first"
    got, expected = [p[1] for p in pairs], [list(p[1]) for p in wanted]
    require(got == expected, text, got, expected)
    scores = [p[0] for p in wanted]
    close([p[0] for p in pairs], scores, atol=SINGLE, rtol=SINGLE, what="A score")


def counts_of(result, name="ngram_counts"):
    """Return {context: {token: count}} without zeros, from whatever kind of dictionary."""
    good = isinstance(result, dict) and all(isinstance(row, dict) for row in result.values())
    require(good, f"`{name}` must return a dictionary of dictionaries", result)
    require(
        all(isinstance(context, tuple) for context in result),
        "A context must be a tuple, also where it has one token or none",
        next(iter(result), None),
    )
    rows = {
        c: {t: float(numbers(k, "A count")) for t, k in row.items()} for c, row in result.items()
    }
    kept = {c: {t: k for t, k in row.items() if k} for c, row in rows.items()}
    return {c: row for c, row in kept.items() if row}


def row_of(result, vocab):
    """Return a row of probabilities in the order of the vocabulary."""
    if isinstance(result, dict):
        missing = [word for word in vocab if word not in result]
        require(not missing, "`ngram_probs` leaves out a word of the vocabulary", missing)
        require(len(result) == len(vocab), "`ngram_probs` has more words than the vocabulary")
        return numbers([result[word] for word in vocab], "The probabilities")
    return numbers(result, "The result of `ngram_probs`")


def floats(lo, hi):
    """Return numbers in [lo, hi] without subnormal ones, which some processors round to zero."""
    return st.floats(lo, hi, allow_subnormal=False)


def history(size, seed=0, impossible=False):
    """Return next_logits that depend on every token so far, with a constant that does, too.

    With `impossible` two of the tokens cannot come next, which ones depends on the history.
    """

    def next_logits(ids):
        state = 17 + seed % 9973
        for token in ids:
            state = (state * 31 + int(token) + 7) % 9973
        spread = [1.7 * math.sin(state * (i + 1) + i * i) for i in range(size)]
        logits = tensor(*spread) + state % 11
        if impossible:
            logits[[state % size, (state + 1) % size]] = -INF
        return logits

    return next_logits


def rows(*laws):
    """Return next_logits that go through rows of probabilities, one per token generated."""

    def next_logits(ids):
        return torch.log(tensor(*laws[min(len(ids), len(laws) - 1)])) + 3 * len(ids)

    return next_logits


# Logits without ties, two tokens of them impossible.
SPREAD = (0.3, -1.2, 2.5, -INF, 0.9, 1.4, -3.0, -INF, 2.1, -0.4, 1.05)


# b: ngram_counts, ngram_probs


@check(
    "ngram_counts",
    hint="The first window begins at the first token, the last one ends at the last.",
)
def check_windows(submission, reference, rng):
    """For n from 1 to 4, each window of n neighbours is counted once, and none runs over an end."""
    tokens = rng.integers(0, 3, 59).tolist()
    for n in (1, 2, 3, 4):
        found = counts_of(submission.ngram_counts(list(tokens), n))
        require(found == reference.ngram_counts(tokens, n), "The counts are not right", f"n = {n}")


@check("ngram_counts", hint="How many windows of n tokens does a short text have?")
def check_short_texts(submission):
    """A text of n tokens has one window of n, a shorter one has none."""
    found = counts_of(submission.ngram_counts(["x", "y", "x"], 3))
    require(found == {("x", "y"): {"x": 1}}, "A text of n tokens is counted wrongly", found)
    for tokens in (["x", "y"], ["x"], []):
        found = counts_of(submission.ngram_counts(tokens, 3))
        require(found == {}, "A text of fewer than n tokens has counts", found, {})


@check("ngram_counts", hint="A context counts as often as something followed it.")
@settings(max_examples=12)
@given(st.lists(st.sampled_from("abc"), max_size=12), st.integers(1, 4))
def check_total_counts(submission, tokens, n):
    """All counts together are the number of windows, L - n + 1."""
    found = counts_of(submission.ngram_counts(list(tokens), n))
    total = sum(sum(row.values()) for row in found.values())
    require(total == max(len(tokens) - n + 1, 0), "The counts do not add up to L - n + 1", total)


TRIGRAMS = {("x", "y"): {"z": 3, "x": 1}, ("y", "z"): {"x": 7}, ("z", "x"): {"y": 2, "z": 2}}
LETTERS = ["z", "x", "w", "y", "v"]


@check("ngram_probs", hint="Each of the V words gets its ε: how many ε are in the denominator?")
@settings(max_examples=12)
@given(st.sampled_from([*TRIGRAMS, ("x", "x")]), floats(0.01, 5))
def check_rows_sum(submission, context, eps):
    """The probabilities of a row sum to 1, whatever ε and whether or not the context was seen."""
    row = row_of(submission.ngram_probs(context, TRIGRAMS, LETTERS, eps), LETTERS)
    close(row.sum(), 1, atol=SINGLE, what="The sum of a row")


@check("ngram_probs", hint="(count + ε) / (count of the context + ε·V).")
def check_other_rows(submission, reference):
    """Counts of more than one, contexts of two words, words of the vocabulary that never occurred."""
    for context in (*TRIGRAMS, ("v", "w")):
        for eps in (0.5, 0.03, 2):
            result, left = submission.call_and_look("ngram_probs", context, TRIGRAMS, LETTERS, eps)
            same = left[1] == TRIGRAMS and left[2] == LETTERS
            require(same, "`ngram_probs` changes the counts or the vocabulary it was given")
            row = row_of(result, LETTERS)
            wanted = reference.ngram_probs(context, TRIGRAMS, LETTERS, eps)
            close(row, list(wanted.values()), atol=SINGLE, what="A probability")


@check("ngram_probs", hint="Without smoothing the formula says 0/0 after an unseen context.")
def check_without_smoothing(submission):
    """With ε = 0 a row holds the normalised counts, and an unseen context raises a ValueError."""
    row = row_of(submission.ngram_probs(("x", "y"), TRIGRAMS, LETTERS, 0), LETTERS)
    close(row, [0.75, 0.25, 0, 0, 0], atol=SINGLE, what="A probability")
    message = "`ngram_probs` must raise a ValueError for an unseen context when eps is 0"
    call = lambda: submission.ngram_probs(("v", "v"), TRIGRAMS, LETTERS, 0)
    expect_error(call, "ValueError", message)


# c: sequence_logprob, perplexity


@check("sequence_logprob", hint="The logarithm of a product is a sum of logarithms. Natural ones.")
@settings(max_examples=12)
@given(st.lists(floats(0.01, 1), min_size=1, max_size=9))
def check_logprob_anywhere(submission, probs):
    """The score is the sum of the natural logarithms, for one token as for many."""
    result = submission.sequence_logprob(list(probs))
    close(result, math.fsum(map(math.log, probs)), atol=slack(result), what="The score")


@check("sequence_logprob", hint="Which intermediate result is too small for a computer?")
def check_long_sequence(submission, rng):
    """The score of a long text is finite, although its probability is too small to be written."""
    probs = rng.uniform(0.001, 0.01, 997)
    result = submission.sequence_logprob(probs.tolist())
    close(result, np.log(probs).sum(), rtol=1e-6, what="The score")


@check("perplexity", hint="exp(-mean of ln p): one base, one count.")
@settings(max_examples=12)
@given(st.lists(floats(0.02, 1), min_size=1, max_size=9))
def check_perplexity_anywhere(submission, probs):
    """The perplexity is the inverse of the geometric mean, every token counted."""
    result = submission.perplexity(list(probs))
    wanted = math.exp(-math.fsum(map(math.log, probs)) / len(probs))
    close(result, wanted, rtol=1e-6, what="The perplexity")


@check("perplexity", hint="If all V tokens are equally probable, how many choices are there?")
def check_uniform_perplexity(submission):
    """A uniform model over 40 words has the perplexity 40, whatever the length of the text."""
    for length in (1, 2, 31):
        close(submission.perplexity([1 / 40] * length), 40, rtol=1e-6, what="The perplexity")


# d: apply_temperature


@check("apply_temperature", hint="p_i(T) is proportional to p_i to the power 1/T.")
@settings(max_examples=15)
@given(st.lists(floats(-6, 6), min_size=2, max_size=7), floats(0.2, 20))
def check_temperature_anywhere(submission, logits, T):
    """Any logits, normalised or not, at any temperature: the law is softmax(logits / T)."""
    wanted = softmax(np.array(logits) / T)
    same_law(submission.apply_temperature(tensor(*logits), T), wanted, "apply_temperature")


@check("apply_temperature", hint="Divide, do not multiply; divide logits, not probabilities.")
def check_entropy_grows(submission):
    """The hotter, the flatter: the entropy grows with the temperature."""
    before = -1.0
    for T in (0.2, 0.7, 1.0, 3.0, 11.0):
        result = submission.apply_temperature(tensor(*SPREAD), T)
        probs = probabilities(result, 11, "apply_temperature")
        entropy = -(probs * np.log(np.maximum(probs, 1e-300))).sum()
        require(entropy > before, "A hotter distribution is less flat", where=f"T = {T}")
        before = entropy


@check("apply_temperature", hint="What does your code make of -inf at each special temperature?")
def check_impossible_stays(submission):
    """An impossible token stays impossible at every temperature, 0 and infinity included."""
    logits = tensor(*SPREAD)
    possible = np.isfinite(logits.numpy())
    for T in (0, 0.01, 1, 50, INF):
        result = submission.apply_temperature(logits, T)
        probs = probabilities(result, 11, "apply_temperature")
        message = "An impossible token has become possible"
        require((probs[~possible] == 0).all(), message, where=f"T = {T}")
        if T == 0:
            close(probs, [0, 0, 1, *[0] * 8], what="The probability at T = 0")
        if T == INF:
            close(probs, possible / 9, atol=SINGLE, what="The probability at T = inf")


@check("apply_temperature", hint="A very small T is not the same as 0.")
def check_cold_ties(submission):
    """At T = 0 the first of the largest logits gets everything, however close the others are."""
    for logits, best in (
        ((2.0, 7.0, 7.0, -INF, 7.0), 1),
        ((-5.0, -5.0, -5.0), 0),
        ((1.0, 1.0 + 1e-6, 0.0), 1),
        ((-INF, -800.0, -INF, -800.0), 1),
    ):
        result = submission.apply_temperature(tensor(*logits), 0)
        wanted = np.eye(len(logits))[best]
        same_law(result, wanted, "apply_temperature", "T = 0 does not give the first arg max")


@check("apply_temperature", hint="Say it before you divide.")
def check_negative_temperature(submission):
    """A negative temperature raises a ValueError."""
    for T in (-1.0, -0.001):
        message = "`apply_temperature` must raise a ValueError for a negative T"
        expect_error(
            lambda T=T: submission.apply_temperature(tensor(1, 2), T), "ValueError", message
        )


@check("apply_temperature", hint="Return a new tensor; the caller may still need the old one.")
def check_temperature_copies(submission):
    """The logits that were given are the same afterwards, at every temperature."""
    logits = tensor(*SPREAD)
    for T in (0, 0.5, 1, INF):
        _, left = submission.call_and_look("apply_temperature", logits.clone(), T)
        unchanged(logits, left[0], "apply_temperature")


# e: categorical_from_uniform


def selected(weights, u):
    """Return the token that u selects; the weights and their sums are exact in double precision."""
    sums = np.cumsum(np.array(weights, dtype=np.float64))
    above = np.flatnonzero(sums > u * sums[-1])
    return int(above[0]) if above.size else int(np.flatnonzero(weights)[-1])


@check("categorical_from_uniform", hint="A piece contains its left end and not its right one.")
def check_exact_ends(submission):
    """Where u is exactly a running sum, the next possible token is selected."""
    weights = (0.0, 0.25, 0.0, 0.125, 0.5, 0.0, 0.125, 0.0)
    for u in (0.0, 0.25, 0.375, 0.875, 0.1, 0.3, 0.99):
        token = submission.categorical_from_uniform(tensor(*weights), u)
        close(token, selected(weights, u), what="The token", at=u)


@check("categorical_from_uniform", hint="Compare the running sum with u times the total.")
def check_unnormalised(submission):
    """The weights need not sum to one: the share u of their total is what counts."""
    for weights in ((2, 1, 1), (0.125, 0.25, 0.125), (0, 64, 0, 192), (3, 5, 8)):
        for u in (0.03, 0.2, 0.45, 0.6, 0.7, 0.95):
            token = submission.categorical_from_uniform(tensor(*weights), u)
            close(token, selected(weights, u), what="The token", at=u)


@check("categorical_from_uniform", hint="What do you return when no sum exceeds u?")
def check_never_impossible(submission):
    """Rounding never leads to a token of probability 0, nor past the end of the vocabulary."""
    edge = 1 - 2.0**-53
    for weights in (
        torch.tensor([0.3, 0.7, 0.0]),
        torch.tensor([0.1] * 10 + [0.0, 0.0]),
        torch.tensor([1 / 3, 1 / 3, 1 / 3, 0.0]),
        tensor(*[0.1] * 10, 0, 0),
        tensor(0, 1, 0),
    ):
        last = int(np.flatnonzero(weights.numpy())[-1])
        result = submission.categorical_from_uniform(weights, edge)
        close(result, last, what="The token for a u just below 1")


@check("categorical_from_uniform", hint="The answer is where u lands, nothing more.")
@settings(max_examples=15)
@given(st.lists(st.integers(0, 64), min_size=1, max_size=7), st.integers(0, 1023))
def check_token_anywhere(submission, weights, u):
    """For any weights and any u the token is the one into whose piece u falls."""
    # An odd number of 2048ths is never an exact end of a piece: the totals are smaller.
    weights, u = [*weights, 1], (2 * u + 1) / 2048
    token = submission.categorical_from_uniform(tensor(*weights), u)
    close(token, selected(weights, u), what="The token")


# f: greedy_decode


@check("greedy_decode", hint="With which list is the model asked in the second round?")
def check_whole_history(submission, reference):
    """Each token depends on all before it: on the first of the prompt as on the last generated."""
    model = history(7)
    for first in range(4):
        prompt = [first, *[2, 5, 0, 3, 1] * 7]
        wanted = reference.greedy_decode(model, prompt, 9, 99)
        result = submission.greedy_decode(model, list(prompt), 9, 99)
        message = "The tokens do not follow from the whole sequence before them"
        same_tokens(result, wanted, "greedy_decode", message)


@check("greedy_decode", hint="Append first, then look whether it was the end.")
def check_end(submission):
    """A generated eos ends the sequence and stays; one in the prompt means nothing."""
    model = rows([0.2, 0.5, 0.3], [0.1, 0.2, 0.7], [0.6, 0.3, 0.1], [0.3, 0.6, 0.1])
    for prompt, most, eos, wanted in (
        ([], 9, 0, [1, 2, 0]),
        ([], 9, 1, [1]),
        ([], 2, 0, [1, 2]),
        ([2, 0], 4, 0, [2, 0, 0]),
        ([0], 9, 0, [0, 2, 0]),
        ([1], 0, 0, [1]),
        ([0, 2], 3, 2, [0, 2, 0, 1, 1]),
    ):
        result = submission.greedy_decode(model, list(prompt), most, eos)
        message = "The sequence does not end where it should"
        same_tokens(result, wanted, "greedy_decode", message)


@check("greedy_decode", hint="Of equal logits the lowest id.")
def check_greedy_ties(submission):
    """Of equally probable tokens the one with the lowest id is taken."""
    model = rows([0.2, 0.4, 0.4, 0], [0.25, 0.25, 0.25, 0.25], [0, 0, 0.5, 0.5])
    same_tokens(submission.greedy_decode(model, [], 3, 9), [1, 0, 2], "greedy_decode")


@check("greedy_decode", hint="Do not write into the list that you were given.")
@settings(max_examples=10)
@given(st.lists(st.integers(0, 4), max_size=6), st.integers(0, 6), st.integers(0, 10**6))
def check_greedy_anywhere(submission, reference, prompt, most, seed):
    """For any model and prompt, the prompt is kept, and what follows is most probable."""
    model = history(5, seed, impossible=True)
    result, left = submission.call_and_look("greedy_decode", model, list(prompt), most, 3)
    unchanged(prompt, left[1], "greedy_decode")
    same_tokens(result, reference.greedy_decode(model, prompt, most, 3), "greedy_decode")


# g: top_k_filter, top_p_filter


def largest(logits, kept):
    """Return the law of the `kept` largest logits."""
    values = np.array(logits)
    values[np.argsort(-values)[kept:]] = -INF
    return softmax(values)


@check("top_k_filter", hint="Exactly k tokens, each where it was, the rest -inf.")
def check_exactly_k(submission):
    """Exactly the k most probable tokens stay, in their old places, for every k."""
    for k in (1, 2, 3, 5, 8, 9):
        message = "Other tokens than the k most probable ones stay"
        result = submission.top_k_filter(tensor(*SPREAD), k)
        same_law(result, largest(SPREAD, k), "top_k_filter", message)


@check("top_k_filter", hint="A removed token has the logit -inf, not 0.")
@settings(max_examples=12)
@given(st.lists(st.integers(-40, 40), min_size=1, max_size=8, unique=True), st.integers(1, 10))
def check_top_k_anywhere(submission, logits, k):
    """For any different logits the k largest keep their ratios, and all others lose everything."""
    wanted = largest([x / 8 for x in logits], k)
    result = submission.top_k_filter(tensor(*logits) / 8, k)
    same_law(result, wanted, "top_k_filter")


@check("top_k_filter", hint="What is already impossible must not come back.")
def check_top_k_impossible(submission):
    """With fewer than k possible tokens, the impossible ones stay impossible; k < 0 raises."""
    for k in (9, 10, 11, 12):
        same_law(submission.top_k_filter(tensor(*SPREAD), k), largest(SPREAD, 9), "top_k_filter")
    message = "`top_k_filter` must raise a ValueError for a negative k"
    expect_error(lambda: submission.top_k_filter(tensor(1, 2, 3), -2), "ValueError", message)


@check("top_k_filter", hint="Return a new tensor; the caller may still need the old one.")
def check_top_k_copies(submission):
    """The logits that were given are the same afterwards."""
    logits = tensor(*SPREAD)
    _, left = submission.call_and_look("top_k_filter", logits.clone(), 4)
    unchanged(logits, left[0], "top_k_filter")


def nucleus(probs, p):
    """Return the law of the smallest set that reaches p, or None if a sum is too close to p."""
    probs = np.array(probs, dtype=np.float64)
    order = np.argsort(-probs)
    sums = np.cumsum(probs[order])
    if (np.abs(sums[:-1] - p) < 1e-4).any():
        return None
    kept = np.zeros_like(probs)
    size = 1 + int((sums < p).sum()) if p < 1 else len(probs)
    kept[order[:size]] = probs[order[:size]]
    return kept / kept.sum()


@check("top_p_filter", hint="Sort, add up, and bring the mask back into the old order.")
def check_nucleus(submission):
    """The smallest set that reaches p stays, the crossing token included, in the old places."""
    probs = (0.02, 0.21, 0.07, 0.33, 0.0, 0.16, 0.05, 0.11, 0.05 - 1e-3, 0.001)
    logits = torch.log(tensor(*probs)) - 7
    for p in (0.2, 0.34, 0.5, 0.6, 0.75, 0.85, 0.92, 0.99):
        message = "Other tokens than those of the nucleus stay"
        same_law(submission.top_p_filter(logits, p), nucleus(probs, p), "top_p_filter", message)


@check("top_p_filter", hint="The token before which the sum is still below p stays.")
@settings(max_examples=15)
@given(st.lists(st.integers(1, 200), min_size=1, max_size=7, unique=True), floats(0.02, 0.98))
def check_nucleus_anywhere(submission, weights, p):
    """For any probabilities and any p away from a boundary."""
    probs = np.array(weights) / sum(weights)
    wanted = nucleus(probs, p)
    if wanted is not None:
        same_law(submission.top_p_filter(torch.log(tensor(*probs)), p), wanted, "top_p_filter")


@check("top_p_filter", hint="Logits are not normalised: the softmax comes before the sums.")
def check_shifted_logits(submission):
    """Adding the same number to all logits changes nothing."""
    probs = (0.15, 0.45, 0.1, 0.3)
    for shift in (-60.0, -3.0, 0.0, 5.0, 80.0):
        message = "The nucleus changes when a number is added to all logits"
        result = submission.top_p_filter(torch.log(tensor(*probs)) + shift, 0.7)
        same_law(result, nucleus(probs, 0.7), "top_p_filter", message)


@check(
    "top_p_filter", hint="p = 1 keeps every possible token, also when the sum ends at 0.9999999."
)
def check_everything(submission):
    """p = 1 keeps everything, in either precision, and impossible tokens stay impossible."""
    for probs in ([0.1] * 10, [0.3, 0.0, 0.7], [1 / 7] * 7, [0.05, 0.15, 0.35, 0.45]):
        logits = torch.log(tensor(*probs))
        wanted = np.array(probs) / sum(probs)
        same_law(submission.top_p_filter(logits, 1.0), wanted, "top_p_filter")
        result = submission.top_p_filter(logits.float(), 1.0)
        close(probabilities(result, len(probs), "top_p_filter"), wanted, atol=SINGLE)


@check("top_p_filter", hint="A p outside (0, 1] is no share of anything.")
def check_top_p_refuses(submission):
    """A p of 0 or less, or above 1, raises a ValueError."""
    for p in (0.0, -0.5, 1.5):
        message = "`top_p_filter` must raise a ValueError for a p outside (0, 1]"
        expect_error(lambda p=p: submission.top_p_filter(tensor(1, 2, 3), p), "ValueError", message)


@check("top_p_filter", hint="Return a new tensor; the caller may still need the old one.")
def check_top_p_copies(submission):
    """The logits that were given are the same afterwards."""
    logits = tensor(*SPREAD)
    _, left = submission.call_and_look("top_p_filter", logits.clone(), 0.7)
    unchanged(logits, left[0], "top_p_filter")


# h: ancestral_sample


@check("ancestral_sample", hint="Number i of the uniforms selects new token i.")
def check_uniforms_in_order(submission, reference, rng):
    """Without filters, each token is the one that its own uniform selects, given all before it."""
    model = history(6)
    for _ in range(4):
        uniforms = rng.random(13)
        wanted = reference.ancestral_sample(model, [3, 1], 11, 99, uniforms)
        result = submission.ancestral_sample(model, [3, 1], 11, 99, uniforms)
        same_tokens(result, wanted, "ancestral_sample")


@check("ancestral_sample", hint="Temperature, then top-k, then top-p, then one softmax.")
def check_order_of_filters(submission, reference, rng):
    """Temperature, top-k and top-p act in this order, each on what the one before has left."""
    model = rows([0.42, 0.26, 0.2, 0.12], [0.12, 0.48, 0.04, 0.36], [0.3, 0.1, 0.15, 0.45])
    for T, k, p in (
        (1.0, 2, 0.58),
        (2.0, None, 0.4),
        (0.5, None, 0.55),
        (2.5, 3, 0.6),
        (0.4, 3, 0.9),
        (1.0, 3, None),
        (1.0, 1, None),
        (0, None, None),
        (INF, None, None),
    ):
        for uniforms in rng.random((4, 3)).tolist() + [[0.99, 0.98, 0.97], [0.35, 0.45, 0.55]]:
            wanted = reference.ancestral_sample(model, [], 3, 9, uniforms, T, k, p)
            result = submission.ancestral_sample(model, [], 3, 9, uniforms, T=T, top_k=k, top_p=p)
            where = f"T = {T}, top_k = {k}, top_p = {p}"
            same_tokens(result, wanted, "ancestral_sample", where=where)


@check("ancestral_sample", hint="The same three lines as in greedy decoding.")
def check_sample_ends(submission):
    """A generated eos ends the sequence and stays; one in the prompt means nothing."""
    model = rows([0.25, 0.25, 0.5], [0.5, 0.25, 0.25], [0.25, 0.5, 0.25])
    uniforms = [0.6, 0.1, 0.3, 0.9, 0.3]
    for prompt, most, eos, wanted in (
        ([], 5, 0, [2, 0]),
        ([], 5, 2, [2]),
        ([0], 3, 0, [0, 1, 0]),
        ([1, 2], 0, 0, [1, 2]),
        ([], 3, 9, [2, 0, 1]),
    ):
        result = submission.ancestral_sample(model, list(prompt), most, eos, uniforms)
        message = "The sequence does not end where it should"
        same_tokens(result, wanted, "ancestral_sample", message)


@check("ancestral_sample", hint="The same uniforms give the same tokens.")
@settings(max_examples=10)
@given(
    st.lists(st.integers(0, 4), max_size=5),
    st.lists(st.integers(0, 999), min_size=6, max_size=6),
    st.integers(0, 10**6),
    st.sampled_from([(1.0, None, None), (0.6, 3, None), (1.7, None, 0.8), (0, None, None)]),
)
def check_sample_anywhere(submission, reference, prompt, draws, seed, how):
    """For any model, prompt and uniforms; what was given is not changed."""
    model, uniforms = history(5, seed, impossible=True), [(x + 0.5) / 1000 for x in draws]
    call = (model, list(prompt), 6, 2, list(uniforms), *how)
    result, left = submission.call_and_look("ancestral_sample", *call)
    unchanged(prompt, left[1], "ancestral_sample")
    unchanged(uniforms, left[4], "ancestral_sample")
    wanted = reference.ancestral_sample(model, prompt, 6, 2, uniforms, *how)
    same_tokens(result, wanted, "ancestral_sample")


@check("ancestral_sample", hint="Weights, not logits, are what a draw needs.")
def check_frequencies(submission):
    """Evenly spread uniforms give each token as often as its probability says."""
    model = rows([0.55, 0.0, 0.3, 0.15])
    found = [
        tokens_of(
            submission.ancestral_sample(model, [], 1, 9, [(i + 0.5) / 40]), "ancestral_sample"
        )
        for i in range(40)
    ]
    shares = [found.count([token]) / 40 for token in range(4)]
    close(shares, [0.55, 0, 0.3, 0.15], atol=1e-6, what="The share of a token")


@check("ancestral_sample", hint="Real models give single precision; nothing may depend on double.")
def check_single_precision(submission, reference, rng):
    """Logits in single precision, as real models give them, are drawn from just as well."""
    model, uniforms = history(7, 3, impossible=True), rng.random(9)

    def single(ids):
        return model(ids).float()

    for how in ((1.0, None, None), (0.8, 4, 0.9)):
        wanted = reference.ancestral_sample(model, [2], 9, 99, uniforms, *how)
        result = submission.ancestral_sample(single, [2], 9, 99, uniforms, *how)
        same_tokens(result, wanted, "ancestral_sample")


# i: beam_search


def every(model, prompt, most, eos):
    """Return all (sum of log-probabilities, tokens) that a model can produce, best first."""
    found, open_ones = [], [(0.0, list(prompt))]
    for step in range(most):
        grown = []
        for total, tokens in open_ones:
            logprobs = torch.log_softmax(model(tokens), 0).tolist()
            grown += [(total + x, [*tokens, i]) for i, x in enumerate(logprobs) if x > -INF]
        found += [h for h in grown if h[1][-1] == eos or step == most - 1]
        open_ones = [h for h in grown if h[1][-1] != eos]
    return sorted(found, key=lambda pair: -pair[0])


@check("beam_search", hint="A beam that drops nothing has seen every sequence.")
def check_wide_beam(submission):
    """A beam so wide that nothing is dropped finds every sequence, best first."""
    for seed, impossible in ((1, False), (2, True)):
        model = history(4, seed, impossible)
        wanted = every(model, [2], 3, 1)
        result = submission.beam_search(model, [2], 70, 3, 1)
        same_beam(result, wanted, "A beam that drops nothing does not give every sequence in order")


@check("beam_search", hint="One slot means one candidate at each step: the arg max.")
def check_greedy_beam(submission, reference):
    """Width 1 gives what greedy decoding gives, whether or not the end is reached."""
    for seed in range(5):
        model = history(6, seed)
        wanted = reference.greedy_decode(model, [1, 4], 8, 2)
        result = submission.beam_search(model, [1, 4], 1, 8, 2)
        found = [
            tokens_of(pair[1], "beam_search") for pair in result if isinstance(pair, tuple | list)
        ]
        require(found == [wanted], "Width 1 is not greedy decoding", found, [wanted])


@check(
    "beam_search", hint="A retired hypothesis is never extended, never lost, and keeps its slot."
)
@settings(max_examples=12)
@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(1, 5), st.booleans())
def check_beam_anywhere(submission, reference, seed, width, most, impossible):
    """For any model and any width the hypotheses are those of the rule, with their scores."""
    model = history(5, seed, impossible)
    result, left = submission.call_and_look("beam_search", model, [3, 0], width, most, 1)
    unchanged([3, 0], left[1], "beam_search")
    same_beam(result, reference.beam_search(model, [3, 0], width, most, 1))


@check("beam_search", hint="Divide at the very end, by the generated tokens alone, eos counted.")
def check_penalties(submission, reference):
    """The penalty counts generated tokens, the eos included, and decides the final order alone."""
    for seed in range(6):
        model = history(5, seed)
        for penalty in (0.5, 1.0, 2.0):
            wanted = reference.beam_search(model, [3, 0, 2, 4], 4, 6, 1, penalty)
            result = submission.beam_search(model, [3, 0, 2, 4], 4, 6, 1, penalty)
            same_beam(result, wanted)


@check("beam_search", hint="Only tokens that can come next make candidates.")
def check_no_impossible_beam(submission):
    """Where only a few tokens are possible there are few hypotheses, and none is impossible."""
    model = rows([0.7, 0, 0.3, 0], [0, 0.4, 0.6, 0], [0, 1, 0, 0])
    wanted = [
        (math.log(0.42), [0, 2, 1]),
        (math.log(0.28), [0, 1]),
        (math.log(0.18), [2, 2, 1]),
        (math.log(0.12), [2, 1]),
    ]
    message = "There are other hypotheses than the possible ones"
    same_beam(submission.beam_search(model, [], 9, 4, 1), wanted, message)


@check("beam_search", hint="Is a product of probabilities still a number that can be written?")
def check_improbable(submission):
    """Hypotheses too improbable to be written as numbers still keep their order."""

    def model(ids):
        return tensor(0, -301 - len(ids), -302 + 3 * len(ids))

    wanted = every(model, [], 3, 0)
    same_beam(submission.beam_search(model, [], 50, 3, 0), wanted)


@check(
    "beam_search", hint="Logits of different contexts are not comparable; log-probabilities are."
)
def check_shifted_contexts(submission):
    """A constant added to all logits of a context changes nothing, scores included."""
    plain = history(5, 4)
    for strength in (0.0, 25.0):

        def model(ids, strength=strength):
            return plain(ids) + strength * math.sin(sum(int(i) for i in ids))

        wanted = every(plain, [], 3, 2)[:1]
        result = submission.beam_search(model, [], 125, 3, 2)
        require(
            isinstance(result, list | tuple) and len(result) > 0, "There is no hypothesis", result
        )
        same_beam(result[:1], wanted, "The best hypothesis depends on constants in the logits")


# k: min_p_filter, speculative_token


def above_line(probs, min_p):
    """Return the law of what min-p keeps, or None if a probability is too close to the line."""
    probs = np.array(probs, dtype=np.float64)
    line = min_p * probs.max()
    if (np.abs(probs - line) < 1e-4).any():
        return None
    kept = np.where(probs >= line, probs, 0.0)
    return kept / kept.sum()


@check("min_p_filter", hint="Compare probabilities, not logits, and each with the largest.")
def check_min_p_line(submission):
    """The tokens above the line stay, for flat and for peaked laws and whatever is added to all."""
    for probs in ((0.02, 0.21, 0.07, 0.33, 0.0, 0.16, 0.05, 0.16), (0.91, 0.05, 0.01, 0.03)):
        for min_p, shift in ((0.02, 0), (0.05, 40), (0.1, -7), (0.3, 3), (0.6, -60), (0.9, 0)):
            logits = torch.log(tensor(*probs)) + shift
            wanted = above_line(probs, min_p)
            if wanted is not None:
                same_law(submission.min_p_filter(logits, min_p), wanted, "min_p_filter")


@check("min_p_filter", hint="The largest probability itself always stays.")
@settings(max_examples=12)
@given(st.lists(st.integers(1, 200), min_size=1, max_size=7, unique=True), floats(0.02, 0.98))
def check_min_p_anywhere(submission, weights, min_p):
    """For any law, what stays keeps its ratios."""
    probs = np.array(weights) / sum(weights)
    wanted = above_line(probs, min_p)
    if wanted is not None:
        same_law(submission.min_p_filter(torch.log(tensor(*probs)), min_p), wanted, "min_p_filter")


@check("min_p_filter", hint="0 keeps everything; below 0 and above 1 there is no share.")
def check_min_p_limits(submission):
    """0 keeps every possible token, and a min-p outside [0, 1] raises a ValueError."""
    same_law(submission.min_p_filter(tensor(*SPREAD), 0), softmax(np.array(SPREAD)), "min_p_filter")
    for min_p in (-0.1, 1.5):
        message = "`min_p_filter` must raise a ValueError for a min_p outside [0, 1]"
        expect_error(
            lambda m=min_p: submission.min_p_filter(tensor(1, 2, 3), m), "ValueError", message
        )


TARGET, DRAFT = (0.35, 0.05, 0.0, 0.25, 0.15, 0.2), (0.1, 0.3, 0.15, 0.25, 0.0, 0.2)


@check("speculative_token", hint="Is the ratio target over draft, and u below it?")
def check_speculative_accepts(submission):
    """A proposal stays exactly for u below target / draft."""
    for token in (0, 1, 3, 5):
        ratio = TARGET[token] / DRAFT[token]
        for u in (0.0, 0.5 * ratio, 0.98 * ratio):
            if u < 1:
                result = submission.speculative_token(
                    tensor(*TARGET), tensor(*DRAFT), token, u, 0.3
                )
                close(result, token, atol=0, what="The token", message="A proposal is not accepted")
    for token, u in ((1, 0.17), (1, 0.9), (2, 0.0), (2, 0.5)):
        result = submission.speculative_token(tensor(*TARGET), tensor(*DRAFT), token, u, 0.3)
        message = "A proposal is accepted that should be rejected"
        close(result, 0, atol=0, what="The token", message=message)


@check("speculative_token", hint="After a rejection: the weights max(target - draft, 0).")
def check_speculative_replaces(submission):
    """A rejected proposal is replaced by what the draft has too little of: here 0.25 to 0.15."""
    for v, wanted in ((0.0, 0), (0.3, 0), (0.62, 0), (0.63, 4), (0.99, 4)):
        result = submission.speculative_token(tensor(*TARGET), tensor(*DRAFT), 1, 0.5, v)
        close(result, wanted, atol=0, at=v, what="The token")


@check("speculative_token", hint="Accepted or not, together the tokens have the target's law.")
@settings(max_examples=5)
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=2, max_size=4))
def check_speculative_law(submission, weights):
    """Over all proposals and uniforms the tokens have exactly the law of the target."""
    target, draft = (np.array(column) / sum(column) for column in zip(*weights, strict=True))
    grid = (np.arange(6) + 0.5) / 6
    for proposal in range(len(draft)):
        share = target[proposal] / draft[proposal]
        for u in grid:
            # Away from the edges of the pieces, where rounding decides.
            if abs(u - share) > 1e-3:
                weights_left = np.maximum(target - draft, 0)
                left = np.cumsum(weights_left) / max(weights_left.sum(), 1e-12)
                v = 0.437 if np.abs(left - 0.437).min() > 1e-3 else 0.443
                wanted = proposal if u < share else int(np.flatnonzero(left > v)[0])
                result = submission.speculative_token(target, draft, proposal, float(u), v)
                close(result, wanted, atol=0, what="The token")
