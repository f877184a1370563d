# %% mistake="L21a" exercise="count_parameters" title="frozen parameters are counted as trainable" caught_by=["count_worked", "count_trainable"] hint="requires_grad tells whether a parameter is trainable."
def count_parameters(model, trainable_only=False):
    return sum(p.numel() for p in model.parameters())


# %% mistake="L21b" exercise="count_parameters" title="a shared parameter counts twice" caught_by=["count_shared"] hint="A tied weight stands under two names in the state; `parameters()` visits it once."
def count_parameters(model, trainable_only=False):
    state = model.state_dict(keep_vars=True)
    found = [p for p in state.values() if isinstance(p, nn.Parameter)]
    return sum(p.numel() for p in found if p.requires_grad or not trainable_only)


# %% mistake="L21c" exercise="count_parameters" title="buffers are counted" caught_by=["count_trainable"] hint="Running means are no parameters: nothing trains them."
def count_parameters(model, trainable_only=False):
    seen = {id(p): p for p in model.state_dict(keep_vars=True).values()}
    return sum(p.numel() for p in seen.values() if p.requires_grad or not trainable_only)


# %% mistake="L21d" exercise="count_parameters" title="tensors are counted, not their numbers" caught_by=["count_worked", "count_shared"] hint="A weight is one tensor of many numbers: `numel()`."
def count_parameters(model, trainable_only=False):
    return len([p for p in model.parameters() if p.requires_grad or not trainable_only])


# %% mistake="L21e" exercise="count_parameters" title="only matrices are counted" caught_by=["count_worked", "count_shared"] hint="Biases and norms are parameters too."
def count_parameters(model, trainable_only=False):
    kept = [p for p in model.parameters() if p.requires_grad or not trainable_only]
    return sum(p.shape[0] * p.shape[1] for p in kept if p.dim() == 2)


# %% mistake="L21" exercise="lora_parameter_count" title="counts A only" caught_by=["lora_count_worked", "lora_count_gpt2"] hint="There are two factors: A is (in, rank), and B is (rank, out)."
def lora_parameter_count(layers, rank):
    total, seen = 0, []
    for layer in layers:
        if isinstance(layer, nn.Linear):
            if any(layer is one for one in seen):
                continue
            seen.append(layer)
            layer = (layer.in_features, layer.out_features)
        total += rank * layer[0]
    return total


# %% mistake="L21f" exercise="lora_parameter_count" title="counts the frozen weights as well" caught_by=["lora_count_worked", "lora_count_gpt2"] hint="Only what is trained counts, and the weights of the layer are not."
def lora_parameter_count(layers, rank):
    total, seen = 0, []
    for layer in layers:
        if isinstance(layer, nn.Linear):
            if any(layer is one for one in seen):
                continue
            seen.append(layer)
            layer = (layer.in_features, layer.out_features)
        total += rank * sum(layer) + layer[0] * layer[1]
    return total


# %% mistake="L21g" exercise="lora_parameter_count" title="a layer object in two places counts twice" caught_by=["lora_count_once"] hint="One and the same layer gets one adapter, however often it is in the list."
def lora_parameter_count(layers, rank):
    sizes = [(x.in_features, x.out_features) if isinstance(x, nn.Linear) else x for x in layers]
    return sum(rank * (inputs + outputs) for inputs, outputs in sizes)


# %% mistake="L21h" exercise="lora_parameter_count" title="layers of the same size are taken for the same layer" caught_by=["lora_count_worked", "lora_count_gpt2"] hint="Twelve blocks have twelve layers of the same size: equal is not identical."
def lora_parameter_count(layers, rank):
    sizes = {
        (x.in_features, x.out_features) if isinstance(x, nn.Linear) else tuple(x) for x in layers
    }
    return sum(rank * (inputs + outputs) for inputs, outputs in sizes)


# %% mistake="L21i" exercise="lora_parameter_count" title="counts the product A @ B" caught_by=["lora_count_worked", "lora_count_gpt2"] hint="The factors are stored, not their product."
def lora_parameter_count(layers, rank):
    sizes = [(x.in_features, x.out_features) if isinstance(x, nn.Linear) else x for x in layers]
    return sum(inputs * outputs for inputs, outputs in sizes)
