"""Numbers no program can hold: ten thousand digits, infinity, none at all."""

from pathlib import Path

from tests.attacks.attack import IntakeAttack
from tests.attacks.packing import notebook


def pack(folder: Path) -> None:
    for number, value in enumerate((b"9" * 10_000, b"NaN", b"-Infinity", b"1e999999")):
        text = notebook("x = 1").replace(b'"nbformat": 4', b'"nbformat": ' + value)
        (folder / f"mallory{number}.ipynb").write_bytes(text)


ATTACK = IntakeAttack(
    tries="fails on a number that is nowhere needed",
    must="a number that cannot be read is a refused hand-in, others are not looked at",
    named=r"not valid JSON",
    pack=pack,
    naive=r"crash: ValueError",
)
