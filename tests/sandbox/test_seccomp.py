"""The filter of system calls, tried on a simulated machine and on the real one."""

import ctypes
import errno
import os
import resource
import signal
import socket
from pathlib import Path

import pytest

from grader.sandbox import syscalls
from grader.sandbox.kernel import MACHINES, PR_SET_NO_NEW_PRIVS, machine, prctl
from grader.sandbox.seccomp import (
    ALLOW,
    ANY_BIT,
    ARCHITECTURE,
    ARCHITECTURES,
    ARGUMENTS,
    AT_LEAST,
    CALL,
    EQUAL,
    ERROR,
    KILL,
    LOAD,
    RETURN,
    Policy,
    Program,
    filter_calls,
    program,
)

PID = 4242
LOOSE = Policy(unix_sockets=True, others=True, signals=True, metadata=True, placement=True)
STRICT = Policy()
TARGETS = (PID, PID + 1, 1, 0, -1 & 0xFFFF_FFFF)
READ, FORK, WRITE = (0, 63), (57, None), (1, 64)


def simulate(code: Program, column: int, number: int, *args: int, arch: int | None = None) -> int:
    """Run a program as the kernel would, and return its verdict."""
    data = {CALL: number, ARCHITECTURE: ARCHITECTURES[column] if arch is None else arch}
    data |= {ARGUMENTS + 8 * n: (args[n] if n < len(args) else 0) & 0xFFFF_FFFF for n in range(6)}
    value, at = 0, 0
    while True:
        step = code[at]
        at += 1
        match step.code:
            case _ if step.code == LOAD:
                value = data[step.operand]
            case _ if step.code == RETURN:
                return step.operand
            case _ if step.code == EQUAL:
                at += step.if_true if value == step.operand else step.if_false
            case _ if step.code == AT_LEAST:
                at += step.if_true if value >= step.operand else step.if_false
            case _ if step.code == ANY_BIT:
                at += step.if_true if value & step.operand else step.if_false
            case _:
                raise AssertionError(f"no such instruction: {step}")


@pytest.fixture(params=range(len(MACHINES)), ids=MACHINES)
def column(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def denied(error: int) -> int:
    return ERROR | error


@pytest.mark.parametrize("policy", [LOOSE, STRICT], ids=["loose", "strict"])
def test_everyday_calls_pass(policy: Policy, column: int) -> None:
    code = program(policy, column, PID)
    for call in (READ, WRITE, FORK):
        if call[column] is not None:
            assert simulate(code, column, call[column]) == ALLOW
    # A fork and a thread, as the C library asks for them.
    assert simulate(code, column, syscalls.CLONE[column], signal.SIGCHLD) == ALLOW
    assert simulate(code, column, syscalls.CLONE[column], 0x003D_0F00) == ALLOW


def test_what_nobody_needs_is_refused_under_every_policy(column: int) -> None:
    tables = (syscalls.PROCESSES, syscalls.MOUNTS, syscalls.KERNEL, syscalls.UNSEEN_MEMORY)
    for policy in (LOOSE, STRICT):
        code = program(policy, column, PID)
        for table in tables:
            for name, numbers in table.items():
                assert simulate(code, column, numbers[column]) == denied(errno.EPERM), name


def test_new_namespaces_are_refused_by_flag(column: int) -> None:
    code = program(LOOSE, column, PID)
    for bit in range(32):
        flag = 1 << bit
        wanted = denied(errno.EPERM) if flag & syscalls.NEW_NAMESPACES else ALLOW
        assert simulate(code, column, syscalls.CLONE[column], flag | signal.SIGCHLD) == wanted
    assert simulate(code, column, syscalls.CLONE3[column]) == denied(errno.ENOSYS)


def test_sockets(column: int) -> None:
    number = syscalls.SOCKET[column]
    for family in range(50):
        wanted = ALLOW if family == socket.AF_UNIX else denied(errno.EPERM)
        assert simulate(program(LOOSE, column, PID), column, number, family) == wanted
        assert simulate(program(STRICT, column, PID), column, number, family) == denied(errno.EPERM)
    pair = syscalls.SOCKETPAIR[column]
    for kind in range(1, 6):
        for flags in (0, 0x800, 0x8_0000, 0x8_0800):
            wanted = ALLOW if kind == socket.SOCK_STREAM else denied(errno.EPERM)
            args = (socket.AF_UNIX, kind | flags)
            assert simulate(program(STRICT, column, PID), column, pair, *args) == wanted
            assert simulate(program(LOOSE, column, PID), column, pair, *args) == ALLOW


def test_calls_on_other_processes(column: int) -> None:
    strict, loose = program(STRICT, column, PID), program(LOOSE, column, PID)
    for name, numbers in (syscalls.OTHERS | syscalls.SIGNALS).items():
        for target in TARGETS:
            own = target == PID or (target == 0 and name in syscalls.OTHERS)
            wanted = ALLOW if own else denied(errno.EPERM)
            assert simulate(strict, column, numbers[column], target) == wanted, (name, target)
            assert simulate(loose, column, numbers[column], target) == ALLOW
    for name, (numbers, one_process) in syscalls.PRIORITIES.items():
        for which in range(4):
            for target in TARGETS:
                own = which == one_process and target in {0, PID}
                wanted = ALLOW if own else denied(errno.EPERM)
                assert simulate(strict, column, numbers[column], which, target) == wanted, name
                assert simulate(loose, column, numbers[column], which, target) == ALLOW
    for name, (numbers, commands) in syscalls.OWNERS.items():
        for command in (*range(20), *commands):
            wanted = denied(errno.EPERM) if command in commands else ALLOW
            assert simulate(strict, column, numbers[column], 5, command) == wanted, (name, command)
            assert simulate(loose, column, numbers[column], 5, command) == ALLOW
    for name, numbers in syscalls.OTHER_SIGNALS.items():
        assert simulate(strict, column, numbers[column]) == denied(errno.EPERM), name
        assert simulate(loose, column, numbers[column]) == ALLOW, name


def test_metadata_seems_to_change(column: int) -> None:
    strict, loose = program(STRICT, column, PID), program(LOOSE, column, PID)
    old = syscalls.OLD_METADATA.values() if column == 0 else ()
    for number in (*(n[column] for n in syscalls.METADATA.values()), *old):
        assert simulate(strict, column, number) == denied(0)
        assert simulate(loose, column, number) == ALLOW


def test_placement_is_left_to_the_cuda_driver(column: int) -> None:
    for name, numbers in syscalls.PLACEMENT.items():
        assert simulate(program(LOOSE, column, PID), column, numbers[column]) == ALLOW, name
        assert simulate(program(STRICT, column, PID), column, numbers[column]) != ALLOW, name


def test_another_architecture_is_killed(column: int) -> None:
    code = program(LOOSE, column, PID)
    other = ARCHITECTURES[1 - column]
    assert simulate(code, column, 0, arch=other) == KILL
    assert simulate(code, column, 0x4000_0000 + 41) == denied(errno.ENOSYS)


def test_no_number_stands_there_twice(column: int) -> None:
    tables = [
        *(table.values() for table in (
            syscalls.PROCESSES, syscalls.MOUNTS, syscalls.KERNEL, syscalls.UNSEEN_MEMORY,
            syscalls.PLACEMENT, syscalls.METADATA, syscalls.OTHER_SIGNALS,
        )),
        (syscalls.OTHERS | syscalls.SIGNALS).values(),
        [numbers for numbers, _ in (syscalls.PRIORITIES | syscalls.OWNERS).values()],
        [syscalls.SOCKET, syscalls.SOCKETPAIR, syscalls.CLONE, syscalls.CLONE3],
    ]  # fmt: skip
    numbers = [n[column] for table in tables for n in table if n[column] is not None]
    assert len(numbers) == len(set(numbers))


def in_a_child(policy: Policy, attempts: dict[str, object]) -> dict[str, str]:
    """Try things under a filter in a fork, and return what came of each."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        prctl(PR_SET_NO_NEW_PRIVS, 1)
        filter_calls(policy)
        for name, attempt in attempts.items():
            try:
                attempt()  # type: ignore[operator]
                told = "done"
            except OSError as error:
                told = errno.errorcode[error.errno or 0]
            os.write(write, f"{name}={told}\n".encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as lines:
        found = dict(line.strip().split("=") for line in lines)
    assert os.waitpid(child, 0)[1] == 0
    return found


def call(number: int, *args: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, args)) < 0:
        raise OSError(ctypes.get_errno(), "")


def test_the_kernel_agrees() -> None:
    column = machine()
    found = in_a_child(
        STRICT,
        {
            "socket": lambda: socket.socket(socket.AF_UNIX),
            "pair": socket.socketpair,
            "ptrace": lambda: call(syscalls.PROCESSES["ptrace"][column], 0),
            "memfd": lambda: os.memfd_create("x"),
            "signal to itself": lambda: os.kill(os.getpid(), 0),
            "signal to its parent": lambda: os.kill(os.getppid(), 0),
            "own limits": lambda: resource.prlimit(0, resource.RLIMIT_CORE),
            "its parent's limits": lambda: resource.prlimit(os.getppid(), resource.RLIMIT_CORE),
            "chmod": lambda: Path("/nowhere/at/all").chmod(0o777),
            "fork": lambda: os.waitpid(os.fork() or os._exit(0), 0),
        },
    )
    assert found == {
        "socket": "EPERM", "pair": "done", "ptrace": "EPERM", "memfd": "EPERM",
        "signal to itself": "done", "signal to its parent": "EPERM", "own limits": "done",
        "its parent's limits": "EPERM", "chmod": "done", "fork": "done",
    }  # fmt: skip
