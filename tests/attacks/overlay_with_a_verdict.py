"""An output covers the page with a verdict of its own."""

from tests.attacks.attack import PageAttack

ATTACK = PageAttack(
    tries="shows points of its own choice where those of the grader were",
    must="what a student prints has no style, so it cannot lie over anything",
    place="output",
    kind="text/html",
    text="""
<div style="position: fixed; inset: 0; z-index: 99; background: white">10 of 10 points</div>
<style>h1, .total { display: none } body { visibility: hidden }</style>
""",
    naive=r"covered",
)
