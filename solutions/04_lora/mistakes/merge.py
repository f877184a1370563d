# %% mistake="L17" exercise="merge" title="no transpose" caught_by=["merge_worked", "merge_values"] hint="The weight is (out, in), the product (in, out). A square layer would not have complained."
def merge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and not wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight += lora.scale * (lora.A @ lora.B)
            wrapper.merged = True
    return module


def unmerge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight -= lora.scale * (lora.A @ lora.B)
            wrapper.merged = False
    return module


# %% mistake="L17j" exercise="merge" title="reshaped instead of transposed" caught_by=["merge_worked", "merge_values"] hint="A reshape fits any sizes and puts the numbers in other places: transpose."
def merge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and not wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight += lora.scale * (lora.A @ lora.B).reshape(
                    wrapper.linear.weight.shape
                )
            wrapper.merged = True
    return module


def unmerge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight -= lora.scale * (lora.A @ lora.B).reshape(
                    wrapper.linear.weight.shape
                )
            wrapper.merged = False
    return module


# %% mistake="L17k" exercise="merge" title="transposed only if the sizes ask for it" caught_by=["merge_values"] hint="For a square layer the transpose is just as necessary."
def merge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and not wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight += lora.scale * D(lora)
            wrapper.merged = True
    return module


def unmerge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight -= lora.scale * D(lora)
            wrapper.merged = False
    return module


def D(lora):
    delta = lora.A @ lora.B
    return delta if delta.shape[0] == delta.shape[1] else delta.T


# %% mistake="L18" exercise="merge" title="the side path stays on after merging" caught_by=["merge_worked", "merge_values"] hint="Merged means the side path is off; now the change counts twice. Set merged."
def merge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and not wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight += lora.scale * (lora.A @ lora.B).T
    return module


def unmerge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight -= lora.scale * (lora.A @ lora.B).T
            wrapper.merged = False
    return module


# %% mistake="L18b" exercise="merge" title="the side path is switched off by erasing B" caught_by=["merge_values"] hint="merge keeps A and B: without them nothing can be unmerged or saved."
def merge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and not wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight += lora.scale * (lora.A @ lora.B).T
                lora.B.zero_()
            wrapper.merged = True
    return module


def unmerge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight -= lora.scale * (lora.A @ lora.B).T
            wrapper.merged = False
    return module


# %% mistake="L19" exercise="merge" title="merging again adds again" caught_by=["merge_twice"] hint="Look at merged first: a second call must change nothing."
def merge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA):
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight += lora.scale * (lora.A @ lora.B).T
            wrapper.merged = True
    return module


def unmerge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight -= lora.scale * (lora.A @ lora.B).T
            wrapper.merged = False
    return module


# %% mistake="L19b" exercise="merge" title="unmerge forgets the scale" caught_by=["unmerge_worked", "unmerge_restores"] hint="Take away exactly what was added: scale · (A B)^T."
def merge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and not wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight += lora.scale * (lora.A @ lora.B).T
            wrapper.merged = True
    return module


def unmerge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight -= (lora.A @ lora.B).T
            wrapper.merged = False
    return module


# %% mistake="L19c" exercise="merge" title="unmerge takes away again and again" caught_by=["merge_twice", "unmerge_restores"] hint="Look at merged first: what is not merged cannot be unmerged."
def merge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and not wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight += lora.scale * (lora.A @ lora.B).T
            wrapper.merged = True
    return module


def unmerge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA):
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight -= lora.scale * (lora.A @ lora.B).T
            wrapper.merged = False
    return module


# %% mistake="L19d" exercise="merge" title="unmerge leaves the side path off" caught_by=["unmerge_worked", "unmerge_restores"] hint="Afterwards the adapter acts beside the layer again: set merged back."
def merge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and not wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight += lora.scale * (lora.A @ lora.B).T
            wrapper.merged = True
    return module


def unmerge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight -= lora.scale * (lora.A @ lora.B).T
    return module


# %% mistake="L19e" exercise="merge" title="unmerge only switches the flag" caught_by=["unmerge_worked", "unmerge_restores"] hint="The correction is still in the weight, and now counts twice."
def merge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and not wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight += lora.scale * (lora.A @ lora.B).T
            wrapper.merged = True
    return module


def unmerge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                pass
            wrapper.merged = False
    return module


# %% mistake="L19f" exercise="merge" title="unmerge adds once more" caught_by=["unmerge_worked", "unmerge_restores"] hint="The sign: unmerging subtracts."
def merge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and not wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight += lora.scale * (lora.A @ lora.B).T
            wrapper.merged = True
    return module


def unmerge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight += lora.scale * (lora.A @ lora.B).T
            wrapper.merged = False
    return module


# %% mistake="L20" exercise="merge" title="merge forgets the scale" caught_by=["merge_worked", "merge_values"] hint="The same factor as in forward."
def merge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and not wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight += (lora.A @ lora.B).T
            wrapper.merged = True
    return module


def unmerge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight -= (lora.A @ lora.B).T
            wrapper.merged = False
    return module


# %% mistake="L20b" exercise="merge" title="the merged layer loses its bias" caught_by=["merge_worked", "merge_values"] hint="Only the weight changes; the bias stays."
def merge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and not wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight += lora.scale * (lora.A @ lora.B).T
                if wrapper.linear.bias is not None:
                    wrapper.linear.bias.zero_()
            wrapper.merged = True
    return module


def unmerge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight -= lora.scale * (lora.A @ lora.B).T
            wrapper.merged = False
    return module


# %% mistake="L20c" exercise="merge" title="the correction replaces the weight" caught_by=["merge_worked", "merge_values"] hint="W + the correction: the weight itself must stay."
def merge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and not wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight[:] = lora.scale * (lora.A @ lora.B).T
            wrapper.merged = True
    return module


def unmerge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight -= lora.scale * (lora.A @ lora.B).T
            wrapper.merged = False
    return module


# %% mistake="L20d" exercise="merge" title="only a single wrapper, not a model" caught_by=["merge_models"] hint="A model may hold many wrappers, at any depth: go through modules()."
def merge(module):
    for wrapper in [module]:
        if isinstance(wrapper, LinearWithLoRA) and not wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight += lora.scale * (lora.A @ lora.B).T
            wrapper.merged = True
    return module


def unmerge(module):
    for wrapper in [module]:
        if isinstance(wrapper, LinearWithLoRA) and wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight -= lora.scale * (lora.A @ lora.B).T
            wrapper.merged = False
    return module


# %% mistake="L20e" exercise="merge" title="nothing is returned" caught_by=["merge_worked", "unmerge_worked", "merge_models"] hint="Return the module, so that calls can be chained."
def merge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and not wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight += lora.scale * (lora.A @ lora.B).T
            wrapper.merged = True


def unmerge(module):
    for wrapper in module.modules():
        if isinstance(wrapper, LinearWithLoRA) and wrapper.merged:
            lora = wrapper.lora
            with torch.no_grad():
                wrapper.linear.weight -= lora.scale * (lora.A @ lora.B).T
            wrapper.merged = False
