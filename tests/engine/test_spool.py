"""Jobs as files: private, whole, counted, and none done twice."""

import os
import stat
from pathlib import Path

import pytest

from grader.engine.spool import MAX_TRIES, Spool, run_batch


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    made = Spool(tmp_path / "spool")
    made.make()
    return made


def test_nobody_else_can_look_into_it(spool: Spool) -> None:
    os.umask(os.umask(0o022))
    assert stat.S_IMODE(spool.folder.stat().st_mode) == 0o700


def test_a_batch_is_worked_off(spool: Spool) -> None:
    for number in range(3):
        spool.put(number, b"job %d" % number)
    run_batch(bytes.upper, str(spool.folder), [0, 1, 2])
    assert spool.results() == {0, 1, 2}
    assert spool.take(1) == b"JOB 1"
    assert spool.results() == {0, 2}
    assert not list(spool.folder.glob("1.*"))


def test_a_task_that_is_started_again_goes_on_where_it_died(spool: Spool) -> None:
    for number in range(3):
        spool.put(number, b"%d" % number)
    seen: list[bytes] = []

    def once(job: bytes) -> bytes:
        seen.append(job)
        if job == b"1":
            raise KeyboardInterrupt
        return job

    # One start more than a job may kill: the last one leaves it out.
    for _ in range(MAX_TRIES):
        with pytest.raises(KeyboardInterrupt):
            run_batch(once, str(spool.folder), [0, 1, 2])
    run_batch(once, str(spool.folder), [0, 1, 2])
    assert seen == [b"0", b"1", b"1", b"1", b"2"]
    assert spool.results() == {0, 2}
    assert spool.tries(1) == MAX_TRIES
