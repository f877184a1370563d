# %% variant="DW12a" exercise="ngram_counts" title="a defaultdict of Counters over zipped slices"
from collections import Counter, defaultdict


def ngram_counts(tokens, n, **_):
    counts = defaultdict(Counter)
    for *context, token in zip(*[tokens[i:] for i in range(n)]):
        counts[tuple(context)][token] += 1
    return counts


# %% variant="DW12b" exercise="ngram_counts" title="recursion from the end, a row with zeros for every token"
def ngram_counts(tokens, n):
    if len(tokens) < n:
        return {}
    counts = ngram_counts(tokens[:-1], n)
    *context, token = tokens[-n:]
    row = counts.setdefault(tuple(context), {})
    row[token] = row.get(token, 0) + 1
    for other in tokens:
        row.setdefault(other, 0)
    return counts


# %% variant="G6-ngram_counts" exercise="ngram_counts" title="NumPy integers as counts"
def ngram_counts(tokens, n):
    windows = [tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]
    counts = {}
    for window in dict.fromkeys(windows):
        counts.setdefault(window[:-1], {})[window[-1]] = np.int64(windows.count(window))
    return counts


# %% variant="DW12c" exercise="ngram_probs" title="a vector in the order of the vocabulary"
def ngram_probs(context, counts, vocab, eps):
    row = np.array([counts.get(context, {}).get(word, 0) + eps for word in vocab], dtype=float)
    if row.sum() == 0:
        raise ValueError("nothing is known")
    return row / row.sum()


# %% variant="DW12d" exercise="ngram_probs" title="a Counter, filled in a loop; a subclass of ValueError"
from collections import Counter


class Unknown(ValueError):
    pass


def ngram_probs(context, counts, vocab, eps, verbose=True):
    probs = Counter()
    seen = counts[context] if context in counts else {}
    denominator = sum(seen.values()) + len(vocab) * eps
    if verbose:
        print("denominator", denominator)
    for word in vocab:
        if not denominator:
            raise Unknown(context)
        probs[word] = seen.get(word, 0) / denominator + eps / denominator
    return probs


# %% variant="G6-ngram_probs" exercise="ngram_probs" title="torch, in single precision"
def ngram_probs(context, counts, vocab, eps):
    seen = counts.get(context, {})
    row = torch.tensor([float(seen.get(word, 0)) for word in vocab]) + eps
    if not row.any():
        raise ValueError
    return dict(zip(vocab, (row / row.sum()).tolist()))


# %% variant="G2-sequence_logprob" exercise="sequence_logprob" title="NumPy on an array"
def sequence_logprob(probs):
    return np.log(np.asarray(probs)).sum()


# %% variant="G6-sequence_logprob" exercise="sequence_logprob" title="a tensor of no dimensions"
def sequence_logprob(p, base=None):
    return torch.as_tensor(p, dtype=torch.float64).log().sum()


# %% variant="DW13" exercise="perplexity" title="the root of the product"
def perplexity(probs):
    return math.prod(probs) ** (-1 / len(probs))


# %% variant="DW13b" exercise="perplexity" title="exp of the mean, in NumPy"
def perplexity(probs):
    return np.exp(-np.mean(np.log(probs)))


# %% variant="DW13c" exercise="perplexity" title="bits and powers of two"
def perplexity(probs):
    return 2 ** (-sum(math.log2(p) for p in probs) / len(probs))
