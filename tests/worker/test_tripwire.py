"""What student code opens is noted, and Python's own files are not."""

import pytest

from grader.worker.tripwire import EVENTS


@pytest.fixture(autouse=True)
def _python_in_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.worker.tripwire.OWN", ("/root/python/lib/",))


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "/root/notes.txt", "/root/python/lib/../../secret"]
)
def test_a_file_of_somebody_else_is_noted(path: str) -> None:
    assert EVENTS["open"]((path, "r", 0))


def test_a_source_of_python_is_not() -> None:
    assert not EVENTS["open"](("/root/python/lib/python3.11/asyncio/events.py", "r", 0))
