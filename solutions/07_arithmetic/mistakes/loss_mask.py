# %% mistake="R4" exercise="loss_mask" title="the first digit of the answer does not count" caught_by=["mask_worked", "mask_any"] hint="The bet made at `=` is the one on the first digit; without it the units are never learned."
def loss_mask(ids, equals):
    sign = (ids == equals).long()
    return (sign.cumsum(dim=1) - sign)[:, :-1] > 0


# %% mistake="R4b" exercise="loss_mask" title="the bet on = counts as well" caught_by=["mask_worked", "mask_any"] hint="One too early: the bet before `=` is on `=` itself."
def loss_mask(ids, equals):
    return (ids == equals).cumsum(dim=1)[:, 1:] > 0


# %% mistake="R4c" exercise="loss_mask" title="only the first digit counts" caught_by=["mask_worked", "mask_any"] hint="All bets from `=` on count, not the one at `=` alone."
def loss_mask(ids, equals):
    return (ids == equals)[:, :-1]


# %% mistake="R4d" exercise="loss_mask" title="one entry per token" caught_by=["mask_worked", "mask_any"] hint="The last token makes no bet: L - 1 entries."
def loss_mask(ids, equals):
    return (ids == equals).cumsum(dim=1) > 0


# %% mistake="R4e" exercise="loss_mask" title="True where it does not count" caught_by=["mask_worked", "mask_any"] hint="Here True means: counts."
def loss_mask(ids, equals):
    return (ids == equals).cumsum(dim=1)[:, :-1] == 0


# %% mistake="R4f" exercise="loss_mask" title="the sign of the first row for all" caught_by=["mask_any"] hint="Each row has its `=` in a place of its own."
def loss_mask(ids, equals):
    start = ids[0].tolist().index(equals)
    mask = torch.zeros(ids.shape[0], ids.shape[1] - 1, dtype=torch.bool, device=ids.device)
    mask[:, start:] = True
    return mask


# %% mistake="R4g" exercise="loss_mask" title="always from position 5" caught_by=["mask_any", "mask_moved"] hint="Look for `=`; it is not always in the same place."
def loss_mask(ids, equals):
    mask = torch.zeros(ids.shape[0], ids.shape[1] - 1, dtype=torch.bool, device=ids.device)
    mask[:, 5:] = True
    return mask


# %% mistake="R4h" exercise="loss_mask" title="always the id 11" caught_by=["mask_any", "mask_moved"] hint="The id of the sign is an argument; other alphabets have another one."
def loss_mask(ids, equals):
    return (ids == 11).cumsum(dim=1)[:, :-1] > 0


# %% mistake="R4i" exercise="loss_mask" title="zeros and ones instead of booleans" caught_by=["mask_worked", "mask_boolean"] hint="Return booleans: a mask of numbers picks rows instead of masking."
def loss_mask(ids, equals):
    return (ids == equals).cumsum(dim=1)[:, :-1].clamp(max=1)


# %% mistake="R27" exercise="loss_mask" title="made on the CPU" caught_by=["mask_device"] loses=0.25 hint="`torch.arange(…, device=ids.device)`."
def loss_mask(ids, equals):
    start = (ids == equals).int().argmax(dim=1)
    return torch.arange(ids.shape[1] - 1)[None, :] >= start[:, None]


# %% mistake="R28" exercise="loss_mask" title="writes into the ids" caught_by=["mask_worked"] hint="`ids[…] = …` changes the caller's tensor."
def loss_mask(ids, equals):
    found = (ids == equals).cumsum(dim=1) > 0
    ids[~found] = -100
    return found[:, :-1]
