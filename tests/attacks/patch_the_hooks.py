"""Let failures go unseen."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="replaces the hooks of Python and IPython that show values and errors by silent ones",
    must="an error in a check is told over the wire, not by what is shown",
    wrote={
        "integrate": """
import sys, traceback
sys.excepthook = sys.unraisablehook = traceback.print_exception = lambda *args, **kwargs: None
sys.displayhook = lambda value: None
if "get_ipython" in globals():
    shell = get_ipython()
    shell.showtraceback = shell.showsyntaxerror = shell.displayhook = lambda *args, **kwargs: None

class Unseen(ValueError): pass

def integrate(pdf, lo, hi):
    raise Unseen
""",
    },
    named="integrate/constant: failed [^|]*Unseen",
    beats="naive",
)
