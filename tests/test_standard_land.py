"""Standard land: which threshold is in force, conversions of codes and units, assessments, and supervision over dates."""

from __future__ import annotations

import importlib
import shutil
import sys
from datetime import date

import geopandas as gpd
import numpy as np
import pytest
import yaml

from gisapp.indicators.industries import Correspondence
from gisapp.model.controls import KINDS
from tests.standing import CONTRACTS, CONTROLS, PLACE, measured, tables, with_park_id
from tests.tiny import CRS, rectangle

MU = 9996.46 / (10_000 / 15)
HIGH = {
    "floor_area_m2": [15_000.0] * 6,
    "x_completed_on": ["2025-01-01"] * 6,
    "supplied_on": ["2023-01-01"] * 6,
}
CODED = {"industry_code": ["3821"] * 6, "industry_edition": ["GB/T 4754-2017"] * 6}
ITEMS = "节能、文物考古"


def control(*rows):
    return "\n".join((CONTROLS, *rows)) + "\n"


def contract(*rows):
    return "\n".join((CONTRACTS, *rows)) + "\n"


def investment(tiny, columns, *, as_of=date(2026, 6, 30)):
    money = {"fixed_asset_investment_incl_land_10k": [300 * MU] * 6}
    return measured(tiny, "investment_to_control", as_of=as_of, columns=money | columns, **PLACE)


def note(found, place):
    return found.attrs["notes"][place]


# ---- which threshold


CITY = "C1,city,南京市,,investment,,*,,,>=,250,万元/亩,市标准,2020-01-01,,D"
PARK = "P1,park,,园区,investment,GB/T 4754-2017,38,,,>=,6000,万元/ha,园区标准,2020-01-01,,D"
NATION = "N1,nation,,,investment,GB/T 4754-2017,38,,,>=,150,万元/亩,国家标准,2020-01-01,,V"


def test_the_closest_level_decides_contract_before_park_before_city_before_nation(tiny):
    tables(
        with_park_id(tiny),
        control_indicators=control(NATION, CITY, PARK),
        land_contracts=contract("P0,contract,合同,,,,,600,"),
    )
    found = investment(tiny, HIGH | CODED)
    assert found["P0"] == pytest.approx(0.5, rel=1e-4)
    assert found["P1"] == pytest.approx(300 / 400, rel=1e-4)
    assert found["P4"] == pytest.approx(300 / 250, rel=1e-4)
    assert "合同或供地条件：合同" in note(found, 0)
    assert "园区×行业：园区标准（D）" in note(found, 1) and "标准 400 万元/亩" in note(found, 1)
    assert "市：市标准（D）" in note(found, 4)


def test_the_nation_is_asked_last_and_only_in_its_region(tiny):
    north = "R1,province,苏北,,investment,,*,,,>=,10,万元/亩,省标准,2020-01-01,,V"
    tables(tiny, control_indicators=control(north, NATION))
    assert investment(tiny, HIGH | CODED)["P0"] == pytest.approx(2.0, rel=1e-4)


def test_a_standard_without_its_number_is_not_loaded_and_never_passed(tiny):
    tables(tiny)
    found = investment(tiny, HIGH | CODED | {"supplied_on": ["2024-01-01"] * 6})
    assert np.isnan(found["P0"])
    assert "自然资发〔2023〕72号" in note(found, 0) and "数值未加载" in note(found, 0)


def test_the_edition_in_force_on_the_day_of_supply_counts_and_ends_before_its_last_day(tiny):
    old = "N0,nation,,,investment,,*,,,>=,100,万元/亩,旧标准,2010-01-01,2023-01-01,V"
    new = "N1,nation,,,investment,,*,,,>=,200,万元/亩,新标准,2023-01-01,,V"
    tables(tiny, control_indicators=control(old, new))
    day = {
        "supplied_on": ["2022-12-31", "2023-01-01", "2009-12-31", None, None, None],
        "x_completed_on": ["2025-01-01"] * 6,
    }
    found = investment(tiny, HIGH | CODED | day)
    assert found.iloc[:2].round(3).tolist() == [3.0, 1.5]
    assert note(found, 2) == "各级均未提供固定资产投资强度的标准"
    assert note(found, 3) == "供地日期缺失，不知适用何时的标准"


def test_a_loaded_row_comes_before_a_shipped_one_and_a_longer_code_before_a_shorter(tiny):
    rows = (
        "J1,province,苏南,,far,,*,,,>=,1.8,1,省新标准,2022-09-01,,M",
        "J2,province,苏南,,far,GB/T 4754-2017,382,,,>=,2.2,1,省行业标准,2022-09-01,,M",
    )
    tables(tiny, control_indicators=control(*rows))
    other = {"industry_code": ["3821", "3911"] + ["3911"] * 4, "industry_edition": ["GB/T 4754-2017"] * 6}
    found = measured(tiny, "far_to_control", columns=HIGH | other, double_above_m=8.0, **PLACE)
    assert "标准 2.2，出自省：省行业标准" in note(found, 0)
    assert "标准 1.8，出自省：省新标准" in note(found, 1)


def test_the_grade_of_land_must_be_known_where_the_standard_goes_by_it(tiny):
    rows = [
        f"G{n},nation,,,investment,,*,{grade},,>=,{value},万元/亩,国家表,2020-01-01,,V"
        for n, (grade, value) in enumerate((("四等", 300), ("五等", 200)))
    ]
    head = CONTRACTS + ",land_grade"
    tables(tiny, control_indicators=control(*rows), land_contracts=f"{head}\nP0,contract,合同,,,,,,,五等\n")
    found = investment(tiny, HIGH | CODED)
    assert found["P0"] == pytest.approx(1.5, rel=1e-4)
    assert note(found, 1) == "土地等别未提供，不知适用哪一档"


# ---- codes and units


@pytest.fixture
def codes():
    onward = {("GB/T 4754-2002", "29"): "29", ("GB/T 4754-2002", "30"): "29", ("GB/T 4754-2002", "39"): "38"}
    back = {("GB/T 4754-2002", "29"): frozenset({"29", "30"}), ("GB/T 4754-2002", "38"): frozenset({"39"})}
    return Correspondence(onward, back)


@pytest.mark.parametrize(
    ("code", "edition", "prefix", "wanted", "answer"),
    [
        ("3821", "2017", "38", "2017", "yes"),
        ("3821", "2017", "3822", "2017", "no"),
        ("38", "2017", "3821", "2017", "unsure"),
        ("3821", "2011", "38", "2017", "yes"),
        ("3821", "2011", "3821", "2017", "unsure"),
        ("39", "2002", "39", "2017", "no"),
        ("39", "2002", "38", "2017", "yes"),
        ("38", "2017", "39", "2002", "yes"),
        ("29", "2017", "30", "2002", "unsure"),
        ("29", "2017", "31", "2002", "no"),
        ("37", "2002", "38", "2017", "unsure"),
        ("37", "2002", "*", "2017", "yes"),
    ],
)
def test_a_code_is_compared_through_the_correspondence_and_never_by_its_digits(
    codes, code, edition, prefix, wanted, answer
):
    assert codes.matches(code, f"GB/T 4754-{edition}", prefix, f"GB/T 4754-{wanted}") == answer


def test_a_code_that_cannot_be_converted_leaves_the_threshold_unknown_and_says_why(tiny):
    tables(tiny, control_indicators=control(NATION))
    found = investment(tiny, HIGH | {"industry_code": ["37"] * 6, "industry_edition": ["GB/T 4754-2002"] * 6})
    assert np.isnan(found["P0"])
    assert note(found, 0) == "行业代码 37（GB/T 4754-2002）不能换算到 GB/T 4754-2017 的 38"
    missing = investment(tiny, HIGH)
    assert note(missing, 0) == "行业代码或其版本缺失"


def test_units_are_converted_exactly_and_only_by_declared_factors():
    for tenths in range(1, 20_000, 7):
        per_mu = tenths / 10
        assert KINDS["investment"].convert(float(f"{tenths * 15 / 10:.1f}"), "万元/ha") == per_mu
    assert KINDS["office_land_share"].convert(7.0, "%") == 0.07
    with pytest.raises(KeyError):
        KINDS["investment"].convert(1.0, "万元")


# ---- floor area, decisions, shares


def test_without_storey_heights_the_ratio_lies_between_the_plain_one_and_its_double(tiny):
    tables(tiny, land_contracts=contract("P0,contract,合同,,,,2,,"))
    found = measured(tiny, "far_to_control", columns=HIGH | CODED, double_above_m=8.0, **PLACE)
    assert found["P0"] == pytest.approx(0.75, rel=1e-3)
    assert (found.attrs["low"][0], found.attrs["high"][0]) == pytest.approx((0.75, 1.5), rel=1e-3)


def test_a_storey_above_eight_metres_counts_double_where_all_storeys_are_known(tiny):
    rows = (
        "parcel_id,building,storey,height_m,floor_area_m2\nP0,1,1,8.1,5000\nP0,1,2,8,10000\nP1,1,1,9,5000\n"
    )
    tables(tiny, storey_heights=rows)
    found = measured(tiny, "far_counted", columns=HIGH, double_above_m=8.0)
    assert found["P0"] == pytest.approx(20_000 / 9996.46, rel=1e-5)
    assert found.attrs["high"][0] == found["P0"]
    assert found.attrs["high"][1] == pytest.approx(2 * found["P1"])


def agreed_far(tiny, row, code="2614"):
    head = CONTRACTS + ",decision_document"
    tables(tiny, land_contracts=f"{head}\n{row}\n")
    return measured(
        tiny,
        "agreed_far_to_standard",
        columns=HIGH | {"industry_code": [code] * 6, "industry_edition": ["GB/T 4754-2017"] * 6},
        **PLACE,
    )


def test_an_industry_left_to_decision_needs_its_minutes_to_go_below_the_floor(tiny):
    found = agreed_far(tiny, "P0,contract,合同,,,,0.8,,,")
    assert np.isnan(found["P0"]) and "未见会议纪要" in note(found, 0)


def test_minutes_of_a_collective_decision_stand_for_the_floor(tiny):
    found = agreed_far(tiny, "P0,contract,合同,,,,0.8,,,纪要〔2023〕5号")
    assert found["P0"] == 1.0 and "纪要〔2023〕5号" in note(found, 0)


def test_minutes_help_no_other_industry(tiny):
    found = agreed_far(tiny, "P0,contract,合同,,,,0.8,,,纪要〔2023〕5号", code="3821")
    assert found["P0"] == pytest.approx(0.8 / 1.5)


def test_the_office_share_of_land_is_that_of_floor_area_where_land_is_not_told_apart(tiny):
    tables(tiny)
    shares = {
        "x_support_land_share": [0.05, None, None, None, None, None],
        "x_support_gfa_share": [0.2, 0.14, None, None, None, None],
    }
    late = {"supplied_on": ["2024-01-01"] * 6}
    found = measured(tiny, "office_land_share_to_control", columns=HIGH | CODED | shares | late, **PLACE)
    assert found.iloc[:2].tolist() == pytest.approx([0.05 / 0.07, 0.14 / 0.07])
    assert np.isnan(found["P2"])
    assert "按建筑面积占比" in note(found, 1)


def test_a_measured_value_comes_before_the_register_and_a_later_check_before_an_earlier(tiny):
    head = "check_id,parcel_id,checked_on,stage,indicator,actual"
    rows = (
        "A,P0,2025-01-01,target,investment,100",
        "B,P0,2026-01-01,target,investment,450",
        "C,P0,2027-01-01,target,investment,9",
    )
    tables(tiny, control_indicators=control(NATION), performance_checks="\n".join((head, *rows)))
    found = investment(tiny, HIGH | CODED)
    assert found["P0"] == pytest.approx(3.0)
    assert found["P1"] == pytest.approx(2.0, rel=1e-4)
    assert investment(tiny, HIGH | CODED, as_of=date(2025, 6, 30))["P0"] == pytest.approx(100 / 150)


# ---- conditions of supply


def test_conditions_are_fixed_only_when_every_required_figure_stands_in_them(tiny):
    rows = ("P0,contract,合同,,,,1.8,400,30", "P1,contract,合同,,,,1.8,400,")
    tables(tiny, land_contracts=contract(*rows))
    supplied = {
        "supplied_on": ["2023-01-01", "2023-01-01", "2023-01-01", None, None, None],
        "floor_area_m2": [None] * 6,
    }
    found = measured(tiny, "conditions_fixed", columns=supplied, required="far、investment、tax")
    assert found.iloc[:2].tolist() == [1.0, 0.0]
    assert np.isnan(found["P2"]) and note(found, 2) == "合同表中没有这宗地"
    assert found["P3"] == 0.0 and note(found, 3) == "尚未登记供地条件"
    assert note(found, 1) == "缺：亩均税收"


@pytest.mark.parametrize(
    ("suited", "corner", "expected"),
    [("是", "否", 1.0), ("是", "是", 0.0), ("否", "", 0.0), ("是", "", np.nan), ("", "否", np.nan)],
)
def test_a_small_parcel_is_barred_only_if_suited_and_no_corner_plot(tiny, suited, corner, expected):
    head = CONTRACTS + ",standard_factory_suited,corner_plot"
    tables(tiny, land_contracts=f"{head}\nP0,conditions,条件,,,,,,,{suited},{corner}\n")
    np.testing.assert_equal(measured(tiny, "joint_supply_due")["P0"], expected)


# ---- regional assessments


def reports(*rows):
    return "\n".join(("report_no,item,park,issued_on,valid_to", *rows)) + "\n"


def assessed(tiny, *rows, as_of=date(2026, 6, 30), indicator="assessment_state"):
    tables(with_park_id(tiny), regional_assessments=reports(*rows))
    return measured(tiny, indicator, as_of=as_of, items=ITEMS, tolerance_share=0.001)


BOTH = ("R1,节能,园区,2024-01-01,2026-06-30", "R2,文物考古,园区,2024-01-01,2027-01-10")


def test_assessments_hold_for_parcels_inside_through_their_last_day(tiny):
    found = assessed(tiny, *BOTH)
    assert found.tolist() == ["complete"] * 3 + ["missing"] * 3


def test_the_day_after_the_last_one_is_expired_and_a_report_of_tomorrow_is_not_there_yet(tiny):
    assert assessed(tiny, *BOTH, as_of=date(2026, 7, 1))["P0"] == "expired"
    assert assessed(tiny, *BOTH, as_of=date(2023, 12, 31))["P0"] == "missing"


def test_an_item_without_validity_is_unknown_and_one_that_is_missing_is_named(tiny):
    open_ = assessed(tiny, BOTH[0], "R2,文物考古,园区,2024-01-01,")
    assert open_["P0"] is None and note(open_, 0) == "有效期或范围不明：文物考古"
    lacking = assessed(tiny, BOTH[0])
    assert lacking["P0"] == "missing" and note(lacking, 0) == "缺：文物考古"


def test_a_report_without_an_area_is_unknown_never_valid(tiny):
    found = assessed(tiny, BOTH[0], "R2,文物考古,别处,2024-01-01,2027-01-10")
    assert found["P0"] is None


def test_a_parcel_that_pokes_out_of_the_assessed_area_is_uncovered(tiny):
    path = tiny / "layers" / "data" / "park.fgb"
    shape = rectangle(0, 0, 2.99, 1)
    gpd.GeoDataFrame({"name": ["示例园区"], "kind": ["园区"]}, geometry=[shape], crs=CRS).to_file(
        path, driver="FlatGeobuf"
    )
    found = assessed(tiny, *BOTH)
    assert found.tolist() == ["complete", "complete", "uncovered", "missing", "missing", "missing"]


def test_the_share_of_valid_items_is_bounded_by_the_unknown_ones_and_days_count_to_the_first_end(tiny):
    share = assessed(tiny, BOTH[1], "R1,节能,园区,2024-01-01,", indicator="assessments_valid")
    assert (share["P0"], share.attrs["high"][0], share.attrs["known"][0]) == (0.5, 1.0, 0.5)
    assert assessed(tiny, *BOTH, indicator="assessment_days_left")["P0"] == 0.0
    assert np.isnan(assessed(tiny, *BOTH, indicator="assessment_days_left")["P4"])


# ---- supervision over dates


CHECKS = "check_id,parcel_id,checked_on,stage,done_on,indicator,actual,action,action_on"
DUE = "parcel_id,kind,document,start_due_on,far,tax_10k_per_mu,green_share\n" + "".join(
    f"P{n},contract,合同,2026-03-01,2,30,0.2\n" for n in range(6)
)


def supervised(tiny, *rows, as_of=date(2026, 6, 30), columns=None):
    tables(tiny, land_contracts=DUE, performance_checks="\n".join((CHECKS, *rows)) + "\n")
    return measured(tiny, "performance_start", as_of=as_of, columns=columns)


def test_a_stage_is_on_time_late_not_due_or_overdue(tiny):
    rows = (
        "A,P0,2026-03-10,start,2026-03-01,,,,",
        "B,P1,2026-03-20,start,2026-03-15,,,约谈,2026-04-01",
        "C,P2,2026-04-02,start,,,,,",
        "D,P3,2026-02-01,start,,,,,",
    )
    found = supervised(tiny, *rows)
    assert found.tolist() == ["on_time", "late", "overdue", None, None, None]
    assert note(found, 1) == "约定 2026-03-01，实际 2026-03-15，晚 14 天；处置：约谈（2026-04-01）"
    assert note(found, 2) == "约定 2026-03-01，逾期 121 天仍未完成；处置未记录"
    assert "没有到期后的核查记录" in note(found, 3)
    early = supervised(tiny, *rows, as_of=date(2026, 3, 1))
    assert early["P4"] == "not_due" and early["P0"] == "not_due"


def test_the_register_tells_the_start_where_no_check_does(tiny):
    found = supervised(
        tiny, columns={"started_on": ["2026-02-28", "2026-03-02", "2026-09-01", None, None, None]}
    )
    assert found.tolist()[:3] == ["on_time", "late", None]


def test_measured_figures_are_held_against_what_was_promised_caps_the_other_way_round(tiny):
    rows = (
        "A,P0,2026-03-10,target,,far,2.2,,", "B,P0,2026-03-10,target,,tax,30,,", "C,P0,2026-03-10,target,,green_share,0.25,,",
        "D,P1,2026-03-10,target,,far,2.2,,", "E,P1,2026-03-10,target,,tax,33,,", "F,P1,2026-03-10,target,,green_share,0,,",
        "G,P2,2026-03-10,target,,tax,15,,", "H,P3,2026-03-10,target,,tax,60,,",
    )  # fmt: skip
    tables(tiny, land_contracts=DUE, performance_checks="\n".join((CHECKS, *rows)) + "\n")
    found = measured(tiny, "performance_indicators")
    assert found["P0"] == pytest.approx(0.8) and found["P1"] == pytest.approx(1.0)
    assert (found["P2"], found.attrs["low"][2], found.attrs["high"][2]) == (0.5, 0.0, 0.5)
    assert (found.attrs["low"][3], found.attrs["high"][3]) == (0.0, 2.0)
    assert np.isnan(found["P4"])
    assert note(found, 2) == "未达约定：亩均税收 50%；未实测：容积率、绿地率"


def test_yields_are_due_from_the_agreed_target_date_on(tiny):
    rows = "parcel_id,kind,document,target_due_on\nP0,contract,合同,2026-06-30\nP1,contract,合同,2026-07-01\nP2,contract,合同,\n"
    tables(tiny, land_contracts=rows)
    found = measured(tiny, "target_reached")
    np.testing.assert_equal(found.tolist(), [1.0, 0.0, np.nan, 1.0, 1.0, 1.0])


# ---- the demo


def test_the_committed_tables_and_cases_are_those_the_generator_makes(root, tmp_path):
    wanted = [
        f"layers/data/{name}.fgb" for name in ("standard_land", "assessment", "park", "farmland", "redline")
    ]
    wanted += ["parcels/demo/parcels.parquet", "parcels/demo/planted.yaml"]
    for name in wanted:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, tmp_path / name)
    sys.path.insert(0, str(root))
    try:
        counts = importlib.import_module("tools.demo.standard").write(tmp_path)
    finally:
        sys.path.remove(str(root))
    assert min(counts.values()) >= 1
    for name in [
        *(f"parcels/tables/{table}.{kind}" for table in counts for kind in ("csv", "yaml")),
        wanted[-1],
    ]:
        assert (tmp_path / name).read_bytes() == (root / name).read_bytes(), name


def test_the_cases_cover_every_verdict_and_most_rules_of_the_rulebook(demo):
    planted = yaml.safe_load((demo.root / "parcels" / "demo" / "planted.yaml").read_text(encoding="utf-8"))[
        "cases"
    ]
    own = [case for case in planted if case["rulebook"] == "standard_land"]
    assert {case["expect"]["verdict"] for case in own} == {
        "candidate", "not_candidate", "prohibited", "unknown", "not_applicable",
    }  # fmt: skip
    assert len({rule for case in own for rule in case["expect"]["rules"]}) >= 20
