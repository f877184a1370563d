"""What a new course and a new assignment hold, by path; nothing is written here."""

import importlib.metadata
import json
import re
from dataclasses import dataclass
from pathlib import Path

from grader.ci.files import CHECKOUT, kit
from grader.errors import UsageError
from grader.release import Files
from grader.settings import COURSE_FILE

TEMPLATES = Path(__file__).parent / "templates"
DISTRIBUTION = "inside-language-models"
NAME = re.compile(r"\d\d_[a-z][a-z0-9_]*")
WORKFLOWS = {
    "github": ("github.yml", ".github/workflows/course.yml"),
    "gitlab": ("gitlab.yml", ".gitlab-ci.yml"),
}
KIT = ".ci/kit"


@dataclass(frozen=True)
class Wish:
    """A new course: its title, where its CI runs, and what pip installs the grader from there."""

    title: str
    site: str
    install: str


def course_files(wish: Wish) -> Files:
    """Return the files of a course that has no assignment yet."""
    template, target = WORKFLOWS[wish.site]
    values = {"@TITLE@": wish.title, "@INSTALL@": wish.install, "@WORKFLOW@": target}
    files = {
        COURSE_FILE: f"title = {quoted(wish.title)}\n".encode(),
        "README.md": _fill("course/README.md", values),
        ".gitignore": _fill("course/gitignore", values),
        "data/README.md": _fill("course/data.md", values),
        target: _fill(f"course/{template}", values),
    }
    if wish.install.startswith(f"./{KIT}"):
        files |= {f"{KIT}/{name}": data for name, data in kit()}
    return files


def assignment_files(name: str, title: str) -> Files:
    """Return the files of the example assignment, by their path below the course."""
    values = {"@TITLE@": title, "@QUOTED@": quoted(title), "@NAME@": name}
    root = TEMPLATES / "assignment"
    return {
        # Templates in Python have another ending, so that nothing takes them for our modules.
        f"solutions/{name}/{file.relative_to(root).as_posix().removesuffix('.in')}": _fill(
            file.relative_to(TEMPLATES).as_posix(), values
        )
        for file in sorted(root.rglob("*"))
        if file.is_file()
    }


def check_name(name: str, root: Path) -> None:
    """Raise `UsageError` unless an assignment of this name can be added to the course at `root`."""
    if not NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be the name of an assignment: two digits, an underscore and a topic "
            "in small letters, digits and underscores, as in 02_averages."
        )
    parts = (root / "solutions", root / "assignments")
    taken = sorted({path.name for part in parts for path in part.glob(f"{name[:2]}_*")})
    if taken:
        raise UsageError(
            f"The number {name[:2]} is taken by {taken[0]}. Choose another one; assignments are "
            "in the order of their numbers."
        )


def check_title(title: str) -> str:
    """Return a title without blanks around it; raises `UsageError` where it is no line of text."""
    if not title.strip() or not title.isprintable():
        raise UsageError(f"{title!r} cannot be a title: write one line of text.")
    return title.strip()


def title_of(name: str) -> str:
    """Return a title made of a folder's name: "01_running_sums" becomes "Running sums"."""
    words = re.sub(r"^\d+_", "", name).replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]


def usual_install() -> str:
    """Return what CI gives to pip to get this very grader.

    From a folder or file of this machine that is a copy which goes into the course; otherwise the
    address that it was installed from, or its name and version.
    """
    if (CHECKOUT / "pyproject.toml").is_file():
        return f"./{KIT}[staff]"
    distribution = importlib.metadata.distribution(DISTRIBUTION)
    origin = json.loads(distribution.read_text("direct_url.json") or "{}")
    if origin.get("url", "").startswith("file:"):
        return f"./{KIT}[staff]"
    if "vcs_info" in origin:
        vcs = origin["vcs_info"]
        return f"{DISTRIBUTION}[staff] @ {vcs['vcs']}+{origin['url']}@{vcs['commit_id']}"
    if "archive_info" in origin:
        return f"{DISTRIBUTION}[staff] @ {origin['url']}"
    return f"{DISTRIBUTION}[staff]=={distribution.version}"


def quoted(text: str) -> str:
    """Return a text of one line as TOML writes it."""
    return json.dumps(text, ensure_ascii=False)


def _fill(template: str, values: dict[str, str]) -> bytes:
    text = (TEMPLATES / template).read_text(encoding="utf-8")
    for mark, value in values.items():
        text = text.replace(mark, value)
    return text.encode()
