"""An array with lengths that are not whole numbers."""

from tests.attacks.attack import WireAttack, answer

ATTACK = WireAttack(
    tries="gives a tensor the shape (2.5, true)",
    must="the types of the protocol refuse it before anybody counts bytes",
    named="WireError: a message does not follow the protocol",
    send=answer(["tensor", "float32", [2.5, True], False, "cpu"], bytes(8)),
)
