# %% variant="AW14b" exercise="padding_mask" title="spread over the queries: (B, 1, L, L)"
def padding_mask(attention_mask):
    B, L = attention_mask.shape
    return (attention_mask == 0).view(B, 1, 1, L).expand(B, 1, L, L)


# %% variant="AW21" exercise="padding_mask" title="not of booleans"
def padding_mask(real):
    return ~real.bool().unsqueeze(1).unsqueeze(1)


# %% variant="G2-padding_mask" exercise="padding_mask" title="1 minus the mask"
def padding_mask(attention_mask):
    return (1 - attention_mask.long()).reshape(len(attention_mask), 1, 1, -1).bool()
