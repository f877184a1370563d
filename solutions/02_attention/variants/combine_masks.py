# %% variant="AW2" exercise="combine_masks" title="added as numbers, then compared with 0"
def combine_masks(*masks):
    masks = [mask.int() for mask in masks if mask is not None]
    return sum(masks) > 0 if masks else None


# %% variant="G2-combine_masks" exercise="combine_masks" title="reduce with logical_or"
def combine_masks(*masks):
    from functools import reduce

    real = [m for m in masks if m is not None]
    return reduce(torch.logical_or, real) if real else None


# %% variant="G5-combine_masks" exercise="combine_masks" title="in place on a copy of its own"
def combine_masks(*masks):
    real = [m for m in masks if m is not None]
    if not real:
        return None
    shape = torch.broadcast_shapes(*(m.shape for m in real))
    out = torch.zeros(shape, dtype=torch.bool)
    for m in real:
        out |= m
    return out


# %% variant="G2b-combine_masks" exercise="combine_masks" title="recursion, De Morgan"
def combine_masks(first=None, *rest):
    if not rest:
        return first
    second = combine_masks(*rest)
    if first is None or second is None:
        return second if first is None else first
    return ~(~first & ~second)
