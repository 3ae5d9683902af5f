"""Land-use codes and the compatibility matrix (用地用海分类代码与兼容矩阵, LUC-01 … LUC-09, MIX-13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal, TypeVar

NATIONAL_SCHEME: Final = "YDYH-2023"
CHANGED_SINCE_2020: Final = frozenset(
    {"0204", "0601", "0602", "060102", "0603", "0604", "1311", "1312", "1313", "2202", "2302", "2303"}
)
"""Codes that name something else, or nothing, in the 2023 list (LUC-04, LUC-05)."""

T = TypeVar("T")


def longest_prefix(code: str, table: Mapping[str, T]) -> T | None:
    """Return the entry of `table` whose key is the longest prefix of `code`, or None."""
    for end in range(len(code), 0, -1):
        if code[:end] in table:
            return table[code[:end]]
    return None


@dataclass(frozen=True)
class LandUse:
    """One class of the land-use list (用地分类): code, names, standard colour, three-class group.

    ``urban`` is Y where it is urban construction land (城镇建设用地), N where not, empty where the list does not say.
    """

    code: str
    name_zh: str
    name_en: str
    color: str
    three_class: str
    codes_2020: tuple[str, ...]
    urban: str = ""


@dataclass(frozen=True)
class LandUseCodes:
    """The land-use list of one scheme (用地用海分类, LUC-02)."""

    scheme: str
    entries: Mapping[str, LandUse] = field(repr=False)

    def find(self, code: str) -> LandUse | None:
        """Return the class with exactly this code."""
        return self.entries.get(code)

    def nearest(self, code: str) -> LandUse | None:
        """Return the class whose code is the longest prefix of `code`."""
        return longest_prefix(code, self.entries)

    @cached_property
    def only_2020(self) -> frozenset[str]:
        """Codes of the 2020 list that the 2023 list does not have."""
        old = {code for entry in self.entries.values() for code in entry.codes_2020}
        return frozenset(old - set(self.entries))


@dataclass(frozen=True)
class Compatibility:
    """One cell of the matrix (兼容关系): P permitted, C conditional, U not listed, N never."""

    verdict: Literal["P", "C", "U", "N"]
    max_share: float
    share_basis: Literal["gfa", "land"]
    condition: str
    rule_id: str


@dataclass(frozen=True)
class CompatibilityMatrix:
    """The default matrix of primary × secondary uses (缺省兼容矩阵, MIX-13)."""

    cells: Mapping[tuple[str, str], Compatibility] = field(repr=False)

    @cached_property
    def uses(self) -> tuple[str, ...]:
        """Return the codes of the matrix, in its own order."""
        return tuple(dict.fromkeys(primary for primary, _ in self.cells))

    def key(self, code: str | None) -> str | None:
        """Return the code of the matrix that `code` falls under (longest prefix), or None."""
        return longest_prefix(code, self._keys) if isinstance(code, str) else None

    def cell(self, primary: str | None, secondary: str | None) -> Compatibility | None:
        """Return the cell for two codes of any depth, or None where the matrix has none."""
        first, second = self.key(primary), self.key(secondary)
        return self.cells.get((first, second)) if first and second else None

    def vague(self, code: str) -> bool:
        """Return whether `code` is too coarse: classes of the matrix lie below it (1001 without its class)."""
        return self.key(code) is None and any(use.startswith(code) for use in self.uses)

    @cached_property
    def _keys(self) -> dict[str, str]:
        return {code: code for code in self.uses}


def has_prefix(code: str, prefixes: Iterable[str]) -> bool:
    """Return whether `code` falls under one of `prefixes`."""
    return any(code.startswith(prefix) for prefix in prefixes)
