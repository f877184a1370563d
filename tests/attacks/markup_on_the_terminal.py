"""Marks in which the library that prints lines spells colours and links."""

from tests.attacks.attack import PageAttack

ATTACK = PageAttack(
    tries="breaks or dresses up the lines of the grader",
    must="marks are printed as they are",
    place="terminal",
    text="[link=file:///etc/passwd]x[/link] [bold red]failed",
    naive=r"\x1b\]8;",
)
