from concurrent.futures import ThreadPoolExecutor

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from gisapp.errors import CrsError, InputError
from gisapp.tiles import TileSet, VectorSource, layer_source
from gisapp.tiles.cache import ByteCache, Once
from gisapp.tiles.grid import Tile, geometries_to_mercator, pixel_m, tile_at, to_lonlat
from gisapp.tiles.level import Features
from tests.tile_decoder import decode, polygons_of

EAST_M, NORTH_M = 377_000.0, 3_553_000.0
"""A place in Jiangbei in EPSG:4549."""


def frame(geometries, **columns):
    return gpd.GeoDataFrame(columns, geometry=list(geometries), crs="EPSG:4549")


def square(x, y, side=100.0):
    return shapely.box(EAST_M + x, NORTH_M + y, EAST_M + x + side, NORTH_M + y + side)


def with_hole(x, y):
    return shapely.difference(square(x, y), square(x + 40, y + 40, 20))


def mercator(gdf):
    return geometries_to_mercator(np.asarray(gdf.geometry.array, dtype=object), CRS.from_user_input(gdf.crs))


def tile_of(geometry, z):
    """The tile that holds the centre of a geometry in EPSG:3857."""
    lon, lat = to_lonlat(shapely.get_coordinates(shapely.centroid(geometry)))[0]
    return tile_at(lon, lat, z)


def in_units(geometry, tile):
    """A geometry of EPSG:3857 in tile units, y down."""
    west, _, _, north = tile.bounds
    scale = 4096 / tile.side_m
    return shapely.transform(geometry, lambda xy: (xy - [west, north]) * [scale, -scale])


def drawn(feature):
    return shapely.MultiPolygon([(rings[0], rings[1:]) for rings in polygons_of(feature)])


def layer_at(source, tile):
    layers = decode(source.layer(tile))
    return layers.get(source.id)


def test_polygons_with_holes_arrive_within_the_rounding():
    parcels = frame([square(0, 0), with_hole(100, 0), square(0, 100)])
    expected = mercator(parcels)
    tile = tile_of(expected[0], 15)
    layer = layer_at(layer_source("plan", parcels, [], "polygon"), tile)
    assert [feature.id for feature in layer.features] == [1, 2, 3]
    for feature, geometry in zip(layer.features, expected, strict=True):
        assert shapely.hausdorff_distance(drawn(feature), in_units(geometry, tile)) <= 0.5 * np.sqrt(2)
    assert len(drawn(layer.features[1]).geoms[0].interiors) == 1


def test_gdal_reads_the_same_geometry_and_attributes(tmp_path):
    parcels = frame([square(0, 0), with_hole(100, 0)], name=["甲", "乙"], far=[1.5, None])
    expected = mercator(parcels)
    tile = tile_of(expected[0], 16)
    folder = tmp_path / str(tile.z) / str(tile.x)
    folder.mkdir(parents=True)
    path = folder / f"{tile.y}.mvt"
    path.write_bytes(
        TileSet([layer_source("plan", parcels, ["name", "far"], "polygon")], "1").tile(16, tile.x, tile.y)
    )
    read = pyogrio.read_dataframe(path, layer="plan", X=tile.x, Y=tile.y, Z=tile.z)
    assert read["name"].tolist() == ["甲", "乙"]
    assert read["far"][0] == 1.5 and np.isnan(read["far"][1])
    assert read["mvt_id"].tolist() == [1, 2]
    for seen, geometry in zip(read.geometry, expected, strict=True):
        assert shapely.hausdorff_distance(seen, geometry) <= tile.side_m / 4096


def test_shapes_are_cut_at_the_buffer():
    gdf = frame([square(-5000, -5000, 10_000)])
    tile = tile_of(mercator(gdf)[0], 16)
    (feature,) = layer_at(layer_source("zone", gdf, [], "polygon"), tile).features
    assert drawn(feature).equals(shapely.MultiPolygon([shapely.box(-64, -64, 4160, 4160)]))


def test_lines_are_cut_into_their_visible_parts():
    x, y = EAST_M, NORTH_M
    gdf = frame([shapely.LineString([(x - 9000, y), (x, y), (x, y + 9000)])])
    lon, lat = to_lonlat(shapely.get_coordinates(mercator(gdf)[0])[1:2])[0]
    (feature,) = layer_at(layer_source("road", gdf, [], "line"), tile_at(lon, lat, 15)).features
    vertices = np.array(feature.paths[0])
    assert feature.kind == 2 and len(vertices) == 3
    assert vertices.min() >= -64 and vertices.max() <= 4160


TILE = Tile(16, 54376, 26592)


@st.composite
def shapes_around_a_tile(draw):
    """Star polygons with holes in tile units, placed so that they cross, cover or miss the tile."""
    radius = np.array(draw(st.lists(st.integers(200, 4000), min_size=3, max_size=9)), dtype=float)
    angle = np.linspace(0.0, 2.0 * np.pi, len(radius), endpoint=False)
    ring = np.column_stack([np.cos(angle), np.sin(angle)]) * radius[:, None]
    centre = np.array([draw(st.integers(-2000, 6000)), draw(st.integers(-2000, 6000))])
    return shapely.Polygon(ring + centre, [ring * 0.5 + centre] if draw(st.booleans()) else [])


@settings(max_examples=150, deadline=None)
@given(shapes_around_a_tile())
def test_clipped_area_is_that_of_the_intersection(shape):
    west, _, _, north = TILE.bounds
    scale = TILE.side_m / 4096
    placed = shapely.transform(shape, lambda xy: xy * [scale, -scale] + [west, north])
    features = Once(lambda: Features(np.array([placed], dtype=object), np.array([7], dtype=np.uint64)))
    layer = layer_at(VectorSource("any", "polygon", features), TILE)
    expected = shapely.intersection(shape, shapely.box(-64, -64, 4160, 4160))
    seen = 0.0 if layer is None else drawn(layer.features[0]).area
    # Each vertex moves by at most half a unit in x and in y.
    assert abs(seen - expected.area) <= shapely.length(expected) + 4


def wavy_coverage(n=12, side=60.0):
    """Polygons side by side with wavy shared edges: a coverage that simplification could tear."""
    steps = np.linspace(0.0, side, 9)[:-1]

    cells = []
    for i in range(n):
        for j in range(n):
            x, y = i * side, j * side
            south = [(x + s, y + 1.5 * np.sin((x + s) * 0.3 + j)) for s in steps]
            east = [(x + side + 1.5 * np.sin((y + s) * 0.3 + i + 1), y + s) for s in steps[1:]]
            north = [(x + s, y + side + 1.5 * np.sin((x + s) * 0.3 + j + 1)) for s in steps]
            west = [(x + 1.5 * np.sin((y + s) * 0.3 + i), y + s) for s in steps[1:]]
            corner = x + side, y + side + 1.5 * np.sin((x + side) * 0.3 + j + 1)
            start = x + side, y + 1.5 * np.sin((x + side) * 0.3 + j)
            ring = [*south, start, *east, corner, *north[::-1], *west[::-1]]
            cells.append(shapely.Polygon(np.add(ring, (EAST_M, NORTH_M))))
    return frame(cells)


@pytest.mark.parametrize("z", [13, 14])
def test_simplified_neighbours_keep_their_shared_edges(z):
    gdf = wavy_coverage()
    before = mercator(gdf)
    assert shapely.coverage_is_valid(before)
    level = layer_source("plan", gdf, [], "polygon").level(z)
    assert shapely.coverage_is_valid(level.geometries)
    assert shapely.get_num_coordinates(level.geometries).sum() < shapely.get_num_coordinates(before).sum()
    worst = shapely.hausdorff_distance(shapely.union_all(before), shapely.union_all(level.geometries))
    assert worst < pixel_m(z)


def test_drawn_neighbours_leave_no_crack():
    gdf = wavy_coverage()
    tile = tile_of(shapely.union_all(mercator(gdf)), 14)
    layer = layer_at(layer_source("plan", gdf, [], "polygon"), tile)
    polygons = [drawn(feature) for feature in layer.features]
    together = shapely.union_all(polygons)
    assert sum(len(part.interiors) for part in shapely.get_parts(together)) == 0
    assert together.area == pytest.approx(sum(polygon.area for polygon in polygons), rel=1e-9)


def test_high_zooms_are_drawn_vertex_by_vertex():
    gdf = wavy_coverage(2)
    level = layer_source("plan", gdf, [], "polygon").level(15)
    assert shapely.equals_exact(level.geometries, mercator(gdf)).all()


def test_shapes_smaller_than_a_pixel_are_left_out():
    gdf = frame([square(0, 0, 300), square(400, 0, 3)])
    source = layer_source("plan", gdf, [], "polygon")
    ids = {z: [f.id for f in layer_at(source, tile_of(mercator(gdf)[1], z)).features] for z in (13, 18)}
    assert ids == {13: [1], 18: [2]}


def test_ids_are_row_numbers_whatever_is_missing():
    gdf = frame([None, square(0, 0), shapely.Polygon(), square(100, 0)], name=["a", "b", "c", "d"])
    tile = tile_of(mercator(gdf)[1], 15)
    features = layer_at(layer_source("plan", gdf, ["name"], "polygon"), tile).features
    assert [(feature.id, feature.tags) for feature in features] == [(2, {"name": "b"}), (4, {"name": "d"})]


def test_attributes_may_be_renamed():
    gdf = frame([square(0, 0)], GHFQMC=["城镇集中建设区"])
    (feature,) = layer_at(
        layer_source("udb", gdf, {"zone": "GHFQMC"}, "polygon"), tile_of(mercator(gdf)[0], 15)
    ).features
    assert feature.tags == {"zone": "城镇集中建设区"}


def test_all_missing_columns_are_reported():
    with pytest.raises(InputError) as caught:
        layer_source(
            "udb", frame([square(0, 0)], name=["a"]), {"zone": "GHFQMC", "code": "GHFQDM"}, "polygon"
        )
    assert [problem.field for problem in caught.value.problems] == ["GHFQMC", "GHFQDM"]


def test_a_layer_without_crs_is_refused():
    with pytest.raises(CrsError, match="没有坐标系"):
        layer_source("udb", gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 1)]), [], "polygon")


def test_invalid_polygons_are_repaired_on_screen_only():
    x, y = EAST_M, NORTH_M
    bowtie = shapely.Polygon([(x, y), (x + 200, y + 200), (x + 200, y), (x, y + 200)])
    gdf = frame([bowtie])
    (feature,) = layer_at(
        layer_source("plan", gdf, [], "polygon"), tile_of(mercator(gdf)[0].envelope, 15)
    ).features
    assert len(polygons_of(feature)) == 2
    assert gdf.geometry.iloc[0].equals_exact(bowtie)


def test_polygons_of_a_collection_are_drawn():
    collection = shapely.GeometryCollection([square(0, 0), shapely.Point(EAST_M, NORTH_M)])
    gdf = frame([collection, square(100, 0)])
    level = layer_source("plan", gdf, [], "polygon").level(13)
    assert [geometry.geom_type for geometry in level.geometries] == ["Polygon", "Polygon"]


def test_other_geometry_types_are_not_drawn():
    gdf = frame([shapely.Point(EAST_M, NORTH_M), square(0, 0)])
    tile = tile_of(mercator(gdf)[1], 15)
    assert [f.id for f in layer_at(layer_source("plan", gdf, [], "polygon"), tile).features] == [2]
    assert [f.id for f in layer_at(layer_source("plan", gdf, [], "point"), tile).features] == [1]


def test_zoom_limits_are_kept():
    gdf = frame([square(0, 0, 500)])
    source = layer_source("plan", gdf, [], "polygon", 13.5, max_zoom=15)
    shown = [z for z in range(11, 18) if source.layer(tile_of(mercator(gdf)[0], z))]
    assert shown == [13, 14, 15]


def test_overlapping_polygons_are_all_drawn():
    gdf = frame([square(0, 0, 900), square(100, 100, 900), square(0, 0, 900)])
    tile = tile_of(mercator(gdf)[0], 13)
    assert len(layer_at(layer_source("zone", gdf, [], "polygon"), tile).features) == 3


def sources():
    polygons = frame([square(0, 0), with_hole(100, 0)], name=["甲", "乙"])
    points = frame([shapely.Point(EAST_M, NORTH_M)], name=["站"])
    return [
        layer_source("plan", polygons, ["name"], "polygon"),
        layer_source("station", points, ["name"], "point"),
    ]


def test_a_tile_holds_all_layers_and_its_bytes_do_not_vary():
    tile = tile_of(mercator(frame([square(0, 0)]))[0], 15)
    first, second = (TileSet(sources(), "1").tile(15, tile.x, tile.y) for _ in range(2))
    assert list(decode(first)) == ["plan", "station"]
    assert first == second


def test_an_empty_tile_is_no_bytes():
    assert TileSet(sources(), "1").tile(15, 0, 0) == b""
    assert TileSet([], "1").tile(0, 0, 0) == b""
    assert TileSet([layer_source("none", frame([]), [], "line")], "1").tile(0, 0, 0) == b""


def test_a_tile_outside_the_pyramid_is_refused():
    with pytest.raises(InputError):
        TileSet([], "1").tile(3, 8, 0)


def test_cache_keeps_the_latest_tiles_within_its_bytes():
    tile = tile_of(mercator(frame([square(0, 0)]))[0], 15)
    roomy, none = TileSet(sources(), "1"), TileSet(sources(), "1", cache_bytes=0)
    assert roomy.tile(15, tile.x, tile.y) is roomy.tile(15, tile.x, tile.y)
    assert none.tile(15, tile.x, tile.y) is not none.tile(15, tile.x, tile.y)


def test_empty_tiles_do_not_pile_up_in_the_cache():
    cache = ByteCache(1024)
    made = []
    for key in [*range(10), 0]:
        cache.get(key, lambda key=key: made.append(key) or b"")
    assert made == [*range(10), 0]


def test_a_failed_preparation_is_tried_again():
    answers = iter([ValueError("disk"), 5])

    def make():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    once = Once(make)
    with pytest.raises(ValueError, match="disk"):
        once.get()
    assert once.get() == once.get() == 5


def test_threads_get_the_same_tiles():
    tile = tile_of(mercator(frame([square(0, 0)]))[0], 15)
    tiles = TileSet(sources(), "1", cache_bytes=100)
    wanted = [(z, tile.x >> (15 - z), tile.y >> (15 - z)) for z in range(16)] * 8
    alone = [TileSet(sources(), "1").tile(*one) for one in wanted]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda one: tiles.tile(*one), wanted)) == alone


def test_warming_prepares_levels_and_changes_nothing():
    tile = tile_of(mercator(frame([square(0, 0)]))[0], 14)
    warm, cold = TileSet(sources(), "1"), TileSet(sources(), "1")
    warm.warm(range(12, 16))
    assert warm.tile(14, tile.x, tile.y) == cold.tile(14, tile.x, tile.y)
