# %% variant="LW6a" exercise="merge" title="a new Linear takes the place of the old one"
def merge(module):
    for wrapper in list(module.modules()):
        if isinstance(wrapper, LinearWithLoRA) and not wrapper.merged:
            old, lora = wrapper.linear, wrapper.lora
            new = nn.Linear(old.in_features, old.out_features, old.bias is not None)
            new.to(old.weight.device, old.weight.dtype)
            new.load_state_dict(old.state_dict())
            new.weight.data += lora.scale * (lora.A @ lora.B).T.detach()
            wrapper.linear, wrapper.merged = new, True
    return module


def unmerge(module):
    for wrapper in list(module.modules()):
        if isinstance(wrapper, LinearWithLoRA) and wrapper.merged:
            lora = wrapper.lora
            wrapper.linear.weight.data -= lora.scale * (lora.A @ lora.B).T.detach()
            wrapper.merged = False
    return module


# %% variant="LW6b" exercise="merge" title="a new parameter, the correction from unit vectors"
def correction(wrapper):
    units = torch.eye(wrapper.linear.in_features).to(wrapper.linear.weight)
    return wrapper.lora(units).T.detach()


def merge(module):
    for wrapper in filter(lambda m: isinstance(m, LinearWithLoRA), module.modules()):
        if not wrapper.merged:
            weight = wrapper.linear.weight
            wrapper.linear.weight = nn.Parameter(weight.detach() + correction(wrapper), False)
            wrapper.merged = True
    return module


def unmerge(module):
    for wrapper in filter(lambda m: isinstance(m, LinearWithLoRA), module.modules()):
        if wrapper.merged:
            weight = wrapper.linear.weight
            wrapper.linear.weight = nn.Parameter(weight.detach() - correction(wrapper), False)
            wrapper.merged = False
    return module


# %% variant="LW6c" exercise="merge" title="keeps the old weight, to put it back to the bit"
def merge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and not wrapper.merged:
            lora = wrapper.lora
            wrapper.kept = wrapper.linear.weight.data.clone()
            with torch.no_grad():
                wrapper.linear.weight.add_((lora.A @ lora.B).T, alpha=float(lora.scale))
            wrapper.merged = True
    return module


def unmerge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and wrapper.merged:
            wrapper.linear.weight.data.copy_(wrapper.kept)
            wrapper.merged = False
    return module


# %% variant="LW6d" exercise="merge" title="recursion, one function for both ways"
def shift(module, sign):
    if isinstance(module, LinearWithLoRA):
        if module.merged is (sign < 0):
            lora = module.lora
            module.linear.weight.data += sign * lora.scale * (lora.B.data.T @ lora.A.data.T)
            module.merged = sign > 0
    else:
        for child in module.children():
            shift(child, sign)
    return module


def merge(module):
    return shift(module, 1)


def unmerge(module):
    return shift(module, -1)
