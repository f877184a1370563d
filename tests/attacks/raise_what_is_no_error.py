"""Raise what no handler of errors catches."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries=(
        "raises KeyboardInterrupt, GeneratorExit, pytest's skip and SystemExit with a "
        "huge text in turn"
    ),
    must="each of them is an error of the submission's like any other",
    wrote={
        "quadruple": """
import os
import pytest

def quadruple(x):
    text = "x" * 10**7
    kinds = [KeyboardInterrupt, GeneratorExit, pytest.skip.Exception, SystemExit]
    raise kinds[int(np.sum(np.abs(x)) * 1000) % len(kinds)](text)
""",
    },
    named="quadruple/.*raised (KeyboardInterrupt|GeneratorExit|Skipped|SystemExit)",
    beats="naive",
)
