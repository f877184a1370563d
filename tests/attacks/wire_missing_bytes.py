"""An array that is larger than what was sent for it."""

from tests.attacks.attack import WireAttack, answer

ATTACK = WireAttack(
    tries="describes 200 numbers and sends two",
    must="a value that reaches past its payload is refused, so no foreign memory is read",
    named="WireError: a value points outside its payload",
    send=answer(["array", "float32", [200]], bytes(8)),
)
