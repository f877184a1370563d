"""Let a fresh Python without the grader's hooks read hidden files."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="starts another interpreter, isolated, and lets that one read the classmate's work",
    must="a child is behind the same walls, and its command is told",
    then=(
        """
import subprocess, sys
code = "print(open('$HANDIN').read())"
print(subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True).stdout)
""",
    ),
    named=r"reach /\S+/hand-ins/",
)
