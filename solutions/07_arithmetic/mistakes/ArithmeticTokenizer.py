# %% mistake="R8" exercise="ArithmeticTokenizer" title="several digits in one token" caught_by=["tokenizer_worked"] hint="One digit, one token: numbers as wholes leave nothing to carry."
class ArithmeticTokenizer:
    def __init__(self, symbols="0123456789+="):
        self.symbols = symbols
        self.vocab_size = len(symbols) + 100

    def encode(self, text):
        import re

        pieces = re.findall(r"\d\d|.", text)
        return [len(self.symbols) + int(p) if len(p) > 1 else self.symbols.index(p) for p in pieces]

    def decode(self, ids):
        size = len(self.symbols)
        if not all(0 <= int(i) < self.vocab_size for i in ids):
            raise ValueError("unknown id")
        return "".join(self.symbols[int(i)] if i < size else f"{int(i) - size:02d}" for i in ids)


# %% mistake="R14" exercise="ArithmeticTokenizer" title="ids counted from 1" caught_by=["tokenizer_worked", "tokenizer_any"] hint="Places are counted from 0, as everywhere in Python."
class ArithmeticTokenizer:
    def __init__(self, symbols="0123456789+="):
        self.symbols = symbols
        self.vocab_size = len(symbols)

    def encode(self, text):
        return [self.symbols.index(c) + 1 for c in text]

    def decode(self, ids):
        if not all(1 <= int(i) <= self.vocab_size for i in ids):
            raise ValueError("unknown id")
        return "".join(self.symbols[int(i) - 1] for i in ids)


# %% mistake="R15" exercise="ArithmeticTokenizer" title="strangers get the id -1" caught_by=["tokenizer_strangers"] loses=0.5 hint="`find` answers -1 for a stranger; `index` raises."
class ArithmeticTokenizer:
    def __init__(self, symbols="0123456789+="):
        self.symbols = symbols
        self.vocab_size = len(symbols)

    def encode(self, text):
        return [self.symbols.find(c) for c in text]

    def decode(self, ids):
        return "".join(self.symbols[int(i)] for i in ids)


# %% mistake="R16" exercise="ArithmeticTokenizer" title="negative ids counted from the end" caught_by=["tokenizer_strangers"] loses=0.5 hint="`symbols[-1]` is a symbol: Python counts negative places from the end."
class ArithmeticTokenizer:
    def __init__(self, symbols="0123456789+="):
        self.symbols = symbols
        self.vocab_size = len(symbols)

    def encode(self, text):
        return [self.symbols.index(c) for c in text]

    def decode(self, ids):
        try:
            return "".join(self.symbols[int(i)] for i in ids)
        except IndexError:
            raise ValueError("unknown id") from None


# %% mistake="R17" exercise="ArithmeticTokenizer" title="the alphabet is sorted" caught_by=["tokenizer_any", "tokenizer_worked"] hint="The id is the place in the alphabet as it is given; sorted, `+` comes before the digits."
class ArithmeticTokenizer:
    def __init__(self, symbols="0123456789+="):
        self.symbols = sorted(symbols)
        self.vocab_size = len(symbols)

    def encode(self, text):
        return [self.symbols.index(c) for c in text]

    def decode(self, ids):
        if not all(0 <= int(i) < self.vocab_size for i in ids):
            raise ValueError("unknown id")
        return "".join(self.symbols[int(i)] for i in ids)


# %% mistake="R18" exercise="ArithmeticTokenizer" title="one alphabet for all tokenizers" caught_by=["tokenizer_apart"] hint="What is kept in the class belongs to all its objects; keep it in `self`."
class ArithmeticTokenizer:
    ids = {}

    def __init__(self, symbols="0123456789+="):
        self.ids.clear()
        self.ids.update({s: i for i, s in enumerate(symbols)})
        self.vocab_size = len(symbols)

    def encode(self, text):
        try:
            return [self.ids[c] for c in text]
        except KeyError:
            raise ValueError("unknown symbol") from None

    def decode(self, ids):
        symbols = list(self.ids)
        if not all(0 <= int(i) < len(symbols) for i in ids):
            raise ValueError("unknown id")
        return "".join(symbols[int(i)] for i in ids)


# %% mistake="R19" exercise="ArithmeticTokenizer" title="the alphabet is fixed" caught_by=["tokenizer_any", "tokenizer_apart"] hint="Use the symbols you are given; other alphabets have a minus or an end token."
class ArithmeticTokenizer:
    def __init__(self, symbols="0123456789+="):
        self.symbols = "0123456789+="
        self.vocab_size = 12

    def encode(self, text):
        return [self.symbols.index(c) for c in text]

    def decode(self, ids):
        if not all(0 <= int(i) < 12 for i in ids):
            raise ValueError("unknown id")
        return "".join(self.symbols[int(i)] for i in ids)


# %% mistake="R20" exercise="ArithmeticTokenizer" title="decoding gives a list" caught_by=["tokenizer_worked"] hint="Join the symbols: `\"\".join(…)`."
class ArithmeticTokenizer:
    def __init__(self, symbols="0123456789+="):
        self.symbols = symbols
        self.vocab_size = len(symbols)

    def encode(self, text):
        return [self.symbols.index(c) for c in text]

    def decode(self, ids):
        if not all(0 <= int(i) < self.vocab_size for i in ids):
            raise ValueError("unknown id")
        return [self.symbols[int(i)] for i in ids]
