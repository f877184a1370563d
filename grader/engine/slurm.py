"""Slurm, through submitit: batches of jobs become tasks of an array, results come as files."""

import os
import shutil
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import submitit

from grader.engine.spool import MAX_TRIES, Spool, run_batch
from grader.errors import GraderFault, MachineLost, UsageError

BATCH = 20
MINUTES = 60
# For tasks that have been cancelled.
END_SECONDS = 10.0
# What submitit calls by another name, or takes as a number.
NAMES = {"time": "timeout_min", "cpus": "cpus_per_task", "gpus": "gpus_per_node", "mem": "mem_gb"}
NUMBERS = {"timeout_min", "cpus_per_task", "gpus_per_node", "mem_gb", "array_parallelism"}

Function = Callable[[bytes], bytes]
LOST = "Every machine that graded this hand-in died over it ({tries} times)."
NEVER = "Its task ended without having begun, {sent} times: `scontrol show job` may tell why."


@dataclass
class Waiting:
    """A job that has no result yet; `sent` counts the tasks it has been part of."""

    number: int
    future: Future[bytes]
    sent: int = 0


@dataclass
class Task:
    """A task of an array, as submitit knows it, and its jobs; `over` is when it was seen gone."""

    job: Any
    numbers: list[int]
    over: float | None = None


@dataclass(frozen=True)
class Pace:
    """Seconds: between two looks, without a new job before an array goes, until files are seen."""

    poll: float = 1.0
    quiet: float = 1.0
    settle: float = 10.0


class ArrayExecutor(Executor):
    """Collects jobs until none comes any more, and sends them off as one array, batch by batch.

    What a dead task has left undone goes into an array of its own, each job alone: the next death
    can then cost nobody else.
    """

    def __init__(
        self, inner: submitit.Executor, spool: Spool, batch: int = BATCH, pace: Pace = Pace()
    ) -> None:
        self.inner, self.spool, self.batch, self.pace = inner, spool, batch, pace
        self._function: Function | None = None
        self._new: list[int] = []
        self._again: list[int] = []
        self._waiting: dict[int, Waiting] = {}
        self._tasks: list[Task] = []
        self._count, self._last = 0, 0.0
        self._lock, self._stop = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._tend, name="slurm", daemon=True)
        self._thread.start()

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run a function that nodes can import on bytes, in a task of some array."""
        future: Future[bytes] = Future()
        # As good as running: it cannot be cancelled one by one, only all with the array.
        future.set_running_or_notify_cancel()
        with self._lock:
            number, self._count = self._count, self._count + 1
            self.spool.put(number, args[0])
            self._function = function
            self._waiting[number] = Waiting(number, future)
            self._new.append(number)
            self._last = time.monotonic()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Stop: tasks that still wait or run are cancelled, and seen off."""
        self._stop.set()
        self._thread.join()
        for job in (task.job for task in self._tasks):
            with suppress(Exception):
                # submitit calls scancel: what is gone already cannot be cancelled.
                job.cancel(check=False)
        end = time.monotonic() + END_SECONDS
        while still_there([task.job for task in self._tasks]) and time.monotonic() < end:
            time.sleep(self.pace.poll)

    def _tend(self) -> None:
        while not self._stop.wait(self.pace.poll):
            try:
                with self._lock:
                    self._collect()
                    self._bury()
                    self._send()
            except Exception as error:
                # The boundary to submitit and to Slurm: whoever waits must hear of it.
                self._fail(error)

    def _collect(self) -> None:
        for number in self.spool.results() & self._waiting.keys():
            self._waiting.pop(number).future.set_result(self.spool.take(number))

    def _bury(self) -> None:
        """Find the tasks that have ended, and what they have left undone."""
        now, alive = time.monotonic(), still_there([task.job for task in self._tasks])
        for task in list(self._tasks):
            left = [number for number in task.numbers if number in self._waiting]
            if task.job.job_id in alive:
                task.over = None
            elif left and (task.over is None or now - task.over < self.pace.settle):
                task.over = task.over or now
            else:
                self._tasks.remove(task)
                for number in left:
                    self._once_more(self._waiting[number], task)

    def _once_more(self, job: Waiting, task: Task) -> None:
        tries = self.spool.tries(job.number)
        if tries < MAX_TRIES and job.sent <= MAX_TRIES:
            self._again.append(job.number)
            return
        text = LOST.format(tries=tries) if tries else NEVER.format(sent=job.sent)
        del self._waiting[job.number]
        job.future.set_exception(MachineLost(f"{text} {last_words(task.job)}".strip()))

    def _send(self) -> None:
        batches = [[number] for number in self._again]
        if self._new and time.monotonic() - self._last >= self.pace.quiet:
            batches += [self._new[i : i + self.batch] for i in range(0, len(self._new), self.batch)]
            self._new = []
        self._again = []
        if not batches:
            return
        for batch in batches:
            for number in batch:
                self._waiting[number].sent += 1
        with self.inner.batch():
            where = str(self.spool.folder)
            jobs = [self.inner.submit(run_batch, self._function, where, batch) for batch in batches]
        self._tasks += [Task(job, batch) for job, batch in zip(jobs, batches, strict=True)]

    def _fail(self, error: Exception) -> None:
        fault = GraderFault(f"Slurm did not take the jobs or cannot be asked: {error}")
        for job in self._waiting.values():
            job.future.set_exception(fault)
        self._waiting.clear()


def still_there(jobs: Sequence[Any]) -> set[str]:
    """Return the ids of those that wait or run.

    Slurm's queue is asked, not its accounts: without accounting submitit would wait for ever for a
    task that died.
    """
    mine = {job.job_id for job in jobs}
    if not any(isinstance(job, submitit.SlurmJob) for job in jobs):
        return {job.job_id for job in jobs if not job.done()}
    command = ["squeue", "--noheader", "--array", "--format=%i", f"--user={os.getuid()}"]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)
    # A controller that does not answer is no news of anybody's death.
    return mine & set(asked.stdout.split()) if asked.returncode == 0 else mine


def last_words(job: Any) -> str:
    """Return the last line that a task has written, where it can be had."""
    try:
        lines = (job.stderr() or "").strip().splitlines()
    except OSError:
        return ""
    return f"Its task's last line: {lines[-1][:300]}" if lines else ""


def parameters(options: dict[str, str], cluster: str) -> dict[str, Any]:
    """Return the options as submitit knows them; raises `UsageError`."""
    found: dict[str, Any] = {"name": "grader", "timeout_min": MINUTES, "cpus_per_task": 2}
    for key, value in options.items():
        name = NAMES.get(key, key)
        if name in NUMBERS and not value.isdecimal():
            raise UsageError(f"The option {key} of slurm is a number, not {value!r}.")
        shared = name in NAMES.values()
        found[name if shared else f"{cluster}_{name}"] = int(value) if name in NUMBERS else value
    return found


@contextmanager
def open_slurm(options: dict[str, str], folder: Path) -> Iterator[Executor]:
    """Yield an executor whose tasks are those of job arrays; `folder` lies where nodes see it.

    `batch` says how many jobs are one task, `cluster=local` does without Slurm (for trying out);
    every other option is handed on to sbatch. Raises `UsageError`.
    """
    left = dict(options)
    cluster, batch = left.pop("cluster", "slurm"), left.pop("batch", str(BATCH))
    if not batch.isdecimal() or not int(batch):
        raise UsageError(f"The option batch of slurm is a number from 1, not {batch!r}.")
    if cluster == "slurm" and shutil.which("sbatch") is None:
        raise UsageError("There is no `sbatch` here: --executor slurm is for a login node.")
    wanted = parameters(left, cluster)
    spool = Spool(folder.resolve() / f".slurm-{uuid.uuid4().hex[:12]}")
    spool.make()
    try:
        inner = submitit.AutoExecutor(folder=spool.folder / "log", cluster=cluster)
        inner.update_parameters(**wanted)
    except (NameError, ValueError, AssertionError, RuntimeError) as error:
        shutil.rmtree(spool.folder, ignore_errors=True)
        raise UsageError(f"submitit does not accept an option: {error}") from error
    pace = Pace() if cluster == "slurm" else Pace(0.2, 0.2, 0.2)
    executor = ArrayExecutor(inner, spool, int(batch), pace)
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)
        shutil.rmtree(spool.folder, ignore_errors=True)
