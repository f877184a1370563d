# %% variant="RW4" exercise="loss_mask" title="from the place of the sign"
def loss_mask(ids, equals):
    start = (ids == equals).int().argmax(dim=1)
    places = torch.arange(ids.shape[1] - 1, device=ids.device)
    return places[None, :] >= start[:, None]


# %% variant="RW5" exercise="loss_mask" title="row by row"
def loss_mask(ids, equals):
    rows = []
    for row in ids.tolist():
        start = row.index(equals)
        rows.append([place >= start for place in range(len(row) - 1)])
    return torch.tensor(rows, device=ids.device)
