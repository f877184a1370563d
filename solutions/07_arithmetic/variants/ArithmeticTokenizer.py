# %% variant="RW1" exercise="ArithmeticTokenizer" title="looking up in the text itself"
class ArithmeticTokenizer:
    def __init__(self, symbols="0123456789+="):
        self.alphabet = symbols

    @property
    def vocab_size(self):
        return len(self.alphabet)

    def encode(self, text):
        # `index` raises ValueError by itself.
        return [self.alphabet.index(character) for character in text]

    def decode(self, ids):
        if torch.is_tensor(ids):
            ids = ids.tolist()
        for number in ids:
            if number not in range(len(self.alphabet)):
                raise ValueError(number)
        return "".join(map(self.alphabet.__getitem__, ids))


# %% variant="RW2" exercise="ArithmeticTokenizer" title="two dictionaries, errors of its own, a tuple"
class Stranger(ValueError):
    pass


class ArithmeticTokenizer:
    def __init__(self, symbols="0123456789+=", verbose=False):
        self.there = {s: torch.tensor(i) for i, s in enumerate(symbols)}
        self.back = dict(enumerate(symbols))
        self.vocab_size = len(self.back)

    def encode(self, text):
        try:
            return tuple(self.there[c].item() for c in text)
        except KeyError:
            raise Stranger("unknown symbol") from None

    def decode(self, ids):
        try:
            return "".join([self.back[int(i)] for i in ids])
        except KeyError:
            raise Stranger("unknown id") from None
