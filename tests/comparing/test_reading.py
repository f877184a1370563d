"""What is taken away before hand-ins are compared: what was given, and what an exercise forces."""

from collections import Counter

from grader.comparing.reading import MAX_WORDS, Reading
from grader.notebook.read import Cell, Notebook
from grader.settings import load_course
from grader.similarity import code
from tests.similarity.stage import ROOT, Stage

NAME = "04_lora"
ASSIGNMENT = next(a for a in load_course(ROOT).assignments if a.name == NAME)


def test_what_most_right_programs_have_is_taken_away() -> None:
    names = frozenset(exercise.name for exercise in ASSIGNMENT.exercises)
    programs = Stage(NAME).programs["LoRALayer"]
    assert len(programs) >= 3
    count = Counter(
        key for program in programs for key in {f.key for f in code.fragments([program], names)}
    )
    forced = {key for key, n in count.items() if n > len(programs) / 2}
    rare = {key for key, n in count.items() if n == 1}
    reading = Reading(ASSIGNMENT)
    found = set()
    for program in programs:
        found |= set(reading.documents(Notebook((Cell("code", program),)))[0].tolist())
    assert forced
    assert not forced & found
    assert len(rare & found) > 0.9 * len(rare)


def test_what_was_handed_out_is_taken_away_also_within_a_cell() -> None:
    skeleton = Stage(NAME).skeleton
    longest = max(skeleton, key=len)
    reading = Reading(ASSIGNMENT)
    assert not len(reading.documents(Notebook((Cell("code", longest),)))[0])
    changed = f"{longest}\nmine = mine * 2 - yours / 3 + ours ** 4"
    own = reading.documents(Notebook((Cell("code", changed),)))[0]
    assert 0 < len(own) < 25


def test_words_are_those_of_answers_and_comments_up_to_a_length() -> None:
    reading = Reading(ASSIGNMENT)
    said = "The rank bounds what the update of a weight can reach, whatever the data say."
    one = Notebook((Cell("markdown", said), Cell("code", "x = 1")))
    other = Notebook((Cell("code", f"x = 1  # {said}"),))
    assert reading.documents(one)[1].tolist() == reading.documents(other)[1].tolist()
    late = Notebook((Cell("markdown", " " * MAX_WORDS), Cell("markdown", said)))
    assert not len(reading.documents(late)[1])
