"""Run the screen on the loopback address until somebody presses Ctrl-C."""

import socket
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from grader.reports.marking import ReportCell, cells_html
from grader.web.app import make_app
from grader.web.room import Room
from grader.web.sessions import Sessions

HOST = "127.0.0.1"
PORT = 8421


def bound(port: int) -> socket.socket:
    """Return a socket on the loopback address: on this port, or on any where it is taken."""
    for wanted in (port, 0):
        server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind((HOST, wanted))
            # Listening before its address is printed: who is quick waits instead of failing.
            server.listen()
        except OSError:
            server.close()
            continue
        return server
    raise OSError("no port of this machine is free")


class Screen:
    """A server that is ready to run, and the addresses to open it with."""

    def __init__(self, room: Room, out: Path, markers: Sequence[str], port: int = PORT) -> None:
        self.socket = bound(port)
        self.port = int(self.socket.getsockname()[1])
        # Drawing the first page would take a second for what is imported with it.
        cells_html([ReportCell("code", "0", 1)])
        sessions = Sessions(room.seed, markers)
        self.addresses = {
            marker: f"http://{HOST}:{self.port}/enter?token={token}"
            for marker, token in sessions.tokens().items()
        }
        # No proxy stands before it: what a header says of the caller is not believed.
        config = uvicorn.Config(
            make_app(room, sessions, out, self.port),
            log_level="error",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=1,
        )
        self.server = uvicorn.Server(config)

    def run(self) -> None:
        """Serve until told to stop."""
        try:
            self.server.run(sockets=[self.socket])
        finally:
            self.socket.close()
