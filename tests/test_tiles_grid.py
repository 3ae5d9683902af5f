import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS, Transformer

from gisapp.errors import InputError
from gisapp.tiles.grid import (
    HALF_WORLD_M,
    Tile,
    geometries_to_mercator,
    pixel_m,
    tile_at,
    tiles_covering,
    to_lonlat,
    to_mercator,
)

NANJING = np.array([[118.7, 32.1], [118.55, 32.25], [119.0, 31.9]])


def test_mercator_agrees_with_proj():
    expected = np.column_stack(Transformer.from_crs(4326, 3857, always_xy=True).transform(*NANJING.T))
    np.testing.assert_allclose(to_mercator(NANJING), expected, atol=1e-6)
    np.testing.assert_allclose(to_lonlat(expected), NANJING, atol=1e-12)


def test_latitudes_beyond_the_square_are_drawn_at_its_edge():
    np.testing.assert_allclose(to_mercator(np.array([[0.0, 90.0]]))[0, 1], HALF_WORLD_M, rtol=1e-12)


def test_root_tile_is_the_world_and_children_tile_it():
    assert Tile(0, 0, 0).bounds == (-HALF_WORLD_M, -HALF_WORLD_M, HALF_WORLD_M, HALF_WORLD_M)
    assert Tile(1, 0, 0).bounds == (-HALF_WORLD_M, 0.0, 0.0, HALF_WORLD_M)
    assert Tile(1, 1, 1).bounds == (0.0, -HALF_WORLD_M, HALF_WORLD_M, 0.0)


def test_known_tile_of_nanjing_holds_its_point():
    tile = tile_at(118.7, 32.1, 14)
    assert tile == Tile(14, 13594, 6648)
    west, south, east, north = tile.bounds
    x, y = to_mercator(NANJING)[0]
    assert west <= x < east and south < y <= north


def test_buffer_is_in_units_of_the_tile():
    tile = Tile(14, 13594, 6648)
    west, south, east, north = tile.bounds
    grow = (east - west) * 64 / 4096
    np.testing.assert_allclose(tile.buffered(64), (west - grow, south - grow, east + grow, north + grow))


def test_pixel_halves_with_each_zoom():
    assert pixel_m(0) == pytest.approx(78271.517, abs=1e-3)
    assert pixel_m(13) == 2 * pixel_m(14)


def test_covering_tiles_are_complete_and_in_row_order():
    tiles = tiles_covering((118.60, 32.05, 118.70, 32.10), 13)
    assert tiles == sorted(tiles, key=lambda tile: (tile.y, tile.x))
    assert tile_at(118.60, 32.05, 13) in tiles and tile_at(118.70, 32.10, 13) in tiles


@pytest.mark.parametrize("bad", [(-1, 0, 0), (23, 0, 0), (1, 2, 0), (1, 0, -1)])
def test_numbers_outside_the_pyramid_are_refused(bad):
    with pytest.raises(InputError, match="瓦片编号"):
        Tile(*bad)


def test_both_faults_of_an_address_are_reported():
    with pytest.raises(InputError) as caught:
        Tile(1, 2, 2)
    assert [problem.field for problem in caught.value.problems] == ["x", "y"]


@pytest.mark.parametrize("code", [4549, 4490, 4326, 32650])
def test_any_declared_crs_lands_on_the_same_place(code):
    points = gpd.GeoSeries(shapely.points(NANJING), crs=4490).to_crs(code)
    moved = geometries_to_mercator(np.asarray(points.array, dtype=object), CRS.from_epsg(code))
    np.testing.assert_allclose(shapely.get_coordinates(moved), to_mercator(NANJING), atol=1e-3)


def test_mercator_itself_comes_back_unchanged():
    points = shapely.points(to_mercator(NANJING))
    moved = geometries_to_mercator(points, CRS.from_epsg(3857))
    np.testing.assert_allclose(shapely.get_coordinates(moved), shapely.get_coordinates(points), atol=1e-6)


def test_missing_geometries_and_heights_are_no_obstacle():
    geometries = np.array([None, shapely.Point(118.7, 32.1, 20.0), shapely.Polygon()], dtype=object)
    moved = geometries_to_mercator(geometries, CRS.from_epsg(4490))
    assert moved[0] is None and moved[2].is_empty and not moved[1].has_z
