"""The lists and time stamps that course sites put beside hand-ins."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from grader.errors import UsageError
from grader.model import Origin, Person
from grader.roster import clean

MAX_PEOPLE = 20
MAX_NESTED = 20


def gradescope_list(data: bytes) -> dict[str, Origin]:
    """Return what `submission_metadata.yml` says of each folder; raises `UsageError`."""
    # TRAP: PyYAML's own parser takes ten seconds for a class; libyaml is in its usual wheels.
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """Reads values that Ruby has marked as its own objects, as if they were not."""

    Loader.add_multi_constructor("!", lambda loader, _, node: _plain(loader, node))
    try:
        _refuse_tricks(yaml.parse(data, Loader))
        table = yaml.load(data, Loader)  # noqa: S506 - a safe loader, see above
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        problem = str(error).partition("\n")[0]
        raise UsageError(
            f"submission_metadata.yml cannot be read ({problem}). Download the submissions again."
        ) from None
    entries = table.items() if isinstance(table, dict) else ()
    return {str(name): _entry(entry) for name, entry in entries if isinstance(entry, dict)}


def _refuse_tricks(events: Iterable[Any]) -> None:
    """Refuse what no list of people needs, and what could end us: it may be a student's file."""
    depth = 0
    for event in events:
        kind = type(event).__name__
        depth += kind in {"SequenceStartEvent", "MappingStartEvent"}
        depth -= kind in {"SequenceEndEvent", "MappingEndEvent"}
        # TRAP: libyaml builds nested values by recursion, without a limit, and merges without one.
        if depth > MAX_NESTED or getattr(event, "value", "") == "<<":
            raise ValueError("it is too deep, or merges values")


def _plain(loader: Any, node: Any) -> Any:
    if node.id == "scalar":
        return loader.construct_scalar(node)
    is_map = node.id == "mapping"
    return loader.construct_mapping(node) if is_map else loader.construct_sequence(node)


def _entry(entry: dict[Any, Any]) -> Origin:
    people = entry.get(":submitters")
    known = people[:MAX_PEOPLE] if isinstance(people, list) else []
    found = tuple(_person(person) for person in known if isinstance(person, dict))
    return Origin("gradescope", found, _iso(entry.get(":created_at")))


def _person(person: dict[Any, Any]) -> Person:
    name, account, email = (_text(person.get(key)) for key in (":name", ":sid", ":email"))
    return Person(name, account=account, email=email)


def _iso(time: object) -> str:
    if isinstance(time, dict):
        time = time.get("utc")
    if isinstance(time, datetime):
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).isoformat()
    return _text(time)


def _text(value: object) -> str:
    # Not of lists: those may hold themselves, many times over.
    return clean(str(value)) if isinstance(value, str | int) else ""


def nbgrader_time(stamp: bytes) -> str:
    """Return the time in nbgrader's `timestamp.txt` in ISO 8601; empty if it is none."""
    words = stamp.decode("utf-8", "replace").split()
    try:
        time = datetime.fromisoformat(" ".join(words[:2]))
        zone = ZoneInfo(words[2]) if words[2:] else UTC
    except (ValueError, OSError):
        # ZoneInfo refuses unknown names and paths with either.
        return ""
    return (time if time.tzinfo else time.replace(tzinfo=zone)).isoformat()
