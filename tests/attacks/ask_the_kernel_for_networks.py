"""List the machine's network interfaces through netlink."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="asks the kernel for every interface and address there is",
    must="no netlink socket can be had, and the attempt is told",
    then=(
        """
import socket, struct
wire = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
wire.bind((0, 0))
wire.send(struct.pack("=LHHLLB3x", 20, 22, 0x301, 1, 0, 0))
if len(wire.recv(65536)) > 40: $SAY
""",
    ),
    named="open a socket of family AF_NETLINK",
)
