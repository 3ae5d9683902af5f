"""The demo against real stations of Nanjing, and catchments against geodesic distances worked out apart."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import CRS, Geod

from gisapp.crs import transform
from gisapp.evaluation.measure import prepare
from gisapp.indicators import REGISTRY

GEOD = Geod(ellps="GRS80")
WGS84 = CRS.from_epsg(4326)

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def real(shared_data):
    return pd.read_csv(shared_data / "nanjing" / "metro_stations_osm.csv", dtype={"line": str})


def degrees(context, geometries):
    points = transform(shapely.centroid(geometries), source=context.crs, target=WGS84)
    return shapely.get_x(points), shapely.get_y(points)


def test_operating_stations_of_the_demo_lie_within_20_m_of_the_real_ones(demo, real):
    context = demo.context()
    stations = context.frame("station")
    operating = stations[stations["status"] == "operating"]
    assert len(operating) >= 30
    lon, lat = degrees(context, operating.geometry.to_numpy())
    # By place, not by name: one station has another name in the two sources (临江).
    for name, x, y in zip(operating["name"], lon, lat, strict=True):
        count = len(real)
        distance = GEOD.inv(
            np.full(count, x), np.full(count, y), real["lon"].to_numpy(), real["lat"].to_numpy()
        )[2]
        assert distance.min() < 20.0, (name, distance.min())
        close = real["name_zh"].to_numpy()[distance < 20.0]
        assert name in close or name == "临江", (name, close)


def _near_the_demo(context, real):
    """Return which real stations the demo has, by place."""
    points = transform(shapely.points(real["lon"], real["lat"]), source=WGS84, target=context.crs)
    operating = context.frame("station").query("status == 'operating'").geometry.to_numpy()
    return shapely.distance(points[:, None], operating[None, :]).min(axis=1) < 20.0


def test_distances_to_real_stations_are_the_geodesic_ones(demo, real):
    context = demo.context()
    parcels = prepare(gpd.GeoDataFrame(demo.parcels.iloc[::37]), context)
    found = REGISTRY["station_distance"].compute(parcels, context, status="operating").to_numpy()
    lon, lat = degrees(context, parcels.geometry.to_numpy())
    known = real[_near_the_demo(context, real)]
    for row in range(len(parcels)):
        count = len(known)
        geodesic = GEOD.inv(
            np.full(count, lon[row]),
            np.full(count, lat[row]),
            known["lon"].to_numpy(),
            known["lat"].to_numpy(),
        )[2]
        # Stations of the demo stand within 20 m of these.
        assert found[row] == pytest.approx(geodesic.min(), abs=21.0)


def test_catchments_of_real_stations_agree_with_geodesic_distances(demo, real):
    context = demo.context()
    points = shapely.points(real["lon"], real["lat"])
    frame = gpd.GeoDataFrame(
        {"name": real["name_zh"], "line": real["line"], "status": "operating", "accuracy_m": 0.0},
        geometry=transform(points, source=WGS84, target=context.crs), crs=context.crs,
    )  # fmt: skip
    layer = context.layers["station"]
    layers = dict(context.layers) | {"station": type(layer)(layer.spec, layer.hash, frame=frame)}
    changed = type(context)(
        crs=context.crs, as_of=context.as_of, hash="", layers=layers, fabric=context.fabric
    )
    parcels = prepare(demo.parcels, changed)
    params = {"core_m": 500.0, "extended_m": 800.0, "extended_value": 0.5, "uncertain_above_m": 100.0,
              "w_operating": 1.0, "w_construction": 0.8, "w_planned": 0.4}  # fmt: skip
    access = REGISTRY["station_access"].compute(parcels, changed, **params).to_numpy()
    lon, lat = degrees(changed, parcels.geometry.to_numpy())
    n, m = len(parcels), len(real)
    geodesic = GEOD.inv(
        np.repeat(lon, m), np.repeat(lat, m), np.tile(real["lon"].to_numpy(), n), np.tile(real["lat"].to_numpy(), n)
    )[2].reshape(n, m).min(axis=1)  # fmt: skip
    clear = (np.abs(geodesic - 500) > 0.01) & (np.abs(geodesic - 800) > 0.01)
    expected = np.select([geodesic <= 500, geodesic <= 800], [1.0, 0.5], 0.0)
    assert (access[clear] == expected[clear]).all()
    assert clear.mean() > 0.99
    assert (expected > 0).sum() > 100
