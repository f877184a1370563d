"""What a marker looks at: an answer in its notebook, an open exercise, a refused hand-in."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from markupsafe import Markup

from grader.errors import Refused
from grader.marking.given import HAND_IN
from grader.model import Grade, HandIn, Question
from grader.notebook.answers import locate
from grader.notebook.read import Notebook, read_notebook
from grader.reports.cells import ReportCell
from grader.reports.marking import cells_html, exercise_html, markdown_html, whole_page
from grader.reports.text import presentable, shorten
from grader.results import report_cells
from grader.web.masking import Mask, mask_of, masked
from grader.web.room import Room, Topic, Work

# Cells before a question that are shown with it: the figure it asks about is mostly there.
BEFORE = 6
RAW = 20_000
# Each may hold all the pictures that a page has room for.
KEPT = 8
NOTHING = Markup("")
BLANK = Markup('<p class="notice">There is no answer.</p>')
Key = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Content:
    """HTML that is ready to be shown: the answer itself, and folded away what is around it."""

    answer: Markup
    around: tuple[tuple[str, Markup], ...] = ()
    question: Markup = NOTHING


class Contents:
    """Makes contents and keeps the last ones: drawing one takes longer than all the rest."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self._draw: Callable[[Topic, Work, str, str], Content] = lru_cache(KEPT)(self._drawn)

    def of(self, topic: Topic, work: Work) -> Content:
        """Return what there is to see of an answer."""
        grade = self.room.book.grade(topic.part.assignment, work.submission)
        if grade is None:
            return Content(Markup("<p>It is not in the gradebook any more.</p>"))
        try:
            return self._draw(topic, work, grade.digest, grade.run)
        except Exception:
            # What cannot be drawn can still be read and marked.
            return Content(plain(self._written(topic, grade)))

    def _written(self, topic: Topic, grade: Grade) -> str:
        mask = mask_of(grade) if self.room.course.blind else str
        texts = [answer.text for answer in grade.questions if answer.name == topic.question]
        return mask("\n\n".join(texts) or grade.refused)

    def _drawn(self, topic: Topic, work: Work, digest: str, run: str) -> Content:
        grade = self.room.book.grade(topic.part.assignment, work.submission)
        if grade is None:
            raise Refused("It is not in the gradebook any more.")
        hand_in, cells, notebook = self._notebook(grade)
        mask = mask_of(grade) if self.room.course.blind else str
        cells = masked(cells, mask)
        if topic.part.name == HAND_IN:
            return refused(grade, hand_in, cells, mask)
        if topic.kind == "exercise":
            return undecided(grade, topic.question, cells, mask)
        return self._answer(topic, grade, cells, notebook, mask)

    def _notebook(self, grade: Grade) -> tuple[HandIn, list[ReportCell], Notebook]:
        kept = self.room.book.kept
        hand_in = kept.hand_in(grade.digest) or HandIn(b"")
        run = kept.run(grade.assignment, grade.submission, grade.run)
        try:
            notebook = read_notebook(hand_in.notebook)
        except Refused:
            notebook = Notebook(())
        full = replace(grade, cells=run.cells if run is not None else ())
        return hand_in, report_cells(full, notebook), notebook

    def _answer(
        self,
        topic: Topic,
        grade: Grade,
        cells: list[ReportCell],
        notebook: Notebook,
        mask: Mask,
    ) -> Content:
        (answer,) = (a for a in grade.questions if a.name == topic.question)
        raw = ("The text as it was handed in", plain(mask(answer.text)))
        question = Question(answer.name, answer.max_points, answer.title, answer.bonus)
        here = locate(notebook, question, self._skeleton(grade.assignment))
        if not here:
            return Content(text_html(mask(answer.text)), (raw,))
        first = max([0, here.start - BEFORE, *self._questions_before(cells, here.start)])
        before = ("The cells before it", cells_html(cells[first : here.start]))
        asked, written = cells[here.start], cells[here.start + 1 : here.stop]
        if not answer.text.strip():
            return Content(BLANK, (before,), cells_html([asked]))
        return Content(cells_html(written), (before, raw), cells_html([asked]))

    def _questions_before(self, cells: list[ReportCell], at: int) -> list[int]:
        return [
            number + 1
            for number, cell in enumerate(cells[:at])
            if cell.kind == "markdown" and cell.source.lstrip("# ").startswith("Question ")
        ]

    def _skeleton(self, assignment: str) -> Notebook:
        known = self.room.assignment(assignment)
        return skeleton_of(str(known.folder / f"{known.name}.ipynb")) if known else Notebook(())


@lru_cache(maxsize=16)
def skeleton_of(file: str) -> Notebook:
    """Return the notebook as students got it."""
    try:
        with open(file, "rb") as source:  # noqa: PTH123 - the path is a key of the cache
            return read_notebook(source.read())
    except (OSError, Refused):
        return Notebook(())


def undecided(grade: Grade, name: str, cells: list[ReportCell], mask: Mask) -> Content:
    """Return an exercise with its checks and witnesses, its code, and what went wrong."""
    (exercise,) = (e for e in grade.exercises if e.name == name)
    own = [cell for cell in cells if cell.kind == "code" and name in cell.source]
    told = [f"- {i.where}: {i.text}" for i in grade.incidents]
    incidents = plain(mask("\n".join(told))) if told else Markup("<p>There are none.</p>")
    around = (
        ("The cells that name it", cells_html(own)),
        ("What happened while it was graded", incidents),
        ("The whole notebook", cells_html(cells)),
    )
    return Content(exercise_html(exercise), around)


def refused(grade: Grade, hand_in: HandIn, cells: list[ReportCell], mask: Mask) -> Content:
    """Return why a hand-in was refused, and all that can be read of it."""
    told = [f"{i.where}: {i.text}" for i in grade.incidents] + list(grade.remarks)
    files = [f"the notebook, {len(hand_in.notebook):,} bytes"]
    files += [f"{name}, {len(content):,} bytes" for name, content in hand_in.files]
    raw = hand_in.notebook[:RAW].decode("utf-8", "replace")
    around = [("What happened", plain(mask("\n".join(told))))] if told else []
    around += [("What was handed in", plain(mask("\n".join(files))))]
    around += [("The notebook, as far as it can be read", cells_html(cells))] if cells else []
    around += [("The beginning of the file", plain(mask(raw)))]
    return Content(
        Markup('<p class="reason">{}</p>').format(presentable(mask(grade.refused))), tuple(around)
    )


def text_html(text: str) -> Markup:
    """Return an answer of which there is no notebook any more."""
    if not text.strip():
        return BLANK
    html = Markup('<div class="prose">{}</div>').format(markdown_html(text))
    return Markup(whole_page(html))  # noqa: S704


def plain(text: str) -> Markup:
    """Return a text as it is, letter by letter."""
    return Markup('<pre class="raw">{}</pre>').format(presentable(shorten(text, RAW)))
