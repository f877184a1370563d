"""Marks that turn the direction of writing."""

from tests.attacks.attack import PageAttack

ATTACK = PageAttack(
    tries="makes the line of a student read as another",
    must="marks of direction are left out or spelt out",
    place="terminal",
    text="\u202e01 fo 01\u2066\u200f",
    naive=r"\u202e",
)
