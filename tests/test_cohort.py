"""The demo grades every actor as its story says."""

import json
from pathlib import Path

import pytest

from grader.cli.grade import grade_paths
from grader.cli.running import How
from grader.cohort import COHORT
from grader.demo import write_cohort
from grader.model import Level
from grader.settings import load_course

ROOT = Path(__file__).parents[1]
LOST = {
    "aldana_brandt": set(),
    "castellan_dvorak": set(),
    "ekwueme_farrow": set(),
    "girault_haas": {"x_to_y"},
    "iyer_jansen": {"box_muller", "pushforward_pdf"},
    "kowalska_lindqvist": {"inv_cdf_y", "rosenblatt", "Affine"},
    "petrov_quist": {"rosenblatt"},
    "ricci_suzuki": {"invert_cdf_numeric"},
    "tanaka_ude": set(),
    "vance_wolff": {"x_to_y", "box_muller", "rosenblatt"},
    "xenakis_young": {"box_muller"},
}


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:  # type: ignore[type-arg]
    folder = tmp_path_factory.mktemp("demo")
    course = load_course(ROOT)
    write_cohort(course, COHORT, folder / "hand-ins")
    file = folder / "results.json"
    grade_paths(
        course,
        (folder / "hand-ins",),
        folder / "out",
        How(2, Level.limits),
        files=(str(file), None),
    )
    pages = {page.stem for page in (folder / "out" / "feedback").rglob("*.html")}
    assert pages == {actor.name for actor in COHORT}
    return {e["submission"]: e for e in json.loads(file.read_text())["submissions"]}


def lost(entry: dict) -> set[str]:  # type: ignore[type-arg]
    return {e["name"] for e in entry["exercises"] if e["points"] < e["max_points"]}


@pytest.mark.parametrize("name", LOST)
def test_an_actor_loses_what_the_story_says(name: str, entries: dict[str, dict]) -> None:  # type: ignore[type-arg]
    assert lost(entries[name]) == LOST[name]


def test_the_mirrored_map_is_named_and_costs_half(entries: dict[str, dict]) -> None:  # type: ignore[type-arg]
    [exercise] = [e for e in entries["girault_haas"]["exercises"] if e["name"] == "x_to_y"]
    assert exercise["points"] == 0.75
    assert [c["mistake"] for c in exercise["checks"] if c["outcome"] != "passed"] == [
        "mirrored map"
    ]


def test_blank_broken_and_torn(entries: dict[str, dict]) -> None:  # type: ignore[type-arg]
    assert entries["okafor"]["points"] == 0
    assert entries["moreau_novak"]["points"] == 3
    assert "ends in the middle" in entries["zeller"]["refused"]


def test_answers_are_collected(entries: dict[str, dict]) -> None:  # type: ignore[type-arg]
    assert [q["status"] for q in entries["aldana_brandt"]["questions"]] == ["answered"] * 4
    assert [q["status"] for q in entries["okafor"]["questions"]] == ["blank"] * 4
