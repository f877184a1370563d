"""A reference to something on the grader's side."""

from tests.attacks.attack import WireAttack, answer

ATTACK = WireAttack(
    tries="answers with a reference to the first object the checker holds, hoping to get it back",
    must="a result may refer to the worker's own objects only",
    named="WireError: a result that refers to the checker",
    send=answer(["ref", "checker", 1, "function"]),
)
