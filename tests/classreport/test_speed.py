"""Five hundred hand-ins: the report in less than 20 seconds, the comparison in less than 30."""

from pathlib import Path

import pytest

from tests.bench.report import measured
from tests.classreport.crowd import write_crowd as write_gradebook
from tests.similarity.crowd import write_crowd as write_notebooks

pytestmark = pytest.mark.long


def test_the_report(tmp_path: Path) -> None:
    for size in (100, 500):
        (tmp_path / str(size)).mkdir()
        write_gradebook(tmp_path / str(size) / "gradebook.sqlite", size)
    _, _, few = measured("report", str(tmp_path / "100"))
    seconds, _, many = measured("report", str(tmp_path / "500"))
    assert seconds < 20
    # What cells showed would be 200 MB.
    assert many < few + 40


def test_the_comparison(tmp_path: Path) -> None:
    write_notebooks(tmp_path / "hand-ins", "05_flow", 500, 10)
    out = tmp_path / "similar.html"
    seconds, _, memory = measured("similar", str(tmp_path / "hand-ins"), "--out", str(out))
    assert seconds < 30
    assert memory < 250
