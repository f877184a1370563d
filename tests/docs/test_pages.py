"""What the pages say is there is there: commands, options, settings, fields, files, links, jobs."""

import ast
import importlib.util
import json
import re
import shlex
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import click
import msgspec
import pytest

from grader.certify.subjects import EquivalentTable, SettingsTable
from grader.cli import COMMANDS, cli
from grader.exports.document import to_json
from grader.model import (
    CheckResult,
    ExerciseGrade,
    Grade,
    Incident,
    Limits,
    Mark,
    Origin,
    Outcome,
    Person,
    QuestionAnswer,
)
from grader.policy.tables import (
    AssignmentTerms,
    ExtensionTable,
    FeedbackTable,
    LateTable,
    MarksTable,
    PartTable,
    PenaltyTable,
)
from grader.settings import (
    AssignmentTable,
    CourseTable,
    ExerciseTable,
    HandInTable,
    MarkingTable,
    QuestionTable,
)
from tests.docs.pages import PAGES, ROOT, anchors, blocks, code, links, name, tokens

# Options of other programs that the pages speak of.
FOREIGN = {
    "--time", "--cpus-per-task", "--nworkers", "--system-site-packages",
}  # fmt: skip
# Folders of this repository; what lies below others belongs to some course or run.
OURS = re.compile(r"(?:grader|tests|docs|data|solutions|assignments)/[\w./-]+|\w+\.md")


def options(command: click.Command) -> set[str]:
    return {name for parameter in command.params for name in parameter.opts}


def command_of(word: str) -> click.Command | None:
    return cli.get_command(click.Context(cli), word)


EVERY = {"--help", "--version"}.union(*(options(command_of(name)) for name in COMMANDS))  # type: ignore[arg-type]


def calls(page: Path) -> Iterator[list[str]]:
    """Yield the words of every call of the grader that a page shows."""
    shown = [block.text for block in blocks(page) if block.kind in {"", "sh", "bash"}]
    lines = [line for text in shown for line in text.replace("\\\n", " ").splitlines()]
    for line in [*lines, *code(page)]:
        found = re.match(r"\s*grader\s+([^#&;]+)", line)
        if found:
            try:
                yield shlex.split(found[1])
            except ValueError:
                pytest.fail(f"{name(page)}: {line}")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_and_options_exist(page: Path) -> None:
    for words in calls(page):
        if words[0].startswith(("-", "…")) or words[0].isupper():
            continue
        command = command_of(words[0])
        assert command is not None, f"there is no command: grader {' '.join(words)}"
        known = options(command) | {"--help"}
        for word in words:
            if word.startswith("--"):
                assert word.split("=")[0] in known, f"grader {' '.join(words)}"
    for text in code(page):
        if re.match(r"--[a-z]", text):
            option = re.split(r"[ =]", text)[0]
            assert option in EVERY | FOREIGN, text


def test_every_command_has_its_place_on_a_page() -> None:
    spoken = {words[0] for page in PAGES for words in calls(page) if page.stem != "commands"}
    # A pipeline calls it, not a person.
    assert set(COMMANDS) - spoken <= {"ci-run"}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(page):
        if link.startswith(("https:", "http:", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{name(page)}: {link}"
        if anchor:
            assert anchor in anchors(target), f"{name(page)}: {link}"


@pytest.mark.parametrize("page", [p for p in PAGES if p.stem != "tutorial"], ids=name)
def test_files_that_are_named_exist(page: Path) -> None:
    for text in code(page):
        if OURS.fullmatch(text) and not re.search("NN|NAME", text):
            places = [page.parent / text, ROOT / text, ROOT / "docs" / text, *ROOT.rglob(text)]
            assert any(place.exists() for place in places), f"{name(page)}: {text}"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_jobs_exist(page: Path) -> None:
    tree = ast.parse((ROOT / "noxfile.py").read_text())
    jobs = {
        node.name for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.decorator_list
    }  # fmt: skip
    for job in re.findall(r"nox(?:file\.py)? -s (\w+)", page.read_text()):
        assert job in jobs, job


def test_every_page_is_in_the_contents_once() -> None:
    index = ROOT / "docs" / "index.md"
    # The page of decisions has contents of its own.
    listed = [
        line
        for page in (index, index.with_name("decisions.md"))
        for block in blocks(page)
        if block.kind == "{toctree}"
        for line in block.text.splitlines()
        if line and not line.startswith(":")
    ]
    there = {
        str(p.relative_to(index.parent).with_suffix("")) for p in PAGES if index.parent in p.parents
    }
    assert sorted(listed) == sorted(there - {"index"})


def test_the_page_of_commands_is_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("make_commands", ROOT / "docs/make_commands.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    committed = made.PAGE.read_text(encoding="utf-8")
    assert committed == made.page(), "run python docs/make_commands.py"


def tables(page: Path) -> dict[str, dict[str, list[str]]]:
    """Return the lines of a page's tables by heading and by what is in their first cell."""
    found: dict[str, dict[str, list[str]]] = {}
    heading, row, before = "", [], ""
    for token in tokens(page):
        if before == "heading_open":
            heading = token.content.replace("`", "")
        elif token.type == "tr_open":
            row = []
        elif token.type == "inline":
            row.append(token.content)
        elif token.type == "tr_close" and row[0].startswith("`"):
            found.setdefault(heading, {})[row[0].strip("`")] = row[1:]
        before = token.type
    return found


SETTINGS = {
    "[marking]": MarkingTable,
    "[marks]": MarksTable,
    "[[parts]]": PartTable,
    "[late]": LateTable,
    "penalty of [late]": PenaltyTable,
    "[assignments.NN_topic]": AssignmentTerms,
    "[feedback]": FeedbackTable,
    "[[extensions]]": ExtensionTable,
    "course.toml": CourseTable,
    "The first cell of solution.py": AssignmentTable,
    "[limits]": Limits,
    "[hand_in]": HandInTable,
    "[[exercises]]": ExerciseTable,
    "[[questions]]": QuestionTable,
    "certificate.toml": SettingsTable,
    "[[equivalent]]": EquivalentTable,
}
# Each of these has a table of its own.
NESTED = {
    AssignmentTable: {"limits", "hand_in", "exercises", "questions"},
    SettingsTable: {"equivalent"},
    CourseTable: {"marking", "marks", "parts", "late", "assignments", "feedback"},
}


def defaults(kind: type) -> dict[str, object]:
    """Return the fields of a table and what each is when it is not given, as JSON writes it."""
    if kind is Limits:
        return {field: getattr(Limits(), field) for field in Limits.__dataclass_fields__}
    return {
        field.name: "needed" if field.required else msgspec.to_builtins(
            field.default_factory() if field.default is msgspec.NODEFAULT else field.default
        )
        for field in msgspec.structs.fields(kind)
        if field.name not in NESTED.get(kind, ())
    }  # fmt: skip


@pytest.mark.parametrize("heading", SETTINGS)
def test_settings_are_those_that_are_read(heading: str) -> None:
    written = tables(ROOT / "docs/reference/settings.md")[heading]
    read = defaults(SETTINGS[heading])
    assert written.keys() == read.keys()
    for key, (default, _) in written.items():
        told = default if default == "needed" else json.loads(default.strip("`"))
        assert told == read[key], key


def test_the_fields_of_the_json_are_all_explained() -> None:
    check = CheckResult("c", "f", public=True, core=True, outcome=Outcome.passed)
    exercise = ExerciseGrade("f", "", Fraction(1), Fraction(1), (check,))
    mark = Mark(Fraction(1), Fraction(1))
    question = QuestionAnswer("a", "", Fraction(1), "", "blank", mark=mark)
    grade = Grade(
        "x", "01_x", exercises=(exercise,), questions=(question,),
        incidents=(Incident("here", "that"),), origin=Origin("s", (Person("Anna"),)),
    )  # fmt: skip
    document = json.loads(to_json([grade]))
    entry = document["submissions"][0]
    written = tables(ROOT / "docs/reference/results.md")
    assert written["A submission"].keys() == entry.keys()
    assert written["An exercise"].keys() == entry["exercises"][0].keys()
    assert written["A check"].keys() == entry["exercises"][0]["checks"][0].keys()
    assert written["A question"].keys() == entry["questions"][0].keys()
    assert written["A mark"].keys() == entry["questions"][0]["mark"].keys()
    for field in entry["people"][0]:
        assert f"`{field}`" in written["A submission"]["people"][0]
    for outcome in Outcome:
        assert f"`{outcome}`" in written["A check"]["outcome"][0]
