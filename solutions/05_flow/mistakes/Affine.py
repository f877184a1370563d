# %% mistake="F24" exercise="Affine" title="the log-determinant of the inverse: the sign is flipped" caught_by=["shrinking"] hint="A shift cannot show it; test with a stretch. Steeper than 1 means a positive log-determinant."
class Affine:
    def __init__(self, scale, shift):
        self.scale, self.shift = scale, shift

    def forward(self, x):
        return self.scale * x + self.shift

    def inverse(self, y):
        return (y - self.shift) / self.scale

    def log_abs_det(self, x):
        logs = -np.log(np.abs(self.scale)) + np.zeros(x.shape)
        return logs.reshape(len(x), -1).sum(axis=1)


# %% mistake="F25" exercise="Affine" title="summed over the samples" caught_by=["affine_worked"] hint="One number per sample: sum over the dimensions, never over the samples."
class Affine:
    def __init__(self, scale, shift):
        self.scale, self.shift = scale, shift

    def forward(self, x):
        return self.scale * x + self.shift

    def inverse(self, y):
        return (y - self.shift) / self.scale

    def log_abs_det(self, x):
        return np.sum(np.log(np.abs(self.scale)) + np.zeros(x.shape))


# %% mistake="F72" exercise="Affine" title="one number in all instead of one per sample" caught_by=["affine_worked"] hint="The slope is the same everywhere, yet every sample needs its own entry: shape (N,)."
class Affine:
    def __init__(self, scale, shift):
        self.scale, self.shift = scale, shift

    def forward(self, x):
        return self.scale * x + self.shift

    def inverse(self, y):
        return (y - self.shift) / self.scale

    def log_abs_det(self, x):
        return np.sum(np.log(np.abs(self.scale)))


# %% mistake="F73" exercise="Affine" title="no absolute value before the logarithm" caught_by=["negative_scale"] hint="A negative scale is allowed: it is its size that stretches."
class Affine:
    def __init__(self, scale, shift):
        self.scale, self.shift = scale, shift

    def forward(self, x):
        return self.scale * x + self.shift

    def inverse(self, y):
        return (y - self.shift) / self.scale

    def log_abs_det(self, x):
        logs = np.log(self.scale) + np.zeros(x.shape)
        return logs.reshape(len(x), -1).sum(axis=1)


# %% mistake="F74" exercise="Affine" title="a single scale counted once for all dimensions" caught_by=["dimensions"] hint="A number as the scale stretches each of the D dimensions: its logarithm counts D times."
class Affine:
    def __init__(self, scale, shift):
        self.scale, self.shift = scale, shift

    def forward(self, x):
        return self.scale * x + self.shift

    def inverse(self, y):
        return (y - self.shift) / self.scale

    def log_abs_det(self, x):
        return np.full(len(x), np.log(np.abs(self.scale)).sum())


# %% mistake="F75" exercise="Affine" title="not summed over the dimensions" caught_by=["affine_two_dimensions"] hint="The determinant of a diagonal matrix is the product of all slopes: one number per sample."
class Affine:
    def __init__(self, scale, shift):
        self.scale, self.shift = scale, shift

    def forward(self, x):
        return self.scale * x + self.shift

    def inverse(self, y):
        return (y - self.shift) / self.scale

    def log_abs_det(self, x):
        return np.log(np.abs(self.scale)) + np.zeros(x.shape)


# %% mistake="F76" exercise="Affine" title="undone in the wrong order" caught_by=["affine_worked"] hint="What was added last goes first: subtract the shift, then divide."
class Affine:
    def __init__(self, scale, shift):
        self.scale, self.shift = scale, shift

    def forward(self, x):
        return self.scale * x + self.shift

    def inverse(self, y):
        return y / self.scale - self.shift

    def log_abs_det(self, x):
        logs = np.log(np.abs(self.scale)) + np.zeros(x.shape)
        return logs.reshape(len(x), -1).sum(axis=1)


# %% mistake="F77" exercise="Affine" title="the determinant without its logarithm" caught_by=["affine_worked"] hint="`log_abs_det` returns a logarithm, so that chains can add it up."
class Affine:
    def __init__(self, scale, shift):
        self.scale, self.shift = scale, shift

    def forward(self, x):
        return self.scale * x + self.shift

    def inverse(self, y):
        return (y - self.shift) / self.scale

    def log_abs_det(self, x):
        slopes = np.abs(self.scale) * np.ones(x.shape)
        return slopes.reshape(len(x), -1).prod(axis=1)


# %% mistake="F78" exercise="Affine" title="forward changes the array it is given" caught_by=["affine_worked"] hint="`x *= …` writes into the caller's array. Make a new one: `x = scale * x`."
class Affine:
    def __init__(self, scale, shift):
        self.scale, self.shift = scale, shift

    def forward(self, x):
        x *= self.scale
        x += self.shift
        return x

    def inverse(self, y):
        return (y - self.shift) / self.scale

    def log_abs_det(self, x):
        logs = np.log(np.abs(self.scale)) + np.zeros(x.shape)
        return logs.reshape(len(x), -1).sum(axis=1)


# %% mistake="F79" exercise="Affine" title="shift first, then scale" caught_by=["affine_worked"] hint="y = scale · x + shift: the shift is not scaled."
class Affine:
    def __init__(self, scale, shift):
        self.scale, self.shift = scale, shift

    def forward(self, x):
        return self.scale * (x + self.shift)

    def inverse(self, y):
        return y / self.scale - self.shift

    def log_abs_det(self, x):
        logs = np.log(np.abs(self.scale)) + np.zeros(x.shape)
        return logs.reshape(len(x), -1).sum(axis=1)
