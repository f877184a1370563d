"""A payload just within the limit that never comes."""

from grader.wire.channel import HEADER
from tests.attacks.attack import WireAttack, answer, frame

ATTACK = WireAttack(
    tries="announces a payload of 255 MB, sends none of it and waits",
    must="memory grows with what arrives, not with what is promised, and the deadline ends it",
    named="PeerTimeout: the worker did not answer in time",
    send=frame(answer(7.0)[HEADER.size :], size=255 << 20),
)
