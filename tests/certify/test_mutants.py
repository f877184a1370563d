"""Machine-made mistakes: each is one change, inside the solution only, and has a name."""

import ast

import pytest

from grader.certify.mutants import mutants, solution_lines

CELL = '''def f(x, eps=1e-5):
    """Return something; 3 is no number of ours here."""
    # solution
    if x.size < 2:
        raise ValueError("at least " + str(2))
    y = x.transpose(-2, -1).detach()
    return -y.sum(dim=-1, keepdim=True) / eps
    # end
'''


def sources(body: str) -> list[str]:
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return [
        m.source.splitlines()[-1].strip()
        for m in mutants(f"def f(a, b):\n    # solution\n{lines}\n    # end")
    ]


@pytest.mark.parametrize(
    ("body", "made"),
    [
        ("return a - b", ["return a + b", "return a", "return b - a"]),
        ("return a < b", ["return a <= b", "return a > b"]),
        ("return a and b", ["return a or b"]),
        ("return -a", ["return a"]),
        ("return 0", ["return 1", "return -1"]),
        ("return True", ["return False"]),
        ("return 0.5", ["return 2.0"]),
        ("return a.T", ["return a"]),
        ("return a.transpose(b, b)", ["return a"]),
        ("return torch.sqrt(a)", ["return a"]),
        ("return a.sum(dim=b)", ["return a.sum()", "return a.mean(dim=b)"]),
        ("return a[b:]", ["return a[:]"]),
        ("return [x for x in a if x]", ["return [x for x in a]"]),
        ("return a if b else f", ["return f if b else a"]),
        ("return sorted(a)", ["return a"]),
        ("return min(a)", ["return max(a)"]),
    ],
)
def test_the_usual_changes_are_made(body: str, made: list[str]) -> None:
    assert sources(body) == made


def test_statements_are_left_out_and_conditions_turned() -> None:
    found = [m.source for m in mutants("# solution\nif a:\n    b = 1\n# end")]
    assert "if not a:\n    b = 1" in found
    assert "pass" in found
    assert "if a:\n    pass" in found


def test_only_the_solution_is_changed() -> None:
    assert solution_lines(CELL) == {3, 4, 5, 6}
    for mutant in mutants(CELL):
        tree = ast.parse(mutant.source)
        assert "eps=1e-05" in mutant.source
        assert "3 is no number of ours" in mutant.source
        assert ast.get_docstring(tree.body[0]) is not None
    assert not any("at least " not in m.source and "raise" in m.source for m in mutants(CELL))


def test_every_mutant_differs_and_has_a_name_of_its_own() -> None:
    found = mutants(CELL)
    assert len({m.source for m in found}) == len({m.name for m in found}) == len(found) > 10
    assert "y = x.transpose(-2, -1).detach() → y = x.detach()" in {m.name for m in found}
