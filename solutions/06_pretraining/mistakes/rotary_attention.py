# %% mistake="P12v" exercise="rotary_attention" title="the values are turned, too" caught_by=["rotary_worked", "rotary_values", "rotary_shift"] hint="Only q and k: positions say where to look, not what is found there."
def rotary_attention(q, k, v, positions):
    q, k, v = rope(q, positions), rope(k, positions), rope(v, positions)
    return F.scaled_dot_product_attention(q[None], k[None], v[None], is_causal=True)[0]


# %% mistake="P13q" exercise="rotary_attention" title="layouts mixed between q and k" caught_by=["rotary_values", "rotary_shift"] hint="One layout for both; otherwise the dot product depends on more than the distance."
def rotary_attention(q, k, v, positions):
    q, k = rope(q, positions), rope(k, positions, 10000.0, "interleaved")
    return F.scaled_dot_product_attention(q[None], k[None], v[None], is_causal=True)[0]


# %% mistake="P12k" exercise="rotary_attention" title="only the queries are turned" caught_by=["rotary_values", "rotary_shift"] hint="Both q and k: with one of them the place counts, not the distance."
def rotary_attention(q, k, v, positions):
    return F.scaled_dot_product_attention(
        rope(q, positions)[None], k[None], v[None], is_causal=True
    )[0]


# %% mistake="P12n" exercise="rotary_attention" title="not turned at all" caught_by=["rotary_values"] hint="Where are the positions?"
def rotary_attention(q, k, v, positions):
    return F.scaled_dot_product_attention(q[None], k[None], v[None], is_causal=True)[0]


# %% mistake="P12c2" exercise="rotary_attention" title="no causal mask" caught_by=["rotary_worked", "rotary_causal"] hint="A Llama is a decoder: nobody sees what comes later."
def rotary_attention(q, k, v, positions):
    q, k = rope(q, positions), rope(k, positions)
    return F.scaled_dot_product_attention(q[None], k[None], v[None])[0]


# %% mistake="P12s" exercise="rotary_attention" title="not scaled" caught_by=["rotary_values"] hint="Divide by the root of d_head."
def rotary_attention(q, k, v, positions):
    q, k = rope(q, positions), rope(k, positions)
    return F.scaled_dot_product_attention(q[None], k[None], v[None], is_causal=True, scale=1.0)[0]
