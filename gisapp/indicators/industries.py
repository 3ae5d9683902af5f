"""Industry codes across editions (行业代码换版): what a code may be in another edition, never by its digits alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gisapp.context import Context
from gisapp.model.controls import ALL_INDUSTRIES, SAME_AS_2017

Answer = Literal["yes", "no", "unsure"]


@dataclass(frozen=True)
class Correspondence:
    """The correspondence of two-digit codes to the 2017 edition (行业代码对照), both ways."""

    to_2017: Mapping[tuple[str, str], str] = field(repr=False)
    from_2017: Mapping[tuple[str, str], frozenset[str]] = field(repr=False)
    loaded: bool = True

    @classmethod
    def of(cls, context: Context) -> Correspondence:
        """Return the correspondence of a context; one that converts nothing where the table is not loaded."""
        table = context.industry_editions
        if table is None:
            return cls({}, {}, loaded=False)
        rows = list(zip(table["edition"], table["code"], table["code_2017"], strict=True))
        onward = {(edition, code): new for edition, code, new in rows}
        back: dict[tuple[str, str], set[str]] = {}
        for edition, code, new in rows:
            back.setdefault((edition, new), set()).add(code)
        return cls(onward, {key: frozenset(codes) for key, codes in back.items()})

    def candidates(self, code: str, edition: str, wanted: str) -> frozenset[str]:
        """Return the two-digit codes of `wanted` that `code` may be; empty where nothing corresponds."""
        division = code[:2]
        now = division if edition in SAME_AS_2017 else self.to_2017.get((edition, division))
        if now is None:
            return frozenset()
        return frozenset({now}) if wanted in SAME_AS_2017 else self.from_2017.get((wanted, now), frozenset())

    def matches(self, code: str, edition: str, prefix: str, wanted: str) -> Answer:
        """Return whether a parcel's `code` of `edition` falls under `prefix` of the edition `wanted`."""
        if prefix == ALL_INDUSTRIES:
            return "yes"
        if edition == wanted:
            if code.startswith(prefix):
                return "yes"
            return "unsure" if prefix.startswith(code) else "no"
        found = self.candidates(code, edition, wanted)
        if not found:
            return "unsure"
        if prefix[:2] not in found:
            return "no"
        return "yes" if len(found) == 1 and len(prefix) <= 2 else "unsure"
