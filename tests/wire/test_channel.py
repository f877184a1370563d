"""Frames over a socket whose other end may be anybody."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.errors import PeerGone, PeerTimeout, WireError
from grader.wire import messages
from grader.wire.channel import (
    HEADER,
    MAGIC,
    MAX_MESSAGE,
    MAX_PAYLOAD,
    Channel,
    checker_channel,
    worker_channel,
)

Pair = tuple[Channel[messages.FromWorker], socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    ours, theirs = socket.socketpair()
    channel = checker_channel(ours)
    yield channel, theirs
    channel.close()
    theirs.close()


def soon(seconds: float = 0.3) -> float:
    return time.monotonic() + seconds


def frame(body: bytes, payload: bytes = b"") -> bytes:
    return HEADER.pack(MAGIC, len(body), len(payload)) + body + payload


def test_a_message_and_its_payload_arrive(pair: Pair) -> None:
    channel, theirs = pair
    worker_channel(theirs).send(messages.Result(3, None), [memoryview(b"abc")])
    message, payload = channel.receive(soon())
    assert message == messages.Result(3, None)
    assert bytes(payload) == b"abc"


def test_a_descriptor_travels_along() -> None:
    ours, theirs = socket.socketpair()
    receiver = worker_channel(theirs)
    with Path(os.devnull).open("rb") as file:
        checker_channel(ours).send(messages.Fork(1, 5), files=[file.fileno()])
        assert receiver.receive(soon())[0] == messages.Fork(1, 5)
        assert os.path.sameopenfile(receiver.files[0], file.fileno())
    receiver.close()
    ours.close()


def test_the_trusted_end_takes_no_descriptors(pair: Pair) -> None:
    channel, theirs = pair
    before = len(os.listdir("/proc/self/fd"))
    body = messages.encode(messages.Ready(0))
    socket.send_fds(theirs, [frame(body)], [0, 1, 2])
    assert channel.receive(soon())[0] == messages.Ready(0)
    assert len(os.listdir("/proc/self/fd")) == before


BROKEN = {
    "another magic": frame(messages.encode(messages.Ready(0))).replace(MAGIC, b"ILM0"),
    "garbage": os.urandom(4096),
    "http": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "message of 4 GB": HEADER.pack(MAGIC, 0xFFFFFFFF, 0),
    "payload of 10 GB": HEADER.pack(MAGIC, 1, 10 << 30) + b"\xc0",
    "one byte too many": HEADER.pack(MAGIC, MAX_MESSAGE + 1, 0),
    "not a message": frame(b"\xc0"),
    "unknown kind": frame(b"\x82\xa4type\xa6pickle\xa2id\x01"),
    "a hundred thousand lists": frame(b"\x91" * 100_000 + b"\xc0"),
    "list of four billion": frame(b"\x93\xdd\xff\xff\xff\xff"),
    "not utf-8": frame(b"\x83\xa4type\xa6result\xa2id\x01\xa5value\xa3\xed\xa0\x80"),
    "extension type": frame(b"\xc7\x05\x01abcde"),
    "two messages in one": frame(messages.encode(messages.Ready(0)) * 2),
    "a request from the worker": frame(messages.encode(messages.Fork(1, 5))),
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN.keys())
def test_what_is_not_the_protocol_is_refused(pair: Pair, data: bytes) -> None:
    channel, theirs = pair
    theirs.sendall(data)
    theirs.shutdown(socket.SHUT_WR)
    with pytest.raises(WireError):
        channel.receive(soon())


def test_an_error_does_not_quote_the_message(pair: Pair) -> None:
    channel, theirs = pair
    theirs.sendall(frame(b"\x82\xa4type\xd9\x20" + b"S" * 32 + b"\xa2id\x01"))
    with pytest.raises(WireError) as caught:
        channel.receive(soon())
    assert "SSSS" not in str(caught.value)


def test_silence_is_a_timeout(pair: Pair) -> None:
    channel, _ = pair
    with pytest.raises(PeerTimeout):
        channel.receive(soon(0.05))


def test_a_drip_gains_no_time(pair: Pair) -> None:
    channel, theirs = pair
    stop = threading.Event()

    def drip() -> None:
        for byte in frame(messages.encode(messages.Ready(0)) + bytes(1000)):
            if stop.wait(0.02):
                return
            theirs.sendall(bytes([byte]))

    thread = threading.Thread(target=drip)
    thread.start()
    start = time.monotonic()
    with pytest.raises(PeerTimeout):
        channel.receive(soon(0.2))
    assert time.monotonic() - start < 1
    stop.set()
    thread.join()


def test_a_worker_that_does_not_read_is_a_timeout(pair: Pair) -> None:
    channel, _ = pair
    with pytest.raises(PeerTimeout):
        channel.send(messages.Ready(0), [memoryview(bytes(32 << 20))], soon(0.1))


def test_a_closed_end_is_gone(pair: Pair) -> None:
    channel, theirs = pair
    theirs.close()
    with pytest.raises(PeerGone):
        channel.receive(soon())
    with pytest.raises(PeerGone):
        channel.send(messages.Ready(0), [memoryview(bytes(1 << 20))], soon())


def test_too_much_is_not_sent(pair: Pair) -> None:
    channel, _ = pair
    with pytest.raises(WireError, match="too large"):
        channel.send(messages.Ready(0), [memoryview(bytearray(MAX_PAYLOAD + 1))])


def test_a_frame_that_claims_much_costs_little(pair: Pair) -> None:
    import resource

    channel, theirs = pair
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    theirs.sendall(HEADER.pack(MAGIC, 1, MAX_PAYLOAD) + b"\xc0")
    with pytest.raises(WireError):
        channel.receive(soon(0.1))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 << 10
