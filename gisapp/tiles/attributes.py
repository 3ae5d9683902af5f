"""Attribute columns prepared once for tiles (属性列): codes into a table of encoded values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from gisapp.tiles.wire import IntArray, UIntArray, field, value_message

MISSING = -1


@dataclass(frozen=True)
class AttributeColumn:
    """One attribute of all features (属性列): `values[codes[i]]` is the `Layer.values` field of feature i.

    A code of -1 says that the feature has no value; it then carries no such attribute in the tile.
    """

    name: str
    codes: IntArray
    values: tuple[bytes, ...]

    @classmethod
    def from_values(cls, name: str, values: pd.Series) -> AttributeColumn:
        """Return the column of `values`, shape (n,): text, booleans, numbers, dates; missing ones allowed."""
        series = values.astype(object) if isinstance(values.dtype, pd.CategoricalDtype) else values
        if series.dtype == object:
            return cls._from_objects(name, series)
        codes, unique = pd.factorize(series)
        if pd.api.types.is_datetime64_any_dtype(series.dtype):
            unique = pd.Index(unique).strftime("%Y-%m-%d")
        return cls._from_codes(name, codes.astype(np.int64), list(unique))

    @classmethod
    def _from_objects(cls, name: str, series: pd.Series) -> AttributeColumn:
        """Return the column of mixed objects; 1, 1.0 and True stay three values."""
        table: dict[tuple[type, object], int] = {}
        codes = np.full(len(series), MISSING, dtype=np.int64)
        for i, value in enumerate(series):
            if not pd.isna(value):
                codes[i] = table.setdefault((type(value), value), len(table))
        return cls._from_codes(name, codes, [value for _, value in table])

    @classmethod
    def _from_codes(cls, name: str, codes: IntArray, unique: list[object]) -> AttributeColumn:
        messages = [value_message(value) for value in unique]
        kept = [message for message in messages if message is not None]
        moved = np.full(len(messages) + 1, MISSING, dtype=np.int64)
        moved[[i for i, message in enumerate(messages) if message is not None]] = np.arange(len(kept))
        return cls(name, moved[codes], tuple(field(4, message) for message in kept))

    def take(self, rows: npt.NDArray[np.intp]) -> AttributeColumn:
        """Return the column of the chosen features, sharing the value table."""
        return AttributeColumn(self.name, self.codes[rows], self.values)


@dataclass(frozen=True)
class TagTable:
    """The attributes of one tile layer: encoded keys and values, and which feature refers to which.

    `tags` are the key and value numbers in feature order, two each; `owner` is the feature of each of them.
    """

    keys: bytes
    values: bytes
    tags: UIntArray
    owner: IntArray


def tag_table(columns: Sequence[AttributeColumn], count: int) -> TagTable:
    """Return the attributes of `count` features with every key and every value written once (去重)."""
    numbers: dict[bytes, int] = {}
    local = np.full((count, len(columns)), MISSING, dtype=np.int64)
    used = []
    for k, column in enumerate(columns):
        present = np.flatnonzero(np.bincount(column.codes[column.codes >= 0], minlength=1))
        if len(present) == 0 or count == 0:
            continue
        # One slot more than codes: index -1, a missing value, lands on it.
        renumber = np.full(len(column.values) + 1, MISSING, dtype=np.int64)
        for code in present.tolist():
            renumber[code] = numbers.setdefault(column.values[code], len(numbers))
        local[:, k] = renumber[column.codes]
        used.append(k)
    local = local[:, used]
    owner, key = np.nonzero(local >= 0)
    tags = np.column_stack([key, local[owner, key]]).ravel().astype(np.uint64)
    keys = b"".join(field(3, columns[k].name.encode()) for k in used)
    return TagTable(keys, b"".join(numbers), tags, np.repeat(owner, 2))
