# %% variant="PW1-mlm_corrupt" exercise="mlm_corrupt" title="copies and boolean indices"
def mlm_corrupt(ids, u_select, u_kind, random_ids, mask_id, special_ids):
    inputs, labels = ids.clone(), torch.full_like(ids, -100)
    chosen = u_select < 0.15
    for special in special_ids:
        chosen = chosen & (ids != special)
    labels[chosen] = ids[chosen]
    masked = chosen & (u_kind < 0.8)
    # Nested thresholds: what is left of the chosen below .9 is random.
    random = chosen & (u_kind < 0.9) & ~masked
    inputs[masked] = mask_id
    inputs[random] = random_ids[random]
    return inputs, labels


# %% variant="G2-mlm_corrupt" exercise="mlm_corrupt" title="a loop over plain lists"
def mlm_corrupt(ids, u_select, u_kind, random_ids, mask_id, special_ids, ignore=-100):
    shape = tuple(ids.shape)
    inputs, labels = [], []
    rows = zip(
        ids.flatten().tolist(),
        u_select.flatten().tolist(),
        u_kind.flatten().tolist(),
        random_ids.flatten().tolist(),
    )
    for token, select, kind, random in rows:
        if token in set(special_ids) or select >= 0.15:
            inputs.append(token)
            labels.append(ignore)
            continue
        labels.append(token)
        inputs.append(mask_id if kind < 0.8 else random if kind < 0.9 else token)
    # torch only for the shape; a list of two is as good as a pair.
    return [torch.tensor(inputs).reshape(shape), torch.tensor(labels).reshape(shape)]


# %% variant="G6-mlm_corrupt" exercise="mlm_corrupt" title="numpy"
def mlm_corrupt(ids, u_select, u_kind, random_ids, mask_id, special_ids):
    import numpy as np

    ids, u_select, u_kind, random_ids = (x.numpy() for x in (ids, u_select, u_kind, random_ids))
    chosen = (u_select < 0.15) & ~np.isin(ids, list(special_ids))
    kinds = [chosen & (u_kind < 0.8), chosen & (u_kind < 0.9)]
    return np.select(kinds, [mask_id, random_ids], ids), np.where(chosen, ids, -100)


# %% variant="G6-rtd_labels" exercise="rtd_labels" title="boolean labels"
def rtd_labels(ids, chosen, replacements):
    corrupted = ids.clone()
    corrupted[chosen] = replacements[chosen]
    return corrupted, corrupted != ids


# %% variant="G1-rtd_labels" exercise="rtd_labels" title="labels as floats, for a binary cross-entropy"
def rtd_labels(ids, chosen, replacements):
    labels = (chosen & (replacements != ids)).float()
    return ids + chosen * (replacements - ids), labels


# %% variant="PW2-span_corrupt" exercise="span_corrupt" title="sentinels taken from the end"
def span_corrupt(ids, spans, sentinels):
    marks = list(sentinels)[::-1]
    if len(marks) <= len(spans):
        raise ValueError("not enough sentinels")
    hidden = [False] * len(ids)
    for start, stop in spans:
        if start < 0 or stop > len(ids) or start >= stop or any(hidden[start:stop]):
            raise ValueError("bad span")
        hidden[start:stop] = [True] * (stop - start)
    starts = {start: stop for start, stop in spans}
    inputs, targets, place = [], [], 0
    while place < len(ids):
        if place in starts:
            mark = marks.pop(0)
            inputs.append(mark)
            targets.append(mark)
            targets.extend(ids[place : starts[place]])
            place = starts[place]
        else:
            inputs.append(ids[place])
            place += 1
    targets.append(marks.pop(0))
    return inputs, targets


# %% variant="PW2b-span_corrupt" exercise="span_corrupt" title="from the back to the front, closing with the last sentinel"
def span_corrupt(ids, spans, sentinels):
    class TooFew(ValueError):
        pass

    spans = sorted(tuple(span) for span in spans)
    if len(spans) >= len(sentinels):
        raise TooFew(len(spans))
    last = len(ids)
    inputs, targets = tuple(ids), (sentinels[-1],)
    for number, (start, stop) in reversed(list(enumerate(spans))):
        if start < 0 or not start < stop <= last:
            raise ValueError((start, stop))
        last = start
        inputs = inputs[:start] + (sentinels[number],) + inputs[stop:]
        targets = (sentinels[number], *ids[start:stop]) + targets
    return inputs, targets


# %% variant="G6-fim_rearrange" exercise="fim_rearrange" title="a tensor"
def fim_rearrange(ids, start, stop, pre, suf, mid):
    if start < 0 or start > stop or stop > len(ids):
        raise ValueError("cuts")
    text = torch.tensor(ids, dtype=torch.long)
    marks = [torch.tensor([mark]) for mark in (pre, suf, mid)]
    prefix, middle, suffix = text[:start], text[start:stop], text[stop:]
    return torch.cat([marks[0], prefix, marks[1], suffix, marks[2], middle])


# %% variant="PW3" exercise="objective_mask" title="by sets of visible places, with an optional padding"
def objective_mask(kind, length, prefix=None, order=None, padding=()):
    everything = set(range(length))
    if kind == "clm":
        sees = [set(range(i + 1)) for i in range(length)]
    elif kind == "mlm":
        sees = [everything] * length
    elif kind == "prefix":
        if prefix not in range(length + 1):
            raise ValueError("prefix")
        sees = [set(range(max(prefix, i + 1))) for i in range(length)]
    elif kind == "permutation":
        if order is None or len(order) != length or set(order) != everything:
            raise ValueError("order")
        sees = [set(order[: order.index(i) + 1]) for i in range(length)]
    else:
        raise ValueError(kind)
    rows = [[j not in row or j in padding for j in range(length)] for row in sees]
    return torch.tensor(rows, dtype=torch.bool)


# %% variant="G6-objective_mask" exercise="objective_mask" title="numpy"
def objective_mask(kind, length, prefix=None, order=None):
    import numpy as np

    makers = {
        "clm": lambda: np.triu(np.ones((length, length), dtype=bool), 1),
        "mlm": lambda: np.zeros((length, length), dtype=bool),
    }
    if kind in makers:
        return makers[kind]()
    if kind == "prefix" and prefix is not None and 0 <= prefix <= length:
        mask = makers["clm"]()
        mask[:, :prefix] = False
        return mask
    if kind == "permutation" and order is not None and sorted(order) == [*range(length)]:
        mask = np.ones((length, length), dtype=bool)
        for turn in range(length):
            mask[order[turn], order[: turn + 1]] = False
        return mask
    raise ValueError(f"{kind}, {prefix}, {order}")
