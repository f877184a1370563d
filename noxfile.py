# /// script
# requires-python = ">=3.11"
# dependencies = ["nox>=2025.2.9"]
# ///
"""The one door: every job of the project. `python noxfile.py -l` lists them."""

import importlib.metadata
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOOLS = HERE / ".nox" / "_tools"

# Without nox, fetch it beside the project: so it runs in this very interpreter and sees its torch.
if importlib.util.find_spec("nox") is None:
    sys.path.append(str(TOOLS))
    if importlib.util.find_spec("pip") is None:
        sys.exit("This Python has no pip. Install it (Debian: python3-pip python3-venv) first.")
    if not (TOOLS / "nox").is_dir():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(TOOLS)]
        subprocess.run([*pip, "nox>=2025.2.9"], check=True)

import nox  # noqa: E402 - may have been fetched a moment ago

MIN_TORCH = (2, 6)
PINNED_TORCH = "torch==2.13.0"

# Not virtualenv, which nox cannot find beside itself; not uv, which does not see local wheels.
nox.options.default_venv_backend = "venv"
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["lint", "types", "tests"]


def host_torch() -> tuple[int, ...] | None:
    """Return the version of the torch that this interpreter has, if it has one."""
    try:
        version = importlib.metadata.version("torch")
    except importlib.metadata.PackageNotFoundError:
        return None
    return tuple(int(part) for part in version.split("+")[0].split(".")[:2])


HOST = ["--system-site-packages"] if host_torch() else []


def prepare(session: nox.Session, *groups: str) -> None:
    """Install torch first and the project second, so that no installer resolves plain `torch`."""
    found = host_torch()
    if found is None:
        session.install(PINNED_TORCH)
    elif found < MIN_TORCH:
        session.error("This Python's torch is older than 2.6. Update it, or use a Python without.")
    else:
        share_host_packages(session)
    project = nox.project.load_toml(HERE / "pyproject.toml")
    session.install("-e", f"{HERE}[staff,torch]", *nox.project.dependency_groups(project, *groups))


def share_host_packages(session: nox.Session) -> None:
    """Let the session see the packages of the virtual environment we stand in.

    `--system-site-packages` looks at the base interpreter only, never at a virtual environment.
    """
    if sys.prefix != sys.base_prefix:
        for folder in Path(session.virtualenv.location).glob("lib/python*/site-packages"):
            host = [path for path in sys.path if path.endswith("site-packages")]
            (folder / "_host.pth").write_text("\n".join(host) + "\n", encoding="utf-8")


@nox.session(venv_params=HOST)
def demo(session: nox.Session) -> None:
    """Grade a made-up cohort end to end and leave pages to open."""
    prepare(session)
    session.run("grader", "demo", *session.posargs)


@nox.session(venv_params=HOST)
def tests(session: nox.Session) -> None:
    """Run the tests."""
    prepare(session, "test")
    # By file: what the tests of a file share is worked out in one process only. In their own order:
    # the attacks are few and take longest, and must not be left for one core at the end.
    options = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "-m", "not long"]
    session.run("pytest", *options, *session.posargs)


@nox.session(venv_params=HOST, default=False)
def long(session: nox.Session) -> None:
    """Run the tests that take minutes: attacks behind every wall, the capstone's larger model."""
    prepare(session, "test")
    session.run("pytest", "-n", "2", "-m", "long", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and formatting."""
    project = nox.project.load_toml(HERE / "pyproject.toml")
    session.install(*nox.project.dependency_groups(project, "lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


@nox.session(venv_params=HOST)
def types(session: nox.Session) -> None:
    """Check the types, strictly."""
    prepare(session, "types")
    session.run("mypy")


@nox.session(default=False)
def docs(session: nox.Session) -> None:
    """Build the site into build/docs, strictly: a warning or a broken link is an error."""
    project = nox.project.load_toml(HERE / "pyproject.toml")
    session.install(*nox.project.dependency_groups(project, "docs"))
    # From nothing each time: pages that did not change would keep their warnings to themselves.
    strict = ["--fail-on-warning", "--keep-going", "--nitpicky", "--fresh-env", "--quiet"]
    session.run("sphinx-build", *strict, "docs", "build/docs")
    session.run("python", "docs/check_site.py", "build/docs")


@nox.session(venv_params=HOST, default=False)
def certify(session: nox.Session) -> None:
    """Prove the checks: variants, mistakes and mutants of every assignment."""
    prepare(session)
    session.run("grader", "certify", "--page", "docs/certificate.md", *session.posargs)


@nox.session(venv_params=HOST, default=False)
def bench(session: nox.Session) -> None:
    """Time this grader beside nbgrader and otter-grader; prints tables, writes a page."""
    prepare(session, "bench")
    for name in ("peers", "cost", "walls"):
        session.run("python", "-m", f"tests.bench.{name}", *session.posargs)
    for name in ("start", "checks", "marking", "similarity", "report", "growth", "page"):
        session.run("python", "-m", f"tests.bench.{name}")


@nox.session(venv_params=HOST, default=False)
def slurm(session: nox.Session) -> None:
    """Grade through a real Slurm of one node; needs Debian's slurm packages and root."""
    prepare(session, "test")
    session.run("pytest", "tests/slurm", "-m", "long", "-v", "-s", "-rs", *session.posargs)


@nox.session(venv_params=HOST, default=False)
def gpu(session: nox.Session) -> None:
    """Prove on a real graphics card that verdicts are the CPU's and nothing is left behind."""
    prepare(session, "test")
    session.run("pytest", "tests/gpu", "-v", "-s", "-rs", *session.posargs)


if __name__ == "__main__":
    # The header above is for uv, pipx and an older nox. What it asks for is here already, and nox
    # looking for it in an environment of its own would lose sight of this interpreter's torch.
    os.environ.setdefault("NOX_SCRIPT_MODE", "none")
    nox.main()
