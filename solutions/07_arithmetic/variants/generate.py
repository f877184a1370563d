# %% variant="RW9" exercise="generate" title="a full table, filled column by column"
@torch.no_grad()
def generate(model, ids, max_new, end=None):
    model.train(False)
    start = ids.shape[1]
    texts = F.pad(ids, (0, max_new))
    for place in range(start, start + max_new):
        texts[:, place] = model(texts[:, :place])[:, -1].argmax(-1)
        if end is not None:
            done = (texts[:, start:place] == end).any(dim=1)
            texts[done, place] = end
    return texts


# %% variant="RW10" exercise="generate" title="stops as soon as all rows have ended, and fills up"
def generate(model, ids, max_new, end=None):
    model.eval()
    rows = ids.clone()
    open_rows = torch.ones(len(ids), dtype=torch.bool)
    with torch.inference_mode():
        while rows.shape[1] < ids.shape[1] + max_new and (end is None or open_rows.any()):
            best = model(rows)[:, -1, :].max(dim=-1)[1]
            for i in range(len(best)):
                if end is not None and not open_rows[i]:
                    best[i] = end
                elif end is not None and best[i] == end:
                    open_rows[i] = False
            rows = torch.hstack((rows, best.unsqueeze(1)))
    missing = ids.shape[1] + max_new - rows.shape[1]
    return F.pad(rows, (0, missing), value=end or 0)
