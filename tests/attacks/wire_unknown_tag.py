"""A kind of value that the protocol does not have."""

from tests.attacks.attack import WireAttack, answer

ATTACK = WireAttack(
    tries="tags a value as code to be evaluated",
    must="a record with an unknown tag is refused",
    named="WireError: a message does not follow the protocol",
    send=answer(["eval", "__import__('os').getpid()"]),
)
