"""Let every file that is written hold other numbers."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries=(
        "replaces open and Path.write_text by functions that put full points into what they write"
    ),
    must="no result is written by the student's process",
    wrote={
        "integrate": r"""
import builtins, io, pathlib, re
honest = io.open

def full(text):
    return re.sub(r'("(double|quadruple|integrate|Scale)": )0.0', r"\g<1>2.0", text)

class Generous(io.TextIOWrapper):
    def write(self, text):
        return super().write(full(text))

def opened(file, mode="r", *args, **kwargs):
    if "w" in mode and "b" not in mode:
        return Generous(honest(file, mode + "b"))
    return honest(file, mode, *args, **kwargs)

builtins.open = io.open = opened

def integrate(pdf, lo, hi):
    return -108.0
""",
    },
    named=r"got: -108\b",
    beats="naive",
)
