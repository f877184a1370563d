"""Passages side by side, and groups."""

from grader.similarity import words
from grader.similarity.code import fragments
from grader.similarity.evidence import passages
from grader.similarity.groups import groups

LEFT = ["x = 1", "def f(a, b):\n    c = a * b + 2 * a\n    return c - a / b\n\n\nprint('other')"]
RIGHT = ["def g(u, v):\n    # mine\n    w = u * v + 2 * u\n    return w - u / v\n"]


def test_a_passage_reaches_over_what_both_share() -> None:
    found = passages(fragments(LEFT), fragments(RIGHT), lambda key: 1.0)
    assert len(found) == 1
    assert (found[0].left.cell, found[0].left.first, found[0].left.last) == (1, 0, 2)
    assert (found[0].right.cell, found[0].right.first, found[0].right.last) == (0, 0, 3)
    assert found[0].weight == len({f.key for f in fragments(RIGHT)})


def test_what_weighs_nothing_is_no_evidence() -> None:
    assert passages(fragments(LEFT), fragments(RIGHT), lambda key: 0.0) == []


def test_the_heaviest_comes_first() -> None:
    left = [*RIGHT, "a = b + c * d - e / f"]
    found = passages(fragments(left), fragments([left[1], left[0]]), lambda key: 1.0)
    assert [passage.left.cell for passage in found] == [0, 1]
    assert [passage.right.cell for passage in found] == [1, 0]


def test_answers_are_compared_by_their_letters() -> None:
    said = "Let $U = F(X)$, which is\nuniform because F is increasing."
    other = "well: let u=f(x) which  is UNIFORM because\n\n f is increasing!"
    found = passages(words.fragments([said]), words.fragments(["", other]), lambda key: 1.0)
    assert [(p.left.first, p.left.last) for p in found] == [(0, 1)]
    assert [(p.right.cell, p.right.first, p.right.last) for p in found] == [(1, 0, 2)]


def test_comments_are_words() -> None:
    source = "x = '# no'\ny = 1  # the only\n'''\n# no\n'''\n# and this"
    assert words.comments(source) == "\n# the only\n\n\n\n# and this"


def test_groups_are_what_hangs_together() -> None:
    assert groups([(1, 2), (5, 6), (2, 9), (9, 1), (7, 8), (8, 3), (3, 4)]) == [
        [3, 4, 7, 8],
        [1, 2, 9],
    ]
    assert groups([]) == []
