"""A message nested a hundred thousand deep."""

from tests.attacks.attack import WireAttack, result

ATTACK = WireAttack(
    tries="nests lists so deep that a decoder which calls itself runs out of stack",
    must="the decoder refuses what is not a known record, without following it down",
    named="WireError: a message does not follow the protocol",
    send=result(b"\x91" * 100_000 + b"\xc0"),
)
