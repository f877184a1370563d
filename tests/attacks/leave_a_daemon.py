"""Leave a process behind that nobody knows of."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="forks twice in a session of its own, ignores all signals and stays",
    must="it is gone when the notebook is, and the attempt is told",
    then=(
        """
import os, signal, time
if not os.fork():
    os.setsid()
    if not os.fork():
        try:
            open("/proc/self/comm", "wb", 0).write(b"stray")
        except OSError:
            pass
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
        time.sleep(30)
    os._exit(0)
os.wait()
time.sleep(0.2)
""",
    ),
    named=r"call os\.setsid",
    beats="naive",
)
