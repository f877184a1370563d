# %% variant="G2-byte_alphabet" exercise="byte_alphabet" title="visible bytes by isprintable, in another order"
def byte_alphabet():
    table = {b: chr(b) for b in range(256) if chr(b).isprintable() and not chr(b).isspace()}
    others = [b for b in range(256) if b not in table]
    return table | dict(zip(others, map(chr, range(256, 256 + len(others)))))


# %% variant="TW12" exercise="train_byte_bpe" title="bytes objects inside, characters at the end"
def train_byte_bpe(corpus, vocab_size):
    freqs = {}
    for text in corpus:
        for _, (a, b) in pretokenize_gpt2(text):
            word = text[a:b].encode("utf-8")
            freqs[word] = freqs.get(word, 0) + 1
    splits = {word: [bytes([value]) for value in word] for word in freqs}
    vocab, merges = [bytes([value]) for value in range(256)], []
    while len(vocab) < vocab_size:
        counts = {}
        for word, parts in splits.items():
            for two in zip(parts, parts[1:]):
                counts[two] = counts.get(two, 0) + freqs[word]
        if not counts:
            break
        a, b = max(counts, key=counts.get)
        for word, parts in splits.items():
            out = []
            while parts:
                hit = parts[:2] == [a, b]
                out.append(a + b if hit else parts[0])
                parts = parts[2 if hit else 1 :]
            splits[word] = out
        merges.append((a, b))
        vocab.append(a + b)
    shown = byte_alphabet()

    def show(raw):
        return "".join(map(shown.get, raw))

    return [show(token) for token in vocab], [(show(a), show(b)) for a, b in merges]


# %% variant="TW5-encode_bytes" exercise="encode_bytes" title="by rank, on bytes"
def encode_bytes(text, merges):
    signs = byte_alphabet()
    rank = {tuple(pair): i for i, pair in enumerate(merges)}
    tokens = ()
    for _, span in pretokenize_gpt2(text):
        row = [signs[value] for value in bytearray(text[slice(*span)], "utf8")]
        while len(row) > 1:
            order, i = min((rank.get(two, len(rank)), i) for i, two in enumerate(zip(row, row[1:])))
            if order == len(rank):
                break
            row[i : i + 2] = [row[i] + row[i + 1]]
        tokens += tuple(row)
    return tokens


# %% variant="G2-decode_bytes" exercise="decode_bytes" title="a bytearray filled in a loop"
def decode_bytes(tokens):
    values = {sign: value for value, sign in byte_alphabet().items()}
    raw = bytearray()
    for token in tokens:
        for sign in token:
            raw.append(values[sign])
    return raw.decode("utf-8", "replace")
