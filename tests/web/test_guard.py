"""What a request must bring: our name, a cookie for a token that works once, a key for changes."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.store.gradebook import Gradebook
from grader.web.room import Room
from grader.web.serve import Screen
from grader.web.sessions import HOURS, Sessions
from tests.web.client import Client
from tests.web.graded import flow, make_class

MARK = "/mark?assignment=05_flow&part=question:a"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gradebook]:
    folder = tmp_path_factory.mktemp("class")
    make_class(folder, 3)
    with Gradebook(folder / "gradebook.sqlite") as opened:
        yield opened


@pytest.fixture
def client(book: Gradebook, tmp_path: Path) -> Iterator[Client]:
    room = Room(flow(), book)
    room.prepare()
    screen = Screen(room, tmp_path, ["vera"], 0)
    thread = threading.Thread(target=screen.run)
    thread.start()
    yield Client(screen)
    screen.server.should_exit = True
    thread.join(20)
    assert not thread.is_alive()


def change(batch: str = "b1") -> bytes:
    what = {"assignment": "05_flow", "part": "question:a", "batch": batch, "removed": False}
    return json.dumps(what | {"kind": "comment", "id": "", "text": "x", "points": "0"}).encode()


MARK_AS_ITEM = change().replace(b'"comment"', b'"mark"')


def test_a_token_works_once_and_leaves_a_strict_cookie(client: Client) -> None:
    path = client.address.split(str(client.port))[1]
    status, headers, _ = client.ask(path)
    assert (status, headers["location"]) == (303, "/")
    words = headers["set-cookie"].lower().split("; ")
    assert {"httponly", "samesite=strict", "path=/"} <= set(words)
    assert client.ask(path)[0] == 403
    # With its cookie the address leads on: browsers open addresses ahead of time.
    client.headers["Cookie"] = headers["set-cookie"].split(";")[0]
    assert client.ask(path)[0] == 303
    assert client.ask("/")[0] == 200


@pytest.mark.parametrize("path", ["/", "/list", MARK, "/static/mark.js", "/enter?token=x"])
@pytest.mark.parametrize("cookie", ["", "vera", "vera:9999999999:00", "grader-mark-1=x; \x7f="])
def test_without_a_cookie_there_is_nothing(client: Client, path: str, cookie: str) -> None:
    sent = f"grader-mark-{client.port}={cookie}" if cookie else ""
    status, _, text = client.ask(path, Cookie=sent)
    assert status == 403
    assert "student" not in text


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "[::1]:1"])
def test_another_name_for_our_address_is_refused(client: Client, host: str) -> None:
    client.enter()
    assert client.ask("/")[0] == 200
    assert client.ask("/", Host=host.format(port=client.port))[0] == 421


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"X_Form_Key": "0" * 64}, 403),
        ({"X_Form_Key": "KEY", "Origin": "http://evil.example"}, 403),
        ({"X_Form_Key": "KEY", "Origin": "null"}, 403),
        ({"X_Form_Key": "KEY", "Sec_Fetch_Site": "cross-site"}, 403),
        ({"X_Form_Key": "KEY", "Sec_Fetch_Site": "same-site"}, 403),
        ({"X_Form_Key": "KEY", "Sec_Fetch_Site": "same-origin"}, 200),
        ({"X_Form_Key": "KEY"}, 200),
    ],
)  # fmt: skip
def test_a_change_comes_from_our_own_page(
    client: Client, book: Gradebook, headers: dict[str, str], status: int
) -> None:
    client.enter()
    sent = {name: text.replace("KEY", client.key) for name, text in headers.items()}
    before = len(book.marks.events()[1])
    batch = f"{status} {sorted(headers)} {sent.get('Sec_Fetch_Site')}"
    assert client.ask("/edit", "POST", change(batch), **sent)[0] == status
    assert len(book.marks.events()[1]) - before == (status == 200)


def test_a_change_sent_twice_happens_once(client: Client, book: Gradebook, tmp_path: Path) -> None:
    client.enter()
    before = len(book.marks.events()[1])
    for _ in range(2):
        assert client.ask("/edit", "POST", change("twice"), X_Form_Key=client.key)[0] == 200
    assert len(book.marks.events()[1]) == before + 1
    assert (tmp_path / "marks" / "vera.jsonl").read_text().count('"batch":"twice"') == 1


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"assignment": 1}', b"\xff", change() + b"x", MARK_AS_ITEM]
)
def test_what_is_no_change_is_refused(client: Client, body: bytes) -> None:
    client.enter()
    assert client.ask("/edit", "POST", body or b" ", X_Form_Key=client.key)[0] == 422


def test_a_change_that_is_too_large_is_refused(client: Client) -> None:
    client.enter()
    assert client.ask("/edit", "POST", b" " * (257 << 10), X_Form_Key=client.key)[0] == 413


@pytest.mark.parametrize(
    "path", [f"{MARK}z", "/mark", "/list?part=x", "/static/../app.py", "/nothing"]
)
def test_what_is_not_there(client: Client, path: str) -> None:
    client.enter()
    assert client.ask(path)[0] == 404


def test_every_answer_has_the_policy(client: Client) -> None:
    client.enter()
    for path in ("/", "/static/mark.js", "/nothing", "/mark?assignment=05_flow&part=question:a"):
        headers = client.ask(path)[1]
        assert "default-src 'none'; script-src 'self';" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert (headers["cache-control"], headers["x-frame-options"]) == ("no-store", "DENY")


def test_names_are_not_in_the_pages(client: Client, book: Gradebook) -> None:
    client.enter()
    answer = client.ask(MARK)[1]["location"].split(str(client.port))[1]
    for path in ("/", "/list?assignment=05_flow&part=question:a", answer):
        status, _, text = client.ask(path)
        assert status == 200
        assert "student_00" not in text
        assert "Nadia" not in text
    # The cell with the names is among those shown; they are blotted out in it.
    assert "[name]" in text


def test_cookies_outlive_the_server_and_end_one_day() -> None:
    first = Sessions("seed", ["vera"], now=1000.0)
    cookie = first.cookie("vera")
    assert Sessions("seed", [], now=2000.0).marker(cookie) == "vera"
    assert Sessions("seed", [], now=1001.0 + HOURS * 3600).marker(cookie) is None
    assert Sessions("another", [], now=1000.0).marker(cookie) is None
    assert first.marker(cookie.replace("vera", "tom")) is None
    assert first.form_key(cookie) != first.form_key(first.cookie("tom"))
