"""A pickle where plain values are due."""

from tests.attacks.attack import WireAttack, answer

ATTACK = WireAttack(
    tries="sends a pickle that runs code as soon as it is loaded",
    must="no tag stands for a pickle, and nothing here would load one",
    named="WireError: a message does not follow the protocol",
    send=answer(["pickle"], b"cos\nopen\n(Vpickled\nI65\ntR."),
)
