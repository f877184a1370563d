"""Text of a notebook holds raw HTML with handlers of events."""

from tests.attacks.attack import PageAttack

ATTACK = PageAttack(
    tries="runs a script from the text beside the code",
    must="raw HTML in text stays text",
    place="markdown",
    text="""
# Answer

<details open ontoggle="$SCRIPT"><summary>x</summary></details>
<input autofocus onfocus="$SCRIPT"><img src=x onerror="$SCRIPT">
""",
    naive=r"script",
)
