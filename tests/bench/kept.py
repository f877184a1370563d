"""What benchmarks print, and keep for the page `docs/benchmarks.md`."""

import json
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

FOLDER = Path(__file__).parents[2] / "docs" / "evidence" / "bench"
Rows = list[dict[str, str]]


def table(title: str, rows: Rows) -> None:
    """Print rows as a table; texts to the left, numbers to the right."""
    shown = Table(title=title)
    for number, name in enumerate(rows[0]):
        shown.add_column(name, justify="right" if number else "left")
    for row in rows:
        shown.add_row(*row.values())
    Console(width=140).print(shown)


def keep(name: str, title: str, rows: Rows, machine: str) -> None:
    """Keep the rows of a benchmark, with the day and the machine."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    day = datetime.now(UTC).date().isoformat()
    found = {"title": title, "day": day, "machine": machine, "rows": rows}
    file = FOLDER / f"{name}.json"
    file.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def is_kept(name: str) -> bool:
    """Tell whether a benchmark has been run."""
    return (FOLDER / f"{name}.json").is_file()


def kept(name: str) -> dict[str, object]:
    """Return what has been kept of a benchmark."""
    found: dict[str, object] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found
