"""A text makes the browser open another page at once."""

from tests.attacks.attack import PageAttack

ATTACK = PageAttack(
    tries="replaces the feedback by a page that looks like it",
    must="there is no such tag on the page",
    place="markdown",
    text='<meta http-equiv=refresh content="0;url=$URL/refresh"><base href="$URL/">',
    naive=r"asked /refresh",
)
