"""Die in a way that writes all memory to disk."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="asks for core dumps without limit and aborts",
    must="no core can be written, the cell is left out, and it is told",
    then=(
        """
import os, resource
most = resource.getrlimit(resource.RLIMIT_CORE)[1]
try:
    resource.setrlimit(resource.RLIMIT_CORE, (50_000_000, most))
except (ValueError, OSError):
    pass
os.abort()
""",
    ),
    named="ended by SIGABRT",
    beats="naive",
)
