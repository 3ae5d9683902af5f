"""Packages that optimise the urban development boundary (城镇开发边界优化方案): land in, land out, with its case.

A package is a draft of a planner. Outlines are kept as WKB in the workspace's CRS, so that coordinates stay bit-exact.
"""

from __future__ import annotations

import datetime as dt
from typing import Final, Literal

import shapely
from pydantic import Field, field_validator, model_validator
from shapely.errors import ShapelyError

from gisapp.model.base import Noun, Title
from gisapp.model.rules import Basis, Period, Status

MoveKind = Literal["in", "out", "rezone"]
MoveSource = Literal["parcel", "drawn", "file"]
CONCENTRATED: Final = "城镇集中建设区"
ZONES: Final = (CONCENTRATED, "城镇弹性发展区", "特别用途区")
MOVE_WORDS: Final[dict[str, str]] = {"in": "调入", "out": "调出", "rezone": "属性变更"}
WHLX: Final[dict[str, str]] = {"in": "1", "rezone": "2", "out": "3"}
"""The kind of a move in a maintenance package (维护类型, UDB-10)."""


class Evidence(Noun):
    """A document that proves a case (证明材料)."""

    title: str = Field(min_length=1, max_length=200)
    number: str | None = None
    date: dt.date | None = None


class Move(Noun):
    """Land that comes into the boundary, leaves it, or changes its zone (调入、调出、属性变更图斑).

    ``zone`` is the zone that land comes into; ``wkb`` the outline as hex WKB in the package's CRS.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,23}$")
    kind: MoveKind
    wkb: str
    case: str | None = None
    evidence: tuple[Evidence, ...] = ()
    source: MoveSource = "drawn"
    parcel_id: str | None = None
    name: str | None = None
    zone: str = CONCENTRATED

    @field_validator("wkb")
    @classmethod
    def _is_an_outline(cls, wkb: str) -> str:
        try:
            found = shapely.from_wkb(wkb)
        except (ShapelyError, TypeError, ValueError) as error:
            raise ValueError("图形不是 WKB") from error
        if found is None or found.geom_type not in ("Polygon", "MultiPolygon") or not found.area > 0:
            raise ValueError("图形应为面，且面积大于 0")
        if not shapely.is_valid(found):
            raise ValueError(f"图形无效：{shapely.is_valid_reason(found)}")
        return wkb

    @model_validator(mode="after")
    def _zone_is_known(self) -> Move:
        if self.zone not in ZONES:
            raise ValueError(f"zone 应为 {'、'.join(ZONES)}")
        return self

    @property
    def geometry(self) -> shapely.Geometry:
        """Return the outline in the package's CRS [m], a polygon or several."""
        return shapely.from_wkb(self.wkb)


class Package(Noun):
    """A local optimisation of the boundary (局部优化方案): moves, who made it, and its version."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")
    title: str = Field(min_length=1, max_length=120)
    crs: str
    version: int = Field(default=0, ge=0)
    author: str = ""
    created_on: dt.date | None = None
    note: str = ""
    moves: tuple[Move, ...] = Field(default=(), max_length=2000)

    @field_validator("moves")
    @classmethod
    def _ids_are_unique(cls, moves: tuple[Move, ...]) -> tuple[Move, ...]:
        ids = [move.id for move in moves]
        twice = sorted({id_ for id_ in ids if ids.count(id_) > 1})
        if twice:
            raise ValueError(f"图斑编号重复：{'、'.join(twice)}")
        return moves

    def next_id(self) -> str:
        """Return the id of the next move: m1, m2, … never one that stands already."""
        taken = {move.id for move in self.moves}
        return next(f"m{n}" for n in range(1, len(taken) + 2) if f"m{n}" not in taken)


class UdbParameter(Noun):
    """One threshold of the arithmetic of packages (方案测算参数), with clause and validity."""

    id: str
    title: Title
    value: float | None
    unit: str
    clause: str
    basis: Basis
    status: Status
    note: str | None = None
    reference: bool = False
    effective: Period = Period()


class UdbParameters(Noun):
    """All thresholds of packages, every edition (方案测算参数表)."""

    parameters: tuple[UdbParameter, ...]
