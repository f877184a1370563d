"""Plain values that may cross the wire, as typed records; everything else is a reference."""

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

from msgspec import Meta, Struct

from grader.errors import WireError
from grader.wire import arrays

MAX_NODES = 50_000
MAX_DEPTH = 32
MAX_TEXT = 1 << 20
# Python writes no integer of more than 4300 decimal digits, and whoever shows one would fail.
BIG_DIGITS = 3500
# Keys may share a hash by accident (-1 and -2 do); many that do take minutes to tell apart.
MAX_SAME_HASH = 100

# A name: workers cut theirs, and no more of one is let in.
Name = Annotated[str, Meta(max_length=200)]


class Tagged(Struct, frozen=True, array_like=True):
    """Base of the records below: encoded as an array whose first entry names the kind."""


class ListValue(Tagged, frozen=True, array_like=True, tag="list"):
    """A list."""

    items: "list[Value]"


class TupleValue(Tagged, frozen=True, array_like=True, tag="tuple"):
    """A tuple."""

    items: "list[Value]"


class SetValue(Tagged, frozen=True, array_like=True, tag="set"):
    """A set or frozenset, in no particular order."""

    items: "list[Value]"


class DictValue(Tagged, frozen=True, array_like=True, tag="dict"):
    """A dictionary, in its own order."""

    items: "list[tuple[Value, Value]]"


class BytesValue(Tagged, frozen=True, array_like=True, tag="bytes"):
    """`size` bytes of the payload."""

    size: int


class BigValue(Tagged, frozen=True, array_like=True, tag="int"):
    """An integer of more than 64 bits, in hexadecimal."""

    digits: str


class ArrayValue(Tagged, frozen=True, array_like=True, tag="array"):
    """A numpy array whose bytes lie in the payload."""

    dtype: str
    shape: list[int]


class TensorValue(Tagged, frozen=True, array_like=True, tag="tensor"):
    """A torch tensor whose bytes lie in the payload; `device` is where it lived."""

    dtype: str
    shape: list[int]
    grad: bool
    device: str


class Reference(Tagged, frozen=True, array_like=True, tag="ref"):
    """Something that stays on its own side: a module, a closure, a function of the checker."""

    side: Name
    number: int
    kind: Name


Value = (
    None | bool | int | float | str | ListValue | TupleValue | SetValue | DictValue | BytesValue
    | BigValue | ArrayValue | TensorValue | Reference
)  # fmt: skip


@dataclass
class Packer:
    """Turn live objects into a `Value` and the payload buffers it points into.

    `refer` makes a `Reference` of anything that is not plain data, or raises `WireError`.
    """

    refer: Callable[[object], Reference]
    buffers: list[memoryview] = field(default_factory=list)
    nodes: int = 0

    @property
    def size(self) -> int:
        """Bytes of payload so far."""
        return sum(buffer.nbytes for buffer in self.buffers)

    def pack(self, value: Any, depth: int = 0) -> Value:
        """Return the record for `value`; raises `WireError` when it is too deep or too large."""
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise WireError("the value is nested too deeply or has too many parts to be sent")
        # `type(...) is`, not isinstance: a subclass may lie about what it holds.
        kind = type(value)
        if value is None or kind is bool or kind is float:
            return value  # type: ignore[no-any-return]
        if kind is int:
            return _pack_int(value)
        if kind is str:
            return _pack_text(value)
        if kind in (list, tuple, set, frozenset):
            items = [self.pack(item, depth + 1) for item in value]
            return _SEQUENCES[kind](items)
        if kind in _MAPPINGS:
            entries = dict.items(value)
            pairs = [(self.pack(k, depth + 1), self.pack(v, depth + 1)) for k, v in entries]
            return DictValue(pairs)
        if kind is bytes:
            self.buffers.append(memoryview(value))
            return BytesValue(len(value))
        return self._pack_array(value)

    def _pack_array(self, value: object) -> Value:
        scalar = arrays.scalar(value)
        if scalar is not None:
            return scalar
        found = arrays.describe(value)
        if found is None:
            return self.refer(value)
        self.buffers.append(found.data)
        if found.is_tensor:
            return TensorValue(found.dtype, found.shape, found.grad, found.device)
        return ArrayValue(found.dtype, found.shape)


@dataclass
class Unpacker:
    """Turn a `Value` back into live objects, trusting nothing: every size is checked before use.

    Tensors are put on `device`, wherever they come from: a worker's word must not make the checker
    use a graphics card.
    """

    payload: memoryview
    resolve: Callable[[Reference], object]
    device: str = "cpu"
    offset: int = 0
    nodes: int = 0

    def unpack(self, value: Value, depth: int = 0) -> Any:
        """Return the live object; raises `WireError` for anything out of bounds."""
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise WireError("a value is nested too deeply or has too many parts")
        if isinstance(value, ListValue):
            return [self.unpack(item, depth + 1) for item in value.items]
        if isinstance(value, TupleValue):
            return tuple(self.unpack(item, depth + 1) for item in value.items)
        if isinstance(value, SetValue):
            return set(_keys([self.unpack(item, depth + 1) for item in value.items]))
        if isinstance(value, DictValue):
            pairs = [(self.unpack(k, depth + 1), self.unpack(v, depth + 1)) for k, v in value.items]
            return dict(zip(_keys([key for key, _ in pairs]), (v for _, v in pairs), strict=True))
        if isinstance(value, BytesValue):
            return bytes(self._take(value.size))
        if isinstance(value, BigValue):
            return _unpack_int(value)
        if isinstance(value, ArrayValue):
            return arrays.build(self._take(self._bytes(value)), value.dtype, value.shape)
        if isinstance(value, TensorValue):
            if value.device not in arrays.DEVICES:
                raise WireError("a tensor on a device that cannot be")
            raw = self._take(self._bytes(value))
            return arrays.build_tensor(raw, value.dtype, value.shape, value.grad, self.device)
        if isinstance(value, Reference):
            return self.resolve(value)
        return value

    def finish(self) -> None:
        """Raise `WireError` unless the whole payload was used."""
        if self.offset != len(self.payload):
            raise WireError("the payload is longer than the values in it")

    def _bytes(self, value: ArrayValue | TensorValue) -> int:
        return arrays.byte_count(value.dtype, value.shape)

    def _take(self, size: int) -> memoryview:
        if size < 0 or self.offset + size > len(self.payload):
            raise WireError("a value points outside its payload")
        start, self.offset = self.offset, self.offset + size
        return self.payload[start : self.offset]


# What people count and group with arrives as the plain dictionary it is.
_MAPPINGS = frozenset({dict, Counter, defaultdict, OrderedDict})
_SEQUENCES: dict[type, Callable[[list[Value]], Value]] = {
    list: ListValue,
    tuple: TupleValue,
    set: SetValue,
    frozenset: SetValue,
}


def _pack_int(value: int) -> Value:
    if -(1 << 63) <= value < 1 << 64:
        return value
    if value.bit_length() > 4 * BIG_DIGITS:
        raise WireError("the integer has too many digits to be sent")
    return BigValue(hex(value))


def _unpack_int(value: BigValue) -> int:
    if len(value.digits) > BIG_DIGITS + 3:
        raise WireError("an integer has too many digits")
    try:
        return int(value.digits, 16)
    except ValueError:
        raise WireError("an integer is not written in hexadecimal") from None


def _pack_text(value: str) -> str:
    if len(value) > MAX_TEXT:
        raise WireError("the text is too long to be sent")
    # A lone surrogate has no UTF-8 form; it arrives as a question mark.
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def _keys(values: list[Any]) -> list[Any]:
    """Return values that are to be keys; raises `WireError` if they cannot be, or are a trap."""
    keys = [_hashable(value) for value in values]
    if max(Counter(map(hash, keys)).values(), default=0) > MAX_SAME_HASH:
        raise WireError("too many keys share one hash")
    return keys


def _hashable(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_hashable(item) for item in value)
    if value is None or isinstance(value, (bool, int, float, str, bytes)):
        return value
    raise WireError("a dictionary key or a member of a set is not plain data")
