"""A script of its own, run by `maths`: reads formulas as JSON, writes MathML line by line."""

import json
import sys

import math_core


def main() -> None:
    """Write one JSON line per formula: its MathML, or null where the TeX is not understood."""
    converter = math_core.LatexToMathML(fancy_error=False, id_prefix="formula-")
    for tex, display in json.load(sys.stdin):
        try:
            mathml = converter.convert_with_local_state(tex, displaystyle=display)
        except math_core.LatexError:
            mathml = None
        # Each line leaves at once, so that a formula that stalls costs only those behind it.
        sys.stdout.write(json.dumps(mathml) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
