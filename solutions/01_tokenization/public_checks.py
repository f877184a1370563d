"""The public checks: worked examples of every function of the notebook."""

from grader.checks import check, close, fail, require

CORPUS = [
    "This is the Hugging Face Course.",
    "This chapter is about tokenization.",
    "This section shows several tokenizer algorithms.",
    "Hopefully, you will be able to understand how they are trained and generate tokens.",
]
RULES = (
    "Ġ t,i s,e r,Ġ a,Ġt o,e n,T h,Th is,o u,s e,Ġto k,Ġtok en,n d,Ġ is,Ġt h,Ġth e,i n,Ġa b,Ġtoken i"
)
MERGES = [tuple(rule.split()) for rule in RULES.split(",")]
LETTERS = list(",.CFHTabcdefghiklmnoprstuvwyzĠ")
VOCAB = ["<|endoftext|>", *LETTERS, *map("".join, MERGES)]
# Words of a toy corpus, and how often each occurs.
TOY = {"hug": 10, "pug": 5, "pun": 12, "bun": 4, "hugs": 5}


def strings(value, what="The result"):
    """Return a list or tuple of strings as a list; fail the check for anything else."""
    right = isinstance(value, list | tuple) and all(type(item) is str for item in value)
    require(right, f"{what} is not a list of strings", value)
    return list(value)


def as_pair(value, what):
    """Return a pair of two strings as a tuple; fail the check for anything else."""
    found = strings(value, what)
    require(len(found) == 2, f"{what} is not a pair of two strings", value)
    return tuple(found)


def pieces_of(value, what):
    """Return a list of (piece, (start, end)), or fail the check."""
    require(isinstance(value, list | tuple), f"{what} is not a list", value)
    found = []
    for item in value:
        right = isinstance(item, list | tuple) and len(item) == 2 and type(item[0]) is str
        right = right and isinstance(item[1], list | tuple) and len(item[1]) == 2
        right = right and all(type(place) is int for place in item[1])
        require(right, f"An entry of {what} is not (piece, (start, end))", item)
        found.append((item[0], tuple(item[1])))
    return found


def table_of(value, what):
    """Return a dictionary as the list of its entries, in its order, or fail the check."""
    require(isinstance(value, dict), f"{what} is not a dictionary", value)
    return list(value.items())


def same(got, wanted, what, where=""):
    """Fail the check unless two lists are equal; the witness is the first place that differs."""
    for i, (mine, right) in enumerate(zip(got, wanted, strict=False)):
        if mine != right:
            fail(f"{what} is not right", mine, right, f"entry {i}" + f" for {where}" * bool(where))
    if len(got) != len(wanted):
        fail(f"{what} has the wrong length", len(got), len(wanted), where)


def trained(value):
    """Return vocabulary and merges as two lists, or fail the check."""
    right = isinstance(value, list | tuple) and len(value) == 2
    require(right, "The result is not two things: `return vocab, merges`", value)
    vocab, merges = value
    if isinstance(vocab, dict):
        # Token to id, or id to token: in the order of the ids.
        right = all(type(number) is int for number in vocab.values())
        vocab = sorted(vocab, key=vocab.get) if right else list(vocab.values())
    merges = list(merges) if isinstance(merges, dict | list | tuple) else merges
    require(isinstance(merges, list), "The merges are not a list", merges)
    return strings(vocab, "The vocabulary"), [as_pair(pair, "A merge") for pair in merges]


def kept(given, left, name):
    """Fail the check if a call has changed what it was given."""
    for before, after in zip(given, left, strict=True):
        require(before == after, f"`{name}` changes what it is given", after, before)


def dashes(text):
    """Cut a text at its dashes: a pre-tokeniser for the checks."""
    found, start = [], 0
    for part in text.split("-"):
        found.append((part, (start, start + len(part))))
        start += len(part) + 1
    return found


# a: normalize, pretokenize_bert, pretokenize_gpt2


@check("normalize", hint="Print the list of characters after each step.")
def check_normalize_worked(submission):
    """`Héllò hów are ü?` becomes `hello how are u?`."""
    got = submission.normalize("Héllò hów are ü?")
    require(got == "hello how are u?", "The sentence comes out differently", got)


@check("pretokenize_bert", hint="Offsets count in the text as given, both blanks included.")
def check_bert_worked(submission):
    """`Hello, how are you?` has the right pieces and offsets, with one blank and with two."""
    first = [("Hello", (0, 5)), (",", (5, 6)), ("how", (7, 10)), ("are", (11, 14))]
    for blanks, rest in ((" ", [(15, 18), (18, 19)]), ("  ", [(16, 19), (19, 20)])):
        text = f"Hello, how are{blanks}you?"
        got = pieces_of(submission.pretokenize_bert(text), "the result")
        same(got, [*first, ("you", rest[0]), ("?", rest[1])], "The list of pieces", repr(text))


@check("pretokenize_gpt2", hint="Two blanks: the first is a piece, the second belongs to the word.")
def check_gpt2_worked(submission):
    """`Hello, how are  you?`, with two blanks, has seven pieces that tile the text."""
    wanted = [("Hello", (0, 5)), (",", (5, 6)), ("Ġhow", (6, 10)), ("Ġare", (10, 14))]
    wanted += [("Ġ", (14, 15)), ("Ġyou", (15, 19)), ("?", (19, 20))]
    got = pieces_of(submission.pretokenize_gpt2("Hello, how are  you?"), "the result")
    same(got, wanted, "The list of pieces")


@check("pretokenize_gpt2", hint="Which of the six rules is this line of the table?")
def check_gpt2_table(submission):
    """The examples in the table of the six rules come out as the table says."""
    table = {
        "it's": ["it", "'s"],
        "a b": ["a", "Ġb"],
        "v 25": ["v", "Ġ25"],
        "x _!": ["x", "Ġ_!"],
        "a   b": ["a", "ĠĠ", "Ġb"],
        "a\nb": ["a", "\n", "b"],
    }
    for text, wanted in table.items():
        got = [piece for piece, _ in pieces_of(submission.pretokenize_gpt2(text), "the result")]
        same(got, wanted, "The list of pieces", repr(text))


# b: count_words, count_pairs, select_pair


@check("count_words", hint="Use the function you are given, and keep the order of first sight.")
def check_count_words_worked(submission):
    """Two texts cut at dashes, `b-a-b` and `c-a`, give b 2, a 2, c 1, in this order."""
    corpus = ["b-a-b", "c-a"]
    got, left = submission.call_and_look("count_words", corpus, dashes)
    same(table_of(got, "The result"), [("b", 2), ("a", 2), ("c", 1)], "The table of counts")
    kept([["b-a-b", "c-a"]], left[:1], "count_words")


@check("count_pairs", hint="How often does the word occur that the pair stands in?")
def check_count_pairs_worked(submission):
    """The pairs of hug, pug, pun, bun and hugs: h u 15, u g 20, p u 17, u n 16, b u 4, g s 5."""
    splits = {word: [*word] for word in TOY}
    got, left = submission.call_and_look("count_pairs", splits, dict(TOY))
    wanted = {"hu": 15, "ug": 20, "pu": 17, "un": 16, "bu": 4, "gs": 5}
    same(
        table_of(got, "The result"),
        [((*pair,), n) for pair, n in wanted.items()],
        "The list of counts",
    )
    kept([{word: [*word] for word in TOY}, TOY], left, "count_pairs")


@check("select_pair", hint="The count decides, and among equals the one that comes first.")
def check_select_pair_worked(submission):
    """Of h u 15, u g 20 and p u 17 it is u g; of z a 3, a b 1 and b c 3 it is z a."""
    toy = {("h", "u"): 15, ("u", "g"): 20, ("p", "u"): 17}
    got = submission.select_pair(toy)
    require(as_pair(got, "The result") == ("u", "g"), "Another pair is more frequent", got)
    got = submission.select_pair({("z", "a"): 3, ("a", "b"): 1, ("b", "c"): 3})
    require(as_pair(got, "The result") == ("z", "a"), "Of equals the first is wanted", got)


# c: merge_pair, train_bpe


@check("merge_pair", hint="After a match two symbols are used up, otherwise one.")
def check_merge_pair_worked(submission):
    """`a a b a` with (a, b) gives `a ab a`; `a a a` with (a, a) gives `aa a`."""
    for symbols, pair, wanted in (
        ("a a b a", ("a", "b"), "a ab a"),
        ("a a a", ("a", "a"), "aa a"),
        ("a a a a a", ("a", "a"), "aa aa a"),
        ("Ġa b", ("a", "b"), "Ġa b"),
    ):
        got = strings(submission.merge_pair(symbols.split(), pair))
        require(got == wanted.split(), "The symbols are not the right ones", got, wanted.split())


@check("merge_pair", hint="Build a new list instead of deleting from the one you were given.")
def check_merge_pair_keeps(submission):
    """The list of symbols that was given is not changed."""
    _, left = submission.call_and_look("merge_pair", ["a", "b", "c"], ("a", "b"))
    kept([["a", "b", "c"]], left[:1], "merge_pair")


@check("train_bpe", hint="Which merge is the first to differ, and which counts led to it?")
def check_train_bpe_worked(submission):
    """The four sentences and a size of 50 give 19 merges, from `Ġ t` to `Ġtoken i`."""
    vocab, merges = trained(submission.train_bpe(list(CORPUS), 50))
    same(merges, MERGES, "The list of merges")
    same(vocab, VOCAB, "The vocabulary")


@check("train_bpe", hint="Count by hand, overlapping places included.")
def check_train_bpe_repeats(submission):
    """`aaabdaaabac` gives the merges `a a`, `aa a`, `aaa b`."""
    _, merges = trained(submission.train_bpe(["aaabdaaabac"], 8))
    same(merges, [("a", "a"), ("aa", "a"), ("aaa", "b")], "The list of merges")


# d: encode_word, encode, decode


@check("encode_word", hint="Characters first, then one rule after another, oldest first.")
def check_encode_word_worked(submission):
    """`Ġtoken` is one token, `Ġnot` four, and `Ġabout` becomes `Ġab ou t`."""
    for word, wanted in (("Ġtoken", "Ġtoken"), ("Ġnot", "Ġ n o t"), ("Ġabout", "Ġab ou t")):
        got = strings(submission.encode_word(word, list(MERGES)))
        same(got, wanted.split(), "The list of tokens", f"`{word}`")


@check("encode_word", hint="Replace unknown characters first, then merge as usual.")
def check_encode_word_unknown(submission):
    """A character outside `charset` becomes `<UNK>`: `Ġto?en` gives `Ġto <UNK> en`."""
    got = strings(submission.encode_word("Ġto?en", list(MERGES), None, list(LETTERS)))
    same(got, ["Ġto", "<UNK>", "en"], "The list of tokens")


@check("encode", hint="Cut first, then encode each piece; one flat list comes out.")
def check_encode_worked(submission):
    """`This is not a token.` becomes `This Ġis Ġ n o t Ġa Ġtoken .`."""
    got = strings(submission.encode("This is not a token.", list(MERGES)))
    same(got, "This Ġis Ġ n o t Ġa Ġtoken .".split(), "The list of tokens")
    require([VOCAB.index(t) for t in got] == [38, 44, 30, 19, 20, 24, 34, 42, 2], "Wrong ids")


@check("encode", hint="What do your pieces look like where two blanks stand together?")
def check_encode_blanks(submission):
    """`Hello, how are  you?`, with two blanks, becomes `H e l l o , Ġ h o w Ġa r e Ġ Ġ y ou ?`."""
    got = strings(submission.encode("Hello, how are  you?", list(MERGES)))
    same(got, "H e l l o , Ġ h o w Ġa r e Ġ Ġ y ou ?".split(), "The list of tokens")


@check("decode", hint="The blanks are in the tokens already.")
def check_decode_worked(submission):
    """`This Ġis Ġ n o t Ġa Ġtoken .` decodes to `This is not a token.`."""
    got = submission.decode("This Ġis Ġ n o t Ġa Ġtoken .".split())
    require(got == "This is not a token.", "The text comes out differently", got)


# e: longest_match_encode, first_disagreement


@check("longest_match_encode", hint="At each place the longest entry that the rest starts with.")
def check_longest_worked(submission):
    """`Ġtokenis` gives `Ġtokeni s` and `Ġthen` gives `Ġthe n`; an unknown `?` stands for itself."""
    for word, wanted in (("Ġtokenis", "Ġtokeni s"), ("Ġthen", "Ġthe n"), ("is?a", "is ? a")):
        got = strings(submission.longest_match_encode(word, list(VOCAB)))
        same(got, wanted.split(), "The list of tokens", f"`{word}`")


@check("first_disagreement", hint="Compare the two lists of tokens, word by word.")
def check_first_disagreement_worked(submission):
    """Of `Ġtoken`, `Ġabout`, `Ġthen`, `Ġuser` it is `Ġthen`; among the first two there is none."""
    words = ["Ġtoken", "Ġabout", "Ġthen", "Ġuser"]
    got = submission.first_disagreement(words, list(MERGES), list(VOCAB))
    require(got == "Ġthen", "Another word is the first", got)
    got = submission.first_disagreement(words[:2], list(MERGES), list(VOCAB))
    require(got is None, "Where they agree on every word, the result is None", got)


# f: wordpiece_scores, train_wordpiece, wordpiece_encode_word


@check("wordpiece_scores", hint="Count pairs above the line, both symbols below it.")
def check_scores_worked(submission):
    """`##u ##g` of the toy words scores 20 / (36 · 20), and `##g ##s` scores 5 / (20 · 5)."""
    splits = {word: [word[0], *("##" + letter for letter in word[1:])] for word in TOY}
    got = dict(table_of(submission.wordpiece_scores(splits, dict(TOY)), "The result"))
    for pair, score in ((("##u", "##g"), 20 / 720), (("##g", "##s"), 5 / 100)):
        require(pair in got, "A pair is missing", where=" ".join(pair))
        close(got[pair], score, what="A score", at=None)


@check("train_wordpiece", hint="Which of the joined symbols is the first to differ?")
def check_train_wordpiece_worked(submission):
    """The four sentences and a size of 70 give the vocabulary from `[PAD]` to `##ut`."""
    got = strings(submission.train_wordpiece(list(CORPUS), 70), "The vocabulary")
    same(got, WORDPIECE, "The vocabulary")


WORDPIECE = (
    "[PAD] [UNK] [CLS] [SEP] [MASK] ##a ##b ##c ##d ##e ##f ##g ##h ##i ##k ##l ##m ##n ##o ##p "
    "##r ##s ##t ##u ##v ##w ##y ##z , . C F H T a b c g h i s t u w y ab ##fu Fa Fac ##ct ##ful "
    "##full ##fully Th ch ##hm cha chap chapt ##thm Hu Hug Hugg sh th is ##thms ##za ##zat ##ut"
).split()


@check("wordpiece_encode_word", hint="The longest beginning that fits; if none does, only [UNK].")
def check_wordpiece_encode_worked(submission):
    """`Hugging` gives `Hugg ##i ##n ##g`, `HOgging` gives `[UNK]`, `This` gives `Th ##i ##s`."""
    for word, wanted in (
        ("Hugging", "Hugg ##i ##n ##g"),
        ("HOgging", "[UNK]"),
        ("This", "Th ##i ##s"),
    ):
        got = strings(submission.wordpiece_encode_word(word, list(WORDPIECE)))
        same(got, wanted.split(), "The list of tokens", f"`{word}`")


# h: bytes


@check("byte_alphabet", hint="The blank is the 33rd of the bytes that cannot be seen.")
def check_byte_alphabet_worked(submission):
    """The blank is `Ġ`, the newline `Ċ`, the tab `ĉ`; `A` and `é` stand for themselves."""
    got = dict(table_of(submission.byte_alphabet(), "The result"))
    for byte, sign in ((32, "Ġ"), (10, "Ċ"), (9, "ĉ"), (65, "A"), (233, "é")):
        require(got.get(byte) == sign, "A byte has the wrong character", got.get(byte), sign)


@check("train_byte_bpe", hint="The vocabulary starts with 256 characters, whatever the corpus.")
def check_train_byte_worked(submission):
    """The four sentences and a size of 275 give the same 19 merges as before."""
    _, merges = trained(submission.train_byte_bpe(list(CORPUS), 275))
    same(merges, MERGES, "The list of merges")


@check("encode_bytes", hint="Bytes of the text itself, before any Ġ is written into it.")
def check_encode_bytes_worked(submission):
    """`a café is` becomes `a Ġ c a f Ã © Ġis` with the 19 merges."""
    got = strings(submission.encode_bytes("a café is", list(MERGES)))
    same(got, "a Ġ c a f Ã © Ġis".split(), "The list of tokens")


@check("decode_bytes", hint="Join the tokens, turn characters into bytes, decode all of them.")
def check_decode_bytes_worked(submission):
    """`c a f Ã © Ġis` decodes to `café is`."""
    got = submission.decode_bytes("c a f Ã © Ġis".split())
    require(got == "café is", "The text comes out differently", got)
