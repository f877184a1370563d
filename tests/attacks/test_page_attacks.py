"""What students write acts nowhere: in a real browser, a spreadsheet, on a terminal."""

import csv
import io
import json
import re
import string
from fractions import Fraction
from html import unescape
from pathlib import Path

import pytest

from grader.cli.progress import Progress
from grader.exports.table import to_csv
from grader.model import CheckResult, ExerciseGrade, Grade, Incident, Outcome, QuestionAnswer
from grader.notebook.bundle import safe_name
from grader.reports.feedback import ReportCell, feedback_page
from grader.results import incidents_text
from tests.attacks import naive_page
from tests.attacks.arena import attacks
from tests.attacks.attack import PageAttack
from tests.browser import BROWSER, QUIET, open_address, serving

ATTACKS: dict[str, PageAttack] = attacks(PageAttack)
PAGES = {n: a for n, a in ATTACKS.items() if a.place not in {"terminal", "table"}}
LINES = {n: a for n, a in ATTACKS.items() if a.place == "terminal"}
TABLES = {n: a for n, a in ATTACKS.items() if a.place == "table"}
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
# Spelt in two halves, so that the mark is in the page only when the script has run.
SCRIPT = "document.documentElement.setAttribute('data-ow'+'ned',1)"
# Run by the page around the frames: is the heading what one sees, and what does a click do?
WATCH = """<script>
const found = {};
const note = (frame, word) => (found[frame.name] ??= []).push(word);
const each = (act) => document.querySelectorAll("iframe").forEach((frame) => {
  if (frame.contentDocument) act(frame, frame.contentDocument);
});
addEventListener("load", () => {
  setTimeout(() => each((frame, page) => {
    const heading = page.querySelector("h1");
    if (heading) {
      const box = heading.getBoundingClientRect();
      const top = page.elementFromPoint(box.x + 9, box.y + box.height / 2);
      if (!heading.contains(top)) note(frame, "covered");
      else note(frame, "seen");
    }
    page.querySelectorAll("button").forEach((button) => button.click());
    page.querySelectorAll("a").forEach((link) => {
      if (/^(javascript|data):/.test(link.href)) link.click();
    });
  }), 600);
  setTimeout(() => {
    each((frame, page) => {
      if (page.documentElement.hasAttribute("data-owned")) note(frame, "script");
    });
    p.textContent = JSON.stringify(found);
  }, 2000);
});
</script>"""


def armed(attack: PageAttack, url: str) -> str:
    return string.Template(attack.text).safe_substitute(SCRIPT=SCRIPT, URL=url)


def page(attack: PageAttack, text: str) -> str:
    """Return our page on which a text stands in its place, wherever that is."""
    at = {attack.place: text}
    name, source = at.get("name", "Mallory"), at.get("source", "x = 1")
    prose, output = at.get("markdown", ""), at.get("output", "")
    shown: dict[str, object] = {"output_type": "display_data", "data": {attack.kind: output}}
    if attack.kind == "stream":
        shown = {"output_type": "stream", "name": "stdout", "text": output}
    check = CheckResult(
        "check", "f", True, True, Outcome.failed, "It is so.", message=f"got: {source}{prose}"
    )
    grade = Grade(
        name, "01_mini", (name, "Ada"), exercises=(
            ExerciseGrade("f", "", Fraction(2), Fraction(10), (check,)),
        ), questions=(QuestionAnswer("q", "", Fraction(1), prose, "answered"),),
    )  # fmt: skip
    cells = [ReportCell("markdown", prose), ReportCell("code", source, 1, (shown,) * bool(output))]
    return feedback_page(grade, "Feedback", cells)


def effects(pages: dict[str, str], folder: Path) -> dict[str, set[str]]:
    """Open all pages at once; return what each of them did."""
    frames = []
    for name, text in pages.items():
        (folder / f"{name}.html").write_bytes(text.encode("utf-8", "replace"))
        frames.append(f"<iframe name={name} src={name}.html width=900 height=700></iframe>")
    (folder / "frames.html").write_text(f"{QUIET}{''.join(frames)}<p id=p></p>{WATCH}")
    with serving(folder) as server:
        for name in pages:
            file = folder / f"{name}.html"
            address = f"http://127.0.0.1:{server.server_port}/{name}"
            file.write_bytes(
                file.read_bytes().replace(b"http://attacker.invalid", address.encode())
            )
        document = open_address(
            f"http://127.0.0.1:{server.server_port}/frames.html", folder / "profile"
        )
        asked = [path.strip("/").split("/", 1) for path in server.asked if ".html" not in path]
    told = re.search(r'<p id="p">(.*?)</p>', document)
    assert told, document[-3000:]
    found = {name: set(words) for name, words in json.loads(unescape(told[1])).items()}
    for name, *rest in asked:
        found.setdefault(name, set()).add(f"asked /{''.join(rest)}")
    return found


@pytest.mark.skipif(BROWSER is None, reason="there is no Chromium here")
def test_nothing_acts_on_our_page(tmp_path: Path) -> None:
    """Nor without its policy, which is a second wall; its own heading is what one sees."""
    pages = {n: page(a, armed(a, "http://attacker.invalid")) for n, a in PAGES.items()}
    bare = {f"{name}-bare": POLICY.sub("", text) for name, text in pages.items()}
    assert effects(pages | bare, tmp_path) == {name: {"seen"} for name in pages | bare}


@pytest.mark.skipif(BROWSER is None, reason="there is no Chromium here")
def test_all_act_on_the_usual_page(tmp_path: Path) -> None:
    pages = {
        n: naive_page.page(a.place, armed(a, "http://attacker.invalid"), a.kind)
        for n, a in PAGES.items()
    }
    found = effects(pages, tmp_path)
    idle = [n for n, a in PAGES.items() if not re.search(a.naive, " ".join(found.get(n, ())))]
    assert not idle, found


def on_the_terminal(grade: Grade) -> None:
    with Progress(1) as progress:
        progress.done(grade)
    progress.summary(Path("graded"))


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("terminal", ["pipe", "terminal"])
def test_nothing_acts_on_our_terminal(name, terminal, monkeypatch, capsys) -> None:
    if terminal == "terminal":
        monkeypatch.setenv("FORCE_COLOR", "1")
    attack = LINES[name]
    incident = Incident(f"cell 1 {attack.text}", attack.text)
    grade = Grade(safe_name(attack.text), "01_mini", incidents=(incident,))
    for graded in (grade, Grade("mallory", "01_mini", refused=attack.text)):
        on_the_terminal(graded)
        assert not re.search(attack.naive, capsys.readouterr().out)
        assert not re.search(attack.naive, incidents_text([graded]))
    assert incidents_text([grade]).count("\n") == 2


@pytest.mark.parametrize("name", LINES)
def test_all_act_on_the_usual_terminal(name: str) -> None:
    assert re.search(LINES[name].naive, naive_page.line(LINES[name].text))


@pytest.mark.parametrize("name", TABLES)
def test_nothing_is_a_formula_in_our_table(name: str) -> None:
    attack = TABLES[name]
    grade = Grade(attack.text, attack.text, (attack.text,), refused=attack.text)
    assert len(to_csv([grade]).splitlines()) == 2
    for row in csv.reader(io.StringIO(to_csv([grade]))):
        assert not [cell for cell in row if re.search(attack.naive, cell)]


@pytest.mark.parametrize("name", TABLES)
def test_all_are_formulas_in_the_usual_table(name: str) -> None:
    assert re.search(TABLES[name].naive, naive_page.table(TABLES[name].text))
