# %% mistake="A13" exercise="padding_mask" title="polarity not turned round" caught_by=["padding_worked", "padding_anywhere"] hint="1 means real there, True means blocked here: the model would see nothing but padding."
def padding_mask(attention_mask):
    return attention_mask.bool()[:, None, None, :]


# %% mistake="A14" exercise="padding_mask" title="queries blocked instead of keys" caught_by=["padding_axes"] hint="Nobody may look *at* padding: keys, the last axis."
def padding_mask(attention_mask):
    return (attention_mask == 0)[:, None, :, None]


# %% mistake="A14b" exercise="padding_mask" title="queries blocked as well as keys" caught_by=["padding_axes"] hint="Block the columns alone. A padding query that sees nothing has an empty row."
def padding_mask(attention_mask):
    pad = attention_mask == 0
    return (pad[:, :, None] | pad[:, None, :])[:, None]


# %% mistake="A15" exercise="padding_mask" title="shape (B, L)" caught_by=["padding_axes"] hint="Scores have four axes. With B = L this one would be wrong without a word."
def padding_mask(attention_mask):
    return attention_mask == 0


# %% mistake="A15b" exercise="padding_mask" title="shape (B, 1, L)" caught_by=["padding_axes"] hint="One axis short: lined up from the right, your batch is taken for the heads."
def padding_mask(attention_mask):
    return (attention_mask == 0)[:, None, :]


# %% mistake="A66" exercise="padding_mask" title="~ on integers" caught_by=["padding_worked"] hint="`~1` is -2 for integers. Compare with 0, or make it boolean first."
def padding_mask(attention_mask):
    return (~attention_mask)[:, None, None, :]
