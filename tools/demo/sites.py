"""Finding a clean parcel for each planted case (选址): far from every influence that the case does not set."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from tools.demo.case import Case
from tools.demo.known import Points, plane
from tools.demo.transit import HUB

Row = dict[str, Any]
Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]
LIGHT = ("gaoxin", "smart-mfg", "luhe-edz", "pukou-edz", "biopharma", "cross-strait")
_BUSINESS = ("10", "11", "08", "09")


class Sites:
    """The parcels with what is known of their surroundings; `take` picks one for a case."""

    def __init__(self, parcels: gpd.GeoDataFrame, layers: dict[str, list[Row]], scale: float) -> None:
        self.parcels, self.layers = parcels, layers
        self.shapes = parcels.geometry.to_numpy()
        self.centres = shapely.get_coordinates(shapely.centroid(self.shapes))
        self._scale = scale
        self._used_blocks: set[int] = set()
        self._turn = 0
        self._distances: dict[str, Points] = {}
        self._areas = shapely.area(self.shapes)
        self._zones = {
            name: self._inside("udb", "GHFQMC", name)
            for name in ("城镇集中建设区", "城镇弹性发展区", "特别用途区")
        }
        zones = metro_zones(layers["metro_protection"])
        self._metro = {key: shapely.intersects(self.shapes, area) for key, area in zones.items()}
        self._clean = ~self._near("farmland", 1.5) & ~self._near("redline", 1.5)
        self._risky = np.zeros(len(parcels), dtype=bool)
        self.refresh_risk()

    def refresh_risk(self) -> None:
        """Mark the parcels that any hazard facility reaches, with 40 m to spare."""
        discs = [shapely.buffer(row["geometry"], row["d_3e7_m"] + 40.0) for row in self.layers["hazard"]]
        area = shapely.union_all(discs)
        shapely.prepare(area)
        self._risky = shapely.intersects(area, self.shapes)

    def take(self, case: Case) -> int:
        """Return the row number of the best unused parcel for a case."""
        fits = self._fits(case)
        order = self._cost(case)
        order[~fits] = np.inf
        best = int(np.argmin(order))
        if not np.isfinite(order[best]):
            raise LookupError(f"no parcel fits planted case {case.id} at {case.place}")
        self._used_blocks.add(int(self.parcels["block"].iloc[best]))
        return best

    def _fits(self, case: Case) -> Mask:
        around = case.around
        low, high = (7_000, 15_500) if around.risk in ("3e-6", "3e-7") else (11_000, 52_000)
        if case.place in ("new-materials", "xiba", "tributary"):
            high = 220_000
        fits = (self._areas > low / self._scale) & (self._areas < high / self._scale)
        fits &= ~self.parcels["block"].isin(self._used_blocks).to_numpy()
        fits &= self._zones[around.zone or "城镇集中建设区"]
        fits &= self._clean
        if around.risk != "any":
            fits &= ~self._risky
        certain, estimated = self._metro["certain"], self._metro["estimated"]
        if around.metro == "certain":
            fits &= certain & ~estimated
        elif around.metro == "estimated":
            fits &= estimated & ~certain
        else:
            fits &= ~certain & ~estimated
        return np.asarray(fits & self._place(case) & self._by_river(around.river))

    def _place(self, case: Case) -> Mask:
        park = self.parcels["park_id"]
        if case.place == "light":
            self._turn += 1
            return np.asarray(park == LIGHT[self._turn % len(LIGHT)])
        if case.place in ("rd-park", "new-materials", "xiba"):
            return np.asarray(park == case.place)
        if case.place == "nanjing-north":
            return np.asarray(np.linalg.norm(self.centres - plane([HUB])[0], axis=1) < 2500)
        if case.place in ("line-4", "line-11"):
            return self._by_line("4号线" if case.place == "line-4" else "11号线")
        if case.place == "edge":
            return self._outer() if not case.around.zone else np.ones(len(self.shapes), dtype=bool)
        return np.ones(len(self.shapes), dtype=bool)

    def _by_line(self, line: str) -> Mask:
        tracks = [
            row["geometry"]
            for row in self.layers["transit_line"]
            if row["line"] == line and row["status"] == "construction"
        ]
        near = self._away(line, tracks) < 1100.0
        north = (self.parcels["frame"] == "riverside").to_numpy()
        return np.asarray(near & north)

    def _by_river(self, where: str) -> Mask:
        if not where:
            return np.ones(len(self.shapes), dtype=bool)
        rows = self.layers["river_management"]
        main, branch = (
            self._away(stem, [row["geometry"] for row in rows if row["stem"] == stem])
            for stem in ("main", "tributary")
        )
        if where == "main-near":
            return np.asarray(main < 850)
        if where == "tributary-near":
            return np.asarray((branch < 850) & (main > 1500))
        return np.asarray((main > 1150) & (branch > 1150))

    def _outer(self) -> Mask:
        whole = shapely.union_all([row["geometry"] for row in self.layers["udb"]])
        return np.asarray(self._away("boundary", [whole.boundary]) < 10.5)

    def _away(self, key: str, targets: list[BaseGeometry]) -> Points:
        """Return the distance [m] of each parcel to the nearest target, as it was when first asked for `key`."""
        if key not in self._distances:
            parts = shapely.get_parts(np.array(targets))
            pieces = np.array([piece for part in parts for piece in _pieces(part)])
            found = shapely.STRtree(pieces).query_nearest(
                self.shapes, all_matches=False, return_distance=True
            )
            self._distances[key] = found[1]
        return self._distances[key]

    def _cost(self, case: Case) -> Points:
        use = self.parcels["use_code"]
        same = (use.str[:4] == case.use[:4]).to_numpy()
        akin = use.str[:2].isin(_BUSINESS).to_numpy() & (case.use[:2] in _BUSINESS)
        cost = np.where(same, 0.0, np.where(akin, 3.0, 9.0))
        if case.place == "farm-edge" or case.place == "red-edge":
            layer = "farmland" if case.place == "farm-edge" else "redline"
            return np.asarray(cost * 40 + self._away(layer, [row["geometry"] for row in self.layers[layer]]))
        return np.asarray(cost + np.arange(len(use)) * 1e-6 + self._spread())

    def _spread(self) -> Points:
        """Return a small deterministic scatter, so that stories of one place do not sit side by side."""
        mixed = (self.parcels["block"].to_numpy() * 7919) % 997
        return np.asarray(mixed / 997.0)

    def _inside(self, layer: str, column: str, value: str) -> Mask:
        parts = [row["geometry"] for row in self.layers[layer] if row[column] == value]
        area = shapely.union_all(parts)
        shapely.prepare(area)
        return np.asarray(shapely.contains_properly(area, self.shapes))

    def _near(self, layer: str, distance_m: float) -> Mask:
        tree = shapely.STRtree(np.array([row["geometry"] for row in self.layers[layer]]))
        hit = tree.query(self.shapes, predicate="dwithin", distance=distance_m)[0]
        mask = np.zeros(len(self.shapes), dtype=bool)
        mask[hit] = True
        return mask


def _pieces(part: BaseGeometry) -> list[BaseGeometry]:
    """Return a long line in pieces of 20 vertices: a tree of small boxes finds the nearest quickly."""
    if part.geom_type != "LineString":
        return [part]
    points = shapely.get_coordinates(part)
    return [shapely.LineString(points[k : k + 21]) for k in range(0, len(points) - 1, 20)]


def metro_zones(rows: list[Row]) -> dict[str, BaseGeometry]:
    """Return the certain and the estimated protection zones, prepared."""
    zones = {}
    for key, certain in (("certain", True), ("estimated", False)):
        area = shapely.union_all([row["geometry"] for row in rows if row["certain"] is certain])
        shapely.prepare(area)
        zones[key] = area
    return zones
