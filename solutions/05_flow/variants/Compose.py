# %% variant="G2-Compose" exercise="Compose" title="recursion on the rest of the list"
class Compose:
    def __init__(self, transforms):
        self.head, *rest = transforms
        self.tail = Compose(rest) if rest else None

    def forward(self, x):
        y = self.head.forward(x)
        return self.tail.forward(y) if self.tail else y

    def inverse(self, y):
        return self.head.inverse(self.tail.inverse(y) if self.tail else y)

    def log_abs_det(self, x):
        first = self.head.log_abs_det(x)
        return first + self.tail.log_abs_det(self.head.forward(x)) if self.tail else first


# %% variant="G4-Compose" exercise="Compose" title="all intermediate points first, reduce and a generator"
from functools import reduce


class Compose:
    def __init__(self, transforms, **options):
        self.parts = tuple(transforms)

    def points(self, x):
        yield x
        for part in self.parts[:-1]:
            x = part.forward(x)
            yield x

    def forward(self, x):
        return reduce(lambda point, part: part.forward(point), self.parts, x)

    def inverse(self, y):
        return reduce(lambda point, part: part.inverse(point), self.parts[::-1], y)

    def log_abs_det(self, x):
        return sum(part.log_abs_det(point) for part, point in zip(self.parts, self.points(x)))


# %% variant="G6-Compose" exercise="Compose" title="from the end backwards, a list as the result"
class Compose:
    def __init__(self, transforms):
        self.stack = [*transforms]

    def forward(self, x):
        for k in range(len(self.stack)):
            x = self.stack[k].forward(x)
        return x

    def inverse(self, y):
        for k in range(len(self.stack) - 1, -1, -1):
            y = self.stack[k].inverse(y)
        return y

    def log_abs_det(self, x):
        logs, point = [], self.forward(x)
        for transform in self.stack[::-1]:
            point = transform.inverse(point)
            logs.append(transform.log_abs_det(point))
        return list(np.sum(logs, axis=0))


# %% variant="G1-Compose" exercise="Compose" title="single precision"
class Compose:
    def __init__(self, transforms):
        self.transforms = transforms

    def forward(self, x):
        x = np.asarray(x, dtype=np.float32)
        for transform in self.transforms:
            x = np.asarray(transform.forward(x), dtype=np.float32)
        return x

    def inverse(self, y):
        y = np.asarray(y, dtype=np.float32)
        for transform in reversed(self.transforms):
            y = np.asarray(transform.inverse(y), dtype=np.float32)
        return y

    def log_abs_det(self, x):
        x, total = np.asarray(x, dtype=np.float32), np.float32(0)
        for transform in self.transforms:
            total = total + np.asarray(transform.log_abs_det(x), dtype=np.float32)
            x = transform.forward(x)
        return total
