"""Look into the frames of the other threads."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="starts a thread that waits until the main one holds a reference, and uses that",
    must="the thread never sees a frame that holds one",
    wrote={
        "quadruple": """
import sys, threading, time
caught = []

def spy():
    while True:
        for frame in list(sys._current_frames().values()):
            while frame:
                if "reference" in frame.f_locals:
                    caught.append(frame.f_locals["reference"])
                    return
                frame = frame.f_back
        time.sleep(0.001)

threading.Thread(target=spy, daemon=True).start()

def quadruple(x):
    end = time.monotonic() + 0.2
    while not caught and time.monotonic() < end:
        time.sleep(0.005)
    return caught[0].quadruple(x) if caught else np.zeros(np.shape(x)) - 127
""",
    },
    named=r"got: -127\b",
    beats="naive",
)
