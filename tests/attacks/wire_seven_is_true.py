"""Truth values that are neither true nor false."""

from tests.attacks.attack import WireAttack, answer

ATTACK = WireAttack(
    tries="sends bytes of 7 and 255 as truth values, which compiled code may take for anything",
    must="every byte but 0 becomes a plain True",
    named=r"value: array\(\[ True,  True, False,  True\]\)",
    send=answer(["array", "bool", [4]], b"\x07\xff\x00\x02"),
)
