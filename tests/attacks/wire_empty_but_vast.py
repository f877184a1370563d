"""An empty array of more columns than can be counted."""

from tests.attacks.attack import WireAttack, answer

ATTACK = WireAttack(
    tries="sends no bytes for an array of shape (0, 2**63), which numpy cannot even describe",
    must="a length beside a zero counts too",
    named="WireError: an array of [0-9]+ MB is over the limit",
    send=answer(["array", "float32", [0, 1 << 63]]),
)
