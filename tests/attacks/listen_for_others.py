"""Wait for others to connect and take what they send."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="opens a port on every address of the machine and connects to it",
    must="no port is opened, and the attempt is told",
    then=(
        """
import socket
server = socket.socket(socket.AF_INET)
server.bind(("0.0.0.0", 0))
server.listen()
client = socket.socket(socket.AF_INET)
client.connect(server.getsockname())
server.accept()[0].sendall(b"x")
if client.recv(1): $SAY
""",
    ),
    named=r"open a socket of family AF_INET\b",
)
