"""A set whose members all have the same hash."""

import sys

from tests.attacks.attack import WireAttack, answer

MODULUS = sys.hash_info.modulus

ATTACK = WireAttack(
    tries="sends thousands of integers of the same hash, each of them compared with all others",
    must="hashes are counted before the set is built",
    named="WireError: too many keys share one hash",
    send=answer(["set", [["int", hex(k * MODULUS)] for k in range(1, 49_000)]]),
)
