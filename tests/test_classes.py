"""Land-use classes rolled up exactly, and survey classes turned into planning classes."""

from __future__ import annotations

from decimal import Decimal

import geopandas as gpd
import pytest
import shapely

from gisapp.context.survey import survey_classes
from gisapp.evaluation.measure import prepare
from gisapp.evaluation.rollup import rollup
from gisapp.model.survey import TO_SPLIT


def frame(codes, areas, schemes=None):
    shapes = [shapely.box(k, 0, k + 1, 1) for k in range(len(codes))]
    columns = {"parcel_id": range(len(codes)), "use_code": codes, "area_m2": areas}
    columns |= {} if schemes is None else {"use_scheme": schemes}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4549")


def test_a_parent_is_the_sum_of_its_children_and_of_what_is_coded_no_finer(demo):
    codes = demo.context().codes
    given = frame(
        ["100101", "100102", "1001", "10", "0901", None, "9999", "0701"],
        [0.005, 10.114, 1.0, 2.0, 3.335, 4.0, 5.0, 6.0],
        ["YDYH-2023"] * 7 + ["GB50137-2011"],
    )
    table = rollup(given, codes).set_index("code")
    assert table["area_m2"].to_dict() == {
        "": Decimal("15.00"), "09": Decimal("3.34"), "0901": Decimal("3.34"), "10": Decimal("13.12"),
        "1001": Decimal("11.12"), "100101": Decimal("0.01"), "100102": Decimal("10.11"),
    }  # fmt: skip
    assert table["own_m2"]["10"] == Decimal("2.00")
    assert table["parcels"].to_dict() == {
        "": 3,
        "09": 1,
        "0901": 1,
        "10": 4,
        "1001": 3,
        "100101": 1,
        "100102": 1,
    }


def test_the_whole_demo_adds_up_to_the_last_digit(demo):
    table = rollup(prepare(demo.parcels, demo.context()), demo.context().codes)
    for row in table.to_dict("records"):
        below = table[table["code"].str.startswith(row["code"]) & (table["level"] == row["level"] + 1)]
        if row["code"]:
            assert row["area_m2"] == below["area_m2"].sum() + row["own_m2"], row["code"]
    top = table[table["level"] <= 1]
    assert top["area_m2"].sum() == table["own_m2"].sum()
    assert top["parcels"].sum() == len(demo.parcels)


@pytest.mark.parametrize(
    ("dlbm", "code", "word"),
    [
        ("0601", "1001", "1001"),  # 三调 0601 is industry; planning 0601 is a farm road
        ("1001", "1201", "1201"),
        ("0201K", "0201", "0201"),
        ("05H1", None, "待细分"),
        ("0810", None, "待细分"),
        ("0204", None, "待细分"),
        ("9999", None, "资料不足（不是三调地类代码）"),
    ],
)
def test_a_survey_class_has_one_planning_class_or_is_split_by_hand(root, dlbm, code, word):
    found = survey_classes(root).match(dlbm)
    assert (found.code, found.word) == (code, word)


def test_the_eight_that_are_split_are_never_converted(root):
    classes = survey_classes(root)
    assert len(TO_SPLIT) == 8
    assert [classes.match(dlbm).code for dlbm in TO_SPLIT] == [None] * 8
    assert classes.convert([None])[0] is None
