"""A filter of system calls, written for the kernel's packet filter machine and installed for good.

See `man 2 seccomp`. A program is a list of rules; a rule compares the call's number and, where it
matches, runs to a verdict of its own, so that no jump ever leaves its rule.
"""

import ctypes
import errno
import os
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.sandbox import syscalls
from grader.sandbox.kernel import PR_SET_SECCOMP, machine, prctl

LOAD = 0x20
EQUAL = 0x15
AT_LEAST = 0x35
ANY_BIT = 0x45
RETURN = 0x06
ALLOW = 0x7FFF_0000
KILL = 0x8000_0000
ERROR = 0x0005_0000

# Offsets into the kernel's `struct seccomp_data`.
CALL = 0
ARCHITECTURE = 4
ARGUMENTS = 16

ARCHITECTURES = (0xC000_003E, 0xC000_00B7)
X32 = 0x4000_0000
AF_UNIX = 1
# SOCK_STREAM, as it is and with SOCK_NONBLOCK and SOCK_CLOEXEC.
STREAMS = [1, 0x801, 0x8_0001, 0x8_0801]
_FILTER_MODE = 2


@dataclass(frozen=True)
class Instruction:
    """One instruction of the machine; jumps count the instructions to pass over."""

    code: int
    operand: int
    if_true: int = 0
    if_false: int = 0

    def pack(self) -> bytes:
        """Return it as the kernel reads it."""
        return struct.pack("HBBI", self.code, self.if_true, self.if_false, self.operand)


Program = list[Instruction]


@dataclass(frozen=True)
class Policy:
    """What a filter leaves open.

    `unix_sockets` where no foreign socket can be seen; `others` where a process namespace hides
    the other processes; `signals` where a namespace or Landlock keeps signals inside; `metadata`
    where nothing outside can be changed; `placement` for the CUDA driver.
    """

    unix_sockets: bool = False
    others: bool = False
    signals: bool = False
    metadata: bool = False
    placement: bool = False


def program(policy: Policy, column: int, pid: int) -> Program:
    """Return the filter for a process `pid` on the machine of that column of the tables."""
    code = [
        Instruction(LOAD, ARCHITECTURE),
        Instruction(EQUAL, ARCHITECTURES[column], 1, 0),
        _verdict(KILL),
        Instruction(LOAD, CALL),
        # Calls of the x32 kind are other names for the same ones.
        Instruction(AT_LEAST, X32, 0, 1),
        _deny(errno.ENOSYS),
    ]
    # Its flags lie behind a pointer; without it the C library uses the older call.
    code += _rule(syscalls.CLONE3[column], [_deny(errno.ENOSYS)])
    code += _rule(syscalls.CLONE[column], _no_namespaces())
    if policy.unix_sockets:
        code += _rule(syscalls.SOCKET[column], _only(0, [AF_UNIX]))
    else:
        code += _rule(syscalls.SOCKET[column], [_deny(errno.EPERM)])
        # An end of a pair of datagram sockets can still write to any socket that has a path.
        code += _rule(syscalls.SOCKETPAIR[column], _only(1, STREAMS))
    for number, verdict in _plain(policy, column):
        code += _rule(number, [verdict])
    for number, body in _by_argument(policy, column, pid):
        code += _rule(number, body)
    return [*code, _verdict(ALLOW)]


def install(code: Program) -> None:
    """Put this process and its children under a filter; it can never be taken off.

    Needs `no_new_privs`. Raises `OSError` where the kernel has no such filters.
    """

    class FilterProgram(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))

    packed = ctypes.create_string_buffer(b"".join(step.pack() for step in code))
    whole = FilterProgram(len(code), ctypes.addressof(packed))
    prctl(PR_SET_SECCOMP, _FILTER_MODE, ctypes.c_void_p(ctypes.addressof(whole)))


def filter_calls(policy: Policy) -> None:
    """Put this process under the filter of a policy."""
    install(program(policy, machine(), os.getpid()))


def _plain(policy: Policy, column: int) -> Iterable[tuple[int | None, Instruction]]:
    """Yield calls that are refused, or made to do nothing, whatever their arguments."""
    refused = syscalls.PROCESSES | syscalls.MOUNTS | syscalls.KERNEL | syscalls.UNSEEN_MEMORY
    if not policy.placement:
        refused |= syscalls.PLACEMENT
    if not policy.signals:
        refused |= syscalls.OTHER_SIGNALS
    for numbers in refused.values():
        yield numbers[column], _deny(errno.EPERM)
    if not policy.metadata:
        old = syscalls.OLD_METADATA.values() if column == 0 else ()
        for number in (*(n[column] for n in syscalls.METADATA.values()), *old):
            # Success without effect: shutil.copy and the like go on working.
            yield number, _deny(0)


def _by_argument(policy: Policy, column: int, pid: int) -> Iterable[tuple[int | None, Program]]:
    """Yield calls that are refused unless their arguments name this process."""
    if not policy.others:
        for numbers in syscalls.OTHERS.values():
            yield numbers[column], _only(0, [0, pid])
        for numbers, one_process in syscalls.PRIORITIES.values():
            yield numbers[column], [*_unless(0, one_process), *_only(1, [0, pid])]
    if not policy.signals:
        for numbers in syscalls.SIGNALS.values():
            yield numbers[column], _only(0, [pid])
        for numbers, commands in syscalls.OWNERS.values():
            yield numbers[column], _never(1, commands)


def _rule(number: int | None, body: Program) -> Program:
    return [] if number is None else [Instruction(EQUAL, number, 0, len(body)), *body]


def _only(position: int, values: list[int]) -> Program:
    """Allow the call when its argument is one of the values."""
    tests = [Instruction(EQUAL, value, len(values) - index) for index, value in enumerate(values)]
    load = Instruction(LOAD, ARGUMENTS + 8 * position)
    return [load, *tests, _deny(errno.EPERM), _verdict(ALLOW)]


def _unless(position: int, value: int) -> Program:
    """Refuse the call when its argument is not the value, else go on."""
    load = Instruction(LOAD, ARGUMENTS + 8 * position)
    return [load, Instruction(EQUAL, value, 1, 0), _deny(errno.EPERM)]


def _never(position: int, values: Sequence[int]) -> Program:
    """Refuse the call when its argument is one of the values."""
    tests = [Instruction(EQUAL, value, len(values) - index) for index, value in enumerate(values)]
    load = Instruction(LOAD, ARGUMENTS + 8 * position)
    return [load, *tests, _verdict(ALLOW), _deny(errno.EPERM)]


def _no_namespaces() -> Program:
    test = Instruction(ANY_BIT, syscalls.NEW_NAMESPACES, 0, 1)
    return [Instruction(LOAD, ARGUMENTS), test, _deny(errno.EPERM), _verdict(ALLOW)]


def _verdict(action: int) -> Instruction:
    return Instruction(RETURN, action)


def _deny(error: int) -> Instruction:
    return _verdict(ERROR | error)
