"""Styles in an output load addresses that tell who reads the page."""

from tests.attacks.attack import PageAttack

ATTACK = PageAttack(
    tries="learns when and where its page is read, and reads it with selectors",
    must="nothing on a page is loaded from anywhere",
    place="output",
    kind="text/html",
    text="""
<style>@import "$URL/import"; h1 { background: url($URL/background) }</style>
<link rel=stylesheet href="$URL/sheet"><p style="background: url($URL/inline)">x</p>
<img src="$URL/pixel">
""",
    naive=r"asked /import",
)
