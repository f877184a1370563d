"""A hand-in that attacks its own feedback page from every field that a student can reach."""

from fractions import Fraction

from grader.model import CheckResult, ExerciseGrade, Grade, Incident, Outcome, QuestionAnswer
from grader.reports.cells import ReportCell

# Spelt in two halves, so that the marker is in the page only when the script has run.
SCRIPT = (
    "document.documentElement.setAttribute('data-ow'+'ned', 1);"
    "document.title='taken';fetch('http://127.0.0.1:PORT/script')"
)
PAYLOADS = [
    "<script>SCRIPT</script>",
    "</title><script>SCRIPT</script>",
    "</style><script>SCRIPT</script>",
    "</code></pre><script>SCRIPT</script>",
    "--><script>SCRIPT</script>",
    '"><script>SCRIPT</script>',
    "'><script>SCRIPT</script>",
    '" autofocus onfocus="SCRIPT" x="',
    '<img src=x onerror="SCRIPT">',
    '<svg onload="SCRIPT"><script>SCRIPT</script></svg>',
    '<svg><style><img src=x onerror="SCRIPT"></style></svg>',
    '<math><mtext><table><mglyph><style><img src=x onerror="SCRIPT">',
    '<noscript><p title="</noscript><img src=x onerror=SCRIPT>">',
    '<details open ontoggle="SCRIPT"><summary>x</summary></details>',
    '<iframe srcdoc="<script>SCRIPT</script>"></iframe>',
    '<iframe src="javascript:SCRIPT"></iframe>',
    '<input autofocus onfocus="SCRIPT">',
    '<a href="javascript:SCRIPT">x</a>',
    "<img src=http://127.0.0.1:PORT/image>",
    "<img srcset=http://127.0.0.1:PORT/srcset>",
    "<link rel=stylesheet href=http://127.0.0.1:PORT/sheet>",
    "<style>@import 'http://127.0.0.1:PORT/import';</style>",
    '<div style="background: url(http://127.0.0.1:PORT/background)">x</div>',
    "<object data=http://127.0.0.1:PORT/object></object>",
    "<embed src=http://127.0.0.1:PORT/embed>",
    "<video autoplay poster=http://127.0.0.1:PORT/poster></video>",
    "<meta http-equiv=refresh content='0;url=http://127.0.0.1:PORT/refresh'>",
    "![x](http://127.0.0.1:PORT/markdown)",
    "[x](javascript:SCRIPT)",
    "<javascript:SCRIPT>",
    "$\\text{<script>SCRIPT</script>}$",
    "$\\href{javascript:SCRIPT}{x}$",
    "{{ 7 * 191 }}{% raw %}",
    "\u202egnp.sj\u2066\x1b]8;;javascript:SCRIPT\x07\x00\ud800",
]
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" onload="SCRIPT"><script>SCRIPT</script>'
    '<image href="http://127.0.0.1:PORT/svg" width="9" height="9"/></svg>'
)


def armed(port: int, text: str) -> str:
    """Return a payload with its script and the address it calls."""
    return text.replace("SCRIPT", SCRIPT).replace("PORT", str(port))


def payloads(port: int) -> list[str]:
    """Return every payload, armed."""
    return [armed(port, text) for text in PAYLOADS]


def grade(port: int, text: str) -> Grade:
    """Return a grade whose every text is `text`."""
    check = CheckResult(
        text, text, True, True, Outcome.failed, text, message=f"{text}\ngot: {text}",
        detail=text, hint=text, mistake=text, weight=Fraction(1), max_points=Fraction(1),
    )  # fmt: skip
    exercise = ExerciseGrade(text, text, Fraction(1), Fraction(2), (check,), True, text)
    question = QuestionAnswer(text, text, Fraction(1), text, text)
    return Grade(
        text, text, (text, text), text, text, "", (exercise,), (question,), (Incident(text, text),)
    )


def cells(port: int, text: str) -> list[ReportCell]:
    """Return a notebook whose every text is `text`."""
    kinds = ("text/html", "text/markdown", "text/latex", "text/plain", "application/javascript")
    kinds += ("image/png", "image/jpeg", "image/svg+xml", text)
    bundles = [{kind: text} for kind in kinds] + [{"image/svg+xml": armed(port, SVG)}]
    outputs = (
        {"output_type": "stream", "name": text, "text": text},
        {"output_type": "error", "ename": text, "evalue": text, "traceback": [text]},
        *({"output_type": "display_data", "data": data} for data in bundles),
    )
    attachments = {text: {text: text}, "a.png": {"image/png": text}}
    return [
        ReportCell("markdown", f"{text}\n\n![{text}](attachment:a.png)", attachments=attachments),
        ReportCell("markdown", f"# {text}\n\n> {text}\n\n| {text} |\n|---|\n| {text} |"),
        ReportCell("markdown", f"<details>\n<summary>{text}</summary>\n\n{text}\n\n</details>"),
        ReportCell("markdown", f"```{text}\n{text}\n```\n\n$${text}$$"),
        ReportCell("code", text, 1, outputs, text),
        ReportCell(text, text),
    ]
