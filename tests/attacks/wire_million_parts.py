"""A list of a million parts."""

from tests.attacks.attack import WireAttack, answer

ATTACK = WireAttack(
    tries="sends a list that is small in bytes and large in objects",
    must="the parts of a value are counted while it is built",
    named="WireError: a value is nested too deeply or has too many parts",
    send=answer(["list", [None] * 1_000_000]),
)
