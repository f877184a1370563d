"""`grader explain`: how the final mark of one student comes about, line by line."""

import json
import sys
from datetime import datetime
from pathlib import Path

import click

from grader.cli.options import as_of_option, books_argument, course_option


@click.command(name="explain")
@click.argument("student")
@books_argument
@as_of_option
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@course_option
def command(
    student: str,
    graded: tuple[Path, ...],
    as_of: datetime | None,
    as_json: bool,
    course: Path | None,
) -> None:
    """Derive the final mark of STUDENT: each line a rule, what it was applied to, what came of it.

    STUDENT is a name, past ones too, an account, a number, an address, or the name of a hand-in.

    \b
    Examples:
      grader explain "Ada Lovelace"
      grader explain ada@example.org graded --as-of 2026-12-01 --json
    """
    from grader.classmarks import class_marks, open_books
    from grader.cli.options import moment_of
    from grader.policy.explain import explain, to_document
    from grader.reports.text import presentable
    from grader.settings import find_course

    home = find_course(course or Path.cwd())
    found = class_marks(home, open_books(graded), moment_of(home, as_of))
    mark = found.marks[found.find(student).key]
    if as_json:
        click.echo(json.dumps(to_document(mark), indent=1, ensure_ascii=False))
    else:
        click.echo(presentable(explain(mark)), nl=False)
    sys.exit(0)
