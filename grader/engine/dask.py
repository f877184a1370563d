"""dask: tasks go to a scheduler, which gives them to workers and again to others when one dies."""

import ipaddress
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from contextlib import contextmanager
from functools import partial
from typing import Any

import dask
from distributed import Client, LocalCluster
from distributed.scheduler import KilledWorker
from distributed.security import Security

from grader.errors import GraderFault, MachineLost, UsageError

# A worker may die so many times over one task before the task is given up on.
MAX_LOST = 3
CONNECT_SECONDS = 20
SETTINGS = {
    "distributed.scheduler.allowed-failures": MAX_LOST - 1,
    # One task at a time for each worker: dask blames a death on all that had been sent there.
    "distributed.scheduler.worker-saturation": 1.0,
}
LOST = "Every machine that graded this hand-in died over it ({times} times)."
GONE = "The dask scheduler was lost. What has been graded is kept: give the same command again."


class DaskExecutor(Executor):
    """Hands tasks to a dask client and tells its failures in our own words."""

    def __init__(self, client: Client) -> None:
        # Not pure: two hand-ins of the same bytes are two tasks all the same.
        self._inner = client.get_executor(pure=False)

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run a function that workers can import on bytes, somewhere."""
        outer: Future[Any] = Future()
        inner = self._inner.submit(function, *args, **kwargs)
        inner.add_done_callback(partial(_pass_on, outer))
        return outer

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Stop; what has not been graded by now is dropped."""
        self._inner.shutdown(wait=wait and not cancel_futures)


def _pass_on(outer: Future[Any], inner: Future[Any]) -> None:
    if not outer.set_running_or_notify_cancel():
        return
    try:
        outer.set_result(inner.result())
    except KilledWorker as error:
        outer.set_exception(MachineLost(LOST.format(times=error.allowed_failures + 1)))
    except CancelledError:
        outer.set_exception(GraderFault(GONE))
    except Exception as error:
        outer.set_exception(error)


@contextmanager
def open_dask(place: str, jobs: int) -> Iterator[Executor]:
    """Yield an executor on the workers of a scheduler; `local` starts one here with `jobs` workers.

    Whoever reaches a scheduler can run code on its workers. So the wire is encrypted: with keys of
    its own for `local`, with those of dask's settings otherwise. Without any only this machine's
    own address is accepted. Raises `UsageError`.
    """
    with _local_client(jobs) if place == "local" else _client(place) as client:
        executor = DaskExecutor(client)
        try:
            yield executor
        finally:
            executor.shutdown(cancel_futures=True)


@contextmanager
def _local_client(jobs: int) -> Iterator[Client]:
    keys = Security.temporary()
    with (
        dask.config.set(SETTINGS),
        LocalCluster(
            n_workers=jobs,
            threads_per_worker=1,
            host="tls://127.0.0.1",
            dashboard_address=None,
            security=keys,
        ) as cluster,
        Client(cluster, security=keys) as client,
    ):
        yield client


@contextmanager
def _client(place: str) -> Iterator[Client]:
    keys = Security()
    has_keys = keys.tls_client_cert is not None
    if not has_keys and not is_loopback(place):
        raise UsageError(
            f"The wire to the dask scheduler at {place} would not be encrypted, and whoever "
            "reaches it could run code. Give dask keys (distributed.comm.tls in its settings), "
            "or make a tunnel (ssh -L 8786:localhost:8786 HOST) and name its end here: "
            "dask://localhost:8786."
        )
    address = f"{'tls' if has_keys else 'tcp'}://{place}"
    try:
        client = Client(address, security=keys, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise UsageError(f"There is no dask scheduler at {address} ({error}).") from error
    with client:
        yield client


def is_loopback(place: str) -> bool:
    """Tell whether HOST:PORT is an address of this very machine."""
    host = place.rpartition(":")[0].strip("[]")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
