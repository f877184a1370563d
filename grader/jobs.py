"""What travels to other machines and back: hand-ins as jobs, and the grades that came of them."""

import hashlib
import importlib.metadata
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct, field

from grader.errors import Refused
from grader.model import Course, Grade, HandIn, Level, Submission
from grader.recall import Findings

LIBRARIES = ("numpy", "torch", "hypothesis")
Record = TypeVar("Record")


class Terms(Struct, frozen=True):
    """What holds for all jobs of a run, as a machine needs to know it.

    The course is named by its path and `content` tells whether it is the same there. The secret
    stays where it is; `key` tells whether that is the same one, too.
    """

    course: str
    hidden: list[str]
    required: Level
    assignment: str | None
    device: str
    content: str
    key: int


class Job(Struct, frozen=True):
    """One hand-in on its way to another machine, with what is known of it from before."""

    terms: Terms
    name: str
    source: str
    hand_in: HandIn | None
    refused: str = ""
    findings: Findings = field(default_factory=Findings)


class Done(Struct, frozen=True):
    """The grade that came of a job and what it was found from; or why the run cannot go on.

    What the cells showed is among the findings, and not in the grade a second time.
    """

    grade: Grade | None
    findings: Findings = field(default_factory=Findings)
    stop: str = ""


def job_of(terms: Terms, submission: Submission, findings: Findings | None = None) -> Job:
    """Return a submission as a job; what cannot be read is one too, and is refused there."""
    known = findings or Findings()
    try:
        hand_in = submission.load()
    except Refused as error:
        return Job(terms, submission.name, submission.source, None, str(error), known)
    return Job(terms, submission.name, submission.source, hand_in, "", known)


def handed_in(job: Job) -> HandIn:
    """Return the bytes of a job; raises `Refused` for those that could not be read."""
    if job.hand_in is None:
        raise Refused(job.refused)
    return job.hand_in


def content_of(course: Course) -> str:
    """Return a digest of all that marks depend on: assignments, solutions, grader, libraries."""
    whole = hashlib.sha256()
    for folder in (course.root / "assignments", course.root / "solutions", Path(__file__).parent):
        for file in sorted(folder.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                content = hashlib.sha256(file.read_bytes()).hexdigest()
                whole.update(f"{file.relative_to(folder)} {content}\n".encode())
    for name in LIBRARIES:
        with suppress(importlib.metadata.PackageNotFoundError):
            # Without what stands after the +, which tells builds for different cards apart.
            whole.update(f"{name} {importlib.metadata.version(name).split('+')[0]}\n".encode())
    return whole.hexdigest()


def encode(record: Struct) -> bytes:
    """Return the bytes of a job or of what came of it."""
    return _encoder.encode(record)


def decode(data: bytes, kind: type[Record]) -> Record:
    """Read a job or what came of it; both ends are ours."""
    return msgspec.msgpack.decode(data, type=kind, dec_hook=_from_text)


def _to_text(value: Any) -> Any:
    if isinstance(value, Fraction):
        return str(value)
    raise TypeError(type(value).__name__)


def _from_text(kind: type, value: Any) -> Any:
    if kind is Fraction:
        return Fraction(value)
    if kind is object:
        # The outputs of cells, which are plain JSON.
        return value
    raise TypeError(kind.__name__)


_encoder = msgspec.msgpack.Encoder(enc_hook=_to_text)
