"""Replace what turns results into bytes."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="puts an encoder of its own in the place of the one that results leave through",
    must="the bytes that leave are only a value, and a good one must still be computed",
    first=(
        """
import json, sys
wire = sys.modules.get("grader.wire.messages")
if wire is None or "tests.attacks.naive" in sys.modules:
    dumps = json.dumps
    def forged(found):
        found["points"]["double"] = 1.0
        return dumps(found)
    json.dumps = forged
else:
    class Encoder:
        old = wire._encoder
        def encode(self, message):
            if isinstance(message, wire.Result) and message.value == 1.0:
                message = wire.Result(message.id, True)
            return self.old.encode(message)
    wire._encoder = Encoder()
""",
    ),
    wrote={"double": "def double(x):\n    return 1.0"},
    named="double/.*(failed|crashed)",
    beats="naive",
)
