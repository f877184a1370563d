"""What can go wrong, as one tree; every error carries a sentence a person can act on.

GraderError
├── Interrupted          a person has stopped the command
├── UsageError           the command asks for something that cannot be done
├── CourseError          the course, an assignment or a catalogue is not well formed
├── Refused              a hand-in that cannot be graded, and why
├── LeakFound            the student tree holds something it must not hold
├── IsolationError       the wall that was asked for cannot be built here
├── GraderFault          the grader itself broke; never the student's fault
│   ├── SourceGone       a process that others are forked from has died
│   └── MachineLost      machines have died, again and again, over one submission
└── WireError            the other end of a wire broke the protocol
    ├── PeerGone         it closed the connection or died
    └── PeerTimeout      it did not answer in time
"""


class GraderError(Exception):
    """Base of every error this package raises on purpose."""


class UsageError(GraderError):
    """The command asks for something that cannot be done; the message says what to do instead."""


class Interrupted(GraderError):
    """A person has stopped the command; the sentence says what is done and how to go on."""


class CourseError(GraderError):
    """The course is not well formed: where, what, and how to mend it."""

    def __init__(self, where: object, problem: str) -> None:
        super().__init__(f"{where}: {problem}")


class Refused(GraderError):
    """A hand-in that cannot be graded; the sentence is shown to the student and the TA."""


class LeakFound(GraderError):
    """The student tree would give something away; lists every finding."""

    def __init__(self, findings: list[str]) -> None:
        super().__init__("The student tree must not be released:\n  " + "\n  ".join(findings))
        self.findings = findings


class IsolationError(GraderError):
    """The wall that was asked for cannot be built on this machine."""


class GraderFault(GraderError):
    """Something of ours broke. It is retried, costs nobody points, and waits for a TA."""


class SourceGone(GraderFault):
    """A process that workers or judges are forked from has died: this run cannot go on."""

    def __init__(self) -> None:
        super().__init__(
            "One of the grader's own processes was killed from outside, perhaps for memory. What "
            "has been graded is kept: give the same command again."
        )


class MachineLost(GraderFault):
    """Machines have died over one submission; it is given up on, and the others go on."""


class WireError(GraderError):
    """The other end of a wire sent something that is not the protocol."""


class PeerGone(WireError):
    """The other end closed the connection or died."""


class PeerTimeout(WireError):
    """The other end did not answer in time."""
