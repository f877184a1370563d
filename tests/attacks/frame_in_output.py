"""An output embeds other documents."""

from tests.attacks.attack import PageAttack

ATTACK = PageAttack(
    tries="brings a page of its own along, out of reach of what cleans this one",
    must="embedded documents are left out",
    place="output",
    kind="text/html",
    text="""
<iframe srcdoc="<script>fetch('$URL/inner')</script>"></iframe><iframe src="$URL/frame"></iframe>
<object data="$URL/object"></object><embed src="$URL/embed">
""",
    naive=r"asked /(inner|frame)",
)
