"""The public checks: worked examples, and what holds for every function of the notebook."""

import math

import torch

from grader.checks import RemoteObject, check, close, fail, numbers, require

SYMBOLS = "0123456789+="
PLUS, EQUALS = 10, 11


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


def text_pair(value, what):
    """Return a pair of texts, as a problem is one."""
    if not isinstance(value, tuple | list) or len(value) != 2:
        fail(f"{what} is not a pair of texts, (prompt, answer)", value)
    if not all(isinstance(part, str) for part in value):
        fail(f"{what} is not a pair of texts, (prompt, answer)", value)
    return tuple(value)


def same_ids(got, expected, what):
    """Fail the check unless ids are the right ones."""
    found = whole(got, what)
    require(found == expected, f"{what} is not right", found, expected)


def same_bools(result, wanted, what):
    """Fail the check unless a result is a boolean tensor that equals `wanted`."""
    got = numbers(result, what)
    require(
        got.shape == tuple(wanted.shape), f"{what} has the wrong shape", got.shape, wanted.shape
    )
    require("bool" in str(getattr(result, "dtype", "")), f"{what} is not boolean", result)
    if (got != wanted.numpy()).any():
        fail(f"{what} is wrong somewhere", got.astype(int).tolist(), wanted.int().tolist())


def measured(result):
    """Return the accuracy and the answers that `exact_match` must return."""
    if not isinstance(result, tuple | list) or len(result) != 2:
        fail("`exact_match` must return two things: `return accuracy, answers`", got=result)
    accuracy, answers = result
    if not isinstance(answers, tuple | list) or not all(isinstance(a, str) for a in answers):
        fail("The answers that `exact_match` returns are not a list of texts", got=answers)
    return accuracy, list(answers)


def speaks(table):
    """Return a rule for `Scripted`: after a prompt it writes what the table says, token by token."""

    def rule(ids):
        logits = torch.zeros(*ids.shape, len(SYMBOLS))
        for row, text in enumerate(ids.tolist()):
            start = text.index(EQUALS) + 1
            answer = table[(*text[:start],)]
            for place in range(start - 1, len(text)):
                logits[row, place, answer[min(place - start + 1, len(answer) - 1)]] = 9.0
        return logits

    return rule


# a


@check("ArithmeticTokenizer", hint="The id of a symbol is its place in the alphabet.")
def check_tokenizer_worked(submission):
    """`12+34=640` becomes nine ids, and they become the same text again."""
    tokenizer = submission.ArithmeticTokenizer(SYMBOLS)
    ids = [1, 2, 10, 3, 4, 11, 6, 4, 0]
    same_ids(tokenizer.encode("12+34=640"), ids, "The encoding of '12+34=640'")
    for given in (ids, torch.tensor(ids)):
        text = ask(submission, "decode", given, of=tokenizer)
        require(text == "12+34=640", "The ids do not become the text again", text, "12+34=640")
    size = submission.read(tokenizer, "vocab_size")
    require(size == 12, "`vocab_size` is not the number of symbols", size, 12)


# b


@check("write_problem", hint="Fill with zeros first, then turn the answer round, and it alone.")
def check_problem_worked(submission):
    """The three problems of the table are written as the text shows, in both orders."""
    table = (
        (12, "+", 34, "12+34=", "046"),
        (95, "+", 7, "95+07=", "102"),
        (12, "-", 34, "12-34=", "-22"),
        (34, "-", 12, "34-12=", "022"),
    )
    found = [
        (submission.write_problem(a, op, b, 2, reverse), (prompt, answer[:: -1 if reverse else 1]))
        for a, op, b, prompt, answer in table
        for reverse in (True, False)
    ]
    # Compared when all are there: together they say more about what went wrong.
    for result, wanted in found:
        got = text_pair(result, "The problem")
        require(got == wanted, "A problem is not written as in the table", got, wanted)


@check("make_examples", hint="Deal pairs with a ≤ b; each takes its mirror image with it.")
def check_split_worked(submission):
    """Of the hundred sums of single digits each is there once, none in both lists."""
    train, test = submission.make_examples(1)
    train, test = ([text_pair(p, "An example") for p in part] for part in (train, test))
    both = [*train, *test]
    require(len(both) == 100, "There are not 100 problems together", len(both), 100)
    require(len(set(both)) == 100, "Some problem stands there twice, or in both lists")
    require(all(len(p + a) == 6 for p, a in both), "Not every problem has the same length")
    require(4 <= len(test) <= 16, "The test part is not about a tenth", len(test), "about 10")


# c


@check("loss_mask", hint="The bet made at `=` is the first on the answer.")
def check_mask_worked(submission):
    """In `12+34=640` the bets made at `=`, `6` and `4` count, and no others."""
    ids = torch.tensor([[1, 2, 10, 3, 4, 11, 6, 4, 0]])
    wanted = torch.tensor([[0, 0, 0, 0, 0, 1, 1, 1]]) == 1
    same_bools(ask(submission, "loss_mask", ids, EQUALS), wanted, "The mask")


@check(
    "masked_loss", hint="Drop the last bet and the first id. The mean is over the bets that count."
)
def check_loss_worked(submission):
    """Of three bets with 0.1, 0.5 and 0.8 for what came the last two count: 0.4581."""
    probs = torch.tensor(
        [[[0.8, 0.1, 0.1], [0.3, 0.2, 0.5], [0.1, 0.8, 0.1], [0.9, 0.05, 0.05]]],
        dtype=torch.float64,
    )
    ids = torch.tensor([[0, 1, 2, 1]])
    mask = torch.tensor([[False, True, True]])
    loss = ask(submission, "masked_loss", probs.log(), ids, mask)
    close(loss, (-math.log(0.5) - math.log(0.8)) / 2, what="The loss")


# d

# The answer repeats the digit: learned in a moment, and digit by digit.
COPIES = [(f"{digit}=", f"{digit}") for digit in range(10)]


@check(
    "train", hint="Draw rows inside the loop; loss, zero_grad, backward, step; keep loss.item()."
)
def check_train_learns(submission):
    """A small model learns to repeat a digit, and the losses of its steps are returned."""
    submission.seed(1)
    model = submission.Calculator(12, 16, 2, 1, 3)
    tokenizer = submission.ArithmeticTokenizer(SYMBOLS)
    losses = ask(submission, "train", model, COPIES, tokenizer, 60, 16, 0.02)
    values = numbers(losses, "What `train` returns")
    require(values.shape == (60,), "There is not one loss for each step", values.shape, (60,))
    require(
        isinstance(losses, list | tuple) and all(type(x) in (int, float) for x in losses),
        "`train` must return a list of plain numbers: `loss.item()`",
        losses,
    )
    require(1.5 < values[0] < 3.5, "The first loss is not that of an untrained model", values[0])
    require(values[-10:].mean() < 0.5, "The loss does not fall", values[-10:].mean(), "below 0.5")


# e


@check("generate", hint="Append the best symbol of the last position, max_new times.")
def check_generate_worked(submission):
    """Two prompts are continued by what a scripted model bets on, symbol by symbol."""
    table = {(1, 2, 10, 3, 4, 11): [6, 4, 0], (9, 5, 10, 0, 7, 11): [2, 0, 1]}
    model = submission.Scripted(speaks(table))
    prompts = torch.tensor(list(table))
    texts = ask(submission, "generate", model, prompts, 3)
    same_ids(texts, [[*prompt, *answer] for prompt, answer in table.items()], "The text")


@check("exact_match", hint="Let the model write; an answer is right if all its symbols are.")
def check_match_worked(submission):
    """A model that solves one problem of two has an accuracy of 1/2, and its answers are told."""
    table = {(1, 2, 10, 3, 4, 11): [6, 4, 0], (9, 5, 10, 0, 7, 11): [2, 0, 0]}
    model = submission.Scripted(speaks(table))
    tokenizer = submission.ArithmeticTokenizer(SYMBOLS)
    examples = [("12+34=", "640"), ("95+07=", "201")]
    accuracy, answers = measured(ask(submission, "exact_match", model, examples, tokenizer))
    close(accuracy, 0.5, what="The accuracy")
    require(answers == ["640", "200"], "The answers are not what the model wrote", answers)


# f


@check("count_carries", hint="A column overflows if its digits and the carry reach 10.")
def check_carries_worked(submission):
    """12 + 34 has no carry, 50 + 50 has one, 95 + 7 has two."""
    for a, b, wanted in ((12, 34, 0), (50, 50, 1), (95, 7, 2)):
        got = submission.count_carries(a, b)
        close(got, wanted, what="The number of carries", at=None)


@check("accuracy_by", hint="Collect the results of each kind, then take their mean.")
def check_by_worked(submission):
    """Of three problems without a carry two are right, of one with a carry none."""
    got = ask(submission, "accuracy_by", [0, 0, 1, 0], [True, False, False, True])
    require(isinstance(got, dict) and set(got) == {0, 1}, "The keys are not 0 and 1", got)
    close(got[0], (2 / 3, 3), what="The entry (share, count) of key 0")
    close(got[1], (0, 1), what="The entry (share, count) of key 1")


# g


@check("draw_problems", hint="Three digits: from 100 to 999.")
def check_lengths_worked(submission):
    """Problems of two digits, written with width 3, begin with a 0 and a digit that is none."""
    found = submission.draw_problems(2, 20, 3)
    require(
        isinstance(found, list | tuple) and len(found) == 20, "There are not 20 problems", found
    )
    for prompt, answer in (text_pair(problem, "A problem") for problem in found):
        fits = len(prompt) == 8 and len(answer) == 4 and prompt[3] + prompt[7] == "+="
        require(fits, "A problem is not written with width 3", (prompt, answer))
        numbers_of = (prompt[:3], prompt[4:7])
        two = all(n[0] == "0" and n[1] != "0" for n in numbers_of)
        require(two, "A number does not have exactly two digits", prompt)


# i


@check("build", hint="ids (B, L) → logits (B, L, 12); a bet must not depend on later ids.")
def check_entry_contract(submission):
    """The entry turns ids (B, L) into logits (B, L, 12), and no bet sees its future."""
    model = submission.build()
    model.eval()
    first = torch.tensor([[1, 2, 10, 3, 4, 11, 6, 4, 0], [9, 5, 10, 0, 7, 11, 2, 0, 1]])
    second = first.clone()
    second[:, 6:] = torch.tensor([[0, 9, 5], [7, 7, 7]])
    before, after = (numbers(ask(submission, "forward", x, of=model)) for x in (first, second))
    require(before.shape == (2, 9, 12), "The logits have the wrong shape", before.shape, (2, 9, 12))
    close(after[:, :6], before[:, :6], rtol=1e-4, atol=1e-4, message="A bet depends on later ids")
