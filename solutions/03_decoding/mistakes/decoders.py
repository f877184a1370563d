# %% mistake="D11" exercise="greedy_decode" title="ignores the end" caught_by=["paris", "end"] hint="The end token ends the sequence. Yours goes on after it."
def greedy_decode(next_logits, prompt, max_new, eos):
    tokens = list(prompt)
    for _ in range(max_new):
        token = int(next_logits(tokens).argmax())
        tokens.append(token)
    return tokens


# %% mistake="D11b" exercise="greedy_decode" title="the end token is dropped" caught_by=["paris", "end"] hint="The end token is part of the sequence: append first, then look."
def greedy_decode(next_logits, prompt, max_new, eos):
    tokens = list(prompt)
    for _ in range(max_new):
        token = int(next_logits(tokens).argmax())
        if token == eos:
            break
        tokens.append(token)
    return tokens


# %% mistake="D11c" exercise="greedy_decode" title="looks at the last token before it asks" caught_by=["end"] hint="An end token in the *prompt* means nothing: only a generated one ends the sequence."
def greedy_decode(next_logits, prompt, max_new, eos):
    tokens = list(prompt)
    for _ in range(max_new):
        if tokens and tokens[-1] == eos:
            break
        token = int(next_logits(tokens).argmax())
        tokens.append(token)
    return tokens


# %% mistake="D11d" exercise="greedy_decode" title="stops one round too late" caught_by=["paris", "end"] hint="One token comes after the end. Look at the token that was just appended."
def greedy_decode(next_logits, prompt, max_new, eos):
    tokens = list(prompt)
    ended = False
    for _ in range(max_new):
        token = int(next_logits(tokens).argmax())
        tokens.append(token)
        if ended:
            break
        ended = token == eos
    return tokens


# %% mistake="D12" exercise="greedy_decode" title="always asks with the prompt" caught_by=["paris", "whole_history"] hint="Your model sees the prompt only, so it predicts the same first token for ever. Ask with all tokens so far."
def greedy_decode(next_logits, prompt, max_new, eos):
    tokens = list(prompt)
    for _ in range(max_new):
        token = int(next_logits(list(prompt)).argmax())
        tokens.append(token)
        if token == eos:
            break
    return tokens


# %% mistake="D13" exercise="greedy_decode" title="asks with the last token only" caught_by=["whole_history", "greedy_anywhere"] hint="The next token depends on all before it. Ask with the full context."
def greedy_decode(next_logits, prompt, max_new, eos):
    tokens = list(prompt)
    for _ in range(max_new):
        token = int(next_logits(tokens[-1:]).argmax())
        tokens.append(token)
        if token == eos:
            break
    return tokens


# %% mistake="D14" exercise="greedy_decode" title="grows the prompt" caught_by=["paris", "greedy_anywhere"] hint="`tokens = prompt` is a second name for the caller's list, no copy. It grows with every token."
def greedy_decode(next_logits, prompt, max_new, eos):
    tokens = prompt
    for _ in range(max_new):
        token = int(next_logits(tokens).argmax())
        tokens.append(token)
        if token == eos:
            break
    return tokens


# %% mistake="D15" exercise="greedy_decode" title="cuts the context at the wrong end" caught_by=["whole_history"] hint="A context that is too long loses its beginning, not its end; and here it need not be cut at all."
def greedy_decode(next_logits, prompt, max_new, eos):
    tokens = list(prompt)
    for _ in range(max_new):
        token = int(next_logits(tokens[:16]).argmax())
        tokens.append(token)
        if token == eos:
            break
    return tokens


# %% mistake="D15b" exercise="greedy_decode" title="keeps a short tail of the context" caught_by=["whole_history"] hint="Ask with the *whole* sequence: the first token still matters after thirty others."
def greedy_decode(next_logits, prompt, max_new, eos):
    tokens = list(prompt)
    for _ in range(max_new):
        token = int(next_logits(tokens[-16:]).argmax())
        tokens.append(token)
        if token == eos:
            break
    return tokens


# %% mistake="D75" exercise="greedy_decode" title="the new part only" caught_by=["paris"] hint="The full sequence is asked for: the prompt, then the new tokens."
def greedy_decode(next_logits, prompt, max_new, eos):
    tokens = list(prompt)
    for _ in range(max_new):
        token = int(next_logits(tokens).argmax())
        tokens.append(token)
        if token == eos:
            break
    return tokens[len(prompt) :]


# %% mistake="D76" exercise="greedy_decode" title="of equal logits the last" caught_by=["greedy_ties"] hint="Of equally probable tokens take the lowest id: the *first* arg max."
def greedy_decode(next_logits, prompt, max_new, eos):
    tokens = list(prompt)
    for _ in range(max_new):
        token = len(z := next_logits(tokens).tolist()) - 1 - z[::-1].index(max(z))
        tokens.append(token)
        if token == eos:
            break
    return tokens


# %% mistake="D77" exercise="greedy_decode" title="max_new counts the prompt" caught_by=["end"] hint="max_new is the number of *new* tokens. The prompt does not use any of it up."
def greedy_decode(next_logits, prompt, max_new, eos):
    tokens = list(prompt)
    for _ in range(max_new - len(prompt)):
        token = int(next_logits(tokens).argmax())
        tokens.append(token)
        if token == eos:
            break
    return tokens


# %% mistake="D78" exercise="greedy_decode" title="one token too many" caught_by=["end", "greedy_anywhere"] hint="At most max_new new tokens; with max_new = 0 there is none."
def greedy_decode(next_logits, prompt, max_new, eos):
    tokens = list(prompt)
    for _ in range(max_new + 1):
        token = int(next_logits(tokens).argmax())
        tokens.append(token)
        if token == eos:
            break
    return tokens


# %% mistake="D79" exercise="greedy_decode" title="the least probable token" caught_by=["paris", "greedy_tree"] hint="Is a large logit a likely token or an unlikely one?"
def greedy_decode(next_logits, prompt, max_new, eos):
    tokens = list(prompt)
    for _ in range(max_new):
        token = int(next_logits(tokens).argmin())
        tokens.append(token)
        if token == eos:
            break
    return tokens


# %% mistake="D80" exercise="greedy_decode" title="the model asked with the same list every time, and that list kept" caught_by=["whole_history"] hint="You go on with the tokens of the last call. Begin each call with a new list."
def greedy_decode(next_logits, prompt, max_new, eos, tokens=[]):
    tokens += prompt
    for _ in range(max_new):
        token = int(next_logits(tokens).argmax())
        tokens.append(token)
        if token == eos:
            break
    return list(tokens)


# %% mistake="D8b" exercise="ancestral_sample" title="logits drawn from as if they were probabilities" caught_by=["frequencies", "uniforms_in_order"] hint="Logits are no weights: they are negative, and their ratios mean nothing. Softmax first."
def ancestral_sample(next_logits, prompt, max_new, eos, uniforms, T=1.0, top_k=None, top_p=None):
    tokens = list(prompt)
    for step in range(max_new):
        logits = apply_temperature(next_logits(tokens), T)
        if top_k is not None:
            logits = top_k_filter(logits, top_k)
        if top_p is not None:
            logits = top_p_filter(logits, top_p)
        token = categorical_from_uniform(logits.clamp(min=0) + 1e-12, uniforms[step])
        tokens.append(token)
        if token == eos:
            break
    return tokens


# %% mistake="D9" exercise="ancestral_sample" title="softmax twice" caught_by=["frequencies", "uniforms_in_order"] hint="One softmax in a step. The second one makes all tokens nearly alike, the impossible ones included."
def ancestral_sample(next_logits, prompt, max_new, eos, uniforms, T=1.0, top_k=None, top_p=None):
    tokens = list(prompt)
    for step in range(max_new):
        logits = apply_temperature(next_logits(tokens), T)
        if top_k is not None:
            logits = top_k_filter(logits, top_k)
        if top_p is not None:
            logits = top_p_filter(logits, top_p)
        token = categorical_from_uniform(torch.softmax(torch.softmax(logits, 0), 0), uniforms[step])
        tokens.append(token)
        if token == eos:
            break
    return tokens


# %% mistake="D9b" exercise="ancestral_sample" title="probabilities handed to the filters as logits" caught_by=["order_of_filters", "dreams"] hint="Which of your functions take logits, and which probabilities? The filters take logits."
def ancestral_sample(next_logits, prompt, max_new, eos, uniforms, T=1.0, top_k=None, top_p=None):
    tokens = list(prompt)
    for step in range(max_new):
        logits = torch.softmax(apply_temperature(next_logits(tokens), T), 0)
        if top_k is not None:
            logits = top_k_filter(logits, top_k)
        if top_p is not None:
            logits = top_p_filter(logits, top_p)
        token = categorical_from_uniform(torch.softmax(logits, 0), uniforms[step])
        tokens.append(token)
        if token == eos:
            break
    return tokens


# %% mistake="D10" exercise="ancestral_sample" title="the same uniform at every step" caught_by=["dreams", "uniforms_in_order"] hint="Each step has a uniform of its own. With the same one at every step a sampler repeats itself, as one that is seeded anew each time."
def ancestral_sample(next_logits, prompt, max_new, eos, uniforms, T=1.0, top_k=None, top_p=None):
    tokens = list(prompt)
    for step in range(max_new):
        logits = apply_temperature(next_logits(tokens), T)
        if top_k is not None:
            logits = top_k_filter(logits, top_k)
        if top_p is not None:
            logits = top_p_filter(logits, top_p)
        token = categorical_from_uniform(torch.softmax(logits, 0), uniforms[0])
        tokens.append(token)
        if token == eos:
            break
    return tokens


# %% mistake="D10b" exercise="ancestral_sample" title="draws its own uniforms" caught_by=["dreams", "uniforms_in_order"] hint="Functions here draw no random numbers: use the uniforms that you are given."
def ancestral_sample(next_logits, prompt, max_new, eos, uniforms, T=1.0, top_k=None, top_p=None):
    tokens = list(prompt)
    for step in range(max_new):
        logits = apply_temperature(next_logits(tokens), T)
        if top_k is not None:
            logits = top_k_filter(logits, top_k)
        if top_p is not None:
            logits = top_p_filter(logits, top_p)
        token = categorical_from_uniform(torch.softmax(logits, 0), float(torch.rand(())))
        tokens.append(token)
        if token == eos:
            break
    return tokens


# %% mistake="D10c" exercise="ancestral_sample" title="uses the uniforms up" caught_by=["dreams", "sample_anywhere"] hint="`pop` takes the numbers out of the caller's list. Read them by their place."
def ancestral_sample(next_logits, prompt, max_new, eos, uniforms, T=1.0, top_k=None, top_p=None):
    tokens = list(prompt)
    uniforms = uniforms if isinstance(uniforms, list) else list(uniforms)
    for step in range(max_new):
        logits = apply_temperature(next_logits(tokens), T)
        if top_k is not None:
            logits = top_k_filter(logits, top_k)
        if top_p is not None:
            logits = top_p_filter(logits, top_p)
        token = categorical_from_uniform(torch.softmax(logits, 0), uniforms.pop(0))
        tokens.append(token)
        if token == eos:
            break
    return tokens


# %% mistake="D10d" exercise="ancestral_sample" title="uniforms counted from the beginning of the prompt" caught_by=["dreams", "uniforms_in_order"] hint="Number i of the uniforms selects *new* token i; the prompt uses none of them."
def ancestral_sample(next_logits, prompt, max_new, eos, uniforms, T=1.0, top_k=None, top_p=None):
    tokens = list(prompt)
    for step in range(max_new):
        logits = apply_temperature(next_logits(tokens), T)
        if top_k is not None:
            logits = top_k_filter(logits, top_k)
        if top_p is not None:
            logits = top_p_filter(logits, top_p)
        token = categorical_from_uniform(
            torch.softmax(logits, 0), uniforms[len(tokens) % len(uniforms)]
        )
        tokens.append(token)
        if token == eos:
            break
    return tokens


# %% mistake="D24" exercise="ancestral_sample" title="top-p on the remainder of top-k without renormalisation" caught_by=["filters_worked", "order_of_filters"] hint="Top-p sees the probabilities that top-k has left, *renormalised*: they sum to 1 again."
def ancestral_sample(next_logits, prompt, max_new, eos, uniforms, T=1.0, top_k=None, top_p=None):
    tokens = list(prompt)
    for step in range(max_new):
        logits = apply_temperature(next_logits(tokens), T)
        full = torch.softmax(logits, 0)
        if top_k is not None:
            logits = top_k_filter(logits, top_k)
        if top_p is not None:
            left = torch.where(logits > -math.inf, full, 0.0)
            probs, order = left.sort(descending=True)
            gone = order[probs.cumsum(0) - probs >= top_p]
            logits = logits.index_fill(0, gone, -math.inf)
        token = categorical_from_uniform(torch.softmax(logits, 0), uniforms[step])
        tokens.append(token)
        if token == eos:
            break
    return tokens


# %% mistake="D81" exercise="ancestral_sample" title="top-p before top-k" caught_by=["filters_worked", "order_of_filters"] hint="Temperature, then top-k, then top-p: the order changes what stays."
def ancestral_sample(next_logits, prompt, max_new, eos, uniforms, T=1.0, top_k=None, top_p=None):
    tokens = list(prompt)
    for step in range(max_new):
        logits = apply_temperature(next_logits(tokens), T)
        if top_p is not None:
            logits = top_p_filter(logits, top_p)
        if top_k is not None:
            logits = top_k_filter(logits, top_k)
        token = categorical_from_uniform(torch.softmax(logits, 0), uniforms[step])
        tokens.append(token)
        if token == eos:
            break
    return tokens


# %% mistake="D82" exercise="ancestral_sample" title="the temperature after the filters" caught_by=["order_of_filters"] hint="The temperature comes first: top-p must see the probabilities at that temperature."
def ancestral_sample(next_logits, prompt, max_new, eos, uniforms, T=1.0, top_k=None, top_p=None):
    tokens = list(prompt)
    for step in range(max_new):
        logits = next_logits(tokens)
        if top_k is not None:
            logits = top_k_filter(logits, top_k)
        if top_p is not None:
            logits = top_p_filter(logits, top_p)
        logits = apply_temperature(logits, T)
        token = categorical_from_uniform(torch.softmax(logits, 0), uniforms[step])
        tokens.append(token)
        if token == eos:
            break
    return tokens


# %% mistake="D83" exercise="ancestral_sample" title="the temperature is not used" caught_by=["order_of_filters", "sample_anywhere"] hint="Does your result depend on T?"
def ancestral_sample(next_logits, prompt, max_new, eos, uniforms, T=1.0, top_k=None, top_p=None):
    tokens = list(prompt)
    for step in range(max_new):
        logits = next_logits(tokens)
        if top_k is not None:
            logits = top_k_filter(logits, top_k)
        if top_p is not None:
            logits = top_p_filter(logits, top_p)
        token = categorical_from_uniform(torch.softmax(logits, 0), uniforms[step])
        tokens.append(token)
        if token == eos:
            break
    return tokens


# %% mistake="D84" exercise="ancestral_sample" title="a temperature of 0 taken for none" caught_by=["order_of_filters"] hint="`if T` is false for 0, and so is `T or 1.0`: the coldest temperature is not the same as none."
def ancestral_sample(next_logits, prompt, max_new, eos, uniforms, T=1.0, top_k=None, top_p=None):
    tokens = list(prompt)
    for step in range(max_new):
        logits = apply_temperature(next_logits(tokens), T or 1.0)
        if top_k is not None:
            logits = top_k_filter(logits, top_k)
        if top_p is not None:
            logits = top_p_filter(logits, top_p)
        token = categorical_from_uniform(torch.softmax(logits, 0), uniforms[step])
        tokens.append(token)
        if token == eos:
            break
    return tokens


# %% mistake="D85" exercise="ancestral_sample" title="the filters are not used" caught_by=["filters_worked", "order_of_filters"] hint="Do top_k and top_p have any effect in your function?"
def ancestral_sample(next_logits, prompt, max_new, eos, uniforms, T=1.0, top_k=None, top_p=None):
    tokens = list(prompt)
    for step in range(max_new):
        logits = apply_temperature(next_logits(tokens), T)
        token = categorical_from_uniform(torch.softmax(logits, 0), uniforms[step])
        tokens.append(token)
        if token == eos:
            break
    return tokens


# %% mistake="D86" exercise="ancestral_sample" title="either top-k or top-p, not both" caught_by=["filters_worked", "order_of_filters"] hint="Both filters act if both are given: top-k first, then top-p."
def ancestral_sample(next_logits, prompt, max_new, eos, uniforms, T=1.0, top_k=None, top_p=None):
    tokens = list(prompt)
    for step in range(max_new):
        logits = apply_temperature(next_logits(tokens), T)
        if top_k is not None:
            logits = top_k_filter(logits, top_k)
        elif top_p is not None:
            logits = top_p_filter(logits, top_p)
        token = categorical_from_uniform(torch.softmax(logits, 0), uniforms[step])
        tokens.append(token)
        if token == eos:
            break
    return tokens


# %% mistake="D11e" exercise="ancestral_sample" title="ignores the end" caught_by=["dreams", "sample_ends"] hint="The end token ends the sequence. Yours goes on after it."
def ancestral_sample(next_logits, prompt, max_new, eos, uniforms, T=1.0, top_k=None, top_p=None):
    tokens = list(prompt)
    for step in range(max_new):
        logits = apply_temperature(next_logits(tokens), T)
        if top_k is not None:
            logits = top_k_filter(logits, top_k)
        if top_p is not None:
            logits = top_p_filter(logits, top_p)
        token = categorical_from_uniform(torch.softmax(logits, 0), uniforms[step])
        tokens.append(token)
    return tokens


# %% mistake="D11f" exercise="ancestral_sample" title="the end token is dropped" caught_by=["dreams", "sample_ends"] hint="The end token is part of the sequence: append first, then look."
def ancestral_sample(next_logits, prompt, max_new, eos, uniforms, T=1.0, top_k=None, top_p=None):
    tokens = list(prompt)
    for step in range(max_new):
        logits = apply_temperature(next_logits(tokens), T)
        if top_k is not None:
            logits = top_k_filter(logits, top_k)
        if top_p is not None:
            logits = top_p_filter(logits, top_p)
        token = categorical_from_uniform(torch.softmax(logits, 0), uniforms[step])
        if token == eos:
            break
        tokens.append(token)
    return tokens


# %% mistake="D12b" exercise="ancestral_sample" title="always asks with the prompt" caught_by=["dreams", "uniforms_in_order"] hint="Each token is drawn *given* all before it, the new ones too. Ask with all tokens so far."
def ancestral_sample(next_logits, prompt, max_new, eos, uniforms, T=1.0, top_k=None, top_p=None):
    tokens = list(prompt)
    for step in range(max_new):
        logits = apply_temperature(next_logits(list(prompt)), T)
        if top_k is not None:
            logits = top_k_filter(logits, top_k)
        if top_p is not None:
            logits = top_p_filter(logits, top_p)
        token = categorical_from_uniform(torch.softmax(logits, 0), uniforms[step])
        tokens.append(token)
        if token == eos:
            break
    return tokens


# %% mistake="D13b" exercise="ancestral_sample" title="asks with the last token only" caught_by=["uniforms_in_order"] hint="The next token depends on all before it. Ask with the full context."
def ancestral_sample(next_logits, prompt, max_new, eos, uniforms, T=1.0, top_k=None, top_p=None):
    tokens = list(prompt)
    for step in range(max_new):
        logits = apply_temperature(next_logits(tokens[-1:]), T)
        if top_k is not None:
            logits = top_k_filter(logits, top_k)
        if top_p is not None:
            logits = top_p_filter(logits, top_p)
        token = categorical_from_uniform(torch.softmax(logits, 0), uniforms[step])
        tokens.append(token)
        if token == eos:
            break
    return tokens


# %% mistake="D14b" exercise="ancestral_sample" title="grows the prompt" caught_by=["dreams", "sample_anywhere"] hint="`tokens = prompt` is a second name for the caller's list, no copy. It grows with every token."
def ancestral_sample(next_logits, prompt, max_new, eos, uniforms, T=1.0, top_k=None, top_p=None):
    tokens = prompt
    for step in range(max_new):
        logits = apply_temperature(next_logits(tokens), T)
        if top_k is not None:
            logits = top_k_filter(logits, top_k)
        if top_p is not None:
            logits = top_p_filter(logits, top_p)
        token = categorical_from_uniform(torch.softmax(logits, 0), uniforms[step])
        tokens.append(token)
        if token == eos:
            break
    return tokens


# %% mistake="D75b" exercise="ancestral_sample" title="the new part only" caught_by=["dreams", "uniforms_in_order"] hint="The full sequence is asked for: the prompt, then the new tokens."
def ancestral_sample(next_logits, prompt, max_new, eos, uniforms, T=1.0, top_k=None, top_p=None):
    tokens = list(prompt)
    for step in range(max_new):
        logits = apply_temperature(next_logits(tokens), T)
        if top_k is not None:
            logits = top_k_filter(logits, top_k)
        if top_p is not None:
            logits = top_p_filter(logits, top_p)
        token = categorical_from_uniform(torch.softmax(logits, 0), uniforms[step])
        tokens.append(token)
        if token == eos:
            break
    return tokens[len(prompt) :]


# %% mistake="D87" exercise="ancestral_sample" title="the most probable token, whatever the uniforms" caught_by=["dreams", "uniforms_in_order"] hint="That is greedy decoding. Does your result depend on the uniforms?"
def ancestral_sample(next_logits, prompt, max_new, eos, uniforms, T=1.0, top_k=None, top_p=None):
    tokens = list(prompt)
    for step in range(max_new):
        logits = apply_temperature(next_logits(tokens), T)
        if top_k is not None:
            logits = top_k_filter(logits, top_k)
        if top_p is not None:
            logits = top_p_filter(logits, top_p)
        token = int(logits.argmax())
        tokens.append(token)
        if token == eos:
            break
    return tokens


# %% mistake="D25" exercise="beam_search" title="probabilities multiplied" caught_by=["improbable"] hint="A product of many small probabilities is 0 on a computer, and then all hypotheses are alike. Add log-probabilities."
def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    live, retired = [(1.0, list(prompt))], []
    for _ in range(max_new):
        candidates = []
        for total, tokens in live:
            logprobs = torch.softmax(next_logits(tokens), 0).tolist()
            for token, logprob in enumerate(logprobs):
                if logprob > 0:
                    candidates.append((total * logprob, tokens + [token]))
        candidates.sort(key=lambda c: c[0], reverse=True)
        best = candidates[: width - len(retired)]
        retired += [c for c in best if c[1][-1] == eos]
        live = [c for c in best if c[1][-1] != eos]
        if not live:
            break
    scored = [
        ((math.log(s) if s else -math.inf) / (len(t) - len(prompt)) ** length_penalty, t)
        for s, t in retired + live
    ]
    return sorted(scored, key=lambda c: c[0], reverse=True)


# %% mistake="D25b" exercise="beam_search" title="raw logits added" caught_by=["width_two", "shifted_contexts"] hint="Logits of different contexts cannot be compared: each context has a constant of its own. Normalise with log_softmax."
def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    live, retired = [(0.0, list(prompt))], []
    for _ in range(max_new):
        candidates = []
        for total, tokens in live:
            logprobs = next_logits(tokens).tolist()
            for token, logprob in enumerate(logprobs):
                if logprob > -math.inf:
                    candidates.append((total + logprob, tokens + [token]))
        candidates.sort(key=lambda c: c[0], reverse=True)
        best = candidates[: width - len(retired)]
        retired += [c for c in best if c[1][-1] == eos]
        live = [c for c in best if c[1][-1] != eos]
        if not live:
            break
    scored = [(s / (len(t) - len(prompt)) ** length_penalty, t) for s, t in retired + live]
    return sorted(scored, key=lambda c: c[0], reverse=True)


# %% mistake="D25c" exercise="beam_search" title="probabilities added" caught_by=["width_two", "beam_anywhere"] hint="Probabilities of successive tokens are multiplied; it is their logarithms that are added."
def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    live, retired = [(0.0, list(prompt))], []
    for _ in range(max_new):
        candidates = []
        for total, tokens in live:
            logprobs = torch.softmax(next_logits(tokens), 0).tolist()
            for token, logprob in enumerate(logprobs):
                if logprob > 0:
                    candidates.append((total + logprob, tokens + [token]))
        candidates.sort(key=lambda c: c[0], reverse=True)
        best = candidates[: width - len(retired)]
        retired += [c for c in best if c[1][-1] == eos]
        live = [c for c in best if c[1][-1] != eos]
        if not live:
            break
    scored = [(s / (len(t) - len(prompt)) ** length_penalty, t) for s, t in retired + live]
    return sorted(scored, key=lambda c: c[0], reverse=True)


# %% mistake="D26" exercise="beam_search" title="one child for each hypothesis" caught_by=["width_two", "wide_beam"] hint="All width × V candidates compete with each other. With one child each, a beam never gets wider than it began."
def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    live, retired = [(0.0, list(prompt))], []
    for _ in range(max_new):
        candidates = []
        for total, tokens in live:
            logprobs = torch.log_softmax(next_logits(tokens), 0).tolist()
            token = max(range(len(logprobs)), key=logprobs.__getitem__)
            candidates.append((total + logprobs[token], tokens + [token]))
        candidates.sort(key=lambda c: c[0], reverse=True)
        best = candidates[: width - len(retired)]
        retired += [c for c in best if c[1][-1] == eos]
        live = [c for c in best if c[1][-1] != eos]
        if not live:
            break
    scored = [(s / (len(t) - len(prompt)) ** length_penalty, t) for s, t in retired + live]
    return sorted(scored, key=lambda c: c[0], reverse=True)


# %% mistake="D26b" exercise="beam_search" title="the best beginnings of the first step, then greedy" caught_by=["wide_beam", "beam_anywhere"] hint="In every step all candidates compete: a hypothesis may have several children, and another none."
def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    live, retired = [(0.0, list(prompt))], []
    for _ in range(max_new):
        candidates = []
        first = len(live) == 1 and len(live[0][1]) == len(prompt)
        for total, tokens in live:
            logprobs = torch.log_softmax(next_logits(tokens), 0).tolist()
            low = -math.inf if first else max(logprobs) - 1e-12
            for token, logprob in enumerate(logprobs):
                if logprob > low:
                    candidates.append((total + logprob, tokens + [token]))
        candidates.sort(key=lambda c: c[0], reverse=True)
        best = candidates[: width - len(retired)]
        retired += [c for c in best if c[1][-1] == eos]
        live = [c for c in best if c[1][-1] != eos]
        if not live:
            break
    scored = [(s / (len(t) - len(prompt)) ** length_penalty, t) for s, t in retired + live]
    return sorted(scored, key=lambda c: c[0], reverse=True)


# %% mistake="D27" exercise="beam_search" title="finished hypotheses keep growing" caught_by=["width_two", "beam_anywhere"] hint="A hypothesis that has ended is retired: it is never extended again."
def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    live, retired = [(0.0, list(prompt))], []
    for _ in range(max_new):
        candidates = []
        for total, tokens in live:
            logprobs = torch.log_softmax(next_logits(tokens), 0).tolist()
            for token, logprob in enumerate(logprobs):
                if logprob > -math.inf:
                    candidates.append((total + logprob, tokens + [token]))
        candidates.sort(key=lambda c: c[0], reverse=True)
        best = candidates[: width - len(retired)]
        live = best
        if not live:
            break
    scored = [(s / (len(t) - len(prompt)) ** length_penalty, t) for s, t in retired + live]
    return sorted(scored, key=lambda c: c[0], reverse=True)


# %% mistake="D27b" exercise="beam_search" title="finished hypotheses are dropped" caught_by=["width_two", "beam_anywhere"] hint="A hypothesis that has ended is retired, not forgotten: it may be the best one."
def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    live, retired = [(0.0, list(prompt))], []
    for _ in range(max_new):
        candidates = []
        for total, tokens in live:
            logprobs = torch.log_softmax(next_logits(tokens), 0).tolist()
            for token, logprob in enumerate(logprobs):
                if logprob > -math.inf:
                    candidates.append((total + logprob, tokens + [token]))
        candidates.sort(key=lambda c: c[0], reverse=True)
        best = candidates[: width - len(retired)]
        retired += [c for c in best if c[1][-1] == eos]
        live = [c for c in best if c[1][-1] != eos]
        if not live:
            break
    scored = [(s / (len(t) - len(prompt)) ** length_penalty, t) for s, t in live]
    return sorted(scored, key=lambda c: c[0], reverse=True)


# %% mistake="D27c" exercise="beam_search" title="finished hypotheses pushed out by better unfinished ones" caught_by=["beam_anywhere"] hint="A retired hypothesis keeps its slot for good; it does not compete with those that are still growing."
def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    live, retired = [(0.0, list(prompt))], []
    for _ in range(max_new):
        candidates = list(retired)
        retired = []
        for total, tokens in live:
            logprobs = torch.log_softmax(next_logits(tokens), 0).tolist()
            for token, logprob in enumerate(logprobs):
                if logprob > -math.inf:
                    candidates.append((total + logprob, tokens + [token]))
        candidates.sort(key=lambda c: c[0], reverse=True)
        best = candidates[: width - len(retired)]
        retired += [c for c in best if c[1][-1] == eos]
        live = [c for c in best if c[1][-1] != eos]
        if not live:
            break
    scored = [(s / (len(t) - len(prompt)) ** length_penalty, t) for s, t in retired + live]
    return sorted(scored, key=lambda c: c[0], reverse=True)


# %% mistake="D88" exercise="beam_search" title="a retired hypothesis gives its slot away" caught_by=["beam_anywhere", "penalties"] hint="A retired hypothesis keeps its slot: there is one fewer for the others."
def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    live, retired = [(0.0, list(prompt))], []
    for _ in range(max_new):
        candidates = []
        for total, tokens in live:
            logprobs = torch.log_softmax(next_logits(tokens), 0).tolist()
            for token, logprob in enumerate(logprobs):
                if logprob > -math.inf:
                    candidates.append((total + logprob, tokens + [token]))
        candidates.sort(key=lambda c: c[0], reverse=True)
        best = candidates[:width]
        retired += [c for c in best if c[1][-1] == eos]
        live = [c for c in best if c[1][-1] != eos]
        if not live:
            break
    scored = [(s / (len(t) - len(prompt)) ** length_penalty, t) for s, t in retired + live]
    return sorted(scored, key=lambda c: c[0], reverse=True)


# %% mistake="D28" exercise="beam_search" title="stops when the first hypothesis ends" caught_by=["width_two", "beam_anywhere"] hint="Others are still growing, and one of them may become better (with a length penalty even much better). Go on until none is live."
def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    live, retired = [(0.0, list(prompt))], []
    for _ in range(max_new):
        candidates = []
        for total, tokens in live:
            logprobs = torch.log_softmax(next_logits(tokens), 0).tolist()
            for token, logprob in enumerate(logprobs):
                if logprob > -math.inf:
                    candidates.append((total + logprob, tokens + [token]))
        candidates.sort(key=lambda c: c[0], reverse=True)
        best = candidates[: width - len(retired)]
        retired += [c for c in best if c[1][-1] == eos]
        live = [c for c in best if c[1][-1] != eos]
        if retired:
            break
    scored = [(s / (len(t) - len(prompt)) ** length_penalty, t) for s, t in retired + live]
    return sorted(scored, key=lambda c: c[0], reverse=True)


# %% mistake="D29" exercise="beam_search" title="the length penalty counts the prompt" caught_by=["penalties"] hint="Only generated tokens count. With the prompt in it, the lengths differ less than they should."
def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    live, retired = [(0.0, list(prompt))], []
    for _ in range(max_new):
        candidates = []
        for total, tokens in live:
            logprobs = torch.log_softmax(next_logits(tokens), 0).tolist()
            for token, logprob in enumerate(logprobs):
                if logprob > -math.inf:
                    candidates.append((total + logprob, tokens + [token]))
        candidates.sort(key=lambda c: c[0], reverse=True)
        best = candidates[: width - len(retired)]
        retired += [c for c in best if c[1][-1] == eos]
        live = [c for c in best if c[1][-1] != eos]
        if not live:
            break
    scored = [(s / len(t) ** length_penalty, t) for s, t in retired + live]
    return sorted(scored, key=lambda c: c[0], reverse=True)


# %% mistake="D29b" exercise="beam_search" title="the length penalty does not count the end token" caught_by=["penalty_worked", "penalties"] hint="The end token is a generated token and counts."
def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    live, retired = [(0.0, list(prompt))], []
    for _ in range(max_new):
        candidates = []
        for total, tokens in live:
            logprobs = torch.log_softmax(next_logits(tokens), 0).tolist()
            for token, logprob in enumerate(logprobs):
                if logprob > -math.inf:
                    candidates.append((total + logprob, tokens + [token]))
        candidates.sort(key=lambda c: c[0], reverse=True)
        best = candidates[: width - len(retired)]
        retired += [c for c in best if c[1][-1] == eos]
        live = [c for c in best if c[1][-1] != eos]
        if not live:
            break
    scored = [
        (s / max(len(t) - len(prompt) - (t[-1] == eos), 1) ** length_penalty, t)
        for s, t in retired + live
    ]
    return sorted(scored, key=lambda c: c[0], reverse=True)


# %% mistake="D29c" exercise="beam_search" title="the length penalty takes part in the search" caught_by=["penalties"] hint="The penalty decides the final order alone. During the search, sums of log-probabilities compete."
def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    live, retired = [(0.0, list(prompt))], []
    for _ in range(max_new):
        candidates = []
        for total, tokens in live:
            logprobs = torch.log_softmax(next_logits(tokens), 0).tolist()
            for token, logprob in enumerate(logprobs):
                if logprob > -math.inf:
                    candidates.append((total + logprob, tokens + [token]))
        candidates.sort(
            key=lambda c: c[0] / (len(c[1]) - len(prompt)) ** length_penalty, reverse=True
        )
        retired.sort(key=lambda c: -c[0])
        if length_penalty:
            candidates = sorted(
                candidates + retired,
                key=lambda c: -c[0] / (len(c[1]) - len(prompt)) ** length_penalty,
            )
            retired = []
        best = candidates[: width - len(retired)]
        retired += [c for c in best if c[1][-1] == eos]
        live = [c for c in best if c[1][-1] != eos]
        if not live:
            break
    scored = [(s / (len(t) - len(prompt)) ** length_penalty, t) for s, t in retired + live]
    return sorted(scored, key=lambda c: c[0], reverse=True)


# %% mistake="D29d" exercise="beam_search" title="multiplied by the penalty" caught_by=["penalty_worked", "penalties"] hint="Divide the sum by the length to the power of the penalty."
def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    live, retired = [(0.0, list(prompt))], []
    for _ in range(max_new):
        candidates = []
        for total, tokens in live:
            logprobs = torch.log_softmax(next_logits(tokens), 0).tolist()
            for token, logprob in enumerate(logprobs):
                if logprob > -math.inf:
                    candidates.append((total + logprob, tokens + [token]))
        candidates.sort(key=lambda c: c[0], reverse=True)
        best = candidates[: width - len(retired)]
        retired += [c for c in best if c[1][-1] == eos]
        live = [c for c in best if c[1][-1] != eos]
        if not live:
            break
    scored = [(s * (len(t) - len(prompt)) ** length_penalty, t) for s, t in retired + live]
    return sorted(scored, key=lambda c: c[0], reverse=True)


# %% mistake="D29e" exercise="beam_search" title="the penalty is not used" caught_by=["penalty_worked", "penalties"] hint="Does your result depend on length_penalty?"
def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    live, retired = [(0.0, list(prompt))], []
    for _ in range(max_new):
        candidates = []
        for total, tokens in live:
            logprobs = torch.log_softmax(next_logits(tokens), 0).tolist()
            for token, logprob in enumerate(logprobs):
                if logprob > -math.inf:
                    candidates.append((total + logprob, tokens + [token]))
        candidates.sort(key=lambda c: c[0], reverse=True)
        best = candidates[: width - len(retired)]
        retired += [c for c in best if c[1][-1] == eos]
        live = [c for c in best if c[1][-1] != eos]
        if not live:
            break
    scored = [(s, t) for s, t in retired + live]
    return sorted(scored, key=lambda c: c[0], reverse=True)


# %% mistake="D29f" exercise="beam_search" title="the final order by the sums" caught_by=["penalty_worked", "penalties"] hint="The *final* scores decide the order of the list: sort after dividing."
def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    live, retired = [(0.0, list(prompt))], []
    for _ in range(max_new):
        candidates = []
        for total, tokens in live:
            logprobs = torch.log_softmax(next_logits(tokens), 0).tolist()
            for token, logprob in enumerate(logprobs):
                if logprob > -math.inf:
                    candidates.append((total + logprob, tokens + [token]))
        candidates.sort(key=lambda c: c[0], reverse=True)
        best = candidates[: width - len(retired)]
        retired += [c for c in best if c[1][-1] == eos]
        live = [c for c in best if c[1][-1] != eos]
        if not live:
            break
    retired, live = sorted(retired + live, key=lambda c: c[0], reverse=True), []
    scored = [(s / (len(t) - len(prompt)) ** length_penalty, t) for s, t in retired + live]
    return scored


# %% mistake="D30" exercise="beam_search" title="worst first" caught_by=["width_two", "beam_anywhere"] hint="Best first: the largest log-probability, which is the one nearest to 0."
def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    live, retired = [(0.0, list(prompt))], []
    for _ in range(max_new):
        candidates = []
        for total, tokens in live:
            logprobs = torch.log_softmax(next_logits(tokens), 0).tolist()
            for token, logprob in enumerate(logprobs):
                if logprob > -math.inf:
                    candidates.append((total + logprob, tokens + [token]))
        candidates.sort(key=lambda c: c[0], reverse=True)
        best = candidates[: width - len(retired)]
        retired += [c for c in best if c[1][-1] == eos]
        live = [c for c in best if c[1][-1] != eos]
        if not live:
            break
    scored = [(s / (len(t) - len(prompt)) ** length_penalty, t) for s, t in retired + live]
    return sorted(scored, key=lambda c: c[0])


# %% mistake="D30b" exercise="beam_search" title="in the order in which they ended" caught_by=["wide_beam", "beam_anywhere"] hint="Best first: sort the hypotheses by their final scores."
def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    live, retired = [(0.0, list(prompt))], []
    for _ in range(max_new):
        candidates = []
        for total, tokens in live:
            logprobs = torch.log_softmax(next_logits(tokens), 0).tolist()
            for token, logprob in enumerate(logprobs):
                if logprob > -math.inf:
                    candidates.append((total + logprob, tokens + [token]))
        candidates.sort(key=lambda c: c[0], reverse=True)
        best = candidates[: width - len(retired)]
        retired += [c for c in best if c[1][-1] == eos]
        live = [c for c in best if c[1][-1] != eos]
        if not live:
            break
    scored = [(s / (len(t) - len(prompt)) ** length_penalty, t) for s, t in retired + live]
    return scored


# %% mistake="D30c" exercise="beam_search" title="keeps the worst candidates" caught_by=["width_one", "width_two"] hint="The largest log-probabilities stay. In which direction does your sort run?"
def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    live, retired = [(0.0, list(prompt))], []
    for _ in range(max_new):
        candidates = []
        for total, tokens in live:
            logprobs = torch.log_softmax(next_logits(tokens), 0).tolist()
            for token, logprob in enumerate(logprobs):
                if logprob > -math.inf:
                    candidates.append((total + logprob, tokens + [token]))
        candidates.sort(key=lambda c: c[0])
        best = candidates[: width - len(retired)]
        retired += [c for c in best if c[1][-1] == eos]
        live = [c for c in best if c[1][-1] != eos]
        if not live:
            break
    scored = [(s / (len(t) - len(prompt)) ** length_penalty, t) for s, t in retired + live]
    return sorted(scored, key=lambda c: c[0], reverse=True)


# %% mistake="D89" exercise="beam_search" title="the best hypothesis only" caught_by=["width_two", "wide_beam"] hint="Return all hypotheses that are kept, best first; yours are fewer."
def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    live, retired = [(0.0, list(prompt))], []
    for _ in range(max_new):
        candidates = []
        for total, tokens in live:
            logprobs = torch.log_softmax(next_logits(tokens), 0).tolist()
            for token, logprob in enumerate(logprobs):
                if logprob > -math.inf:
                    candidates.append((total + logprob, tokens + [token]))
        candidates.sort(key=lambda c: c[0], reverse=True)
        best = candidates[: width - len(retired)]
        retired += [c for c in best if c[1][-1] == eos]
        live = [c for c in best if c[1][-1] != eos]
        if not live:
            break
    scored = [(s / (len(t) - len(prompt)) ** length_penalty, t) for s, t in retired + live]
    return sorted(scored, key=lambda c: c[0], reverse=True)[:1]


# %% mistake="D90" exercise="beam_search" title="impossible tokens make hypotheses" caught_by=["no_impossible_beam", "wide_beam"] hint="A candidate of probability 0 is none: there may be fewer hypotheses than slots."
def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    live, retired = [(0.0, list(prompt))], []
    for _ in range(max_new):
        candidates = []
        for total, tokens in live:
            logprobs = torch.log_softmax(next_logits(tokens), 0).tolist()
            for token, logprob in enumerate(logprobs):
                candidates.append((total + logprob, tokens + [token]))
        candidates.sort(key=lambda c: c[0], reverse=True)
        best = candidates[: width - len(retired)]
        retired += [c for c in best if c[1][-1] == eos]
        live = [c for c in best if c[1][-1] != eos]
        if not live:
            break
    scored = [(s / (len(t) - len(prompt)) ** length_penalty, t) for s, t in retired + live]
    return sorted(scored, key=lambda c: c[0], reverse=True)


# %% mistake="D91" exercise="beam_search" title="what is still live at the end is dropped" caught_by=["wide_beam", "beam_anywhere"] hint="Hypotheses that have not ended when max_new is reached are in the list, too."
def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    live, retired = [(0.0, list(prompt))], []
    for _ in range(max_new):
        candidates = []
        for total, tokens in live:
            logprobs = torch.log_softmax(next_logits(tokens), 0).tolist()
            for token, logprob in enumerate(logprobs):
                if logprob > -math.inf:
                    candidates.append((total + logprob, tokens + [token]))
        candidates.sort(key=lambda c: c[0], reverse=True)
        best = candidates[: width - len(retired)]
        retired += [c for c in best if c[1][-1] == eos]
        live = [c for c in best if c[1][-1] != eos]
        if not live:
            break
    scored = [(s / (len(t) - len(prompt)) ** length_penalty, t) for s, t in retired]
    return sorted(scored, key=lambda c: c[0], reverse=True)


# %% mistake="D92" exercise="beam_search" title="positive scores: negative log-probabilities" caught_by=["width_two", "beam_anywhere"] hint="A score is a sum of logarithms of probabilities, so it is negative, and the best is nearest to 0."
def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    live, retired = [(0.0, list(prompt))], []
    for _ in range(max_new):
        candidates = []
        for total, tokens in live:
            logprobs = torch.log_softmax(next_logits(tokens), 0).tolist()
            for token, logprob in enumerate(logprobs):
                if logprob > -math.inf:
                    candidates.append((total + logprob, tokens + [token]))
        candidates.sort(key=lambda c: c[0], reverse=True)
        best = candidates[: width - len(retired)]
        retired += [c for c in best if c[1][-1] == eos]
        live = [c for c in best if c[1][-1] != eos]
        if not live:
            break
    scored = [(-s / (len(t) - len(prompt)) ** length_penalty, t) for s, t in retired + live]
    return sorted(scored, key=lambda c: c[0])


# %% mistake="D93" exercise="beam_search" title="the new part only" caught_by=["beam_anywhere", "greedy_beam"] hint="tokens is the prompt, then the new tokens."
def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    live, retired = [(0.0, list(prompt))], []
    for _ in range(max_new):
        candidates = []
        for total, tokens in live:
            logprobs = torch.log_softmax(next_logits(tokens), 0).tolist()
            for token, logprob in enumerate(logprobs):
                if logprob > -math.inf:
                    candidates.append((total + logprob, tokens + [token]))
        candidates.sort(key=lambda c: c[0], reverse=True)
        best = candidates[: width - len(retired)]
        retired += [c for c in best if c[1][-1] == eos]
        live = [c for c in best if c[1][-1] != eos]
        if not live:
            break
    scored = [
        (s / (len(t) - len(prompt)) ** length_penalty, t[len(prompt) :]) for s, t in retired + live
    ]
    return sorted(scored, key=lambda c: c[0], reverse=True)


# %% mistake="D94" exercise="beam_search" title="grows the prompt" caught_by=["beam_anywhere"] hint="`tokens += …` on the prompt itself grows the caller's list. Make a new list for each candidate."
def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    live, retired = [(0.0, list(prompt))], []
    given = prompt
    prompt = list(prompt)
    for _ in range(max_new):
        candidates = []
        for total, tokens in live:
            logprobs = torch.log_softmax(next_logits(tokens), 0).tolist()
            for token, logprob in enumerate(logprobs):
                if logprob > -math.inf:
                    candidates.append((total + logprob, tokens + [token]))
        candidates.sort(key=lambda c: c[0], reverse=True)
        best = candidates[: width - len(retired)]
        retired += [c for c in best if c[1][-1] == eos]
        live = [c for c in best if c[1][-1] != eos]
        given.append(best[0][1][-1])
        if not live:
            break
    scored = [(s / (len(t) - len(prompt)) ** length_penalty, t) for s, t in retired + live]
    return sorted(scored, key=lambda c: c[0], reverse=True)


# %% mistake="D95" exercise="beam_search" title="children share one list" caught_by=["width_one", "width_two"] hint="`tokens.append` changes the list that all children of a hypothesis share. Make a new list for each candidate."
def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    live, retired = [(0.0, list(prompt))], []
    for _ in range(max_new):
        candidates = []
        for total, tokens in live:
            logprobs = torch.log_softmax(next_logits(tokens), 0).tolist()
            for token, logprob in enumerate(logprobs):
                if logprob > -math.inf:
                    tokens.append(token)
                    candidates.append((total + logprob, tokens))
        candidates.sort(key=lambda c: c[0], reverse=True)
        best = candidates[: width - len(retired)]
        retired += [c for c in best if c[1][-1] == eos]
        live = [c for c in best if c[1][-1] != eos]
        if not live:
            break
    scored = [(s / (len(t) - len(prompt)) ** length_penalty, t) for s, t in retired + live]
    return sorted(scored, key=lambda c: c[0], reverse=True)


# %% mistake="D97" exercise="beam_search" title="tokens and score exchanged" caught_by=["width_one", "width_two"] hint="Each pair is (score, tokens), in this order."
def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    live, retired = [(0.0, list(prompt))], []
    for _ in range(max_new):
        candidates = []
        for total, tokens in live:
            logprobs = torch.log_softmax(next_logits(tokens), 0).tolist()
            for token, logprob in enumerate(logprobs):
                if logprob > -math.inf:
                    candidates.append((total + logprob, tokens + [token]))
        candidates.sort(key=lambda c: c[0], reverse=True)
        best = candidates[: width - len(retired)]
        retired += [c for c in best if c[1][-1] == eos]
        live = [c for c in best if c[1][-1] != eos]
        if not live:
            break
    scored = [(s / (len(t) - len(prompt)) ** length_penalty, t) for s, t in retired + live]
    return [(t, s) for s, t in sorted(scored, key=lambda c: c[0], reverse=True)]
