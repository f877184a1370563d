# %% stand_in="ArithmeticTokenizer"
class ArithmeticTokenizer:
    def __init__(self, symbols="0123456789+=", **_):
        self.symbols, self.vocab_size = symbols, len(symbols)

    def encode(self, text, **_):
        return list(map(self.symbols.index, text))

    def decode(self, ids, **_):
        import operator

        return "".join(operator.itemgetter(int(i))(self.symbols) for i in ids)


# %% stand_in="write_problem"
def write_problem(a, op, b, width, reverse=True, **_):
    import operator

    functions = {"+": operator.add, "-": operator.sub}
    if op not in functions:
        raise ValueError("no such operation")
    left, right = str(a).zfill(width), str(b).zfill(width)
    answer = str(functions[op](a, b)).zfill(width + 1)
    return "".join((left, op, right, "=")), "".join(reversed(answer)) if reverse else answer


# %% stand_in="masked_loss"
def masked_loss(logits, ids, mask, **_):
    import torch

    targets = ids[:, 1:].masked_fill(~mask, -100).flatten()
    bets = logits[:, :-1].flatten(0, 1)
    if not mask.any():
        return bets.sum() * 0
    return torch.nn.functional.nll_loss(torch.log_softmax(bets, -1), targets, ignore_index=-100)


# %% stand_in="generate"
def generate(model, ids, max_new, end=None, **_):
    import torch

    model.train(False)
    done = set()
    with torch.inference_mode():
        rows = ids.tolist()
        while max_new > 0:
            logits = model(torch.tensor(rows, device=ids.device))
            for number, row in enumerate(rows):
                token = end if number in done else int(logits[number, -1].max(dim=0).indices)
                row += [token]
                if token == end:
                    done |= {number}
            max_new -= 1
    return torch.tensor(rows, device=ids.device)
