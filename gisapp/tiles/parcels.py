"""Tile sources of the parcel table (地块瓦片): parcels from zoom 13 on, points and land use classes below."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisapp.tiles.attributes import AttributeColumn
from gisapp.tiles.cache import Once
from gisapp.tiles.grid import MAX_ZOOM, GeometryArray
from gisapp.tiles.level import SMALLEST_PX, Features, drawable
from gisapp.tiles.source import Attributes, VectorSource, attribute_columns, mercator_copy, table_features

PARCEL_ZOOM: Final = 13
"""First zoom at which parcels are sent one by one."""
PARCEL_ATTRIBUTES: Final[Mapping[str, str]] = MappingProxyType(
    {"use_code": "use_code", "plan_use_code": "plan_use_code", "code": "parcel_code"}
)
CLASS_DIGITS: Final = 4
"""Digits of a land use code that make a class of level 2."""


def parcel_sources(
    parcels: gpd.GeoDataFrame, attributes: Attributes = PARCEL_ATTRIBUTES, *, class_field: str = "use_code"
) -> list[VectorSource]:
    """Return the sources ``parcel``, ``parcel_point`` and ``parcel_class`` of a parcel table (地块数据源).

    Parameters
    ----------
    parcels
        Parcel table in any declared CRS; ids in the tiles are 1-based row numbers.
    attributes
        Columns sent with each parcel, or a mapping from the name in the tile to the column.
    class_field
        Land use code by which parcels are dissolved below zoom 13.

    Raises
    ------
    CrsError
        If the table has no CRS.
    InputError
        If a column is missing.
    """
    mercator = mercator_copy(parcels, what="parcel")
    columns = attribute_columns(parcels, attributes, what="parcel")
    features = Once(lambda: table_features(mercator.get(), columns.get(), "polygon"))
    return [
        VectorSource("parcel", "polygon", features, PARCEL_ZOOM, MAX_ZOOM),
        centroids(parcels, mercator=mercator),
        dissolve_classes(parcels, class_field, mercator=mercator),
    ]


def centroids(
    gdf: gpd.GeoDataFrame, *, layer_id: str = "parcel_point", mercator: Once[GeometryArray] | None = None
) -> VectorSource:
    """Return one point inside each polygon, below zoom 13 (地块点).

    Where points collide on screen the largest polygon wins.
    `mercator` hands in a display copy that exists already. Ids are 1-based row numbers; no attributes.
    """
    copy = mercator or mercator_copy(gdf, what=layer_id)

    def make() -> Features:
        polygons, rows = drawable(copy.get(), "polygon")
        points = shapely.centroid(polygons)
        shapely.prepare(polygons)
        outside = ~shapely.contains_properly(polygons, points)
        shapely.destroy_prepared(polygons)
        points[outside] = shapely.point_on_surface(polygons[outside])
        return Features(points, (rows + 1).astype(np.uint64), weight=shapely.area(polygons))

    return VectorSource(layer_id, "point", Once(make), 0, PARCEL_ZOOM - 1, thin=True)


def dissolve_classes(
    gdf: gpd.GeoDataFrame,
    field: str,
    *,
    layer_id: str = "parcel_class",
    digits: int = CLASS_DIGITS,
    mercator: Once[GeometryArray] | None = None,
) -> VectorSource:
    """Return polygons dissolved by the first `digits` of a code, below zoom 13 (分类融合面).

    The union is made once at first use. Each connected area is a feature with the attribute `field`. Holes of
    less than four pixels are closed and areas of less than four left out, so that slivers do not flicker;
    larger gaps, such as wide streets, stay open.

    Raises
    ------
    CrsError
        If the table has no CRS.
    InputError
        If the column is missing.
    """
    attribute_columns(gdf, [field], what=layer_id)
    copy = mercator or mercator_copy(gdf, what=layer_id)
    codes = gdf[field].astype("string").str[:digits].reset_index(drop=True)

    def make() -> Features:
        polygons, rows = drawable(copy.get(), "polygon")
        return _dissolved(polygons, codes.iloc[rows].reset_index(drop=True), field)

    last = PARCEL_ZOOM - 1
    return VectorSource(layer_id, "polygon", Once(make), 0, last, close_holes=True, smallest_px=SMALLEST_PX)


def _dissolved(polygons: GeometryArray, codes: pd.Series, field: str) -> Features:
    """Return the connected areas of each code, codes in ascending order, polygons without a code last."""
    number, names = pd.factorize(codes, sort=True, use_na_sentinel=True)
    groups = [k for k in [*range(len(names)), -1] if (number == k).any()]
    parts = [shapely.get_parts(_union(polygons[number == k])) for k in groups]
    labels = [None if k < 0 else str(names[k]) for k in groups]
    sizes = [len(part) for part in parts]
    values = pd.Series(np.repeat(np.array(labels, dtype=object), sizes), dtype=object)
    geometries = np.concatenate([*parts, np.empty(0, dtype=object)])
    ids = np.arange(1, len(geometries) + 1, dtype=np.uint64)
    return Features(geometries, ids, (AttributeColumn.from_values(field, values),))


def _union(polygons: GeometryArray) -> shapely.Geometry:
    """Return the union; by the fast way for coverages where its area proves that nothing overlapped."""
    total = float(shapely.area(polygons).sum())
    try:
        fast = shapely.coverage_union_all(polygons)
    except shapely.errors.GEOSException:
        return shapely.union_all(polygons)
    if shapely.is_valid(fast) and abs(shapely.area(fast) - total) <= 1e-9 * total:
        return fast
    return shapely.union_all(polygons)
