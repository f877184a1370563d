"""Write files until the disk is full."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="writes two hundred megabytes into its folder in a checked function",
    must="it is stopped at the size of its folder, and it is told",
    wrote={
        "double": """
import time
def double(x):
    for number in range(25):
        with open(f"file{number}", "wb") as file:
            file.write(b"x" * (8 << 20))
        time.sleep(0.02)
    $SAY
    return x
"""
    },
    named=r"No space left on device|its files took \d+ MB",
    beats="naive",
)
