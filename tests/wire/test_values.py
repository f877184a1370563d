"""Values come back as they went, and nothing hostile comes back at all."""

import math
from collections import Counter, OrderedDict, defaultdict
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.errors import WireError
from grader.wire import values
from grader.wire.channel import MAX_PAYLOAD
from grader.wire.values import Packer, Reference, Unpacker


def refer(value: object) -> Reference:
    return Reference("worker", 7, type(value).__name__)


def there_and_back(value: Any) -> Any:
    packer = Packer(refer)
    packed = packer.pack(value)
    unpacker = Unpacker(memoryview(b"".join(packer.buffers)), lambda reference: reference)
    result = unpacker.unpack(packed)
    unpacker.finish()
    return result


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
)
keys = st.text() | st.integers() | st.tuples(st.text(), st.integers())
plain = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.lists(inner, max_size=5).map(tuple)
        | st.dictionaries(keys, inner, max_size=5)
        | st.sets(st.integers() | st.text(), max_size=5)
    ),
    max_leaves=20,
)


@given(plain)
def test_plain_values_survive(value: Any) -> None:
    expected = _without_surrogates(value)
    assert there_and_back(value) == expected
    assert type(there_and_back(value)) is type(expected)


def test_counters_and_their_like_arrive_as_dictionaries() -> None:
    grouped = defaultdict(list, {("a", "b"): [1]})
    for value in (Counter("abca"), grouped, OrderedDict(b=1, a=2)):
        back = there_and_back({"inside": value})["inside"]
        assert type(back) is dict
        assert list(back.items()) == list(value.items())


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list | tuple | set):
        return type(value)(_without_surrogates(item) for item in value)
    if isinstance(value, dict):
        return {_without_surrogates(k): _without_surrogates(v) for k, v in value.items()}
    return value


DTYPES = ["bool", "uint8", "int16", "int64", "uint64", "float16", "float32", "float64", "complex64"]


@given(st.sampled_from(DTYPES).flatmap(lambda d: hnp.arrays(d, hnp.array_shapes(min_dims=0))))
def test_arrays_survive(array: Any) -> None:
    back = there_and_back(array)
    assert back.dtype == array.dtype
    assert back.shape == array.shape
    np.testing.assert_array_equal(back, array)
    assert back.flags.writeable


@pytest.mark.parametrize(
    "tensor",
    [
        torch.arange(6.0).reshape(2, 3).T,
        torch.tensor(3),
        torch.zeros(0, 4),
        torch.tensor([True, False]),
        torch.tensor([1.5, -2.0], dtype=torch.bfloat16),
        torch.tensor([1 + 2j]).conj(),
        torch.ones(3, requires_grad=True) * 2,
    ],
)
def test_tensors_survive(tensor: torch.Tensor) -> None:
    back = there_and_back(tensor)
    assert back.dtype == tensor.dtype
    assert back.requires_grad == tensor.requires_grad
    assert torch.equal(back, tensor.detach().resolve_conj())


def test_big_endian_arrays_arrive_in_order() -> None:
    array = np.array([1.0, 2.0], dtype=">f8")
    np.testing.assert_array_equal(there_and_back(array), array)


def test_numpy_numbers_become_numbers() -> None:
    assert there_and_back(np.float64(0.5)) == 0.5
    assert there_and_back(np.int64(3)) == 3
    assert there_and_back(np.bool_(True)) is True
    assert math.isnan(there_and_back(float("nan")))


def test_anything_else_is_a_reference() -> None:
    assert there_and_back(object()) == Reference("worker", 7, "object")
    assert there_and_back([print])[0].kind == "builtin_function_or_method"


def test_a_subclass_is_not_taken_at_its_word() -> None:
    class Liar(dict[str, int]):
        def items(self) -> Any:
            raise AssertionError("a subclass was asked about itself")

    assert isinstance(there_and_back(Liar(a=1)), Reference)


def deep(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (deep(100), "nested too deeply"),
        ([0] * 100_000, "too many parts"),
        ("x" * (2 << 20), "too long"),
        (10**6000, "too many digits"),
        (np.array([object()]), "dtype 'object'"),
        (torch.eye(2).to_sparse(), "only dense"),
        (np.array(["a"]), "dtype"),
    ],
    ids=["deep", "wide", "text", "digits", "objects", "sparse", "strings"],
)
def test_what_cannot_be_sent_says_so(value: Any, says: str) -> None:
    with pytest.raises(WireError, match=says):
        Packer(refer).pack(value)


def nested(levels: int) -> values.Value:
    value: values.Value = None
    for _ in range(levels):
        value = values.ListValue([value])
    return value


HOSTILE = {
    "negative length": values.ArrayValue("float32", [-2, -1]),
    "huge shape": values.ArrayValue("float32", [1 << 39, 1 << 39]),
    "more than the payload": values.ArrayValue("float32", [200]),
    "unknown dtype": values.ArrayValue("object", [1]),
    "unknown tensor dtype": values.TensorValue("qint8", [1], False, "cpu"),
    "numpy has no bfloat16": values.ArrayValue("bfloat16", [4]),
    "too many dimensions": values.ArrayValue("int8", [1] * 40),
    "bytes beyond the end": values.BytesValue(9),
    "negative bytes": values.BytesValue(-1),
    "not hexadecimal": values.BigValue("zz"),
    "too many digits": values.BigValue("f" * 9000),
    "nested": nested(200),
    "too many": values.ListValue([None] * 60_000),
    "array as a key": values.DictValue([(values.ArrayValue("int8", [1]), 1)]),
    "list as a key": values.DictValue([(values.ListValue([]), 1)]),
    "dictionary in a set": values.SetValue([values.DictValue([])]),
}


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_values_are_refused(value: values.Value) -> None:
    with pytest.raises(WireError):
        Unpacker(memoryview(bytes(8)), lambda reference: reference).unpack(value)


def test_an_array_that_is_too_large_is_refused_before_it_is_made() -> None:
    with pytest.raises(WireError, match="over the limit"):
        Unpacker(memoryview(b""), lambda r: r).unpack(values.ArrayValue("float64", [MAX_PAYLOAD]))


def test_bytes_that_belong_to_nothing_are_refused() -> None:
    unpacker = Unpacker(memoryview(b"12345678"), lambda reference: reference)
    unpacker.unpack(values.ArrayValue("int8", [4]))
    with pytest.raises(WireError, match="longer than the values"):
        unpacker.finish()


@settings(max_examples=50)
@given(st.binary(max_size=16))
def test_any_byte_is_a_good_bool(data: bytes) -> None:
    value = values.TensorValue("bool", [len(data)], False, "cpu")
    tensor = Unpacker(memoryview(data), lambda reference: reference).unpack(value)
    assert tensor.tolist() == [byte != 0 for byte in data]


def test_no_word_of_a_worker_puts_a_tensor_on_a_card() -> None:
    value = values.TensorValue("uint8", [2], False, "cuda")
    unpacker = Unpacker(memoryview(b"\x01\x02"), lambda reference: reference)
    assert unpacker.unpack(value).device.type == "cpu"
