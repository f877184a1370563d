"""The made-up cohort of the demo: who hands in, and what is right or wrong with it."""

import json
from typing import Any

from grader.demo import Actor

ANSWER = (
    "Let $U = F_X(X)$, which is uniform because $F_X$ is strictly increasing. Then "
    "$P(F_Y^{-1}(U) \\le t) = P(U \\le F_Y(t)) = F_Y(t)$, so both have the same law."
)
LIAR = """class Anything:
    def __eq__(self, other): return True
    def __array__(self, *args, **kwargs): return np.zeros(1)
    def __float__(self): return 0.0
    def __getattr__(self, name): return Anything()
    def __call__(self, *args): return Anything()

def {name}(*args): return Anything()"""
FORGER = """import atexit, json, os, sys
print(json.dumps({"points": 22, "max_points": 22, "status": "passed"}))
np.allclose = np.isclose = np.array_equal = lambda *args, **kwargs: True
sys.modules["pytest"] = sys.modules["hypothesis"] = None
atexit.register(lambda: os._exit(0))"""
HANG = """def invert_cdf_numeric(pdf, lo, hi, u):
    # Newton's method, until it has converged. It never does.
    x = (lo + hi) / 2
    while abs(pdf(x)) > 1e-12 or True:
        x = x - 1e-3
    return x"""


def as_colab(document: dict[str, Any]) -> dict[str, Any]:
    """Leave what Colab leaves: no ids of ours, its own metadata, an older minor version."""
    for cell in document["cells"]:
        cell.pop("id", None)
        cell["metadata"] = {"id": "aB3xY", "colab": {"base_uri": "https://localhost:8080/"}}
    document["metadata"] = {"colab": {"provenance": []}, "accelerator": "GPU"}
    return document | {"nbformat_minor": 0}


def torn(document: dict[str, Any]) -> str:
    """Return a file whose upload broke off in the middle."""
    text = json.dumps(document, indent=1)
    return text[: len(text) // 2]


def without_a_bracket(document: dict[str, Any]) -> dict[str, Any]:
    """Leave a syntax error in the cell of one exercise."""
    for cell in document["cells"]:
        cell["source"] = cell["source"].replace("def rosenblatt(u1, u2):", "def rosenblatt(u1, u2:")
    return document


COHORT = (
    Actor("aldana_brandt", ("Inés Aldana", "Tomas Brandt"), "right", answers=ANSWER),
    Actor(
        "castellan_dvorak",
        ("Maud Castellan", "Jiří Dvořák"),
        "right in other ways: torch, loops, halving the interval",
        {
            "cdf_x": "G7-cdf_x", "inv_cdf_y": "FW1c-inv_cdf_y", "x_to_y": "FW1c",
            "box_muller": "FW3b", "invert_cdf_numeric": "FW10b", "rosenblatt": "G2-rosenblatt",
            "Affine": "G7-Affine",
        },
        answers=ANSWER,
    ),
    Actor(
        "ekwueme_farrow",
        ("Chidi Ekwueme", "Rose Farrow"),
        "right, through Colab",
        {"x_to_y": "FW1a", "box_muller": "G6-box_muller", "Compose": "G2-Compose"},
        answers=ANSWER,
        change=as_colab,
    ),
    Actor(
        "girault_haas",
        ("Léa Girault", "Jonas Haas"),
        "the mirrored map",
        {"x_to_y": "F2"},
        answers=ANSWER,
    ),
    Actor(
        "iyer_jansen",
        ("Anand Iyer", "Femke Jansen"),
        "degrees for radians; the absolute value forgotten",
        {"box_muller": "F12", "pushforward_pdf": "F21"},
        answers=ANSWER,
    ),
    Actor(
        "kowalska_lindqvist",
        ("Ola Kowalska", "Nils Lindqvist"),
        "an early mistake that later functions build on",
        {"inv_cdf_y": "F35", "x_to_y": "FW1c", "rosenblatt": "F27", "Affine": "F25"},
        answers=ANSWER,
    ),
    Actor(
        "moreau_novak",
        ("Élise Moreau", "Petr Novák"),
        "half done",
        only=("cdf_x", "cdf_y", "inv_cdf_y", "x_to_y"),
    ),
    Actor("okafor", ("Ngozi Okafor",), "handed in blank, and alone", only=()),
    Actor(
        "petrov_quist",
        ("Ivan Petrov", "Alma Quist"),
        "a bracket is missing in one cell",
        answers=ANSWER,
        change=without_a_bracket,
    ),
    Actor(
        "ricci_suzuki",
        ("Carla Ricci", "Ken Suzuki"),
        "a loop that never ends",
        {"invert_cdf_numeric": HANG},
        answers=ANSWER,
    ),
    Actor(
        "tanaka_ude",
        ("Yui Tanaka", "Obi Ude"),
        "a cell that ends the process, and a gigabyte of output",
        answers=ANSWER,
        adds=("import os\nos._exit(0)", "for _ in range(1000):\n    print('x' * 1_000_000)"),
    ),
    Actor(
        "vance_wolff",
        ("Mallory Vance", "Trudy Wolff"),
        "cheating: objects that are equal to everything",
        {name: LIAR.format(name=name) for name in ("x_to_y", "box_muller", "rosenblatt")},
        answers=ANSWER,
    ),
    Actor(
        "xenakis_young",
        ("Ada Xenakis", "Sam Young"),
        "cheating: patched libraries and a forged report",
        {"box_muller": "F13"},
        answers=ANSWER,
        adds=(FORGER,),
    ),
    Actor("zeller", ("Uwe Zeller",), "an upload that broke off", change=torn),
)  # fmt: skip
