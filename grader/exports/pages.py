"""Feedback pages packed for a course site that takes them back all at once."""

import io
import zipfile
from collections.abc import Iterable

from grader.model import Person


def moodle_zip(pages: Iterable[tuple[Person, str, str]]) -> bytes:
    """Return the zip for Moodle's "Upload multiple feedback files in a zip".

    Each page is a person, a file name and HTML, and lies in the folder that Moodle's own download
    has for them: it finds people by the number behind the name.
    """
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for person, name, page in pages:
            archive.writestr(f"{folder_of(person)}/{name}", page.encode())
    return whole.getvalue()


def folder_of(person: Person) -> str:
    """Return Moodle's folder of a participant; an underscore in a name would shift its parts."""
    name = person.name.replace("_", " ").replace("/", " ").replace("\\", " ").strip(" .~")
    return f"{name or 'Participant'}_{person.id}_assignsubmission_file_"
