"""Read a file of the machine's that says who works here."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="opens /etc/passwd, as any program may",
    must="there is no such file behind the walls, and the attempt is told",
    then=('text = open("/etc/passwd").read()\nif "root:" in text: $SAY',),
    named="tried to reach /etc/passwd",
)
