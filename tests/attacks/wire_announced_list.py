"""A list that announces four billion entries."""

from tests.attacks.attack import WireAttack, result

ATTACK = WireAttack(
    tries="announces 4,294,967,295 entries and sends none",
    must="nothing is set aside for entries that are not there",
    named="WireError: a message does not follow the protocol",
    send=result(b"\x92\xa4list\xdd\xff\xff\xff\xff"),
)
