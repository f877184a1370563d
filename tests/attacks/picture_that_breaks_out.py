"""The data of a picture close its address and go on as attributes."""

from tests.attacks.attack import PageAttack

ATTACK = PageAttack(
    tries="turns the address of a picture into a handler of events",
    must="what is not the base64 of a picture is not shown as one",
    place="output",
    kind="image/png",
    text='x" onerror="$SCRIPT" alt="<script>$SCRIPT</script>',
    naive=r"script",
)
