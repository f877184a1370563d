# %% variant="LW12d" exercise="lora_state_dict" title="numbered adapters, without any path"
def lora_state_dict(model):
    layers = [m for m in model.modules() if isinstance(m, LoRALayer)]
    return {f"{i}{n}": getattr(m, n).data.clone() for i, m in enumerate(layers) for n in "AB"}


def load_lora(model, state):
    layers = [m for m in model.modules() if isinstance(m, LoRALayer)]
    if len(state) != 2 * len(layers):
        raise KeyError("another number of adapters")
    for i, layer in enumerate(layers):
        for name in "AB":
            if getattr(layer, name).shape != state[f"{i}{name}"].shape:
                raise KeyError("another shape")
            getattr(layer, name).data.copy_(state[f"{i}{name}"])
    return model


# %% variant="LW12e" exercise="lora_state_dict" title="a part of the state of the model, with a prefix"
def lora_state_dict(model):
    names = [name for name, m in model.named_modules() if isinstance(m, LoRALayer)]
    wanted = {f"{name}.{factor}" for name in names for factor in "AB"}
    state = model.state_dict()
    return {f"base_model.{key}": copy.deepcopy(state[key]) for key in state if key in wanted}


def load_lora(model, state):
    state = {key.removeprefix("base_model."): value for key, value in state.items()}
    found = model.load_state_dict(state, strict=False)
    missing = [key for key in found.missing_keys if key.endswith((".A", ".B"))]
    if found.unexpected_keys or missing:
        raise RuntimeError(f"does not fit: {found}")
    return model


# %% variant="LW12f" exercise="lora_state_dict" title="by the wrappers, as new parameters"
def lora_state_dict(model):
    return {
        f"{path}/{name}": parameter.detach().cpu().clone().contiguous()
        for path, wrapper in model.named_modules()
        if isinstance(wrapper, LinearWithLoRA)
        for name, parameter in (("A", wrapper.lora.A), ("B", wrapper.lora.B))
    }


def load_lora(model, state):
    mine = lora_state_dict(model)
    if mine.keys() != state.keys() or any(mine[k].shape != state[k].shape for k in mine):
        raise ValueError("other adapters")
    for key, value in state.items():
        path, name = key.split("/")
        lora = model.get_submodule(path).lora
        setattr(lora, name, nn.Parameter(value.clone().to(getattr(lora, name))))
    return model
