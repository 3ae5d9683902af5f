"""The demo workspace is clean, recognisable, honest and reproducible."""

from __future__ import annotations

import csv
import hashlib
import importlib
import math
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
import yaml
from pyproj import Transformer

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "layers" / "data"
MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def catalog():
    return yaml.safe_load((ROOT / "layers/catalog.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def parcels():
    return gpd.read_parquet(ROOT / "parcels/demo/parcels.parquet")


@pytest.fixture(scope="module")
def planted():
    return yaml.safe_load((ROOT / "parcels/demo/planted.yaml").read_text(encoding="utf-8"))


def layer(name):
    return pyogrio.read_dataframe(DATA / f"{name}.fgb")


def test_there_are_at_least_four_thousand_parcels_with_the_columns_of_the_schema(parcels):
    schema = yaml.safe_load((ROOT / "parcels/schema.yaml").read_text(encoding="utf-8"))
    assert len(parcels) >= 4000
    assert list(parcels.columns) == [field["name"] for field in schema["fields"]] + ["geometry"]
    assert parcels.crs.to_epsg() == 4549


def test_parcels_are_a_clean_coverage_but_for_the_planted_faults(parcels, planted):
    faults = planted["topology"]["overlaps"] + planted["topology"]["gaps"]
    spoilt = {parcel for fault in faults for parcel in fault["parcels"]}
    sound = parcels[~parcels["parcel_id"].isin(spoilt)].geometry.to_numpy()
    assert len(planted["topology"]["overlaps"]) == 2
    assert len(planted["topology"]["gaps"]) == 2
    assert shapely.is_valid(parcels.geometry.to_numpy()).all()
    assert shapely.coverage_is_valid(sound, 1.0)
    assert not shapely.coverage_is_valid(parcels.geometry.to_numpy(), 1.0)


def test_planted_overlaps_and_gaps_have_the_listed_areas(parcels, planted):
    shapes = parcels.set_index("parcel_id").geometry
    for fault in planted["topology"]["overlaps"]:
        one, two = (shapes[parcel] for parcel in fault["parcels"])
        assert shapely.intersection(one, two).area == pytest.approx(fault["area_m2"], abs=0.01)
    for fault in planted["topology"]["gaps"]:
        one, two = (shapes[parcel] for parcel in fault["parcels"])
        (hole,) = shapely.union(one, two).interiors
        assert shapely.Polygon(hole).area == pytest.approx(fault["area_m2"], abs=0.05)


def test_some_parcels_lie_west_of_the_zone_border_and_most_in_the_core(parcels):
    to_degrees = Transformer.from_crs(4549, 4326, always_xy=True)
    centres = shapely.centroid(parcels.geometry.to_numpy())
    lon, lat = to_degrees.transform(shapely.get_x(centres), shapely.get_y(centres))
    assert 50 < (lon < 118.5).sum() < 800
    core = (lon > 118.55) & (lon < 118.90) & (lat > 31.97) & (lat < 32.32)
    assert core.mean() > 0.75


def test_parcel_codes_are_unique_and_have_nineteen_characters(parcels):
    codes = parcels["parcel_code"]
    assert codes.is_unique
    assert codes.str.fullmatch(r"3201(11|13|16)\d{3}\d{3}[GJZ][ABCSXDEFWY]\d{5}").all()
    units = parcels["bdcdyh"].dropna()
    assert units.str.fullmatch(r".{19}[FLQW]\d{8}").all()


def test_use_codes_are_in_the_2023_list(parcels):
    with (ROOT / "parcels/codes/land_use_codes.csv").open(encoding="utf-8") as stream:
        known = {row["code"] for row in csv.DictReader(stream)}
    assert set(parcels["use_code"]) <= known
    assert set(parcels["plan_use_code"].dropna()) <= known


def test_every_source_of_the_catalogue_exists_with_the_columns_it_names(catalog):
    for entry in catalog["layers"]:
        path = ROOT / "layers" / entry["source"]
        assert path.exists(), entry["id"]
        assert entry["synthetic"] is True
        assert "合成" in entry["authority"]
        if entry["kind"] == "raster":
            continue
        columns = set(pyogrio.read_info(path)["fields"])
        assert set(entry["fields"].values()) <= columns, entry["id"]


def test_every_class_of_a_legend_exists_and_every_value_has_a_class(catalog):
    for entry in catalog["layers"]:
        style = entry["style"]
        if not style["class_field"]:
            continue
        column = entry["fields"][style["class_field"]]
        values = set(pyogrio.read_dataframe(DATA / Path(entry["source"]).name, columns=[column])[column])
        known = tuple(str(item["value"]) for item in style["classes"])
        assert all(str(value).startswith(known) for value in values), entry["id"]


def test_layers_are_valid_and_in_the_working_crs(catalog):
    for entry in catalog["layers"]:
        if entry["kind"] == "raster":
            continue
        frame = layer(entry["id"])
        assert frame.crs.to_epsg() == 4549
        assert len(frame)
        assert shapely.is_valid(frame.geometry.to_numpy()).all(), entry["id"]


def test_rasters_are_cloud_optimised_in_metres():
    for name in ("elevation", "flood_depth"):
        with rasterio.open(DATA / f"{name}.tif") as raster:
            assert raster.crs.to_epsg() == 4549
            assert raster.res == (30.0, 30.0)
            assert raster.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
            values = raster.read(1)
            assert values.min() >= 0
            assert values.max() <= 442


def test_operating_stations_lie_within_a_metre_of_the_station_table():
    with (ROOT / "tools/demo/facts/transit_stations.csv").open(encoding="utf-8-sig") as stream:
        facts = [row for row in csv.DictReader(stream) if row["status"] == "operating"]
    stations = layer("station")
    to_plane = Transformer.from_crs(4326, 4549, always_xy=True)
    for row in facts:
        x, y = to_plane.transform(float(row["lon_wgs84"]), float(row["lat_wgs84"]))
        same = stations[(stations["name"] == row["name_zh"]) & (stations["status"] == "operating")]
        assert same.distance(shapely.Point(x, y)).min() < 1.0, row["name_zh"]


def test_lines_run_through_their_stations():
    stations, lines = layer("station"), layer("transit_line")
    for (line, phase), group in stations.groupby(["line", "phase"]):
        track = shapely.union_all(
            lines[(lines["line"] == line) & (lines["phase"] == phase)].geometry.to_numpy()
        )
        assert group.distance(track).max() < 1.0, (line, phase)


def test_no_street_of_the_grid_runs_into_the_yangtze():
    roads, water = layer("road"), layer("water")
    river = shapely.union_all(water[water["name"] == "长江"].geometry.to_numpy())
    wet = set(roads[roads.geometry.intersects(river)]["name"])
    assert wet <= {"绕城高速", "宁洛高速", "长江大桥", "定山大街过江通道", "浦仪公路"}


def test_no_park_is_a_circle_or_a_rectangle_and_none_overlaps_another():
    parks = layer("park")
    assert len(parks) == 13
    shapes = parks.geometry.to_numpy()
    assert (4 * math.pi * shapely.area(shapes) / shapely.length(shapes) ** 2 < 0.9).all()
    assert (shapely.area(shapes) / shapely.area(shapely.minimum_rotated_rectangle(shapes)) < 0.97).all()
    one, two = shapely.STRtree(shapes).query(shapes, predicate="overlaps")
    assert shapely.area(shapely.intersection(shapes[one], shapes[two])).max(initial=0) < 1.0
    assert set(layer("outline")["kind"]) == {"新区", "自贸区", "跨界示范区"}


def test_parcels_lie_wholly_inside_or_outside_their_park(parcels):
    parks = layer("park").set_index("id").geometry
    for park, own in parcels.groupby("x_in_park_id"):
        assert shapely.contains_properly(parks[park], own.geometry.to_numpy()).all(), park


def test_planted_cases_are_listed_with_a_known_parcel_and_three_a_bookmark(catalog, parcels, planted):
    cases = planted["cases"]
    assert len(cases) >= 66
    assert len({case["id"] for case in cases}) == len(cases)
    assert len({case["parcel_id"] for case in cases}) == len(cases)
    assert {case["parcel_id"] for case in cases} <= set(parcels["parcel_id"])
    for mark in catalog["bookmarks"]:
        assert sum(case["bookmark"] == mark["id"] for case in cases) >= 3, mark["id"]
    verdicts = {"candidate", "not_candidate", "prohibited", "unknown", "not_applicable"}
    for book in ("mixed_use", "redevelopment"):
        seen = {case["expect"]["verdict"] for case in cases if case["rulebook"] == book}
        assert seen == verdicts


def test_occupancy_joins_known_enterprises_and_parcels_many_to_many(parcels):
    with (ROOT / "parcels/occupancy.csv").open(encoding="utf-8") as stream:
        links = list(csv.DictReader(stream))
    with (ROOT / "parcels/enterprises.csv").open(encoding="utf-8") as stream:
        firms = list(csv.DictReader(stream))
    assert {row["parcel_id"] for row in links} <= set(parcels["parcel_id"])
    assert {row["enterprise_id"] for row in links} <= {row["enterprise_id"] for row in firms}
    assert len({(row["enterprise_id"], row["year"]) for row in firms}) == len(firms)
    assert all(row["name"].startswith("示例企业") for row in firms)
    by_parcel = [row["parcel_id"] for row in links]
    by_firm = [row["enterprise_id"] for row in links]
    assert len(set(by_parcel)) < len(by_parcel)
    assert len(set(by_firm)) < len(by_firm)


def test_missing_values_are_null_and_neither_rare_nor_common(parcels):
    works = parcels[parcels["use_code"].str.startswith("1001") & parcels["x_completed_on"].notna()]
    for field in ("floor_area_m2", "soil_state", "x_vacancy_share", "x_contract_allows_change"):
        assert 0.02 < works[field].isna().mean() < 0.15, field
    for field in parcels.columns[parcels.dtypes.eq("string")]:
        assert not (parcels[field] == "").any()


def test_registered_area_is_near_the_ellipsoidal_area(parcels):
    shapes = parcels.geometry.to_numpy()
    x = shapely.get_x(shapely.centroid(shapes))
    ellipsoid = shapely.area(shapes) / (1 + ((x - 500_000) / 6_371_000) ** 2)
    gap = np.abs(parcels["registered_area_m2"].to_numpy() / ellipsoid - 1)
    gap = gap[~np.isnan(gap)]
    assert (gap < 0.001).mean() > 0.97
    assert (gap > 0.01).sum() >= 10


def test_committed_demo_data_stay_under_fifteen_megabytes():
    folders = (DATA, ROOT / "parcels/demo", ROOT / "parcels/codes")
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    files += [ROOT / "parcels/enterprises.csv", ROOT / "parcels/occupancy.csv"]
    assert sum(path.stat().st_size for path in files) < 15 * MEGABYTE


@pytest.fixture(scope="module")
def generator():
    sys.path.insert(0, str(ROOT))
    yield importlib.import_module("tools.demo")
    sys.path.remove(str(ROOT))


def sample(folder):
    """Write what is quick to make: rivers, streets, lines, and the parcel fabric with its attributes."""
    modules = ("attributes", "admin", "blocks", "fabric", "save", "town", "transit", "water")
    demo = {name: importlib.import_module(f"tools.demo.{name}") for name in modules}
    rivers = demo["water"].build()
    layers = demo["town"]._transport(rivers)
    layers["street"] = demo["admin"].street_rows(rivers)
    roads = demo["blocks"].main_roads()
    supers, arterials = demo["blocks"].superblocks(
        demo["town"]._obstacles(rivers, roads, layers), rivers.yangtze, 1
    )
    parcels = demo["town"]._parcels(
        demo["fabric"].build(supers[:160], rivers, 1.0, 2), layers["street"], [*arterials, *roads]
    )
    for name, rows in layers.items():
        demo["save"].vector(rows, folder / f"{name}.fgb")
    fields = yaml.safe_load((ROOT / "parcels/schema.yaml").read_text(encoding="utf-8"))["fields"]
    demo["save"].parcels(parcels, fields, folder / "parcels.parquet")
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_a_sample_of_the_demo_is_written_with_the_same_bytes_twice(generator, tmp_path):
    first = sample(tmp_path / "one")
    assert len(first) == 8
    assert first == sample(tmp_path / "two")


def test_committed_lines_and_streets_are_those_the_generator_makes(generator, tmp_path):
    sample(tmp_path / "again")
    for name in ("transit_line", "station", "street", "metro_protection"):
        made = pyogrio.read_dataframe(tmp_path / "again" / f"{name}.fgb").geometry.to_numpy()
        kept = layer(name).geometry.to_numpy()
        assert len(made) == len(kept)
        assert np.allclose(shapely.bounds(made), shapely.bounds(kept), atol=0.01)
