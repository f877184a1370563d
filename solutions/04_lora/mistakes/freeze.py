# %% mistake="L10" exercise="freeze" title="adapters that are there are frozen as well" caught_by=["freeze_keeps_adapters"] hint="Called after replacing, it leaves nothing to train. Leave A and B of adapters trainable."
def freeze(model):
    for p in model.parameters():
        p.requires_grad = False
    return model


# %% mistake="L11" exercise="freeze" title="norms are skipped" caught_by=["freeze_worked", "freeze_everything"] hint="Every base parameter: norms too, or the base drifts."
def freeze(model):
    for module in model.modules():
        if isinstance(module, (nn.Linear, nn.Embedding)):
            module.requires_grad_(False)
        if isinstance(module, LoRALayer):
            module.requires_grad_(True)
    return model


# %% mistake="L11b" exercise="freeze" title="embeddings are skipped" caught_by=["freeze_worked", "freeze_everything"] hint="Every base parameter: embeddings too, or the base drifts."
def freeze(model):
    for module in model.modules():
        if not isinstance(module, nn.Embedding):
            for p in module.parameters(recurse=False):
                p.requires_grad = isinstance(module, LoRALayer)
    return model


# %% mistake="L11c" exercise="freeze" title="biases are skipped" caught_by=["freeze_worked", "freeze_everything"] hint="A bias is a parameter as well."
def freeze(model):
    for name, p in model.named_parameters():
        if name.endswith("bias"):
            continue
        p.requires_grad = "lora" in name
    return model


# %% mistake="L11d" exercise="freeze" title="only the top level is frozen" caught_by=["freeze_everything"] hint="`children()` are one level deep; `modules()` or `parameters()` go all the way."
def freeze(model):
    for child in [model, *model.children()]:
        for p in child.parameters(recurse=False):
            p.requires_grad = isinstance(child, LoRALayer)
    for module in model.modules():
        if isinstance(module, LoRALayer):
            module.requires_grad_(True)
    return model


# %% mistake="L12" exercise="freeze" title="eval() instead of freezing" caught_by=["freeze_worked", "freeze_everything"] hint="eval() changes dropout and batch norm; what makes a parameter trainable is requires_grad."
def freeze(model):
    model.eval()
    return model


# %% mistake="L12b" exercise="freeze" title="no_grad around everything" caught_by=["freeze_passes_gradients"] hint="Frozen weights still let gradients through; under no_grad nothing is differentiated at all."
def freeze(model):
    model.requires_grad_(False)
    for module in model.modules():
        if isinstance(module, LoRALayer):
            module.requires_grad_(True)
    model.forward = torch.no_grad()(model.forward)
    return model


# %% mistake="L12c" exercise="freeze" title="freezes, and returns nothing" caught_by=["freeze_worked", "freeze_everything"] hint="Return the model, so that calls can be chained."
def freeze(model):
    model.requires_grad_(False)
    for module in model.modules():
        if isinstance(module, LoRALayer):
            module.requires_grad_(True)


# %% mistake="L12d" exercise="freeze" title="freezes a copy" caught_by=["freeze_worked", "freeze_everything"] hint="The model itself is to be frozen."
def freeze(model):
    model = copy.deepcopy(model).requires_grad_(False)
    for module in model.modules():
        if isinstance(module, LoRALayer):
            module.requires_grad_(True)
    return model


# %% mistake="L12e" exercise="freeze" title="adapters are left as they are, even if they are frozen" caught_by=["freeze_keeps_adapters"] hint="A and B train afterwards, whatever they were before."
def freeze(model):
    for name, p in model.named_parameters():
        if "lora" not in name.split("."):
            p.requires_grad = False
    return model
