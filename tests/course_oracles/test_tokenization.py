"""The reference of 01_tokenization against the `tokenizers` library and a trainer of another kind.

Every number that the documents give is asserted here as well.
"""

import json
import os
import random
import subprocess
import sys
import unicodedata
from collections import Counter
from itertools import pairwise, permutations
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tokenizers import models, normalizers, pre_tokenizers

from grader.checks.reference import as_object, load_namespace
from grader.notebook.source import read_cells, with_solution

ROOT = Path(__file__).parents[2]
SOLUTION = ROOT / "solutions" / "01_tokenization" / "solution.py"
TEXT = "Hello, how are  you?"
SIGNS = "abzABZ019 '\n\t.,_-!?éüñçŁß字好 " + " " * 6

Pair = tuple[str, str]


@pytest.fixture(scope="module")
def ours() -> SimpleNamespace:
    cells = [with_solution(cell.source) for cell in read_cells(SOLUTION) if cell.is_reference]
    return as_object(load_namespace("reference", cells))


@pytest.fixture(scope="module")
def trained(ours: Any) -> tuple[list[str], list[Pair]]:
    return ours.train_bpe(ours.CORPUS, 50)


def strings(count: int, longest: int, signs: str = SIGNS) -> list[str]:
    draw = random.Random(1)
    return ["".join(draw.choices(signs, k=draw.randint(0, longest))) for _ in range(count)]


def slow_bpe(words: dict[str, int], steps: int) -> list[Pair]:
    """Train on one row of symbols with walls between words, by places instead of by words."""
    row: list[str | None] = [None]
    weight: list[int] = [0]
    for word, n in words.items():
        row += [*word, None]
        weight += [n] * (len(word) + 1)
    merges: list[Pair] = []
    while len(merges) < steps:
        seen: dict[Pair, list[int]] = {}
        for i, (a, b) in enumerate(pairwise(row)):
            if a is not None and b is not None:
                seen.setdefault((a, b), []).append(i)
        if not seen:
            break
        most = max(sum(weight[i] for i in places) for places in seen.values())
        best = next(p for p, at in seen.items() if sum(weight[i] for i in at) == most)
        taken: set[int] = set()
        for i in seen[best]:
            if i not in taken:
                row[i] = best[0] + best[1]
                taken.add(i + 1)
        row = [symbol for i, symbol in enumerate(row) if i not in taken]
        weight = [n for i, n in enumerate(weight) if i not in taken]
        merges.append(best)
    return merges


# The library


def test_normalize(ours: Any) -> None:
    library = normalizers.Sequence(
        [normalizers.NFD(), normalizers.StripAccents(), normalizers.Lowercase()]
    )
    for text in strings(2000, 12):
        assert ours.normalize(text) == library.normalize_str(text)
    assert ours.normalize("Héllò hów are ü?") == "hello how are u?"


def test_pretokenize_bert(ours: Any) -> None:
    library = pre_tokenizers.BertPreTokenizer()
    for text in [*strings(3000, 14), TEXT]:
        assert ours.pretokenize_bert(text) == library.pre_tokenize_str(text)


def test_pretokenize_gpt2(ours: Any) -> None:
    """The library spells pieces in bytes, so the offsets are compared and the pieces decoded."""
    library = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    signs = [*strings(5000, 14), TEXT, "I'll say it's 42 they've", "a's'd 'tis"]
    for text in signs:
        cut = ours.pretokenize_gpt2(text)
        assert [span for _, span in cut] == [span for _, span in library.pre_tokenize_str(text)]
        assert [piece for piece, _ in cut] == [text[a:b].replace(" ", "Ġ") for _, (a, b) in cut]


def test_what_stands_in_for_count_words(ours: Any) -> None:
    [cell] = read_cells(SOLUTION.with_name("stand_ins.py"))
    stand_in = load_namespace("stand-in", [cell.source])["count_words"]
    texts = strings(200, 12)
    for cut in (ours.pretokenize_bert, ours.pretokenize_gpt2):
        wanted = ours.count_words(texts, cut)
        assert list(stand_in(texts, cut).items()) == list(wanted.items())
    assert stand_in([], ours.pretokenize_bert) == {}


def test_byte_alphabet(ours: Any) -> None:
    assert sorted(ours.byte_alphabet().values()) == sorted(pre_tokenizers.ByteLevel.alphabet())
    library = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    for text in strings(500, 8, SIGNS + "😀€½"):
        spelled = "".join(ours.byte_alphabet()[byte] for byte in text.encode())
        assert spelled == "".join(piece for piece, _ in library.pre_tokenize_str(text))


@pytest.mark.parametrize("letters", ["ab", "abc", "Ġtokenis"])
def test_encode_word(ours: Any, letters: str) -> None:
    for seed in range(30):
        draw = random.Random(seed)
        words = ["".join(draw.choices(letters, k=draw.randint(1, 8))) for _ in range(12)]
        vocab, merges = ours.train_bpe(words, len(set(letters)) + 1 + draw.randint(0, 25))
        assert merges == slow_bpe(dict(Counter(words)), len(merges))
        library = models.BPE({token: i for i, token in enumerate(vocab)}, list(merges))
        for word in [*words, *strings(10, 12, "".join(set("".join(words))))]:
            if word:
                assert ours.encode_word(word, merges) == [t.value for t in library.tokenize(word)]


def test_wordpiece_encode_word(ours: Any) -> None:
    vocab = ours.train_wordpiece(ours.CORPUS, 70)
    for extra in ([], ["a", "##a", "aa", "##aa", "##ab", "b"]):
        ids = {token: i for i, token in enumerate([*vocab, *extra])}
        library = models.WordPiece(ids, unk_token="[UNK]")
        words = [*strings(2000, 8, "thmscaHugFab"), "Hugging", "HOgging", "H0gging", "thms"]
        for word in filter(None, words):
            wanted = [token.value for token in library.tokenize(word)]
            assert ours.wordpiece_encode_word(word, [*vocab, *extra]) == wanted


def test_training_on_code_equals_the_slow_trainer(ours: Any) -> None:
    source = json.loads((ROOT / "data" / "kit_source.json").read_text(encoding="utf-8"))
    text = list(source.values())[:3]
    words = ours.count_words(text, ours.pretokenize_gpt2)
    _, merges = ours.train_bpe(text, 60 + len(set("".join(words))))
    assert merges == slow_bpe(words, len(merges))


# The numbers


def test_cuts(ours: Any) -> None:
    bert = "Hello(0,5) ,(5,6) how(7,10) are(11,14) you(16,19) ?(19,20)"
    gpt2 = "Hello(0,5) ,(5,6) Ġhow(6,10) Ġare(10,14) Ġ(14,15) Ġyou(15,19) ?(19,20)"
    for cut, wanted in ((ours.pretokenize_bert, bert), (ours.pretokenize_gpt2, gpt2)):
        assert " ".join(f"{piece}({a},{b})" for piece, (a, b) in cut(TEXT)) == wanted
    assert ours.pretokenize_bert("Hello, how are you?")[-2:] == [("you", (15, 18)), ("?", (18, 19))]
    assert "" in TEXT.split(" ")
    assert "" not in TEXT.split()


def test_bytes(ours: Any) -> None:
    alphabet = ours.byte_alphabet()
    assert [alphabet[byte] for byte in b" \n\t"] == ["Ġ", "Ċ", "ĉ"]
    assert len(set(alphabet.values())) == 256
    assert sys.maxunicode + 1 == 1_114_112
    assert [len(sign.encode()) for sign in ("a", "é", "字", "😀")] == [1, 2, 3, 4]
    assert ours.train_byte_bpe(ours.CORPUS, 275)[1] == ours.train_bpe(ours.CORPUS, 50)[1]


RULES = (
    "Ġ t,i s,e r,Ġ a,Ġt o,e n,T h,Th is,o u,s e,Ġto k,Ġtok en,n d,Ġ is,Ġt h,Ġth e,i n,Ġa b,"
    "Ġtoken i,Ġtokeni z"
)
COUNTS = [7, 5, 5, 5, 4, 4, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2]
TIED = [1, 3, 2, 1, 2, 1, 8, 7, 6, 5, 3, 2, 1, 16, 15, 14, 13, 12, 11, 10]


def test_corpus(ours: Any) -> None:
    words = ours.count_words(ours.CORPUS, ours.pretokenize_gpt2)
    assert (len(words), sum(words.values())) == (30, 36)
    assert sum(len(word) * n for word, n in words.items()) == 198
    assert "".join(sorted(set("".join(words)))) == ",.CFHTabcdefghiklmnoprstuvwyzĠ"
    counts = ours.count_pairs({word: list(word) for word in words}, words)
    first = "Th3 hi3 is5 Ġi2 Ġt7 th3"
    assert " ".join(f"{a}{b}{n}" for (a, b), n in list(counts.items())[:6]) == first


def test_merges(ours: Any, trained: Any) -> None:
    vocab, merges = trained
    wanted = [tuple(rule.split()) for rule in RULES.split(",")]
    assert (len(vocab), merges) == (50, wanted[:19])
    everything, all_merges = ours.train_bpe(ours.CORPUS, 10_000)
    assert (len(everything), len(all_merges), all_merges[:20]) == (141, 110, wanted)
    words = ours.count_words(ours.CORPUS, ours.pretokenize_gpt2)
    assert all_merges == slow_bpe(words, 1000)
    counts, tied, splits = [], [], {word: list(word) for word in words}
    for pair in all_merges:
        found = ours.count_pairs(splits, words)
        counts.append(found[pair])
        tied.append(sum(n == found[pair] for n in found.values()))
        splits = {word: ours.merge_pair(split, pair) for word, split in splits.items()}
    assert (counts[:20], tied[:20]) == (COUNTS, TIED)
    assert tied[:19].count(1) == 4
    assert sum(n >= 2 for n in counts) == 27
    assert all(len(split) == 1 for split in splits.values())


def first_change(other: list[Pair], merges: list[Pair]) -> int:
    return min(
        (i for i, (a, b) in enumerate(zip(other, merges, strict=False), 1) if a != b), default=0
    )


def test_what_the_merges_depend_on(ours: Any, trained: Any, monkeypatch: Any) -> None:
    merges = trained[1]
    words = ours.count_words(ours.CORPUS, ours.pretokenize_gpt2)

    def learn(words: dict[str, int], choose: Any) -> tuple[int, Pair]:
        splits, made = {word: list(word) for word in words}, []
        for _ in range(19):
            pair = choose(ours.count_pairs(splits, words))
            splits = {word: ours.merge_pair(split, pair) for word, split in splits.items()}
            made.append(pair)
        at = first_change(made, merges)
        return at, made[at - 1]

    last = lambda counts: max(reversed(counts), key=counts.get)  # noqa: E731
    greatest = lambda counts: max(counts, key=lambda pair: (counts[pair], pair))  # noqa: E731
    smallest = lambda counts: min(counts, key=lambda pair: (-counts[pair], pair))  # noqa: E731
    assert learn(words, last) == (2, ("Ġ", "a"))
    assert learn(words, greatest) == (2, ("Ġ", "a"))
    assert learn(words, smallest) == (2, ("e", "r"))
    assert learn(dict.fromkeys(words, 1), ours.select_pair) == (2, ("e", "r"))
    assert learn(dict(sorted(words.items())), ours.select_pair)[0] == 3
    whole = {text.replace(" ", "Ġ"): 1 for text in ours.CORPUS}
    assert learn(whole, ours.select_pair) == (9, ("This", "Ġ"))
    small = ours.train_bpe([text.lower() for text in ours.CORPUS], 50)[1]
    assert first_change(small, merges) == 5
    blank = ours.train_bpe([*ours.CORPUS[:3], " " + ours.CORPUS[3]], 50)[1]
    assert (first_change(blank, merges), blank[16]) == (17, ("Ġ", "H"))
    changes = {
        order: first_change(ours.train_bpe([ours.CORPUS[i] for i in order], 50)[1], merges)
        for order in permutations(range(4))
    }
    assert [order for order, at in changes.items() if not at] == [(0, 1, 2, 3), (0, 1, 3, 2)]
    assert set(changes.values()) == {0, 2, 3, 9, 10, 18}


def test_incremental_counts_differ_at_merge_5(ours: Any, trained: Any) -> None:
    """Counts that are kept, with `max` over the dictionary as it has grown, part at the fifth."""
    words = ours.count_words(ours.CORPUS, ours.pretokenize_gpt2)
    splits = {word: list(word) for word in words}
    counts, made = ours.count_pairs(splits, words), []
    for _ in range(19):
        pair = max(counts, key=counts.get)
        for word, split in splits.items():
            merged = ours.merge_pair(split, pair)
            if merged != split:
                for old in pairwise(split):
                    counts[old] -= words[word]
                for new in pairwise(merged):
                    counts[new] = counts.get(new, 0) + words[word]
            splits[word] = merged
        counts = {pair: n for pair, n in counts.items() if n}
        made.append(pair)
    assert first_change(made, trained[1]) == 5


def test_compression(ours: Any) -> None:
    merges = ours.train_bpe(ours.CORPUS, 10_000)[1]
    curve = {0: 198, 5: 172, 10: 156, 13: 147, 19: 135, 27: 119, 60: 86, 110: 36}
    for made, tokens in curve.items():
        assert sum(len(ours.encode(text, merges[:made])) for text in ours.CORPUS) == tokens
    assert round(198 / 135, 4) == 1.4667


ENCODERS = {
    "Ġthen": ("Ġth en", "Ġthe n", "Ġthe n"),
    "Ġtokenis": ("Ġtoken is", "Ġtokeni s", "Ġtokeni s"),
    "Ġuser": ("Ġ u s er", "Ġ u se r", "Ġ u se r"),
    "Ġsend": ("Ġ s en d", "Ġ se nd", "Ġ se nd"),
    "Ġkind": ("Ġ k i nd", "Ġ k in d", "Ġ k in d"),
}


def test_encoders(ours: Any, trained: Any) -> None:
    vocab, merges = trained
    tokens = ours.encode("This is not a token.", merges)
    assert " ".join(tokens) == "This Ġis Ġ n o t Ġa Ġtoken ."
    assert [vocab.index(token) for token in tokens] == [38, 44, 30, 19, 20, 24, 34, 42, 2]
    assert " ".join(ours.encode(TEXT, merges)) == "H e l l o , Ġ h o w Ġa r e Ġ Ġ y ou ?"
    any_rule: dict[str, Any] = {}
    cells = [cell.source for cell in read_cells(SOLUTION) if "def any_rule" in cell.source]
    exec(cells[0].partition("\n\n\nwith ")[0], any_rule)  # the third encoder of the table
    for word, (right, longest, left) in ENCODERS.items():
        assert " ".join(ours.encode_word(word, merges)) == right
        assert " ".join(ours.longest_match_encode(word, vocab)) == longest
        assert " ".join(any_rule["any_rule"](word, merges)) == left
    assert ours.first_disagreement([t for t in tokens if t.isalpha()], merges, vocab) is None
    assert " ".join(ours.encode_word("Ġtoken", merges[::-1])) == "Ġt o k en"
    assert ours.encode_word("?", merges) == ["?"]


def test_trained_merges_have_four_properties(ours: Any) -> None:
    """No token is out of reach or made twice; two encoders agree; old words keep their splits."""
    draw = random.Random(2)
    for _ in range(400):
        letters = "abc"[: draw.randint(1, 3)]
        words = ["".join(draw.choices(letters, k=draw.randint(1, 9))) for _ in range(6)]
        vocab, merges = ours.train_bpe(words, len(set("".join(words))) + draw.randint(0, 25), ())
        assert len(set(vocab)) == len(vocab)
        assert all(ours.encode_word(token, merges) == [token] for token in vocab)
        rank = {pair: i for i, pair in enumerate(merges)}
        splits = {word: list(word) for word in words}
        for pair in merges:
            splits = {word: ours.merge_pair(split, pair) for word, split in splits.items()}
        for word in words:
            tokens = list(word)
            while fits := [pair for pair in pairwise(tokens) if pair in rank]:
                tokens = ours.merge_pair(tokens, min(fits, key=rank.__getitem__))
            assert ours.encode_word(word, merges) == tokens == splits[word]


def test_small_examples(ours: Any) -> None:
    literal = slow_bpe({"the car the cat the rat": 1}, 4)
    assert literal == [("t", "h"), ("th", "e"), ("the", " "), ("the ", "c")]
    apart = slow_bpe({"the": 3, "car": 1, "cat": 1, "rat": 1}, 3)
    assert apart == [("t", "h"), ("th", "e"), ("c", "a")]
    marked = slow_bpe(ours.count_words(["the car the cat the rat"], ours.pretokenize_gpt2), 3)
    assert marked == [("t", "h"), ("th", "e"), ("Ġ", "c")]
    assert ours.count_pairs({"aaa": [*"aaa"]}, {"aaa": 1}) == {("a", "a"): 2}
    assert ours.merge_pair([*"aaa"], ("a", "a")) == ["aa", "a"]
    _, merges = ours.train_bpe(["aaabdaaabac"], 8)
    assert ours.encode_word("aaabdaaabac", merges) == ["aaab", "d", "aaab", "a", "c"]
    toy = {"hug": 10, "pug": 5, "pun": 12, "bun": 4, "hugs": 5}
    wanted = [("u", "g"), ("u", "n"), ("h", "ug"), ("p", "un"), ("p", "ug"), ("hug", "s")]
    assert slow_bpe(toy, 7) == [*wanted, ("b", "un")]


JOINS = (
    "a ##b 5,##f ##u 5,F ##a 7,Fa ##c 2,##c ##t 7,##fu ##l 7,##ful ##l 6,##full ##y 2,T ##h 8,"
    "c ##h 5,##h ##m 4,ch ##a 6,cha ##p 2,chap ##t 6,##t ##hm 5,H ##u 8,Hu ##g 4,Hug ##g 3,s ##h 9,"
    "t ##h 7,i ##s 10,##thm ##s 8,##z ##a 10,##za ##t 4,##u ##t 9"
)


def test_wordpiece(ours: Any) -> None:
    words = ours.count_words(ours.CORPUS, ours.pretokenize_bert)
    splits = {word: ours.first_pieces(word) for word in words}
    alphabet = {symbol for split in splits.values() for symbol in split}
    assert (len(words), len(alphabet)) == (30, 40)
    assert sum(symbol.startswith("##") for symbol in alphabet) == 23
    vocab = ours.train_wordpiece(ours.CORPUS, 70)
    assert (len(vocab), ":" in vocab) == (70, False)
    ties = {}
    for step, join in enumerate(JOINS.split(","), 1):
        a, b, inverse = join.split()
        scores = ours.wordpiece_scores(splits, words)
        assert ours.select_pair(scores) == (a, b)
        assert scores[a, b] == 1 / int(inverse)
        ties[step] = sum(score == scores[a, b] for score in scores.values())
        joined = a + b.removeprefix("##")
        assert vocab[44 + step] == joined
        for word, split in splits.items():
            merged = ours.merge_pair(split, (a, b))
            splits[word] = [joined if symbol == a + b else symbol for symbol in merged]
    assert (ties[21], ties[23]) == (6, 4)
    shown = "Th ##i ##s is th ##e Hugg ##i ##n ##g Fac ##e c ##o ##u ##r ##s ##e [UNK]"
    pieces = [piece for piece, _ in ours.pretokenize_bert("This is the Hugging Face course!")]
    tokens = [token for word in pieces for token in ours.wordpiece_encode_word(word, vocab)]
    assert " ".join(tokens) == shown
    for word, wanted in {"Hugging": "Hugg ##i ##n ##g", "thms": "th ##m ##s"}.items():
        assert " ".join(ours.wordpiece_encode_word(word, vocab)) == wanted
    for word in ("HOgging", "H0gging"):
        assert ours.wordpiece_encode_word(word, vocab) == ["[UNK]"]


def test_category_of_marks() -> None:
    """What the text of `normalize` says about NFD."""
    parts = unicodedata.normalize("NFD", "é")
    assert [unicodedata.category(c) for c in parts] == ["Ll", "Mn"]


PRINT_MERGES = """
import sys
from pathlib import Path
from grader.checks.reference import load_namespace
from grader.notebook.source import read_cells, with_solution
cells = read_cells(Path(sys.argv[1]))
ours = load_namespace("r", [with_solution(cell.source) for cell in cells if cell.is_reference])
print(ours["train_bpe"](ours["CORPUS"], 141), ours["train_wordpiece"](ours["CORPUS"], 70))
print(ours["train_byte_bpe"](ours["CORPUS"], 300), ours["byte_alphabet"]())
"""


def test_the_same_under_every_hash_seed() -> None:
    command = [sys.executable, "-c", PRINT_MERGES, str(SOLUTION)]
    found = {
        subprocess.run(
            command,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
            check=True,
            capture_output=True,
        ).stdout
        for seed in "0123"
    }
    assert len(found) == 1
    assert b"tokeniz" in found.pop()
