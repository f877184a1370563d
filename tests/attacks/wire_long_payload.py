"""A payload of ten gigabytes, announced."""

from grader.wire.channel import HEADER
from tests.attacks.attack import WireAttack, answer, frame

ATTACK = WireAttack(
    tries="announces a payload of 10 GB behind a good message",
    must="the header alone is refused",
    named="WireError: a frame is over the size limit",
    send=frame(answer(7.0)[HEADER.size :], b"x" * 1000, size=10 << 30),
)
