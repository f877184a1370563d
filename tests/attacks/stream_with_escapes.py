"""Printed text with links, colours and titles for terminals."""

from tests.attacks.attack import PageAttack

ATTACK = PageAttack(
    tries="has what terminals understand turned into links that run",
    must="colours stay, everything else of a terminal is taken out",
    place="output",
    kind="stream",
    text=(
        "\x1b]8;;javascript:$SCRIPT\x07look\x1b]8;;\x07 "
        "\x1b]0;owned\x07\x1b[38;5;1m\x1b[8mhidden\x1b[0m</pre>"
    ),
    naive=r"script",
)
