"""What `ci-init` writes: nothing hidden in a student's repository, everything in the archive."""

import io
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.ci.files import Wish, autograder_zip, repository_files
from grader.errors import LeakFound, UsageError
from grader.model import Course
from grader.settings import load_course


def wish(course: Course, **more: Any) -> Wish:
    return Wish(course, course.assignments[0], "01_mini.ipynb", "torch==2.13.0", **more)


@pytest.fixture(scope="module")
def repository(course: Course) -> dict[str, bytes]:
    return repository_files("github", wish(course))


def workflow(files: dict[str, bytes], name: str) -> Any:
    # PyYAML takes the word `on` for a truth value, as YAML 1.1 has it.
    read = yaml.safe_load(files[name])
    return read.get(True, read.get("on")), read


def test_a_repository_gets_what_students_have_and_the_grader(
    repository: dict[str, bytes], course: Course
) -> None:
    public = sorted(name for name in repository if not name.startswith(".ci/kit/"))
    assert public == [
        ".ci/course/assignments/01_mini/01_mini.ipynb",
        ".ci/course/assignments/01_mini/assignment.toml",
        ".ci/course/assignments/01_mini/checks.py",
        ".ci/course/assignments/01_mini/data/numbers.npy",
        ".ci/course/assignments/01_mini/given.json",
        ".ci/course/course.toml",
        ".github/workflows/grade.yml",
    ]
    assert ".ci/kit/grader/pipeline.py" in repository
    assert ".ci/kit/grader/ci/templates/github.yml" in repository
    given = [name for name in repository if "/templates/" not in name]
    assert not [name for name in given if "solution" in name or "secret" in name]
    hidden = (course.root / "solutions/01_mini/checks.py").read_bytes()
    assert hidden not in repository.values()


def test_policies_and_extensions_stay_with_the_staff(course: Course, tmp_path: Path) -> None:
    root = tmp_path / "course"
    shutil.copytree(course.root, root)
    more = "[marks]\nout_of = 7319\n[assignments.01_mini]\ndue = 2026-11-20T23:59:00\n"
    (root / "course.toml").write_text(f'title = "The “Mini”\\n"\n{more}')
    (root / "extensions.toml").write_text(
        'extensions = [{who = ["heron"], reason = "ill", days = 1}]'
    )
    wished = wish(load_course(root))
    files = repository_files("github", wished)
    with zipfile.ZipFile(io.BytesIO(autograder_zip(wished))) as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    for name, data in (files | packed).items():
        if "kit/" not in name:
            assert b"7319" not in data
            assert b"heron" not in data
    (tmp_path / "course.toml").write_bytes(files[".ci/course/course.toml"])
    assert load_course(tmp_path).title == "The “Mini”\n"
    assert packed["course/course.toml"] == files[".ci/course/course.toml"]


@pytest.mark.parametrize("site", ["github", "gitlab", "classroom"])
def test_a_course_without_torch(site: str, course: Course) -> None:
    without = Wish(course, course.assignments[0], "01_mini.ipynb", "")
    for wished, lines in ((wish(course), 2), (without, 1)):
        files = repository_files(site, wished)
        text = next(d for n, d in files.items() if n.endswith(".yml") and "kit" not in n).decode()
        assert text.count("pip install") == lines
        assert "@TORCH@" not in text


def test_a_leak_stops_it(course: Course, tmp_path: Path) -> None:
    import shutil

    root = tmp_path / "course"
    shutil.copytree(course.root, root)
    checks = root / "assignments" / "01_mini" / "checks.py"
    secret = (root / "solutions" / "01_mini" / "solution.py").read_text()
    checks.write_text(checks.read_text() + "\n" + "\n".join(f"# {x}" for x in secret.split("\n")))
    with pytest.raises(LeakFound):
        repository_files("github", wish(load_course(root)))


def test_github(repository: dict[str, bytes]) -> None:
    triggers, read = workflow(repository, ".github/workflows/grade.yml")
    assert "push" in triggers
    assert read["permissions"] == {"contents": "read"}
    [job] = read["jobs"].values()
    assert job["env"] == {"NOTEBOOK": "01_mini.ipynb"}
    steps = {step.get("name", step.get("uses")): step for step in job["steps"]}
    assert "ci-run github" in steps["Grade"]["run"]
    install = steps["Install the grader"]["run"].splitlines()
    assert install == [
        "python -m pip install --quiet torch==2.13.0",
        'python -m pip install --quiet ".ci/kit[staff]"',
    ]
    assert steps["Keep the feedback page"]["with"]["path"] == "graded/feedback"
    # A step that runs student code must not have the token in its environment.
    tokens = [name for name, step in steps.items() if "GRADER_HIDDEN_TOKEN" in str(step)]
    assert tokens == ["Look for hidden checks", "Fetch the hidden checks"]
    assert steps["Fetch the hidden checks"]["with"]["persist-credentials"] is False
    # What was fetched along with them would lie where workers can read it.
    assert "rm -rf .ci/hidden" in steps["Put them beside the public ones"]["run"]
    # Not `python -m`, which would run a `grader.py` of the student's, outside of all walls.
    assert steps["Grade"]["run"].startswith("grader ci-run github")
    assert all(step["with"]["persist-credentials"] is False
               for step in job["steps"] if "checkout" in step.get("uses", ""))  # fmt: skip


def test_classroom(course: Course) -> None:
    files = repository_files("classroom", wish(course))
    triggers, read = workflow(files, ".github/workflows/classroom.yml")
    assert "repository_dispatch" in triggers
    job = read["jobs"]["run-autograding-tests"]
    by_id = {step.get("id"): step for step in job["steps"]}
    reporter = job["steps"][-1]
    # The reporter reads RUNNER_RESULTS for each of its runners.
    assert reporter["with"] == {"runners": "checks"}
    assert reporter["env"] == {"CHECKS_RESULTS": "${{ steps.checks.outputs.result }}"}
    assert "ci-run classroom" in by_id["checks"]["run"]


def test_gitlab(course: Course) -> None:
    files = repository_files("gitlab", wish(course, install="mine @ git+ssh://x"))
    job = yaml.safe_load(files[".gitlab-ci.yml"])["grade"]
    assert job["artifacts"]["reports"] == {
        "junit": "graded/junit.xml", "codequality": "graded/codequality.json",
    }  # fmt: skip
    assert job["before_script"][1] == 'python -m pip install --quiet "mine @ git+ssh://x"'
    assert "unset GRADER_HIDDEN_TOKEN" in job["before_script"][2]
    assert not [name for name in files if name.startswith(".ci/kit/")]


@pytest.mark.parametrize("site", ["github", "gitlab", "classroom"])
def test_the_page_says_what_a_secret_is_worth(course: Course, site: str) -> None:
    files = repository_files(site, wish(course, install="x"))
    [text] = [data.decode() for name, data in files.items() if name.endswith(".yml")]
    said = " ".join(text.replace("#", " ").split())
    assert "through a secret only, and whoever may change this file may print it" in said
    assert "@" not in text.replace("@v", "").replace("}@", "")


def test_the_archive_of_gradescope(course: Course) -> None:
    data = autograder_zip(wish(course))
    assert data == autograder_zip(wish(course))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        modes = {i.filename: i.external_attr >> 16 & 0o777 for i in archive.infolist()}
        setup = archive.read("setup.sh").decode()
    # Gradescope looks for both at the root of the archive, and runs them.
    assert modes["setup.sh"] == modes["run_autograder"] == 0o755
    assert {"course/course.toml", "course/.grader/secret", "course/solutions/01_mini/checks.py",
            "course/assignments/01_mini/checks.py", "kit/grader/pipeline.py",
            "kit/pyproject.toml"} <= names  # fmt: skip
    assert not [name for name in names if "09_sheet" in name or "__pycache__" in name]
    assert not [name for name in names if "variants" in name]
    assert setup.index("torch==2.13.0") < setup.index("./kit[staff]")
    assert "@" not in setup.replace("@KIT@", "@")


def test_no_solution_no_archive(course: Course, tmp_path: Path) -> None:
    import shutil

    root = tmp_path / "course"
    shutil.copytree(course.root, root, ignore=shutil.ignore_patterns("solutions"))
    with pytest.raises(UsageError, match="The solution of 01_mini is not here"):
        autograder_zip(wish(load_course(root)))
