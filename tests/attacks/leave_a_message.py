"""Leave a file in /tmp for the next process that runs this notebook."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="writes down what it knows in /tmp, dies, and looks for it when it is run again",
    must="every worker finds the place empty, and the writing is told",
    first=(
        """
import os
note = "/tmp/note-" + os.path.basename("$BASE")
if os.path.exists(note):
    os.unlink(note)
    $SAY
""",
    ),
    then=('open(note, "w").write("the answers")\nos._exit(1)',),
    named="change /tmp/note-",
)
