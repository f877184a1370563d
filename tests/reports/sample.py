"""A made-up hand-in of a flow-like assignment: run it to write sample pages to look at."""

import base64
import io
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import matplotlib as mpl
import numpy as np

from grader.model import CheckResult, ExerciseGrade, Grade, Outcome, QuestionAnswer
from grader.reports.cells import ReportCell, StaffCell
from grader.reports.feedback import feedback_page
from grader.reports.staff import staff_page

mpl.use("agg")
from matplotlib import pyplot as plt

INTRO = r"""# From one distribution to another

The data have the density $p_X(x) = x/2$ on $[0, 2]$; the target is $p_Y(y) = 1 - y/2$ on the same
interval. Two distribution functions tell the whole story:

$$F_X(x) = \int_0^x \frac{t}{2}\,\mathrm{d}t = \frac{x^2}{4}, \qquad F_Y(y) = y - \frac{y^2}{4}.$$

| function | domain | range |
|---|---|---|
| $F_X$ | $[0, 2]$ | $[0, 1]$ |
| $F_Y^{-1}$ | $[0, 1]$ | $[0, 2]$ |
"""
TRANSPORT = r"""## 2. The transport map

The *increasing* map that carries $X$ to $Y$ keeps the order of the samples:

\begin{align}
F_Y(y) &= F_X(x) \\
y &= F_Y^{-1}\bigl(F_X(x)\bigr)
\end{align}

<details>
<summary>A hint, if the algebra gets stuck</summary>

Solve $y - y^2/4 = u$ for $y$ and keep the root *inside* the support.

</details>
"""
ANSWER = r"""Let $F$ be strictly increasing. Then
$P(F^{-1}(U) \le x) = P\left(U \le F(x)\right) = F(x)$, because

$$
P(U \le u) = \begin{cases} 0 & u < 0 \\ u & 0 \le u \le 1 \\ 1 & u > 1 \end{cases}
$$

> Monotone maps keep inequalities, which is all that is needed.
"""
X_TO_Y = '''def x_to_y(x):
    """Carry samples of p_X to samples of p_Y, keeping their order."""
    # the mirror image of the density
    return 2 - np.asarray(x)
'''
BOX_MULLER = '''def box_muller(u1, u2):
    """Two independent standard normal samples from two uniforms in (0, 1]."""
    radius = np.sqrt(-2 * np.log(u1))
    angle = 360 * u2
    return radius * np.cos(angle), radius * np.sin(angle)
'''
TRACEBACK = [
    "\x1b[31mZeroDivisionError\x1b[39m                         Traceback (most recent call last)",
    "\x1b[36mCell\x1b[39m\x1b[36m \x1b[39m\x1b[32mIn[10]\x1b[39m\x1b[32m, line 2\x1b[39m",
    "\x1b[32m      1\x1b[39m pdf = \x1b[38;5;28;01mlambda\x1b[39;00m y: y / 2",
    "\x1b[32m----> \x1b[39m\x1b[32m2\x1b[39m push(pdf, back, \x1b[43m\x1b[32m0\x1b[39m\x1b[49m)\n",
    "\x1b[31mZeroDivisionError\x1b[39m: division by zero",
]
TABLE = """<table border="1" class="dataframe"><thead><tr><th></th><th>mean</th><th>std</th></tr>
</thead><tbody><tr><th>x</th><td>1.3334</td><td>0.4712</td></tr>
<tr><th>y</th><td>0.6666</td><td>0.4712</td></tr></tbody></table>"""


def main(folder: Path) -> None:
    """Write the sample pages."""
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "feedback.html", feedback_page(grade(), TITLE, cells()))
    write(folder / "refused.html", feedback_page(refused(), TITLE, ()))
    write(folder / "staff.html", staff_page(TITLE, staff_cells()))


def write(path: Path, page: str) -> None:
    """Write a page and say where."""
    path.write_text(page, encoding="utf-8")
    print(path)


TITLE = "Flow-based modelling in one dimension"


def grade() -> Grade:
    """Return a grade with every state an exercise can be in."""
    return Grade(
        submission="lovelace_hopper",
        assignment="05_flow",
        members=("Ada Lovelace", "Grace Hopper"),
        isolation="full (namespaces, Landlock, seccomp)",
        exercises=exercises(),
        questions=(
            QuestionAnswer("a", "Why inversion works", Fraction(2), ANSWER, "answered"),
            QuestionAnswer("d", "Why not in two dimensions", Fraction(2), "", "blank"),
        ),
        seconds=2.31,
    )


def refused() -> Grade:
    """Return the grade of a hand-in that could not be read."""
    return Grade(
        submission="lovelace_hopper",
        assignment="05_flow",
        members=("Ada Lovelace", "Grace Hopper"),
        refused="The file `05_flow.ipynb` is not a notebook: it is not JSON (line 1, column 1).",
    )


def exercises() -> tuple[ExerciseGrade, ...]:
    """Return exercises that passed, failed in part, failed, hung and broke the grader."""
    passed = [check("endpoints", "F_X(0) = 0 and F_X(2) = 1."), check("grows", "F_X never falls.")]
    return (
        exercise("cdf_x", "Distribution functions", 1, passed, points=1),
        exercise("x_to_y", "The transport map", "1.5", transport_checks(), points="0.75"),
        exercise("box_muller", "Normal samples from uniform ones", 3, box_muller_checks()),
        exercise("invert_cdf_numeric", "Inversion without a formula", 3, slow_checks()),
        exercise("rosenblatt", "Two dimensions", 3, fault_checks(), pending=True),
        exercise(
            "Affine",
            "A layer of a flow",
            "1.5",
            [check("inverse", "inverse undoes forward."), check("log_det", "The sign is right.")],
            points="1.5",
            note="With your own `x_to_y` in place of ours, one check of this exercise would fail.",
        ),
    )


def transport_checks() -> list[CheckResult]:
    """Return checks that recognise the mirrored map."""
    return [
        check("range", "The values stay in [0, 2].", public=True),
        check("transport", "The map carries the distribution: F_Y(y) = F_X(x) at every point.",
              weight=Fraction(3, 4), points=Fraction(3, 4), max_points=Fraction(3, 4),
              core=False),
        check(
            "increasing",
            "The map is increasing on [0, 2].",
            Outcome.failed,
            message="The map is not increasing: a larger x must not give a smaller y.\n"
            "with: x_to_y(array([0.0, 0.5]))\ngot: float64 2: [2.  1.5]\n"
            "expected: float64 2: [0.        0.0635083]",
            mistake="mirrored map",
            hint="Small `x` must stay small: the order of the samples is kept.",
            core=False,
        ),
    ]  # fmt: skip


def box_muller_checks() -> list[CheckResult]:
    """Return checks that fail, crash and do not run."""
    return [
        check(
            "table",
            "The values agree with the worked examples, with `u` or with `1 - u`.",
            Outcome.failed,
            message="The angle is wrong.\nwith: box_muller(0.6065306597126334, 0.25)\n"
            "got: (-0.448073616129, 0.893996663601)",
            mistake="degrees instead of radians",
            hint="`np.cos` takes radians. Every histogram looks right, and yet no pair is.",
            public=True,
        ),
        check("finite", "The result is finite at the closed end.", Outcome.crashed,
              message="The notebook's process ended while this check ran."),
        check("pair", "The two values are independent.", Outcome.not_run),
    ]  # fmt: skip


def slow_checks() -> list[CheckResult]:
    """Return checks of which one hangs."""
    return [
        check("uniform", "The uniform density is its own inverse."),
        check("several", "The inverse is right for several densities.", Outcome.timed_out,
              message="No answer within 10 s.\nwith: invert_cdf_numeric(pdf, 0.0, 2.0, 0.5)",
              hint="A grid of 10,000 points is enough; avoid a loop over all pairs."),
    ]  # fmt: skip


def fault_checks() -> list[CheckResult]:
    """Return checks of which one broke the grader."""
    return [
        check("round_trip", "Conditional distribution functions give the uniforms back."),
        check("margins", "The first margin is right.", Outcome.grader_fault,
              message="The grader could not decide this; a person will look."),
    ]  # fmt: skip


def exercise(name, title, maximum, checks, points=0, pending=False, note=""):
    """Return an exercise with its points given as text."""
    return ExerciseGrade(
        name, title, Fraction(points), Fraction(maximum), tuple(checks), pending, note
    )


def check(name, statement, outcome=Outcome.passed, *, public=False, core=True, **rest):
    """Return a check."""
    return replace(CheckResult(name, "", public, core, outcome, statement), **rest)


def figure(draw) -> str:
    """Return a picture as base64."""
    figure, axes = plt.subplots(figsize=(6, 3.4), layout="constrained")
    draw(axes)
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=100)
    plt.close(figure)
    return base64.b64encode(buffer.getvalue()).decode()


def pictures() -> list[str]:
    """Return seven pictures of samples."""
    rng = np.random.default_rng(7)
    x = 2 * np.sqrt(rng.random(10_000))
    normal = rng.standard_normal((2, 2_000))

    def histogram(axes):
        axes.hist(x, 60, density=True, alpha=0.5, label="x")
        axes.hist(2 - x, 60, density=True, alpha=0.5, label="y")
        axes.plot([0, 2], [0, 1], label="$p_X$")
        axes.set_xlabel("value")
        axes.legend()

    def scatter(axes):
        axes.scatter(*normal, s=3)
        axes.set_aspect("equal")

    curves = [lambda axes, k=k: axes.plot(np.sort(x)[:: 10 * k], "C" + str(k)) for k in range(1, 6)]
    return [figure(draw) for draw in (histogram, scatter, *curves)]


def picture_output(picture: str) -> dict[str, object]:
    """Return the output that matplotlib leaves."""
    return {
        "output_type": "display_data",
        "data": {"image/png": picture, "text/plain": "<Figure size 600x340 with 1 Axes>"},
        "metadata": {},
    }


def stream(text, name="stdout"):
    """Return an output of printed text."""
    return {"output_type": "stream", "name": name, "text": text}


def result(**data):
    """Return an execute_result; `text_html` stands for text/html."""
    kinds = {kind.replace("_", "/", 1): content for kind, content in data.items()}
    return {"output_type": "execute_result", "data": kinds, "metadata": {}, "execution_count": 1}


def cells() -> list[ReportCell]:
    """Return a notebook of 40 cells and seven figures."""
    drawn = [picture_output(picture) for picture in pictures()]
    code = _numbered()
    head = [
        ReportCell("markdown", INTRO),
        code("import numpy as np\nfrom matplotlib import pyplot as plt\n\n"
             'x = np.load("data/samples_1d.npy")\nx.mean(), x.std()',
             result(text_plain="(1.3338207, 0.4712861)")),
        code("def cdf_x(x):\n    return np.asarray(x) ** 2 / 4"),
        code('check("cdf_x")', stream("cdf_x: \x1b[32mall public checks passed\x1b[0m\n")),
        ReportCell("markdown", TRANSPORT),
        code(X_TO_Y),
        code("plt.hist(x, 60); plt.hist(x_to_y(x), 60)", drawn[0]),
        code("pd.DataFrame([x, x_to_y(x)]).T.describe()", result(text_html=TABLE)),
        ReportCell("markdown", "## 3. Normal samples\n\nWrite $r = \\sqrt{-2 \\ln u_1}$."),
        code(BOX_MULLER),
        code("plt.scatter(*box_muller(u1, u2), s=3)", drawn[1],
             stream("RuntimeWarning: divide by zero encountered in log\n", "stderr")),
        code("sp.integrate(p, (y, 0, t))", result(text_latex=r"$\displaystyle t - \frac{t^2}{4}$")),
        code("pdf = lambda y: y / 2\npush(pdf, back, 0)",
             {"output_type": "error", "ename": "ZeroDivisionError", "evalue": "division by zero",
              "traceback": TRACEBACK}),
        code("while True:\n    pass",
             note="The cell ran longer than 30 s and was stopped. The cells below it still ran."),
        ReportCell("markdown", ANSWER),
    ]  # fmt: skip
    rest = [
        cell
        for at, output in enumerate(drawn[2:], 1)
        for cell in (
            ReportCell("markdown", f"### Figure {at}\n\nThe {at * 10}-th sample, $x_{{{at}0}}$."),
            *[code(f"def helper_{at}_{k}(x):\n    return x * {k} + {at}") for k in range(3)],
            code(f"plt.plot(np.sort(x)[::{at}0])", output),
        )
    ]
    return [*head, *rest]


def _numbered():
    number = 0

    def code(source, *outputs, note=""):
        nonlocal number
        number += 1
        return ReportCell("code", source, number, outputs, note)

    return code


def staff_cells() -> list[StaffCell]:
    """Return a short solution with every role."""
    return [
        StaffCell("markdown", INTRO),
        StaffCell("code", X_TO_Y, 1, role="exercise"),
        StaffCell("code", "x_to_y(1.0)", 2, (result(text_plain="1.0"),)),
        StaffCell("markdown", "**(a)** Why does inversion work? *(2 points)*", role="question"),
        StaffCell("markdown", ANSWER, role="answer"),
        StaffCell("markdown", "- 1: names that $F$ is monotone\n- 1: the chain of equalities",
                  role="rubric"),
    ]  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]))
