"""A second answer on the heels of the first."""

from tests.attacks.attack import WireAttack, answer

ATTACK = WireAttack(
    tries="sends a forged answer behind the right one, to be taken for that of the next request",
    must="the second frame waits in line, and its number gives it away",
    named="value: 6.0, then WireError: an answer to a question that was not asked",
    send=answer(6.0) + answer(7.0),
)
