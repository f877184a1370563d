"""A rich output of a cell carries scripts and handlers of events."""

from tests.attacks.attack import PageAttack

ATTACK = PageAttack(
    tries="runs a script in the browser of whoever reads the feedback",
    must="of rich outputs only tags that cannot act are kept",
    place="output",
    kind="text/html",
    text="""
<script>$SCRIPT</script><img src=x onerror="$SCRIPT"><svg onload="$SCRIPT"></svg>
<table><tr><td onmouseover="$SCRIPT">1</td></tr></table>
""",
    naive=r"script",
)
