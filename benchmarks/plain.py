"""The plain side, geometry: what a competent analyst writes with geopandas, rasterstats and pyproj.

Nothing here imports gisapp. Each function takes GeoDataFrames in one projected CRS in metres.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import rasterio
import yaml

SLIVER_M2 = 1e-6
"""Two polygons that share an edge may overlap by rounding; smaller areas are none."""
SEMI_MAJOR_M, FLATTENING = 6_378_137.0, 1 / 298.257222101


@dataclass
class Data:
    parcels: gpd.GeoDataFrame
    layers: dict[str, gpd.GeoDataFrame]
    rasters: dict[str, tuple[np.ndarray, object]]
    tables: dict[str, pd.DataFrame]
    books: dict[str, dict]
    thresholds: dict[str, pd.DataFrame]
    day: pd.Timestamp


def read(root: Path) -> Data:
    """Everything in memory: parcels, layers by role, rasters, tables as text, rulebooks."""
    catalog = yaml.safe_load((root / "layers/catalog.yaml").read_text(encoding="utf-8"))
    crs = catalog["workspace"]["crs"]
    layers, rasters = {}, {}
    for spec in catalog["layers"]:
        source = root / "layers" / spec["source"]
        if spec["kind"] == "raster":
            with rasterio.open(source) as raster:
                band = raster.read(1, masked=True).astype("float64").filled(np.nan)
                rasters[spec["role"]] = band, raster.transform
            continue
        frame = gpd.read_file(source).rename(columns={v: k for k, v in spec["fields"].items()})
        frame = frame[[*spec["fields"], "geometry"]].to_crs(crs)
        if spec["kind"] == "polygon":
            frame["geometry"] = frame.geometry.where(frame.is_valid, frame.make_valid(method="structure"))
        frame = frame[frame.geometry.notna() & ~frame.is_empty]
        layers[spec["role"]] = pd.concat([layers[spec["role"]], frame]) if spec["role"] in layers else frame
    paths = [*(root / "parcels").glob("*.csv"), *(root / "parcels/codes").glob("*.csv")]
    books = {path.stem: path for path in (root / "parcels/rulebooks").glob("*.yaml")}
    parcels = gpd.read_parquet(_parcel_file(root, catalog)).reset_index(drop=True)
    for name in parcels.columns[parcels.dtypes == "string"]:
        parcels[name] = parcels[name].astype("object").where(parcels[name].notna(), None)
    return Data(
        parcels,
        {role: frame.reset_index(drop=True) for role, frame in layers.items()},
        rasters,
        {path.stem: pd.read_csv(path, dtype="object") for path in paths},
        {name: yaml.safe_load(path.read_text(encoding="utf-8")) for name, path in sorted(books.items())},
        {
            f"data/{p.name}": pd.read_csv(p, dtype="object")
            for p in (root / "parcels/rulebooks/data").glob("*.csv")
        },
        pd.Timestamp(catalog["workspace"]["data_date"]),
    )


def _parcel_file(root: Path, catalog: dict) -> Path:
    head = root / ".gisapp/parcels/head.json"
    if head.exists():
        return head.parent / f"{json.loads(head.read_text())['hash']}.parquet"
    return root / "layers" / catalog["workspace"]["parcels"]


def ellipsoidal_areas(parcels: gpd.GeoDataFrame) -> pd.Series:
    """Statutory area [m²] by CRS-03, ring by ring: edges straight in latitude and longitude."""
    on_ellipsoid = parcels.geometry.to_crs(parcels.crs.geodetic_crs)
    return on_ellipsoid.map(lambda shape: sum(_polygon_area(p) for p in getattr(shape, "geoms", [shape])))


def _polygon_area(polygon) -> float:
    return _ring_area(polygon.exterior) - sum(_ring_area(ring) for ring in polygon.interiors)


def _ring_area(ring) -> float:
    lon, lat = np.radians(np.asarray(ring.coords)[:, :2].T)
    e2 = FLATTENING * (2 - FLATTENING)
    series = (
        1 + e2 / 2 + 3 * e2**2 / 8 + 5 * e2**3 / 16 + 35 * e2**4 / 128,
        e2 / 6 + 3 * e2**2 / 16 + 3 * e2**3 / 16 + 35 * e2**4 / 192,
        3 * e2**2 / 80 + e2**3 / 16 + 5 * e2**4 / 64,
        e2**3 / 112 + 5 * e2**4 / 256,
        5 * e2**4 / 2304,
    )
    # Under each edge down to the ring's southern parallel; along an edge the latitude grows evenly.
    half, middle, south = np.diff(lat) / 2, (lat[:-1] + lat[1:]) / 2, lat.min()
    odd = [(2 * k + 1, (-1) ** k * c) for k, c in enumerate(series)]
    strip = sum(c * (np.sin(n * middle) * np.sinc(n * half / np.pi) - np.sin(n * south)) for n, c in odd)
    semi_minor = SEMI_MAJOR_M * (1 - FLATTENING)
    return abs(semi_minor**2 * float(np.sum(np.diff(lon) * strip)))


def areas_by(parcels: gpd.GeoDataFrame, zones: gpd.GeoDataFrame, by: str | None = None) -> pd.Series:
    """Plane area [m²] of each parcel in each class of zones that it meets, by (parcel row, class)."""
    left = parcels[["geometry"]].assign(row=parcels.index)
    right = zones[["geometry"]].assign(zone="all" if by is None else zones[by].to_numpy())
    pieces = gpd.overlay(left, right, how="intersection", keep_geom_type=True)
    areas = pieces.area.groupby([pieces["row"], pieces["zone"]]).sum()
    return areas[areas >= SLIVER_M2]


def total_in(
    parcels: gpd.GeoDataFrame, areas: pd.Series, classes: tuple[object, ...] | None = None
) -> pd.Series:
    """Plane area [m²] of each parcel in the named classes, or in all; 0 where there is none."""
    if classes is not None:
        areas = areas[areas.index.get_level_values("zone").isin(classes)]
    return areas.groupby(level="row").sum().reindex(parcels.index).fillna(0.0)


def main_zone(parcels: gpd.GeoDataFrame, areas: pd.Series) -> pd.Series:
    """The class that covers at least half of each parcel, missing where none does."""
    largest = (
        areas.reset_index(name="area")
        .sort_values("area")
        .drop_duplicates("row", keep="last")
        .set_index("row")
    )
    enough = largest["area"] * 2 >= parcels.area.reindex(largest.index)
    return largest.loc[enough, "zone"].astype("object").reindex(parcels.index)


def without_overlaps(zones: gpd.GeoDataFrame, by: str | None = None) -> gpd.GeoDataFrame:
    """Zones with each class dissolved, so that nothing counts twice."""
    return zones.dissolve(by=by, as_index=False).explode(ignore_index=True)


def nearest(parcels: gpd.GeoDataFrame | gpd.GeoSeries, features: gpd.GeoDataFrame) -> pd.Series:
    """Plane distance [m] from each geometry to the nearest feature."""
    left = gpd.GeoDataFrame(geometry=parcels.geometry)
    found = gpd.sjoin_nearest(left, features[["geometry"]], distance_col="distance")
    return found["distance"].groupby(level=0).first().reindex(left.index)


def ground_scale(points: gpd.GeoSeries) -> pd.Series:
    """Plane length over ground length at points of a conformal projection."""
    lon_lat = points.to_crs(points.crs.geodetic_crs)
    factors = pyproj.Proj(points.crs).get_factors(lon_lat.x.to_numpy(), lon_lat.y.to_numpy())
    return pd.Series(factors.meridional_scale, index=points.index)


def best_access(
    points: gpd.GeoSeries,
    scale: pd.Series,
    stops: gpd.GeoDataFrame,
    rings: list[tuple[float, float]],
    params: dict,
) -> pd.Series:
    """Best of status weight × Σ ring value × chance to lie in the ring, over the stops near each point."""
    accuracy = pd.to_numeric(stops["accuracy_m"], errors="coerce").fillna(0.0)
    reach = (max(ring for ring, _ in rings) + accuracy.max()) * 1.002
    pairs = gpd.sjoin(
        gpd.GeoDataFrame(geometry=points),
        stops.assign(accuracy=accuracy, stop=stops.geometry)[["geometry", "stop", "status", "accuracy"]],
        predicate="dwithin",
        distance=reach,
    )
    distance = pairs.geometry.distance(gpd.GeoSeries(pairs["stop"], crs=points.crs)) / scale.reindex(
        pairs.index
    )
    value = chance_before = pd.Series(0.0, index=pairs.index)
    for ring, ring_value in sorted(rings):
        share = disc_share(distance, pairs["accuracy"].clip(lower=1e-9), ring)
        chance = share.where(
            pairs["accuracy"] > params["uncertain_above_m"], (distance <= ring).astype(float)
        )
        value = value + ring_value * (chance - chance_before).clip(lower=0.0)
        chance_before = np.maximum(chance, chance_before)
    weight = {name: params[f"w_{name}"] for name in ("operating", "construction", "planned")}
    value = value * pairs["status"].map(weight).fillna(0.0)
    return value.groupby(level=0).max().reindex(points.index).fillna(0.0)


def disc_share(distance: pd.Series, disc: pd.Series, ring: float) -> pd.Series:
    """Share of a disc of possible positions that lies within a ring: the lens of two circles."""
    d = distance.clip(lower=1e-9)
    a = np.arccos(((d**2 + disc**2 - ring**2) / (2 * d * disc)).clip(-1, 1))
    b = np.arccos(((d**2 + ring**2 - disc**2) / (2 * d * ring)).clip(-1, 1))
    lens = disc**2 * (a - np.sin(2 * a) / 2) + ring**2 * (b - np.sin(2 * b) / 2)
    return (lens / (np.pi * disc**2)).clip(0, 1)


def zonal(parcels: gpd.GeoDataFrame, raster: tuple[np.ndarray, object], stat: str) -> pd.Series:
    """Mean or max of the cells whose centre lies in each parcel; the cell under it where none does."""
    from rasterstats import point_query, zonal_stats

    values, move = raster
    filled = np.nan_to_num(values, nan=-9999.0)
    found = zonal_stats(parcels.geometry, filled, affine=move, nodata=-9999.0, stats=[stat])
    out = pd.Series([row[stat] for row in found], index=parcels.index, dtype="float64")
    points = parcels.geometry[out.isna()].representative_point()
    if len(points):
        out[out.isna()] = point_query(points, filled, affine=move, nodata=-9999.0, interpolate="nearest")
    return out
