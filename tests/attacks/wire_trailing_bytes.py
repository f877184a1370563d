"""A second message inside the first one's frame."""

from grader.wire.channel import HEADER
from tests.attacks.attack import WireAttack, answer, frame

ATTACK = WireAttack(
    tries="appends another answer behind the message, within the length announced",
    must="a message that does not end where its frame ends is refused",
    named="WireError: a message does not follow the protocol",
    send=frame(answer(6.0)[HEADER.size :] * 2),
)
