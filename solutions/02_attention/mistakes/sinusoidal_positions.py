# %% mistake="A34" exercise="sinusoidal_positions" title="the frequency counts columns, sine and cosine differ in it" caught_by=["positions_worked"] hint="Sine and cosine of a pair share a frequency: 2·(column // 2)."
def sinusoidal_positions(length, d_model):
    columns = torch.arange(d_model)
    angles = torch.arange(length)[:, None] / 10000 ** (columns / d_model)
    return torch.where(columns % 2 == 0, angles.sin(), angles.cos())


# %% mistake="A35" exercise="sinusoidal_positions" title="twice the column in the exponent" caught_by=["positions_worked"] hint="The i of 2i/d counts pairs, and 2i is the even column already."
def sinusoidal_positions(length, d_model):
    columns = torch.arange(d_model)
    angles = torch.arange(length)[:, None] / 10000 ** (2 * columns / d_model)
    return torch.where(columns % 2 == 0, angles.sin(), angles.cos())


# %% mistake="A36" exercise="sinusoidal_positions" title="a / d // 2: parentheses missing" caught_by=["positions_worked"] hint="`-log(10000) / d // 2` is rounded down to a whole number. Each step then divides the frequency by far too much."
def sinusoidal_positions(length, d_model):
    pairs = torch.arange((d_model + 1) // 2)
    rates = torch.exp(pairs * (-math.log(10000.0) / d_model // 2))
    angles = torch.arange(length)[:, None] * rates
    return torch.stack([angles.sin(), angles.cos()], -1).flatten(1)[:, :d_model]


# %% mistake="A37" exercise="sinusoidal_positions" title="odd widths stop with an error" caught_by=["positions_odd"] hint="An odd width has one sine more than cosines."
def sinusoidal_positions(length, d_model):
    table = torch.zeros(length, d_model)
    angles = torch.arange(length)[:, None] / 10000 ** (torch.arange(0, d_model, 2) / d_model)
    table[:, 0::2], table[:, 1::2] = angles.sin(), angles.cos()
    return table


# %% mistake="A37b" exercise="sinusoidal_positions" title="odd widths end on zeros" caught_by=["positions_odd"] hint="The last column of an odd width is a sine, not empty."
def sinusoidal_positions(length, d_model):
    half = d_model // 2
    angles = torch.arange(length)[:, None] / 10000 ** (2 * torch.arange(half) / d_model)
    table = torch.zeros(length, d_model)
    table[:, 0 : 2 * half : 2], table[:, 1 : 2 * half : 2] = angles.sin(), angles.cos()
    return table


# %% mistake="A96" exercise="sinusoidal_positions" title="positions from 1" caught_by=["positions_worked", "positions_circles"] hint="Positions count from 0: the first row is 0 1 0 1."
def sinusoidal_positions(length, d_model):
    columns = torch.arange(d_model)
    angles = torch.arange(1, length + 1)[:, None] / 10000 ** (columns // 2 * 2 / d_model)
    return torch.where(columns % 2 == 0, angles.sin(), angles.cos())


# %% mistake="A97" exercise="sinusoidal_positions" title="all sines first, then all cosines" caught_by=["positions_worked"] hint="A right encoding, but the text asks for sine and cosine in turn."
def sinusoidal_positions(length, d_model):
    pairs = torch.arange((d_model + 1) // 2)
    angles = torch.arange(length)[:, None] / 10000 ** (2 * pairs / d_model)
    return torch.cat([angles.sin(), angles.cos()], 1)[:, :d_model]


# %% mistake="A98" exercise="sinusoidal_positions" title="sine and cosine exchanged" caught_by=["positions_worked"] hint="Even columns take the sine: the first row is 0 1 0 1."
def sinusoidal_positions(length, d_model):
    columns = torch.arange(d_model)
    angles = torch.arange(length)[:, None] / 10000 ** (columns // 2 * 2 / d_model)
    return torch.where(columns % 2 == 0, angles.cos(), angles.sin())


# %% mistake="A99" exercise="sinusoidal_positions" title="multiplied by 10000 to the power instead of divided" caught_by=["positions_worked"] hint="Later columns are slower, not faster: the exponent is negative."
def sinusoidal_positions(length, d_model):
    columns = torch.arange(d_model, dtype=torch.float64)
    angles = torch.arange(length)[:, None] * 10000 ** (columns // 2 * 2 / d_model)
    return torch.where(columns % 2 == 0, angles.sin(), angles.cos())
