"""Send what the notebook knows to a server."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="connects to a TCP server and sends it a line",
    must="nothing reaches the server, and the attempt is told",
    then=(
        """
import socket
with socket.create_connection(("127.0.0.1", $TCP), 1) as wire:
    wire.sendall(b"the checks")
""",
    ),
    named=r"look up the host '127\.0\.0\.1'|open a socket of family AF_INET\b",
)
