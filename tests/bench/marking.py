"""How long a page of the marking screen takes in a large class: `python -m tests.bench.marking`."""

import argparse
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from grader.store.gradebook import Gradebook
from grader.web.room import Room
from grader.web.serve import Screen
from tests.web.client import Client
from tests.web.graded import flow, make_class

LIMIT = 0.150
QUERY = "assignment=05_flow&part=question:a"


def main() -> None:
    """Make a class, ask for pages as a marker does, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=500)
    parser.add_argument("--pages", type=int, default=40)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        make_class(Path(folder), given.size)
        with Gradebook(Path(folder) / "gradebook.sqlite") as book:
            room = Room(flow(), book)
            room.prepare()
            screen = Screen(room, Path(folder), ["vera"], 0)
            thread = threading.Thread(target=screen.run)
            thread.start()
            try:
                measure(Client(screen), room, given.pages)
            finally:
                screen.server.should_exit = True
                thread.join()


def measure(client: Client, room: Room, pages: int) -> None:
    """Print the time of each kind of request: median, 95 of 100, and the longest."""
    client.enter()
    topic = room.topic("05_flow", "question:a")
    assert topic is not None
    units = room.units(topic, "vera")
    works = room.works(topic)
    print(f"{len(works)} answers, {len(units)} after grouping")
    print(f"{'':34}  median     95 %  longest")
    line("overview", lambda n: client.ask("/"), pages)
    line("list of all answers", lambda n: client.ask(f"/list?{QUERY}"), pages)
    # As a marker goes through them: the server draws the next one meanwhile.
    line("an answer, in order", lambda n: mark(client, units, n), pages, pause=0.3)
    line("an answer, anywhere", lambda n: at(client, units[-1 - n].name), pages)
    line("the same answer again", lambda n: at(client, units[0].name), pages)
    line("saving a mark", lambda n: save(client, units[n].name, n), pages)
    for number, unit in enumerate(units):
        save(client, unit.name, number + pages)
    line("overview, a question marked", lambda n: client.ask("/"), pages)
    line("an answer, its class marked", lambda n: at(client, units[-1 - n].name), pages)


def at(client: Client, name: str) -> object:
    """Ask for one answer."""
    return client.ask(f"/mark?{QUERY}&at={name}")


def mark(client: Client, units: list[object], number: int) -> object:
    """Ask for an answer whose predecessor has just been shown."""
    return at(client, units[number].name)


def save(client: Client, name: str, number: int) -> object:
    """Save a mark, as a key does."""
    change = {
        "assignment": "05_flow", "part": "question:a", "answers": [name], "seen": {},
        "given": {"adjustment": "1", "done": True}, "batch": f"b{number}",
    }  # fmt: skip
    return client.ask("/save", "POST", json.dumps(change).encode(), X_Form_Key=client.key)


def line(what: str, ask: Callable[[int], object], times: int, *, pause: float = 0.0) -> None:
    """Time a kind of request and print its line."""
    took = []
    for number in range(times):
        start = time.perf_counter()
        status = ask(number)[0]
        took.append(time.perf_counter() - start)
        assert status == 200, status
        time.sleep(pause)
    took.sort()
    figures = (statistics.median(took), took[int(0.95 * len(took))], took[-1])
    told = "  ".join(f"{1000 * seconds:4.0f} ms" for seconds in figures)
    print(f"{what:34} {told}  {'' if figures[1] < LIMIT else 'above 150 ms'}")


if __name__ == "__main__":
    main()
