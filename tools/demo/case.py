"""One planted case (预置案例): what is set on a parcel and around it, and what the rules must say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Values = Mapping[str, Any]  # field name → value; the fields are of mixed types


@dataclass(frozen=True)
class Firm:
    """The single occupant of a planted parcel: tax against the peer median, grade."""

    tax_ratio: float | None = 1.8
    grade: str | None = "B"


@dataclass(frozen=True)
class Around:
    """What the layers around the parcel are made to hold.

    Areas in m2 of the parcel: `farmland`, `redline` (covered), `outside` (cut out of the development boundary);
    `zone` puts the whole parcel into a sub-zone; `risk` sets a small hazard facility so that the parcel lies
    inside the 3e-6 or the 3e-7 contour; `metro` and `river` choose where to look for the parcel.
    """

    farmland: float = 0.0
    redline: float = 0.0
    outside: float = 0.0
    zone: str = ""
    risk: str = ""
    metro: str = ""
    river: str = ""


@dataclass(frozen=True)
class Case:
    """A planted case: place, settings, story and expectation."""

    id: str
    place: str
    story: str
    verdict: str
    rules: Values
    use: str = "100101"
    plan: str | None = "same"
    values: Values = field(default_factory=dict)
    firm: Firm | None = None
    around: Around = Around()
    far: float | None = 1.2
    cover: float | None = 0.45
    advice: str | None = None
    plan_far: float = 2.5

    @property
    def rulebook(self) -> str:
        """The rulebook that the case tests."""
        return "redevelopment" if self.id.startswith("R") else "mixed_use"


NEUTRAL: dict[str, Any] = {
    "owner_kind": "state",
    "supplied_on": date(2006, 5, 20),
    "start_due_on": date(2007, 5, 20),
    "started_on": date(2006, 11, 10),
    "x_completed_on": date(2008, 6, 1),
    "x_suspended_on": None,
    "year_built": 2008.0,
    "storeys": 3.0,
    "soil_state": "surveyed_clean",
    "mortgaged": False,
    "seized": False,
    "x_developed_share": 1.0,
    "x_contract_allows_change": True,
    "x_secondary_gfa_share": 0.04,
    "x_vacancy_share": 0.05,
    "x_restricted": False,
    "x_unsafe": False,
    "x_key_supervised": False,
    "x_owner_count": 1.0,
    "x_owner_willing": True,
    "x_support_gfa_share": 0.05,
    "x_support_land_share": 0.03,
}
