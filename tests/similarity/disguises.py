"""What people do to code that is not theirs: each takes sources of cells, returns others."""

import ast
import builtins
import random
from collections.abc import Callable, Iterable

Cells = list[str]
Disguise = Callable[[Cells, frozenset[str], random.Random], Cells]


def each(change: Callable[[ast.Module, frozenset[str], random.Random], ast.Module]) -> Disguise:
    """Make a disguise of a change of syntax trees; layout and comments are lost with it."""

    def disguise(cells: Cells, kept: frozenset[str], rng: random.Random) -> Cells:
        changed = []
        for source in cells:
            tree = change(ast.parse(source), kept, rng)
            changed.append(ast.unparse(ast.fix_missing_locations(tree)))
        return changed

    return disguise


# Names


class _Renamer(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self.names.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        self.generic_visit(node)
        node.arg = self.names.get(node.arg, node.arg)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        node.attr = self.names.get(f".{node.attr}", node.attr)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.name = self.names.get(node.name, self.names.get(f".{node.name}", node.name))
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.generic_visit(node)
        node.name = self.names.get(node.name, node.name)
        return node

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.AST:
        node.names = [self.names.get(name, name) for name in node.names]
        return node


def _own_names(tree: ast.Module, kept: frozenset[str]) -> list[str]:
    keywords = {node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword)}
    found: dict[str, None] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                found[name] = None
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found[name] = None
            case ast.Attribute(attr=name, ctx=ast.Store()):
                found[f".{name}"] = None
    fixed = kept | keywords | set(dir(builtins)) | {"forward"}
    return [n for n in found if n.lstrip(".") not in fixed and not n.lstrip(".").startswith("__")]


def _renamed(tree: ast.Module, kept: frozenset[str], rng: random.Random) -> ast.Module:
    names = _own_names(tree, kept)
    new = [f"{rng.choice('abcdefghkmnpqrstuvw')}{rng.choice(['tmp', 'val', 'res', 'q', 'zz'])}{i}"
           for i in range(len(names))]  # fmt: skip
    return _Renamer(dict(zip(names, new, strict=True))).visit(tree)


# Order


def _reordered_inside(tree: ast.Module, kept: frozenset[str], rng: random.Random) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            rng.shuffle(node.body)
    rng.shuffle(tree.body)
    return tree


def reordered(cells: Cells, kept: frozenset[str], rng: random.Random) -> Cells:
    """Put functions, methods and cells into another order."""
    shuffled = each(_reordered_inside)(cells, kept, rng)
    rng.shuffle(shuffled)
    return shuffled


def split(cells: Cells, kept: frozenset[str], rng: random.Random) -> Cells:
    """Give every statement at the margin a cell of its own."""
    parts = []
    for source in cells:
        parts += [ast.get_source_segment(source, node) or "" for node in ast.parse(source).body]
    return parts


def merged(cells: Cells, kept: frozenset[str], rng: random.Random) -> Cells:
    """Put all code into one cell."""
    return ["\n\n".join(cells)]


# Layout


def reformatted(cells: Cells, kept: frozenset[str], rng: random.Random) -> Cells:
    """Lay the code out anew: other quotes and brackets, every long line broken, wider indents."""
    changed = []
    for source in cells:
        lines = []
        for line in ast.unparse(ast.parse(source)).splitlines():
            indent = line[: len(line) - len(line.lstrip())]
            wide = indent * 2 + line.lstrip()
            if wide.lstrip().startswith("return "):
                wide = f"{indent * 2}return (\n{indent * 3}{wide.lstrip()[7:]}\n{indent * 2})"
            if not ("'" in wide or '"' in wide):
                wide = wide.replace("(", "( ").replace(", ", f",\n{indent * 4}")
                wide = wide if _balanced(line) else indent * 2 + line.lstrip()
            lines.append(wide)
        text = "\n".join(lines)
        changed.append(text if _parses(text) else ast.unparse(ast.parse(source)))
    return changed


def _balanced(line: str) -> bool:
    return line.count("(") == line.count(")") and ", " not in line.partition("(")[0]


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def commented(cells: Cells, kept: frozenset[str], rng: random.Random) -> Cells:
    """Write other comments and docstrings."""
    words = ["first", "then", "take", "this", "value", "so", "that", "it", "works", "here", "next"]

    def comment() -> str:
        return "# " + " ".join(rng.choices(words, k=5))

    changed = []
    for source in cells:
        tree = ast.parse(source)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is None:
                node.body.insert(0, ast.Expr(ast.Constant(" ".join(rng.choices(words, k=6)))))
        lines = []
        for line in ast.unparse(ast.fix_missing_locations(tree)).splitlines():
            if rng.random() < 0.4:
                lines.append(line[: len(line) - len(line.lstrip())] + comment())
            lines.append(line + ("  " + comment() if rng.random() < 0.2 and _closed(line) else ""))
        text = "\n".join(lines)
        changed.append(text if _parses(text) else source)
    return changed


def _closed(line: str) -> bool:
    return "'''" not in line and '"""' not in line


# Dead code and loops

DEAD = (
    "{n} = 0", "{n} = [1, 2, 3]", '{n} = len("abc")', 'if False:\n    print("never")',
    "assert True", "for {n} in ():\n    pass", "{n} = sum(range(3))",
)  # fmt: skip


COUNTING = """
all{n} = list(ITEMS)
at{n} = 0
while at{n} < len(all{n}):
    TARGET = all{n}[at{n}]
    at{n} = at{n} + 1
    BODY
"""
BREAKING = """
while True:
    if not (TEST):
        break
    BODY
"""
APPENDING = """
list{n} = []
for TARGET in ITEMS:
    list{n}.append(ELT)
"""


class _Blocks(ast.NodeTransformer):
    """Calls `change` on every list of statements, from the innermost outwards."""

    def __init__(self, change: Callable[[list[ast.stmt]], list[ast.stmt]]) -> None:
        self.change = change

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for field in ("body", "orelse"):
            block = getattr(node, field, None)
            if (
                isinstance(block, list)
                and block
                and not isinstance(node, ast.Module | ast.ClassDef)
            ):
                setattr(node, field, self.change(block))
        return node


def _with_dead_code(tree: ast.Module, kept: frozenset[str], rng: random.Random) -> ast.Module:
    def change(block: list[ast.stmt]) -> list[ast.stmt]:
        longer: list[ast.stmt] = []
        for statement in block:
            if rng.random() < 0.4:
                text = rng.choice(DEAD).format(n=f"unused{rng.randrange(100)}")
                longer += ast.parse(text).body
            longer.append(statement)
        return longer

    return _Blocks(change).visit(tree)


def _with_other_loops(tree: ast.Module, kept: frozenset[str], rng: random.Random) -> ast.Module:
    count = iter(range(10_000))

    def change(block: list[ast.stmt]) -> list[ast.stmt]:
        return [new for statement in block for new in _loop(statement, next(count))]

    return _Blocks(change).visit(tree)


def _loop(statement: ast.stmt, number: int) -> Iterable[ast.stmt]:
    """Return a loop written otherwise: `for` by counting, `while` by `break`, lists by append."""
    match statement:
        case ast.For(target=target, iter=items, body=body, orelse=[]):
            return _filled(COUNTING.format(n=number), {"ITEMS": items, "TARGET": target}, body)
        case ast.While(test=test, body=body, orelse=[]):
            return _filled(BREAKING, {"TEST": test}, body)
        case ast.Return(value=ast.ListComp() as made) | ast.Assign(value=ast.ListComp() as made):
            first = made.generators[0]
            if len(made.generators) > 1 or first.ifs:
                return [statement]
            parts = {"ITEMS": first.iter, "TARGET": first.target, "ELT": made.elt}
            statement.value = ast.Name(f"list{number}", ast.Load())
            return [*_filled(APPENDING.format(n=number), parts, []), statement]
        case _:
            return [statement]


def _filled(text: str, parts: dict[str, ast.expr], body: list[ast.stmt]) -> list[ast.stmt]:
    class Fill(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.AST:
            return parts.get(node.id, node)

        def visit_Expr(self, node: ast.Expr) -> ast.AST | list[ast.stmt]:
            if isinstance(node.value, ast.Name) and node.value.id == "BODY":
                return body
            return self.generic_visit(node)

    return Fill().visit(ast.parse(text)).body


def everything(cells: Cells, kept: frozenset[str], rng: random.Random) -> Cells:
    """Do all of it, one after the other."""
    steps = ["other loops", "dead code", "renamed", "reordered", "comments", "split cells"]
    for name in steps:
        cells = DISGUISES[name](cells, kept, rng)
    return cells


DISGUISES: dict[str, Disguise] = {
    "as it is": lambda cells, kept, rng: list(cells),
    "renamed": each(_renamed),
    "reordered": reordered,
    "split cells": split,
    "merged cells": merged,
    "reformatted": reformatted,
    "comments": commented,
    "dead code": each(_with_dead_code),
    "other loops": each(_with_other_loops),
    "all of these": everything,
}
