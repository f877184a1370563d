"""Text that is no text: half of a surrogate pair."""

from tests.attacks.attack import WireAttack, result

ATTACK = WireAttack(
    tries="sends bytes as text that no UTF-8 decoder accepts",
    must="the decoder's own error becomes a breach of the protocol",
    named="WireError: a message does not follow the protocol",
    send=result(b"\xa3\xed\xa0\x80"),
)
