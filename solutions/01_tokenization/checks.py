"""The hidden checks: other texts, and properties that hold for all of them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checks import check, close, fail, require

SIGNS = "aZé字9_ .,'-\n\t"
texts = st.text(st.sampled_from([*SIGNS, " ", " ", "b", "s"]), max_size=16)
anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
symbol_lists = st.lists(st.sampled_from(["a", "b", "ab", "Ġa", "aa"]), max_size=12)
PAIRS = st.sampled_from([("a", "b"), ("a", "a"), ("aa", "a"), ("ab", "a"), ("Ġa", "b")])


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


def pieces_of(value, what="the result"):
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


def table_of(value, what="The result"):
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
        right = all(type(number) is int for number in vocab.values())
        vocab = sorted(vocab, key=vocab.get) if right else list(vocab.values())
    merges = list(merges) if isinstance(merges, dict | list | tuple) else merges
    require(isinstance(merges, list), "The merges are not a list", merges)
    return strings(vocab, "The vocabulary"), [as_pair(pair, "A merge") for pair in merges]


def kept(given, left, name):
    """Fail the check if a call has changed what it was given."""
    for before, after in zip(given, left, strict=True):
        require(before == after, f"`{name}` changes what it is given", after, before)


def spelled(got, word, what="The tokens"):
    """Fail the check unless the tokens, joined, are the word."""
    tokens = strings(got)
    require("".join(tokens) == word, f"{what}, joined, do not spell the word", tokens, where=word)
    return tokens


def random_words(rng, letters, count, longest=7):
    """Return random words over a few letters."""
    sizes = rng.integers(1, longest + 1, count)
    return ["".join(rng.choice(list(letters), size)) for size in sizes]


# a: normalize, pretokenize_bert, pretokenize_gpt2


@check("normalize", hint="Only marks are dropped: letters of every script stay.")
def check_normalize_scripts(submission):
    """Accents go and letters stay, in several scripts."""
    for text, wanted in {
        "ÀÉÎÕÜ Ñandú": "aeiou nandu",
        "Žluťoučký kůň": "zlutoucky kun",
        "Tiếng Việt": "tieng viet",
        "Άλφα, ΩΜΈΓΑ": "αλφα, ωμεγα",
        "Ёлка Йод": "елка иод",
        "字 São_Paulo 42!": "字 sao_paulo 42!",
        "e\u0301 a\u0308": "e a",
        "": "",
    }.items():
        got = submission.normalize(text)
        require(got == wanted, "A text comes out differently", got, wanted, repr(text))


@check("normalize", hint="What would be left to do for a second call?")
@settings(max_examples=12)
@given(st.text(st.sampled_from("aÉöÑ字 7_.Жй"), max_size=8))
def check_normalize_properties(submission, text):
    """Twice is the same as once, and each character is treated by itself, in its place."""
    once = submission.normalize(text)
    require(type(once) is str, "The result is not a string", once)
    require(submission.normalize(once) == once, "A second call changes the result", once)
    parts = [submission.normalize(character) for character in text]
    require(parts == list(once), "The characters are not treated one by one", once, where=text)


@check("pretokenize_bert", hint="Offsets belong to the text as it was given.")
@settings(max_examples=25)
@given(texts)
def check_bert_offsets(submission, text):
    """text[start:end] is the piece, the pieces come in order, and only white space is left out."""
    end = 0
    for piece, (start, stop) in pieces_of(submission.pretokenize_bert(text)):
        require(piece != "", "There is an empty piece", where=repr(text))
        require(text[start:stop] == piece, "The offsets do not lead to the piece", where=repr(text))
        left = text[end:start]
        require(start >= end and not left.strip(), "Something is lost or doubled", where=repr(text))
        end = stop
    require(not text[end:].strip(), "The end of the text is lost", where=repr(text))


@check("pretokenize_bert", hint="Letters and digits form runs, everything else stands alone.")
def check_bert_values(submission, reference):
    """Punctuation stands alone, `_` too; letters with accents, digits and Chinese form runs."""
    for text in (
        "don't stop... now",
        "snake_case __init__ x_1",
        "naïve café 字典 r2d2",
        "  two\tkinds\n of (white) space ",
        "",
        "?!",
        " \n",
    ):
        got = pieces_of(submission.pretokenize_bert(text))
        same(got, reference.pretokenize_bert(text), "The list of pieces", repr(text))


@check("pretokenize_gpt2", hint="No character may be lost, and none may be in two pieces.")
@settings(max_examples=30)
@given(texts)
def check_gpt2_tiles(submission, text):
    """Each piece starts where the one before it ended, and is its part of the text with `Ġ`s."""
    end = 0
    for piece, (start, stop) in pieces_of(submission.pretokenize_gpt2(text)):
        require(start == end < stop, "The pieces do not tile the text", where=repr(text))
        wanted = "".join("Ġ" if sign == " " else sign for sign in text[start:stop])
        require(piece == wanted, "A piece is not its part of the text", piece, wanted, repr(text))
        inside = "Ġ" in piece[1:] and piece.strip("Ġ\n\t")
        require(not inside, "A `Ġ` stands inside a visible piece", piece)
        end = stop
    require(end == len(text), "The end of the text is lost", where=repr(text))


@check("pretokenize_gpt2", hint="Try the six rules in their order at each place.")
def check_gpt2_values(submission, reference):
    """Contractions, leading blanks, white space of all kinds, digits and `_` follow the rules."""
    for text in (
        "I'm sure they've said we'll see it's he'd can't you're",
        "IT'S 'tis rock'n'roll",
        " leading",
        "trailing  ",
        "tab\there \n\n  four\n lines\t x",
        "a1b22 3 4x",
        "x_y __z__ _",
        "(a) [b]: c...  !?",
        "naïve été 字典 好",
        "",
        "   ",
    ):
        got = pieces_of(submission.pretokenize_gpt2(text))
        same(got, reference.pretokenize_gpt2(text), "The list of pieces", repr(text))


@check("pretokenize_gpt2", hint="Write the six rules next to your alternatives, in their order.")
@settings(max_examples=30)
@given(texts)
def check_gpt2_anywhere(submission, reference, text):
    """The six rules hold for any text of letters, digits, punctuation and white space."""
    got = pieces_of(submission.pretokenize_gpt2(text))
    same(got, reference.pretokenize_gpt2(text), "The list of pieces", repr(text))


# b: count_words, count_pairs, select_pair


@check("count_words", hint="Neither sorted nor through a set: the order of first sight.")
def check_count_words_order(submission, reference, rng):
    """Sixty words come out with their counts, in the order in which they first appear."""
    words = random_words(rng, "xyzw", 60, 3)
    corpus = [" ".join(words[:20]), " ".join(words[20:45]), "", " ".join(words[45:])]
    cut = reference.pretokenize_bert
    got = table_of(submission.count_words(corpus, cut))
    same(got, list(reference.count_words(corpus, cut).items()), "The table of counts")


@check("count_words", hint="What you count is what the function returns, piece by piece.")
def check_count_words_cuts(submission):
    """The pieces come from the function that is given, whatever it does; no text gives no words."""

    def fives(text):
        return [(text[i : i + 5], (i, i + 5)) for i in range(0, len(text), 5)]

    got = table_of(submission.count_words(["ab cdab cdX", "ab cd"], fives))
    same(got, [("ab cd", 3), ("X", 1)], "The table of counts")
    require(table_of(submission.count_words([], fives)) == [], "No text, yet there are words")


@check("count_pairs", hint="Every place counts, also one that overlaps the place before.")
def check_overlap(submission):
    """`aaaa` holds the pair `a a` three times, `aaa` twice."""
    # Four first: whoever counts a pair once in a word, or skips one in two, differs only there.
    got = table_of(submission.count_pairs({"aaaa": [*"aaaa"]}, {"aaaa": 2}))
    same(got, [(("a", "a"), 6)], "The list of counts")
    got = table_of(submission.count_pairs({"caaa": [*"caaa"]}, {"caaa": 1}))
    same(got, [(("c", "a"), 1), (("a", "a"), 2)], "The list of counts")


@check("count_pairs", hint="A word that occurs n times contributes n for each of its places.")
def check_weights(submission):
    """A word that occurs twice outweighs one that occurs once."""
    got = table_of(submission.count_pairs({"cc": ["c", "c"], "ba": ["b", "a"]}, {"cc": 1, "ba": 2}))
    same(got, [(("c", "c"), 1), (("b", "a"), 2)], "The list of counts")


@check("count_pairs", hint="Only neighbours inside one word are a pair.")
def check_inside_words(submission):
    """Words of one symbol have no pairs, and no pair spans two words."""
    splits = {"a": ["a"], "xyz": ["xyz"], "bc": ["b", "c"], "d": ["d"]}
    got = table_of(submission.count_pairs(splits, {"a": 3, "xyz": 2, "bc": 7, "d": 1}))
    same(got, [(("b", "c"), 7)], "The list of counts")
    require(table_of(submission.count_pairs({"a": ["a"]}, {"a": 3})) == [], "There is no pair")


@check("count_pairs", hint="Words in the order of `splits`, each from left to right.")
def check_scan_order(submission, reference, rng):
    """The pairs come in the order in which a scan meets them, with the right counts."""
    words = list(dict.fromkeys(random_words(rng, "abcdef", 50)))
    splits = {w: reference.merge_pair(list(w), ("a", "b")) for w in words}
    freqs = {word: int(n) for word, n in zip(words, rng.integers(1, 9, len(words)), strict=True)}
    wanted = list(reference.count_pairs(splits, freqs).items())
    got = table_of(submission.count_pairs(splits, freqs))
    require(dict(got) == dict(wanted), "A count is not right")
    same(got, wanted, "The order of the pairs")


@check("select_pair", hint="Of equals the first in the dictionary, wherever it stands.")
def check_ties(submission):
    """Among equals it is the first, whether the alphabet would put it first or last."""
    for order in ("ba ac", "ac cb", "ac ba", "cb ac bb aa"):
        counts = {(*pair,): 4 for pair in order.split()}
        counts = {("x", "y"): 3, **counts, ("z", "z"): 1}
        got = as_pair(submission.select_pair(counts), "The result")
        first = (*order.split()[0],)
        require(got == first, "Of equals the first is wanted", got, first)


@check("select_pair", hint="What does `max` do with an empty dictionary?")
def check_empty(submission):
    """Without any pair the result is None."""
    got = submission.select_pair({})
    require(got is None, "Without any pair the result is None", got)


@check("select_pair", hint="The count decides, not the pair.")
def check_select_values(submission, reference, rng):
    """The most frequent pair is found among many, also by scores, and nothing is changed."""
    for counts in (rng.integers(1, 40, 36).tolist(), rng.random(36).tolist(), [1] * 36):
        table = {(a, b): n for (a, b), n in zip(GRID, counts, strict=True)}
        got, left = submission.call_and_look("select_pair", dict(table))
        wanted = reference.select_pair(table)
        require(as_pair(got, "The result") == wanted, "Another pair is wanted", got, wanted)
        kept([table], left, "select_pair")


GRID = [(a, b) for a in "ucapzm" for b in "tbxakq"]


# c: merge_pair, train_bpe


@check("merge_pair", hint="Write down what is left of the list after each step.")
def check_runs(submission):
    """Runs are merged from the left, each symbol once: `aaa`, `aaaa`, `bbb` with a long pair."""
    for symbols, pair, wanted in (
        ("a a a", "a a", "aa a"),
        ("a a a a", "a a", "aa aa"),
        ("a b a b a b", "a b", "ab ab ab"),
        ("bb b bb b", "bb b", "bbb bbb"),
        ("c a a a c", "a a", "c aa a c"),
    ):
        got = strings(submission.merge_pair(symbols.split(), tuple(pair.split())))
        require(got == wanted.split(), "The symbols are not the right ones", got, wanted.split())


@check("merge_pair", hint="Does your walk look at every place, odd and even, first and last?")
def check_places(submission):
    """The pair is found at every place: at odd and even ones, at the end, and several times."""
    for n in range(6):
        for m in range(4):
            symbols = [*"x" * n, "p", "q", *"y" * m, "p", "q"]
            got = strings(submission.merge_pair(symbols, ("p", "q")))
            wanted = [*"x" * n, "pq", *"y" * m, "pq"]
            require(got == wanted, "A pair was missed or misplaced", got, wanted)


@check("merge_pair", hint="Compare whole symbols; text does not know where a symbol begins.")
def check_whole_symbols(submission):
    """Only whole symbols match: neither `Ġa b` nor `a bc` nor `ab` holds the pair (a, b)."""
    for symbols in (["Ġa", "b"], ["a", "bc"], ["ab"], ["b", "a"], ["ca", "bc"], ["a"], []):
        got = strings(submission.merge_pair(symbols, ("a", "b")))
        require(got == symbols, "Something was merged that is no pair of symbols", got, symbols)
    symbols = ["cc", "c", "cc", "ccc", "c"]
    got = strings(submission.merge_pair(symbols, ("c", "cc")))
    require(got == ["cc", "ccc", "ccc", "c"], "A pair of longer symbols went wrong", got)


@check("merge_pair", hint="Join the list before and after: is it the same text?")
@settings(max_examples=40)
@given(symbol_lists, PAIRS)
def check_merge_properties(submission, reference, symbols, pair):
    """The text stays the same, the argument too, and the symbols are the right ones."""
    result, left = submission.call_and_look("merge_pair", list(symbols), pair)
    got = strings(result)
    kept([symbols], left[:1], "merge_pair")
    text = "".join(symbols)
    require("".join(got) == text, "Joined, the symbols spell another text", got, where=str(symbols))
    wanted = reference.merge_pair(symbols, pair)
    require(got == wanted, "The symbols are not the right ones", got, wanted, str(symbols))


# Words with their numbers, and the merges: each row betrays another mistake.
MICRO = (
    ("ccc:1 ccccc:3", "c c,cc c,cc ccc", "Whole symbols are merged, not text"),
    ("caaa:1", "a a", "Places that overlap count as well"),
    ("cc:1 ba:2", "b a", "A word counts as often as it occurs"),
    ("bbb:1", "b b,bb b", "Pairs are counted afresh after each merge"),
    ("acac:1", "a c,ac ac", "Every occurrence in a word is merged"),
    ("bac:1", "b a", "Of equals the first of the scan is taken"),
    ("acb:1", "a c", "Of equals the first of the scan is taken"),
    ("cbab:1", "c b,cb a", "Ties follow a fresh scan of the words as they are now"),
    ("hug:10 pug:5 pun:12 bun:4 hugs:5", "u g,u n,h ug,p un,p ug,hug s,b un", "The toy words"),
)


@check("train_bpe", hint="Do the smallest of these by hand, one merge after the other.")
def check_micro(submission):
    """Nine tiny corpora, each made to betray one mistake, give the right merges."""
    for words, rules, message in MICRO:
        numbers = [item.split(":") for item in words.split()]
        corpus = [word for word, n in numbers for _ in range(int(n))]
        wanted = [tuple(rule.split()) for rule in rules.split(",")]
        size = 1 + len(set("".join(corpus))) + len(wanted)
        _, merges = trained(submission.train_bpe(corpus, size))
        require(merges[: len(wanted)] == wanted, message, merges, wanted, words)
        require(len(merges) == len(wanted), "The number of merges is not right", len(merges))


@check("train_bpe", hint="The size counts special tokens, the alphabet and the merged symbols.")
def check_sizes(submission, reference):
    """Special tokens, alphabet and merges together make up the size; a small size, no merges."""
    corpus = ["low lower newest", "widest low"]
    specials = ("<pad>", "<|endoftext|>")
    for size in (2, 11, 13, 14, 17):
        vocab, merges = trained(submission.train_bpe(corpus, size, specials))
        wanted = reference.train_bpe(corpus, size, specials)
        require(len(merges) == len(wanted[1]), "The number of merges is not right", len(merges))
        same(vocab, wanted[0], "The vocabulary", f"size {size}")
    vocab, merges = trained(submission.train_bpe(corpus, 15, ()))
    same(vocab, reference.train_bpe(corpus, 15, ())[0], "The vocabulary without special tokens")


@check("train_bpe", hint="What does `select_pair` return when there is nothing left?")
def check_exhaustion(submission):
    """Training goes on while there is a pair, even a rare one, and stops when there is none."""
    vocab, merges = trained(submission.train_bpe(["ab"], 1000))
    require(merges == [("a", "b")], "One merge is possible here", merges)
    require(vocab == ["<|endoftext|>", "a", "b", "ab"], "The vocabulary is not right", vocab)
    vocab, merges = trained(submission.train_bpe(["abcd"], 1000, ()))
    require(len(merges) == 3, "Pairs that occur once are merged as well", merges)
    vocab, merges = trained(submission.train_bpe([], 1000))
    require((vocab, merges) == (["<|endoftext|>"], []), "Nothing can be learned from nothing")


@check("train_bpe", hint="Old symbols stay, the alphabet is sorted, merges follow in their order.")
def check_vocabulary(submission, reference, rng):
    """Random corpora: special token, sorted alphabet, merged symbols; nothing missing, no doubles."""
    for letters in ("ab", "zyxw", "éa字"):
        corpus = [" ".join(random_words(rng, letters, 8)) for _ in range(3)]
        before = list(corpus)
        result, left = submission.call_and_look("train_bpe", corpus, 14)
        vocab, merges = trained(result)
        wanted = reference.train_bpe(corpus, 14)
        same(merges, [tuple(pair) for pair in wanted[1]], "The list of merges")
        same(vocab, wanted[0], "The vocabulary")
        kept([before], left[:1], "train_bpe")


@check("train_bpe", hint="Does anything survive from one call to the next?")
def check_again(submission):
    """A second training, on another text, knows nothing of the first."""
    first = trained(submission.train_bpe(["aab aab"], 8))
    trained(submission.train_bpe(["xyz"], 6))
    require(trained(submission.train_bpe(["aab aab"], 8)) == first, "The second result differs")


# d: encode_word, encode, decode

RULES = (
    "Ġ t,i s,e r,Ġ a,Ġt o,e n,T h,Th is,o u,s e,Ġto k,Ġtok en,n d,Ġ is,Ġt h,Ġth e,i n,Ġa b,Ġtoken i"
)
MERGES = [tuple(rule.split()) for rule in RULES.split(",")]
LETTERS = list(",.CFHTabcdefghiklmnoprstuvwyzĠ")
VOCAB = ["<|endoftext|>", *LETTERS, *map("".join, MERGES)]


@check("encode_word", hint="Which of two rules was learned first? Replay them in that order.")
def check_replay(submission):
    """Five words on which other encoders fail, with the vocabulary at hand and without."""
    for word, wanted in (
        ("Ġthen", "Ġth en"),
        ("Ġtokenis", "Ġtoken is"),
        ("Ġuser", "Ġ u s er"),
        ("Ġsend", "Ġ s en d"),
        ("Ġkind", "Ġ k i nd"),
    ):
        for vocab in (None, list(VOCAB)):
            got = strings(submission.encode_word(word, list(MERGES), vocab))
            same(got, wanted.split(), "The list of tokens", f"`{word}`")


@check("encode_word", hint="The oldest rule first, wherever in the word it fits.")
def check_orders(submission):
    """The order of the rules decides, not the place in the word, the length or the frequency."""
    merges = [("a", "b"), ("ab", "c"), ("abc", "b"), ("a", "ab"), ("a", "a")]
    for word, wanted in (
        ("aabc", "a abc"),
        ("aabcb", "a abcb"),
        ("aaab", "a aab"),
        ("aaa", "aa a"),
    ):
        got = strings(submission.encode_word(word, list(merges)))
        same(got, wanted.split(), "The list of tokens", f"`{word}`")


@check("encode_word", hint="A rule applies at every place it fits, as in training.")
def check_everywhere(submission):
    """Each rule applies at every place: `isis`, `Ġtherethere`, `ererer`."""
    for word, wanted in (("isis", "is is"), ("enisen", "en is en"), ("ererer", "er er er")):
        got = strings(submission.encode_word(word, list(MERGES)))
        same(got, wanted.split(), "The list of tokens", f"`{word}`")
    got = strings(submission.encode_word("", list(MERGES)))
    require(got == [], "An empty word has no tokens", got)


@check("encode_word", hint="Unknown characters are replaced one by one, before any merge.")
def check_unknown(submission):
    """Each unknown character becomes one `unk`, and what stands around it still merges."""
    for word, unk, wanted in (
        ("is字is", "<UNK>", "is <UNK> is"),
        ("??", "[UNK]", "[UNK] [UNK]"),
        ("i?s", "?", "i ? s"),
        ("éer", "i", "i er"),
    ):
        got = strings(submission.encode_word(word, list(MERGES), None, list(LETTERS), unk))
        same(got, wanted.split(), "The list of tokens", f"`{word}`")
    got = strings(submission.encode_word("i字s", list(MERGES)))
    require(got == ["i", "字", "s"], "Without `charset` every character is known", got)


@check("encode_word", hint="The words of the corpus must come out as training has left them.")
def check_trained_merges(submission, reference, rng):
    """With merges trained on random words, new and old words are split as the rules say."""
    for letters, size in (("ab", 12), ("abc", 20)):
        words = random_words(rng, letters, 12, 8)
        vocab, merges = reference.train_bpe([" ".join(words)], size)
        for word in [*words[:4], *random_words(rng, letters, 12, 10)]:
            got = spelled(submission.encode_word(word, list(merges), list(vocab)), word)
            same(got, reference.encode_word(word, merges), "The list of tokens", f"`{word}`")
        result, left = submission.call_and_look("encode_word", "aab", list(merges), list(vocab))
        kept([merges, vocab], left[1:3], "encode_word")


@check("encode_word", hint="Only the stored rules count; how often something occurs does not.")
def check_few_rules(submission, reference):
    """Fewer rules give more tokens, and no rules at all give the characters."""
    for n in (0, 1, 5, 11, 19):
        got = strings(submission.encode_word("Ġtokenisen", MERGES[:n]))
        wanted = reference.encode_word("Ġtokenisen", MERGES[:n])
        same(got, wanted, "The list of tokens", f"the first {n} rules")


@check("encode", hint="An empty text has no pieces; a piece keeps its `Ġ`.")
def check_encode_values(submission, reference):
    """First words, inner words, runs of blanks, newlines, borders and the empty text are right."""
    texts = ("", "This is This", " the\n the  tokens", "\tis", "user's tokens", "it is_ then")
    # Where a merge of the list, or of somebody's own, would fit across the border of two pieces.
    borders = ("it'se", "an  x", "is.,", "x'sends, an. ,")
    for text in (*texts, *borders):
        got = strings(submission.encode(text, list(MERGES)))
        same(got, reference.encode(text, MERGES), "The list of tokens", repr(text))


@check("encode", hint="Every character of the text must be in exactly one token.")
@settings(max_examples=20)
@given(st.text(st.sampled_from("thisen .,é字\n  "), max_size=16))
def check_encode_complete(submission, reference, text):
    """The tokens spell the text, with a `Ġ` for each blank, and are those of its pieces."""
    got = strings(submission.encode(text, MERGES))
    wanted = "".join("Ġ" if sign == " " else sign for sign in text)
    require("".join(got) == wanted, "The tokens do not spell the text", got, where=repr(text))
    same(got, reference.encode(text, MERGES), "The list of tokens", repr(text))


@check("decode", hint="Join without anything in between, then look at the `Ġ`s.")
@settings(max_examples=20)
@given(st.text(st.sampled_from("thisen_ .,é字\n\t  "), max_size=16))
def check_round_trip(submission, reference, text):
    """Decoding undoes encoding, whatever the text: nothing is added, lost or trimmed."""
    got = submission.decode(reference.encode(text, MERGES))
    require(got == text, "The round trip changes the text", got, text)


@check("decode", hint="No token, no text; several blanks, several `Ġ`.")
def check_decode_values(submission):
    """A leading `Ġ`, several in a row, none at all, and no token at all."""
    for tokens, wanted in (
        ([], ""),
        (["Ġis"], " is"),
        (["ĠĠ", "Ġa", "b"], "   ab"),
        (["to", "ken", "s"], "tokens"),
        (["a", "\n", "Ġ"], "a\n "),
    ):
        result, left = submission.call_and_look("decode", list(tokens))
        require(result == wanted, "The text comes out differently", result, wanted, str(tokens))
        kept([tokens], left, "decode")


# e: longest_match_encode, first_disagreement


@check("longest_match_encode", hint="The longest entry wins, wherever it stands in the list.")
def check_longest_values(submission, reference, rng):
    """Random words and vocabularies in any order: always the longest entry that fits."""
    for _ in range(6):
        vocab = list(dict.fromkeys(random_words(rng, "abc", 8, 4)))
        for word in random_words(rng, "abcd", 6, 9):
            got = spelled(submission.longest_match_encode(word, vocab), word)
            same(got, reference.longest_match_encode(word, vocab), "The list of tokens", word)


@check("longest_match_encode", hint="A character that nothing fits stands for itself.")
def check_longest_edges(submission):
    """No word, no vocabulary, unknown characters, and the arguments stay as they are."""
    for word, vocab, wanted in (
        ("", ["a"], []),
        ("abc", [], ["a", "b", "c"]),
        ("a?b字", ["b", "a"], ["a", "?", "b", "字"]),
        ("aaaa", ["aa", "aaa", "a"], ["aaa", "a"]),
    ):
        result, left = submission.call_and_look("longest_match_encode", word, list(vocab))
        require(strings(result) == wanted, "The tokens are not right", result, wanted, repr(word))
        kept([vocab], left[1:], "longest_match_encode")


@check("first_disagreement", hint="In the order of the words, and None only after the last.")
def check_earliest(submission):
    """It is the first in the order given, also when it comes last or first; else None."""
    for words, wanted in (
        # The encoders give `Ġsend` different numbers of tokens, and `Ġkind` the same.
        ("Ġsend Ġthen", "Ġsend"),
        ("Ġkind Ġthen Ġtoken", "Ġkind"),
        ("Ġtoken This Ġsend", "Ġsend"),
        ("Ġuser Ġthen Ġkind Ġsend", "Ġuser"),
        ("Ġtokenis Ġthen", "Ġtokenis"),
        ("Ġthe Ġtoken This Ġabout", None),
        ("", None),
    ):
        got = submission.first_disagreement(words.split(), list(MERGES), list(VOCAB))
        require(got == wanted, "Another answer is right", got, wanted, words)


@check("first_disagreement", hint="The merges and the vocabulary are arguments: use these.")
def check_first_elsewhere(submission, reference, rng):
    """Other merges and another vocabulary give other words."""
    for _ in range(4):
        corpus = [" ".join(random_words(rng, "ab", 9))]
        vocab, merges = reference.train_bpe(corpus, 12)
        words = random_words(rng, "ab", 15, 10)
        got = submission.first_disagreement(words, merges, vocab)
        require(
            got == reference.first_disagreement(words, merges, vocab), "Another answer is right"
        )


# f: wordpiece_scores, train_wordpiece, wordpiece_encode_word


def marked(words, rng):
    """Return splits of words for WordPiece, and numbers for them."""
    words = list(dict.fromkeys(words))
    splits = {word: [word[0], *("##" + letter for letter in word[1:])] for word in words}
    numbers = rng.integers(1, 12, len(words)).tolist()
    return splits, dict(zip(words, numbers, strict=True))


@check("wordpiece_scores", hint="Both counts below the line weigh each word as the pair does.")
def check_score_values(submission, reference, rng):
    """Scores and their order are right for random words with random numbers."""
    splits, freqs = marked(random_words(rng, "abcd", 30), rng)
    result, left = submission.call_and_look("wordpiece_scores", splits, freqs)
    got, wanted = table_of(result), list(reference.wordpiece_scores(splits, freqs).items())
    same([pair for pair, _ in got], [pair for pair, _ in wanted], "The order of the pairs")
    close([score for _, score in got], [score for _, score in wanted], what="A score")
    kept([splits, freqs], left, "wordpiece_scores")


@check("wordpiece_scores", hint="A letter that stands alone is a symbol as well.")
def check_single_symbols(submission):
    """Words of one symbol count below the line: `a` alone, nine times, makes `a ##b` rarer."""
    got = dict(table_of(submission.wordpiece_scores({"ab": ["a", "##b"], "a": ["a"]}, AB)))
    require(set(got) == {("a", "##b")}, "There is one pair", list(got))
    close(got["a", "##b"], 3 / (12 * 3), what="The score")
    got = table_of(submission.wordpiece_scores({"a": ["a"]}, {"a": 9}))
    require(got == [], "There is no pair", got)


AB = {"ab": 3, "a": 9}


@check("wordpiece_scores", hint="Divide once, by the product of the two counts.")
def check_history(submission, reference):
    """The scores at each of the 25 steps of the training on the four sentences are right."""
    freqs = reference.count_words(reference.CORPUS, reference.pretokenize_bert)
    splits = {word: reference.first_pieces(word) for word in freqs}
    for best in BEST:
        got = dict(table_of(submission.wordpiece_scores(splits, freqs)))
        pair = max(got, key=got.get, default=None)
        require(pair is not None, "There is no pair left too early")
        close(got[pair], 1 / best, what="The highest score")
        pair = reference.select_pair(reference.wordpiece_scores(splits, freqs))
        whole = pair[0] + pair[1].removeprefix("##")
        splits = {
            word: [
                whole if symbol == "".join(pair) else symbol
                for symbol in reference.merge_pair(symbols, pair)
            ]
            for word, symbols in splits.items()
        }


# One over the highest score at each step.
BEST = [5, 5, 7, 2, 7, 7, 6, 2, 8, 5, 4, 6, 2, 6, 5, 8, 4, 3, 9, 7, 10, 8, 10, 4, 9]


def without_ties(reference, rng, letters, steps):
    """Return random texts whose first steps have no tie and make no symbol twice, and the size."""
    for _ in range(400):
        text = " ".join(random_words(rng, letters, 14, 6))
        freqs = reference.count_words([text], reference.pretokenize_bert)
        splits = {word: reference.first_pieces(word) for word in freqs}
        size = 5 + len({symbol for symbols in splits.values() for symbol in symbols})
        vocab = reference.train_wordpiece([text], size + steps)
        if len(vocab) == size + steps == len(set(vocab)) and not tied(
            reference, splits, freqs, steps
        ):
            return [text], size
    raise ValueError("no text without ties found")


def tied(reference, splits, freqs, steps):
    """Tell whether any of the first steps has a tie for the highest score, or nearly one."""
    for _ in range(steps):
        scores = reference.wordpiece_scores(splits, freqs)
        best = reference.select_pair(scores)
        if sum(score > scores[best] * (1 - 1e-9) for score in scores.values()) > 1:
            return True
        whole = best[0] + best[1].removeprefix("##")
        for word, symbols in splits.items():
            found = reference.merge_pair(symbols, best)
            splits[word] = [whole if symbol == "".join(best) else symbol for symbol in found]
    return False


@check("train_wordpiece", hint="Count, score, join and append; then count again.")
def check_wordpiece_training(submission, reference, rng):
    """Random texts without ties give the right vocabulary, at several sizes."""
    for letters in ("abc", "abcde"):
        corpus, size = without_ties(reference, rng, letters, 4)
        for more in (0, 1, 4):
            result, left = submission.call_and_look("train_wordpiece", list(corpus), size + more)
            wanted = reference.train_wordpiece(corpus, size + more)
            same(strings(result, "The vocabulary"), wanted, "The vocabulary")
            kept([corpus], left[:1], "train_wordpiece")


@check("train_wordpiece", hint="Only the mark at the start of a symbol is kept.")
def check_marks(submission):
    """Joined symbols carry a mark at the start or none at all, never one inside."""
    got = strings(submission.train_wordpiece(["abcde abc fgh"], 40), "The vocabulary")
    bad = [token for token in got if "#" in token.removeprefix("##")]
    require(not bad, "A joined symbol holds a mark inside", bad)


@check("train_wordpiece", hint="What if no pair is left, or the size is reached already?")
def check_wordpiece_stops(submission):
    """Training stops when nothing can be joined, and special tokens come first as given."""
    got = strings(submission.train_wordpiece(["ab"], 1000), "The vocabulary")
    wanted = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "##b", "a", "ab"]
    same(got, wanted, "The vocabulary")
    got = strings(submission.train_wordpiece(["ab, b"], 3, ["[UNK]", "<s>"]), "The vocabulary")
    same(got, ["[UNK]", "<s>", "##b", ",", "a", "b"], "The vocabulary")


WORDPIECE = (
    "[PAD] [UNK] [CLS] [SEP] [MASK] ##a ##b ##c ##d ##e ##f ##g ##h ##i ##k ##l ##m ##n ##o ##p "
    "##r ##s ##t ##u ##v ##w ##y ##z , . C F H T a b c g h i s t u w y ab ##fu Fa Fac ##ct ##ful "
    "##full ##fully Th ch ##hm cha chap chapt ##thm Hu Hug Hugg sh th is ##thms ##za ##zat ##ut"
).split()


@check("wordpiece_encode_word", hint="From the left, always the longest; no rules are replayed.")
def check_wordpiece_longest(submission):
    """Words on which replaying joins would give something else, such as `thms`, are right."""
    for word, wanted in (
        ("thms", "th ##m ##s"),
        ("Face", "Fac ##e"),
        ("is", "is"),
        ("course", "c ##o ##u ##r ##s ##e"),
        ("chapthms", "chapt ##hm ##s"),
        ("uthms", "u ##thms"),
        ("a", "a"),
    ):
        got = strings(submission.wordpiece_encode_word(word, list(WORDPIECE)))
        same(got, wanted.split(), "The list of tokens", f"`{word}`")


@check("wordpiece_encode_word", hint="One place without a match makes the whole word unknown.")
def check_whole_word_unknown(submission):
    """A word that fails anywhere, at the start, inside or at the end, is one `[UNK]`."""
    for word in ("H0gging", "HOgging", "!", "This!", "Zab", "ab字", "d", "thx"):
        got = strings(submission.wordpiece_encode_word(word, list(WORDPIECE)))
        require(got == ["[UNK]"], "The whole word is unknown", got, where=word)


@check("wordpiece_encode_word", hint="What stands at the start of a word carries no mark.")
def check_wordpiece_random(submission, reference, rng):
    """Random vocabularies, in any order: tokens are entries, and without marks spell the word."""
    for _ in range(5):
        inner = ["##" + part for part in random_words(rng, "abc", 7, 3)]
        vocab = ["[UNK]", *inner, *random_words(rng, "abc", 5, 3)]
        rng.shuffle(vocab)
        for word in random_words(rng, "abc", 6, 8):
            result, left = submission.call_and_look("wordpiece_encode_word", word, list(vocab))
            wanted = reference.wordpiece_encode_word(word, vocab)
            same(strings(result), wanted, "The list of tokens", word)
            kept([vocab], left[1:], "wordpiece_encode_word")


# h: bytes


@check("byte_alphabet", hint="188 bytes stand for themselves, 68 move past 255, in rising order.")
def check_all_bytes(submission, reference):
    """All 256 bytes have a character of their own, printable, and the right one."""
    got = dict(table_of(submission.byte_alphabet()))
    require(set(got) == set(range(256)), "The keys are not the bytes 0 to 255")
    signs = strings(list(got.values()), "The list of characters")
    require(all(len(s) == 1 and s.isprintable() for s in signs), "A character is not printable")
    require(len(set(signs)) == 256, "Two bytes have the same character")
    require(got == reference.byte_alphabet(), "A byte has the wrong character")


@check("train_byte_bpe", hint="Bytes are what is counted and merged, 256 of them from the start.")
def check_byte_training(submission, reference):
    """Accents, Chinese and emoji: merges join bytes, and the vocabulary starts with all of them."""
    corpus = ["字典 字典 字 naïve", "café été 😀😀😀 😀"]
    for size in (3, 256, 262, 269):
        vocab, merges = trained(submission.train_byte_bpe(list(corpus), size))
        wanted = reference.train_byte_bpe(corpus, size)
        same(merges, [tuple(pair) for pair in wanted[1]], "The list of merges", f"size {size}")
        same(vocab, wanted[0], "The vocabulary", f"size {size}")
    vocab, merges = trained(submission.train_byte_bpe(["ab"], 1000))
    require(merges == [("a", "b")], "One merge is possible here", merges)


@check("encode_bytes", hint="Which bytes does the character have? Each is one symbol at first.")
def check_byte_tokens(submission, reference):
    """Accents, emoji, newlines and runs of blanks become the right tokens."""
    _, merges = reference.train_byte_bpe(["字典 字典 字 naïve été", "😀😀 is  is"], 270)
    for text in ("字典", "😀", "naïve  été\n is", " ", "", "Ġ is not a blank", "it's 42_"):
        got = strings(submission.encode_bytes(text, merges))
        same(got, reference.encode_bytes(text, merges), "The list of tokens", repr(text))


@check("encode_bytes", hint="No character is unknown: everything has bytes.")
@settings(max_examples=15)
@given(anything)
def check_byte_spelling(submission, reference, text):
    """The tokens of any text spell its bytes."""
    got = strings(submission.encode_bytes(text, MERGES))
    known = set(reference.byte_alphabet().values())
    require(known.issuperset("".join(got)), "A token holds a character that is no byte", got)
    require(reference.decode_bytes(got) == text, "The tokens do not spell the text", got)


@check("decode_bytes", hint="Join first, decode last: a character may be spread over two tokens.")
@settings(max_examples=15)
@given(anything)
def check_byte_round_trip(submission, reference, text):
    """Decoding undoes encoding for any text, even when every byte is a token."""
    for merges in (MERGES, []):
        tokens = reference.encode_bytes(text, merges)
        got = submission.decode_bytes(tokens)
        require(got == text, "The round trip changes the text", got, text)


@check("decode_bytes", hint='`errors="replace"` in `bytes.decode`.')
def check_half_characters(submission, reference):
    """Half a character becomes U+FFFD instead of an error; no tokens, no text."""
    for tokens, wanted in ((["Ã"], "\ufffd"), (["a", "å", "Ń", "b"], "a\ufffdb"), ([], "")):
        got = submission.decode_bytes(tokens)
        require(got == wanted, "The text comes out differently", got, wanted, str(tokens))
