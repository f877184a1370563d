"""A name with a command, behind what other spreadsheets take for the end of a cell."""

from tests.attacks.attack import PageAttack

ATTACK = PageAttack(
    tries="starts a program where semicolons divide cells",
    must="every place where a cell may begin is looked at",
    place="table",
    text="Mallory;=cmd|' /C calc'!A0,@SUM(1)\n+1-1",
    naive=r"(?m)(^|[;,])=cmd|^[+]",
)
