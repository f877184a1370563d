# %% mistake="A16" exercise="combine_masks" title="and instead of or" caught_by=["combine_worked", "combine_three"] hint="Blocked by any is blocked."
def combine_masks(*masks):
    together = None
    for mask in masks:
        if mask is not None:
            together = mask if together is None else together & mask
    return together


# %% mistake="A16b" exercise="combine_masks" title="added, then compared with 1" caught_by=["combine_overlap"] hint="What two masks block adds up to 2. Is 2 blocked?"
def combine_masks(*masks):
    real = [mask for mask in masks if mask is not None]
    return sum(mask.int() for mask in real) == 1 if real else None


# %% mistake="A67" exercise="combine_masks" title="writes into the first mask" caught_by=["combine_worked"] hint="`|=` changes the caller's mask, which is then wrong for the next batch."
def combine_masks(*masks):
    real = [mask for mask in masks if mask is not None]
    if not real:
        return None
    for mask in real[1:]:
        if torch.broadcast_shapes(mask.shape, real[0].shape) == real[0].shape:
            real[0] |= mask
        else:
            real[0] = real[0] | mask
    return real[0]


# %% mistake="A68" exercise="combine_masks" title="exclusive or" caught_by=["combine_overlap"] hint="What both of them block must stay blocked."
def combine_masks(*masks):
    together = None
    for mask in masks:
        if mask is not None:
            together = mask if together is None else together ^ mask
    return together


# %% mistake="A69" exercise="combine_masks" title="two masks only" caught_by=["combine_three"] hint="Any number of masks may come."
def combine_masks(*masks):
    real = [mask for mask in masks if mask is not None][:2]
    if not real:
        return None
    return real[0] | real[-1]


# %% mistake="A70" exercise="combine_masks" title="None is not handled" caught_by=["combine_none"] hint="None stands for a mask that blocks nothing."
def combine_masks(*masks):
    together = masks[0]
    for mask in masks[1:]:
        together = together | mask
    return together
