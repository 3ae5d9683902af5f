"""The targets board (目标板): what a policy wants by when, and what of the workspace speaks to it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from gisapp.model.base import Noun, Title
from gisapp.model.rules import Status, Verdict


class Statistic(Noun):
    """A figure of a declared table with columns ``figure``, ``year``, ``value`` and ``document`` (统计数)."""

    table: str
    figure: str


class FirmSum(Noun):
    """The sum of a yearly column of the enterprises (企业表合计), divided into the target's unit."""

    enterprises: str
    divisor: float = Field(default=1.0, gt=0)


class Target(Noun):
    """One figure of a policy (目标): a value, or a factor of what a base year had.

    ``beside`` is a figure on another basis that stands beside the statistic and is never measured against the target.
    """

    id: str
    year: int
    title: Title
    op: Literal[">=", ">"]
    value: float | None = None
    factor: float | None = Field(default=None, gt=0)
    base_year: int | None = None
    unit: str
    measure: Statistic
    beside: FirmSum | None = None
    clause: str
    status: Status
    note: Title | None = None

    @model_validator(mode="after")
    def _value_or_factor(self) -> Target:
        if (self.value is None) == (self.factor is None) or (self.factor is None) != (self.base_year is None):
            raise ValueError("须写明 value，或同时写明 factor 与 base_year")
        return self


class Addition(Noun):
    """What evaluated subjects come to (候选贡献): a column, or the value of a rule, summed over a verdict or all."""

    id: str
    title: Title
    rulebook: str
    verdict: Verdict | None = None
    column: Literal["area_m2"] | None = None
    rule: str | None = None
    divisor: float = Field(default=1.0, gt=0)
    unit: str
    note: Title | None = None

    @model_validator(mode="after")
    def _column_or_rule(self) -> Addition:
        if (self.column is None) == (self.rule is None):
            raise ValueError("须写明 column 或 rule 之一")
        return self


class Board(Noun):
    """The file ``parcels/targets.yaml`` (目标表)."""

    targets: tuple[Target, ...] = ()
    additions: tuple[Addition, ...] = ()

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Board:
        for name, ids in (
            ("targets", [t.id for t in self.targets]),
            ("additions", [a.id for a in self.additions]),
        ):
            twice = sorted({i for i in ids if ids.count(i) > 1})
            if twice:
                raise ValueError(f"{name} 的编号重复：{'、'.join(twice)}")
        return self
