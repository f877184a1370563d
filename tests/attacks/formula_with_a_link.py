"""A formula holds a link, an image and raw HTML."""

from tests.attacks.attack import PageAttack

ATTACK = PageAttack(
    tries="gets through the typesetter what the text around it may not do",
    must="formulas become marks of mathematics and nothing else",
    place="markdown",
    text=(
        r"$$\href{javascript:$SCRIPT}{x} \includegraphics{$URL/picture} "
        r"\text{<img src=x onerror=$SCRIPT>}$$"
    ),
    naive=r"script",
)
