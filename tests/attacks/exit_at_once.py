"""Leave the process in the middle of a check."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="calls os._exit inside a checked function, so that nothing after it is graded",
    must="the check that called it has crashed, every other exercise keeps its points",
    wrote={"double": "import os\ndef double(x):\n    os._exit(0)"},
    named="double/.*crashed",
    beats="naive",
)
