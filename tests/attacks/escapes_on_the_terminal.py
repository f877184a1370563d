"""Escapes that clear the screen, set the title and type an answer."""

from tests.attacks.attack import PageAttack

ATTACK = PageAttack(
    tries="rewrites what the TA has seen, and fills the clipboard with a command",
    must="only printable characters reach the terminal",
    place="terminal",
    text="\x1b]0;owned\x07\x1b[2J\x1b[1;1H\x9b2J\x1b]52;c;cm0gLXJm\x07",
    naive=r"\x1b\]0|\x9b|\x1b\[2J",
)
