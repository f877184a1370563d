"""Good records nested past the limit of values."""

from tests.attacks.attack import WireAttack, answer


def nested(levels: int) -> list[object]:
    value: list[object] = ["list", []]
    for _ in range(levels):
        value = ["list", [value]]
    return value


ATTACK = WireAttack(
    tries="nests lists by the rules, a few hundred deep, for whoever walks them afterwards",
    must="the depth of a value is bounded before it is built",
    named="WireError: a value is nested too deeply",
    send=answer(nested(400)),
)
