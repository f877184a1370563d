"""Maps as the keys of maps."""

from tests.attacks.attack import WireAttack, result

ATTACK = WireAttack(
    tries="uses a map as a key, which no dictionary can hold",
    must="values are typed records, so a bare map is refused whatever is in it",
    named="WireError: a message does not follow the protocol",
    send=result(b"\x81\x81\x01\x02\x03"),
)
