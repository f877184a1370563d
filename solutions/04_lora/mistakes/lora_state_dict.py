# %% mistake="L23" exercise="lora_state_dict" title="the whole model is saved" caught_by=["state_worked", "state_only_adapters"] hint="Only the changes: a file as large as the base is what LoRA avoids."
def lora_state_dict(model):
    return {name: value.clone() for name, value in model.state_dict().items()}


def load_lora(model, state):
    model.load_state_dict(state)
    return model


# %% mistake="L23b" exercise="lora_state_dict" title="B alone is saved" caught_by=["state_worked", "state_only_adapters"] hint="A is random, but another one in a fresh model: the product needs both."
def lora_state_dict(model):
    state = {}
    for path, module in model.named_modules():
        if isinstance(module, LoRALayer):
            state[path + ".B"] = module.B.detach().clone()
    return state


def load_lora(model, state):
    mine = lora_state_dict(model)
    if {k: v.shape for k, v in mine.items()} != {k: v.shape for k, v in state.items()}:
        raise ValueError("these adapters belong to another model")
    with torch.no_grad():
        for name, value in state.items():
            model.get_parameter(name).copy_(value)
    return model


# %% mistake="L23c" exercise="lora_state_dict" title="the product is saved instead of the factors" caught_by=["state_worked", "state_only_adapters"] hint="A @ B is as large as the weight: save the factors."
def lora_state_dict(model):
    return {
        path: (module.A @ module.B).detach()
        for path, module in model.named_modules()
        if isinstance(module, LoRALayer)
    }


def load_lora(model, state):
    with torch.no_grad():
        for path, delta in state.items():
            module = model.get_submodule(path)
            A, B = low_rank_approx(delta, module.A.shape[1])
            module.A.copy_(A)
            module.B.copy_(B)
    return model


# %% mistake="L23d" exercise="lora_state_dict" title="every adapter under the same name" caught_by=["state_only_adapters"] hint="Four tensors for two adapters: each needs a name of its own, such as its path."
def lora_state_dict(model):
    state = {}
    for module in model.modules():
        if isinstance(module, LoRALayer):
            state["A"] = module.A.detach().clone()
            state["B"] = module.B.detach().clone()
    return state


def load_lora(model, state):
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, LoRALayer):
                module.A.copy_(state["A"])
                module.B.copy_(state["B"])
    return model


# %% mistake="L23e" exercise="lora_state_dict" title="no snapshot: the state shares its memory with the model" caught_by=["state_snapshot"] hint="detach() alone shares the numbers with the model; clone() copies them."
def lora_state_dict(model):
    state = {}
    for path, module in model.named_modules():
        if isinstance(module, LoRALayer):
            state[path + ".A"] = module.A.detach()
            state[path + ".B"] = module.B.detach()
    return state


def load_lora(model, state):
    mine = lora_state_dict(model)
    if {k: v.shape for k, v in mine.items()} != {k: v.shape for k, v in state.items()}:
        raise ValueError("these adapters belong to another model")
    with torch.no_grad():
        for name, value in state.items():
            model.get_parameter(name).copy_(value)
    return model


# %% mistake="L23f" exercise="lora_state_dict" title="the model keeps the tensors it was given" caught_by=["state_snapshot"] hint="Copy the numbers into the parameter; do not put the caller's tensor in its place."
def lora_state_dict(model):
    state = {}
    for path, module in model.named_modules():
        if isinstance(module, LoRALayer):
            state[path + ".A"] = module.A.detach().clone()
            state[path + ".B"] = module.B.detach().clone()
    return state


def load_lora(model, state):
    mine = lora_state_dict(model)
    if {k: v.shape for k, v in mine.items()} != {k: v.shape for k, v in state.items()}:
        raise ValueError("these adapters belong to another model")
    with torch.no_grad():
        for name, value in state.items():
            model.get_parameter(name).data = value
    return model


# %% mistake="L23g" exercise="lora_state_dict" title="loading ignores what does not fit" caught_by=["state_of_another_model"] hint="strict=False swallows a name that is not there, and half an adapter is loaded in silence." loses=0.5
def lora_state_dict(model):
    state = {}
    for path, module in model.named_modules():
        if isinstance(module, LoRALayer):
            state[path + ".A"] = module.A.detach().clone()
            state[path + ".B"] = module.B.detach().clone()
    return state


def load_lora(model, state):
    model.load_state_dict(state, strict=False)
    return model


# %% mistake="L23h" exercise="lora_state_dict" title="the scale is folded into B when saving" caught_by=["state_worked", "state_only_adapters"] hint="The fresh model has its scale already, and would apply it twice."
def lora_state_dict(model):
    state = {}
    for path, module in model.named_modules():
        if isinstance(module, LoRALayer):
            state[path + ".A"] = module.A.detach().clone()
            state[path + ".B"] = module.scale * module.B.detach()
    return state


def load_lora(model, state):
    mine = lora_state_dict(model)
    if {k: v.shape for k, v in mine.items()} != {k: v.shape for k, v in state.items()}:
        raise ValueError("these adapters belong to another model")
    with torch.no_grad():
        for name, value in state.items():
            model.get_parameter(name).copy_(value)
    return model


# %% mistake="L23i" exercise="lora_state_dict" title="loading does nothing" caught_by=["state_worked", "state_round_trip"] hint="`parameter = value` gives a new meaning to a name; `parameter.copy_(value)` changes the parameter."
def lora_state_dict(model):
    state = {}
    for path, module in model.named_modules():
        if isinstance(module, LoRALayer):
            state[path + ".A"] = module.A.detach().clone()
            state[path + ".B"] = module.B.detach().clone()
    return state


def load_lora(model, state):
    mine = lora_state_dict(model)
    if {k: v.shape for k, v in mine.items()} != {k: v.shape for k, v in state.items()}:
        raise ValueError("these adapters belong to another model")
    for name, value in state.items():
        parameter = model.get_parameter(name)
        parameter = value
    return model


# %% mistake="L23j" exercise="lora_state_dict" title="only what is trainable at the moment is saved, the frozen adapters are not" caught_by=["state_only_adapters", "state_worked"] hint="An adapter is worth saving whether it is being trained or not: look for LoRALayers, not for requires_grad."
def lora_state_dict(model):
    state = {}
    for path, module in model.named_modules():
        if isinstance(module, LoRALayer) and module.A.grad is not None:
            state[path + ".A"] = module.A.detach().clone()
            state[path + ".B"] = module.B.detach().clone()
    return state


def load_lora(model, state):
    mine = lora_state_dict(model)
    if {k: v.shape for k, v in mine.items()} != {k: v.shape for k, v in state.items()}:
        raise ValueError("these adapters belong to another model")
    with torch.no_grad():
        for name, value in state.items():
            model.get_parameter(name).copy_(value)
    return model
