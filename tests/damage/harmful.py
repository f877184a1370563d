"""Edits that cost something, and must say so."""

from random import Random

from tests.damage.tools import (
    SENTENCE,
    Document,
    blank,
    change_line,
    code,
    edit,
    insert,
    names_in,
    new_code,
    pick,
    place,
    split,
    written,
)


@edit(SENTENCE, says="none of the exercises")
def delete_code(rng: Random, document: Document) -> None:
    del document["cells"][place(document, pick(rng, written(document)))]


@edit(SENTENCE)
def delete_imports(rng: Random, document: Document) -> None:
    cell = pick(rng, [c for c in code(document) if c["source"].startswith("import")])
    del document["cells"][place(document, cell)]


@edit(SENTENCE)
def code_to_text(rng: Random, document: Document) -> None:
    cell = pick(rng, code(document))
    cell["cell_type"] = rng.choice(["markdown", "raw"])


@edit(SENTENCE)
def all_code_to_text(rng: Random, document: Document) -> None:
    kind = rng.choice(["markdown", "raw"])
    for cell in code(document):
        cell["cell_type"] = kind


@edit(SENTENCE, says="none of the exercises")
def rename(rng: Random, document: Document) -> None:
    cell = pick(rng, written(document))
    name = rng.choice(names_in(cell["source"]))
    other = rng.choice([name + "_", name.capitalize(), "my_" + name, name[:-1], "solution"])
    cell["source"] = cell["source"].replace(name, other)


@edit(SENTENCE)
def blank_copy_below(rng: Random, document: Document) -> None:
    cell = pick(rng, written(document))
    at = rng.randint(place(document, cell) + 1, len(document["cells"]))
    insert(document, at, new_code(blank(cell["source"])))


@edit(SENTENCE)
def overwrite(rng: Random, document: Document) -> None:
    name = rng.choice(names_in(pick(rng, written(document))["source"]))
    lines = [f"{name} = 3", f"def {name}(): return 7", f"for {name} in range(3): pass"]
    document["cells"].append(new_code(rng.choice(lines)))


@edit(SENTENCE)
def forget(rng: Random, document: Document) -> None:
    name = rng.choice(names_in(pick(rng, written(document))["source"]))
    document["cells"].append(
        new_code(rng.choice([f"del {name}", "%reset -f", "%reset_selective -f ."]))
    )


@edit(SENTENCE)
def smart_quotes(rng: Random, document: Document) -> None:
    cell = pick(rng, [c for c in code(document) if '"' in c["source"] or "'" in c["source"]])
    pairs = [('"', "“”"), ("'", "‘’")]
    for plain, smart in pairs:
        parts = cell["source"].split(plain)
        quotes = [smart[i % 2] for i in range(len(parts) - 1)]
        cell["source"] = parts[0] + "".join(q + p for q, p in zip(quotes, parts[1:], strict=True))


@edit(SENTENCE)
def odd_blanks(rng: Random, document: Document) -> None:
    cell = pick(rng, written(document))
    blank_sign = rng.choice(["\xa0", "\u2003", "\u200b", "\ufeff", "\u3000"])
    count = rng.choice([1, 3, -1])
    cell["source"] = cell["source"].replace(" ", blank_sign, count)


@edit(SENTENCE)
def tab(rng: Random, document: Document) -> None:
    change_line(rng, document, lambda line: line.replace("    ", "\t", 1))


@edit(SENTENCE)
def indent(rng: Random, document: Document) -> None:
    change_line(rng, document, lambda line: f"  {line}")


@edit(SENTENCE)
def dedent(rng: Random, document: Document) -> None:
    change_line(rng, document, lambda line: line.removeprefix("    "))


@edit(SENTENCE)
def bracket(rng: Random, document: Document) -> None:
    change_line(rng, document, lambda line: line + rng.choice([")", "(", "]", ":", "\\", '"""']))


@edit(SENTENCE)
def merge_marks_in_cell(rng: Random, document: Document) -> None:
    cell = pick(rng, written(document))
    source = cell["source"]
    cell["source"] = f"<<<<<<< HEAD\n{source}\n=======\n{source}\n>>>>>>> main"


@edit(SENTENCE)
def split_inside(rng: Random, document: Document) -> None:
    cell = pick(rng, [c for c in written(document) if c["source"].count("\n") > 1])
    split(document, cell, rng.randint(1, cell["source"].count("\n")))


@edit(SENTENCE)
def torn_cell(rng: Random, document: Document) -> None:
    index = place(document, pick(rng, code(document)))
    kept = document["cells"][index]
    torn = [None, 3, "code", [], {**kept, "source": 5}, {"source": kept["source"], "metadata": {}}]
    document["cells"][index] = rng.choice(torn)


@edit(SENTENCE)
def comment_out(rng: Random, document: Document) -> None:
    cell = pick(rng, written(document))
    cell["source"] = "\n".join(f"# {line}" for line in cell["source"].split("\n"))


@edit(SENTENCE)
def inside_another(rng: Random, document: Document) -> None:
    cell = pick(rng, written(document))
    lines = [f"    {line}" for line in cell["source"].split("\n")]
    cell["source"] = "\n".join([rng.choice(["def main():", "class Mine:"]), *lines])


@edit(SENTENCE)
def foreign_magic(rng: Random, document: Document) -> None:
    cell = pick(rng, written(document))
    magic = rng.choice(
        ["%%bash", "%%writefile mine.py", "%%html", "%%R", "%%script false", "%%timeit"]
    )
    cell["source"] = f"{magic}\n{cell['source']}"


@edit(SENTENCE)
def error_above(rng: Random, document: Document) -> None:
    cell = pick(rng, code(document))
    lines = [
        "1 / 0",
        "import not_installed",
        "missing_name",
        "raise KeyboardInterrupt",
        "assert False",
    ]
    cell["source"] = f"{rng.choice(lines)}\n{cell['source']}"


@edit(SENTENCE, says="none of the exercises|could not tell")
def no_cells(rng: Random, document: Document) -> None:
    document["cells"] = []
