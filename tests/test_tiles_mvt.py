import datetime

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gisapp.tiles.attributes import AttributeColumn
from gisapp.tiles.mvt import encode_layer
from gisapp.tiles.wire import varint, varint_sizes, varints, zigzag
from tests.tile_decoder import decode, polygons_of, signed_area


def geometry_array(*wkts):
    return np.array([None if wkt is None else shapely.from_wkt(wkt) for wkt in wkts], dtype=object)


def layer_of(geometries, ids=None, columns=(), **options):
    ids = (
        np.arange(1, len(geometries) + 1, dtype=np.uint64) if ids is None else np.array(ids, dtype=np.uint64)
    )
    columns = [AttributeColumn.from_values(name, pd.Series(values)) for name, values in columns]
    return encode_layer("layer", geometries, ids=ids, columns=columns, **options)


def features_of(geometries, **options):
    layers = decode(layer_of(geometries, **options))
    return layers["layer"].features if layers else []


@given(st.lists(st.integers(0, 2**64 - 1), max_size=50))
def test_varints_agree_with_one_by_one(values):
    array = np.array(values, dtype=np.uint64)
    expected = [varint(value) for value in values]
    assert varints(array).tobytes() == b"".join(expected)
    assert varint_sizes(array).tolist() == [len(one) for one in expected]


def test_zigzag_of_the_format_examples():
    assert zigzag(np.array([0, -1, 1, -2, 2**31 - 1, -(2**31)])).tolist() == [
        0,
        1,
        2,
        3,
        2**32 - 2,
        2**32 - 1,
    ]


def test_commands_of_the_format_examples():
    geometries = geometry_array(
        "POINT (25 17)",
        "MULTIPOINT (5 7, 3 2)",
        "LINESTRING (2 2, 2 10, 10 10)",
        "MULTILINESTRING ((2 2, 2 10, 10 10), (1 1, 3 5))",
        "POLYGON ((3 6, 8 12, 20 34, 3 6))",
    )
    commands = [feature.commands for feature in features_of(geometries)]
    assert commands == [
        [9, 50, 34],
        [17, 10, 14, 3, 9],
        [9, 4, 4, 18, 0, 16, 16, 0],
        [9, 4, 4, 18, 0, 16, 16, 0, 9, 17, 17, 10, 4, 8],
        [9, 6, 12, 18, 10, 12, 24, 44, 15],
    ]


def test_multipolygon_of_the_format_examples():
    wkt = (
        "MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0)),"
        "((11 11, 20 11, 20 20, 11 20, 11 11), (13 13, 13 17, 17 17, 17 13, 13 13)))"
    )
    (feature,) = features_of(geometry_array(wkt))
    expected = [9, 0, 0, 26, 20, 0, 0, 20, 19, 0, 15, 9, 22, 2, 26, 18, 0, 0, 18, 17, 0, 15]
    expected += [9, 4, 13, 26, 0, 8, 8, 0, 0, 7, 15]
    assert feature.commands == expected


@pytest.mark.parametrize("reverse", [False, True])
def test_rings_are_wound_whatever_the_input_winding(reverse):
    polygon = shapely.Polygon(
        [(0, 0), (100, 0), (100, 100), (0, 100)], [[(10, 10), (10, 20), (20, 20), (20, 10)]]
    )
    polygon = shapely.reverse(polygon) if reverse else polygon
    (feature,) = features_of(np.array([polygon], dtype=object))
    assert [signed_area(ring) for ring in feature.paths] == [2 * 100 * 100, -2 * 10 * 10]


def test_north_up_coordinates_are_turned_by_the_affine():
    square = np.array([shapely.box(1000, 2000, 1100, 2100)], dtype=object)
    (feature,) = features_of(square, affine=(2.0, -2000.0, -2.0, 4200.0))
    assert signed_area(feature.paths[0]) == 2 * 200 * 200
    assert set(feature.paths[0]) == {(0, 0), (200, 0), (200, 200), (0, 200)}


def test_collapsed_parts_are_dropped_and_holes_with_their_exterior():
    geometries = geometry_array(
        "POLYGON ((0 0, 0.3 0, 0.3 0.3, 0 0.3, 0 0))",
        "POLYGON ((0 0, 100 0, 100 0.4, 0 0.4, 0 0), (10 0.1, 90 0.1, 90 0.3, 10 0.3, 10 0.1))",
        "POLYGON ((0 0, 50 0, 50 50, 0 50, 0 0), (10 10, 10.2 10, 10.2 10.2, 10 10.2, 10 10))",
        "LINESTRING (5 5, 5.2 5.2)",
        "MULTIPOLYGON (((0 0, 0.1 0, 0.1 0.1, 0 0)), ((9 9, 19 9, 19 19, 9 19, 9 9)))",
    )
    features = features_of(geometries)
    assert [feature.id for feature in features] == [3, 5]
    assert [len(feature.paths) for feature in features] == [1, 1]


def test_repeated_vertices_are_dropped_around_the_closing_point_too():
    (feature,) = features_of(geometry_array("POLYGON ((0 0, 0.1 0, 8 0, 8 8, 8 8.1, 0 8, 0 0.2, 0 0))"))
    assert feature.paths == [[(0, 0), (8, 0), (8, 8), (0, 8), (0, 0)]]


def test_missing_and_empty_geometries_leave_ids_in_place():
    nothing = (None, "POLYGON EMPTY", "GEOMETRYCOLLECTION EMPTY")
    features = features_of(geometry_array("POINT (1 1)", *nothing, "POINT (2 2)"))
    assert [(feature.id, feature.paths) for feature in features] == [(1, [[(1, 1)]]), (5, [[(2, 2)]])]


def test_collection_is_drawn_by_its_highest_dimension():
    wkt = "GEOMETRYCOLLECTION (POINT (1 1), LINESTRING (0 0, 9 9), MULTIPOLYGON (((0 0, 9 0, 9 9, 0 0))))"
    (feature,) = features_of(geometry_array(wkt))
    assert feature.kind == 3 and len(feature.paths) == 1


def test_kinds_may_be_mixed_in_one_layer():
    wkts = ["POINT (1 1)", "POLYGON ((0 0, 9 0, 9 9, 0 0))", "LINESTRING (0 0, 5 5)", "POINT (7 7)"]
    features = features_of(geometry_array(*wkts))
    assert [feature.kind for feature in features] == [1, 3, 2, 1]
    assert features[2].paths == [[(0, 0), (5, 5)]]


def test_nothing_to_draw_is_no_bytes():
    assert layer_of(np.empty(0, dtype=object)) == b""
    assert layer_of(geometry_array(None, "POLYGON EMPTY")) == b""


def test_attributes_keep_their_types_and_missing_ones_are_left_out():
    columns = [
        ("text", ["地块", None, "地块"]),
        ("number", [1.5, np.nan, 1e300]),
        ("count", pd.array([2**53 - 1, -7, None], dtype="Int64")),
        ("flag", [True, False, True]),
        ("mixed", pd.Series([1, True, "1"], dtype=object)),
        ("nothing", [None, None, None]),
        ("day", [datetime.date(2026, 6, 30), None, datetime.date(2024, 2, 29)]),
        ("stamp", pd.to_datetime(["2026-06-30", None, "2024-02-29"])),
        ("kind", pd.Categorical(["a", "b", None])),
    ]
    layer = decode(layer_of(geometry_array(*["POINT (1 1)"] * 3), columns=columns))["layer"]
    assert [feature.tags for feature in layer.features] == [
        {"text": "地块", "number": 1.5, "count": 2**53 - 1, "flag": True, "mixed": 1, "kind": "a"}
        | {"day": "2026-06-30", "stamp": "2026-06-30"},
        {"count": -7, "flag": False, "mixed": True, "kind": "b"},
        {"text": "地块", "number": 1e300, "flag": True, "mixed": "1"}
        | {"day": "2024-02-29", "stamp": "2024-02-29"},
    ]
    assert type(layer.features[0].tags["mixed"]) is int and type(layer.features[1].tags["mixed"]) is bool
    assert "nothing" not in layer.keys


def test_keys_and_values_are_written_once():
    columns = [("a", ["x", "y", "x"]), ("b", ["y", "x", "x"])]
    layer = decode(layer_of(geometry_array(*["POINT (1 1)"] * 3), columns=columns))["layer"]
    assert layer.keys == ["a", "b"] and sorted(layer.values) == ["x", "y"]


def test_values_of_dropped_features_are_not_sent():
    geometries = geometry_array("POINT (1 1)", None)
    layer = decode(layer_of(geometries, columns=[("a", ["seen", "secret"])]))["layer"]
    assert layer.values == ["seen"]


def test_head_says_version_2_and_extent():
    layer = decode(layer_of(geometry_array("POINT (1 1)"), ids=[2**53]))["layer"]
    assert (layer.version, layer.extent, layer.features[0].id) == (2, 4096, 2**53)


coordinate = st.integers(-64, 4160)
point_lists = st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=6)
radii = st.lists(st.floats(1.0, 900.0), min_size=3, max_size=12)


@st.composite
def star_polygons(draw):
    """Star-shaped polygons, some with a scaled-down copy of themselves as a hole."""
    x, y, radius = draw(coordinate), draw(coordinate), np.array(draw(radii))
    angle = np.linspace(0.0, 2.0 * np.pi, len(radius), endpoint=False)
    ring = np.column_stack([np.cos(angle), np.sin(angle)]) * radius[:, None]
    hole = [ring * 0.4 + np.array([x, y])] if draw(st.booleans()) else []
    return shapely.Polygon(ring + np.array([x, y]), hole)


def rounded(ring):
    return [(x, y) for x, y in np.rint(np.array(ring.coords)).astype(int).tolist()]


@settings(max_examples=150, deadline=None)
@given(st.lists(star_polygons(), min_size=1, max_size=6))
def test_polygons_read_back_as_their_rounded_selves(polygons):
    decoded = {feature.id: feature for feature in features_of(np.array(polygons, dtype=object))}
    for number, polygon in enumerate(polygons, start=1):
        rings = [rounded(ring) for ring in [polygon.exterior, *polygon.interiors]]
        areas = [signed_area(ring) for ring in rings]
        if areas[0] == 0:
            assert number not in decoded
            continue
        expected = [ring for ring, area in zip(rings, areas, strict=True) if area]
        (parts,) = polygons_of(decoded[number])
        assert len(parts) == len(expected)
        for part, ring in zip(parts, expected, strict=True):
            assert set(part) == set(ring)
            assert abs(signed_area(part)) == abs(signed_area(ring))


@settings(max_examples=100, deadline=None)
@given(st.lists(point_lists, min_size=1, max_size=6))
def test_points_and_lines_read_back_exactly(paths):
    lines = [shapely.LineString(path) if len(path) > 1 else shapely.Point(path[0]) for path in paths]
    decoded = {feature.id: feature.paths for feature in features_of(np.array(lines, dtype=object))}
    for number, path in enumerate(paths, start=1):
        distinct = [vertex for i, vertex in enumerate(path) if i == 0 or vertex != path[i - 1]]
        if len(path) > 1 and len(distinct) == 1:
            assert number not in decoded
        else:
            assert decoded[number] == [distinct]
