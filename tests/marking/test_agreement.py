"""Agreement against Krippendorff's own example, and against its formula written out."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.marking.agreement import Agreement, agreement, alpha

# K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), the data of its sections C
# and D: four observers, twelve units, some not judged. For interval data it gives 0.849.
OBSERVERS = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
UNITS = [[float(row[at]) for row in OBSERVERS if row[at] != "."] for at in range(12)]


def test_the_published_example() -> None:
    assert alpha([unit for unit in UNITS if len(unit) > 1]) == pytest.approx(0.849, abs=5e-4)


@given(
    st.lists(st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=2, max_size=4), min_size=2)
)
def test_the_formula_written_out(units: list[list[float]]) -> None:
    values = [value for unit in units for value in unit]
    within = sum(
        (a - b) ** 2 / (len(unit) - 1) for unit in units for a, b in permutations(unit, 2)
    ) / len(values)
    across = sum((a - b) ** 2 for a, b in permutations(values, 2))
    across /= len(values) * (len(values) - 1)
    if across:
        assert alpha(units) == pytest.approx(1 - within / across)
    else:
        assert alpha(units) is None


def test_single_marks_do_not_count() -> None:
    marks = [{"vera": 1.0, "tom": 0.5}, {"vera": 0.0, "tom": 0.0}, {"vera": 0.3}]
    found = agreement(marks)
    assert (found.answers, found.difference) == (2, 0.25)
    assert agreement(marks[2:]) == Agreement(0, None, None)


def test_all_equal_tells_nothing() -> None:
    assert agreement([{"vera": 1.0, "tom": 1.0}]) == Agreement(1, None, 0.0)
