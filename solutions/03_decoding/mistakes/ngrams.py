# %% mistake="D31" exercise="ngram_counts" title="wraps around: the last word is followed by the first" caught_by=["toy_counts", "windows"] hint="After the last token comes nothing, not the first one. `tokens[i + 1]` needs an i that stops in time, and `tokens[i - 1]` with i = 0 is the last token."
def ngram_counts(tokens, n):
    counts = {}
    for i in range(len(tokens)):
        window = [tokens[(i + j) % len(tokens)] for j in range(n)]
        row = counts.setdefault(tuple(window[:-1]), {})
        row[window[-1]] = row.get(window[-1], 0) + 1
    return counts


# %% mistake="D31b" exercise="ngram_counts" title="the last token as a context without a successor" caught_by=["toy_counts", "windows"] hint="A context needs a successor: what is never followed by anything is no key."
def ngram_counts(tokens, n):
    counts = {}
    for i in range(len(tokens) - n + 2):
        context = tuple(tokens[i : i + n - 1])
        row = counts.setdefault(context, {})
        following = tokens[i + n - 1] if i + n - 1 < len(tokens) else None
        row[following] = row.get(following, 0) + 1
    return counts


# %% mistake="D35" exercise="ngram_counts" title="windows that do not overlap" caught_by=["toy_counts", "windows"] hint="Neighbouring windows share n-1 tokens: move on by one token, not by n."
def ngram_counts(tokens, n):
    counts = {}
    for i in range(0, len(tokens) - n + 1, n):
        row = counts.setdefault(tuple(tokens[i : i + n - 1]), {})
        token = tokens[i + n - 1]
        row[token] = row.get(token, 0) + 1
    return counts


# %% mistake="D36" exercise="ngram_counts" title="the context has n tokens" caught_by=["toy_counts", "windows"] hint="An n-gram is n tokens together, so its context has n-1."
def ngram_counts(tokens, n):
    counts = {}
    for i in range(n, len(tokens)):
        row = counts.setdefault(tuple(tokens[i - n : i]), {})
        row[tokens[i]] = row.get(tokens[i], 0) + 1
    return counts


# %% mistake="D37" exercise="ngram_counts" title="each successor counted once" caught_by=["toy_counts", "windows"] hint="How often, not whether: the row of a context holds counts."
def ngram_counts(tokens, n):
    counts = {}
    for i in range(n - 1, len(tokens)):
        counts.setdefault(tuple(tokens[i - n + 1 : i]), {})[tokens[i]] = 1
    return counts


# %% mistake="D38" exercise="ngram_counts" title="one token left out at the end" caught_by=["toy_counts", "windows"] hint="A text of L tokens has L - n + 1 windows; you count one fewer."
def ngram_counts(tokens, n):
    counts = {}
    for i in range(len(tokens) - n):
        row = counts.setdefault(tuple(tokens[i : i + n - 1]), {})
        row[tokens[i + n - 1]] = row.get(tokens[i + n - 1], 0) + 1
    return counts


# %% mistake="D39" exercise="ngram_counts" title="for bigrams the context is a bare word" caught_by=["toy_counts"] hint="A context is a tuple, also where it holds a single token: ('the',) and not 'the'."
def ngram_counts(tokens, n):
    counts = {}
    for i in range(n - 1, len(tokens)):
        context = tuple(tokens[i - n + 1 : i]) if n != 2 else tokens[i - 1]
        row = counts.setdefault(context, {})
        row[tokens[i]] = row.get(tokens[i], 0) + 1
    return counts


# %% mistake="D40" exercise="ngram_counts" title="consumes the list it is given" caught_by=["toy_counts"] hint="`pop` shortens the caller's list. Read it with an index or a slice."
def ngram_counts(tokens, n):
    counts = {}
    while len(tokens) >= n:
        row = counts.setdefault(tuple(tokens[: n - 1]), {})
        row[tokens[n - 1]] = row.get(tokens[n - 1], 0) + 1
        tokens.pop(0)
    return counts


# %% mistake="D41" exercise="ngram_counts" title="the counts of the last call are still there" caught_by=["windows"] hint="A dictionary as a default value is made once and shared by all calls. Begin each call with a new one."
def ngram_counts(tokens, n, counts={}):
    for i in range(n - 1, len(tokens)):
        row = counts.setdefault(tuple(tokens[i - n + 1 : i]), {})
        row[tokens[i]] = row.get(tokens[i], 0) + 1
    return counts


# %% mistake="D32" exercise="ngram_probs" title="one ε in the denominator" caught_by=["toy_probs", "rows_sum"] hint="Each of the V words gets its ε in the numerator, so the denominator gets V of them."
def ngram_probs(context, counts, vocab, eps):
    row = counts.get(tuple(context), {})
    total = sum(row.values()) + eps
    if total == 0:
        raise ValueError
    return {token: (row.get(token, 0) + eps) / total for token in vocab}


# %% mistake="D32b" exercise="ngram_probs" title="ε in the numerator only" caught_by=["toy_probs", "rows_sum"] hint="What is added above must be added below, or the row does not sum to 1."
def ngram_probs(context, counts, vocab, eps):
    row = counts.get(tuple(context), {})
    total = sum(row.values())
    if total + eps == 0:
        raise ValueError
    return {token: (row.get(token, 0) + eps) / max(total, 1) for token in vocab}


# %% mistake="D32c" exercise="ngram_probs" title="V counts the words that were seen" caught_by=["toy_probs", "rows_sum"] hint="V is the size of the whole vocabulary: words that never followed the context get ε, too."
def ngram_probs(context, counts, vocab, eps):
    row = counts.get(tuple(context), {})
    total = sum(row.values()) + eps * len(row)
    if total == 0:
        if eps == 0:
            raise ValueError
        return {token: 1 / len(vocab) for token in vocab}
    return {token: (row.get(token, 0) + eps) / total for token in vocab}


# %% mistake="D33" exercise="ngram_probs" title="an unseen context raises" caught_by=["unseen_context", "rows_sum"] hint="After a context that was never seen the smoothing decides. Look it up with a default."
def ngram_probs(context, counts, vocab, eps):
    row = counts[tuple(context)]
    total = sum(row.values()) + eps * len(vocab)
    return {token: (row.get(token, 0) + eps) / total for token in vocab}


# %% mistake="D33b" exercise="ngram_probs" title="all zeros after an unseen context" caught_by=["unseen_context", "rows_sum"] hint="A row must sum to 1, also where nothing is known."
def ngram_probs(context, counts, vocab, eps):
    if tuple(context) not in counts:
        if eps == 0:
            raise ValueError
        return dict.fromkeys(vocab, 0.0)
    row = counts[tuple(context)]
    total = sum(row.values()) + eps * len(vocab)
    return {token: (row.get(token, 0) + eps) / total for token in vocab}


# %% mistake="D33c" exercise="ngram_probs" title="an answer is invented where there is none" caught_by=["without_smoothing"] hint="With ε = 0 and a context never seen the formula says 0/0. Raise a ValueError rather than return something."
def ngram_probs(context, counts, vocab, eps):
    row = counts.get(tuple(context), {})
    total = sum(row.values()) + eps * len(vocab)
    if total == 0:
        return {token: 1 / len(vocab) for token in vocab}
    return {token: (row.get(token, 0) + eps) / total for token in vocab}


# %% mistake="D42" exercise="ngram_probs" title="divided by the number of occurrences of the last word" caught_by=["toy_probs", "rows_sum"] hint="Divide by how often the *context* was followed by something, not by how often a word occurred."
def ngram_probs(context, counts, vocab, eps):
    row = counts.get(tuple(context), {})
    seen = sum(r.get(context[-1], 0) for r in counts.values()) if context else sum(row.values())
    total = seen + eps * len(vocab)
    if total == 0:
        raise ValueError
    return {token: (row.get(token, 0) + eps) / total for token in vocab}


# %% mistake="D43" exercise="ngram_probs" title="only the words that were seen" caught_by=["toy_probs"] hint="Every word of the vocabulary needs a probability: that is what the smoothing is for."
def ngram_probs(context, counts, vocab, eps):
    row = counts.get(tuple(context), {})
    total = sum(row.values()) + eps * len(vocab)
    if total == 0:
        raise ValueError
    return {token: (count + eps) / total for token, count in row.items()}


# %% mistake="D44" exercise="ngram_probs" title="writes the ε into the counts it is given" caught_by=["other_rows"] hint="`row[token] += eps` changes the caller's counts, and the next call adds it once more."
def ngram_probs(context, counts, vocab, eps):
    row = counts.setdefault(tuple(context), {})
    for token in vocab:
        row[token] = row.get(token, 0) + eps
    total = sum(row.values())
    if total == 0:
        raise ValueError
    return {token: row[token] / total for token in vocab}


# %% mistake="D45" exercise="ngram_probs" title="whatever ε is, it adds one" caught_by=["toy_probs", "other_rows"] hint="ε is an argument. Does your function use it?"
def ngram_probs(context, counts, vocab, eps):
    row = counts.get(tuple(context), {})
    if not row and eps == 0:
        raise ValueError
    total = sum(row.values()) + len(vocab)
    return {token: (row.get(token, 0) + 1) / total for token in vocab}


# %% mistake="D46" exercise="sequence_logprob" title="logarithm of the product" caught_by=["long_sequence"] hint="The product of a thousand probabilities is no number that a computer can hold. Take the logarithms first."
def sequence_logprob(probs):
    product = math.prod(probs)
    return math.log(product) if product else -math.inf


# %% mistake="D47" exercise="sequence_logprob" title="the sign turned round" caught_by=["toy_sentences"] hint="You return the negative log-probability, the loss. The log-probability of anything uncertain is negative."
def sequence_logprob(probs):
    return -sum(math.log(p) for p in probs)


# %% mistake="D48" exercise="sequence_logprob" title="logarithm to the base 2" caught_by=["toy_sentences"] hint="Natural logarithms, please: yours are in bits, larger by the factor 1/ln 2."
def sequence_logprob(probs):
    return sum(math.log2(p) for p in probs)


# %% mistake="D49" exercise="sequence_logprob" title="the mean instead of the sum" caught_by=["toy_sentences"] hint="The logarithm of a product is the *sum* of the logarithms. The mean belongs to the perplexity."
def sequence_logprob(probs):
    return sum(math.log(p) for p in probs) / len(probs)


# %% mistake="D50" exercise="sequence_logprob" title="the first token left out" caught_by=["toy_sentences"] hint="All entries of probs count. Whoever has no probability for the first token does not put one in."
def sequence_logprob(probs):
    return sum(math.log(p) for p in probs[1:])


# %% mistake="D51" exercise="sequence_logprob" title="logarithm of the sum" caught_by=["toy_sentences"] hint="Probabilities of successive tokens are multiplied, not added."
def sequence_logprob(probs):
    return math.log(sum(probs))


# %% mistake="D52" exercise="sequence_logprob" title="a small number added, against the logarithm of zero" caught_by=["logprob_anywhere"] hint="A small number inside the logarithm changes every score a little. The probabilities here are positive."
def sequence_logprob(probs):
    return sum(math.log(p + 1e-6) for p in probs)


# %% mistake="D34" exercise="perplexity" title="bits inside, e outside" caught_by=["toy_perplexity", "perplexity_anywhere"] hint="`exp` undoes the natural logarithm, `2 **` the one to the base 2. Use one base."
def perplexity(probs):
    return math.exp(-sum(math.log2(p) for p in probs) / len(probs))


# %% mistake="D34b" exercise="perplexity" title="the first token left out of the sum" caught_by=["toy_perplexity", "perplexity_anywhere"] hint="All entries count, in the sum as in the number you divide by."
def perplexity(probs):
    return math.exp(-sum(math.log(p) for p in probs[1:]) / len(probs))


# %% mistake="D34c" exercise="perplexity" title="the sum instead of the mean" caught_by=["toy_perplexity", "uniform_perplexity"] hint="Divide by the number of tokens, so that long and short texts can be compared."
def perplexity(probs):
    return math.exp(-sum(math.log(p) for p in probs))


# %% mistake="D34d" exercise="perplexity" title="divided by one token fewer" caught_by=["toy_perplexity", "perplexity_anywhere"] hint="L probabilities, so divide by L: the first token counts as well."
def perplexity(probs):
    return math.exp(-sum(math.log(p) for p in probs) / max(len(probs) - 1, 1))


# %% mistake="D53" exercise="perplexity" title="the minus sign is missing" caught_by=["toy_perplexity", "uniform_perplexity"] hint="A perplexity is at least 1: the more surprised, the larger."
def perplexity(probs):
    return math.exp(sum(math.log(p) for p in probs) / len(probs))


# %% mistake="D54" exercise="perplexity" title="the entropy, not its exponential" caught_by=["toy_perplexity", "uniform_perplexity"] hint="That is the mean surprise in nats. The perplexity is a number of choices: undo the logarithm."
def perplexity(probs):
    return -sum(math.log(p) for p in probs) / len(probs)


# %% mistake="D55" exercise="perplexity" title="the mean of the inverse probabilities" caught_by=["toy_perplexity", "perplexity_anywhere"] hint="The geometric mean, not the arithmetic one: the mean is taken of the logarithms."
def perplexity(probs):
    return sum(1 / p for p in probs) / len(probs)
