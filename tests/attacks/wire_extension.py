"""An extension type in place of a value."""

import msgspec

from tests.attacks.attack import WireAttack, answer

ATTACK = WireAttack(
    tries="sends an extension type, which many decoders hand to code that rebuilds objects",
    must="no extension type is known here",
    named="WireError: a message does not follow the protocol",
    send=answer(msgspec.msgpack.Ext(42, b"some object")),
)
