"""What an optimisation package comes to (优化方案测算结果): balances, findings with their clause, evidence, outlines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final

import geopandas as gpd

from gisapp.model.rules import Status
from gisapp.model.udb import MOVE_WORDS, Package
from gisapp.units import m2_to_ha, m2_to_mu


class Outcome(StrEnum):
    """What a rule says of a package (结论)."""

    PASS = "pass"  # noqa: S105  a word, not a secret
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_LOADED = "not_loaded"
    WARNING = "warning"
    REFERENCE = "reference"


OUTCOME_WORDS: Final[dict[Outcome, str]] = {
    Outcome.PASS: "通过",
    Outcome.FAIL: "不通过",
    Outcome.UNKNOWN: "资料不足",
    Outcome.NOT_LOADED: "未提供",
    Outcome.WARNING: "提醒",
    Outcome.REFERENCE: "参考",
}
_WORST: Final = (Outcome.FAIL, Outcome.NOT_LOADED, Outcome.UNKNOWN)


@dataclass(frozen=True)
class Basis:
    """Where a figure stands (依据): clause, document and how sure it is."""

    clause: str | None
    title: str
    status: Status
    status_text: str
    note: str = ""


@dataclass(frozen=True)
class PackageFinding:
    """One rule's word on a package (测算结论): `value` and `threshold` as printed, `places` in the workspace's CRS [m]."""

    rule: str
    title: str
    outcome: Outcome
    text: str
    basis: Basis
    value: str = ""
    threshold: str = ""
    county: str = ""
    move: str = ""
    places: tuple[tuple[float, float], ...] = ()

    @property
    def word(self) -> str:
        """Return the outcome in Chinese."""
        return OUTCOME_WORDS[self.outcome]


@dataclass(frozen=True)
class MoveRow:
    """One move as it really changes the boundary (图斑测算); areas ellipsoidal [m²].

    ``area_m2`` is what changes: of land in, what lies outside the present boundary; of land out, what lies inside.
    ``from_zones`` and ``counties`` part it; ``cultivated_m2`` and ``uncovered_m2`` are None where no land-class layer is
    loaded. ``grade`` is the area-weighted grade number of its cultivated land.
    """

    id: str
    kind: str
    zone: str
    name: str
    case: str | None
    evidence: tuple[str, ...]
    source: str
    parcel_id: str | None
    drawn_m2: float
    area_m2: float
    from_zones: Mapping[str, float]
    counties: Mapping[str, float]
    cultivated_m2: float | None
    uncovered_m2: float | None
    grade: float | None
    farmland_m2: float | None
    redline_m2: float | None

    @property
    def word(self) -> str:
        """Return 调入, 调出 or 属性变更."""
        return MOVE_WORDS[self.kind]


@dataclass(frozen=True)
class Side:
    """What all moves of one kind come to (合计); areas [m²], None where a layer is not loaded."""

    area_m2: float
    cultivated_m2: float | None
    grade: float | None
    grade_scheme: str | None
    farmland_m2: float | None
    redline_m2: float | None


@dataclass(frozen=True)
class CountyRow:
    """The balance of one county (分县平衡), areas [ha], None where 未提供."""

    code: str
    name: str
    in_ha: float
    out_ha: float
    quota_ha: float | None
    udb_ha: float
    base_ha: float | None
    multiple: float | None
    multiple_max: float | None

    @property
    def net_ha(self) -> float:
        """Return land in less land out [ha]."""
        return self.in_ha - self.out_ha


@dataclass(frozen=True)
class ZoneRow:
    """One zone before and after (分区变化), areas [m²].

    ``moved_m2`` is what the moves say; the ellipsoidal area of the new outlines differs from it by ``difference_m2``,
    because ellipsoidal area is not additive under cuts that are straight in the plane.
    """

    zone: str
    before_m2: float
    after_m2: float
    moved_m2: float
    plane_before_m2: float
    plane_after_m2: float

    @property
    def difference_m2(self) -> float:
        """Return after − before − moved [m²]."""
        return self.after_m2 - self.before_m2 - self.moved_m2


@dataclass(frozen=True)
class PackageResult:
    """A package, calculated (方案测算结果).

    ``boundary`` has the features of the new boundary (zone, origin, geometry), ``changed`` the outlines that change
    (move, kind, zone, geometry), both in the workspace's CRS.
    """

    package: Package
    result_id: str
    as_of: str
    edition: str | None
    moves: tuple[MoveRow, ...]
    land_in: Side
    land_out: Side
    counties: tuple[CountyRow, ...]
    zones: tuple[ZoneRow, ...]
    findings: tuple[PackageFinding, ...]
    notes: tuple[str, ...]
    boundary: gpd.GeoDataFrame = field(repr=False)
    changed: gpd.GeoDataFrame = field(repr=False)
    touched: gpd.GeoDataFrame = field(repr=False)

    @property
    def outcome(self) -> Outcome:
        """Return the worst outcome that counts; warnings and references do not. What changes nothing cannot pass."""
        found = {finding.outcome for finding in self.findings}
        if len(self.changed) == 0:
            found.add(Outcome.UNKNOWN)
        return next((one for one in _WORST if one in found), Outcome.PASS)

    @property
    def net_m2(self) -> float:
        """Return land in less land out [m²]."""
        return self.land_in.area_m2 - self.land_out.area_m2

    def evidence(self) -> list[dict[str, str]]:
        """Return the evidence list, a row a document; a move without any stands with an empty one (证明材料清单)."""
        return [
            {"move": row.id, "kind": row.word, "case": row.case or "", "document": text}
            for row in self.moves
            for text in row.evidence or ("",)
        ]

    def as_dict(self) -> dict[str, Any]:
        """Return the result as plain data, without outlines."""
        return {
            "package": self.package.id,
            "title": self.package.title,
            "version": self.package.version,
            "result_id": self.result_id,
            "as_of": self.as_of,
            "case_edition": self.edition,
            "outcome": self.outcome,
            "outcome_text": OUTCOME_WORDS[self.outcome],
            "net_m2": self.net_m2,
            "net_mu": m2_to_mu(self.net_m2),
            "net_ha": m2_to_ha(self.net_m2),
            "in": asdict(self.land_in),
            "out": asdict(self.land_out),
            "moves": [{**asdict(row), "kind_text": row.word} for row in self.moves],
            "counties": [{**asdict(row), "net_ha": row.net_ha} for row in self.counties],
            "zones": [{**asdict(row), "difference_m2": row.difference_m2} for row in self.zones],
            "findings": [{**asdict(item), "outcome_text": item.word} for item in self.findings],
            "evidence": self.evidence(),
            "notes": list(self.notes),
        }
