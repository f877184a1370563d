"""Taking in hand-ins as it is usually written: unpack, walk, load, write a page of each name.

It is here to be beaten. Its limits are only those that keep an attack from harming the machine.

    python -m tests.attacks.naive_intake FOLDER WORK
"""


# ruff: noqa: PTH103, PTH118, PTH120, PTH123, PTH211

import ast
import io
import json
import os
import re
import resource
import stat
import sys
import zipfile

MEMORY = 1 << 30
FILE = 300_000_000


def unpack(archive: zipfile.ZipFile, target: str) -> None:
    """Write every file of an archive where it says, links as links."""
    contents = [(info, archive.read(info)) for info in archive.infolist()]
    for info, content in contents:
        path = os.path.join(target, info.filename)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if stat.S_ISLNK(info.external_attr >> 16):
            os.symlink(content.decode(), path)
        elif path.endswith(".zip"):
            unpack(zipfile.ZipFile(io.BytesIO(content)), os.path.dirname(path))
        elif not info.is_dir():
            print(f"unpacking {info.filename}")
            with open(path, "wb") as file:
                file.write(content)


def read(path: str, pictures: str) -> str:
    """Return the code of a notebook; what is attached to it becomes files."""
    with open(path, encoding="utf-8") as file:
        book = json.load(file)
    lines = []
    for cell in book["cells"]:
        for name in cell.get("attachments", {}):
            with open(os.path.join(pictures, name), "w", encoding="utf-8") as file:
                file.write("overwritten")
        lines += cell["source"]
    code = re.sub(r"(?m)^(\s*)[%!].*$", r"\1pass", "".join(lines))
    ast.parse(code)
    return code


def main(given: str, work: str) -> None:
    """Unpack into `work`, where the checks lie, and write a page for each notebook."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE, FILE))
    for name in sorted(os.listdir(given)):
        if name.endswith(".zip"):
            with zipfile.ZipFile(os.path.join(given, name)) as archive:
                unpack(archive, os.path.join(work, "in"))
    for root in (given, os.path.join(work, "in")):
        for folder, _, names in os.walk(root, followlinks=True):
            for name in names:
                if name.endswith(".ipynb"):
                    code = read(os.path.join(folder, name), os.path.join(work, "pages"))
                    student = os.path.relpath(folder, root) if folder != root else name[:-6]
                    print(f"grading {student}")
                    page = os.path.join(work, "pages", f"{student.replace('/', '-')}.html")
                    with open(page, "w", encoding="utf-8") as file:
                        file.write(code)


if __name__ == "__main__":
    main(*sys.argv[1:])
