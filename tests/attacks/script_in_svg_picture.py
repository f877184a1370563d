"""A picture made of vectors carries a script and loads a picture of another place."""

from tests.attacks.attack import PageAttack

ATTACK = PageAttack(
    tries="runs as a part of the page that shows it",
    must="pictures are shown as pictures, in which nothing runs or loads",
    place="output",
    kind="image/svg+xml",
    text=(
        '<svg xmlns="http://www.w3.org/2000/svg" onload="$SCRIPT" width="9" height="9">'
        '<script>$SCRIPT</script><image href="$URL/image" width="9" height="9"/></svg>'
    ),
    naive=r"script",
)
