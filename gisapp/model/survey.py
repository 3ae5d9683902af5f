"""Third-survey classes and planning classes (三调地类与规划地类, LUC-06, LUC-07): the same digits mean other land."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

TO_SPLIT: Final = frozenset({"05H1", "08H2", "0809", "09", "0204", "1005", "1006", "1202"})
"""Survey classes that hold several planning classes and are split by hand (待细分)."""


@dataclass(frozen=True)
class SurveyMatch:
    """What a survey class becomes in the plan (对应规划地类): ``code`` only where there is exactly one.

    ``choices`` are the classes that the list names for it; where ``code`` is None and they are empty, the class is unknown.
    """

    dlbm: str
    code: str | None
    choices: tuple[str, ...]

    @property
    def word(self) -> str:
        """How the outcome is printed."""
        if self.code is not None:
            return self.code
        return "待细分" if self.choices or self.dlbm in TO_SPLIT else "资料不足（不是三调地类代码）"


@dataclass(frozen=True)
class SurveyClasses:
    """Planning classes by survey class (三调与规划对应表)."""

    by_dlbm: Mapping[str, tuple[str, ...]] = field(repr=False)

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str]]) -> SurveyClasses:
        """Return the table from (planning code, survey class) of the land-use list."""
        found: dict[str, list[str]] = {}
        for code, dlbm in rows:
            if dlbm:
                found.setdefault(dlbm, []).append(code)
        return cls({dlbm: tuple(sorted(codes)) for dlbm, codes in found.items()})

    def match(self, dlbm: str) -> SurveyMatch:
        """Return the planning class of one survey class; the suffix K of land that can be tilled again (可调整地类) is left out."""
        asked = dlbm.strip().upper()
        choices = self.by_dlbm.get(asked) or self.by_dlbm.get(asked.removesuffix("K"), ())
        single = len(choices) == 1 and asked not in TO_SPLIT
        return SurveyMatch(dlbm, choices[0] if single else None, choices)

    def convert(self, codes: Sequence[str | None]) -> list[SurveyMatch | None]:
        """Return the match of each code, None where there is none to convert."""
        return [None if code is None else self.match(code) for code in codes]
