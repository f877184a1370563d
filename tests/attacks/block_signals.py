"""Block every signal in a cell and compute for ever."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="blocks all signals, the one that ends a cell among them",
    must="the cell is killed from outside and left out, and it is told",
    then=(
        """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
while True: pass
""",
    ),
    named=r"cell \d+: This cell ended .*did not answer in time",
    beats="naive",
)
