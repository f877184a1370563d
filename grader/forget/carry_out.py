"""Carry out a plan to forget somebody: gradebook, marks, pages, tables and reports."""

from dataclasses import dataclass

from grader.forget.files import files_of, take_away, to_look_at
from grader.forget.marks import rewrite_marks
from grader.forget.names import Scrub
from grader.forget.plan import BOOK, Plan
from grader.regrade import LOG, log_text
from grader.results import Results
from grader.store.removal import Removal, ensure_free, remove


@dataclass(frozen=True)
class Done:
    """What was removed from the folder beside the gradebook, and where a person must look."""

    files: tuple[str, ...]
    look: tuple[str, ...]


def forget(results: Results, plan: Plan) -> Done:
    """Remove everything of a student from the folder of a run; others' hand-ins stay.

    To be called with the gradebook open by nobody else; raises `UsageError` where it is in use.
    """
    ensure_free(results.out / BOOK)
    scrub, out = Scrub(plan.needles, plan.bare), results.out
    gone = frozenset((grade.assignment, grade.submission) for grade in plan.gone)
    rewrite_marks(out, gone, plan, scrub)
    removal = Removal(
        gone,
        plan.renamed,
        scrub.text,
        scrub.name,
        scrub.hand_in,
        plan.number,
        frozenset({plan.student.key}),
    )
    remove(out / BOOK, removal)
    files = take_away(files_of(out, plan), out)
    with results:
        results.restore()
        results.write_tables()
        if (log := log_text(results.book.regrades).strip()) or (out / LOG).exists():
            (out / LOG).write_text(log + "\n", encoding="utf-8")
    files += take_away(files_of(out, plan), out)
    return Done(tuple(dict.fromkeys(files)), tuple(to_look_at(results, plan)))
