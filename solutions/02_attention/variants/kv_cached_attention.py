# %% variant="a dictionary as the cache" exercise="kv_cached_attention"
def kv_cached_attention(q, k, v, cache=None):
    if cache:
        k = torch.cat((cache["keys"], k), dim=-2)
        v = torch.cat((cache["values"], v), dim=-2)
    old = k.shape[-2] - q.shape[-2]
    queries = torch.arange(q.shape[-2])[:, None] + old
    blocked = torch.arange(k.shape[-2])[None, :] > queries
    return attention(q, k, v, blocked)[0], {"keys": k, "values": v}


# %% variant="lists of pieces" exercise="kv_cached_attention"
def kv_cached_attention(q, k, v, cache=None):
    pieces = [*(cache or []), (k, v)]
    keys = torch.cat([key for key, _ in pieces], dim=-2)
    values = torch.cat([value for _, value in pieces], dim=-2)
    out, _ = attention(q, keys, values, causal_mask(keys.shape[-2])[-q.shape[-2] :])
    return out, pieces


# %% variant="an object as the cache" exercise="kv_cached_attention"
class Cache:
    def __init__(self, keys, values):
        self.keys, self.values = keys, values

    def extended(self, keys, values):
        return Cache(torch.cat([self.keys, keys], -2), torch.cat([self.values, values], -2))


def kv_cached_attention(q, k, v, cache=None):
    cache = cache.extended(k, v) if cache is not None else Cache(k, v)
    blocked = causal_mask(cache.keys.shape[-2])[-q.shape[-2] :]
    return attention(q, cache.keys, cache.values, blocked)[0], cache


# %% variant="one token after the other" exercise="kv_cached_attention"
def kv_cached_attention(q, k, v, cache=None):
    outs = []
    for query, key, value in zip(q.split(1, -2), k.split(1, -2), v.split(1, -2)):
        cache = (
            (key, value)
            if cache is None
            else (torch.cat([cache[0], key], -2), torch.cat([cache[1], value], -2))
        )
        # A single last token sees everything: no mask is needed.
        outs.append(attention(query, *cache)[0])
    return torch.cat(outs, -2), cache
