"""Talk to a service of the machine through a socket without a file."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="connects to an abstract socket, which no file permission guards",
    must="the socket cannot be reached, and the attempt is told",
    then=(
        r"""
import socket
socket.socket(socket.AF_UNIX).connect("\0$ABSTRACT")
""",
    ),
    named="open a socket of family AF_UNIX",
)
