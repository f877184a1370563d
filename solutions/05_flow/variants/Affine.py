# %% variant="G2-Affine" exercise="Affine" title="two cases for one and for several dimensions, lists of numbers"
class Affine:
    def __init__(self, scale, shift, **_):
        self.a, self.b = scale, shift

    def forward(self, x):
        return np.multiply(x, self.a) + self.b

    def inverse(self, y):
        return np.divide(np.subtract(y, self.b), self.a)

    def log_abs_det(self, x):
        if x.ndim == 1:
            return [np.log(abs(self.a))] * len(x)
        total = sum(np.log(np.abs(a)) for a in np.ones(x.shape[1]) * self.a)
        return [total for _ in x]


# %% variant="FW11" exercise="Affine" title="per sample and dimension first, then summed; the logarithm of the square"
class Affine:
    def __init__(self, scale, shift, name="affine"):
        self.scale, self.shift, self.name = scale, shift, name

    def forward(self, values):
        return self.shift + self.scale * values

    def inverse(self, values):
        return 1 / self.scale * (values - self.shift)

    def log_abs_det(self, x):
        each = 0.5 * np.log((np.ones_like(x) * self.scale) ** 2)
        return each if x.ndim == 1 else np.einsum("nd->n", each)


# %% variant="G4-Affine" exercise="Affine" title="a subclass of a helper class, slopes from the map itself"
class Line:
    def slopes(self, x):
        return self.forward(x + 1.0) - self.forward(x)


class Affine(Line):
    def __init__(self, scale, shift, **_):
        self.forward = lambda x: x * scale + shift
        self.inverse = lambda y: (y - shift) / scale

    def log_abs_det(self, x):
        logs = np.log(np.abs(self.slopes(x)))
        while logs.ndim > 1:
            logs = logs.sum(axis=-1)
        return logs


# %% variant="G7-Affine" exercise="Affine" title="torch parameters"
class Affine:
    def __init__(self, scale, shift, **_):
        import torch

        self.torch = torch
        self.scale = torch.tensor(scale, dtype=torch.float64, requires_grad=True)
        self.shift = torch.tensor(shift, dtype=torch.float64, requires_grad=True)

    def forward(self, x):
        return self.torch.as_tensor(x) * self.scale + self.shift

    def inverse(self, y):
        return (self.torch.as_tensor(y) - self.shift) / self.scale

    def log_abs_det(self, x):
        logs = self.scale.abs().log().expand(x.shape)
        return logs.reshape(x.shape[0], -1).sum(1)


# %% variant="G1-Affine" exercise="Affine" title="single precision"
class Affine:
    def __init__(self, scale, shift, **_):
        self.scale, self.shift = np.float32(scale), np.float32(shift)

    def forward(self, x):
        return self.scale * np.float32(x) + self.shift

    def inverse(self, y):
        return (np.float32(y) - self.shift) / self.scale

    def log_abs_det(self, x):
        logs = np.log(np.abs(self.scale)) * np.ones_like(x, dtype=np.float32)
        return logs if logs.ndim == 1 else logs.sum(1)
