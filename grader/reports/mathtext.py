"""TeX to small pictures, for paper that is made without a browser; matplotlib sets them."""

import io
import re
from dataclasses import dataclass
from functools import lru_cache

DPI = 300
POINTS = 72
# What matplotlib has under another name, or sets well enough without.
RENAMED = {
    r"\lVert": r"\Vert", r"\rVert": r"\Vert", r"\lvert": r"\vert", r"\rvert": r"\vert",
    r"\dfrac": r"\frac", r"\tfrac": r"\frac", r"\le": r"\leq", r"\ge": r"\geq", r"\ne": r"\neq",
    r"\iff": r"\Longleftrightarrow", r"\implies": r"\Rightarrow", r"\to": r"\rightarrow",
    r"\displaystyle": "", r"\limits": "", r"\nolimits": "", r"\notag": "", r"\nonumber": "",
    r"\textstyle": "", r"\mid": r"\,\vert\,", r"\land": r"\wedge", r"\lor": r"\vee",
    r"\thinspace": r"\,", r"\colon": ":", r"\bm": r"\mathbf", r"\Pr": r"\mathrm{Pr}",
    r"\textit": r"\mathit",
}  # fmt: skip
COMMAND = re.compile(r"\\[A-Za-z]+")
ENVIRONMENT = re.compile(
    r"\\(?:begin|end)\{(?:aligned|align|align\*|gathered|equation|equation\*|split)\}"
)
SHORT = re.compile(r"\\([dt]?frac)\s*(\w)\s*(\w)")
ROOT = re.compile(r"\\sqrt\s+(\w)")
SIZED = re.compile(r"\\(?:big|Big|bigg|Bigg)[lrm]?(?![A-Za-z])")


@dataclass(frozen=True)
class Formula:
    """A formula as a PNG picture; sizes in points, `depth` of it below the line of text."""

    png: bytes
    width: float
    height: float
    depth: float

    def scaled(self, by: float) -> "Formula":
        """Return the formula at another size."""
        return Formula(self.png, self.width * by, self.height * by, self.depth * by)


def lines_of(tex: str) -> list[str]:
    r"""Return the lines of a displayed formula; alignment at `&` is given up."""
    plain = ENVIRONMENT.sub("", tex)
    return [line.replace("&", " ").strip() for line in plain.split(r"\\") if line.strip()]


@lru_cache(maxsize=512)
def typeset(tex: str, size: float) -> Formula | None:
    """Return a formula on one line at a size in points, or None where it cannot be set."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.mathtext import MathTextParser, math_to_image

    tex = ROOT.sub(r"\\sqrt{\1}", tex)
    tex = SHORT.sub(r"\\\1{\2}{\3}", tex)
    text = COMMAND.sub(lambda found: RENAMED.get(found[0], found[0]), SIZED.sub("", tex))
    text = f"${' '.join(text.split())}$"
    font, target = FontProperties(size=size, math_fontfamily="dejavuserif"), io.BytesIO()
    try:
        width, height, depth, *_ = MathTextParser("path").parse(text, dpi=POINTS, prop=font)
        math_to_image(text, target, prop=font, dpi=DPI, format="png")
    except Exception:
        # The boundary to a parser that raises whatever it stumbles over.
        return None
    return Formula(target.getvalue(), float(width), float(height), float(depth))
