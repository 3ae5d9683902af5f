"""The kernels against independent ways: geopandas' overlay, brute force, Monte Carlo, plain loops."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gisapp.kernels.overlay import PolygonIndex, subdivide
from gisapp.kernels.proximity import NearestIndex, share_of_disc_inside
from gisapp.kernels.zonal import zonal
from gisapp.model.grid import Grid

RNG = np.random.default_rng(7)


def blob(x, y, radius, vertices=40, rough=0.4):
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    r = radius * (1 + rough * (RNG.random(vertices) - 0.5))
    return shapely.Polygon(np.column_stack([x + r * np.cos(angle), y + r * np.sin(angle)]))


def array(*shapes):
    return np.array(shapes, dtype=object)


def test_areas_equal_those_of_geopandas_overlay():
    left = array(*(blob(x, y, 60) for x, y in RNG.random((60, 2)) * 1000))
    right = array(
        *(
            shapely.make_valid(blob(x, y, 150, 400))
            for x, y in [(200, 200), (800, 200), (500, 800), (200, 820)]
        )
    )
    right[0] = right[0] - blob(200, 200, 40)
    index = PolygonIndex(right, np.arange(4))
    a = gpd.GeoDataFrame({"i": range(60)}, geometry=left)
    b = gpd.GeoDataFrame({"j": range(4)}, geometry=right)
    parts = gpd.overlay(a, b, how="intersection", keep_geom_type=True)
    expected = np.zeros((60, 4))
    np.add.at(expected, (parts["i"], parts["j"]), parts.area)
    assert index.areas(left) == pytest.approx(expected, abs=1e-6)


def test_polygons_of_one_class_that_overlap_count_once():
    index = PolygonIndex(array(shapely.box(0, 0, 10, 10), shapely.box(5, 0, 15, 10)))
    assert index.areas(array(shapely.box(0, 0, 20, 10)))[0, 0] == pytest.approx(150.0)


def test_polygons_of_different_classes_may_overlap():
    index = PolygonIndex(array(shapely.box(0, 0, 10, 10), shapely.box(5, 0, 15, 10)), np.array([0, 1]))
    assert index.areas(array(shapely.box(0, 0, 20, 10)))[0] == pytest.approx([100.0, 100.0])


def test_a_shared_edge_is_no_overlap():
    index = PolygonIndex(array(shapely.box(100.1, 0, 200.3, 100.7)))
    assert index.areas(
        array(shapely.box(0, 0, 100.1, 100.7), shapely.box(200.3, 0, 300, 100.7))
    ).tolist() == [[0.0], [0.0]]


def test_the_main_class_covers_at_least_half():
    index = PolygonIndex(array(shapely.box(0, 0, 5, 10), shapely.box(5, 0, 10, 10)), np.array([0, 1]))
    assert index.main(
        array(shapely.box(0, 0, 4, 1), shapely.box(4, 0, 20, 1), shapely.box(4, 0, 9, 1))
    ).tolist() == [0, -1, 1]


@settings(max_examples=25, deadline=None)
@given(st.integers(5, 400), st.integers(0, 10_000))
def test_cutting_a_polygon_keeps_its_area(vertices, seed):
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    radius = 100 * (1 + 0.5 * (np.random.default_rng(seed).random(vertices) - 0.5))
    polygon = shapely.Polygon(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]))
    pieces, owner = subdivide(array(polygon), 16)
    assert shapely.area(pieces).sum() == pytest.approx(polygon.area, rel=1e-12)
    assert (owner == 0).all()
    assert (shapely.get_num_coordinates(pieces) <= 16).all()


def test_nothing_to_measure_gives_nothing():
    empty = np.empty(0, dtype=object)
    assert PolygonIndex(empty).areas(array(shapely.box(0, 0, 1, 1))).tolist() == [[0.0]]
    distance, feature = NearestIndex(empty).nearest(array(shapely.box(0, 0, 1, 1)))
    assert np.isnan(distance[0])
    assert feature.tolist() == [-1]


def test_nearest_agrees_with_brute_force_also_on_long_lines():
    lines = array(*(shapely.LineString(RNG.random((60, 2)).cumsum(axis=0) * 20) for _ in range(6)))
    points = shapely.points(RNG.random((80, 2)) * 1500)
    distance, feature = NearestIndex(lines).nearest(points)
    brute = shapely.distance(points[:, None], lines[None, :])
    assert distance == pytest.approx(brute.min(axis=1))
    assert brute[np.arange(80), feature] == pytest.approx(brute.min(axis=1))


def test_within_lists_each_pair_once():
    lines = array(shapely.LineString([(0, i) for i in range(100)]), shapely.LineString([(500, 0), (500, 10)]))
    row, feature = NearestIndex(lines).within(shapely.points([[5, 50], [498, 5], [250, 5]]), 10.0)
    assert list(zip(row.tolist(), feature.tolist(), strict=True)) == [(0, 0), (1, 1)]


@pytest.mark.parametrize("distance", [0.0, 300.0, 700.0, 1200.0, 1699.0, 1701.0])
def test_the_share_of_a_disc_agrees_with_drawing_points(distance):
    ring, disc = 800.0, 900.0
    radius = disc * np.sqrt(RNG.random(200_000))
    angle = 2 * np.pi * RNG.random(200_000)
    drawn = np.hypot(distance + radius * np.cos(angle), radius * np.sin(angle)) <= ring
    share = share_of_disc_inside(np.array([distance]), np.array([disc]), ring)[0]
    assert share == pytest.approx(drawn.mean(), abs=0.006)


def test_a_disc_wholly_inside_counts_one_and_wholly_outside_nought():
    assert share_of_disc_inside(np.array([100.0, 2000.0]), np.array([50.0, 50.0]), 500.0).tolist() == [
        1.0,
        0.0,
    ]


GRID = Grid(np.arange(100, dtype=float).reshape(10, 10), left=0.0, top=100.0, cell_x=10.0, cell_y=10.0)


def test_zonal_takes_cells_by_their_centre():
    mean, peak = zonal(array(shapely.box(0, 80, 20, 100), shapely.box(4, 84, 16, 96)), GRID)
    assert mean.tolist() == [5.5, 5.5]
    assert peak.tolist() == [11.0, 11.0]


def test_a_parcel_without_a_cell_centre_takes_the_cell_under_it():
    mean, peak = zonal(array(shapely.box(11, 91, 13, 93)), GRID)
    assert (mean[0], peak[0]) == (1.0, 1.0)


def test_zonal_is_missing_where_there_is_no_data():
    values = GRID.values.copy()
    values[:2, :2] = np.nan
    mean, _ = zonal(
        array(shapely.box(0, 80, 20, 100), shapely.box(500, 500, 600, 600)), Grid(values, 0, 100, 10, 10)
    )
    assert np.isnan(mean).all()


def test_zonal_does_not_depend_on_which_other_parcels_are_asked():
    shapes = array(*(blob(x, y, 12, 9) for x, y in RNG.random((40, 2)) * 100))
    together, _ = zonal(shapes, GRID)
    alone = [zonal(shapes[i : i + 1], GRID)[0][0] for i in range(40)]
    assert together == pytest.approx(np.array(alone), nan_ok=True, abs=0)


def test_slope_of_a_plane_is_its_rise_over_run():
    x = np.arange(20) * 10.0
    plane = Grid(np.tile(x * 0.1, (20, 1)), 0, 200, 10, 10)
    assert plane.slope().values == pytest.approx(np.full((20, 20), 0.1))
