# %% mistake="T83" exercise="longest_match_encode" title="the first entry that fits" caught_by=["longest_worked", "longest_values"] hint="The longest entry wins, wherever it stands in the list."
def longest_match_encode(word, vocab):
    tokens = []
    while word:
        token = next((entry for entry in vocab if word.startswith(entry)), word[0])
        tokens.append(token)
        word = word[len(token) :]
    return tokens


# %% mistake="T84" exercise="longest_match_encode" title="the shortest match" caught_by=["longest_worked", "longest_values"] hint="You stop at the first end that fits. Start with the far end."
def longest_match_encode(word, vocab):
    tokens, i = [], 0
    while i < len(word):
        end = next((j for j in range(i + 1, len(word) + 1) if word[i:j] in vocab), i + 1)
        tokens.append(word[i:end])
        i = end
    return tokens


# %% mistake="T85" exercise="longest_match_encode" title="drops unknown characters" caught_by=["longest_worked", "longest_edges"] hint="A character that nothing fits stands for itself; nothing may be lost."
def longest_match_encode(word, vocab):
    tokens, i = [], 0
    while i < len(word):
        end = next((j for j in range(len(word), i, -1) if word[i:j] in vocab), None)
        if end is None:
            i += 1
            continue
        tokens.append(word[i:end])
        i = end
    return tokens


# %% mistake="T86" exercise="longest_match_encode" title="one entry of the whole word instead of the rest" caught_by=["longest_values"] hint="The entry has to stand at the start of the rest, not anywhere in it."
def longest_match_encode(word, vocab):
    tokens = []
    while word:
        token = max((entry for entry in vocab if entry in word), key=len, default=word[0])
        tokens.append(token)
        word = word[len(token) :]
    return tokens


# %% mistake="T87" exercise="longest_match_encode" title="the whole word unknown where one character is" caught_by=["longest_worked", "longest_edges"] hint="That is WordPiece. Here an unknown character stands for itself."
def longest_match_encode(word, vocab):
    tokens, i = [], 0
    while i < len(word):
        end = next((j for j in range(len(word), i, -1) if word[i:j] in vocab), None)
        if end is None:
            return [word]
        tokens.append(word[i:end])
        i = end
    return tokens
