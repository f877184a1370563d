"""Turn the alarm off that ends a cell in time."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="sets the timer to nothing and replaces its handler, then sleeps",
    must="the cell is killed from outside and left out, and it is told",
    then=(
        """
import signal, time
signal.setitimer(signal.ITIMER_REAL, 0)
signal.signal(signal.SIGALRM, lambda *_: None)
while True: time.sleep(10)
""",
    ),
    named=r"cell \d+: This cell ended .*did not answer in time",
    beats="naive",
)
