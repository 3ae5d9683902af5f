"""What is worked out once: answers about the same parcels, and nearest distances by few candidates."""

import numpy as np
import pandas as pd
import pytest
import shapely

from gisapp.evaluation.total import joined
from gisapp.kernels.memo import LastAnswer, same_objects
from gisapp.kernels.overlay import PolygonIndex
from gisapp.kernels.proximity import NearestIndex


def array(*shapes):
    return np.array(shapes, dtype=object)


def test_the_same_parcels_are_measured_once():
    memo, asked = LastAnswer(), []
    parcels = array(shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1))
    for _ in range(2):
        answer = memo.of(parcels.copy(), lambda: asked.append("once") or len(asked))
    assert (answer, asked) == (1, ["once"])


def test_a_new_geometry_is_measured_again():
    index = PolygonIndex(array(shapely.box(0, 0, 100, 100)))
    parcels = array(shapely.box(90, 0, 110, 10), shapely.box(0, 0, 10, 10))
    assert index.areas(parcels)[:, 0] == pytest.approx([100.0, 100.0])
    parcels[1] = shapely.box(0, 0, 20, 10)
    assert index.areas(parcels)[:, 0] == pytest.approx([100.0, 200.0])
    assert index.areas(parcels[1:])[:, 0] == pytest.approx([200.0])


def test_equal_copies_are_not_the_same_objects():
    parcels = array(shapely.box(0, 0, 1, 1))
    assert same_objects(parcels, parcels.copy())
    assert not same_objects(parcels, shapely.from_wkb(shapely.to_wkb(parcels)))


def test_nearest_equals_every_distance_compared():
    rng = np.random.default_rng(3)
    lines = shapely.linestrings(rng.random((12, 40, 2)).cumsum(axis=1) * 100)
    around = shapely.Point(0, 0).buffer(300) - shapely.Point(0, 0).buffer(250)
    shapes = [shapely.affinity.translate(around, *xy) for xy in rng.random((60, 2)) * 4000]
    shapes += list(shapely.points(rng.random((20, 2)) * 4000))
    given = array(*shapes, shapely.Polygon(), None)
    distance, feature = NearestIndex(lines).nearest(given)
    every = shapely.distance(given[:-2, None], lines[None, :])
    assert distance[:-2].tolist() == every.min(axis=1).tolist()
    assert feature[:-2].tolist() == every.argmin(axis=1).tolist()
    assert np.isnan(distance[-2:]).all()
    assert feature[-2:].tolist() == [-1, -1]


def test_a_line_wholly_inside_a_parcel_is_at_no_distance():
    inside = array(shapely.LineString([(40, 40), (60, 60)]))
    distance, _ = NearestIndex(inside).nearest(array(shapely.box(0, 0, 100, 100)))
    assert distance.tolist() == [0.0]


def test_names_are_joined_in_the_order_given():
    marks = [
        ("a", [True, False, True, False]),
        ("b", [True, True, False, False]),
        ("c", [True, False, True, False]),
    ]
    out = joined([(name, np.array(mark)) for name, mark in marks], 4)
    assert out.tolist() == ["a;b;c", "b", "a;c", ""]
    assert pd.isna(out).sum() == 0
