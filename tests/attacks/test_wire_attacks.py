"""Bytes from a hostile worker: each beats a naive reader, and comes to nothing here."""

import os
import re
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import torch

from grader.checks.link import WireLink
from grader.errors import WireError
from grader.wire import messages
from grader.wire.channel import checker_channel
from grader.wire.values import Reference, Unpacker
from tests.attacks import naive_wire
from tests.attacks.arena import attacks
from tests.attacks.attack import REQUEST, RIGHT, WireAttack, answer

# Loaded beforehand, as in the process that the grader forks its judges from.
assert torch.get_num_threads()
ATTACKS: dict[str, WireAttack] = attacks(WireAttack)
DEADLINE = 1.0
SECONDS = 2.0
# What a reader may allocate: a multiple of what has really been sent, whatever was announced.
ROOM = 2 << 20
PER_BYTE = 40


@contextmanager
def hostile(attack: WireAttack) -> Iterator[socket.socket]:
    """Yield the end of a wire on whose other end the attack is going on."""
    ours, theirs = socket.socketpair()
    over = threading.Event()

    def send() -> None:
        with suppress(OSError):
            if not attack.pause:
                socket.send_fds(theirs, [attack.send[:1]], [0] * attack.files)
                theirs.sendall(attack.send[1:])
            for byte in attack.send if attack.pause else b"":
                theirs.sendall(bytes([byte]))
                if over.wait(attack.pause):
                    break

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield ours
    finally:
        over.set()
        # Wakes a sender whose bytes nobody has read.
        ours.close()
        with suppress(OSError):
            theirs.shutdown(socket.SHUT_RDWR)
        thread.join()
        theirs.close()


def read(link: WireLink, number: int) -> object:
    """Ask for a variable and return its value, as `Submission` does."""
    reply, payload = link.request(messages.Read(number, "x", []), [])
    if not isinstance(reply, messages.Result):
        raise WireError("an answer of the wrong kind")
    unpacker = Unpacker(payload, _resolve)
    value = unpacker.unpack(reply.value)
    unpacker.finish()
    return value


def _resolve(reference: Reference) -> object:
    if reference.side != "worker":
        raise WireError("a result that refers to the checker")
    return reference


def outcome(end: socket.socket) -> str:
    """Ask twice, the second time only if there was an answer; return what came of it."""
    link = WireLink(checker_channel(end))
    link.deadline = time.monotonic() + DEADLINE
    said = []
    try:
        said.append(f"value: {read(link, REQUEST)!r}")
        link.deadline = time.monotonic() + 0.2
        said.append(f"value: {read(link, REQUEST + 1)!r}")
    except WireError as error:
        said.append(f"{type(error).__name__}: {error}")
    link.channel.close()
    return ", then ".join(said)


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


@pytest.mark.parametrize("name", ATTACKS)
def test_the_wire_holds(name: str) -> None:
    attack = ATTACKS[name]
    with hostile(attack) as end:
        before, start = descriptors(), time.monotonic()
        came = outcome(end)
        assert time.monotonic() - start < SECONDS
        # One fewer: the wire itself is closed.
        assert descriptors() == before - 1
    assert re.search(attack.named, came), came
    assert len(came) < 300


@pytest.mark.parametrize("name", ATTACKS)
def test_memory_grows_only_with_what_was_sent(name: str) -> None:
    attack = ATTACKS[name]
    with hostile(attack) as end:
        tracemalloc.start()
        try:
            outcome(end)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < ROOM + PER_BYTE * len(attack.send)


@pytest.mark.parametrize("name", ATTACKS)
def test_a_naive_reader_is_beaten(name: str, tmp_path: Path) -> None:
    with hostile(ATTACKS[name]) as end:
        assert naive_wire.beaten_by(end, tmp_path) != naive_wire.FINE


def test_a_naive_reader_reads_what_is_right(tmp_path: Path) -> None:
    """Otherwise it would prove nothing that it is beaten."""
    honest = WireAttack("sends the right answer", "is believed", "value", answer(RIGHT))
    with hostile(honest) as end:
        assert naive_wire.beaten_by(end, tmp_path) == naive_wire.FINE
    with hostile(honest) as end:
        assert outcome(end).startswith("value: 6.0, then PeerTimeout")


def test_each_attack_says_what_it_tries() -> None:
    for name, attack in ATTACKS.items():
        assert attack.tries, name
        assert attack.must, name
        assert "." not in attack.named[:1], name
    assert len({attack.send for attack in ATTACKS.values()}) == len(ATTACKS)
