# %% variant="AW11" exercise="sinusoidal_positions" title="exp of a logarithm, sliced columns"
def sinusoidal_positions(length, d_model):
    table = torch.zeros(length, d_model)
    position = torch.arange(length, dtype=torch.float).unsqueeze(1)
    div = torch.exp(torch.arange(0, d_model, 2).float() * (-math.log(10000.0) / d_model))
    table[:, 0::2] = torch.sin(position * div)
    table[:, 1::2] = torch.cos(position * div)[:, : d_model // 2]
    return table


# %% variant="AW11b" exercise="sinusoidal_positions" title="loops over plain numbers"
def sinusoidal_positions(length, d_model):
    rows = []
    for p in range(length):
        row = []
        for j in range(d_model):
            angle = p / 10000 ** ((j - j % 2) / d_model)
            row.append(math.sin(angle) if j % 2 == 0 else math.cos(angle))
        rows.append(row)
    return torch.tensor(rows)


# %% variant="AW11c" exercise="sinusoidal_positions" title="complex exponentials"
def sinusoidal_positions(length, d_model):
    pairs = torch.arange(math.ceil(d_model / 2), dtype=torch.float64)
    angles = torch.outer(
        torch.arange(length, dtype=torch.float64), 10000.0 ** (-2 * pairs / d_model)
    )
    waves = torch.polar(torch.ones_like(angles), angles)
    return torch.stack([waves.imag, waves.real], dim=-1).flatten(1)[:, :d_model]


# %% variant="AW11d" exercise="sinusoidal_positions" title="numpy, cosines as shifted sines"
def sinusoidal_positions(length, d_model):
    import numpy as np

    j = np.arange(d_model)
    angles = np.arange(length).reshape(-1, 1) * np.power(1e4, -(j // 2 * 2) / d_model)
    return np.sin(angles + np.pi / 2 * (j % 2))
