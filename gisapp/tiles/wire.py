"""Protobuf bytes with NumPy: varints, zigzag, length-delimited fields, tile attribute values (二进制编码)."""

from __future__ import annotations

import math
import struct
from typing import Final

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
UIntArray = npt.NDArray[np.uint64]
ByteArray = npt.NDArray[np.uint8]

_LIMITS: Final = [np.uint64(1 << bits) for bits in range(7, 64, 7)]


def zigzag(values: IntArray) -> UIntArray:
    """Return signed integers folded to unsigned ones, 0, -1, 1, -2 → 0, 1, 2, 3; shape kept."""
    return ((values << 1) ^ (values >> 63)).view(np.uint64)


def varint_sizes(values: UIntArray) -> IntArray:
    """Return how many bytes each value takes as a varint, 1 to 10; shape kept."""
    sizes = np.ones(values.shape, dtype=np.int64)
    top = values.max(initial=np.uint64(0))
    for limit in _LIMITS:
        if top < limit:
            break
        sizes += values >= limit
    return sizes


def varints(values: UIntArray) -> ByteArray:
    """Return the values of shape (n,) as consecutive varints."""
    sizes = varint_sizes(values)
    ends = np.cumsum(sizes)
    out = np.empty(int(ends[-1]) if len(ends) else 0, dtype=np.uint8)
    at, rest, left = ends - sizes, values, sizes
    while len(at):
        more = left > 1
        out[at] = (rest & np.uint64(0x7F)).astype(np.uint8) | (more.astype(np.uint8) << np.uint8(7))
        at, rest, left = at[more] + 1, rest[more] >> np.uint64(7), left[more] - 1
    return out


def varint(value: int) -> bytes:
    """Return one unsigned integer below 2**64 as a varint."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number: int, payload: bytes) -> bytes:
    """Return a length-delimited field: string, bytes or message."""
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def value_message(value: object) -> bytes | None:
    """Return one attribute as a tile `Value` message (属性值), or None where it is missing.

    Text, booleans, integers of 64 bits and finite floats have a form of their own; NaN, None and NaT are
    missing; anything else (a date) is written as its text.
    """
    if value is None or value != value:  # noqa: PLR0124  NaN and NaT differ from themselves
        return None
    if isinstance(value, bool | np.bool_):
        return b"\x38\x01" if value else b"\x38\x00"
    if isinstance(value, int | np.integer):
        number = int(value)
        if number < 0:
            return b"\x30" + varint(-2 * number - 1)
        return b"\x28" + varint(number)
    if isinstance(value, float | np.floating):
        return b"\x19" + struct.pack("<d", float(value)) if math.isfinite(value) else None
    return field(1, str(value).encode())
