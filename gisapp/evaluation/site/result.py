"""What a site check comes to (套合结果): rows by topic, parcels, gaps, and the manifest that it is recognised by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final, Literal

from gisapp.io.redline import RedLine
from gisapp.model.rules import Status
from gisapp.units import m2_to_mu

Kind = Literal["partition", "cover", "bottom", "distance"]


class Finding(StrEnum):
    """What was found about one class of a layer (套合结论)."""

    TAKEN = "taken"
    CLEAR = "clear"
    CONTACT = "contact"
    NOT_LOADED = "not_loaded"
    UNCOVERED = "uncovered"
    OVERLAP = "overlap"


FINDING_WORDS: Final = {
    Finding.TAKEN: "压占",
    Finding.CLEAR: "未压占",
    Finding.CONTACT: "边界接触，须人工核对",
    Finding.NOT_LOADED: "未提供",
    Finding.UNCOVERED: "图层未覆盖",
    Finding.OVERLAP: "图层内重叠，须核对",
}


@dataclass(frozen=True)
class Citation:
    """A rule that speaks of a topic (规则依据): its threshold as text, its clause, and how sure both are."""

    rule_id: str
    title: str
    title_en: str
    role: str
    threshold: str
    rulebook: str
    edition: str
    clause: str | None
    clause_title: str
    status: Status
    status_text: str
    status_note: str
    advice: str
    note: str


@dataclass(frozen=True)
class Row:
    """One line of the table (压占分析表行).

    ``share`` is the plane share of the red line [0-1], ``area_m2`` that share of its ellipsoidal area, ``by_block`` the
    same area in each of its blocks; all None or empty where the layer is not loaded. ``part`` says that the row is a
    term of a partition: the terms sum to the red line. ``total`` says that the rows below are parts of this one.
    """

    name: str
    finding: Finding
    share: float | None = None
    area_m2: float | None = None
    by_block: tuple[float, ...] = ()
    code: str | None = None
    detail: str = ""
    part: bool = False
    total: bool = False

    @property
    def area_mu(self) -> float | None:
        """Return the area in mu (亩)."""
        return None if self.area_m2 is None else m2_to_mu(self.area_m2)


@dataclass(frozen=True)
class Topic:
    """One layer or kind of layer that the red line was laid over (套合专题).

    ``authority`` and ``as_of`` are those of the layers read; ``headline`` is the finding in one sentence.
    """

    id: str
    kind: Kind
    title: str
    title_en: str
    finding: Finding
    headline: str
    rows: tuple[Row, ...]
    layers: tuple[str, ...] = ()
    authority: str = ""
    as_of: str = ""
    citations: tuple[Citation, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ParcelRow:
    """One parcel that the red line takes land of (涉及宗地); areas [m²]."""

    parcel_id: str
    parcel_code: str | None
    name: str | None
    owner_kind: str | None
    owner_text: str
    use_code: str | None
    registered_m2: float | None
    area_m2: float
    taken_m2: float
    taken_share: float
    remaining_m2: float
    warnings: tuple[str, ...] = ()
    occupants: tuple[str, ...] = ()


@dataclass(frozen=True)
class BlockRow:
    """One block of the red line (红线地块); areas [m²], ``declared_m2`` as its file says."""

    number: int
    name: str
    area_m2: float
    plane_m2: float
    declared_m2: float | None
    use: str | None


@dataclass(frozen=True)
class SiteCheck:
    """A red line laid over everything that the workspace has (红线套合结果)."""

    site_id: str
    redline: RedLine = field(repr=False)
    blocks: tuple[BlockRow, ...]
    topics: tuple[Topic, ...] = field(repr=False)
    parcels: tuple[ParcelRow, ...] = field(repr=False)
    gaps: tuple[str, ...]
    manifest: dict[str, Any] = field(repr=False)

    @property
    def area_m2(self) -> float:
        """Return the ellipsoidal area of the red line (红线面积) [m²]."""
        return sum(block.area_m2 for block in self.blocks)

    @property
    def plane_m2(self) -> float:
        """Return the plane area in the workspace's CRS [m²]."""
        return sum(block.plane_m2 for block in self.blocks)

    def topic(self, id_: str) -> Topic:
        """Return one topic; raises KeyError if there is none of this id."""
        found = next((topic for topic in self.topics if topic.id == id_), None)
        if found is None:
            raise KeyError(id_)
        return found

    def flat(self) -> Iterator[tuple[Topic, Row]]:
        """Give every row with its topic, in order."""
        for topic in self.topics:
            for row in topic.rows:
                yield topic, row

    def as_dict(self) -> dict[str, Any]:
        """Return the whole result as plain data, as site.json has it."""
        return {
            "site_id": self.site_id,
            "manifest": self.manifest,
            "redline": {
                "name": self.redline.name,
                "kind": self.redline.kind,
                "hash": self.redline.hash,
                "crs": self.manifest["redline"]["crs"],
                "source_crs": self.redline.source_crs,
                "notes": list(self.redline.notes),
            },
            "area_m2": self.area_m2,
            "area_mu": m2_to_mu(self.area_m2),
            "plane_m2": self.plane_m2,
            "blocks": [asdict(block) for block in self.blocks],
            "topics": [_topic(topic) for topic in self.topics],
            "parcels": [asdict(parcel) for parcel in self.parcels],
            "gaps": list(self.gaps),
        }


def _topic(topic: Topic) -> dict[str, Any]:
    rows = [
        {**asdict(row), "finding_text": FINDING_WORDS[row.finding], "area_mu": row.area_mu}
        for row in topic.rows
    ]
    return {**asdict(topic), "finding_text": FINDING_WORDS[topic.finding], "rows": rows}
