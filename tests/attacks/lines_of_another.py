"""A message with the lines that tell of another student."""

from tests.attacks.attack import PageAttack

ATTACK = PageAttack(
    tries="gets a classmate accused of what it did itself",
    must="a message is one line, whatever is in it",
    place="terminal",
    text=(
        "cell 1: odd\nclassmate\n  cell 3: It tried to reach solutions."
        "\r\nclassmate: 0 of 10 points\u2028classmate"
    ),
    naive=r"(?m)^classmate",
)
