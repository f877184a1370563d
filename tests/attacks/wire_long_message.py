"""A message of four gigabytes, announced."""

from grader.wire.channel import HEADER, MAGIC
from tests.attacks.attack import WireAttack

ATTACK = WireAttack(
    tries="announces a message of 4 GB, so that memory is set aside for it",
    must="the header alone is refused",
    named="WireError: a frame is over the size limit",
    send=HEADER.pack(MAGIC, 0xFFFFFFFF, 0) + b"\xc0" * 1000,
)
