"""A tensor that claims to live where there is no memory."""

from tests.attacks.attack import WireAttack, answer

ATTACK = WireAttack(
    tries="names the device `meta`, whose tensors hold no numbers and fail whoever looks at them",
    must="only devices that hold numbers are let in",
    named="WireError: a tensor on a device that cannot be",
    send=answer(["tensor", "float32", [2], False, "meta"], bytes(8)),
)
