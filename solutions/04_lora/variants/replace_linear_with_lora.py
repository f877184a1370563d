# %% variant="LW8a" exercise="replace_linear_with_lora" title="recursion through _modules"
def replace_linear_with_lora(model, rank, alpha, targets=None, _seen=None):
    if isinstance(model, nn.Linear):
        raise TypeError("a bare Linear cannot be replaced")
    seen = {} if _seen is None else _seen
    if isinstance(model, LinearWithLoRA):
        return len(seen)
    for name in list(model._modules):
        child = model._modules[name]
        if not isinstance(child, nn.Linear):
            if child is not None:
                replace_linear_with_lora(child, rank, alpha, targets, _seen=seen)
        elif targets is None or name in targets:
            seen[id(child)] = seen.get(id(child)) or LinearWithLoRA(child, rank, alpha)
            model._modules[name] = seen[id(child)]
    return len(seen)


# %% variant="LW8b" exercise="replace_linear_with_lora" title="returns the model"
def replace_linear_with_lora(model, rank, alpha, targets=None):
    assert not isinstance(model, nn.Linear), "give me the module around it"
    taken = {id(m.linear) for m in model.modules() if isinstance(m, LinearWithLoRA)}
    wrappers = {}
    for holder in list(model.modules()):
        for name, child in list(holder._modules.items()):
            if not isinstance(child, nn.Linear) or id(child) in taken:
                continue
            if targets is not None and name not in set(targets):
                continue
            if id(child) not in wrappers:
                wrappers[id(child)] = LinearWithLoRA(child, rank, alpha)
            holder.add_module(name, wrappers[id(child)])
    return model


# %% variant="LW8c" exercise="replace_linear_with_lora" title="collected with their paths, replaced with set_submodule"
def replace_linear_with_lora(model, rank, alpha, targets=None):
    if type(model) is nn.Linear:
        raise ValueError("wrap it yourself")
    found = [
        (path, layer)
        for path, layer in model.named_modules(remove_duplicate=False)
        if isinstance(layer, nn.Linear) and (targets is None or path.split(".")[-1] in targets)
    ]
    inside = [id(m.linear) for m in model.modules() if isinstance(m, LinearWithLoRA)]
    found = [(path, layer) for path, layer in found if id(layer) not in inside]
    wrappers = {layer: LinearWithLoRA(layer, rank, alpha) for layer in dict(found[::-1]).values()}
    for path, layer in found:
        model.set_submodule(path, wrappers[layer])
    return len(wrappers)
