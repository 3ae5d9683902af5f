"""Search over parcel codes, names, enterprises, stations and parks (检索)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd
import shapely

from gisapp.app.display import WGS84, Display
from gisapp.app.workspace import Workspace
from gisapp.context import Context
from gisapp.crs import transform

PLACE_ROLES = (
    ("station", "station"),
    ("hub", "station"),
    ("park", "park"),
    ("street", "place"),
    ("outline", "place"),
)


@dataclass(frozen=True)
class Hit:
    """One thing that was found (检索结果): where it is in degrees and, for a parcel, its id."""

    kind: str
    title: str
    subtitle: str
    lon: float
    lat: float
    bbox: tuple[float, ...] | None = None
    parcel_id: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the hit as plain data."""
        return asdict(self)


@dataclass(frozen=True)
class SearchIndex:
    """Lower-case texts beside what they lead to (检索索引)."""

    entries: tuple[tuple[str, Hit], ...] = field(repr=False)

    @classmethod
    def build(cls, workspace: Workspace, display: Display) -> SearchIndex:
        """Return the index of a workspace."""
        context = workspace.context()
        entries = [*_places(context), *_parcels(workspace, display), *_enterprises(context, display)]
        return cls(tuple(entries))

    def find(self, query: str, *, limit: int) -> list[Hit]:
        """Return hits that contain the query: those that start with it first, then the shorter text."""
        wanted = query.strip().lower()
        if not wanted:
            return []
        found = [
            (not text.startswith(wanted), len(text), place)
            for place, (text, _) in enumerate(self.entries)
            if wanted in text
        ]
        return [self.entries[place][1] for _, _, place in sorted(found)[:limit]]


def _parcels(workspace: Workspace, display: Display) -> list[tuple[str, Hit]]:
    parcels = workspace.parcels
    codes = parcels["parcel_code"] if "parcel_code" in parcels else parcels["parcel_id"]
    names = parcels["name"] if "name" in parcels else parcels["parcel_id"]
    out = []
    for row, (id_, code, name) in enumerate(zip(parcels["parcel_id"], codes, names, strict=True)):
        title = str(name) if pd.notna(name) else str(id_)
        hit = Hit(
            "parcel",
            title,
            str(code) if pd.notna(code) else str(id_),
            **display.lonlat(row),
            bbox=tuple(display.bbox(row)),
            parcel_id=str(id_),
        )
        texts = {str(text).lower() for text in (code, name, id_) if pd.notna(text)}
        out += [(text, hit) for text in sorted(texts)]
    return out


def _enterprises(context: Context, display: Display) -> list[tuple[str, Hit]]:
    if context.enterprises is None or context.occupancy is None:
        return []
    links = context.occupancy.sort_values("land_m2").groupby("enterprise_id")["parcel_id"].last()
    names = context.enterprises.drop_duplicates("enterprise_id", keep="last").set_index("enterprise_id")[
        "name"
    ]
    out = []
    homes = {str(id_): str(parcel) for id_, parcel in links.items()}
    for id_, name in names.items():
        home = homes.get(str(id_), "")
        row = display.rows.get(home)
        if row is not None and pd.notna(name):
            hit = Hit(
                "enterprise",
                str(name),
                home,
                **display.lonlat(row),
                bbox=tuple(display.bbox(row)),
                parcel_id=home,
            )
            out.append((str(name).lower(), hit))
    return out


def _places(context: Context) -> list[tuple[str, Hit]]:
    out: list[tuple[str, Hit]] = []
    for role, kind in PLACE_ROLES:
        if not context.has(role):
            continue
        frame = context.frame(role)
        shapes = transform(frame.geometry.to_numpy(), source=context.crs, target=WGS84)
        points, bounds = shapely.point_on_surface(shapes), shapely.bounds(shapes)
        for row, record in enumerate(frame.drop(columns="geometry").to_dict("records")):
            name = record.get("name")
            if not isinstance(name, str):
                continue
            box = None if kind == "station" else tuple(float(v) for v in bounds[row])
            x, y = float(shapely.get_x(points[row])), float(shapely.get_y(points[row]))
            hit = Hit(kind, name, str(record.get("line") or record.get("kind") or ""), x, y, box)
            aliases = record.get("aliases")
            texts = [name, *(aliases.split("、") if isinstance(aliases, str) else [])]
            out += [(text.strip().lower(), hit) for text in texts if text.strip()]
    return out
