"""Noise where an answer is due."""

import random

from tests.attacks.attack import WireAttack

ATTACK = WireAttack(
    tries="sends four kilobytes of noise",
    must="the first bytes are no header, so nothing after them is looked at",
    named="WireError: what arrived is not a frame",
    send=random.Random(1).randbytes(4096),
)
