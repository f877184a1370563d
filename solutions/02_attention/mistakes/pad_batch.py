# %% mistake="A43" exercise="pad_batch" title="labels padded from the inputs" caught_by=["pad_worked", "pad_labels"] hint="Which variable did you pad? Labels come from label_seqs."
def pad_batch(input_seqs, label_seqs, pad_id, ignore_index=-100):
    L = max(map(len, input_seqs))
    ids = torch.tensor([seq + [pad_id] * (L - len(seq)) for seq in input_seqs])
    mask = torch.tensor([[1] * len(seq) + [0] * (L - len(seq)) for seq in input_seqs])
    labels = torch.tensor([seq + [ignore_index] * (L - len(seq)) for seq in input_seqs])
    return ids, mask, labels


# %% mistake="A43b" exercise="pad_batch" title="labels padded with pad_id" caught_by=["pad_worked"] hint="The loss would count the padding. Labels are filled with ignore_index."
def pad_batch(input_seqs, label_seqs, pad_id, ignore_index=-100):
    L = max(map(len, input_seqs))
    ids = torch.tensor([seq + [pad_id] * (L - len(seq)) for seq in input_seqs])
    mask = torch.tensor([[1] * len(seq) + [0] * (L - len(seq)) for seq in input_seqs])
    labels = torch.tensor([seq + [pad_id] * (L - len(seq)) for seq in label_seqs])
    return ids, mask, labels


# %% mistake="A44" exercise="pad_batch" title="the mask made from the ids" caught_by=["pad_worked", "pad_inside"] hint="A real token may have the number of the padding. The mask comes from the lengths."
def pad_batch(input_seqs, label_seqs, pad_id, ignore_index=-100):
    L = max(map(len, input_seqs))
    ids = torch.tensor([seq + [pad_id] * (L - len(seq)) for seq in input_seqs])
    labels = torch.tensor([seq + [ignore_index] * (L - len(seq)) for seq in label_seqs])
    return ids, (ids != pad_id).long(), labels


# %% mistake="A44b" exercise="pad_batch" title="labels that equal pad_id ignored" caught_by=["pad_inside"] hint="Inside a sequence every label is real, whatever its number."
def pad_batch(input_seqs, label_seqs, pad_id, ignore_index=-100):
    L = max(map(len, input_seqs))
    ids = torch.tensor([seq + [pad_id] * (L - len(seq)) for seq in input_seqs])
    mask = torch.tensor([[1] * len(seq) + [0] * (L - len(seq)) for seq in input_seqs])
    labels = torch.tensor([seq + [pad_id] * (L - len(seq)) for seq in label_seqs])
    return ids, mask, labels.masked_fill(labels == pad_id, ignore_index)


# %% mistake="A124" exercise="pad_batch" title="padded on the left" caught_by=["pad_worked"] hint="Padding stands on the right here."
def pad_batch(input_seqs, label_seqs, pad_id, ignore_index=-100):
    L = max(map(len, input_seqs))
    ids = torch.tensor([[pad_id] * (L - len(seq)) + seq for seq in input_seqs])
    mask = torch.tensor([[0] * (L - len(seq)) + [1] * len(seq) for seq in input_seqs])
    labels = torch.tensor([[ignore_index] * (L - len(seq)) + seq for seq in label_seqs])
    return ids, mask, labels


# %% mistake="A125" exercise="pad_batch" title="labels shifted here" caught_by=["pad_worked", "pad_labels"] hint="The loss shifts. Done twice, the model learns the token after the next."
def pad_batch(input_seqs, label_seqs, pad_id, ignore_index=-100):
    L = max(map(len, input_seqs))
    ids = torch.tensor([seq + [pad_id] * (L - len(seq)) for seq in input_seqs])
    mask = torch.tensor([[1] * len(seq) + [0] * (L - len(seq)) for seq in input_seqs])
    labels = torch.tensor([seq[1:] + [ignore_index] * (L - len(seq) + 1) for seq in label_seqs])
    return ids, mask, labels


# %% mistake="A126" exercise="pad_batch" title="the lists of the caller are filled up" caught_by=["pad_worked"] hint="`append` and `extend` change the caller's lists. `+` makes new ones."
def pad_batch(input_seqs, label_seqs, pad_id, ignore_index=-100):
    L = max(map(len, input_seqs))
    mask = torch.tensor([[1] * len(seq) + [0] * (L - len(seq)) for seq in input_seqs])
    for ids, labels in zip(input_seqs, label_seqs):
        ids.extend([pad_id] * (L - len(ids)))
        labels.extend([ignore_index] * (L - len(labels)))
    return torch.tensor(input_seqs), mask, torch.tensor(label_seqs)


# %% mistake="A127" exercise="pad_batch" title="-100 written down instead of the argument" caught_by=["pad_anywhere"] hint="ignore_index is an argument: use it."
def pad_batch(input_seqs, label_seqs, pad_id, ignore_index=-100):
    L = max(map(len, input_seqs))
    ids = torch.tensor([seq + [pad_id] * (L - len(seq)) for seq in input_seqs])
    mask = torch.tensor([[1] * len(seq) + [0] * (L - len(seq)) for seq in input_seqs])
    labels = torch.tensor([seq + [-100] * (L - len(seq)) for seq in label_seqs])
    return ids, mask, labels
