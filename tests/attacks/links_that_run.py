"""Links of a text lead to scripts and to documents of their own."""

from tests.attacks.attack import PageAttack

ATTACK = PageAttack(
    tries="waits for a click of the TA",
    must="links lead to the web only",
    place="markdown",
    text="""
[read this](javascript:$SCRIPT)

[or this](data:text/html,<script>fetch('$URL/data')</script>)
""",
    naive=r"script|asked /data",
)
