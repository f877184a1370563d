"""Raise its own limits again."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="sets its limits of processes, memory and file size to none",
    must="no limit can be raised, and the attempt is told",
    then=(
        """
import resource
none = resource.RLIM_INFINITY
for kind in (resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE, resource.RLIMIT_DATA):
    try:
        resource.setrlimit(kind, (none, none))
    except (ValueError, OSError):
        pass
    if resource.getrlimit(kind)[0] == none: $SAY
""",
    ),
    named="change its own limits",
    beats="naive",
)
