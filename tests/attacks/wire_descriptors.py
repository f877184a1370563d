"""Descriptors that travel with an answer."""

from tests.attacks.attack import WireAttack, answer

ATTACK = WireAttack(
    tries="passes descriptors along with a good answer, so that the grader runs out of them",
    must="the trusted end takes none, so the kernel drops them",
    named="^value: 6.0",
    send=answer(6.0),
    files=3,
)
