"""What course sites give out: whose each hand-in is, when it came, and what belongs together."""

import io
import stat
import zipfile
from pathlib import Path

import pytest

from grader.errors import Refused, UsageError
from grader.model import Origin, Person, Submission
from grader.notebook.bundle import take_in
from grader.notebook.lists import gradescope_list, nbgrader_time

Tree = dict[str, bytes]
GRADESCOPE = b"""---
submission_1:
  :submitters:
  - :name: Ada Lovelace
    :sid: '100'
    :email: ada@example.org
  - :name: "=Bob, \\"B\\""
    :sid:
    :email: bob@example.org
  :created_at: 2026-03-01 12:30:00.123456000 Z
  :score: 0.0
submission_2:
  :submitters: []
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: 2026-03-02 12:30:00 Z
"""


def write_tree(root: Path, tree: Tree) -> Path:
    for name, data in tree.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


def write_zip(file: Path, tree: Tree) -> Path:
    file.write_bytes(zipped(tree))
    return file


def zipped(tree: Tree) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in tree.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def both_ways(tmp_path: Path, tree: Tree, folder: str = "download") -> list[list[Submission]]:
    """Return what is found in a zip, and in a folder it was unpacked to; it must be the same."""
    packed = take_in([write_zip(tmp_path / f"{folder}.zip", tree)])
    unpacked = take_in([write_tree(tmp_path / folder, tree)])
    return [packed, unpacked]


MOODLE = {
    "Ada Lovelace_1234_assignsubmission_file_/flow.ipynb": b"ada",
    "Ada Lovelace_1234_assignsubmission_file_/weights.bin": b"w",
    "Ada Lovelace_1234_assignsubmission_onlinetext_/onlinetext.html": b"hello",
    "Group 1-Zoë O'Neil_77_assignsubmission_file_/work/flow.ipynb": b"zoe",
    "Bob_9_assignsubmission_file_/all.zip": zipped({"flow.ipynb": b"bob"}),
    # As old versions of Moodle wrote them.
    "Eve_8_assignsubmission_file_flow.ipynb": b"eve",
}


def test_moodle(tmp_path: Path) -> None:
    for found in both_ways(tmp_path, MOODLE):
        named = {s.name: s for s in found}
        assert sorted(named) == [
            "Ada Lovelace_1234", "Bob_9", "Eve_8", "Group 1-Zoë O'Neil_77 - work",
        ]  # fmt: skip
        assert named["Ada Lovelace_1234"].origin == Origin(
            "moodle", (Person("Ada Lovelace", "1234"),)
        )
        files = dict(named["Ada Lovelace_1234"].load().files)
        assert files == {"weights.bin": b"w", "onlinetext.html": b"hello"}
        assert [p.id for s in found for p in s.origin.people] == ["1234", "9", "8", "77"]
        assert named["Bob_9"].load().notebook == b"bob"


def test_canvas(tmp_path: Path) -> None:
    tree = {
        "lovelaceada_11_901_Flow.ipynb": b"ada",
        "lovelaceada_11_902_weights.safetensors": b"w",
        "hopper_grace_LATE_12_903_my_flow-1.ipynb": b"grace",
        "anon_x9Yz_904_f.ipynb": b"nobody",
        "LATE_anon_q_905_f.ipynb": b"late",
        "neumann_13_906_12_7_f.ipynb": b"numbers",
        "turing_14_907_hw.zip": zipped({"x_99_1_f.ipynb": b"alan"}),
    }
    for found in both_ways(tmp_path, tree):
        told = {s.name: (s.origin.people[0].id, s.origin.late) for s in found}
        assert told == {
            "lovelaceada_11": ("11", False),
            "hopper_grace_12": ("12", True),
            "anon_x9Yz": ("anon_x9Yz", False),
            "anon_q": ("anon_q", True),
            "neumann_13": ("13", False),
            "turing_14": ("14", False),
        }
        ada = next(s for s in found if s.name == "lovelaceada_11")
        assert ada.origin.file == "901", "the notebook's, not that of what lies beside it"
        # Beside the notebook again, and under the name it was handed in with.
        assert ada.load().files == (("weights.safetensors", b"w"),)


def test_gradescope(tmp_path: Path) -> None:
    root = "assignment_5_export/"
    tree = {
        root + "submission_metadata.yml": GRADESCOPE,
        root + "submission_1/flow.ipynb": b"ada",
        root + "submission_1/submission_metadata.yml": b"submission_2: {}",
        root + "submission_2/flow.ipynb": b"nobody",
        root + "submission_3/flow.ipynb": b"unlisted",
    }
    for found in both_ways(tmp_path, tree):
        first, second, third = (s.origin for s in sorted(found, key=lambda s: s.load().notebook))
        assert first == Origin(
            "gradescope",
            (
                Person("Ada Lovelace", account="100", email="ada@example.org"),
                Person('=Bob, "B"', email="bob@example.org"),
            ),
            "2026-03-01T12:30:00.123456+00:00",
        )
        assert second == Origin("gradescope", (), "2026-03-02T12:30:00+00:00")
        assert third == Origin()


def test_nbgrader(tmp_path: Path) -> None:
    tree = {
        "submitted/bitdiddle/ps1/flow.ipynb": b"ben",
        "submitted/bitdiddle/ps1/timestamp.txt": b"2026-02-02 15:58:23.948203 America/Los_Angeles",
        "submitted/hacker/ps1/flow.ipynb": b"alyssa",
        "submitted/hacker/ps1/submitted/bitdiddle/ps1/flow.ipynb": b"not ben",
    }
    for found in both_ways(tmp_path, tree):
        told = sorted((s.load().notebook, s.origin.people[0].id) for s in found)
        assert told == [(b"alyssa", "hacker"), (b"ben", "bitdiddle"), (b"not ben", "hacker")]
        [ben] = [s for s in found if s.origin.people[0].id == "bitdiddle"]
        assert ben.origin.handed_in_at == "2026-02-02T15:58:23.948203-08:00"
        assert ben.name == "bitdiddle - ps1"


def test_github_classroom(tmp_path: Path) -> None:
    tree = {
        "flow-submissions/flow-ada/05_flow.ipynb": b"ada",
        "flow-submissions/flow-team-7/work/05_flow.ipynb": b"team",
        "flow-submissions/other/05_flow.ipynb": b"other",
    }
    for found in both_ways(tmp_path, tree):
        told = {s.load().notebook: [p.id for p in s.origin.people] for s in found}
        assert told == {b"ada": ["ada"], b"team": ["team-7"], b"other": []}


def test_one_notebook_and_several_named_by_a_shell(tmp_path: Path) -> None:
    write_tree(tmp_path, MOODLE)
    write_tree(tmp_path, {"lovelaceada_11_901_Flow.ipynb": b"ada"})
    [one] = take_in([tmp_path / "lovelaceada_11_901_Flow.ipynb"])
    assert (one.name, one.origin.people[0].id) == ("lovelaceada_11", "11")
    [folder] = take_in([tmp_path / "Ada Lovelace_1234_assignsubmission_file_"])
    assert (folder.name, folder.origin.people[0].id) == ("Ada Lovelace_1234", "1234")
    found = take_in(sorted(tmp_path.iterdir()))
    assert {s.name: s.origin.people[0].id for s in found} == {
        "Ada Lovelace_1234": "1234", "Bob_9": "9", "Eve_8": "8",
        "Group 1-Zoë O'Neil_77 - work": "77", "lovelaceada_11": "11",
    }  # fmt: skip


def test_gradescope_folders_named_by_a_shell(tmp_path: Path) -> None:
    tree = {
        "submission_metadata.yml": GRADESCOPE,
        "submission_1/flow.ipynb": b"ada",
        "submission_2/flow.ipynb": b"nobody",
    }
    write_tree(tmp_path, tree)
    found = take_in([tmp_path / "submission_1", tmp_path / "submission_2"])
    assert [len(s.origin.people) for s in found] == [2, 0]


@pytest.mark.parametrize(
    "inner",
    [
        {
            "Eve_8_assignsubmission_file_/flow.ipynb": b"",
            "Bob_9_assignsubmission_file_/f.ipynb": b"",
        },
        {"eve_8_1_flow.ipynb": b""},
        {"submission_metadata.yml": GRADESCOPE, "submission_1/flow.ipynb": b""},
        {"submitted/eve/ps1/flow.ipynb": b""},
        {"x-submissions/x-eve/flow.ipynb": b"", "submitted/eve/ps1/flow.ipynb": b""},
    ],
    ids=["moodle", "canvas", "gradescope", "nbgrader", "classroom"],
)
def test_a_student_cannot_hand_in_as_somebody_else(tmp_path: Path, inner: Tree) -> None:
    """What lies inside one hand-in may be called what it wants: it is its student's."""
    tree = {
        "Mallory_6_assignsubmission_file_/a.zip": zipped(inner),
        "Other_5_assignsubmission_file_/f.ipynb": b"",
        **{f"Mallory_6_assignsubmission_file_/{name}": data for name, data in inner.items()},
    }
    for found in both_ways(tmp_path, tree):
        assert {p.id for s in found for p in s.origin.people} == {"6", "5"}
        assert all(s.origin.people for s in found)
    alone = write_zip(tmp_path / "mallory_6_1_all.zip", inner)
    other = write_tree(tmp_path / "plain", {"f.ipynb": b""})
    for given in ([alone], [alone, other]):
        ids = {p.id for s in take_in(given) for p in s.origin.people}
        assert ids == {"6"}


def test_a_plain_folder_among_others_is_its_students_alone(tmp_path: Path) -> None:
    """As `hand-ins/*` names it: whatever lies inside, no other student is in there."""
    inner = {
        "ann/Eve_8_assignsubmission_file_/f.ipynb": b"",
        "bob/eve_8_1_f.ipynb": b"",
        "cid/submitted/eve/ps1/f.ipynb": b"",
        "dan/submission_metadata.yml": GRADESCOPE,
        "dan/submission_1/f.ipynb": b"",
    }
    write_tree(tmp_path, inner)
    paths = sorted(tmp_path.iterdir())
    assert len(paths) == 4
    assert [s.origin for s in take_in(paths)] == [Origin()] * 4


def test_what_cannot_be_unpacked_still_has_its_student(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("Eve_8_assignsubmission_file_/f.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    file = tmp_path / "all.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("Bob_9_assignsubmission_file_/a.zip", b"torn")
    found = take_in([file])
    assert sorted(p.id for s in found for p in s.origin.people) == ["8", "9"]
    for submission in found:
        with pytest.raises(Refused):
            submission.load()


@pytest.mark.parametrize("name", ["a_1_2_..", "a_1_2_.", "a_1_2_"])
def test_a_name_that_is_none_stays_a_name(tmp_path: Path, name: str) -> None:
    tree = {name: b"x", "a_1_2_f.ipynb": b"nb"}
    [found] = take_in([write_zip(tmp_path / "all.zip", tree)])
    assert found.load().files == ()


@pytest.mark.parametrize(
    ("stamp", "time"),
    [
        (b"2026-02-02 15:58:23 UTC\n", "2026-02-02T15:58:23+00:00"),
        (b"2026-02-02 15:58:23", "2026-02-02T15:58:23+00:00"),
        (b"2026-02-02 15:58:23 Europe/Berlin", "2026-02-02T15:58:23+01:00"),
        (b"yesterday", ""),
        (b"2026-02-02 15:58:23 ../../etc/passwd", ""),
        (b"", ""),
        (b"\xff\xfe", ""),
    ],
)
def test_time_stamps_of_nbgrader(stamp: bytes, time: str) -> None:
    assert nbgrader_time(stamp) == time


def test_a_list_that_cannot_be_read_is_a_sentence() -> None:
    with pytest.raises(UsageError, match="Download the submissions again"):
        gradescope_list(b"a: [")
    for deep in (b"[" * 1_000_000, b"{a: " * 100_000, b"- " * 100_000, b"a: {<<: {b: 1}}"):
        with pytest.raises(UsageError, match="Download the submissions again"):
            gradescope_list(deep)
    laughs = b"".join(b"x%d: &x%d [*x%d, *x%d]\n" % (i, i, i - 1, i - 1) for i in range(1, 60))
    named = b"x0: &x0 [1]\n" + laughs + b"s: {':submitters': [{':name': *x59}]}\n"
    assert gradescope_list(named) == {"s": Origin("gradescope", (Person(),))}
    assert gradescope_list(b"just words") == {}
    assert gradescope_list(b"a: 3\nb: {':submitters': 7}") == {"b": Origin("gradescope")}
