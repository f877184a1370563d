"""A good answer, one byte at a time."""

from tests.attacks.attack import WireAttack, answer

ATTACK = WireAttack(
    tries="sends a byte every few hundredths of a second, so that no single wait is long",
    must="one deadline holds for the whole frame",
    named="PeerTimeout: the worker did not answer in time",
    send=answer(["list", [7.0] * 100]),
    pause=0.03,
)
