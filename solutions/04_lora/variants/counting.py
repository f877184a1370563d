# %% variant="LC1" exercise="count_parameters" title="a loop over names, shared ones removed by identity"
def count_parameters(model: nn.Module, trainable_only: bool = False) -> int:
    seen, total = set(), 0
    for _, parameter in model.named_parameters(remove_duplicate=False):
        if id(parameter) not in seen and (parameter.requires_grad or not trainable_only):
            seen.add(id(parameter))
            total += math.prod(parameter.shape)
    return total


# %% variant="LC2" exercise="count_parameters" title="a tensor as the result"
def count_parameters(module, trainable_only=False, **options):
    wanted = filter(lambda p: p.requires_grad, module.parameters())
    sizes = [p.nelement() for p in (wanted if trainable_only else module.parameters())]
    return torch.tensor(sizes, dtype=torch.int64).sum()


# %% variant="LC3" exercise="lora_parameter_count" title="adapters made on the meta device, and counted"
def lora_parameter_count(layers, rank):
    made = {}
    for number, layer in enumerate(layers):
        sizes = (
            layer if not hasattr(layer, "in_features") else (layer.in_features, layer.out_features)
        )
        nowhere = torch.device("meta")
        with nowhere:
            made[number if sizes is layer else layer] = LoRALayer(*sizes, rank, rank)
    return sum(count_parameters(one) for one in made.values())


# %% variant="LC4" exercise="lora_parameter_count" title="from the shapes of the weights"
def lora_parameter_count(layers, rank):
    objects = {id(layer): layer.weight.shape for layer in layers if isinstance(layer, nn.Module)}
    pairs = [pair for pair in layers if not isinstance(pair, nn.Module)]
    return sum(rank * a + b * rank for a, b in [*objects.values(), *pairs])
