"""One display layer prepared for tiles (瓦片数据源): a copy in EPSG:3857, levels made when asked for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from gisapp.errors import CrsError, InputError, Problem
from gisapp.tiles.attributes import AttributeColumn
from gisapp.tiles.cache import Once
from gisapp.tiles.grid import EXTENT, MAX_ZOOM, GeometryArray, Tile, geometries_to_mercator, pixel_m
from gisapp.tiles.level import LAST_SIMPLIFIED, Features, Kind, Level, RowArray, drawable, level
from gisapp.tiles.mvt import encode_layer
from gisapp.tiles.paths import Affine

BUFFER_UNITS: Final = 64
"""How far features reach beyond the tile [1/4096 of its side], so that outlines do not show at tile edges."""

Attributes = Mapping[str, str] | Sequence[str]
"""Attribute names, or attribute name → column of the table."""


@dataclass(frozen=True, eq=False)
class VectorSource:
    """One layer of the tiles (矢量数据源), drawn from `min_zoom` to `max_zoom`.

    Features are transformed at first use and simplified once for each zoom; both are kept, and may be asked
    for from several threads. `close_holes` closes holes of a few pixels, `thin` thins points, polygons below
    `smallest_px` [px²] are left out.
    """

    id: str
    kind: Kind
    features: Once[Features]
    min_zoom: int = 0
    max_zoom: int = MAX_ZOOM
    close_holes: bool = False
    thin: bool = False
    smallest_px: float = 1.0
    _levels: tuple[Once[Level], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        levels = tuple(Once(partial(self._make, z)) for z in range(LAST_SIMPLIFIED + 2))
        object.__setattr__(self, "_levels", levels)

    def level(self, z: int) -> Level:
        """Return the features as drawn at zoom `z`."""
        return self._levels[min(z, LAST_SIMPLIFIED + 1)].get()

    def layer(self, tile: Tile) -> bytes:
        """Return the layer of one tile as bytes, ``b""`` where it draws nothing (图层瓦片)."""
        if not self.min_zoom <= tile.z <= self.max_zoom:
            return b""
        shown = self.level(tile.z)
        rows, geometries = _clipped(
            shown, tile, smallest_px=self.smallest_px if self.kind == "polygon" else 0.0
        )
        if len(rows) == 0:
            return b""
        features = self.features.get()
        kept = shown.rows[rows]
        columns = [column.take(kept) for column in features.columns]
        ids = features.ids[kept]
        return encode_layer(self.id, geometries, ids=ids, columns=columns, affine=_affine(tile))

    def _make(self, z: int) -> Level:
        return level(self.features.get(), self.kind, z, close_holes=self.close_holes, thin=self.thin)


def _affine(tile: Tile) -> Affine:
    """Return the way from EPSG:3857 to tile units, y down."""
    west, _, _, north = tile.bounds
    scale = EXTENT / tile.side_m
    return scale, -west * scale, -scale, north * scale


def _clipped(shown: Level, tile: Tile, *, smallest_px: float) -> tuple[RowArray, GeometryArray]:
    """Return the rows of a level that meet the buffered tile and their geometries cut to it.

    Features of less than `smallest_px` [px²] as a whole are left out, in each tile alike.
    """
    west, south, east, north = tile.buffered(BUFFER_UNITS)
    rows = np.sort(shown.tree.query(shapely.box(west, south, east, north)))
    rows = rows[shown.area[rows] >= smallest_px * pixel_m(tile.z) ** 2]
    geometries, bounds = shown.geometries[rows], shown.bounds[rows]
    inside = (bounds[:, :2] >= (west, south)).all(axis=1) & (bounds[:, 2:] <= (east, north)).all(axis=1)
    across = ~inside
    geometries[across] = shapely.clip_by_rect(geometries[across], west, south, east, north)
    return rows, geometries


def layer_source(
    layer_id: str,
    gdf: gpd.GeoDataFrame,
    attributes: Attributes,
    kind: Kind,
    min_zoom: float = 0,
    *,
    max_zoom: int = MAX_ZOOM,
) -> VectorSource:
    """Return the tile source of a reference layer (参考图层数据源).

    Parameters
    ----------
    layer_id
        Name of the layer in the tiles.
    gdf
        Any declared CRS; features of another geometry type than `kind`, empty and missing ones are not drawn.
    attributes
        Columns to send, or a mapping from the name in the tile to the column.
    kind
        ``point``, ``line`` or ``polygon``.
    min_zoom, max_zoom
        First and last zoom that draw the layer.

    Returns
    -------
    source
        Feature ids are 1-based row numbers of `gdf`. Transformed at first use.

    Raises
    ------
    CrsError
        If `gdf` has no CRS.
    InputError
        If a column is missing; all missing ones at once.
    """
    mercator = mercator_copy(gdf, what=layer_id)
    columns = attribute_columns(gdf, attributes, what=layer_id)
    features = Once(lambda: table_features(mercator.get(), columns.get(), kind))
    return VectorSource(layer_id, kind, features, math.floor(min_zoom), max_zoom)


def table_features(geometries: GeometryArray, columns: Sequence[AttributeColumn], kind: Kind) -> Features:
    """Return the drawable rows of a table, `geometries` in EPSG:3857, with 1-based row numbers as ids."""
    drawn, rows = drawable(geometries, kind)
    return Features(drawn, (rows + 1).astype(np.uint64), tuple(column.take(rows) for column in columns))


def mercator_copy(gdf: gpd.GeoDataFrame, *, what: str) -> Once[GeometryArray]:
    """Return the display copy of a table's geometries in EPSG:3857, made at first use."""
    if gdf.crs is None:
        raise CrsError(
            Problem(
                f"图层 {what} 没有坐标系，无法生成瓦片",
                field="crs",
                expected="EPSG 代码，例如 EPSG:4549",
                action="在图层目录中写明 crs",
            )
        )
    crs, geometries = CRS.from_user_input(gdf.crs), np.asarray(gdf.geometry.array, dtype=object)
    return Once(lambda: geometries_to_mercator(geometries, crs))


def attribute_columns(
    gdf: gpd.GeoDataFrame, attributes: Attributes, *, what: str
) -> Once[tuple[AttributeColumn, ...]]:
    """Return the chosen columns encoded for tiles, made at first use; their presence is checked at once."""
    named = dict(attributes) if isinstance(attributes, Mapping) else {name: name for name in attributes}
    missing = [column for column in named.values() if column not in gdf.columns]
    if missing:
        expected = "、".join(str(column) for column in gdf.columns)
        raise InputError(
            Problem(f"图层 {what} 缺少属性列", field=column, expected=expected, action="核对图层目录 fields")
            for column in missing
        )
    table = pd.DataFrame({name: gdf[column] for name, column in named.items()})
    return Once(lambda: tuple(AttributeColumn.from_values(name, table[name]) for name in named))
