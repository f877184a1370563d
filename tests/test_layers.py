"""Imports run downhill: floor by floor, and siblings on floor 2 are strangers."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "grader"

# The first floor whose entry matches a module is its floor.
FLOORS: list[tuple[str, ...]] = [
    ("errors", "model", "roster"),
    ("settings", "scoring", "rubric", "seeding", "wire"),
    ("marking",),
    (
        "notebook",
        "worker",
        "sandbox",
        "checks",
        "diagnosis",
        "store",
        "reports",
        "exports",
        "engine",
        "policy",
        "similarity",
    ),
    ("local", "digests"),
    ("card",),
    ("desk",),
    ("packing", "updating", "athome"),
    ("processes",),
    ("recall",),
    ("finding",),
    ("pipeline",),
    ("results", "release", "certify", "jobs"),
    ("station",),
    ("grading",),
    ("classlist",),
    ("classmarks",),
    ("staff", "demo", "ci", "regrade", "scaffold", "web", "classtable", "comparing", "classreport"),
    ("forget", "feedback"),
    ("anonymous",),
    ("cohort",),
    ("cli",),
]
STRANGERS = FLOORS[3]
# Slow to import: a command line that only prints help must not touch them.
HEAVY = {"torch", "numpy", "matplotlib", "nbconvert", "IPython", "pytest", "hypothesis", "jupytext"}
LIGHT = (
    "errors",
    "model",
    "settings",
    "scoring",
    "rubric",
    "seeding",
    "cli",
    "exports",
    "store",
    "policy",
)

FILES = sorted(ROOT.rglob("*.py"))


def part(module: str) -> str:
    """Return the part of the package that a dotted module name belongs to."""
    return module.removeprefix("grader.").split(".")[0]


def floor(name: str) -> int:
    return next(number for number, parts in enumerate(FLOORS) if name in parts)


def imports(tree: ast.AST) -> Iterator[tuple[str, bool]]:
    """Yield every imported module and whether the import stands at the top of the file."""
    top = set(ast.iter_child_nodes(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node in top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute here"
            if node.module == "grader":
                yield from ((f"grader.{alias.name}", node in top) for alias in node.names)
            else:
                yield node.module or "", node in top


def parse(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def own_part(file: Path) -> str:
    return file.relative_to(ROOT).with_suffix("").parts[0]


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(ROOT)))
def test_imports_run_downhill(file: Path) -> None:
    own = own_part(file)
    if own in {"__init__", "__main__"}:
        return
    for module, _ in imports(parse(file)):
        if not module.startswith("grader."):
            continue
        other = part(module)
        assert floor(other) <= floor(own), f"{own} imports {module} from a floor above"
        if own in STRANGERS and other in STRANGERS:
            assert other == own, f"{own} imports its sibling {module}"


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(ROOT)))
def test_the_command_line_starts_light(file: Path) -> None:
    if own_part(file) not in LIGHT:
        return
    heavy = {module.split(".")[0] for module, is_top in imports(parse(file)) if is_top} & HEAVY
    assert not heavy


def test_the_worker_knows_no_check() -> None:
    """What student code runs beside must not even import the checks, at any depth."""
    seen: set[str] = set()
    todo = ["grader.worker.main", "grader.sandbox.minder"]
    while todo:
        module = todo.pop()
        path = ROOT.parent / Path(*module.split("."))
        file = path.with_suffix(".py") if path.with_suffix(".py").exists() else path / "__init__.py"
        if module in seen or not file.exists():
            continue
        seen.add(module)
        todo += [name for name, _ in imports(parse(file)) if name.startswith("grader.")]
    assert not [m for m in seen if part(m) in {"checks", "diagnosis", "store", "pipeline"}]
