# %% mistake="A200" exercise="kv_cached_attention" title="the cache is never read" caught_by=["cache_worked", "cache_pieces"] hint="What is in the cache when the second token comes, and who looks at it?"
def kv_cached_attention(q, k, v, cache=None):
    return attention(q, k, v, causal_mask(q.shape[-2]))[0], (k, v)


# %% mistake="A201" exercise="kv_cached_attention" title="new tokens see each other's future" caught_by=["cache_pieces", "cache_shared"] hint="Several new tokens at once: may the first look at the second?"
def kv_cached_attention(q, k, v, cache=None):
    if cache is not None:
        k, v = torch.cat([cache[0], k], -2), torch.cat([cache[1], v], -2)
    return attention(q, k, v)[0], (k, v)


# %% mistake="A202" exercise="kv_cached_attention" title="the first rows of the mask instead of the last" caught_by=["cache_worked", "cache_pieces"] hint="The new tokens stand at the end: which rows of the mask are theirs?"
def kv_cached_attention(q, k, v, cache=None):
    if cache is not None:
        k, v = torch.cat([cache[0], k], -2), torch.cat([cache[1], v], -2)
    return attention(q, k, v, causal_mask(k.shape[-2])[: q.shape[-2]])[0], (k, v)


# %% mistake="A203" exercise="kv_cached_attention" title="the new tokens in front of the old ones" caught_by=["cache_pieces"] hint="In which order do the keys stand, and in which the columns of the mask?"
def kv_cached_attention(q, k, v, cache=None):
    if cache is not None:
        k, v = torch.cat([k, cache[0]], -2), torch.cat([v, cache[1]], -2)
    return attention(q, k, v, causal_mask(k.shape[-2])[-q.shape[-2] :])[0], (k, v)


# %% mistake="A204" exercise="kv_cached_attention" title="only the newest tokens are kept" caught_by=["cache_worked", "cache_pieces"] hint="After three calls, how many keys does your cache hold?"
def kv_cached_attention(q, k, v, cache=None):
    new = (k, v)
    if cache is not None:
        k, v = torch.cat([cache[0], k], -2), torch.cat([cache[1], v], -2)
    return attention(q, k, v, causal_mask(k.shape[-2])[-q.shape[-2] :])[0], new


# %% mistake="A205" exercise="kv_cached_attention" title="the cache it was given is changed" caught_by=["cache_shared"] hint="Two sentences share a beginning. What does the second find in the cache?"
class Cache:
    def __init__(self):
        self.pieces = []


def kv_cached_attention(q, k, v, cache=None):
    cache = cache or Cache()
    cache.pieces.append((k, v))
    keys = torch.cat([key for key, _ in cache.pieces], -2)
    values = torch.cat([value for _, value in cache.pieces], -2)
    return attention(q, keys, values, causal_mask(keys.shape[-2])[-q.shape[-2] :])[0], cache


# %% mistake="A206" exercise="kv_cached_attention" title="one cache for everybody" caught_by=["cache_pieces", "cache_shared"] hint="A global cache remembers the sentence before. Where does yours live?"
KEPT = []


def kv_cached_attention(q, k, v, cache=None):
    KEPT.append((k, v))
    keys = torch.cat([key for key, _ in KEPT], -2)
    values = torch.cat([value for _, value in KEPT], -2)
    return attention(q, keys, values, causal_mask(keys.shape[-2])[-q.shape[-2] :])[0], len(KEPT)


# %% mistake="A207" exercise="kv_cached_attention" title="values are not cached" caught_by=["cache_worked", "cache_pieces"] hint="Weights over all keys need a value for each of them."
def kv_cached_attention(q, k, v, cache=None):
    if cache is not None:
        k = torch.cat([cache, k], -2)
    return attention(q, k, v, causal_mask(k.shape[-2])[-q.shape[-2] :])[0], k
