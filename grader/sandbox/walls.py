"""The walls of a worker, raised after the fork and without exec: from inside, for good."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

from grader.model import Level, Limits
from grader.sandbox.kernel import (
    PR_SET_NO_NEW_PRIVS,
    PR_SET_PDEATHSIG,
    prctl,
)
from grader.sandbox.landlock import SCOPE_ABI, landlock_abi, restrict_files
from grader.sandbox.limits import apply_limits
from grader.sandbox.mounts import SCRATCH, give, own_root
from grader.sandbox.seccomp import Policy, filter_calls
from grader.sandbox.users import (
    INSIDE_ID,
    become,
    can_change_user,
    drop_capabilities,
    lock_capabilities,
    others_can_read_python,
)
from grader.sandbox.view import MACHINE, View, make_view

SIGKILL = 9
# As shells do: an exit status above it stands for a signal.
SIGNALLED = 128


@dataclass(frozen=True)
class Plan:
    """The walls that a worker gets.

    CUDA works behind the full ones: with `gpu` the view holds the driver's device nodes, Landlock
    lets them be controlled (ioctl), the filter leaves the calls that place memory, and no limit of
    addresses stands in the way of the driver's large reservations. What the cards' own memory
    holds is limited by nothing here.
    """

    level: Level
    view: View
    abi: int
    gpu: bool = False
    changes_user: bool = False


def make_plan(level: Level, hidden: Sequence[Path], most_abi: int | None = None) -> Plan:
    """Return the walls of a level on this machine; nothing of `hidden` is shown behind them.

    `most_abi` pretends that the kernel's Landlock is no newer. Raises `OSError` where the level
    needs what the kernel has not got.
    """
    abi = landlock_abi() if most_abi is None else min(most_abi, landlock_abi())
    if level is Level.restricted and not abi:
        raise OSError("this kernel has no Landlock")
    changes_user = can_change_user() and (level is Level.full or others_can_read_python())
    return Plan(level, make_view(hidden), abi, changes_user=changes_user)


def with_gpu(plan: Plan, hidden: Sequence[Path]) -> Plan:
    """Return the same walls with the graphics cards inside."""
    return replace(plan, gpu=True, view=make_view(hidden, gpu=True))


def leave_machine(plan: Plan, scratch: str, limits: Limits) -> None:
    """Where the level has namespaces: go on in a machine of our own, as its second process.

    The first process of one is deaf to its own signals, so it only waits here, behind the same
    walls, for the second to end: then the kernel ends everything else.
    """
    if plan.level is not Level.full:
        return
    own_root(plan.view, scratch, limits.scratch_bytes)
    child = os.fork()
    if child:
        raise_walls(plan, scratch, limits)
        _await(child)


def _await(child: int) -> NoReturn:
    while True:
        pid, status = os.wait()
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else SIGNALLED - code)


def raise_walls(plan: Plan, scratch: str, limits: Limits) -> list[str]:
    """Raise them around this process; returns their names, the level's first.

    `leave_machine` has been called before. The process is then in its scratch folder. Raises
    `OSError` when one cannot be had: the process must not go on then.
    """
    names = ["own namespaces", "own file system"] if plan.level is Level.full else []
    if plan.level is not Level.full:
        os.chdir(scratch)
    lock_capabilities()
    if plan.changes_user:
        become(INSIDE_ID if plan.level is Level.full else Path(scratch).stat().st_uid)
        names.append("a user of its own")
    # The kernel forgets it when the user changes.
    prctl(PR_SET_PDEATHSIG, SIGKILL)
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    drop_capabilities()
    apply_limits(limits, alone=plan.changes_user or plan.level is Level.full)
    if plan.level is not Level.limits:
        names += _kernel_walls(plan, scratch)
    names += ["graphics cards inside"] if plan.gpu else []
    return [plan.level.value, *names, "no capabilities", "limits", "watchdog"]


def _kernel_walls(plan: Plan, scratch: str) -> list[str]:
    full = plan.level is Level.full
    names = []
    if plan.abi:
        read = ["/"] if full else [*plan.view.read, *MACHINE, "/proc/self"]
        write = [SCRATCH, "/tmp", "/dev/shm"] if full else [scratch]  # noqa: S108 - its own
        restrict_files(read, write, plan.view.devices, plan.abi)
        names.append(f"Landlock {plan.abi}")
    contained = full or plan.abi >= SCOPE_ABI
    filter_calls(
        Policy(
            unix_sockets=full,
            others=full,
            signals=contained,
            metadata=full,
            placement=plan.gpu,
        )
    )
    return [*names, "seccomp"]


def hand_over(plan: Plan, scratch: str, worker_id: int) -> None:
    """Make the scratch folder the worker's own, where the worker is to be another user."""
    if plan.changes_user and plan.level is not Level.full:
        give(scratch, worker_id)
