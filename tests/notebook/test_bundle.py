"""Notebooks, folders and zips become submissions; nothing in them is trusted."""

import io
import os
import stat
import subprocess
import zipfile
from pathlib import Path

import pytest

from grader.errors import Refused, UsageError
from grader.notebook.bundle import safe_name, take_in
from grader.notebook.read import MAX_BYTES


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return buffer.getvalue()


def put(path: Path, data: bytes = b"{}") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_one_notebook(tmp_path: Path) -> None:
    [found] = take_in([put(tmp_path / "ada.ipynb", b"nb")])
    assert (found.name, found.load().notebook) == ("ada", b"nb")


def test_a_folder_of_notebooks_and_of_folders(tmp_path: Path) -> None:
    put(tmp_path / "ada.ipynb")
    put(tmp_path / "grace" / "05_flow.ipynb")
    put(tmp_path / "grace" / "helper.py", b"h")
    put(tmp_path / "both" / "one.ipynb")
    put(tmp_path / "both" / "two.ipynb")
    put(tmp_path / "grace" / ".ipynb_checkpoints" / "05_flow-checkpoint.ipynb")
    found = {s.name: s.load() for s in take_in([tmp_path])}
    assert sorted(found) == ["ada", "both - one", "both - two", "grace"]
    assert found["grace"].files == (("helper.py", b"h"),)
    assert found["ada"].files == ()


def test_a_zip_of_zips(tmp_path: Path) -> None:
    inner = zipped(("05_flow.ipynb", b"inner"))
    path = put(tmp_path / "all.zip", zipped(("ada.zip", inner), ("bob/05_flow.ipynb", b"outer")))
    assert {s.name: s.load().notebook for s in take_in([path])} == {
        "05_flow": b"inner",
        "bob": b"outer",
    }


def test_names_that_are_the_same_get_their_folders(tmp_path: Path) -> None:
    paths = [put(tmp_path / folder / "Flow.ipynb") for folder in "ab"]
    paths.append(put(tmp_path / "c" / "flow.ipynb"))
    assert [s.name for s in take_in(paths)] == ["a - Flow", "b - Flow", "c - flow"]


def link(name: str, target: str) -> tuple[zipfile.ZipInfo, bytes]:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info, target.encode()


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (("../../evil.ipynb", b"{}"), "points outside"),
        (("/etc/cron.d/evil.ipynb", b"{}"), "points outside"),
        (("C:/evil.ipynb", b"{}"), "points outside"),
        (("..\\..\\evil.ipynb", b"{}"), "points outside"),
        (link("a.ipynb", "/etc/passwd"), "a link or a device"),
    ],
    ids=["parent", "absolute", "drive", "backslash", "link"],
)
def test_a_hostile_entry_is_refused_and_the_rest_is_graded(
    tmp_path: Path, entry: tuple[str | zipfile.ZipInfo, bytes], says: str
) -> None:
    path = put(tmp_path / "in.zip", zipped(entry, ("good.ipynb", b"{}")))
    found = take_in([path])
    assert [s.name for s in found] == ["in", "good"]
    with pytest.raises(Refused, match=says):
        found[0].load()
    assert found[1].load().notebook == b"{}"


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = put(tmp_path / "bomb.zip", zipped(("big.ipynb", bytes(300 << 20))))
    assert path.stat().st_size < 1 << 20
    [found] = take_in([path])
    assert len(found.load().notebook) == MAX_BYTES + 1


def test_a_damaged_zip_is_a_submission_with_a_reason(tmp_path: Path) -> None:
    data = zipped(("a.ipynb", b"x" * 1000))
    path = put(tmp_path / "torn.zip", data[:40] + b"\0" * 8 + data[48:])
    [found] = take_in([path])
    with pytest.raises(Refused, match=r"cannot be (read|unpacked)"):
        found.load()


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    secret = put(tmp_path / "other" / "secret.ipynb", b"secret")
    mine = tmp_path / "mine"
    put(mine / "good.ipynb")
    (mine / "link.ipynb").symlink_to(secret)
    (mine / "folder").symlink_to(secret.parent)
    os.mkfifo(mine / "pipe.ipynb")
    found = take_in([mine])
    assert [s.name for s in found] == ["mine", "mine (2)", "good"]
    for refused in found[:2]:
        with pytest.raises(Refused, match=r"(link|pipe).ipynb is a link or a device"):
            refused.load()


def test_folders_are_looked_into_to_a_depth(tmp_path: Path) -> None:
    folder = tmp_path
    for depth in range(1200):
        folder /= "a"
        folder.mkdir()
        if depth in {40, 60, 1199}:
            put(folder / "01_mini.ipynb", f"{depth}".encode())
    found = [s.load().notebook for s in take_in([tmp_path])]
    # Deeper than what pytest clears up.
    subprocess.run(["rm", "-r", tmp_path / "a"], check=True)
    assert found == [b"40"]


def test_what_is_named_beside_other_things_is_not_followed(tmp_path: Path) -> None:
    """A shell's `hand-ins/*` may name links, dead ones and pipes."""
    good = put(tmp_path / "good.ipynb")
    link, dead, pipe = (tmp_path / name for name in ("link.ipynb", "dead.ipynb", "pipe.ipynb"))
    link.symlink_to(good)
    dead.symlink_to(tmp_path / "nowhere")
    os.mkfifo(pipe)
    found = take_in([dead, good, link, pipe])
    assert [s.name for s in found] == ["dead", "good", "link", "pipe"]
    for refused in (found[0], *found[2:]):
        with pytest.raises(Refused, match="is a link or a device"):
            refused.load()


def test_what_cannot_lie_beside_a_notebook_again_is_left_out(tmp_path: Path) -> None:
    names = (b"\xff.csv", b"a\nb.csv", "données.csv".encode(), b"x" * 255)
    put(tmp_path / "in/01_mini.ipynb")
    for name in names:
        put(Path(os.fsdecode(os.fsencode(tmp_path) + b"/in/" + name)))
    [found] = take_in([tmp_path])
    assert {name for name, _ in found.load().files} == {"données.csv", "x" * 255}
    assert found.load().digest


def test_nothing_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No notebook"):
        take_in([tmp_path])
    with pytest.raises(UsageError, match="no file or folder"):
        take_in([tmp_path / "nowhere"])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("../../etc/passwd", "- .. - etc - passwd"),
        ("a\x1b[31m\nb", "a [31m b"),
        ("...", "unnamed"),
        ("", "unnamed"),
        ("\u202egnp.exe", "gnp.exe"),
        ("x" * 500, "x" * 100),
    ],
)
def test_names_are_harmless(text: str, name: str) -> None:
    assert safe_name(text) == name
