# %% variant="DW8a" exercise="greedy_decode" title="recursion, tuples"
def greedy_decode(next_logits, prompt, max_new, eos):
    if max_new == 0:
        return tuple(prompt)
    token = int(torch.argmax(next_logits(list(prompt))))
    longer = (*prompt, token)
    return longer if token == eos else greedy_decode(next_logits, longer, max_new - 1, eos)


# %% variant="DW8b" exercise="greedy_decode" title="the new part by itself, joined at the end; a tensor"
def greedy_decode(model, prompt, max_new, eos, **_):
    new = []
    while len(new) < max_new and (not new or new[-1] != eos):
        logits = np.asarray(model([*prompt, *new]))
        new.append(int(np.flatnonzero(logits == logits.max())[0]))
    return torch.tensor([*prompt, *new])


# %% variant="G12-greedy_decode" exercise="greedy_decode" title="the model asked once more after the end, with a cache"
def greedy_decode(next_logits, prompt, max_new, eos):
    asked = {}
    tokens = list(prompt)
    n, done = len(tokens), False
    for i in range(max_new):
        key = tuple(tokens)
        if key not in asked:
            asked[key] = next_logits(tokens).tolist()
        if done:
            continue
        best = max(asked[key])
        tokens = tokens + [asked[key].index(best)]
        done = tokens[-1] == eos
    return tokens[:n] + tokens[n:]


# %% variant="G2-ancestral_sample" exercise="ancestral_sample" title="a filter that does nothing instead of a case; an iterator of uniforms"
def ancestral_sample(next_logits, prompt, max_new, eos, uniforms, T=1.0, top_k=None, top_p=None):
    tokens, draws = prompt[:], iter(uniforms)
    new = 0
    while new < max_new:
        logits = next_logits(tokens)
        logits = apply_temperature(logits, T)
        logits = top_k_filter(logits, top_k or len(logits))
        logits = top_p_filter(logits, top_p or 1.0)
        tokens.append(int(categorical_from_uniform(logits.softmax(-1), float(next(draws)))))
        new += 1
        if tokens[-1] == eos:
            return tokens
    return tokens


# %% variant="G4-ancestral_sample" exercise="ancestral_sample" title="all by itself, in NumPy, without the other functions"
def laws(z, T, k, p):
    z = np.asarray(z, dtype=np.float64)
    if T == 0:
        z = np.where(np.arange(len(z)) == z.argmax(), 0.0, -np.inf)
    elif T == math.inf:
        z = np.where(np.isinf(z), z, 0.0)
    else:
        z = z / T
    w = np.exp(z - z.max())
    order = np.argsort(-w, kind="stable")
    if k is not None:
        w[order[k:]] = 0
    w /= w.sum()
    if p is not None:
        sums = np.cumsum(w[order])
        w[order[1:][sums[:-1] >= p]] = 0
    return w / w.sum()


def ancestral_sample(next_logits, prompt, max_new, eos, uniforms, T=1.0, top_k=None, top_p=None):
    new = []
    for u in list(uniforms)[:max_new]:
        w = laws(next_logits([*prompt, *new]), T, top_k, top_p)
        above = np.nonzero(np.cumsum(w) > u)[0]
        new.append(int(above[0] if len(above) else np.nonzero(w)[0][-1]))
        if new[-1] == eos:
            break
    return np.array([*prompt, *new], dtype=int)


# %% variant="G6-ancestral_sample" exercise="ancestral_sample" title="recursion"
def ancestral_sample(next_logits, prompt, max_new, eos, uniforms, T=1.0, top_k=None, top_p=None):
    if max_new == 0:
        return list(prompt)
    z = apply_temperature(next_logits(list(prompt)), T)
    z = z if top_k is None else top_k_filter(z, top_k)
    z = z if top_p is None else top_p_filter(z, top_p)
    token = categorical_from_uniform(torch.exp(z - z.max()), uniforms[0])
    longer = [*prompt, token]
    if token == eos:
        return longer
    return ancestral_sample(next_logits, longer, max_new - 1, eos, uniforms[1:], T, top_k, top_p)


# %% variant="DW9a" exercise="beam_search" title="a heap of the best, cut early"
import heapq
from itertools import count


def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    live, done, ticket = [(0.0, [])], [], count()
    for _ in range(max_new):
        room = width - len(done)
        heap = []
        for total, new in live:
            logprobs = torch.log_softmax(next_logits([*prompt, *new]), -1)
            values, ids = logprobs.sort(descending=True)
            for value, token in zip(values.tolist(), ids.tolist()):
                # Sorted, so nothing better follows: the rest of this hypothesis cannot win any more.
                if value == -math.inf or (len(heap) == room and total + value <= heap[0][0]):
                    break
                push = heapq.heappush if len(heap) < room else heapq.heappushpop
                push(heap, (total + value, -next(ticket), [*new, token]))
        done += [(s, new) for s, _, new in heap if new[-1] == eos]
        live = [(s, new) for s, _, new in heap if new[-1] != eos]
        if not live:
            break
    pairs = [(s / len(new) ** length_penalty, [*prompt, *new]) for s, new in done + live]
    return sorted(pairs, reverse=True)


# %% variant="DW9b" exercise="beam_search" title="one tensor of all width × V candidates, retired ones carried along"
def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    beams = [(0.0, tuple(prompt), False)]
    for _ in range(max_new):
        retired = [b for b in beams if b[2]]
        live = [b for b in beams if not b[2]]
        if not live:
            break
        table = torch.stack(
            [torch.log_softmax(next_logits(list(t)).double(), 0) + s for s, t, _ in live]
        )
        values, places = table.flatten().topk(min(width - len(retired), table.numel()))
        beams = retired
        for value, place in zip(values.tolist(), places.tolist()):
            if value > -math.inf:
                row, token = divmod(place, table.shape[1])
                beams.append((value, (*live[row][1], token), token == eos))
    found = []
    for s, t, _ in beams:
        found.append([np.float64(s / float(len(t) - len(prompt)) ** length_penalty), t])
    found.sort(key=lambda pair: -pair[0])
    return found


# %% variant="DW11" exercise="beam_search" title="stops as soon as every slot is retired; probabilities in log space by softmax and log"
class Hypothesis:
    def __init__(self, tokens, score=0.0, ended=False):
        self.tokens, self.score, self.ended = tokens, score, ended

    def children(self, next_logits, eos):
        probs = torch.softmax(next_logits(self.tokens).to(torch.float64), dim=0)
        for token in torch.nonzero(probs).flatten().tolist():
            gain = probs[token].log().item()
            yield Hypothesis(self.tokens + [token], self.score + gain, token == eos)


def beam_search(next_logits, prompt, width, max_new, eos, length_penalty=0.0):
    slots = [Hypothesis(list(prompt))]
    steps = 0
    while steps < max_new and any(not h.ended for h in slots):
        steps += 1
        kept = [h for h in slots if h.ended]
        if len(kept) == width:
            break
        new = [c for h in slots if not h.ended for c in h.children(next_logits, eos)]
        new.sort(key=lambda h: h.score, reverse=True)
        slots = kept + new[: width - len(kept)]

    def final(h):
        return h.score / (len(h.tokens) - len(prompt)) ** length_penalty

    return [(final(h), h.tokens) for h in sorted(slots, key=final, reverse=True)]
