"""What the moves of a package really change (图斑与现行边界的关系), in plane outlines and ellipsoidal areas."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from gisapp.context import Context
from gisapp.crs import ellipsoidal_area
from gisapp.kernels.overlay import AREA_NOISE_M2
from gisapp.model.udb import Move

Geometry = shapely.Geometry
Geometries = npt.NDArray[np.object_]
NOWHERE = ""
"""The county of land that no county of the layer covers."""


@dataclass(frozen=True)
class Ground:
    """One move over the present boundary (图斑).

    ``changed`` is the part that changes, ``per_plane`` the ellipsoidal m² for one plane m² of the outline as drawn, so
    that every part is plane share × ellipsoidal area.
    """

    move: Move
    changed: Geometry = field(repr=False)
    drawn_m2: float
    per_plane: float

    def area(self, part: Geometry) -> float:
        """Return the ellipsoidal area of a part of the move [m²]."""
        plane = float(shapely.area(part))
        return plane * self.per_plane if plane >= AREA_NOISE_M2 else 0.0

    @property
    def area_m2(self) -> float:
        """Return the ellipsoidal area that changes [m²]."""
        return self.area(self.changed)


def whole_boundary(context: Context) -> Geometry:
    """Return the present boundary as one geometry, made once (现行边界)."""
    return context.cached(
        ("udb", "whole"), lambda: shapely.union_all(context.frame("udb").geometry.to_numpy())
    )


def polygonal(geometry: Geometry) -> Geometry:
    """Return the polygons of a geometry that are land, not arithmetic."""
    parts = shapely.get_parts(geometry)
    parts = shapely.get_parts(parts)  # a collection may hold multipolygons
    kept = [
        part
        for part in parts
        if shapely.get_dimensions(part) == 2 and float(shapely.area(part)) >= AREA_NOISE_M2
    ]
    return kept[0] if len(kept) == 1 else shapely.MultiPolygon(kept)


def ground(move: Move, context: Context) -> Ground:
    """Return what one move changes: land in outside the boundary, land out inside it, land that gets another zone."""
    drawn = move.geometry
    whole = whole_boundary(context)
    operation = shapely.difference if move.kind == "in" else shapely.intersection
    changed = operation(drawn, whole)
    if move.kind == "rezone":
        same = near(context.frame("udb"), drawn)
        same = same[same["zone"].astype(str) == move.zone]
        changed = shapely.difference(changed, shapely.union_all(same.geometry.to_numpy()))
    area = float(ellipsoidal_area(np.array([drawn], dtype=object), context.crs)[0])
    return Ground(move, polygonal(changed), area, area / float(shapely.area(drawn)))


def near(frame: gpd.GeoDataFrame, geometry: Geometry) -> gpd.GeoDataFrame:
    """Return the features that meet a geometry, in row order."""
    if len(frame) == 0 or shapely.is_empty(geometry):
        return frame.iloc[:0]
    return frame.iloc[np.sort(frame.sindex.query(geometry, predicate="intersects"))]


def parts_by(found: Ground, frame: gpd.GeoDataFrame, column: str, rest: str | None) -> dict[str, float]:
    """Return m² of what changes by the values of `column`; what no feature covers under `rest`, if that is given.

    A feature that overlaps an earlier one counts only what is left, so that the parts sum to the whole.
    """
    left, out = found.changed, dict[str, float]()
    rows = near(frame, found.changed)
    for name, geometry in zip(rows[column].astype(str), rows.geometry.to_numpy(), strict=True):
        taken = found.area(polygonal(shapely.intersection(left, geometry)))
        if taken > 0.0:
            out[name] = out.get(name, 0.0) + taken
            left = polygonal(shapely.difference(left, geometry))
    over = found.area(left)
    if rest is not None and over > 0.0:
        out[rest] = over
    return out


def overlap(found: Iterable[Ground]) -> list[tuple[Ground, Ground, float]]:
    """Return pairs of moves whose outlines share land, with the shared area [m²]."""
    grounds = list(found)
    shapes = np.array([one.move.geometry for one in grounds], dtype=object)
    if len(shapes) < 2:
        return []
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = first < second
    pairs = []
    for a, b in zip(first[once].tolist(), second[once].tolist(), strict=True):
        shared = grounds[a].area(polygonal(shapely.intersection(shapes[a], shapes[b])))
        if shared > 0.0:
            pairs.append((grounds[a], grounds[b], shared))
    return pairs
