"""An array of negative lengths whose product is right."""

from tests.attacks.attack import WireAttack, answer

ATTACK = WireAttack(
    tries="gives an array the shape (-2, -1), whose product is the number of its entries",
    must="no length may be negative",
    named="WireError: an array has a shape that cannot be",
    send=answer(["array", "float32", [-2, -1]], bytes(8)),
)
