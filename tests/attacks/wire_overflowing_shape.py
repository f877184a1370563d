"""An array whose size overflows to nothing."""

from tests.attacks.attack import WireAttack, answer

ATTACK = WireAttack(
    tries="gives a tensor lengths whose product is 2 to the power of 78, which is 0 in 64 bits",
    must="sizes are computed without overflow, and are then too large",
    named="WireError: an array of [0-9]+ MB is over the limit",
    send=answer(["tensor", "float32", [1 << 39, 1 << 39], False, "cpu"]),
)
