"""Wrong programs made by a machine: one small change each to the code of a reference."""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from grader.notebook.source import END, SOLUTION, with_solution

Change = ast.AST | None
Operator = Callable[[ast.AST], Iterator[Change]]

BINARY: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mod, ast.Mod: ast.FloorDiv, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.GtE), ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE), ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
}  # fmt: skip
# What is mixed up with what, in numpy and torch as in Python.
PAIRS = (
    ("sum", "mean"), ("max", "min"), ("argmax", "argmin"), ("amax", "amin"), ("sin", "cos"),
    ("exp", "log"), ("floor", "ceil"), ("zeros", "ones"), ("zeros_like", "ones_like"),
    ("any", "all"), ("triu", "tril"), ("softmax", "log_softmax"), ("cumsum", "cumprod"),
    ("maximum", "minimum"), ("keys", "values"), ("append", "extend"), ("rfind", "find"),
)  # fmt: skip
SWAPS = {a: b for pair in PAIRS for a, b in (pair, pair[::-1])}
# Calls and attributes that are forgotten: what they are applied to is left.
DROPPED = {
    "T", "mT", "transpose", "detach", "clone", "copy", "contiguous", "abs", "sqrt", "flip", "strip",
    "float", "double", "lower", "squeeze", "unsqueeze", "item", "tolist", "to", "sorted",
    "reversed", "list", "int", "set",
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A changed program, and in words the line that differs."""

    name: str
    source: str


def mutants(cell: str) -> list[Mutant]:
    """Return every mutant of the solution regions of a cell, each with a name of its own."""
    lines = solution_lines(cell)
    tree = ast.parse(with_solution(cell))
    before = ast.unparse(tree).splitlines()
    found: dict[str, Mutant] = {}
    for index, node in enumerate(ast.walk(tree)):
        # A `for … if` inside brackets has no place of its own, but its target has.
        placed = node.target if isinstance(node, ast.comprehension) else node
        if getattr(placed, "lineno", 0) not in lines or _in_raise(tree, node):
            continue
        for number in range(sum(1 for _ in changes(node))):
            source = _changed(tree, index, number)
            if source and source not in found:
                found[source] = Mutant(_name(before, source.splitlines(), found), source)
    return list(found.values())


def solution_lines(cell: str) -> set[int]:
    """Return the lines of the solution regions, as they are counted without the marks."""
    inside, line, found = False, 0, set()
    for text in cell.splitlines():
        if SOLUTION.match(text):
            inside = True
        elif END.match(text):
            inside = False
        else:
            line += 1
            found |= {line} if inside else set()
    return found


def changes(node: ast.AST) -> Iterator[Change]:
    """Yield what can stand in the place of a node; None stands for nothing."""
    for operator in OPERATORS:
        yield from operator(node)


def _binary(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.BinOp):
        if type(node.op) in BINARY:
            yield ast.BinOp(node.left, BINARY[type(node.op)](), node.right)
        yield node.left
        if isinstance(node.op, ast.Sub | ast.Div | ast.MatMult):
            yield ast.BinOp(node.right, node.op, node.left)
    if isinstance(node, ast.AugAssign) and type(node.op) in BINARY:
        yield ast.AugAssign(node.target, BINARY[type(node.op)](), node.value)


def _logic(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for kind in COMPARISONS[type(node.ops[0])]:
            yield ast.Compare(node.left, [kind()], node.comparators)
    if isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    if isinstance(node, ast.UnaryOp):
        yield node.operand
    if isinstance(node, ast.If | ast.While):
        yield type(node)(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
    if isinstance(node, ast.IfExp):
        yield ast.IfExp(node.test, node.orelse, node.body)


def _constant(node: ast.AST) -> Iterator[Change]:
    if not isinstance(node, ast.Constant):
        return
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int):
        yield ast.Constant(node.value + 1)
        yield (
            ast.Constant(node.value - 1) if node.value else ast.UnaryOp(ast.USub(), ast.Constant(1))
        )
    elif isinstance(node.value, float):
        yield ast.Constant(2 * node.value + 1)


def _call(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Attribute):
        if node.attr in SWAPS:
            yield ast.Attribute(node.value, SWAPS[node.attr], node.ctx)
        if node.attr in {"T", "mT"}:
            yield node.value
    if isinstance(node, ast.Name) and node.id in SWAPS:
        yield ast.Name(SWAPS[node.id], node.ctx)
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr in DROPPED:
            yield node.args[0] if _is_module(node.func.value) and node.args else node.func.value
        if isinstance(node.func, ast.Name) and node.func.id in DROPPED and node.args:
            yield node.args[0]
        for at in range(len(node.keywords)):
            yield ast.Call(node.func, node.args, node.keywords[:at] + node.keywords[at + 1 :])


def _is_module(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in {"np", "torch", "math", "F", "nn"}


def _slice(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Slice):
        if node.lower is not None:
            yield ast.Slice(None, node.upper, node.step)
        if node.upper is not None:
            yield ast.Slice(node.lower, None, node.step)
    if isinstance(node, ast.comprehension) and node.ifs:
        yield ast.comprehension(node.target, node.iter, [], node.is_async)


def _statement(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr | ast.Break | ast.Continue | ast.If):
        yield None


OPERATORS: tuple[Operator, ...] = (_binary, _logic, _constant, _call, _slice, _statement)


class _Replacing(ast.NodeTransformer):
    """Puts one thing in the place of one node."""

    def __init__(self, target: ast.AST, change: Change) -> None:
        self.target, self.change = target, change

    def visit(self, node: ast.AST) -> ast.AST:
        """Return the node, or what takes its place."""
        if node is not self.target:
            return self.generic_visit(node)
        return ast.Pass() if self.change is None else self.change


def _changed(tree: ast.Module, index: int, number: int) -> str:
    """Return the source with one change; empty if that makes no program."""
    fresh = copy.deepcopy(tree)
    node = list(ast.walk(fresh))[index]
    change = list(changes(node))[number]
    try:
        source = ast.unparse(ast.fix_missing_locations(_Replacing(node, change).visit(fresh)))
        compile(source, "<mutant>", "exec")
    except (SyntaxError, ValueError, TypeError, AttributeError):
        return ""
    return source


def _in_raise(tree: ast.Module, node: ast.AST) -> bool:
    """Tell whether a node is part of an error, whose text is nobody's mistake."""
    return any(
        node in ast.walk(error) and node is not error
        for error in ast.walk(tree)
        if isinstance(error, ast.Raise)
    )


def _name(before: list[str], after: list[str], found: dict[str, Mutant]) -> str:
    """Return the lines that differ, and a number where the same change is made twice."""
    lost = [line.strip() for line in before if line not in after] or ["a line"]
    new = [line.strip() for line in after if line not in before] or ["nothing"]
    name = f"{lost[0]} → {new[0]}"
    taken = {mutant.name for mutant in found.values()}
    return next(n for i in range(1, 1000) if (n := f"{name} #{i}" if i > 1 else name) not in taken)
