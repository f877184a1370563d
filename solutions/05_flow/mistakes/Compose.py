# %% mistake="F80" exercise="Compose" title="the last in the list acts first" caught_by=["order"] hint="The first in the list acts first; your chain runs backwards."
class Compose:
    def __init__(self, transforms):
        self.transforms = list(transforms)

    def forward(self, x):
        for transform in reversed(self.transforms):
            x = transform.forward(x)
        return x

    def inverse(self, y):
        for transform in self.transforms:
            y = transform.inverse(y)
        return y

    def log_abs_det(self, x):
        total = 0
        for transform in reversed(self.transforms):
            total = total + transform.log_abs_det(x)
            x = transform.forward(x)
        return total


# %% mistake="F81" exercise="Compose" title="undone in the order in which it was done" caught_by=["order"] hint="The inverse takes off last what was put on first."
class Compose:
    def __init__(self, transforms):
        self.transforms = list(transforms)

    def forward(self, x):
        for transform in self.transforms:
            x = transform.forward(x)
        return x

    def inverse(self, y):
        for transform in self.transforms:
            y = transform.inverse(y)
        return y

    def log_abs_det(self, x):
        total = 0
        for transform in self.transforms:
            total = total + transform.log_abs_det(x)
            x = transform.forward(x)
        return total


# %% mistake="F82" exercise="Compose" title="every log-determinant at the original x" caught_by=["chain_rule"] hint="The second map never sees x: ask it at the image that the first one made."
class Compose:
    def __init__(self, transforms):
        self.transforms = list(transforms)

    def forward(self, x):
        for transform in self.transforms:
            x = transform.forward(x)
        return x

    def inverse(self, y):
        for transform in reversed(self.transforms):
            y = transform.inverse(y)
        return y

    def log_abs_det(self, x):
        return sum(transform.log_abs_det(x) for transform in self.transforms)


# %% mistake="F83" exercise="Compose" title="each log-determinant one step too late" caught_by=["chain_rule"] hint="Ask a map at the point before it acts, not at the point after."
class Compose:
    def __init__(self, transforms):
        self.transforms = list(transforms)

    def forward(self, x):
        for transform in self.transforms:
            x = transform.forward(x)
        return x

    def inverse(self, y):
        for transform in reversed(self.transforms):
            y = transform.inverse(y)
        return y

    def log_abs_det(self, x):
        total = 0
        for transform in self.transforms:
            x = transform.forward(x)
            total = total + transform.log_abs_det(x)
        return total


# %% mistake="F84" exercise="Compose" title="log-determinants multiplied" caught_by=["chain_rule"] hint="Determinants multiply, so their logarithms add."
class Compose:
    def __init__(self, transforms):
        self.transforms = list(transforms)

    def forward(self, x):
        for transform in self.transforms:
            x = transform.forward(x)
        return x

    def inverse(self, y):
        for transform in reversed(self.transforms):
            y = transform.inverse(y)
        return y

    def log_abs_det(self, x):
        total = 1
        for transform in self.transforms:
            total = total * transform.log_abs_det(x)
            x = transform.forward(x)
        return total


# %% mistake="F85" exercise="Compose" title="summed over the samples" caught_by=["compose_log_det_worked"] hint="One number per sample: add the parts, and keep the samples apart."
class Compose:
    def __init__(self, transforms):
        self.transforms = list(transforms)

    def forward(self, x):
        for transform in self.transforms:
            x = transform.forward(x)
        return x

    def inverse(self, y):
        for transform in reversed(self.transforms):
            y = transform.inverse(y)
        return y

    def log_abs_det(self, x):
        total = 0
        for transform in self.transforms:
            total = total + np.sum(transform.log_abs_det(x))
            x = transform.forward(x)
        return total


# %% mistake="F86" exercise="Compose" title="the sum goes on from the last call" caught_by=["chain_rule"] hint="The second call adds to the first. Begin each call with a sum of 0."
class Compose:
    def __init__(self, transforms):
        self.transforms = list(transforms)
        self.total = 0

    def forward(self, x):
        for transform in self.transforms:
            x = transform.forward(x)
        return x

    def inverse(self, y):
        for transform in reversed(self.transforms):
            y = transform.inverse(y)
        return y

    def log_abs_det(self, x):
        for transform in self.transforms:
            self.total = self.total + transform.log_abs_det(x)
            x = transform.forward(x)
        return self.total


# %% mistake="F87" exercise="Compose" title="only the last map counts" caught_by=["chain_rule"] hint="Every map stretches: add up the log-determinants of all of them."
class Compose:
    def __init__(self, transforms):
        self.transforms = list(transforms)

    def forward(self, x):
        for transform in self.transforms:
            x = transform.forward(x)
        return x

    def inverse(self, y):
        for transform in reversed(self.transforms):
            y = transform.inverse(y)
        return y

    def log_abs_det(self, x):
        for transform in self.transforms:
            total = transform.log_abs_det(x)
            x = transform.forward(x)
        return total


# %% mistake="F88" exercise="Compose" title="the sign of the log-determinant is flipped" caught_by=["chain_rule"] hint="It belongs to the forward map: steeper than 1 means positive."
class Compose:
    def __init__(self, transforms):
        self.transforms = list(transforms)

    def forward(self, x):
        for transform in self.transforms:
            x = transform.forward(x)
        return x

    def inverse(self, y):
        for transform in reversed(self.transforms):
            y = transform.inverse(y)
        return y

    def log_abs_det(self, x):
        total = 0
        for transform in self.transforms:
            total = total - transform.log_abs_det(x)
            x = transform.forward(x)
        return total


# %% mistake="F89" exercise="Compose" title="writes the images into the array it is given" caught_by=["compose_worked"] hint="`x[:] = …` changes the caller's array. Give the name x a new array instead."
class Compose:
    def __init__(self, transforms):
        self.transforms = list(transforms)

    def forward(self, x):
        for transform in self.transforms:
            x[:] = transform.forward(x)
        return x

    def inverse(self, y):
        for transform in reversed(self.transforms):
            y = transform.inverse(y)
        return y

    def log_abs_det(self, x):
        total = 0
        for transform in self.transforms:
            total = total + transform.log_abs_det(x)
            x = transform.forward(x)
        return total


# %% mistake="F90" exercise="Compose" title="works with exactly two maps" caught_by=["order"] hint="A list may hold any number of maps: one, two or twenty."
class Compose:
    def __init__(self, transforms):
        self.first, self.second = transforms[0], transforms[-1]

    def forward(self, x):
        return self.second.forward(self.first.forward(x))

    def inverse(self, y):
        return self.first.inverse(self.second.inverse(y))

    def log_abs_det(self, x):
        return self.first.log_abs_det(x) + self.second.log_abs_det(self.first.forward(x))
