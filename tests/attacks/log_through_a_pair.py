"""Send to a socket file from one end of a pair of sockets."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="makes a socket pair, which needs no socket call, and sends from it to another address",
    must="no datagram arrives, and the attempt is told",
    then=(
        """
import socket
one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
one.sendto(b"the answers", "$LOG")
""",
    ),
    named="pair of sockets that can write to others",
)
