# %% mistake="T27" exercise="wordpiece_encode_word" title="pieces and [UNK] together" caught_by=["wordpiece_encode_worked", "whole_word_unknown"] hint="The whole word is unknown, not only the piece where it fails."
def wordpiece_encode_word(word, vocab):
    tokens, rest = [], word
    while rest:
        end = next(
            (i for i in range(len(rest), 0, -1) if ("##" if tokens else "") + rest[:i] in vocab), 0
        )
        if not end:
            tokens.append("[UNK]")
            break
        tokens.append(("##" if tokens else "") + rest[:end])
        rest = rest[end:]
    return tokens


# %% mistake="T27b" exercise="wordpiece_encode_word" title="skips the unknown character and goes on" caught_by=["wordpiece_encode_worked", "whole_word_unknown"] hint="The whole word is unknown, not only one character of it."
def wordpiece_encode_word(word, vocab):
    tokens, start = [], 0
    while start < len(word):
        mark = "##" if start else ""
        end = next((i for i in range(len(word), start, -1) if mark + word[start:i] in vocab), None)
        tokens.append("[UNK]" if end is None else mark + word[start:end])
        start = start + 1 if end is None else end
    return tokens


# %% mistake="T102" exercise="wordpiece_encode_word" title="replays the joins" caught_by=["wordpiece_longest"] hint="WordPiece keeps no rules. Take the longest entry that fits, from the left."
def wordpiece_encode_word(word, vocab):
    tokens = first_pieces(word)
    if any(token not in vocab for token in tokens):
        return ["[UNK]"]
    for entry in vocab:
        i = 0
        while i + 1 < len(tokens):
            if tokens[i] + tokens[i + 1][2:] == entry:
                tokens[i : i + 2] = [entry]
            else:
                i += 1
    return tokens


# %% mistake="T103" exercise="wordpiece_encode_word" title="no marks inside the word" caught_by=["wordpiece_encode_worked"] hint="Behind the start of a word only entries with `##` fit."
def wordpiece_encode_word(word, vocab):
    tokens, start = [], 0
    while start < len(word):
        end = next((i for i in range(len(word), start, -1) if word[start:i] in vocab), None)
        if end is None:
            return ["[UNK]"]
        tokens.append(word[start:end])
        start = end
    return tokens


# %% mistake="T104" exercise="wordpiece_encode_word" title="the shortest match" caught_by=["wordpiece_encode_worked", "wordpiece_longest"] hint="Try ends from far to near: the longest beginning is wanted."
def wordpiece_encode_word(word, vocab):
    tokens, start = [], 0
    while start < len(word):
        mark = "##" if start else ""
        end = next(
            (i for i in range(start + 1, len(word) + 1) if mark + word[start:i] in vocab), None
        )
        if end is None:
            return ["[UNK]"]
        tokens.append(mark + word[start:end])
        start = end
    return tokens


# %% mistake="T105" exercise="wordpiece_encode_word" title="[UNK] as a string" caught_by=["wordpiece_encode_worked"] hint="The result is always a list: `['[UNK]']`."
def wordpiece_encode_word(word, vocab):
    tokens, start = [], 0
    while start < len(word):
        mark = "##" if start else ""
        end = next((i for i in range(len(word), start, -1) if mark + word[start:i] in vocab), None)
        if end is None:
            return "[UNK]"
        tokens.append(mark + word[start:end])
        start = end
    return tokens
