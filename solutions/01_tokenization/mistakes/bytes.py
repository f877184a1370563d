# %% mistake="T106" exercise="byte_alphabet" title="the byte's own number for all" caught_by=["byte_alphabet_worked", "all_bytes"] hint="A blank or a newline cannot be seen. These bytes get other characters."
def byte_alphabet():
    return {byte: chr(byte) for byte in range(256)}


# %% mistake="T106b" exercise="byte_alphabet" title="256 added to the byte's own number" caught_by=["all_bytes"] hint="The hidden bytes are numbered one after another from 256. For the first 33 that is the same, and then not."
def byte_alphabet():
    return {
        b: chr(b) if 33 <= b < 127 or 161 <= b < 173 or b > 173 else chr(256 + b)
        for b in range(256)
    }


# %% mistake="T29" exercise="train_byte_bpe" title="characters instead of bytes" caught_by=["byte_training"] hint="Encode to bytes first: `字` is three of them."
def train_byte_bpe(corpus, vocab_size):
    alphabet = list(byte_alphabet().values())
    found, merges = train_bpe(
        corpus, vocab_size - 256 + len(set("".join(count_words(corpus, pretokenize_gpt2)))), ()
    )
    return [*alphabet, *("".join(pair) for pair in merges)], merges


# %% mistake="T107" exercise="train_byte_bpe" title="only the bytes that occur" caught_by=["byte_training"] hint="All 256 bytes are in the vocabulary, whatever the corpus; that is the point of it."
def train_byte_bpe(corpus, vocab_size):
    alphabet, freqs = byte_alphabet(), {}
    for text in corpus:
        for _, (start, end) in pretokenize_gpt2(text):
            word = "".join(alphabet[b] for b in text[start:end].encode())
            freqs[word] = freqs.get(word, 0) + 1
    splits = {word: list(word) for word in freqs}
    vocab, merges = sorted(set("".join(freqs))), []
    while len(vocab) < vocab_size:
        pair = select_pair(count_pairs(splits, freqs))
        if pair is None:
            break
        splits = {word: merge_pair(symbols, pair) for word, symbols in splits.items()}
        merges.append(pair)
        vocab.append("".join(pair))
    return vocab, merges


# %% mistake="T29b" exercise="encode_bytes" title="characters instead of bytes" caught_by=["encode_bytes_worked", "byte_tokens"] hint="Encode to bytes first: an emoji has no entry, its four bytes have."
def encode_bytes(text, merges):
    return encode(text, merges)


# %% mistake="T108" exercise="encode_bytes" title="the bytes of the piece with its Ġ" caught_by=["encode_bytes_worked", "byte_tokens"] hint="`Ġ` itself is two bytes. Take the text between the offsets, where the blank is still a blank."
def encode_bytes(text, merges):
    alphabet = byte_alphabet()
    words = ["".join(alphabet[b] for b in piece.encode()) for piece, _ in pretokenize_gpt2(text)]
    return [token for word in words for token in encode_word(word, merges)]


# %% mistake="T109" exercise="encode_bytes" title="Latin-1 instead of UTF-8" caught_by=["encode_bytes_worked", "byte_tokens"] hint="One byte per character is not enough for `字`, and in UTF-8 `é` has two."
def encode_bytes(text, merges):
    alphabet, tokens = byte_alphabet(), []
    for _, (start, end) in pretokenize_gpt2(text):
        word = "".join(alphabet[b] for b in text[start:end].encode("latin-1", "replace"))
        tokens += encode_word(word, merges)
    return tokens


# %% mistake="T110" exercise="decode_bytes" title="decodes each token by itself" caught_by=["byte_round_trip"] hint="A character may be spread over two tokens: join first."
def decode_bytes(tokens):
    back = {c: b for b, c in byte_alphabet().items()}
    return "".join(bytes(back[c] for c in token).decode(errors="replace") for token in tokens)


# %% mistake="T111" exercise="decode_bytes" title="characters instead of bytes" caught_by=["decode_bytes_worked", "byte_round_trip"] hint="`Ã©` are two bytes of one character. Go back to bytes, then decode."
def decode_bytes(tokens):
    return decode(tokens)


# %% mistake="T112" exercise="decode_bytes" title="fails on half a character" caught_by=["half_characters"] hint="A token may end in the middle of a character. `decode` has an argument for what it cannot read."
def decode_bytes(tokens):
    back = {c: b for b, c in byte_alphabet().items()}
    return bytes(back[c] for c in "".join(tokens)).decode("utf-8")
