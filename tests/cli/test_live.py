"""The live table: what is done, what is under way, how long it will take, what happened."""

from rich.console import Console

from grader.cli.live import LiveTable, duration


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def drawn(table: LiveTable, width: int = 100) -> str:
    console = Console(width=width, record=True, file=open("/dev/null", "w", encoding="utf-8"))  # noqa: SIM115, PTH123
    console.print(table)
    console.file.close()
    return console.export_text()


def test_the_picture_of_a_moment() -> None:
    clock = Clock()
    table = LiveTable(10, clock)
    assert "0 of 10 done · 0 running · time left not known yet · 0 incidents" in drawn(table)
    table.finish("known", "", 0, known=True)
    assert "time left not known yet" in drawn(table)
    clock.now += 50
    for name in ("ada", "bob", "cy"):
        table.begin(name)
    clock.now += 6
    table.finish("ada", "cell 3: It hung.", 2, known=False)
    clock.now += 2
    table.finish("bob", "", 0, known=False)
    picture = drawn(table)
    # Two in eight seconds, seven to do; what was known before says nothing about the others.
    assert "3 of 10 done · 1 running · about 28 s left · 2 incidents" in picture
    assert "cy  8 s" in [line.strip() for line in picture.splitlines()]
    assert "! ada: cell 3: It hung." in picture
    assert "bob" not in picture


def test_only_the_last_incidents_are_shown() -> None:
    table = LiveTable(10)
    for number in range(6):
        table.finish(f"group_{number}", "It hung.", 1, known=False)
    picture = drawn(table)
    assert "6 incidents" in picture
    assert [f"group_{number}:" in picture for number in range(6)] == [False] * 2 + [True] * 4


def test_nothing_in_it_acts_on_the_terminal() -> None:
    table = LiveTable(2)
    table.begin("[red]eve\x1b[2J")
    table.finish("mallory", "[bold]x\x1b[2J\n! ada: forged", 1, known=False)
    picture = drawn(table)
    assert "\x1b" not in picture
    assert "[red]eve" in picture
    assert "[bold]x" in picture
    assert not any(line.startswith("! ada") for line in picture.splitlines())


def test_a_time_in_the_unit_that_fits() -> None:
    assert [duration(s) for s in (0.4, 99, 100, 5999, 7200)] == [
        "0 s", "99 s", "2 min", "100 min", "2.0 h",
    ]  # fmt: skip
