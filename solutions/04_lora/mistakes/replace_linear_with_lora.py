# %% mistake="L13" exercise="replace_linear_with_lora" title="only the top level is searched" caught_by=["replace_everywhere"] hint="Walk the children of the children as well."
def replace_linear_with_lora(model, rank, alpha, targets=None):
    if isinstance(model, nn.Linear):
        raise ValueError("a bare Linear cannot be replaced from inside")
    wrappers = {}

    def visit(module):
        for name, child in list(module._modules.items()):
            if isinstance(child, nn.Linear):
                if targets is None or name in targets:
                    if child not in wrappers:
                        wrappers[child] = LinearWithLoRA(child, rank, alpha)
                    setattr(module, name, wrappers[child])
            elif child is not None and not isinstance(child, LinearWithLoRA):
                pass

    if not isinstance(model, LinearWithLoRA):
        visit(model)
    return len(wrappers)


# %% mistake="L13b" exercise="replace_linear_with_lora" title="two levels and no more" caught_by=["replace_everywhere"] hint="A tree may have any depth: let the function call itself, or go through all paths."
def replace_linear_with_lora(model, rank, alpha, targets=None):
    if isinstance(model, nn.Linear):
        raise ValueError("a bare Linear cannot be replaced from inside")
    wrappers = {}
    for module in [model, *model.children()]:
        if isinstance(module, LinearWithLoRA):
            continue
        for name, child in list(module._modules.items()):
            if isinstance(child, nn.Linear) and (targets is None or name in targets):
                if child not in wrappers:
                    wrappers[child] = LinearWithLoRA(child, rank, alpha)
                setattr(module, name, wrappers[child])
    return len(wrappers)


# %% mistake="L14" exercise="replace_linear_with_lora" title="replaces while walking through the tree" caught_by=["replace_worked", "replace_everywhere"] hint="The tree changes under your feet, and the walk goes into what you have just put there. Collect first."
def replace_linear_with_lora(model, rank, alpha, targets=None):
    if isinstance(model, nn.Linear):
        raise ValueError("a bare Linear cannot be replaced from inside")
    made = 0
    for path, module in model.named_modules():
        for name, child in module._modules.items():
            if isinstance(child, nn.Linear) and (targets is None or name in targets):
                setattr(module, name, LinearWithLoRA(child, rank, alpha))
                made += 1
            if made > 500:
                raise RuntimeError("there is no end to it")
    return made


# %% mistake="L14b" exercise="replace_linear_with_lora" title="layers in lists and sequences are missed" caught_by=["replace_everywhere"] hint="A Sequential, a ModuleList and a ModuleDict are modules with children like any other."
def replace_linear_with_lora(model, rank, alpha, targets=None):
    if isinstance(model, nn.Linear):
        raise ValueError("a bare Linear cannot be replaced from inside")
    wrappers = {}

    def visit(module):
        for name, child in list(module._modules.items()):
            if isinstance(child, nn.Linear):
                if targets is None or name in targets:
                    if child not in wrappers:
                        wrappers[child] = LinearWithLoRA(child, rank, alpha)
                    setattr(module, name, wrappers[child])
            elif not isinstance(
                child, (LinearWithLoRA, nn.Sequential, nn.ModuleList, nn.ModuleDict)
            ):
                visit(child)

    if not isinstance(model, LinearWithLoRA):
        visit(model)
    return len(wrappers)


# %% mistake="L15" exercise="replace_linear_with_lora" title="wraps the layer inside its own wrapper" caught_by=["replace_worked", "replace_twice"] hint="Skip what is wrapped already: a second call must find nothing to do."
def replace_linear_with_lora(model, rank, alpha, targets=None):
    if isinstance(model, nn.Linear):
        raise ValueError("a bare Linear cannot be replaced from inside")
    wrappers = {}

    def visit(module):
        for name, child in list(module._modules.items()):
            if isinstance(child, nn.Linear):
                if targets is None or name in targets:
                    if child not in wrappers:
                        wrappers[child] = LinearWithLoRA(child, rank, alpha)
                    setattr(module, name, wrappers[child])
            elif child is not None:
                visit(child)

    if not isinstance(model, LinearWithLoRA):
        visit(model)
    return len(wrappers)


# %% mistake="L15b" exercise="replace_linear_with_lora" title="wraps a wrapper" caught_by=["replace_twice"] hint="A wrapper given as the model has its adapter already."
def replace_linear_with_lora(model, rank, alpha, targets=None):
    if isinstance(model, nn.Linear):
        raise ValueError("a bare Linear cannot be replaced from inside")
    wrappers = {}

    def visit(module):
        for name, child in list(module._modules.items()):
            if isinstance(child, nn.Linear):
                if targets is None or name in targets:
                    if child not in wrappers:
                        wrappers[child] = LinearWithLoRA(child, rank, alpha)
                    setattr(module, name, wrappers[child])
            elif child is not None and not isinstance(child, LinearWithLoRA):
                visit(child)

    visit(model)
    return len(wrappers)


# %% mistake="L15c" exercise="replace_linear_with_lora" title="replaces and counts every layer anew in a second call" caught_by=["replace_worked", "replace_twice"] hint="Layers that have an adapter are left alone and not counted."
def replace_linear_with_lora(model, rank, alpha, targets=None):
    if isinstance(model, nn.Linear):
        raise ValueError("a bare Linear cannot be replaced from inside")
    wrappers = {}

    def visit(module):
        for name, child in list(module._modules.items()):
            layer = child.linear if isinstance(child, LinearWithLoRA) else child
            if isinstance(layer, nn.Linear):
                if targets is None or name in targets:
                    if layer not in wrappers:
                        wrappers[layer] = LinearWithLoRA(layer, rank, alpha)
                    setattr(module, name, wrappers[layer])
            elif layer is not None:
                visit(layer)

    if not isinstance(model, LinearWithLoRA):
        visit(model)
    return len(wrappers)


# %% mistake="L16b" exercise="replace_linear_with_lora" title="a target matches a part of a name" caught_by=["replace_targets"] hint="Compare whole names: \"q\" is not \"qk\"."
def replace_linear_with_lora(model, rank, alpha, targets=None):
    if isinstance(model, nn.Linear):
        raise ValueError("a bare Linear cannot be replaced from inside")
    wrappers = {}

    def visit(module):
        for name, child in list(module._modules.items()):
            if isinstance(child, nn.Linear):
                if targets is None or any(target in name for target in targets):
                    if child not in wrappers:
                        wrappers[child] = LinearWithLoRA(child, rank, alpha)
                    setattr(module, name, wrappers[child])
            elif child is not None and not isinstance(child, LinearWithLoRA):
                visit(child)

    if not isinstance(model, LinearWithLoRA):
        visit(model)
    return len(wrappers)


# %% mistake="L16c" exercise="replace_linear_with_lora" title="an empty list of targets means all" caught_by=["replace_targets"] hint="An empty list asks for nothing; only None stands for all. `if not targets` cannot tell them apart."
def replace_linear_with_lora(model, rank, alpha, targets=None):
    if isinstance(model, nn.Linear):
        raise ValueError("a bare Linear cannot be replaced from inside")
    wrappers = {}

    def visit(module):
        for name, child in list(module._modules.items()):
            if isinstance(child, nn.Linear):
                if not targets or name in targets:
                    if child not in wrappers:
                        wrappers[child] = LinearWithLoRA(child, rank, alpha)
                    setattr(module, name, wrappers[child])
            elif child is not None and not isinstance(child, LinearWithLoRA):
                visit(child)

    if not isinstance(model, LinearWithLoRA):
        visit(model)
    return len(wrappers)


# %% mistake="L16d" exercise="replace_linear_with_lora" title="targets are ignored" caught_by=["replace_twice", "replace_targets"] hint="Replace only the layers whose name is asked for."
def replace_linear_with_lora(model, rank, alpha, targets=None):
    if isinstance(model, nn.Linear):
        raise ValueError("a bare Linear cannot be replaced from inside")
    wrappers = {}

    def visit(module):
        for name, child in list(module._modules.items()):
            if isinstance(child, nn.Linear):
                if True:
                    if child not in wrappers:
                        wrappers[child] = LinearWithLoRA(child, rank, alpha)
                    setattr(module, name, wrappers[child])
            elif child is not None and not isinstance(child, LinearWithLoRA):
                visit(child)

    if not isinstance(model, LinearWithLoRA):
        visit(model)
    return len(wrappers)


# %% mistake="L16e" exercise="replace_linear_with_lora" title="targets are compared with whole paths" caught_by=["replace_twice", "replace_targets"] hint="The last component of the path is the name: `blocks.0.q` is called `q`."
def replace_linear_with_lora(model, rank, alpha, targets=None):
    if isinstance(model, nn.Linear):
        raise ValueError("a bare Linear cannot be replaced from inside")
    wrappers = {}
    for path, layer in list(model.named_modules(remove_duplicate=False)):
        above, _, name = path.rpartition(".")
        holder = model.get_submodule(above)
        if not isinstance(layer, nn.Linear) or isinstance(holder, LinearWithLoRA):
            continue
        if targets is None or path in targets:
            if layer not in wrappers:
                wrappers[layer] = LinearWithLoRA(layer, rank, alpha)
            setattr(holder, name, wrappers[layer])
    return len(wrappers)


# %% mistake="L16f" exercise="replace_linear_with_lora" title="a target replaces everything below it" caught_by=["replace_targets"] hint="A target is the name of a layer, not of what it lies in."
def replace_linear_with_lora(model, rank, alpha, targets=None):
    if isinstance(model, nn.Linear):
        raise ValueError("a bare Linear cannot be replaced from inside")
    wrappers = {}
    for path, layer in list(model.named_modules(remove_duplicate=False)):
        above, _, name = path.rpartition(".")
        holder = model.get_submodule(above)
        if not isinstance(layer, nn.Linear) or isinstance(holder, LinearWithLoRA):
            continue
        if targets is None or set(path.split(".")) & set(targets):
            if layer not in wrappers:
                wrappers[layer] = LinearWithLoRA(layer, rank, alpha)
            setattr(holder, name, wrappers[layer])
    return len(wrappers)


# %% mistake="L17b" exercise="replace_linear_with_lora" title="a layer in two places gets two adapters" caught_by=["replace_shared"] hint="Remember which layer has got which wrapper, and use it again."
def replace_linear_with_lora(model, rank, alpha, targets=None):
    if isinstance(model, nn.Linear):
        raise ValueError("a bare Linear cannot be replaced from inside")
    wrappers = {}

    def visit(module):
        for name, child in list(module._modules.items()):
            if isinstance(child, nn.Linear):
                if targets is None or name in targets:
                    wrappers[len(wrappers)] = LinearWithLoRA(child, rank, alpha)
                    setattr(module, name, wrappers[len(wrappers) - 1])
            elif child is not None and not isinstance(child, LinearWithLoRA):
                visit(child)

    if not isinstance(model, LinearWithLoRA):
        visit(model)
    return len(wrappers)


# %% mistake="L17c" exercise="replace_linear_with_lora" title="the second place of a layer is not visited" caught_by=["replace_shared"] hint="named_modules and named_children show a layer only once, unless told otherwise."
def replace_linear_with_lora(model, rank, alpha, targets=None):
    if isinstance(model, nn.Linear):
        raise ValueError("a bare Linear cannot be replaced from inside")
    found = [
        (model.get_submodule(path.rpartition(".")[0]), path.rpartition(".")[2], layer)
        for path, layer in model.named_modules()
        if isinstance(layer, nn.Linear)
    ]
    made = 0
    for holder, name, layer in found:
        if isinstance(holder, LinearWithLoRA) or not (targets is None or name in targets):
            continue
        setattr(holder, name, LinearWithLoRA(layer, rank, alpha))
        made += 1
    return made


# %% mistake="L17d" exercise="replace_linear_with_lora" title="a new layer with a copy of the weight" caught_by=["replace_tied"] hint="A copy is no longer tied to the embedding: wrap the very layer."
def replace_linear_with_lora(model, rank, alpha, targets=None):
    if isinstance(model, nn.Linear):
        raise ValueError("a bare Linear cannot be replaced from inside")
    wrappers = {}

    def visit(module):
        for name, child in list(module._modules.items()):
            if isinstance(child, nn.Linear):
                if targets is None or name in targets:
                    if child not in wrappers:
                        wrappers[child] = LinearWithLoRA(copy.deepcopy(child), rank, alpha)
                    setattr(module, name, wrappers[child])
            elif child is not None and not isinstance(child, LinearWithLoRA):
                visit(child)

    if not isinstance(model, LinearWithLoRA):
        visit(model)
    return len(wrappers)


# %% mistake="L17e" exercise="replace_linear_with_lora" title="new layers with fresh weights" caught_by=["replace_worked", "replace_everywhere"] hint="What the layers have learnt must stay: wrap the very layer."
def replace_linear_with_lora(model, rank, alpha, targets=None):
    if isinstance(model, nn.Linear):
        raise ValueError("a bare Linear cannot be replaced from inside")
    wrappers = {}

    def visit(module):
        for name, child in list(module._modules.items()):
            if isinstance(child, nn.Linear):
                if targets is None or name in targets:
                    if child not in wrappers:
                        wrappers[child] = LinearWithLoRA(
                            nn.Linear(child.in_features, child.out_features), rank, alpha
                        )
                    setattr(module, name, wrappers[child])
            elif child is not None and not isinstance(child, LinearWithLoRA):
                visit(child)

    if not isinstance(model, LinearWithLoRA):
        visit(model)
    return len(wrappers)


# %% mistake="L17f" exercise="replace_linear_with_lora" title="the places are counted, not the adapters" caught_by=["replace_shared"] hint="A layer used in two places has one adapter, and it counts once."
def replace_linear_with_lora(model, rank, alpha, targets=None):
    if isinstance(model, nn.Linear):
        raise ValueError("a bare Linear cannot be replaced from inside")
    wrappers, places = {}, []

    def visit(module):
        for name, child in list(module._modules.items()):
            if isinstance(child, nn.Linear):
                if targets is None or name in targets:
                    if child not in wrappers:
                        wrappers[child] = LinearWithLoRA(child, rank, alpha)
                    setattr(module, name, wrappers[child])
                    places.append(name)
            elif child is not None and not isinstance(child, LinearWithLoRA):
                visit(child)

    if not isinstance(model, LinearWithLoRA):
        visit(model)
    return len(places)


# %% mistake="L17g" exercise="replace_linear_with_lora" title="always with alpha = rank" caught_by=["replace_sizes"] hint="Rank and alpha of the call belong to every adapter."
def replace_linear_with_lora(model, rank, alpha, targets=None):
    if isinstance(model, nn.Linear):
        raise ValueError("a bare Linear cannot be replaced from inside")
    wrappers = {}

    def visit(module):
        for name, child in list(module._modules.items()):
            if isinstance(child, nn.Linear):
                if targets is None or name in targets:
                    if child not in wrappers:
                        wrappers[child] = LinearWithLoRA(child, rank, rank)
                    setattr(module, name, wrappers[child])
            elif child is not None and not isinstance(child, LinearWithLoRA):
                visit(child)

    if not isinstance(model, LinearWithLoRA):
        visit(model)
    return len(wrappers)


# %% mistake="L17h" exercise="replace_linear_with_lora" title="a bare Linear is left alone in silence" caught_by=["replace_bare"] hint="Nothing above it holds it, so nothing can be replaced: say so." loses=0.5
def replace_linear_with_lora(model, rank, alpha, targets=None):
    wrappers = {}

    def visit(module):
        for name, child in list(module._modules.items()):
            if isinstance(child, nn.Linear):
                if targets is None or name in targets:
                    if child not in wrappers:
                        wrappers[child] = LinearWithLoRA(child, rank, alpha)
                    setattr(module, name, wrappers[child])
            elif child is not None and not isinstance(child, LinearWithLoRA):
                visit(child)

    if not isinstance(model, LinearWithLoRA):
        visit(model)
    return len(wrappers)


# %% mistake="L17i" exercise="replace_linear_with_lora" title="the replaced layers are counted, and a copy of the model is changed" caught_by=["replace_worked", "replace_everywhere"] hint="The model itself is to be changed."
def replace_linear_with_lora(model, rank, alpha, targets=None):
    if isinstance(model, nn.Linear):
        raise ValueError("a bare Linear cannot be replaced from inside")
    wrappers = {}
    model = copy.deepcopy(model)

    def visit(module):
        for name, child in list(module._modules.items()):
            if isinstance(child, nn.Linear):
                if targets is None or name in targets:
                    if child not in wrappers:
                        wrappers[child] = LinearWithLoRA(child, rank, alpha)
                    setattr(module, name, wrappers[child])
            elif child is not None and not isinstance(child, LinearWithLoRA):
                visit(child)

    if not isinstance(model, LinearWithLoRA):
        visit(model)
    return len(wrappers)
