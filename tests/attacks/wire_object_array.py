"""An array of objects, whose bytes are addresses."""

from tests.attacks.attack import WireAttack, answer

ATTACK = WireAttack(
    tries="sends an array of dtype object, so that its bytes become pointers into memory",
    must="only dtypes of plain numbers cross the wire",
    named="WireError: arrays of dtype 'object' cannot be sent",
    send=answer(["array", "object", [1]], b"\x41" * 8),
)
