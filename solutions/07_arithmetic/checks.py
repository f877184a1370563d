"""The hidden checks: other values, properties, honesty, and the class leaderboard."""

import math
from collections import Counter

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checks import (
    RemoteObject,
    StudentError,
    check,
    close,
    expect_error,
    fail,
    finite,
    numbers,
    require,
)
from grader.checks.failures import Blank
from grader.wire.steps import Step

SYMBOLS = "0123456789+="
PLUS, EQUALS = 10, 11
B, L, V = 3, 7, 13
NUMBERS = st.integers(0, 10**6 - 1)


def untouched(before, after):
    """Tell whether an argument is what it was."""
    if isinstance(before, torch.Tensor):
        alike = isinstance(after, torch.Tensor) and before.shape == after.shape
        return alike and before.dtype == after.dtype and torch.equal(before, after)
    return isinstance(before, RemoteObject) or callable(before) or before == after


def ask(submission, name, *args, of=None):
    """Call a function, or a method of an object; fail the check if an argument is changed."""
    result, left = submission.call_and_look(name, *args, of=of)
    for before, after in zip(args, left, strict=True):
        message = f"`{name}` changes an argument: make a new list or tensor"
        require(untouched(before, after), message, after, before)
    return result


def whole(value, what):
    """Return something made of integers as a list of them, however deep."""
    found = numbers(value, what)
    require((found == found.round()).all(), f"{what} is not made of whole numbers", value)
    return found.astype(int).tolist()


def text_pair(value, what="A problem"):
    """Return a pair of texts, as a problem is one."""
    if not isinstance(value, tuple | list) or len(value) != 2:
        fail(f"{what} is not a pair of texts, (prompt, answer)", value)
    if not all(isinstance(part, str) for part in value):
        fail(f"{what} is not a pair of texts, (prompt, answer)", value)
    return tuple(value)


def problems(value):
    """Return a list of problems."""
    require(isinstance(value, list | tuple), "The problems are not in a list", value)
    return [text_pair(problem) for problem in value]


def split(result):
    """Return the two lists that `make_examples` must return."""
    if not isinstance(result, tuple | list) or len(result) != 2:
        fail("`make_examples` must return two lists: `return train, test`", got=type(result))
    return problems(result[0]), problems(result[1])


def tokens(text):
    """Return the ids of a text."""
    return [SYMBOLS.index(character) for character in text]


def written(a, op, b, width, reverse=True):
    """Return a problem as text, made digit by digit."""
    result = a + b if op == "+" else a - b
    left = abs(result)
    answer = []
    for _ in range(width if result < 0 else width + 1):
        answer.append(str(left % 10))
        left //= 10
    answer += ["-"] if result < 0 else []
    prompt = str(a).rjust(width, "0") + op + str(b).rjust(width, "0") + "="
    return prompt, "".join(answer if reverse else answer[::-1])


def travels(submission, target, *args):
    """Fail the check if code makes a tensor on a device other than that of its inputs.

    Code that looks at numbers cannot be run without them; it is let off.
    """
    try:
        found = submission.on_meta(target, *args)
    except Blank:
        return
    except StudentError as error:
        if "device" in str(error.got) and "cpu" in str(error.got):
            fail("A tensor is made on the CPU, whatever the device of the input", error.got)
        return
    for device, _, _ in found:
        require(device == "meta", "The result is not on the device of the input", device)


# a: ArithmeticTokenizer


@check("ArithmeticTokenizer", hint="One character, one token; ids are places in the alphabet.")
@settings(max_examples=12)
@given(st.permutations("0123456789+-=."), st.lists(st.integers(0, 13), max_size=12))
def check_tokenizer_any(submission, symbols, ids):
    """Any text over any alphabet has one id per character, and comes back unchanged."""
    symbols = "".join(symbols)
    text = "".join(symbols[number] for number in ids)
    tokenizer = submission.ArithmeticTokenizer(symbols)
    got = tokenizer.encode(text)
    require(isinstance(got, list | tuple), "`encode` does not return a list", got)
    require(whole(got, "The encoding") == ids, "The ids are not the places", got, ids)
    back = ask(submission, "decode", list(ids), of=tokenizer)
    require(back == text, "Decoding does not give the text back", back, text)


@check("ArithmeticTokenizer", hint="Two tokenizers at once must not share their alphabets.")
def check_tokenizer_apart(submission):
    """Two tokenizers with different alphabets do not disturb each other, and know their sizes."""
    one, two = submission.ArithmeticTokenizer("01+="), submission.ArithmeticTokenizer("=+10ab")
    for tokenizer, symbols in ((one, "01+="), (two, "=+10ab")):
        ids = whole(tokenizer.encode("10+="), "The encoding")
        require(ids == [symbols.index(c) for c in "10+="], "The ids are not the places", ids)
        size = submission.read(tokenizer, "vocab_size")
        require(size == len(symbols), "`vocab_size` is not the number of symbols", size)
    standard = submission.ArithmeticTokenizer()
    require(whole(standard.encode("+="), "The encoding") == [10, 11], "The alphabet is not given")


@check(
    "ArithmeticTokenizer",
    points=0.5,
    hint="Look for what must not be there, then raise ValueError.",
)
def check_tokenizer_strangers(submission):
    """A character that is not in the alphabet, or an id that no symbol has, raises ValueError."""
    tokenizer = submission.ArithmeticTokenizer("0123456789+=")
    for text in ("1*2=", "x", "1 2"):
        expect_error(
            lambda text=text: tokenizer.encode(text), "ValueError", "A stranger is encoded"
        )
    for ids in ([1, 12], [-1, 3]):
        expect_error(
            lambda ids=ids: tokenizer.decode(ids), "ValueError", "An id of no symbol is decoded"
        )


# b: write_problem, make_examples


@check("write_problem", hint="Operands: width digits. Answer: width + 1 characters.")
@settings(max_examples=30)
@given(st.integers(1, 6), st.sampled_from("+-"), st.booleans(), NUMBERS, NUMBERS)
def check_problem_any(submission, width, op, reverse, a, b):
    """Any sum and any difference is written with fixed width, in either order."""
    a, b = a % 10**width, b % 10**width
    got = text_pair(submission.write_problem(a, op, b, width, reverse))
    wanted = written(a, op, b, width, reverse)
    require(len(got[0]) == 2 * width + 2, "The prompt has the wrong length", got[0], wanted[0])
    require(len(got[1]) == width + 1, "The answer has the wrong length", got[1], wanted[1])
    require(got == wanted, "The problem is not written as it should be", got, wanted)


@check("write_problem", hint="The answer has width + 1 characters, however small the result.")
def check_problem_small(submission):
    """Small numbers are filled up with zeros, in the prompt and in the answer."""
    cases = (3, "+", 4, 3), (3, "-", 4, 3), (4, "-", 3, 4), (0, "+", 0, 2)
    # Compared when all are there: together they say more about what went wrong.
    found = [submission.write_problem(*case, False) for case in cases]
    for case, result in zip(cases, found, strict=True):
        got, wanted = text_pair(result), written(*case, False)
        require(got == wanted, "A problem is not written as it should be", got, wanted)


@check("write_problem", hint="Only + and - are known here.")
def check_problem_unknown(submission):
    """An operation that is neither + nor - raises ValueError; units come first by default."""
    expect_error(
        lambda: submission.write_problem(3, "*", 4, 2), "ValueError", "`*` is taken without a word"
    )
    got = text_pair(submission.write_problem(57, "+", 66, 2))
    require(got == ("57+66=", "321"), "The default order is not units first", got)


@check("make_examples", hint="Every problem is in one of the lists, written by write_problem.")
def check_split_complete(submission):
    """Every problem is there exactly once, in the one list or the other, as it is written."""
    for n_digits, ops, reverse in ((2, "+", True), (1, "+-", False), (1, "-", True)):
        train, test = split(submission.make_examples(n_digits, ops, 5, reverse))
        found = Counter([*train, *test])
        wanted = Counter(
            written(a, op, b, n_digits, reverse)
            for op in ops
            for a in range(10**n_digits)
            for b in range(10**n_digits)
        )
        for problem in wanted:
            require(found[problem] > 0, "A problem is missing, or written otherwise", "", problem)
        require(found == wanted, "A problem is there twice, or does not belong there")


@check("make_examples", hint="Deal pairs with a ≤ b; each takes its mirror image with it.")
def check_split_mirrored(submission, rng):
    """No problem of one list is in the other, nor is its mirror image."""
    for ops in ("+", "+-", "-"):
        train, test = split(submission.make_examples(1, ops, int(rng.integers(99)), True, 0.3))
        known = {prompt for prompt, _ in train}
        for prompt, _ in test:
            require(prompt not in known, "A problem is in both lists", prompt)
            mirror = f"{prompt[2]}{prompt[1]}{prompt[0]}="
            require(
                mirror not in known, "A problem is for testing, its mirror image is not", prompt
            )


@check("make_examples", hint="Shuffle with random.Random(seed), then cut.")
def check_split_random(submission):
    """The test part is a random sample of the wanted size, and follows from the seed alone."""
    train, test = split(submission.make_examples(2, "+", 3, True, 0.3))
    share = len(test) / (len(train) + len(test))
    require(abs(share - 0.3) < 0.03, "The test part is too large or too small", share)
    again = split(submission.make_examples(1, "+", 3))
    require(again == split(submission.make_examples(1, "+", 3)), "The same seed splits otherwise")
    others = [split(submission.make_examples(1, "+", seed))[1] for seed in range(4, 8)]
    require(any(set(o) != set(again[1]) for o in others), "Another seed gives the same test part")


def digits_of(prompt, *places):
    """Return the number that stands at some places of a prompt."""
    text = "".join(prompt[place : place + 1] for place in places)
    require(len(text) == len(places) and set(text) <= set("0123456789"), NO_DIGITS, prompt)
    return int(text)


NO_DIGITS = "A prompt has no digit where one must be"
# Any generator takes a seed of this size.
SEED = 2**31


@check("make_examples", hint="Shuffle the problems before you cut.", chances=1)
def check_split_even(submission, chance):
    """Every problem has the same chance to be in the test part, whatever its numbers."""

    def tens(size, seed):
        found = []
        while len(found) < size:
            seed += 1
            _, test = split(submission.make_examples(2, "+", seed % SEED, True, 0.3))
            both = ((digits_of(p, 0, 1), digits_of(p, 3, 4)) for p, _ in test)
            # A problem and its mirror image go together: one draw, not two.
            lower = [low for low, _ in {tuple(sorted(pair)) for pair in both}]
            require(lower, "The test part is empty")
            # Their order is free, so it may not decide which ones are looked at.
            found += [low // 10 for low in np.random.default_rng(seed).permutation(lower)]
        return found[:size]

    # Of the 5,050 pairs without their mirror images, 100 - a have a as the smaller number.
    shares = [sum(100 - (10 * i + j) for j in range(10)) / 5050 for i in range(10)]
    chance.frequencies(tens, shares, detect=0.08, what="A digit of ten")


# c: loss_mask, masked_loss


@check("loss_mask", hint="The bet made at `=` counts; the last token makes none.")
@settings(max_examples=12)
@given(st.integers(2, 9), st.lists(st.integers(0, 9), min_size=1, max_size=5), st.integers(0, 12))
def check_mask_any(submission, length, places, equals):
    """In every row the bets from `=` on count, wherever it stands, whatever its id."""
    places = [place % (length - 1) for place in places]
    rows = []
    for place in places:
        row = [(equals + 1 + 3 * place + t) % 12 for t in range(length)]
        rows.append([12 if token == equals else token for token in row])
        rows[-1][place] = equals
    ids = torch.tensor(rows)
    got = ask(submission, "loss_mask", ids, equals)
    found = numbers(got, "The mask")
    shape = (len(rows), length - 1)
    require(found.shape == shape, "The mask has the wrong shape", found.shape, shape)
    for row, place in zip(found.astype(int).tolist(), places, strict=True):
        wanted = [int(t >= place) for t in range(length - 1)]
        require(row == wanted, "The wrong bets count", row, wanted)


@check("loss_mask", hint="Look for the id that is given; other ids mean nothing.")
def check_mask_moved(submission):
    """The mask follows the id it is given, wherever that stands."""
    rows = [[1, EQUALS, 4, 2, 0, 3, 8, 5], [7, 1, 0, 2, EQUALS, 5, 4, 9]]
    got = numbers(ask(submission, "loss_mask", torch.tensor(rows), 4), "The mask")
    wanted = np.array([[0, 0, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0, 1]])
    require(got.shape == wanted.shape, "The mask has the wrong shape", got.shape, wanted.shape)
    require((got == wanted).all(), "The wrong bets count", got.astype(int), wanted)


# Runs in the notebook: on the way to a check, a mask of ones could pass for one of booleans.
DTYPE = """
def dtype_of_result(function, *args):
    return str(getattr(function(*args), "dtype", "none"))
"""


@check("loss_mask", hint="A comparison gives booleans; a mask of numbers picks rows instead.")
def check_mask_boolean(submission):
    """The mask is a tensor of booleans, not of zeros and ones."""
    submission.define(DTYPE)
    args = submission.value("loss_mask"), torch.tensor([[1, PLUS, 2, EQUALS, 3, 0]]), EQUALS
    dtype = submission.exchange(Step("dtype_of_result", args=args))
    require("bool" in str(dtype), "The mask is not boolean", dtype, "bool")


@check("loss_mask", points=0.25, hint="Give new tensors the device of ids.")
def check_mask_device(submission):
    """The mask is where the ids are."""
    travels(submission, "loss_mask", torch.tensor([[1, 10, 2, 11, 3, 0]]), EQUALS)


def naive_loss(logits, ids, mask):
    """Return the masked loss, bet by bet."""
    logits, total, count = logits.double(), 0.0, 0
    for b in range(ids.shape[0]):
        for t in range(ids.shape[1] - 1):
            if mask[b, t]:
                row = logits[b, t]
                total += (torch.logsumexp(row, 0) - row[ids[b, t + 1]]).item()
                count += 1
    return total / max(count, 1)


@check("masked_loss", hint="Bet t is on id t+1. Divide by the number of bets that count.")
def check_loss_values(submission, rng):
    """The loss is the mean over the bets that count, for any logits and any mask."""
    # With a share of 0 a single bet counts.
    for scale, share in ((1.0, 0.5), (5.0, 0.2), (60.0, 0.8), (3.0, 0.0)):
        logits = torch.from_numpy(scale * rng.normal(size=(B, L, V)))
        ids = torch.from_numpy(rng.integers(0, V, (B, L)))
        mask = torch.from_numpy(rng.random((B, L - 1)) < share)
        mask[0, 0] = True
        loss = ask(submission, "masked_loss", logits, ids, mask)
        close(loss, naive_loss(logits, ids, mask), rtol=1e-5, atol=1e-6, what="The loss")


@check("masked_loss", hint="With nothing to count: divide by at least 1.")
def check_loss_nothing(submission, rng):
    """With nothing to count the loss is 0, and bets that do not count may be infinitely wrong."""
    logits = torch.from_numpy(rng.normal(size=(B, L, V)))
    ids = torch.from_numpy(rng.integers(0, V, (B, L)))
    none = torch.zeros(B, L - 1, dtype=torch.bool)
    close(submission.masked_loss(logits, ids, none), 0.0, what="The loss of nothing")
    some = none.clone()
    some[1, 2:4] = True
    wanted = naive_loss(logits, ids, some)
    logits[0, 0, ids[0, 1]] = -math.inf
    got = submission.masked_loss(logits, ids, some)
    close(got, wanted, rtol=1e-5, atol=1e-6, what="The loss")


@check("masked_loss", hint="Nothing is detached, and nothing becomes a plain number.")
def check_loss_gradient(submission, rng):
    """Gradients reach the logits of the bets that count, and no others."""
    logits = torch.from_numpy(rng.normal(size=(B, L, V)))
    ids = torch.from_numpy(rng.integers(0, V, (B, L)))
    mask = torch.from_numpy(rng.random((B, L - 1)) < 0.5)
    mask[0, 0], mask[1, 1] = True, False
    gradient = submission.gradients("masked_loss", logits, ids, mask).args[0]
    require(gradient is not None, "No gradient reaches the logits")
    wanted = torch.zeros(B, L, V, dtype=torch.float64)
    hit = torch.nn.functional.one_hot(ids[:, 1:], V)
    wanted[:, :-1] = mask[..., None] * (logits[:, :-1].softmax(-1) - hit) / mask.sum()
    close(gradient, wanted, rtol=1e-4, atol=1e-6, what="The gradient")


# d: train

COPIES = [(f"{digit}=", f"{digit}") for digit in range(10)]

# What is needed to copy a digit over the sign, and no more: a step takes a fraction of a millisecond.
TABLES = """
class TwoTables(__import__("torch").nn.Module):
    def __init__(self):
        import torch

        super().__init__()
        self.last, self.before = torch.nn.Embedding(12, 12), torch.nn.Embedding(13, 12)
        for table in (self.last, self.before):
            torch.nn.init.normal_(table.weight, std=0.1)

    def forward(self, ids):
        import torch

        before = torch.nn.functional.pad(ids[:, :-1], (1, 0), value=12)
        return self.last(ids) + self.before(before)
"""


def small(submission, seed):
    """Return a small untrained model, bets by the last token and the one before it, and the tokenizer."""
    submission.define(TABLES)
    submission.seed(seed)
    return submission.TwoTables(), submission.ArithmeticTokenizer(SYMBOLS)


def losses_of(result, steps):
    """Return the losses of a training, one for each step."""
    found = numbers(result, "What `train` returns")
    require(found.shape == (steps,), "There is not one loss for each step", found.shape, (steps,))
    plain = isinstance(result, list | tuple) and all(type(x) in (int, float) for x in result)
    require(plain, "`train` must return a list of plain numbers: `loss.item()`", result)
    return found


def bets(model):
    """Return the log-probabilities (10, 2, 12) of a model's bets on the copies."""
    texts = torch.tensor([tokens(prompt + answer) for prompt, answer in COPIES])
    logits = torch.from_numpy(finite(model(texts), what="The logits of the trained model"))
    return logits.log_softmax(-1)[:, :2]


@check(
    "train",
    hint="Draw new rows in every step, from one generator made before the loop.",
    chances=1,
)
def check_train_resamples(submission, chance):
    """Every example is learned, although a batch holds only a few of them."""

    def all_learned(seed):
        model, tokenizer = small(submission, 2)
        ask(submission, "train", model, COPIES, tokenizer, 80, 4, 0.3, seed % SEED)
        answers = bets(model)[:, 1]
        learned = int((answers.argmax(-1) == torch.arange(10)).sum())
        require(learned >= 9, "Some examples are never learned", f"{learned} of 10", "10 of 10")

    chance.confirmed(all_learned)


@check(
    "train",
    hint="answer_only=False: all L-1 bets count; True: those of loss_mask.",
    chances=1,
)
def check_train_counts(submission, chance):
    """With answer_only=True only the answer is trained, with False the prompt as well."""
    limits = {True: (-math.inf, math.log(0.6)), False: (math.log(0.8), 0.01)}

    def what_counts(seed):
        found = []
        for answer_only in limits:
            model, tokenizer = small(submission, 3)
            args = (model, COPIES, tokenizer, 40, 16, 0.3, seed % SEED, answer_only)
            found.append((ask(submission, "train", *args), bets(model)[:, 0, EQUALS].mean().item()))
        for (losses, sign), (low, high) in zip(found, limits.values(), strict=True):
            wrong = "does not count, though all bets should" if low > -9 else "is trained, too"
            where = f"The bet on `=`, inside the prompt, {wrong}"
            require(low <= sign <= high, where, math.exp(sign))
            late = losses_of(losses, 40)[-10:].mean()
            require(late < 0.7, "The loss does not fall", late)

    chance.confirmed(what_counts)


@check("train", hint="A generator seeded with `seed`, made once, draws all batches.")
def check_train_seeded(submission):
    """The same seed gives the same losses, another seed others."""
    found = []
    for seed in (4, 4, 5):
        model, tokenizer = small(submission, 6)
        submission.seed(seed + len(found))
        losses = submission.train(model, COPIES, tokenizer, 6, 3, 0.01, seed)
        found.append(losses_of(losses, 6))
    require(np.allclose(found[0], found[1], atol=1e-5), "The same seed gives other losses")
    require(not np.allclose(found[0], found[2], atol=1e-5), "Another seed gives the same losses")


@check("train", hint="Hand `lr` to the optimiser.")
def check_train_rate(submission):
    """The learning rate is the one that is given: with a tiny one the model hardly changes."""
    model, tokenizer = small(submission, 7)
    before = bets(model)
    submission.train(model, COPIES, tokenizer, 8, 16, 1e-7)
    close(bets(model), before, rtol=0, atol=1e-2, message="`lr` is not the learning rate")


@check("train", points=0.5, hint="`weight_decay=0.0`, which is not what AdamW does by itself.")
def check_train_decay(submission):
    """Nothing decays: what the losses do not depend on stays as it was."""
    model, tokenizer = small(submission, 8)
    before = numbers(submission.read(model, "last", "weight"))[PLUS]
    submission.train(model, COPIES, tokenizer, 8, 16, 0.02)
    after = numbers(submission.read(model, "last", "weight"))[PLUS]
    message = "The weights of a symbol that never comes have changed"
    close(after, before, rtol=1e-5, message=message)


# e: generate, exact_match


def chooser(weights):
    """Return a rule for `Scripted`: the bet at t depends on all tokens up to t."""

    def rule(ids):
        running = (ids * 7 + 3).cumsum(dim=1) % weights.shape[0]
        return weights[running]

    return rule


@check(
    "generate", hint="The last position's best symbol, again and again, with all that came before."
)
def check_generate_greedy(submission, rng):
    """Every new token is the best bet at the last position, given everything before it."""
    weights = torch.from_numpy(rng.normal(size=(29, V)))
    rule = chooser(weights)
    for size, length, more in ((3, 5, 7), (1, 1, 4), (4, 2, 1)):
        ids = torch.from_numpy(rng.integers(0, V, (size, length)))
        wanted = ids.clone()
        for _ in range(more):
            wanted = torch.cat([wanted, rule(wanted)[:, -1:].argmax(-1)], dim=1)
        got = ask(submission, "generate", submission.Scripted(rule), ids, more)
        require(whole(got, "The text") == wanted.tolist(), "The text is not right", got, wanted)


@check("generate", hint="Remember which rows have ended; the prompt does not count.")
def check_generate_end(submission):
    """A row that has written `end` stays at `end`; the others go on; the prompt does not count."""
    end = 5
    scripts = [[3, 5, 2, 6], [5, 1, 1, 1], [1, 2, 3, 4], [6, 6, 5, 3]]

    def rule(ids):
        logits = torch.zeros(*ids.shape, V)
        step = ids.shape[1] - 2
        for row, text in enumerate(ids.tolist()):
            logits[row, -1, scripts[text[0]][min(step, 3)]] = 9.0
        return logits

    prompts = torch.tensor([[0, 7], [1, 7], [2, end], [3, 7]])
    got = ask(submission, "generate", submission.Scripted(rule), prompts, 4, end)
    wanted = [[0, 7, 3, 5, 5, 5], [1, 7, 5, 5, 5, 5], [2, 5, 1, 2, 3, 4], [3, 7, 6, 6, 5, 5]]
    require(whole(got, "The text") == wanted, "The text after `end` is not right", got, wanted)
    free = submission.generate(submission.Scripted(rule), prompts, 4)
    wanted = [[*prompt, *script] for prompt, script in zip(prompts.tolist(), scripts, strict=True)]
    require(whole(free, "The text") == wanted, "Without `end` nothing ends", free, wanted)


@check("generate", hint="`model.eval()` before the first bet.")
def check_generate_evaluates(submission, rng):
    """Dropout is off: a model left in training mode writes the same."""
    rule = chooser(torch.from_numpy(rng.normal(size=(29, V))))
    ids = torch.from_numpy(rng.integers(0, V, (2, 3)))
    wanted = ids.clone()
    for _ in range(3):
        wanted = torch.cat([wanted, rule(wanted)[:, -1:].argmax(-1)], dim=1)
    model = submission.Scripted(rule)
    model.train()
    got = submission.generate(model, ids, 3)
    require(whole(got, "The text") == wanted.tolist(), "In training mode it writes nonsense", got)


@check("generate", points=0.25, hint="`with torch.no_grad():` around the loop.")
def check_generate_no_gradients(submission):
    """No gradients are computed while the model writes."""
    model = submission.Scripted(chooser(torch.eye(V)))
    submission.generate(model, torch.tensor([[1, 2, 3]]), 2)
    kept = submission.read(model, "with_gradients")
    require(kept is False, "Gradients are recorded, for nothing")


@check("generate", points=0.25, hint="Give new tensors the device of ids.")
def check_generate_device(submission):
    """The text is where the prompts are, and so is all that is made on the way."""
    model = submission.Calculator(12, 16, 2, 1)
    model.to("meta")
    travels(
        submission, "generate", model, torch.tensor([[1, 10, 2, 11], [3, 10, 4, 11]]), 3, EQUALS
    )


def measured(result):
    """Return the accuracy and the answers that `exact_match` must return."""
    if not isinstance(result, tuple | list) or len(result) != 2:
        fail("`exact_match` must return two things: `return accuracy, answers`", got=result)
    accuracy, answers = result
    if not isinstance(answers, tuple | list) or not all(isinstance(a, str) for a in answers):
        fail("The answers that `exact_match` returns are not a list of texts", got=answers)
    return accuracy, list(answers)


def speaks(table):
    """Return a rule for `Scripted`: after a prompt it writes what the table says."""

    def rule(ids):
        logits = torch.zeros(*ids.shape, len(SYMBOLS))
        for row, text in enumerate(ids.tolist()):
            start = text.index(EQUALS) + 1
            answer = table[(*text[:start],)]
            for place in range(start - 1, len(text)):
                logits[row, place, answer[min(place - start + 1, len(answer) - 1)]] = 9.0
        return logits

    return rule


@check("exact_match", hint="All symbols of an answer must be right; answers are compared as texts.")
def check_match_values(submission, rng):
    """The accuracy is the share of answers that are right in every symbol."""
    cases = (2, 20, (0, 1, 1, 2, 2, 2, 2)), (1, 7, (0, 1)), (3, 5, ()), (2, 1, (2,))
    for width, count, spoilt in cases:
        pairs = rng.choice(10 ** (2 * width), count, replace=False)
        examples = [written(int(p) // 10**width, "+", int(p) % 10**width, width) for p in pairs]
        said = [tokens(answer) for _, answer in examples]
        for row, place in enumerate(spoilt):
            said[row][place] = (said[row][place] + 1) % 10
        table = {tuple(tokens(p)): answer for (p, _), answer in zip(examples, said, strict=True)}
        model = submission.Scripted(speaks(table))
        tokenizer = submission.ArithmeticTokenizer(SYMBOLS)
        accuracy, answers = measured(ask(submission, "exact_match", model, examples, tokenizer))
        wanted = ["".join(SYMBOLS[i] for i in answer) for answer in said]
        require(answers == wanted, "The answers are not what the model writes", answers, wanted)
        close(accuracy, 1 - len(spoilt) / count, rtol=1e-5, what="The accuracy")


@check("exact_match", hint="Give the model the prompt alone, and let it write.")
def check_match_honest(submission, rng):
    """A model that copies what it is shown is always wrong, since it is shown no answer."""

    def copycat(ids):
        following = torch.cat([ids[:, 1:], torch.full_like(ids[:, :1], PLUS)], dim=1)
        return torch.nn.functional.one_hot(following, len(SYMBOLS)).float()

    examples = [written(int(a), "+", int(b), 2) for a, b in rng.integers(0, 100, (9, 2))]
    model = submission.Scripted(copycat)
    tokenizer = submission.ArithmeticTokenizer(SYMBOLS)
    accuracy, _ = measured(ask(submission, "exact_match", model, examples, tokenizer))
    close(accuracy, 0.0, what="The accuracy of a model that cannot add")


@check("exact_match", hint="Each new symbol is bet on after what the model itself has written.")
def check_match_own_errors(submission):
    """A model that is thrown off by its own first error gets no help from the true answer."""

    # Right as long as everything before is right: it writes a wrong first digit and goes on from it.
    def rule(ids):
        logits = torch.zeros(*ids.shape, len(SYMBOLS))
        for row, text in enumerate(ids.tolist()):
            for place in range(5, len(text)):
                right = place > 5 and text[6] == 6
                digit = [7, 4, 0][place - 5] if right or place == 5 else 9
                logits[row, place, digit] = 9.0
        return logits

    tokenizer = submission.ArithmeticTokenizer(SYMBOLS)
    examples = [("12+34=", "640"), ("12+34=", "799")]
    result = submission.exact_match(submission.Scripted(rule), examples, tokenizer)
    accuracy, answers = measured(result)
    require(answers == ["799", "799"], "The answers are not what the model writes", answers)
    close(accuracy, 0.5, what="The accuracy")


# f: count_carries, accuracy_by


@check("count_carries", hint="A carry may cause the next; go on while either number has digits.")
@settings(max_examples=40)
@given(st.integers(0, 10**8), st.integers(0, 10**8) | st.integers(0, 99))
def check_carries_any(submission, a, b):
    """The number of carries is right for any two numbers, of any two lengths."""

    def digit_sum(n):
        return sum(map(int, str(n)))

    # Each carry takes ten units from a column and gives one to the next: nine are lost.
    wanted = (digit_sum(a) + digit_sum(b) - digit_sum(a + b)) // 9
    close(submission.count_carries(a, b), wanted, what="The number of carries", at=None)


@check("count_carries", hint="Try 99 + 1, and 1 + 99.")
def check_carries_chain(submission):
    """A carry runs on through nines, also past the end of the shorter number."""
    for a, b, wanted in ((99, 1, 2), (1, 99, 2), (9999, 1, 4), (0, 0, 0), (5, 5, 1), (91, 10, 1)):
        close(submission.count_carries(a, b), wanted, what="The number of carries")


@check("accuracy_by", hint="Within each kind: how many were right, divided by how many there are.")
def check_by_values(submission, rng):
    """Every kind has its own share and its own count, whatever its keys are."""
    for kinds in ((0, 1, 2), ("units", "tens"), ((1, "+"), (2, "-"), (3, "+"))):
        keys = [kinds[int(i)] for i in rng.integers(0, len(kinds), 40)] + list(kinds)
        right = [bool(x) for x in rng.random(len(keys)) < 0.6]
        got = ask(submission, "accuracy_by", keys, right)
        require(isinstance(got, dict), "The result is not a dictionary", got)
        require(set(got) == set(kinds), "The keys are not the kinds", set(got), set(kinds))
        for kind in kinds:
            of_kind = [r for k, r in zip(keys, right, strict=True) if k == kind]
            wanted = (sum(of_kind) / len(of_kind), len(of_kind))
            close(got[kind], wanted, rtol=1e-5, what="(share, count) of a kind")


# g: draw_problems


@check("draw_problems", hint="From 10**(n-1) to 10**n - 1, written with `width`.")
def check_lengths_any(submission):
    """Both numbers have exactly n_digits digits, and the problems are written with `width`."""
    for n_digits, width, reverse in ((1, 1, True), (2, 4, False), (3, 3, True), (1, 3, False)):
        found = problems(submission.draw_problems(n_digits, 60, width, 4, reverse))
        require(len(found) == 60, "There are not `count` problems", len(found), 60)
        low = 10 ** (n_digits - 1) if n_digits > 1 else 0
        for prompt, answer in found:
            parts = prompt[:width], prompt[width + 1 : -1]
            digits = all(part.isascii() and part.isdecimal() for part in parts)
            require(digits, "A problem is not written with `width`", prompt)
            a, b = (int(part) for part in parts)
            inside = all(low <= n < 10**n_digits for n in (a, b))
            require(inside, "A number does not have n_digits digits", prompt)
            wanted = written(a, "+", b, width, reverse)
            require((prompt, answer) == wanted, "A problem is not written right", prompt + answer)


@check("draw_problems", hint="Draw each of the two numbers by itself, ends included.", chances=2)
def check_lengths_even(submission, chance):
    """All numbers of that length are equally likely, and the two of a problem independent."""

    def sums(size, seed):
        found = problems(submission.draw_problems(1, size, 1, seed % SEED))
        return [digits_of(prompt, 0, 2) for prompt, _ in found]

    def numbers_of_two_digits(size, seed):
        found = problems(submission.draw_problems(2, size, 2, seed % SEED))
        places = ((0, 1), (3, 4))
        return [digits_of(p, *places[i % 2]) - 10 for i, (p, _) in enumerate(found)]

    chance.frequencies(sums, [0.01] * 100, detect=0.01, what="A sum of single digits")
    chance.frequencies(numbers_of_two_digits, [1 / 90] * 90, detect=0.011, what="A number")


@check("draw_problems", hint="Make a generator from the seed, and draw from that one alone.")
def check_lengths_seeded(submission):
    """The problems follow from the seed."""
    again = [problems(submission.draw_problems(2, 20, 2, seed)) for seed in (1, 1, 2)]
    require(again[0] == again[1], "The same seed draws other problems")
    require(again[0] != again[2], "Another seed draws the same problems")


# i: the class leaderboard

SUMS = 1000


def entered(submission):
    """Return the weights of an entry, as plain tensors, and how many numbers they hold."""
    weights = submission.saved_weights()
    if weights is None:
        # Nothing is saved where nothing was run, as with our own reference: then it is fitted here.
        model = submission.build()
        submission.fit(model)
        weights = model.state_dict()
    if not isinstance(weights, dict) or not weights:
        fail("The weights of the entry are not a dictionary of tensors", weights)
    for name, tensor in weights.items():
        require(isinstance(tensor, torch.Tensor), "A weight is not a tensor", name)
        finite(tensor, what="A weight of the entry")
    return weights, sum(tensor.numel() for tensor in weights.values())


def loaded(submission, weights):
    """Return a fresh module of the entry with these weights, and nothing that is not in them."""
    model = submission.build()
    require(isinstance(model, RemoteObject), "`build()` does not return a module", model)
    model.load_state_dict(weights, False)
    model.eval()
    for name, tensor in model.state_dict().items():
        # Shared tensors have several names, and the file keeps one of them.
        known = [weights[name]] if name in weights else list(weights.values())
        there = any(t.shape == tensor.shape and torch.equal(t, tensor.to(t.dtype)) for t in known)
        require(there, "The entry holds a tensor that is not in the file", name)
    return model


def logits_of(model, ids):
    """Return the logits (B, L, 12) of an entry."""
    logits = finite(model(ids), what="The logits of the entry")
    wanted = (*ids.shape, len(SYMBOLS))
    require(logits.shape == wanted, "The logits have the wrong shape", logits.shape, wanted)
    return logits


def right_of(model, pairs):
    """Return how many of some sums an entry writes right, in the order of digits that suits it."""
    rows = [[a // 10, a % 10, PLUS, b // 10, b % 10, EQUALS] for a, b in pairs]
    ids = torch.tensor(rows)
    for _ in range(3):
        best = torch.from_numpy(logits_of(model, ids)[:, -1].argmax(-1))
        ids = torch.cat([ids, best[:, None]], dim=1)
    sums = [a + b for a, b in pairs]
    wanted = torch.tensor([[s % 10, s // 10 % 10, s // 100] for s in sums])
    said = ids[:, 6:]
    return max(int((said == order).all(1).sum()) for order in (wanted, wanted.flip(1)))


def examined(submission, rng):
    """Return the size of an entry and how many of the fresh sums it gets right."""
    weights, size = entered(submission)
    pairs = [(int(a), int(b)) for a, b in rng.integers(0, 100, (SUMS, 2))]
    return size, right_of(loaded(submission, weights), pairs)


def within(submission, rng, most):
    """Fail the check unless an entry is right and small enough."""
    size, right = examined(submission, rng)
    require(right >= 0.99 * SUMS, "Fewer than 99 % of new sums are right", f"{right} of {SUMS}")
    require(size <= most, f"There are more than {most} parameters", size)


@check("build", hint="Train for longer, or compare with exact_match on your own held-out sums.")
def check_entry_adds(submission, rng):
    """Put into a fresh `build()`, the weights of the file add: 99 % of new sums are right."""
    _, right = examined(submission, rng)
    require(right >= 0.99 * SUMS, "Fewer than 99 % of new sums are right", f"{right} of {SUMS}")


@check(
    "build", hint="Every tensor in the file must take part, and the adding must be in the weights."
)
def check_entry_weights_matter(submission, rng, note):
    """The bets depend on every tensor, and with its weights shuffled the entry cannot add."""
    weights, size = entered(submission)
    model = loaded(submission, weights)
    fresh = [(int(a), int(b)) for a, b in rng.integers(0, 100, (SUMS, 2))]
    right = right_of(model, fresh)
    pairs = [(int(a), int(b)) for a, b in rng.integers(0, 100, (50, 2))]
    rows = [[a // 10, a % 10, PLUS, b // 10, b % 10, EQUALS, a % 7, b % 5] for a, b in pairs]
    ids = torch.tensor(rows)
    before = logits_of(model, ids)
    close(logits_of(model, ids), before, rtol=1e-5, atol=1e-5, message="The bets change by chance")
    shuffled = {}
    for name, tensor in weights.items():
        flat = tensor.double().flatten()
        noise = torch.from_numpy(rng.normal(size=flat.numel()))
        order = torch.from_numpy(rng.permutation(flat.numel()))
        spoilt = (flat[order] * noise.exp()).reshape(tensor.shape).to(tensor.dtype)
        spread = (tensor.double() + noise.reshape(tensor.shape)).to(tensor.dtype)
        shuffled[name] = spoilt
        model.load_state_dict({name: spread}, False)
        after = numbers(model(ids), "The logits of the entry")
        # A bet that has become NaN depends on the tensor as well.
        same = after.shape == before.shape and np.allclose(after, before, rtol=1e-6, atol=1e-6)
        require(not same, "The bets do not depend on a tensor of the file", name)
        model.load_state_dict({name: tensor}, False)
    model.load_state_dict(shuffled, False)
    left = numbers(model(ids[:, :6]), "The logits of the entry")
    sums = np.array([a + b for a, b in pairs])
    best = np.nan_to_num(left)[:, -1].argmax(-1)
    for digit in (sums % 10, sums // 100):
        hits = int((best == digit).sum())
        # Always writing the same digit gets about half of the hundreds.
        require(hits < 45, "The entry adds without its weights: shuffled, it still does", hits)
    # The class is ranked by this note: only an entry that is right and honest leaves it.
    require(right >= 0.99 * SUMS, "Fewer than 99 % of new sums are right", f"{right} of {SUMS}")
    note(f"{size} parameters, {right} of {SUMS} new sums right")


@check("build", points=1, hint="Where do the parameters sit? Count them per layer.")
def check_entry_10000(submission, rng):
    """The entry is right with at most 10,000 parameters."""
    within(submission, rng, 10_000)


@check("build", points=1, hint="Share tables, drop norms and biases, narrow the inner layer.")
def check_entry_2000(submission, rng):
    """The entry is right with at most 2,000 parameters."""
    within(submission, rng, 2_000)


@check("build", points=1, hint="Which weights would you choose, if you had to set them yourself?")
def check_entry_200(submission, rng):
    """The entry is right with at most 200 parameters."""
    within(submission, rng, 200)
