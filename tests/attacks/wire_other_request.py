"""The answer to a request that was never made."""

from grader.wire import messages
from tests.attacks.attack import REQUEST, WireAttack, frame

ATTACK = WireAttack(
    tries="answers under a number of its own choice, as for a question that is still to come",
    must="only the number just asked counts, and nobody can guess the next",
    named="WireError: an answer to a question that was not asked",
    send=frame(messages.encode(messages.Result(REQUEST + 1, 6.5))),
)
