"""The context itself (评价环境): layers by role, tables, codes, and indexes that are built once on first use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from threading import RLock
from typing import Any, TypeVar

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from pyproj import CRS

from gisapp.context.economy import Economy
from gisapp.context.layers import Finding, LoadedLayer
from gisapp.context.tables import LoadedTable
from gisapp.kernels.overlay import PolygonIndex
from gisapp.kernels.proximity import NearestIndex
from gisapp.model.codes import CompatibilityMatrix, LandUseCodes
from gisapp.model.grid import Grid

T = TypeVar("T")
Geometries = npt.NDArray[np.object_]


class NotLoadedError(LookupError):
    """A layer or table that an indicator needs is not loaded (未提供): a finding, never a pass or a fail."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@dataclass
class _Cache:
    """Indexes by name; shared by the copies of a context that differ only in the date."""

    lock: RLock = field(default_factory=RLock)
    values: dict[tuple[str, ...], Any] = field(default_factory=dict)  # indexes of several kinds

    def get(self, key: tuple[str, ...], build: Callable[[], T]) -> T:
        """Return the value under `key`, built once."""
        with self.lock:
            if key not in self.values:
                self.values[key] = build()
            value: T = self.values[key]
            return value


@dataclass(frozen=True)
class Context:
    """What parcels are measured against (评价环境).

    ``fabric`` is the whole parcel table with ``area_m2``: neighbourhood and reference-set figures read it, so
    that an indicator's value for a parcel does not depend on which other parcels are asked about.
    """

    crs: CRS
    as_of: date
    hash: str
    layers: Mapping[str, LoadedLayer] = field(repr=False)
    fabric: gpd.GeoDataFrame = field(repr=False)
    codes: LandUseCodes | None = field(default=None, repr=False)
    matrix: CompatibilityMatrix | None = field(default=None, repr=False)
    controls: pd.DataFrame | None = field(default=None, repr=False)
    industry_editions: pd.DataFrame | None = field(default=None, repr=False)
    enterprises: pd.DataFrame | None = field(default=None, repr=False)
    occupancy: pd.DataFrame | None = field(default=None, repr=False)
    tables: Mapping[str, LoadedTable] = field(default_factory=dict, repr=False)
    service_year: int | None = None
    _cache: _Cache = field(default_factory=_Cache, repr=False, compare=False)
    _fabric_cache: _Cache = field(default_factory=_Cache, repr=False, compare=False)

    def with_fabric(self, fabric: gpd.GeoDataFrame) -> Context:
        """Return the same layers and tables around another parcel table with ``area_m2``; indexes are shared."""
        return replace(self, fabric=fabric, _fabric_cache=_Cache())

    def with_changed(self, changed: gpd.GeoDataFrame, gone: Iterable[str]) -> Context:
        """Return the context for a preview: some parcels `changed` or new, others `gone`.

        Reference sets (medians, peers) stay those of the fabric, as far as they were worked out before; only the
        parks of these parcels are found anew.
        """
        before = self.parks_of_fabric()
        parks = self._parks(changed)
        kept = before[~before.index.isin([*gone, *parks.index])]
        cache = _Cache(values={**self._fabric_cache.values, ("fabric-parks",): pd.concat([kept, parks])})
        return replace(self, _fabric_cache=cache)

    def at(self, as_of: date, *, service_year: int | None = None) -> Context:
        """Return the same context on another day or for another network year; indexes are shared."""
        return replace(self, as_of=as_of, service_year=service_year)

    def cached(self, key: tuple[str, ...], build: Callable[[], T]) -> T:
        """Return the value under `key`, built once; it must not depend on the fabric."""
        return self._cache.get(key, build)

    def of_fabric(self, key: tuple[str, ...], build: Callable[[], T]) -> T:
        """Return the value under `key`, built once for this fabric (reference sets, parks of parcels)."""
        return self._fabric_cache.get(key, build)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what reading the layers brought to light."""
        return tuple(finding for layer in self.layers.values() for finding in layer.findings)

    def has(self, role: str) -> bool:
        """Return whether a layer with `role` is loaded."""
        return any(layer.spec.role == role for layer in self.layers.values())

    def table(self, name: str) -> pd.DataFrame:
        """Return a declared table (资料表), or raise `NotLoadedError` naming it; not to be written to."""
        found = self.tables.get(name)
        if found is None:
            raise NotLoadedError(name)
        return found.frame

    def frame(self, role: str) -> gpd.GeoDataFrame:
        """Return the features of all layers with `role`, logical columns, in the workspace's CRS."""
        return self.cached(("frame", role), lambda: self._frame(role))

    def _frame(self, role: str) -> gpd.GeoDataFrame:
        frames = [
            layer.frame
            for layer in self.layers.values()
            if layer.spec.role == role and layer.frame is not None
        ]
        if not frames:
            raise NotLoadedError(role)
        frame = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
        usable = frame.geometry.notna() & ~frame.geometry.is_empty
        return gpd.GeoDataFrame(frame[usable].reset_index(drop=True), crs=self.crs)

    def column(self, role: str, name: str) -> pd.Series:
        """Return a logical column of a role, or raise `NotLoadedError` naming it."""
        frame = self.frame(role)
        if name not in frame.columns:
            raise NotLoadedError(f"{role}.{name}")
        out: pd.Series = frame[name]
        return out

    def overlay(self, role: str, by: str | None = None) -> tuple[PolygonIndex, tuple[str, ...]]:
        """Return the overlay index of a polygon role and its classes (values of `by`, sorted)."""
        return self.cached(("overlay", role, by or ""), lambda: self._overlay(role, by))

    def _overlay(self, role: str, by: str | None) -> tuple[PolygonIndex, tuple[str, ...]]:
        frame = self.frame(role)
        if by is None:
            return PolygonIndex(frame.geometry.to_numpy()), ("",)
        labels, classes = pd.factorize(self.column(role, by).astype("str"), sort=True)
        return PolygonIndex(frame.geometry.to_numpy(), labels), tuple(map(str, classes))

    def features(self, role: str) -> PolygonIndex:
        """Return the overlay index of a polygon role with each feature as a class of its own."""
        return self.cached(("features", role), lambda: self._features(role))

    def _features(self, role: str) -> PolygonIndex:
        geometries = self.frame(role).geometry.to_numpy()
        return PolygonIndex(geometries, np.arange(len(geometries), dtype=np.intp))

    def nearest(self, role: str) -> NearestIndex:
        """Return the nearest-distance index of a role."""
        return self.cached(("nearest", role), lambda: NearestIndex(self.frame(role).geometry.to_numpy()))

    def grid(self, role: str) -> Grid:
        """Return the raster with `role`."""
        grids = [layer.grid for layer in self.layers.values() if layer.spec.role == role and layer.grid]
        if not grids:
            raise NotLoadedError(role)
        return grids[0]

    def slope(self) -> Grid:
        """Return the slope of the elevation raster (坡度) [1]."""
        return self.cached(("slope",), lambda: self.grid("elevation").slope())

    def economy(self, years: int) -> Economy:
        """Return enterprise figures as means over the last `years` complete years before the date."""
        if self.enterprises is None or self.occupancy is None:
            raise NotLoadedError("enterprises")
        enterprises, occupancy, parks = self.enterprises, self.occupancy, self.parks_of_fabric()
        return self.of_fabric(
            ("economy", str(years), str(self.as_of.year)),
            lambda: Economy.build(enterprises, occupancy, parks, years=years, before=self.as_of.year),
        )

    def parks_of_fabric(self) -> pd.Series:
        """Return the name of the park that holds most of each parcel, indexed by parcel_id; missing outside."""
        return self.of_fabric(("fabric-parks",), lambda: self._parks(self.fabric))

    def _parks(self, parcels: gpd.GeoDataFrame) -> pd.Series:
        ids = parcels["parcel_id"]
        if not self.has("park"):
            return pd.Series(pd.NA, index=ids, dtype="object")
        names = main_zone(self, "park", "name", parcels.geometry.to_numpy())
        return pd.Series(names, index=ids, dtype="object")


def main_zone(context: Context, role: str, by: str, geometries: Geometries) -> Geometries:
    """Return the value of `by` in the zone that covers at least half of each geometry, else None; shape (n,)."""
    index, classes = context.overlay(role, by)
    best = index.main(geometries)
    return np.array([*classes, None], dtype=object)[best]
