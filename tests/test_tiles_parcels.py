import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gisapp.errors import InputError
from gisapp.tiles import TileSet, centroids, dissolve_classes, parcel_sources
from gisapp.tiles.grid import tile_at
from gisapp.tiles.level import MAX_POINTS, thinned, without_small_holes
from tests.tile_decoder import decode

EAST_M, NORTH_M = 377_000.0, 3_553_000.0


def square(x, y, side=100.0):
    return shapely.box(EAST_M + x, NORTH_M + y, EAST_M + x + side, NORTH_M + y + side)


def parcel_table(geometries, use_codes):
    count = len(geometries)
    columns = {
        "use_code": use_codes,
        "plan_use_code": ["0701"] * count,
        "parcel_code": [f"320111001001GB{i:05d}" for i in range(count)],
    }
    return gpd.GeoDataFrame(columns, geometry=list(geometries), crs="EPSG:4549")


def blocks(n=20, street_m=0.0):
    """Squares of 100 m, columns of industry and housing in turns of five."""
    geometries = [square(i * (100 + street_m), j * 100.0) for i in range(n) for j in range(n)]
    return parcel_table(geometries, [["100101", "0701"][i // 5 % 2] for i in range(n) for _ in range(n)])


def tile_of(table, z):
    point = table.to_crs(4326).union_all().centroid
    return tile_at(point.x, point.y, z)


def layers_at(table, z):
    tile = tile_of(table, z)
    return decode(TileSet(parcel_sources(table), "1").tile(z, tile.x, tile.y))


def test_parcels_are_never_sent_one_by_one_below_zoom_13():
    table = blocks()
    assert [set(layers_at(table, z)) for z in (8, 12)] == [{"parcel_point", "parcel_class"}] * 2
    assert [set(layers_at(table, z)) for z in (13, 16)] == [{"parcel"}] * 2


def test_parcels_carry_row_number_and_the_agreed_attributes():
    feature = layers_at(blocks(2), 15)["parcel"].features[2]
    expected = {"use_code": "100101", "plan_use_code": "0701", "code": "320111001001GB00002"}
    assert (feature.id, feature.tags) == (3, expected)


def test_classes_are_dissolved_to_level_2_and_keep_their_area():
    features = layers_at(blocks(), 12)["parcel_class"].features
    assert [feature.tags for feature in features] == [{"use_code": "0701"}] * 2 + [{"use_code": "1001"}] * 2
    assert [len(feature.paths) for feature in features] == [1] * 4
    assert len({len(feature.paths[0]) for feature in features}) == 1


def test_polygons_without_a_code_are_dissolved_without_attribute():
    table = parcel_table([square(0, 0, 900), square(900, 0, 900)], ["1001", None])
    assert [f.tags for f in layers_at(table, 12)["parcel_class"].features] == [{"use_code": "1001"}, {}]


def test_wide_streets_stay_open_in_dissolved_classes():
    table = parcel_table([square(0, 0, 900), square(960, 0, 900)], ["1001", "1001"])
    assert len(layers_at(table, 12)["parcel_class"].features) == 2


def test_overlapping_parcels_are_dissolved_without_double_area():
    table = parcel_table([square(0, 0, 1000), square(500, 0, 1000)], ["1001", "1001"])
    level = dissolve_classes(table, "use_code").level(12)
    single = dissolve_classes(parcel_table([square(0, 0, 1000)], ["1001"]), "use_code").level(12)
    assert len(level.geometries) == 1
    assert level.area[0] == pytest.approx(1.5 * single.area[0], rel=1e-3)


def test_small_holes_are_closed_and_large_ones_kept():
    shell = shapely.box(0, 0, 100, 100)
    holes = [shapely.box(10, 10, 12, 12), shapely.box(40, 40, 80, 80)]
    polygon = shapely.Polygon(shell.exterior, [hole.exterior for hole in holes])
    both = np.array([polygon, shapely.MultiPolygon([polygon, shapely.box(200, 0, 300, 100)])], dtype=object)
    closed = without_small_holes(both, 5.0)
    assert shapely.area(closed).tolist() == [10_000 - 1600, 20_000 - 1600]
    assert closed[1].geom_type == "MultiPolygon"
    assert without_small_holes(both, 1.0) is both


def test_hole_of_another_class_is_drawn_by_that_class():
    ring = shapely.difference(square(0, 0, 1500), square(500, 500, 500))
    table = parcel_table([ring, square(500, 500, 500)], ["1001", "1401"])
    geometries = dissolve_classes(table, "use_code").level(12).geometries
    assert [len(polygon.interiors) for polygon in geometries] == [1, 0]
    assert geometries[0].touches(geometries[1])


def test_points_lie_inside_their_parcels():
    hook = shapely.difference(square(0, 0, 300), square(100, 0, 200))
    hook = shapely.difference(hook, square(100, 100, 150))
    table = parcel_table([hook, square(1000, 0)], ["1001", "1001"])
    source = centroids(table)
    points = source.features.get().geometries
    inside = gpd.GeoSeries(points, crs=3857).to_crs(4549).within(table.geometry.buffer(0.01))
    assert inside.all()
    assert source.features.get().ids.tolist() == [1, 2] and source.features.get().columns == ()


def test_colliding_points_leave_the_largest():
    points = shapely.points([[0.0, 0.0], [0.01, 0.01], [5000.0, 0.0]])
    assert thinned(points, np.array([1.0, 2.0, 1.0]), 12).tolist() == [1, 2]
    assert thinned(points, None, 12).tolist() == [0, 2]


def test_no_tile_has_more_points_than_the_limit():
    rng = np.random.default_rng(5)
    points = shapely.points(rng.uniform(0.0, 39_000.0, (40_000, 2)))
    assert len(thinned(points, np.ones(40_000), 10)) <= MAX_POINTS


def test_rows_without_geometry_do_not_shift_ids():
    table = parcel_table([None, square(0, 0, 500)], ["1001", "1001"])
    assert [feature.id for feature in layers_at(table, 12)["parcel_point"].features] == [2]
    assert [feature.id for feature in layers_at(table, 14)["parcel"].features] == [2]


def test_an_empty_table_draws_nothing():
    table = parcel_table([], pd.Series([], dtype=str))
    assert TileSet(parcel_sources(table), "1").tile(12, 3400, 1660) == b""
    assert TileSet(parcel_sources(table), "1").tile(0, 0, 0) == b""


def test_a_missing_class_column_is_reported_when_the_source_is_made():
    with pytest.raises(InputError, match="zone"):
        dissolve_classes(blocks(2), "zone")


def test_the_table_is_not_changed():
    table = blocks(3)
    before = table.copy(deep=True)
    layers_at(table, 12), layers_at(table, 13)
    assert table.equals(before) and list(table.columns) == list(before.columns)
