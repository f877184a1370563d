"""A call of a function that was never offered."""

from grader.wire import messages
from tests.attacks.attack import WireAttack, frame

ATTACK = WireAttack(
    tries="calls function 1 of the checker, which has offered none",
    must="a callback with an unknown number ends the exchange",
    named="WireError: a callback that was never offered",
    send=frame(messages.encode(messages.Callback(1, 1, [2.0], []))),
)
