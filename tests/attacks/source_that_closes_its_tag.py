"""Code with the end of its own box, and the marks of templates."""

from tests.attacks.attack import PageAttack

ATTACK = PageAttack(
    tries="leaves the box in which its source is shown",
    must="source is text, also for the template",
    place="source",
    text="""
x = "</code></pre></div></main><script>$SCRIPT</script>"
y = "{{ 7 * 191 }}{% include '/etc/passwd' %}-->]]>"
""",
    naive=r"script",
)
