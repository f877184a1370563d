"""A text that announces four billion letters."""

from tests.attacks.attack import WireAttack, result

ATTACK = WireAttack(
    tries="announces 4 GB of text inside a message of forty bytes",
    must="a length that reaches past the message is refused",
    named="WireError: a message does not follow the protocol",
    send=result(b"\xdb\xff\xff\xff\xffshort"),
)
