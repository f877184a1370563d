"""An integer that nobody can write down."""

from tests.attacks.attack import WireAttack, answer

ATTACK = WireAttack(
    tries="sends an integer of 20,000 bits, which Python refuses to turn into decimal digits",
    must="integers are bounded by what can be shown",
    named="WireError: an integer has too many digits",
    send=answer(["int", "f" * 5000]),
)
