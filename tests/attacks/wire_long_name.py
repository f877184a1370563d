"""An object whose class has a name of two megabytes."""

from tests.attacks.attack import WireAttack, answer

ATTACK = WireAttack(
    tries="names a class with two million letters, which then turn up in every message about it",
    must="names are cut by honest workers, and long ones are refused",
    named="WireError: a message does not follow the protocol",
    send=answer(["ref", "worker", 1, "A" * 2_000_000]),
)
