"""A reader of frames as they are usually written: it believes every length and every value.

It is here to be beaten, in a process of its own with little memory and an alarm.
"""

import os
import pickle
import resource
import signal
import socket
import warnings
from pathlib import Path
from typing import Any

import msgspec

from grader.wire.channel import HEADER
from tests.attacks.attack import RIGHT

SECONDS = 2
MEMORY = 600 << 20
FINE = "fine"


class NaiveReader:
    """One class for both ends, so this one too takes descriptors that come along."""

    def __init__(self, end: socket.socket) -> None:
        self.end = end
        self.files: list[int] = []
        self.objects = {1: "an object of the grader's own"}

    def receive(self) -> Any:
        """Return the value in the next frame."""
        _, length, size = HEADER.unpack(self._exactly(HEADER.size))
        message = msgspec.msgpack.decode(self._exactly(length), type=Any)
        return self._value(message["value"], self._exactly(size))

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            chunk, files, _, _ = socket.recv_fds(self.end, size - len(data), 8)
            self.files += files
            if not chunk:
                raise EOFError
            data += chunk
        return data

    def _value(self, value: Any, payload: bytes) -> Any:
        match value:
            case ["array", dtype, shape]:
                import numpy

                return numpy.frombuffer(payload, dtype).reshape(shape)
            case ["tensor", dtype, shape, _, device]:
                import torch

                kind = getattr(torch, dtype)
                return torch.frombuffer(bytearray(payload), dtype=kind).reshape(shape).to(device)
            case ["int", digits]:
                return int(digits, 16)
            case ["set", items]:
                return {self._value(item, payload) for item in items}
            case ["ref", "checker", number, _]:
                return self.objects[number]
            case ["pickle"]:
                return pickle.loads(payload)
        return value


def beaten_by(end: socket.socket, folder: Path) -> str:
    """Tell how a reader of `end` is beaten, in a child of this process; FINE if it is not.

    It has been beaten when it fails, hangs, runs out of memory, keeps descriptors it was sent,
    returns anything but the right answer, or takes something for the answer to a second question.
    """
    verdict, tell = os.pipe()
    with warnings.catch_warnings():
        # Newer versions of Python warn of forks beside threads.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if not child:
        try:
            os.write(tell, _try(end, folder).encode())
        except BaseException as error:
            os.write(tell, f"it failed: {type(error).__name__}".encode())
        finally:
            os._exit(0)
    os.close(tell)
    with os.fdopen(verdict, "rb") as file:
        said = file.read().decode()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return said or f"it was ended by {signal.Signals(-status).name}"


def _try(end: socket.socket, folder: Path) -> str:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(SECONDS)
    virtual = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (virtual + MEMORY, virtual + MEMORY))
    os.chdir(folder)
    reader = NaiveReader(end)
    value = reader.receive()
    if list(folder.iterdir()):
        return "it ran code that it was sent"
    if reader.files:
        return "it keeps descriptors it was sent"
    if type(value) is not float or value != RIGHT:
        return f"it took a {type(value).__name__} for the answer"
    end.settimeout(0.2)
    try:
        reader.receive()
    except TimeoutError:
        return FINE
    return "it took something for the answer to another question"
