"""LTI 1.3 score objects, for whoever sends them to a learning platform's line item."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from grader.errors import UsageError
from grader.exports.filled import Filled, by_exercise, waits_for_mark, whole
from grader.exports.people import Row, match
from grader.model import Grade
from grader.roster import known
from grader.scoring import decimal


class Member(msgspec.Struct):
    """Somebody in the platform's list of members (names and role provisioning, version 2)."""

    user_id: str
    name: str = ""
    given_name: str = ""
    family_name: str = ""
    email: str = ""
    lis_person_sourcedid: str = ""
    roles: list[str] = []


class Members(msgspec.Struct):
    """The list of members of a course."""

    members: list[Member]


def to_lti(data: bytes, grades: Sequence[Grade], now: datetime, where: str = "The list") -> Filled:
    """Return a JSON array of scores, one for each member with a hand-in.

    A score is `PendingManual` while answers wait for a person, and `FullyGraded` when none do.
    """
    try:
        members = msgspec.json.decode(data, type=Members).members
    except msgspec.MsgspecError as error:
        raise UsageError(
            f"{where} is not a list of members ({error}). Save what the names-and-roles service "
            "of the platform answers, as JSON."
        ) from None
    learners = [m for m in members if not m.roles or any("Learner" in role for role in m.roles)]
    rows = [_row(at, member) for at, member in enumerate(learners)]
    matched = match("lti", rows, grades)
    scores = [_score(learners[at].user_id, grade, now) for at, grade in matched.grades.items()]
    text = json.dumps(scores, indent=1, ensure_ascii=False) + "\n"
    return Filled(text.encode(), matched.problems)


def _row(at: int, member: Member) -> Row:
    name = member.name or f"{member.given_name} {member.family_name}".strip()
    accounts = {known(member.email), known(member.lis_person_sourcedid)} - {""}
    return Row(at, name, member.user_id, frozenset(accounts))


def _score(user: str, grade: Grade, now: datetime) -> dict[str, Any]:
    waits = any(waits_for_mark(question) for question in grade.questions)
    score: dict[str, Any] = {
        "userId": user,
        "scoreGiven": decimal(grade.points),
        "scoreMaximum": decimal(whole(grade)),
        "comment": by_exercise(grade),
        "timestamp": _stamp(now),
        "activityProgress": "Submitted" if waits else "Completed",
        "gradingProgress": "PendingManual" if waits else "FullyGraded",
    }
    if grade.origin.handed_in_at:
        score["submission"] = {"submittedAt": grade.origin.handed_in_at}
    return score


def _stamp(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
