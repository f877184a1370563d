# %% mistake="GR1" exercise="continue_greedily" title="only the new tokens" caught_by=["greedy_worked", "greedy_values"] hint="The result is the prompt and its continuation."
def continue_greedily(next_logits, prompt, max_new, eos):
    ids = list(prompt)
    for _ in range(max_new):
        ids.append(int(next_logits(ids).argmax()))
        if ids[-1] == eos:
            break
    return ids[len(prompt) :]


# %% mistake="GR2" exercise="continue_greedily" title="eos is cut off" caught_by=["greedy_worked", "greedy_end"] hint="EOS stays in the list."
def continue_greedily(next_logits, prompt, max_new, eos):
    ids = list(prompt)
    for _ in range(max_new):
        best = int(next_logits(ids).argmax())
        if best == eos:
            break
        ids.append(best)
    return ids


# %% mistake="GR3" exercise="continue_greedily" title="goes on behind eos" caught_by=["greedy_worked"] hint="When EOS has been written, the text is over."
def continue_greedily(next_logits, prompt, max_new, eos):
    ids = list(prompt)
    for _ in range(max_new):
        ids.append(int(next_logits(ids).argmax()))
    return ids


# %% mistake="GR4" exercise="continue_greedily" title="the caller's prompt grows" caught_by=["greedy_worked", "greedy_values"] hint="`ids = prompt` is a second name for the same list."
def continue_greedily(next_logits, prompt, max_new, eos):
    ids = prompt
    for _ in range(max_new):
        ids.append(int(next_logits(ids).argmax()))
        if ids[-1] == eos:
            break
    return ids


# %% mistake="GR5" exercise="continue_greedily" title="the model gets the last token alone" caught_by=["greedy_values"] hint="The model wants the whole text so far."
def continue_greedily(next_logits, prompt, max_new, eos):
    ids = list(prompt)
    for _ in range(max_new):
        ids.append(int(next_logits(ids[-1:]).argmax()))
        if ids[-1] == eos:
            break
    return ids


# %% mistake="GR6" exercise="continue_greedily" title="max_new counts the prompt" caught_by=["greedy_worked", "greedy_values"] hint="At most max_new new tokens, however long the prompt is."
def continue_greedily(next_logits, prompt, max_new, eos):
    ids = list(prompt)
    while len(ids) < max_new:
        ids.append(int(next_logits(ids).argmax()))
        if ids[-1] == eos:
            break
    return ids


# %% mistake="GR7" exercise="continue_greedily" title="an eos in the prompt ends the text" caught_by=["greedy_end"] hint="Only an EOS that was written ends the text."
def continue_greedily(next_logits, prompt, max_new, eos):
    ids = list(prompt)
    for _ in range(max_new):
        if eos in ids:
            break
        ids.append(int(next_logits(ids).argmax()))
    return ids
