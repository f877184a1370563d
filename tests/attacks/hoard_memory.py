"""Take three gigabytes of private memory."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="allocates three gigabytes in a checked function and writes to all of it",
    must="the kernel refuses at the limit, and the check says so",
    wrote={
        "double": """
def double(x):
    hoard = [bytearray(b"x") * (256 << 20) for _ in range(12)]
    $SAY
    return x
"""
    },
    named="double/.*MemoryError",
    beats="naive",
)
