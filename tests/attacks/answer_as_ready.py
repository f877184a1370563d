"""Answer a question with a message of the wrong kind and the right number."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="answers as a worker that has just come up, under the number of the question",
    must="the check has crashed by the notebook's doing, not by a fault of the grader",
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
    frame = sys._getframe()
    while "message" not in frame.f_locals:
        frame = frame.f_back
    found.channel.send(messages.Ready(frame.f_locals["message"].id))
    return 2 * x
"""
    },
    named="double/.*crashed.*wrong kind",
    beats="naive",
)
