"""Search its own memory for what the grader left there."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="searches all writable memory of its process for a secret",
    must="its memory has never held a secret, and the search is told",
    then=(
        """
import re
wanted = re.compile(rb"CANARY[-]7f3a91-[a-z]+")
with open("/proc/self/mem", "rb", 0) as memory:
    for line in open("/proc/self/maps"):
        span, mode, *rest = line.split()
        if mode.startswith("rw") and not rest[3:4] == ["[vvar]"]:
            low, high = (int(end, 16) for end in span.split("-"))
            try:
                memory.seek(low)
                for found in wanted.findall(memory.read(min(high - low, 1 << 28))):
                    print(found)
            except (OSError, OverflowError):
                pass
""",
    ),
    named=r"reach /proc/self/mem\b",
    beats="naive",
)
