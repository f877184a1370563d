# %% mistake="P18" exercise="sample_from_nothing" title="arg max when sampling was asked" caught_by=["sample_worked", "sample_values"] hint="Sample: the uniform decides which token is drawn."
def sample_from_nothing(next_logits, decode, bos, eos, uniforms):
    ids = [bos]
    for _ in uniforms:
        best = int(next_logits(ids).argmax())
        if best == eos:
            break
        ids.append(best)
    return decode(ids[1:])


# %% mistake="P18b" exercise="sample_from_nothing" title="decoded token by token, with blanks between" caught_by=["sample_worked", "sample_values"] hint="`K raft`: decode once, all tokens together; they bring their blanks."
def sample_from_nothing(next_logits, decode, bos, eos, uniforms):
    ids = [bos]
    for u in uniforms:
        p = next_logits(ids).double().softmax(-1)
        above = (p.cumsum(-1) > u).nonzero()
        drawn = int(above[0] if len(above) else p.nonzero()[-1])
        if drawn == eos:
            break
        ids.append(drawn)
    return " ".join(decode([i]) for i in ids[1:])


# %% mistake="P18c" exercise="sample_from_nothing" title="decoded token by token" caught_by=["sample_worked", "sample_values"] hint="The blank in front of a text is taken off when it is decoded: token by token, all blanks are lost."
def sample_from_nothing(next_logits, decode, bos, eos, uniforms):
    ids = [bos]
    for u in uniforms:
        p = next_logits(ids).double().softmax(-1)
        above = (p.cumsum(-1) > u).nonzero()
        drawn = int(above[0] if len(above) else p.nonzero()[-1])
        if drawn == eos:
            break
        ids.append(drawn)
    return "".join(decode([i]) for i in ids[1:])


# %% mistake="P18d" exercise="sample_from_nothing" title="BOS and EOS are decoded, too" caught_by=["sample_worked", "sample_end"] hint="Decode the new ids: without BOS and without EOS."
def sample_from_nothing(next_logits, decode, bos, eos, uniforms):
    ids = [bos]
    for u in uniforms:
        p = next_logits(ids).double().softmax(-1)
        above = (p.cumsum(-1) > u).nonzero()
        ids.append(int(above[0] if len(above) else p.nonzero()[-1]))
        if ids[-1] == eos:
            break
    return decode(ids)


# %% mistake="P18e" exercise="sample_from_nothing" title="starts from an empty list" caught_by=["sample_worked", "sample_start"] hint="The empty prompt is BOS alone, not an empty list."
def sample_from_nothing(next_logits, decode, bos, eos, uniforms):
    ids = []
    for u in uniforms:
        p = next_logits(ids).double().softmax(-1)
        above = (p.cumsum(-1) > u).nonzero()
        drawn = int(above[0] if len(above) else p.nonzero()[-1])
        if drawn == eos:
            break
        ids.append(drawn)
    return decode(ids)


# %% mistake="P18f" exercise="sample_from_nothing" title="the first uniform for every step" caught_by=["sample_values"] hint="One uniform for each step, in order."
def sample_from_nothing(next_logits, decode, bos, eos, uniforms):
    ids = [bos]
    for _ in uniforms:
        p = next_logits(ids).double().softmax(-1)
        above = (p.cumsum(-1) > uniforms[0]).nonzero()
        drawn = int(above[0] if len(above) else p.nonzero()[-1])
        if drawn == eos:
            break
        ids.append(drawn)
    return decode(ids[1:])


# %% mistake="P18g" exercise="sample_from_nothing" title="the uniform as the index of a token" caught_by=["sample_values"] hint="The probabilities decide how much room each token has between 0 and 1."
def sample_from_nothing(next_logits, decode, bos, eos, uniforms):
    ids = [bos]
    for u in uniforms:
        drawn = int(u * len(next_logits(ids)))
        if drawn == eos:
            break
        ids.append(drawn)
    return decode(ids[1:])


# %% mistake="P18h" exercise="sample_from_nothing" title="the random generator instead of the uniforms" caught_by=["sample_values"] hint="Draw by the given uniforms: the same ones give the same text."
def sample_from_nothing(next_logits, decode, bos, eos, uniforms):
    ids = [bos]
    for _ in uniforms:
        drawn = int(torch.multinomial(next_logits(ids).softmax(-1), 1))
        if drawn == eos:
            break
        ids.append(drawn)
    return decode(ids[1:])


# %% mistake="P18i" exercise="sample_from_nothing" title="at least instead of exceeds" caught_by=["sample_impossible"] hint="Exceeds, not reaches: with u = 0 an impossible token in front would be drawn."
def sample_from_nothing(next_logits, decode, bos, eos, uniforms):
    ids = [bos]
    for u in uniforms:
        p = next_logits(ids).double().softmax(-1)
        above = (p.cumsum(-1) >= u).nonzero()
        drawn = int(above[0] if len(above) else p.nonzero()[-1])
        if drawn == eos:
            break
        ids.append(drawn)
    return decode(ids[1:])
