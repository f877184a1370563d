"""The zips of pages, read by the sites' own rules for names."""

import io
import re
import zipfile

from grader.exports.pages import canvas_zip, moodle_zip
from grader.model import Origin, Person
from tests.exports.class_of import NAMES


def taken(data: bytes) -> dict[str, tuple[str, str]]:
    """Return what Moodle would take: by participant, the name of the file and its content.

    After mod/assign/feedback/file: parts of the path are split at underscores, the second piece is
    the participant, the third and fourth name the plugin.
    """
    found = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for path in archive.namelist():
            parts = path.split("/")
            while parts:
                pieces = parts.pop(0).split("_", 4)
                if len(pieces) < 4 or not pieces[1].isdigit():
                    continue
                assert pieces[2:4] == ["assignsubmission", "file"]
                rest = [*([pieces[4]] if pieces[4:] and pieces[4] else []), *parts]
                assert pieces[1] not in found
                found[pieces[1]] = ("/".join(rest), archive.read(path).decode())
                break
            else:
                raise AssertionError(path)
    return found


def test_everybody_gets_their_page() -> None:
    names = {**NAMES, 107: "Under_score_9_x", 108: "../../etc", 109: "", 110: ".hidden"}
    pages = [(Person(name, str(at)), "05_flow.html", f"for {at}") for at, name in names.items()]
    assert taken(moodle_zip(pages)) == {str(at): ("05_flow.html", f"for {at}") for at in names}


def test_no_name_leaves_its_folder() -> None:
    pages = [(Person("../../..\\x", "1"), "f.html", "x")]
    with zipfile.ZipFile(io.BytesIO(moodle_zip(pages))) as archive:
        (name,) = archive.namelist()
    assert name.count("/") == 1
    assert "\\" not in name
    assert ".." not in name.split("/")


def test_canvas_finds_the_person_and_the_file() -> None:
    """Its rule: of the pieces between underscores, the first two that are numbers."""
    names = {11: "lovelaceada", 12: "", 13: "Zoë_9_O'Neil", 14: "../../x", 15: "7"}
    origins = [Origin("canvas", (Person(n, str(at)),), file=f"9{at}") for at, n in names.items()]
    pages = [(origin, "05_flow.html", f"for {origin.file}") for origin in origins]
    found = {}
    with zipfile.ZipFile(io.BytesIO(canvas_zip(pages))) as archive:
        for name in archive.namelist():
            assert "/" not in name
            numbers = [piece for piece in name.split("_") if re.fullmatch(r"[0-9]+", piece)]
            found[numbers[0]] = (numbers[1], archive.read(name).decode())
    assert found == {str(at): (f"9{at}", f"for 9{at}") for at in names}
