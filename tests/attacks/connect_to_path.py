"""Talk to a service of the machine through its socket file."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="connects to a socket in the file system, as Docker's is",
    must="the socket cannot be reached, and the attempt is told",
    then=(
        """
import socket
socket.socket(socket.AF_UNIX).connect("$SOCKET")
""",
    ),
    named="open a socket of family AF_UNIX",
)
