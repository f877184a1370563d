"""A dictionary whose keys are all the same NaN."""

import math

from tests.attacks.attack import WireAttack, answer

ATTACK = WireAttack(
    tries="sends the key NaN twice, which equals nothing, so no lookup finds it",
    must="it arrives as the plain dictionary it is; a check that wants numbers refuses it",
    named="value: {nan: 1, nan: 2}",
    send=answer(["dict", [[math.nan, 1], [math.nan, 2]]]),
)
