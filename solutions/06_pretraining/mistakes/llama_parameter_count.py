# %% mistake="P19" exercise="llama_parameter_count" title="all norms forgotten" caught_by=["count_worked", "count_values"] hint="List every matrix, and the vectors too: two norms per layer and one at the end."
def llama_parameter_count(config):
    v, d, h = config["vocab_size"], config["hidden_size"], config["num_attention_heads"]
    size = config.get("head_dim", d // h)
    kv = config.get("num_key_value_heads", h)
    layer = 2 * d * size * (h + kv) + 3 * d * config["intermediate_size"]
    tables = 1 if config.get("tie_word_embeddings") else 2
    return config["num_hidden_layers"] * layer + tables * v * d


# %% mistake="P19b" exercise="llama_parameter_count" title="the final norm forgotten" caught_by=["count_worked", "count_values"] hint="One more norm stands behind the last layer."
def llama_parameter_count(config):
    v, d, h = config["vocab_size"], config["hidden_size"], config["num_attention_heads"]
    size = config.get("head_dim", d // h)
    kv = config.get("num_key_value_heads", h)
    layer = 2 * d * size * (h + kv) + 3 * d * config["intermediate_size"] + 2 * d
    tables = 1 if config.get("tie_word_embeddings") else 2
    return config["num_hidden_layers"] * layer + tables * v * d


# %% mistake="P19c" exercise="llama_parameter_count" title="the output layer forgotten" caught_by=["count_worked", "count_values"] hint="The output layer is a table of its own unless it is tied."
def llama_parameter_count(config):
    v, d, h = config["vocab_size"], config["hidden_size"], config["num_attention_heads"]
    size = config.get("head_dim", d // h)
    kv = config.get("num_key_value_heads", h)
    layer = 2 * d * size * (h + kv) + 3 * d * config["intermediate_size"] + 2 * d
    return config["num_hidden_layers"] * layer + d + v * d


# %% mistake="P19d" exercise="llama_parameter_count" title="key-value heads ignored" loses=0.25 caught_by=["count_grouped"] hint="Keys and values have num_key_value_heads heads, which may be fewer."
def llama_parameter_count(config):
    v, d = config["vocab_size"], config["hidden_size"]
    layer = 4 * d * d + 3 * d * config["intermediate_size"] + 2 * d
    tables = 1 if config.get("tie_word_embeddings") else 2
    return config["num_hidden_layers"] * layer + d + tables * v * d


# %% mistake="P19e" exercise="llama_parameter_count" title="a tied output counted twice" loses=0.25 caught_by=["count_tied"] hint="A tied output layer is the embedding itself."
def llama_parameter_count(config):
    v, d, h = config["vocab_size"], config["hidden_size"], config["num_attention_heads"]
    size = config.get("head_dim", d // h)
    kv = config.get("num_key_value_heads", h)
    layer = 2 * d * size * (h + kv) + 3 * d * config["intermediate_size"] + 2 * d
    return config["num_hidden_layers"] * layer + d + 2 * v * d


# %% mistake="P19f" exercise="llama_parameter_count" title="biases counted" caught_by=["count_worked", "count_values"] hint="A Llama has no biases."
def llama_parameter_count(config):
    v, d, h = config["vocab_size"], config["hidden_size"], config["num_attention_heads"]
    size, inner = config.get("head_dim", d // h), config["intermediate_size"]
    kv = config.get("num_key_value_heads", h)
    layer = 2 * d * size * (h + kv) + 3 * d * inner + 2 * d
    layer += size * (h + 2 * kv) + d + 2 * inner + d
    tables = 1 if config.get("tie_word_embeddings") else 2
    return config["num_hidden_layers"] * layer + d + tables * v * d


# %% mistake="P19g" exercise="llama_parameter_count" title="two matrices in the feed-forward" caught_by=["count_worked", "count_values"] hint="Gate, up and down: three matrices."
def llama_parameter_count(config):
    v, d, h = config["vocab_size"], config["hidden_size"], config["num_attention_heads"]
    size = config.get("head_dim", d // h)
    kv = config.get("num_key_value_heads", h)
    layer = 2 * d * size * (h + kv) + 2 * d * config["intermediate_size"] + 2 * d
    tables = 1 if config.get("tie_word_embeddings") else 2
    return config["num_hidden_layers"] * layer + d + tables * v * d
