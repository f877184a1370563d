"""Write the result and be gone."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="writes files of full points under the usual names, then ends the process",
    must="nobody reads such files, and the cell that ended its process is told and left out",
    wrote={
        "double": """
def double(x):
    return np.zeros(np.shape(x)) - 111
""",
    },
    then=(
        """
import json, os
points = {"double": 1.0, "quadruple": 2.0, "integrate": 1.5, "Scale": 1.0}
for name in ("result.json", "results.json", "scores.json"):
    with open(name, "w") as file:
        json.dump({"points": points, "printed": "", "score": 100, "tests": []}, file)
os._exit(0)
""",
    ),
    named=r"cell \d+: This cell ended the process",
    beats="naive",
)
