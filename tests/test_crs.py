"""Coordinates and the three facts on areas; the numbers are recomputed oracles of the rule book's section 11."""

import itertools
import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Geod

from gisapp.crs import _SERIES, ellipsoidal_area, linear_scale, parse_crs, require_projected_metres, transform
from gisapp.errors import CrsError

GEO, PLANE = CRS.from_epsg(4490), CRS.from_epsg(4549)
GEOD = Geod(a=6_378_137.0, rf=298.257222101)
E2 = 0.006694380022900787
B = 6_356_752.314140356


def area(polygon, crs=GEO):
    return float(ellipsoidal_area(np.array([polygon]), crs)[0])


def authalic(latitude):
    """Closed form of the zone area from the equator per radian of longitude ÷ b²."""
    s, e = math.sin(latitude), math.sqrt(E2)
    return 0.5 * (s / (1 - E2 * s * s) + math.log((1 + e * s) / (1 - e * s)) / (2 * e))


def closed_form(polygon):
    """Integrate the closed form along edges that are straight in (B, L), by Gauss-Legendre on each edge."""
    nodes, weights = np.polynomial.legendre.leggauss(12)
    total = 0.0
    for ring, sign in [(polygon.exterior, 1.0), *((hole, -1.0) for hole in polygon.interiors)]:
        xy = np.radians(np.array(ring.coords))
        part = 0.0
        for (l1, b1), (l2, b2) in itertools.pairwise(xy):
            middle = (b1 + b2) / 2 + nodes * (b2 - b1) / 2
            part += (
                (l2 - l1)
                * sum(w * (authalic(b) - authalic(xy[0, 1])) for w, b in zip(weights, middle, strict=True))
                / 2
            )
        total += sign * abs(part)
    return B * B * total


def test_the_series_has_the_published_coefficients():
    published = (
        1.0033640898341927,
        0.001124189381927124,
        1.699459473518905e-06,
        2.7178578455775555e-09,
        4.358419004834514e-12,
    )
    assert pytest.approx(published, rel=1e-12) == _SERIES


@pytest.mark.parametrize(
    ("b1", "b2", "width", "expected"),
    [
        (32, 32 + 1 / 60, 1 / 60, 2910308.0422067014),
        (32, 32 + 2.5 / 60, 3.75 / 60, 27280487.790069107),
        (31, 33, 1, 20955018815.85607),
    ],
)
def test_map_sheets_have_their_published_area(b1, b2, width, expected):
    assert area(shapely.box(118.0, b1, 118.0 + width, b2)) == pytest.approx(expected, rel=1e-10)


def test_the_test_polygon_has_its_areas_on_the_ellipsoid_and_in_the_plane():
    ring = shapely.box(118.60, 32.10, 118.61, 32.11)
    plane = transform(np.array([ring]), source=GEO, target=PLANE)
    assert area(ring) == pytest.approx(1046625.8107077181, rel=1e-11)
    assert area(plane[0], PLANE) == pytest.approx(1046625.8107077181, rel=1e-8)
    assert shapely.area(plane[0]) == pytest.approx(1047073.2486572266, abs=1e-3)


triangles = st.tuples(*[st.tuples(st.floats(118.4, 119.0), st.floats(31.9, 32.4)) for _ in range(3)]).map(
    shapely.Polygon
)


@settings(max_examples=60, deadline=None)
@given(triangles.filter(lambda t: t.is_valid and t.area > 1e-6))
def test_fact_1_the_area_is_the_closed_form_of_its_own_edges(triangle):
    assert area(triangle) == pytest.approx(closed_form(triangle), rel=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.floats(118.4, 118.9), st.floats(31.9, 32.4), st.floats(0.02, 0.06), st.floats(0.02, 0.06))
def test_fact_1_on_densified_edges_it_meets_the_geodesic_area(x, y, dx, dy):
    triangle = shapely.segmentize(shapely.Polygon([(x, y), (x + dx, y), (x + dx / 2, y + dy)]), 1e-4)
    geodesic = abs(GEOD.geometry_area_perimeter(triangle)[0])
    assert area(triangle) == pytest.approx(geodesic, rel=1e-7)


def test_fact_1_geodesic_edges_are_another_definition():
    triangle = shapely.Polygon([(118.6, 32.1), (118.604, 32.1), (118.602, 32.1035)])
    difference = abs(area(triangle) / abs(GEOD.geometry_area_perimeter(triangle)[0]) - 1)
    assert 1e-6 < difference < 5e-5


def test_fact_2_ellipsoidal_area_is_not_additive_under_plane_cuts_but_plane_shares_are():
    x, y = 380_000.0, 3_550_000.0
    triangle = shapely.Polygon([(x, y), (x + 300, y), (x + 150, y + 300)])
    left = triangle & shapely.box(x, y, x + 90, y + 400)
    right = triangle & shapely.box(x + 90, y, x + 400, y + 400)
    gap = abs(area(left, PLANE) + area(right, PLANE) - area(triangle, PLANE))
    assert 1e-3 < gap < 0.5
    assert left.area + right.area == pytest.approx(triangle.area, abs=1e-6)


def test_fact_3_transforming_is_done_once_and_untouched_where_the_system_is_the_same():
    squares = np.array([shapely.box(380_000.123456789, 3_550_000, 380_100, 3_550_100)])
    assert transform(squares, source=PLANE, target=PLANE) is squares
    away = transform(squares, source=PLANE, target=GEO)
    assert not shapely.equals_exact(away[0], squares[0], 1.0)


def test_holes_are_subtracted_and_parts_added():
    outer, hole, other = (
        shapely.box(118.6, 32.1, 118.61, 32.11),
        shapely.box(118.603, 32.103, 118.606, 32.106),
        shapely.box(118.7, 32.1, 118.71, 32.11),
    )
    ring = outer - hole
    assert area(ring) == pytest.approx(area(outer) - area(hole), rel=1e-12)
    assert area(shapely.MultiPolygon([ring, other])) == pytest.approx(area(ring) + area(other), rel=1e-12)


def test_missing_and_empty_shapes_have_no_area():
    assert ellipsoidal_area(np.array([None, shapely.Polygon()]), PLANE).tolist() == [0.0, 0.0]


def test_the_plane_exceeds_the_ellipsoid_by_the_published_ppm():
    for lon, ppm in (
        (118.35, 598),
        (118.45, 528),
        (118.55, 462),
        (118.65, 400),
        (118.75, 343),
        (118.95, 242),
    ):
        square = shapely.box(lon - 0.0005, 32.1, lon + 0.0005, 32.101)
        plane = transform(np.array([square]), source=GEO, target=PLANE)
        assert shapely.area(plane[0]) / area(square) - 1 == pytest.approx(ppm * 1e-6, abs=2e-6)


def test_a_plane_distance_over_the_scale_is_the_geodesic_distance():
    lon, lat = np.array([118.62, 118.628]), np.array([32.08, 32.084])
    ends = transform(shapely.points(lon, lat), source=GEO, target=PLANE)
    scale = linear_scale(shapely.get_x(ends), shapely.get_y(ends), PLANE)
    geodesic = GEOD.inv(lon[0], lat[0], lon[1], lat[1])[2]
    assert shapely.distance(ends[0], ends[1]) / scale[0] == pytest.approx(geodesic, rel=2e-6)


def test_a_crs_that_nobody_knows_is_refused_with_its_place():
    with pytest.raises(CrsError, match=r"catalog\.yaml 第 7 行 字段 crs"):
        parse_crs("EPSG:999999", file="catalog.yaml", line=7)


@pytest.mark.parametrize("crs", [None, CRS.from_epsg(4490), CRS.from_epsg(2249)])
def test_parcels_need_a_projected_crs_in_metres(crs):
    with pytest.raises(CrsError, match="以米为单位"):
        require_projected_metres(crs)
