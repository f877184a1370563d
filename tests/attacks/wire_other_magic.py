"""A frame of some other version of the protocol."""

from grader.wire.channel import MAGIC
from tests.attacks.attack import WireAttack, answer

ATTACK = WireAttack(
    tries="sends a whole answer behind four letters that are not ours",
    must="a frame is known by its first four bytes, however good the rest is",
    named="WireError: what arrived is not a frame",
    send=answer(7.0).replace(MAGIC, b"ILM0"),
)
