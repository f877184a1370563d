"""Whatever bytes a worker sends: the trusted side gets a checked value or a WireError.

FUZZ_EXAMPLES sets how many examples each of the properties gets.
"""

import math
import os
import signal
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, NoReturn, get_args

import msgspec
import numpy as np
import torch
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from grader.checks.compare import numbers
from grader.checks.failures import CheckFailure
from grader.checks.show import show
from grader.errors import WireError
from grader.wire import arrays, messages, values
from grader.wire.values import MAX_NODES, Packer, Reference, Unpacker

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
# The longest an example may compute, and what it may allocate beside a multiple of its input: a
# byte of a message becomes an object of up to 27, a byte of a payload is copied once.
SECONDS = 5
ROOM = 4 << 20
PER_MESSAGE_BYTE = 40
PER_PAYLOAD_BYTE = 3

FROM_WORKER = (
    messages.Ready, messages.CellDone, messages.Result, messages.Raised, messages.Missing,
    messages.Callback,
)  # fmt: skip
RECORDS = (
    values.ListValue, values.TupleValue, values.SetValue, values.DictValue, values.BytesValue,
    values.BigValue, values.ArrayValue, values.TensorValue, values.Reference,
)  # fmt: skip
PLAIN = (
    bool, int, float, str, bytes, list, tuple, set, dict, np.ndarray, torch.Tensor, Reference,
    type(None),
)  # fmt: skip


def fuzz(quick: int) -> settings:
    return settings(
        max_examples=EXAMPLES or quick,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@contextmanager
def alarm() -> Iterator[None]:
    def ring(number: int, frame: FrameType | None) -> NoReturn:
        raise AssertionError("it hangs")

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def take(body: bytes, payload: bytes) -> list[Any]:
    """Do what the trusted side does with a frame; return the live values in it."""
    message = messages.decode_from_worker(memoryview(body))
    assert isinstance(message, FROM_WORKER)
    unpacker = Unpacker(memoryview(payload), lambda reference: reference)
    match message:
        case messages.Result(value=value):
            found = [unpacker.unpack(value)]
            unpacker.finish()
            return found
        case messages.Callback(args=args, kwargs=kwargs):
            return [unpacker.unpack(v) for v in (*args, *(value for _, value in kwargs))]
    return []


def survive(body: bytes, payload: bytes = b"") -> list[Any]:
    """Check everything that must hold for any bytes at all; return the values, if any came."""
    said = ""
    tracemalloc.start()
    try:
        with alarm():
            found = take(body, payload)
    except WireError as error:
        found, said = [], str(error)
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    bound = ROOM + PER_MESSAGE_BYTE * len(body) + PER_PAYLOAD_BYTE * len(payload)
    assert len(said) < 600
    assert peak < bound, f"{peak >> 10} kB for {len(body)} and {len(payload)} bytes"
    assert total(found, set()) <= MAX_NODES + 1
    assert sum(map(weight, found)) <= len(payload)
    for value in found:
        usable(value)
    return found


def total(value: Any, seen: set[int], depth: int = 0) -> int:
    """Return the parts of a value, each of them plain, none shared, and not nested too deeply."""
    assert type(value) in PLAIN
    assert depth <= values.MAX_DEPTH + 1
    if isinstance(value, np.ndarray | torch.Tensor):
        assert all(0 <= length <= arrays.MAX_BYTES for length in value.shape)
        assert len(value.shape) <= arrays.MAX_DIMENSIONS
        assert id(value) not in seen
        seen.add(id(value))
    if isinstance(value, dict):
        return 1 + sum(total(part, seen, depth + 1) for pair in value.items() for part in pair)
    if isinstance(value, list | tuple | set):
        return 1 + sum(total(part, seen, depth + 1) for part in value)
    return 1


def weight(value: Any) -> int:
    """Return the bytes that a value holds outside of its message."""
    if isinstance(value, np.ndarray | torch.Tensor | bytes):
        return len(value) if isinstance(value, bytes) else value.nbytes
    if isinstance(value, dict):
        return sum(map(weight, (*value.keys(), *value.values())))
    return sum(map(weight, value)) if isinstance(value, list | tuple | set) else 0


def usable(value: Any) -> None:
    """Do what every check may do with a value without thinking: show it, make numbers of it."""
    assert len(show(value)) < 1000
    assert not isinstance(value, torch.Tensor) or value.device.type == "cpu"
    # numpy warns of a signalling NaN, which is one of the numbers that any bytes may be.
    with suppress(CheckFailure), np.errstate(invalid="ignore"):
        numbers(value)
    if isinstance(value, np.ndarray):
        assert value.flags.writeable
        # What lies in memory as a bool is 0 or 1, whatever was sent.
        assert value.dtype != bool or value.tobytes().strip(b"\0\1") == b""
    if isinstance(value, torch.Tensor) and value.dtype is torch.bool:
        assert bytes(value.view(torch.uint8).flatten().tolist()).strip(b"\0\1") == b""
    if isinstance(value, Reference):
        assert len(value.side + value.kind) <= 400


# (a) Arbitrary bytes.


@fuzz(300)
@given(st.binary(max_size=300), st.binary(max_size=40))
def test_arbitrary_bytes(body: bytes, payload: bytes) -> None:
    survive(body, payload)


# (b) Good messages of every kind, then spoilt.

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(1 << 63), (1 << 64) - 1)
    | st.integers(-(1 << 90), 1 << 90)
    | st.floats()
    | st.text(max_size=20)
    | st.binary(max_size=20)
    | st.builds(object)
    | st.sampled_from([True, np.float32(0.1), np.arange(6).reshape(2, 3), np.zeros((0, 3))])
    | st.sampled_from([np.array([True, False]), np.array(1 + 2j), torch.arange(4.0)])
    | st.sampled_from([torch.ones(2, 2, dtype=torch.bfloat16), torch.ones(3, requires_grad=True)])
)
plain = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=4)
        | st.sets(st.integers() | st.floats(), max_size=4)
    ),
    max_leaves=10,
)
texts = st.text(max_size=30)
numbers_of_requests = st.integers(0, (1 << 62) - 1)
outputs = st.lists(
    st.builds(messages.Stream, texts, texts)
    | st.builds(messages.Display, st.dictionaries(texts, texts, max_size=3), st.booleans())
    | st.builds(messages.Error, texts, texts, st.lists(texts, max_size=3)),
    max_size=3,
)
Frame = tuple[bytes, bytes]


@st.composite
def frames(draw: st.DrawFn) -> Frame:
    """Return a good message of any kind with its payload."""
    packer = Packer(lambda value: Reference("worker", 7, type(value).__name__))
    number = draw(numbers_of_requests)
    match draw(st.sampled_from(FROM_WORKER)):
        case messages.Ready:
            message: Any = messages.Ready(number, draw(st.lists(texts, max_size=3)))
        case messages.CellDone:
            message = messages.CellDone(number, draw(st.booleans()), draw(outputs), draw(texts))
        case messages.Raised:
            names = draw(st.lists(texts, max_size=3))
            message = messages.Raised(number, draw(texts), names, draw(texts), names)
        case messages.Missing:
            message = messages.Missing(number, draw(texts))
        case messages.Callback:
            args = [packer.pack(value) for value in draw(st.lists(plain, max_size=3))]
            named = [(draw(texts), packer.pack(draw(plain)))]
            message = messages.Callback(number, 1, args, named)
        case _:
            message = messages.Result(number, packer.pack(draw(plain)))
    return messages.encode(message), b"".join(packer.buffers)


@fuzz(100)
@given(frames())
def test_good_messages_arrive(frame: Frame) -> None:
    with alarm():
        take(*frame)


# What announces lengths and kinds in msgpack, with lengths to believe and not to believe.
HEADS = [
    *(code + length for code in (b"\xdd", b"\xdf", b"\xdb", b"\xc6", b"\xc9")
      for length in (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x00\x01\x00\x00", b"\0\0\0\0")),
    *(code + length for code in (b"\xdc", b"\xde", b"\xda") for length in (b"\xff\xff", b"\0\x02")),
    b"\xc0", b"\xc1", b"\xc2", b"\xcb\x7f\xf8\0\0\0\0\0\0", b"\xcf" + b"\xff" * 8,
    b"\xd3\x80" + bytes(7), b"\xff", b"\xd4\x01\0", b"\x80", b"\x90", b"\xa0", b"\xa3\xed\xa0\x80",
    b"\xa6object", b"\xa4meta", b"\xa5array", b"\xa6tensor", b"\xa4list", b"\xa3set", b"\xa3int",
]  # fmt: skip
LONGEST = 20_000
places = st.floats(0, 1, exclude_max=True)
spoilings = st.lists(
    st.tuples(st.just("flip"), places, st.integers(0, 7))
    | st.tuples(st.sampled_from(["cut", "drop", "twice", "many"]), places, places)
    | st.tuples(st.just("head"), places, st.sampled_from(HEADS)),
    min_size=1,
    max_size=4,
)


def spoil(data: bytes, kind: str, where: float, how: Any) -> bytes:
    at = int(where * len(data))
    if kind == "flip":
        return data[:at] + bytes([(data[at] ^ 1 << how) if data else 0]) + data[at + 1 :]
    if kind == "head":
        return data[:at] + how + data[at + len(how) :]
    if kind == "cut":
        return data[:at]
    end = at + int(how * (len(data) - at)) + 1
    times = {"drop": 0, "twice": 2, "many": max(1, min(300, LONGEST // (end - at)))}
    return data[:at] + data[at:end] * times[kind] + data[end:]


@fuzz(600)
@given(frames(), spoilings, st.booleans())
def test_good_messages_spoilt(
    frame: Frame, changes: list[tuple[str, float, Any]], both: bool
) -> None:
    body, payload = frame
    for change in changes:
        body = spoil(body, *change)
        payload = spoil(payload, *change) if both and payload else payload
    survive(body, payload)


# (c) Trees that are well formed and mean harm.

M = (1 << 61) - 1  # Python's hash of every multiple of it is 0.
edges = st.sampled_from(
    [
        0,
        1,
        -1,
        2,
        16,
        255,
        1 << 20,
        1 << 31,
        1 << 40,
        1 << 62,
        1 << 63,
        (1 << 64) - 1,
        -(1 << 63),
        M,
    ]
)
simple = (
    st.none()
    | st.booleans()
    | edges
    | st.floats()
    | st.sampled_from(
        ["", "x", "ref", "checker", "worker", "f" * 4000, "cpu", "meta", "0x_1", "y" * 300]
    )
    | st.text(max_size=4)
)
leaves = (
    simple
    | st.binary(max_size=4)
    | st.builds(msgspec.msgpack.Ext, st.integers(-128, 127), st.binary(max_size=8))
)
trees = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=4) | edges | st.floats(), inner, max_size=3)
    ),
    max_leaves=12,
)
dtypes = st.sampled_from([*arrays.ITEM_SIZES, "object", "qint8", "str", "O", "float8", "V8", ""])
shapes = st.lists(edges | st.integers(0, 4) | st.booleans() | st.just(2.0), max_size=18)
devices = st.sampled_from(["cpu", "meta", "cuda", "cuda:0", "cpu:9", "mps", "xla", "hpu", "", "\0"])
shaped = (
    st.tuples(st.just("array"), dtypes, shapes)
    | st.tuples(st.just("tensor"), dtypes, shapes, st.booleans(), devices)
    | st.tuples(st.just("bytes"), edges)
    | st.tuples(
        st.just("int"), st.sampled_from(["f" * n for n in (1, 20, 3500, 4000, 9000)]) | texts
    )
    | st.tuples(st.just("ref"), st.sampled_from(["worker", "checker"]) | texts, edges, texts)
)
keys = st.integers(1, 9).map(lambda k: ("int", hex(k * M))) | simple | shaped
tagged = st.recursive(
    simple | shaped,
    lambda inner: (
        st.tuples(st.sampled_from(["list", "tuple"]), st.lists(inner, max_size=4))
        | st.tuples(st.just("set"), st.lists(keys | inner, max_size=5))
        | st.tuples(st.just("dict"), st.lists(st.tuples(keys | inner, inner), max_size=4))
        | st.tuples(inner, st.just(60)).map(lambda deep: nested(*deep))
        | st.tuples(inner, st.just(20)).map(lambda wide: ("list", [wide[0]] * wide[1]))
        | trees
    ),
    max_leaves=8,
)  # fmt: skip


def nested(value: Any, levels: int) -> Any:
    for _ in range(levels):
        value = ("list", [value])
    return value


def result(value: Any) -> bytes:
    return msgspec.msgpack.encode({"type": "result", "id": 7, "value": value})


def colliding(count: int) -> Any:
    return [("int", hex(k * M)) for k in range(1, count)]


@fuzz(400)
@given(tagged, st.binary(max_size=64))
@example(("set", colliding(40_000)), b"")
@example(("dict", [(key, None) for key in colliding(20_000)]), b"")
@example(("list", [0] * 60_000), b"")
@example(nested(0, 33), b"")
@example(("array", "bool", [4]), b"\7\1\0\2")
@example(("array", "float32", [0, 1 << 63]), b"")
@example(("tensor", "float32", [2], False, "meta"), bytes(8))
@example(("tensor", "bool", [3], False, "cpu"), b"\7\1\0")
@example(("int", "f" * 4000), b"")
@example(("int", "zz"), b"")
@example(("array", "int8", [1] * 40), b"x")
@example(("array", "bfloat16", [1]), b"xx")
@example(("list", [("bytes", size) for size in (8, -8, 8)]), bytes(8))
@example(("ref", "worker", 1, "y" * 5000), b"")
def test_hostile_values(value: Any, payload: bytes) -> None:
    survive(result(value), payload)


kinds = st.sampled_from([kind.__struct_config__.tag for kind in FROM_WORKER])
fields = st.sampled_from(
    sorted({field for kind in FROM_WORKER for field in kind.__struct_fields__})
)


@fuzz(120)
@given(st.dictionaries(fields | texts, trees), kinds)
def test_hostile_trees(tree: dict[str, Any], kind: str) -> None:
    survive(msgspec.msgpack.encode(tree))
    survive(msgspec.msgpack.encode(tree | {"type": kind, "id": 7}))


@fuzz(200)
@given(dtypes, st.lists(st.integers(-2, 5), max_size=3), st.binary(max_size=64), st.booleans())
@example("float32", [-2, -1], b"", False)
def test_shapes_that_fit(dtype: str, shape: list[int], payload: bytes, tensor: bool) -> None:
    """Near misses: a payload cut to what the shape takes is a value, one byte less is none."""
    size = arrays.ITEM_SIZES.get(dtype, 1) * abs(math.prod(shape))
    data = (payload * size + bytes(size))[:size]
    value = ("tensor", dtype, shape, True, "cpu") if tensor else ("array", dtype, shape)
    found = survive(result(value), data)
    good = dtype in arrays.ITEM_SIZES and (tensor or dtype != "bfloat16") and min([0, *shape]) == 0
    assert bool(found) == good
    assert not good or list(found[0].shape) == shape
    assert not survive(result(value), data[:-1]) or not data
    assert not survive(result(value), data + b"x")


def test_half_characters_leave_as_question_marks() -> None:
    """Half of a surrogate pair, printed or in an error, must not keep the worker from answering."""
    printed = messages.CellDone(7, True, [messages.Stream("stdout", "a\ud800")], "")
    again = messages.decode_from_worker(messages.encode(printed))
    assert again == messages.CellDone(7, True, [messages.Stream("stdout", "a?")], "")
    value = values.DictValue([("\udfff", values.TupleValue([1.5, None]))])
    assert take(messages.encode(messages.Result(7, value)), b"") == [{"?": (1.5, None)}]


def test_messages_nested_without_end() -> None:
    for record in (b"\x92\xa4list\x91", b"\x92\xa4dict\x91\x92\xc0"):
        assert survive(result(None)[:-1] + record * 50_000 + b"\xc0") == []


def test_what_fits_into_a_frame_is_bounded() -> None:
    """The worst a full message can do: many small records, none of them over a limit of its own."""
    count = 20_000
    head = b"\x83\xa4type\xa6result\xa2id\x01\xa5value\x92\xa4list\xdd" + count.to_bytes(4, "big")
    for record in (b"\x92\xa4dict\x91\x92\xc0\xc0", b"\x94\xa3ref\xa0\x01\xa0"):
        survive(head + record * count)


def test_every_record_is_attacked() -> None:
    """Fails when a new kind of message or value is not known to the fuzz."""
    assert set(RECORDS) == set(values.Tagged.__subclasses__())
    assert set(FROM_WORKER) == set(get_args(messages.FromWorker))
