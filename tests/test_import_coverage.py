"""Overlaps and gaps of a fabric, by hand on squares of 100 m."""

import numpy as np
import shapely

from gisapp.kernels.coverage import gaps, overlaps
from tests.tiny import rectangle, square


def geometries(*shapes):
    return np.array(shapes, dtype=object)


def test_neighbours_with_a_shared_edge_do_not_overlap():
    left, _, _ = overlaps(geometries(square(0, 0), square(1, 0), square(1, 1)))
    assert len(left) == 0


def test_each_overlapping_pair_comes_once_with_its_area():
    left, right, area = overlaps(geometries(square(0, 0), square(0.5, 0), square(0, 0), square(5, 5)))
    assert list(zip(left.tolist(), right.tolist(), area.tolist(), strict=True)) == [
        (0, 1, 5000.0),
        (0, 2, 10_000.0),
        (1, 2, 5000.0),
    ]


def test_only_pairs_with_an_asked_polygon_are_returned():
    shapes = geometries(square(0, 0), square(0.5, 0), square(10, 0), square(10.5, 0))
    left, right, area = overlaps(shapes, among=np.array([False, True, False, False]))
    assert (left.tolist(), right.tolist(), area.tolist()) == ([0], [1], [5000.0])


def test_an_overlap_in_many_pieces_of_a_large_polygon_counts_once():
    disc = shapely.Point(380_000, 3_550_000).buffer(500, quad_segs=500)
    left, right, area = overlaps(geometries(disc, square(-1, -1, 200.0)))
    assert (left.tolist(), right.tolist()) == ([0], [1])
    np.testing.assert_allclose(area, [40_000.0], rtol=1e-9)


def test_a_void_under_a_metre_is_a_gap_and_a_street_is_not():
    ring = [rectangle(0, 0, 3, 1), rectangle(0, 2, 3, 1), rectangle(0, 1, 1, 1), rectangle(2, 1, 1, 1)]
    street = shapely.difference(
        square(1, 1),
        shapely.box(*square(1, 1).bounds[:2], square(1, 1).bounds[2], square(1, 1).bounds[1] + 5),
    )
    narrow = shapely.difference(
        square(1, 1),
        shapely.box(*square(1, 1).bounds[:2], square(1, 1).bounds[2], square(1, 1).bounds[1] + 0.5),
    )
    assert len(gaps(geometries(*ring, street))) == 0
    np.testing.assert_allclose(shapely.area(gaps(geometries(*ring, narrow))), [50.0], rtol=1e-6)
