"""One message after another over a socket, with size limits and deadlines."""

import array
import os
import select
import socket
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import msgspec

from grader.errors import PeerGone, PeerTimeout, WireError
from grader.wire import messages

# magic, bytes of the message, bytes of the payload behind it
HEADER = struct.Struct("<4sIQ")
MAGIC = b"ILM1"
MAX_MESSAGE = 16 << 20
MAX_PAYLOAD = 256 << 20
MAX_FILES = 4
CHUNK = 256 << 10
SMALL = 64 << 10

Incoming = TypeVar("Incoming")


@dataclass
class Channel(Generic[Incoming]):
    """A stream socket that carries frames; `encode` and `decode` make bytes of messages and back.

    Deadlines are values of `time.monotonic()`; None waits for ever. A frame that is too large, not
    a frame or not a message raises `WireError`; a peer that dies or stalls `PeerGone`,
    `PeerTimeout`. After any of them the channel is of no more use.
    """

    socket: socket.socket
    decode: Callable[[memoryview], Incoming]
    encode: Callable[[msgspec.Struct], bytes] = messages.encode
    max_payload: int = MAX_PAYLOAD
    accept_files: bool = False
    files: list[int] = field(default_factory=list)
    _buffer: bytearray = field(default_factory=bytearray)

    def send(
        self,
        message: msgspec.Struct,
        payload: Sequence[memoryview] = (),
        deadline: float | None = None,
        files: Sequence[int] = (),
    ) -> None:
        """Send one frame; `files` are descriptors that travel with it."""
        body = self.encode(message)
        size = sum(part.nbytes for part in payload)
        if len(body) > MAX_MESSAGE or size > self.max_payload:
            raise WireError("the values are too large to be sent")
        head = HEADER.pack(MAGIC, len(body), size) + body
        parts = [memoryview(head), *payload]
        # Small frames go out in one piece: each piece costs the other end a wake-up.
        if size <= SMALL:
            parts = [memoryview(b"".join(parts))]
        try:
            self._wait(deadline)
            sent = self._send_first(parts[0], files)
            for part in (parts[0][sent:], *parts[1:]):
                self._wait(deadline)
                self.socket.sendall(part)
        except TimeoutError:
            raise PeerTimeout("the worker did not read what it was sent") from None
        except OSError:
            raise PeerGone("the worker is gone") from None

    def receive(self, deadline: float | None = None) -> tuple[Incoming, memoryview]:
        """Return the next message and its payload."""
        magic, length, size = HEADER.unpack(self._read(HEADER.size, deadline))
        if magic != MAGIC:
            raise WireError("what arrived is not a frame")
        if length > MAX_MESSAGE or size > self.max_payload:
            raise WireError("a frame is over the size limit")
        return self.decode(self._read(length, deadline)), self._read(size, deadline)

    def has_more(self) -> bool:
        """Tell whether something has come that nobody has received yet, or the peer is gone."""
        return bool(self._buffer) or bool(select.select([self.socket], [], [], 0)[0])

    def close(self) -> None:
        """Close the socket and whatever descriptors nobody has taken."""
        while self.files:
            os.close(self.files.pop())
        self.socket.close()

    def _send_first(self, part: memoryview, files: Sequence[int]) -> int:
        if not files:
            return self.socket.send(part)
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", files))]
        return self.socket.sendmsg([part], rights)

    def _read(self, size: int, deadline: float | None) -> memoryview:
        # Grown as the bytes arrive: a frame that only claims to be large costs nothing. What comes
        # with them and belongs to the next frame waits in the buffer.
        while len(self._buffer) < size:
            self._buffer += self._chunk(deadline)
        with memoryview(self._buffer) as whole:
            data = bytes(whole[:size])
        del self._buffer[:size]
        return memoryview(data)

    def _chunk(self, deadline: float | None) -> bytes:
        try:
            self._wait(deadline)
            if self.accept_files:
                chunk, files, _, _ = socket.recv_fds(self.socket, CHUNK, MAX_FILES)
                self.files += files
            else:
                chunk = self.socket.recv(CHUNK)
        except TimeoutError:
            raise PeerTimeout("the worker did not answer in time") from None
        except OSError:
            raise PeerGone("the worker is gone") from None
        if not chunk:
            raise PeerGone("the worker is gone")
        return chunk

    def _wait(self, deadline: float | None) -> None:
        # The deadline holds for the whole frame, so a peer that drips bytes gains nothing.
        if deadline is None:
            self.socket.settimeout(None)
            return
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.socket.settimeout(left)


def checker_channel(end: socket.socket) -> "Channel[messages.FromWorker]":
    """Return the trusted end of a wire."""
    return Channel(end, messages.decode_from_worker)


def worker_channel(end: socket.socket) -> "Channel[messages.ToWorker]":
    """Return the worker's end of a wire, which may be handed sockets."""
    return Channel(end, messages.decode_to_worker, accept_files=True)
