"""Put an answer of its own in the place of every answer about an exercise."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="replaces what calls its functions, or what checks them, by a constant success",
    must="an answer is a value to be compared: True is not twice the input",
    first=(
        """
import sys
naive = sys.modules.get("tests.attacks.naive") or sys.modules.get("__main__")
if hasattr(naive, "CHECKS"):
    naive.CHECKS["double"] = lambda *args: None
else:
    from grader.wire import messages
    from grader.worker.serving import Server
    answer = Server.answer
    def passed(self, message, payload):
        if getattr(message, "target", "") == "double":
            return messages.Result(message.id, True), []
        return answer(self, message, payload)
    Server.answer = passed
""",
    ),
    wrote={"double": "def double(x):\n    return None"},
    named="double/.*failed",
    beats="naive",
)
