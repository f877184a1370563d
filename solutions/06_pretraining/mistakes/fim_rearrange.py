# %% mistake="FIM1" exercise="fim_rearrange" title="the middle stays in the middle" caught_by=["fim_worked", "fim_values"] hint="The middle goes to the end: only so is it predicted with the suffix in view."
def fim_rearrange(ids, start, stop, pre, suf, mid):
    if not 0 <= start <= stop <= len(ids):
        raise ValueError
    return [pre, *ids[:start], mid, *ids[start:stop], suf, *ids[stop:]]


# %% mistake="FIM2" exercise="fim_rearrange" title="the stop belongs to the middle" caught_by=["fim_worked", "fim_values"] hint="As in a slice, `stop` itself is outside."
def fim_rearrange(ids, start, stop, pre, suf, mid):
    if not 0 <= start <= stop <= len(ids):
        raise ValueError
    return [pre, *ids[:start], suf, *ids[stop + 1 :], mid, *ids[start : stop + 1]]


# %% mistake="FIM3" exercise="fim_rearrange" title="bad cuts go through" caught_by=["fim_errors"] hint="A negative start counts from the end, without a word. Look at the cuts first."
def fim_rearrange(ids, start, stop, pre, suf, mid):
    return [pre, *ids[:start], suf, *ids[stop:], mid, *ids[start:stop]]


# %% mistake="FIM4" exercise="fim_rearrange" title="marks of empty parts left out" caught_by=["fim_values"] hint="The three marks stay, even around nothing."
def fim_rearrange(ids, start, stop, pre, suf, mid):
    if not 0 <= start <= stop <= len(ids):
        raise ValueError
    parts = ((pre, ids[:start]), (suf, ids[stop:]), (mid, ids[start:stop]))
    return [token for mark, part in parts if part for token in (mark, *part)]
