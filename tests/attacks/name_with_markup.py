"""A student whose name is a script."""

from tests.attacks.attack import PageAttack

ATTACK = PageAttack(
    tries="runs on every page that greets the student, or lists the class",
    must="names are text wherever they stand",
    place="name",
    text='Mallory</title></h1><script>$SCRIPT</script><img src=x onerror="$SCRIPT">',
    naive=r"script",
)
