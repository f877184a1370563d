"""Answer ahead of the question, under numbers of its own choice."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="sends a thousand answers for questions still to come, as if they were right",
    must="no number can be guessed, and an answer under a wrong one ends the check",
    wrote={
        "double": """
import sys
def worker():
    frame = sys._getframe()
    while frame:
        if type(frame.f_locals.get("self")).__name__ == "Worker":
            return frame.f_locals["self"]
        frame = frame.f_back

def double(x):
    found = worker()
    if found is None:
        print("double :=>> 1.0")
        raise ValueError
    from grader.wire import messages
    for number in range(1000):
        found.channel.send(messages.Result(number, 6.0))
    return 0.0
"""
    },
    named="double/.*crashed.*an answer to a question that was not asked",
    beats="naive",
)
