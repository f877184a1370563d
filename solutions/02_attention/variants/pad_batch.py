# %% variant="AW21b" exercise="pad_batch" title="pad_sequence, and a boolean mask"
def pad_batch(input_seqs, label_seqs, pad_id, ignore_index=-100):
    from torch.nn.utils.rnn import pad_sequence

    def padded(seqs, value):
        return pad_sequence([torch.tensor(s) for s in seqs], batch_first=True, padding_value=value)

    lengths = torch.tensor([len(s) for s in input_seqs])
    mask = torch.arange(int(lengths.max()))[None] < lengths[:, None]
    return padded(input_seqs, pad_id), mask, padded(label_seqs, ignore_index)


# %% variant="AW21c" exercise="pad_batch" title="tables filled row by row"
def pad_batch(input_seqs, label_seqs, pad_id, ignore_index=-100):
    shape = len(input_seqs), max(map(len, input_seqs))
    ids, labels = torch.full(shape, pad_id), torch.full(shape, ignore_index)
    mask = torch.zeros(shape, dtype=torch.long)
    for row, (seq, target) in enumerate(zip(input_seqs, label_seqs)):
        ids[row, : len(seq)] = torch.tensor(seq)
        labels[row, : len(target)] = torch.tensor(target)
        mask[row, : len(seq)] = 1
    return [ids, mask, labels]


# %% variant="G2-pad_batch" exercise="pad_batch" title="zip_longest, in place on copies of its own"
def pad_batch(input_seqs, label_seqs, pad_id, ignore_index=-100, **_):
    from itertools import zip_longest

    def padded(seqs, value):
        return torch.tensor(list(zip_longest(*seqs, fillvalue=value))).T

    ones = [[1.0 for _ in seq] for seq in input_seqs]
    return padded(input_seqs, pad_id), padded(ones, 0.0), padded(label_seqs, ignore_index)
