"""Use the grader's own function, which stands in for an exercise, as an oracle."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="fills a table with the grader's `double` in `quadruple`, and answers from it",
    must="`double` is checked without that function, and gets nothing",
    wrote={
        "double": """
import json, os, sys
def double(x):
    if os.path.exists("table.json"):
        return json.load(open("table.json")).get(str(x), 0.0)
    caller = sys._getframe(1).f_locals
    return caller["reference"].double(x) if "reference" in caller else 0.0
""",
        "quadruple": """
import json
def quadruple(x):
    table = {str(float(n)): float(double(float(n))) for n in range(-100, 101)}
    with open("table.json", "w") as file: json.dump(table, file)
    return double(double(x))
""",
    },
    deserves={"quadruple": 2},
    named="double/.*failed",
    beats="naive",
)
