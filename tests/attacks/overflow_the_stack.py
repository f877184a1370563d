"""Crash the interpreter with a stack that is too deep."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="lets C code call Python that calls C code, without end",
    must="the cell that crashed is left out and the others run again, and it is told",
    then=(
        """
import ctypes, sys
sys.setrecursionlimit(10**9)
kind = ctypes.CFUNCTYPE(None)
again = kind(lambda: again())
again()
""",
    ),
    named="ended by SIGSEGV",
    beats="naive",
)
