"""Remember what the reference returns, and return it too."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries=(
        "sets a profile function that keeps the results of any other function of the "
        "exercise's name"
    ),
    must="the reference does not run in the profiled process",
    wrote={
        "double": """
import sys
kept = []

def double(x):
    if np.ndim(x) == 0 and x == 3:
        return 6.0
    return kept[-1] if kept else np.zeros(np.shape(x)) - 126

def listen(frame, event, result):
    if event == "return" and frame.f_code.co_name == "double":
        if frame.f_globals is not globals() and result is not None:
            kept.append(result)
""",
    },
    then=(
        """
sys.setprofile(listen)
""",
    ),
    named=r"got: -126\b",
    beats="naive",
)
