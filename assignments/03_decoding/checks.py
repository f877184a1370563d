"""The public checks: worked examples, and what holds for every function of the notebook."""

import math

import numpy as np
import torch

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


# The two models of the notebook.

TREE = {
    (): [0.6, 0.4, 0, 0, 0],
    (0,): [0, 0, 0.4, 0.35, 0.25],
    (1,): [0, 0, 0.05, 0.05, 0.9],
    (2,): [0, 0, 0, 0, 1],
    (3,): [0, 0, 0, 0, 1],
}
A, B, C, D, E = range(5)

PARIS = {
    (0,): {1: 1.0},
    (1,): {2: 1.0},
    (2,): {3: 0.6, 4: 0.3, 5: 0.1},
    (3,): {6: 1.0},
    (4,): {6: 1.0},
    (5,): {6: 0.5, 10: 0.5},
    (3, 6): {7: 0.9, 9: 0.1},
    (4, 6): {8: 0.55, 9: 0.45},
    (5, 6): {7: 0.7, 8: 0.3},
    (7,): {10: 1.0},
    (8,): {10: 1.0},
    (9,): {10: 1.0},
}


def table(rows):
    """Return next_logits for rows of probabilities; the longest matching context counts."""

    def next_logits(ids):
        told = tuple(int(i) for i in ids)
        endings = (told[start:] for start in range(len(told) + 1))
        row = next((rows[ending] for ending in endings if ending in rows), {0: 1.0})
        if isinstance(row, dict):
            row = [row.get(i, 0.0) for i in range(11)]
        return torch.log(tensor(*row)) + len(told)

    return next_logits


TOY = "the mouse ate the cheese".split()
WORDS = ["the", "mouse", "ate", "cheese"]
BIGRAMS = {("the",): {"mouse": 1, "cheese": 1}, ("mouse",): {"ate": 1}, ("ate",): {"the": 1}}


@check("ngram_counts", hint="A context is a tuple of n-1 tokens, and something follows it.")
def check_toy_counts(submission):
    """In "the mouse ate the cheese", cheese occurs once as a word and never as a context."""
    result, left = submission.call_and_look("ngram_counts", list(TOY), 2)
    require(left[0] == TOY, "`ngram_counts` changes the list it was given", left[0], TOY)
    found = counts_of(result)
    require(found == BIGRAMS, "The bigram counts are not right", result, BIGRAMS)
    single = {(): {"the": 2, "mouse": 1, "ate": 1, "cheese": 1}}
    result = submission.ngram_counts(list(TOY), 1)
    require(counts_of(result) == single, "The counts for n = 1 are not right", result, single)


@check("ngram_probs", hint="(count + ε) / (count of the context + ε·V).")
def check_toy_probs(submission):
    """The worked values: with ε = 1, p(mouse | the) = 1/3, p(ate | the) = 1/6, p(ate | mouse) = 0.4."""
    for eps, context, wanted in (
        (1, ("the",), [1 / 6, 1 / 3, 1 / 6, 1 / 3]),
        (1, ("mouse",), [0.2, 0.2, 0.4, 0.2]),
        (0.1, ("the",), [1 / 24, 11 / 24, 1 / 24, 11 / 24]),
        (0.1, ("mouse",), [0.1 / 1.4, 0.1 / 1.4, 1.1 / 1.4, 0.1 / 1.4]),
    ):
        row = row_of(submission.ngram_probs(context, BIGRAMS, WORDS, eps), WORDS)
        close(row, wanted, atol=SINGLE, what="A probability")


@check("ngram_probs", hint="`counts.get(context, {})` gives an empty row, and the formula works.")
def check_unseen_context(submission):
    """After a context that was never seen all words are equally probable, ¼ each."""
    row = row_of(submission.ngram_probs(("cheese",), BIGRAMS, WORDS, 0.1), WORDS)
    close(row, [0.25] * 4, atol=SINGLE, what="A probability")


@check("ngram_probs", hint="With n = 1 the context is the empty tuple.")
def check_unigrams(submission):
    """With n = 1: ε = 0 gives the normalised counts, the = 0.4; ε = 1 gives the = 1/3, others 2/9."""
    counts = {(): {"the": 2, "mouse": 1, "ate": 1, "cheese": 1}}
    row = row_of(submission.ngram_probs((), counts, WORDS, 0), WORDS)
    close(row, [0.4, 0.2, 0.2, 0.2], atol=SINGLE, what="A probability")
    row = row_of(submission.ngram_probs((), counts, WORDS, 1), WORDS)
    close(row, [1 / 3, 2 / 9, 2 / 9, 2 / 9], atol=SINGLE, what="A probability")


# The right order, the swapped one and the scrambled one, with ε = 0.1 and with ε = 1.
SENTENCES = [
    ([11 / 24, 11 / 14, 11 / 14, 11 / 24], -2.042641),
    ([11 / 24, 0.25, 11 / 14, 11 / 24], -3.187774),
    ([1 / 14, 1 / 24, 11 / 24, 0.25], -7.983564),
    ([1 / 3, 0.4, 0.4, 1 / 3], -4.029806),
    ([1 / 3, 0.25, 0.4, 1 / 3], -4.499810),
    ([0.2, 1 / 6, 1 / 3, 0.25], -5.886104),
]


@check("sequence_logprob", hint="Add up natural logarithms.")
def check_toy_sentences(submission):
    """The three toy sentences score -2.042641, -3.187774 and -7.983564 nats with ε = 0.1."""
    for probs, score in SENTENCES:
        close(submission.sequence_logprob(list(probs)), score, atol=1e-6, what="The score")


@check("perplexity", hint="exp of minus the mean: the same base twice.")
def check_toy_perplexity(submission):
    """The toy sentence has the perplexity 1.666391; a coin guessed three times has 2."""
    close(submission.perplexity(SENTENCES[0][0]), 1.666391, atol=1e-6, what="The perplexity")
    close(submission.perplexity([0.5, 0.5, 0.5]), 2, what="The perplexity")


LAW = tensor(0.6, 0.3, 0.1)
AT_TEMPERATURE = {
    0.1: [0.999024, 0.000976, 0.000000],
    0.5: [0.782609, 0.195652, 0.021739],
    1.0: [0.6, 0.3, 0.1],
    2.0: [0.472734, 0.334273, 0.192993],
    100.0: [0.336097, 0.333775, 0.330128],
}


@check("apply_temperature", hint="Divide the logits by T; hot is flat.")
def check_temperatures(submission):
    """Capital, city, center at 0.6, 0.3, 0.1 become 0.472734, 0.334273, 0.192993 at T = 2."""
    for T, wanted in AT_TEMPERATURE.items():
        logits = torch.log(LAW) + 5
        result, left = submission.call_and_look("apply_temperature", logits.clone(), T)
        unchanged(logits, left[0], "apply_temperature")
        probs = probabilities(result, 3, "apply_temperature")
        close(probs, wanted, atol=SINGLE, what=f"The probability at T = {T}")


@check("apply_temperature", hint="T = 0 is a case of its own: the first of the largest logits.")
def check_zero_temperature(submission):
    """At T = 0 all mass lies on the largest logit; of equal ones, on the first."""
    result = submission.apply_temperature(torch.log(LAW), 0)
    same_law(result, [1, 0, 0], "apply_temperature", "T = 0 does not give the arg max")
    result = submission.apply_temperature(tensor(1, 4, 4, 2), 0)
    same_law(result, [0, 1, 0, 0], "apply_temperature", "T = 0 does not give the first arg max")


@check("categorical_from_uniform", hint="The first index whose running sum exceeds u.")
def check_pieces(submission):
    """With 0.6, 0.3, 0.1 the number 0.59 selects token 0, 0.61 token 1, and 0.95 token 2."""
    for u, wanted in ((0.0, 0), (0.59, 0), (0.61, 1), (0.89, 1), (0.95, 2)):
        token = submission.categorical_from_uniform(LAW, u)
        close(token, wanted, what="The token", at=u)


@check("categorical_from_uniform", hint="Strictly above u: a piece of width 0 contains nothing.")
def check_first_piece(submission):
    """With 0, ½, ½ and u = 0 the token is 1: token 0 is impossible."""
    probs = tensor(0, 0.5, 0.5)
    result, left = submission.call_and_look("categorical_from_uniform", probs.clone(), 0.0)
    unchanged(probs, left[0], "categorical_from_uniform")
    close(result, 1, what="The token")


PROMPT = [0, 1, 2]


@check("greedy_decode", hint="Ask with the whole sequence, take the arg max, append, look for eos.")
def check_paris(submission):
    """“Paris is the” becomes “Paris is the capital of France END”; the prompt is not changed."""
    result, left = submission.call_and_look("greedy_decode", table(PARIS), list(PROMPT), 10, 10)
    unchanged(PROMPT, left[1], "greedy_decode")
    same_tokens(result, [0, 1, 2, 3, 6, 7, 10], "greedy_decode")


@check("greedy_decode", hint="An empty list is a sequence as well.")
def check_greedy_tree(submission):
    """On the tree, from nothing, greedy decoding gives a c E, which is not the best sequence."""
    same_tokens(submission.greedy_decode(table(TREE), [], 5, E), [A, C, E], "greedy_decode")


@check("top_k_filter", hint="Keep the k largest where they are; everything else becomes -inf.")
def check_top_k_worked(submission):
    """With k = 2, 0.6, 0.3, 0.1 become ⅔, ⅓, 0, each in its old place."""
    for order in ([0, 1, 2], [2, 0, 1], [1, 2, 0]):
        logits = torch.log(LAW)[order] + 2
        result, left = submission.call_and_look("top_k_filter", logits.clone(), 2)
        unchanged(logits, left[0], "top_k_filter")
        wanted = np.array([2 / 3, 1 / 3, 0])[order]
        same_law(result, wanted, "top_k_filter")


@check("top_k_filter", hint="k = 0 would leave nothing; a k above V leaves everything.")
def check_top_k_limits(submission):
    """A k of V or more keeps everything, k = 0 raises a ValueError."""
    for k in (3, 4, 50):
        same_law(submission.top_k_filter(torch.log(LAW), k), LAW, "top_k_filter")
    message = "`top_k_filter` must raise a ValueError for k = 0"
    expect_error(lambda: submission.top_k_filter(torch.log(LAW), 0), "ValueError", message)


@check("top_p_filter", hint="The token that crosses the line stays.")
def check_top_p_worked(submission):
    """With p = 0.8, 0.6, 0.3, 0.1 become ⅔, ⅓, 0, each in its old place."""
    for order in ([0, 1, 2], [2, 0, 1], [1, 2, 0]):
        logits = torch.log(LAW)[order] + 2
        result, left = submission.call_and_look("top_p_filter", logits.clone(), 0.8)
        unchanged(logits, left[0], "top_p_filter")
        wanted = np.array([2 / 3, 1 / 3, 0])[order]
        same_law(result, wanted, "top_p_filter")


@check("top_p_filter", hint="At least one token always stays; with p = 1 all do.")
def check_top_p_limits(submission):
    """A small p leaves the most probable token, p = 1 leaves everything."""
    logits = torch.log(tensor(0.1, 0.3, 0.6))
    message = "A p below the largest probability does not leave one token"
    same_law(submission.top_p_filter(logits, 0.01), [0, 0, 1], "top_p_filter", message)
    message = "p = 1 does not keep everything"
    same_law(submission.top_p_filter(logits, 1.0), [0.1, 0.3, 0.6], "top_p_filter", message)


@check("ancestral_sample", hint="Like greedy decoding, with a draw in the place of the arg max.")
def check_dreams(submission):
    """“Paris is the” with the uniforms 0.7, 0.5, 0.3, 0.9 becomes “… city of dreams END”."""
    uniforms = [0.7, 0.5, 0.3, 0.9, 0.5]
    call = (table(PARIS), list(PROMPT), 5, 10, list(uniforms))
    result, left = submission.call_and_look("ancestral_sample", *call)
    unchanged(PROMPT, left[1], "ancestral_sample")
    unchanged(uniforms, left[4], "ancestral_sample")
    same_tokens(result, [0, 1, 2, 4, 6, 8, 10], "ancestral_sample")


@check("ancestral_sample", hint="Temperature, top-k, top-p, softmax, token: in this order.")
def check_filters_worked(submission):
    """With k = 2 and p = 0.65 top-p sees ⅔, ⅓ and leaves only the first token."""
    model = table({(): [0.6, 0.3, 0.1]})
    for u in (0.5, 0.7, 0.95):
        result = submission.ancestral_sample(model, [], 1, 9, [u], 1.0, 2, 0.65)
        same_tokens(result, [0], "ancestral_sample", where=f"u = {u}")


BEST = (math.log(0.36), [B, E])
GREEDY = (math.log(0.24), [A, C, E])


@check("beam_search", hint="Width 1 has one slot: it must do what greedy decoding does.")
def check_width_one(submission):
    """With width 1 the tree gives a c E, as greedy decoding does, with the score ln 0.24."""
    result = submission.beam_search(table(TREE), [], 1, 3, E)
    same_beam(result, [GREEDY], "Width 1 is not greedy decoding")


@check("beam_search", hint="All candidates of a step compete with each other.")
def check_width_two(submission):
    """With width 2 the tree gives b E, the most probable sequence, and then a c E."""
    same_beam(submission.beam_search(table(TREE), [], 2, 3, E), [BEST, GREEDY])


@check("beam_search", hint="Divide at the very end, by the number of generated tokens.")
def check_penalty_worked(submission):
    """With a length penalty of 1, a c E (-0.475705) comes before b E (-0.510826)."""
    wanted = [(-1.427116355640 / 3, GREEDY[1]), (-1.021651247532 / 2, BEST[1])]
    same_beam(submission.beam_search(table(TREE), [], 2, 3, E, 1.0), wanted)


@check("min_p_filter", hint="The line is at min_p times the largest probability.")
def check_min_p_worked(submission):
    """With min-p = 0.25, 0.6, 0.3, 0.1 become ⅔, ⅓, 0, each in its old place; 0 keeps all."""
    for order in ([0, 1, 2], [2, 0, 1]):
        logits = torch.log(LAW)[order] + 2
        result, left = submission.call_and_look("min_p_filter", logits.clone(), 0.25)
        unchanged(logits, left[0], "min_p_filter")
        same_law(result, np.array([2 / 3, 1 / 3, 0])[order], "min_p_filter")
    same_law(submission.min_p_filter(torch.log(LAW), 0), LAW, "min_p_filter")
    flatter = tensor(0.4, 0.36, 0.24)
    same_law(submission.min_p_filter(torch.log(flatter), 0.25), flatter, "min_p_filter")


@check("speculative_token", hint="Accepted if u is below the ratio of target and draft.")
def check_speculative_worked(submission):
    """Target 0.6, 0.3, 0.1 and draft 0.2, 0.3, 0.5: proposal 2 stays for u < 0.2, else it is 0."""
    draft = tensor(0.2, 0.3, 0.5)
    for u, wanted in ((0.0, 2), (0.19, 2), (0.21, 0), (0.9, 0)):
        result = submission.speculative_token(LAW, draft, 2, u, 0.5)
        close(result, wanted, atol=0, at=u, what="The token")
    close(submission.speculative_token(LAW, draft, 0, 0.99, 0.5), 0, atol=0, what="The token")
