# %% variant="LW7a" exercise="freeze" title="a loop over names"
def freeze(model):
    for name, parameter in model.named_parameters():
        *_, owner, last = ["", "", *name.split(".")]
        parameter.requires_grad = owner == "lora" and last in ("A", "B")
    return model


# %% variant="LW7b" exercise="freeze" title="requires_grad_(False) on the module, adapters on again"
def freeze(model):
    model.requires_grad_(False)
    for adapter in [m for m in model.modules() if type(m).__name__ == "LoRALayer"]:
        adapter.A.requires_grad = adapter.B.requires_grad = True
    return model


# %% variant="LW7c" exercise="freeze" title="recursion"
def freeze(model):
    for parameter in model.parameters(recurse=False):
        parameter.requires_grad_(isinstance(model, LoRALayer))
    for child in model.children():
        freeze(child)
    return model


# %% variant="LW7d" exercise="freeze" title="what is in a set of adapters stays"
def freeze(model):
    kept = {
        p for m in model.modules() if isinstance(m, LinearWithLoRA) for p in m.lora.parameters()
    }
    for parameter in model.parameters():
        parameter.requires_grad_(parameter in kept)
    return model
