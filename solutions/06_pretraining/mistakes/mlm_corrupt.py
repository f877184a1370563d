# %% mistake="P1" exercise="mlm_corrupt" title="loss on all positions" caught_by=["mlm_worked", "mlm_labels"] hint="Only the chosen tokens have a label; everywhere else it is -100."
def mlm_corrupt(ids, u_select, u_kind, random_ids, mask_id, special_ids):
    special = torch.isin(ids, torch.tensor(special_ids))
    chosen = (u_select < 0.15) & ~special
    inputs = torch.where(chosen & (u_kind < 0.8), mask_id, ids)
    inputs = torch.where(chosen & (u_kind >= 0.8) & (u_kind < 0.9), random_ids, inputs)
    return inputs, ids.clone()


# %% mistake="P1b" exercise="mlm_corrupt" title="no loss where the token was kept" caught_by=["mlm_worked", "mlm_labels", "mlm_shares"] hint="A chosen token counts in the loss even where it was kept as it is."
def mlm_corrupt(ids, u_select, u_kind, random_ids, mask_id, special_ids):
    special = torch.isin(ids, torch.tensor(special_ids))
    chosen = (u_select < 0.15) & ~special
    inputs = torch.where(chosen & (u_kind < 0.8), mask_id, ids)
    inputs = torch.where(chosen & (u_kind >= 0.8) & (u_kind < 0.9), random_ids, inputs)
    labels = torch.where(inputs != ids, ids, -100)
    return inputs, labels


# %% mistake="P1c" exercise="mlm_corrupt" title="labels turned round" caught_by=["mlm_worked", "mlm_labels"] hint="The label stands where a token was chosen, -100 where not."
def mlm_corrupt(ids, u_select, u_kind, random_ids, mask_id, special_ids):
    special = torch.isin(ids, torch.tensor(special_ids))
    chosen = (u_select < 0.15) & ~special
    inputs = torch.where(chosen & (u_kind < 0.8), mask_id, ids)
    inputs = torch.where(chosen & (u_kind >= 0.8) & (u_kind < 0.9), random_ids, inputs)
    return inputs, torch.where(chosen, -100, ids)


# %% mistake="P2" exercise="mlm_corrupt" title="labels taken after the corruption" caught_by=["mlm_worked", "mlm_labels"] hint="Remember the original: the label is what stood there before."
def mlm_corrupt(ids, u_select, u_kind, random_ids, mask_id, special_ids):
    special = torch.isin(ids, torch.tensor(special_ids))
    chosen = (u_select < 0.15) & ~special
    inputs = torch.where(chosen & (u_kind < 0.8), mask_id, ids)
    inputs = torch.where(chosen & (u_kind >= 0.8) & (u_kind < 0.9), random_ids, inputs)
    return inputs, torch.where(chosen, inputs, -100)


# %% mistake="P3" exercise="mlm_corrupt" title="always the mask" caught_by=["mlm_worked", "mlm_kinds", "mlm_shares"] hint="Three cases: of the chosen tokens 10 % become random and 10 % stay."
def mlm_corrupt(ids, u_select, u_kind, random_ids, mask_id, special_ids):
    special = torch.isin(ids, torch.tensor(special_ids))
    chosen = (u_select < 0.15) & ~special
    return torch.where(chosen, mask_id, ids), torch.where(chosen, ids, -100)


# %% mistake="P3b" exercise="mlm_corrupt" title="random where it should stay" caught_by=["mlm_worked", "mlm_kinds"] hint="Above .9 a chosen token stays as it was."
def mlm_corrupt(ids, u_select, u_kind, random_ids, mask_id, special_ids):
    special = torch.isin(ids, torch.tensor(special_ids))
    chosen = (u_select < 0.15) & ~special
    inputs = torch.where(chosen, torch.where(u_kind < 0.8, mask_id, random_ids), ids)
    return inputs, torch.where(chosen, ids, -100)


# %% mistake="P4" exercise="mlm_corrupt" title="80/10/10 of all tokens" caught_by=["mlm_worked", "mlm_kinds", "mlm_shares"] hint="The 80, 10 and 10 per cent are shares of the chosen 15 %, not of the text."
def mlm_corrupt(ids, u_select, u_kind, random_ids, mask_id, special_ids):
    special = torch.isin(ids, torch.tensor(special_ids))
    chosen = (u_select < 0.15) & ~special
    inputs = torch.where((u_kind < 0.8) & ~special, mask_id, ids)
    inputs = torch.where((u_kind >= 0.8) & (u_kind < 0.9) & ~special, random_ids, inputs)
    return inputs, torch.where(chosen, ids, -100)


# %% mistake="P5" exercise="mlm_corrupt" title="special tokens and padding are chosen" caught_by=["mlm_worked", "mlm_specials"] hint="Exclude the special tokens before anything else: BOS and padding teach nothing."
def mlm_corrupt(ids, u_select, u_kind, random_ids, mask_id, special_ids):
    chosen = u_select < 0.15
    inputs = torch.where(chosen & (u_kind < 0.8), mask_id, ids)
    inputs = torch.where(chosen & (u_kind >= 0.8) & (u_kind < 0.9), random_ids, inputs)
    return inputs, torch.where(chosen, ids, -100)


# %% mistake="P5b" exercise="mlm_corrupt" title="special tokens keep their place but have labels" caught_by=["mlm_worked", "mlm_specials"] hint="A special token is never chosen, so it has no label either."
def mlm_corrupt(ids, u_select, u_kind, random_ids, mask_id, special_ids):
    special = torch.isin(ids, torch.tensor(special_ids))
    chosen = u_select < 0.15
    inputs = torch.where(chosen & (u_kind < 0.8) & ~special, mask_id, ids)
    inputs = torch.where(chosen & (u_kind >= 0.8) & (u_kind < 0.9) & ~special, random_ids, inputs)
    return inputs, torch.where(chosen, ids, -100)


# %% mistake="P6" exercise="mlm_corrupt" title="in place" caught_by=["mlm_worked"] hint="The caller's ids change. Work on `ids.clone()`."
def mlm_corrupt(ids, u_select, u_kind, random_ids, mask_id, special_ids):
    special = torch.isin(ids, torch.tensor(special_ids))
    chosen = (u_select < 0.15) & ~special
    labels = torch.where(chosen, ids, -100)
    ids[chosen & (u_kind < 0.8)] = mask_id
    random = chosen & (u_kind >= 0.8) & (u_kind < 0.9)
    ids[random] = random_ids[random]
    return ids, labels
