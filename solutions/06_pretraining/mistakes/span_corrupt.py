# %% mistake="P11" exercise="span_corrupt" title="one sentinel for all spans" caught_by=["span_worked", "span_rebuild"] hint="A sentinel must say which span it stands for: one for each."
def span_corrupt(ids, spans, sentinels):
    spans = sorted(spans)
    if len(sentinels) < len(spans) + 1:
        raise ValueError
    inputs, targets, done = [], [], 0
    for start, stop in spans:
        if not done <= start < stop <= len(ids):
            raise ValueError
        inputs += ids[done:start] + [sentinels[0]]
        targets += [sentinels[0]] + ids[start:stop]
        done = stop
    return inputs + ids[done:], targets + [sentinels[1]]


# %% mistake="P11b" exercise="span_corrupt" title="overlapping spans go through" caught_by=["span_errors"] hint="Tokens in an overlap would be hidden twice: compare each start with the stop before it."
def span_corrupt(ids, spans, sentinels):
    spans = sorted(spans)
    if len(sentinels) < len(spans) + 1:
        raise ValueError
    inputs, targets, done = [], [], 0
    for (start, stop), mark in zip(spans, sentinels):
        if not 0 <= start < stop <= len(ids):
            raise ValueError
        inputs += ids[done:start] + [mark]
        targets += [mark] + ids[start:stop]
        done = max(done, stop)
    return inputs + ids[done:], targets + [sentinels[len(spans)]]


# %% mistake="P11c" exercise="span_corrupt" title="a sentinel for every hidden token" caught_by=["span_worked", "span_rebuild"] hint="A whole span becomes a single sentinel: that is what makes the input shorter."
def span_corrupt(ids, spans, sentinels):
    spans = sorted(spans)
    if len(sentinels) < len(spans) + 1:
        raise ValueError
    inputs, targets, done = [], [], 0
    for (start, stop), mark in zip(spans, sentinels):
        if not done <= start < stop <= len(ids):
            raise ValueError
        inputs += ids[done:start] + [mark] * (stop - start)
        targets += [mark] + ids[start:stop]
        done = stop
    return inputs + ids[done:], targets + [sentinels[len(spans)]]


# %% mistake="P11d" exercise="span_corrupt" title="the text behind the last span is lost" caught_by=["span_rebuild"] hint="What stands behind the last span belongs to the input."
def span_corrupt(ids, spans, sentinels):
    spans = sorted(spans)
    if len(sentinels) < len(spans) + 1:
        raise ValueError
    inputs, targets, done = [], [], 0
    for (start, stop), mark in zip(spans, sentinels):
        if not done <= start < stop <= len(ids):
            raise ValueError
        inputs += ids[done:start] + [mark]
        targets += [mark] + ids[start:stop]
        done = stop
    return inputs, targets + [sentinels[len(spans)]]


# %% mistake="P11e" exercise="span_corrupt" title="the closing sentinel is missing" caught_by=["span_worked", "span_rebuild"] hint="The target ends with one more sentinel."
def span_corrupt(ids, spans, sentinels):
    spans = sorted(spans)
    if len(sentinels) < len(spans) + 1:
        raise ValueError
    inputs, targets, done = [], [], 0
    for (start, stop), mark in zip(spans, sentinels):
        if not done <= start < stop <= len(ids):
            raise ValueError
        inputs += ids[done:start] + [mark]
        targets += [mark] + ids[start:stop]
        done = stop
    return inputs + ids[done:], targets


# %% mistake="P11f" exercise="span_corrupt" title="spans taken in the order in which they come" caught_by=["span_rebuild"] hint="The spans may come in any order: sort them first."
def span_corrupt(ids, spans, sentinels):
    if len(sentinels) < len(spans) + 1:
        raise ValueError
    seen = sorted(spans)
    if any(not 0 <= a < b <= len(ids) for a, b in seen):
        raise ValueError
    if any(b > c for (a, b), (c, d) in zip(seen, seen[1:])):
        raise ValueError
    inputs, targets, done = [], [], 0
    for (start, stop), mark in zip(spans, sentinels):
        inputs += ids[done:start] + [mark]
        targets += [mark] + ids[start:stop]
        done = stop
    return inputs + ids[done:], targets + [sentinels[len(spans)]]


# %% mistake="P11g" exercise="span_corrupt" title="sorts the caller's list" caught_by=["span_rebuild"] hint="`spans.sort()` changes the list you were given; `sorted(spans)` makes a new one."
def span_corrupt(ids, spans, sentinels):
    spans.sort()
    if len(sentinels) < len(spans) + 1:
        raise ValueError
    inputs, targets, done = [], [], 0
    for (start, stop), mark in zip(spans, sentinels):
        if not done <= start < stop <= len(ids):
            raise ValueError
        inputs += ids[done:start] + [mark]
        targets += [mark] + ids[start:stop]
        done = stop
    return inputs + ids[done:], targets + [sentinels[len(spans)]]
