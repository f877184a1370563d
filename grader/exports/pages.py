"""Feedback pages packed for course sites that take them back all at once."""

import io
import re
import zipfile
from collections.abc import Iterable

from grader.model import Origin, Person


def moodle_zip(pages: Iterable[tuple[Person, str, str]]) -> bytes:
    """Return the zip for Moodle's "Upload multiple feedback files in a zip".

    Each page is a person, a file name and HTML, and lies in the folder that Moodle's own download
    has for them: it finds people by the number behind the name.
    """
    return _zipped((f"{folder_of(person)}/{name}", page) for person, name, page in pages)


def canvas_zip(pages: Iterable[tuple[Origin, str, str]]) -> bytes:
    """Return the zip for Canvas's "Upload submissions" (in the grade book, at the assignment).

    Each page is where its hand-in came from, a file name and HTML. Canvas takes the first two
    numbers of a name, between underscores: whose it is, and which file that person handed in.
    """
    return _zipped((f"{stem_of(origin)}_{name}", page) for origin, name, page in pages)


def stem_of(origin: Origin) -> str:
    """Return how Canvas began the name of a file that somebody handed in."""
    (person,) = origin.people
    name = re.sub(r"[\W_]+", "", person.name)
    # TRAP: a name that is a number would be taken for the person's.
    return "_".join(filter(None, ("" if name.isdecimal() else name, person.id, origin.file)))


def _zipped(files: Iterable[tuple[str, str]]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, page in files:
            archive.writestr(name, page.encode())
    return whole.getvalue()


def folder_of(person: Person) -> str:
    """Return Moodle's folder of a participant; an underscore in a name would shift its parts."""
    name = person.name.replace("_", " ").replace("/", " ").replace("\\", " ").strip(" .~")
    return f"{name or 'Participant'}_{person.id}_assignsubmission_file_"
