"""TeX to MathML Core, in a process of its own.

TRAP: the converter is Rust and runs untrusted input: `"{" * 100_000` overflows its stack, and forty
unclosed brackets keep it busy for days. In this process the first would kill the grader and the
second hang it, so formulas are only marked while a page is made, and set all at once at the end.
"""

import json
import re
import secrets
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from markupsafe import Markup, escape

from grader.reports.widths import size

Formula = tuple[str, bool]

TEX_LIMIT = 2_000
NESTING_LIMIT = 40
MATHML_LIMIT = 50_000
SECONDS = 3.0
KEPT = 10_000

SCRIPT = Path(__file__).with_name("typeset.py")
NESTING = re.compile(r"\\(?:left|begin|right|end)(?![A-Za-z])|\\.|[{}]", re.DOTALL)
STEPS = {"{": 1, r"\left": 1, r"\begin": 1, "}": -1, r"\right": -1, r"\end": -1}

# The nonce keeps a text from posing as a mark, which would put MathML where text must be.
NONCE = secrets.token_hex(8)
MARK = re.compile(f"\x02{NONCE}([01])((?:[0-9a-f]{{2}})*)\x03")

_known: dict[Formula, str | None] = {}


def mark(tex: str, *, display: bool) -> Markup:
    """Return a mark to be replaced by the formula when the page is `filled`."""
    text = tex.strip().encode("utf-8", "replace").hex()
    return Markup(f"\x02{NONCE}{int(display)}{text}\x03")  # noqa: S704


def filled(page: str) -> str:
    """Return a page with every marked formula set."""
    found = {match[0]: _formula(match) for match in MARK.finditer(page)}
    mathml = _mathml(found.values())
    shown = {text: show(formula, mathml.get(formula)) for text, formula in found.items()}
    return MARK.sub(lambda match: shown[match[0]], page)


def show(formula: Formula, mathml: str | None) -> str:
    """Return the HTML of a formula; its TeX where it could not be set.

    No line of a formula is broken: on paper a wide one is smaller, and a still wider one is TeX.
    """
    tex, display = formula
    kind = "display" if display else "inline"
    inner = mathml or f"<code>{escape(tex)}</code>"
    percent = size(mathml) if mathml else 100
    if not percent:
        inner += f'<code class="on-paper">{escape(tex)}</code>'
    kind += {100: "", 0: " too-wide"}.get(percent, f" fit-{percent}")
    return f'<span class="formula {kind}">{inner}</span>'


def is_modest(tex: str) -> bool:
    """Tell whether a formula is short and shallow enough to be worth trying."""
    if len(tex) > TEX_LIMIT:
        return False
    depth = 0
    for token in NESTING.findall(tex):
        depth += STEPS.get(token, 0)
        if depth > NESTING_LIMIT:
            return False
    return True


def _formula(match: re.Match[str]) -> Formula:
    return bytes.fromhex(match[2]).decode("utf-8", "replace"), match[1] == "1"


def _mathml(formulas: Iterable[Formula]) -> dict[Formula, str | None]:
    known = {formula: _known[formula] for formula in formulas if formula in _known}
    modest = [formula for formula in dict.fromkeys(formulas) if is_modest(formula[0])]
    wanted = [formula for formula in modest if formula not in known]
    # What is not answered is not kept: it may only have stood behind a formula that stalls.
    answered = dict(zip(wanted, converted(wanted), strict=False))
    if len(_known) > KEPT:
        _known.clear()
    _known.update(answered)
    return known | answered


def converted(formulas: list[Formula]) -> list[str | None]:
    """Return the MathML of formulas, in order; fewer when one of them stops the converter."""
    if not formulas:
        return []
    command = [sys.executable, "-I", str(SCRIPT)]
    try:
        done = subprocess.run(
            command,
            input=json.dumps(formulas).encode(),
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
        output = done.stdout
    except subprocess.TimeoutExpired as stopped:
        output = stopped.stdout or b""
    whole = output[: output.rfind(b"\n") + 1].splitlines()
    return [_bounded(json.loads(line)) for line in whole]


def _bounded(mathml: str | None) -> str | None:
    return mathml if mathml is None or len(mathml) <= MATHML_LIMIT else None
