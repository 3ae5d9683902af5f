"""Price, cash flow, causes of idling, transitions and floors by use: each figure against one worked out by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from gisapp.app import Workspace
from gisapp.context import NotLoadedError
from gisapp.evaluation.measure import measure, prepare
from gisapp.indicators import REGISTRY, floors, pooled, price, yield_
from gisapp.rules.columns import key
from tests.standing import tables as put_tables

PRICES = """\
id,use_code,grade,price_yuan_m2,valuation_date,term_years,document,status
1,1001,,400,2025-12-31,50,示例,D
2,0802,,1000,2023-12-31,50,示例,M
3,0802,,1200,2025-12-31,50,示例,M
4,0802,,9999,2026-12-31,50,示例,D
5,0901,一级,3000,2025-12-31,40,示例,D
6,09,,2000,2025-12-31,40,示例,D
"""
ECONOMICS = """\
use_code,valid_from,build_years,build_yuan_m2,demolition_yuan_m2,demolished_share,sale_yuan_m2,rent_yuan_m2_year,opex_share,tax_10k_per_mu,document,status
0802,2026-01-01,2,3000,500,0.5,0,400,0.25,20,示例,D
1001,2026-01-01,1,2000,300,0.5,0,10,0.5,30,示例,D
"""
HEIGHT = {"storey_m": 4.5}


def context_of(tiny, **tables):
    put_tables(tiny, **tables)
    workspace = Workspace(tiny)
    context = workspace.context()
    return prepare(workspace.parcels, context), context


def value(name, parcels, context, **params):
    return REGISTRY[name].compute(parcels, context, **params)


# -- LEL-09, LEL-08


def test_the_price_is_the_difference_of_ratio_times_price_over_the_area(tiny):
    parcels, context = context_of(tiny, floor_prices=PRICES)
    found = value("supplementary_price", parcels, context, **HEIGHT)
    area = parcels["area_m2"]
    # P0: industry of 5 000 m² becomes research; the plan's cap is 2.0, prices of the end of 2025.
    assert found[0] == pytest.approx((2.0 * 1200 - 5000 / area[0] * 400) * area[0] / 10_000)
    assert found[1] == 0.0  # industry stays industry as planned: nothing is due (LEL-08)
    assert np.isnan(found[2])  # housing has no price here
    assert np.isnan(found[3])  # 0901 is priced by grade and the grade is not known
    assert np.isnan(found[4])  # no plan
    notes = found.attrs["notes"]
    assert "1\u202f200 元/㎡（2025-12-31，50 年）" in notes[0]
    assert "未作剩余年期修正" in notes[0]
    assert notes[1] == price.STAYS
    assert "0701 没有 2026-06-30 以前的楼面地价" in notes[2]
    assert "土地级别未提供" in notes[3]


def test_the_newest_valuation_on_or_before_the_day_counts(tiny):
    parcels, context = context_of(tiny, floor_prices=PRICES)
    area = parcels["area_m2"][0]
    for day, price_new, price_old in (
        (date(2025, 12, 30), 1000, None),
        (date(2025, 12, 31), 1200, 400),
        (date(2026, 12, 30), 1200, 400),
        (date(2026, 12, 31), 9999, 400),
    ):
        found = value("supplementary_price", parcels, context.at(day), **HEIGHT)[0]
        if price_old is None:
            assert np.isnan(found)
        else:
            assert found == pytest.approx((2 * price_new * area - 5000 * price_old) / 10_000)


def test_a_price_below_zero_is_none_and_a_price_is_never_a_gate(tiny, root):
    parcels, context = context_of(tiny, floor_prices=PRICES.replace("3,0802,,1200", "3,0802,,1"))
    assert value("supplementary_price", parcels, context, **HEIGHT)[0] == 0.0
    for name in ("redevelopment", "mixed_use"):
        rule = next(r for r in Workspace(root).rulebook(name).rulebook.rules if r.id == "LEL-09")
        assert rule.role == "condition"


def test_a_price_by_grade_needs_the_grade_and_two_prices_of_one_day_are_none():
    rows = (
        price.FloorPrice("09", None, 2000, date(2025, 1, 1), 40, "D"),
        price.FloorPrice("0901", "一级", 3000, date(2025, 1, 1), 40, "D"),
        price.FloorPrice("0901", "二级", 2500, date(2025, 1, 1), 40, "D"),
        price.FloorPrice("07", None, 1, date(2025, 1, 1), 70, "D"),
        price.FloorPrice("07", None, 2, date(2025, 1, 1), 70, "D"),
    )
    day = date(2026, 1, 1)
    assert price.price_of("0901", "二级", rows, day).yuan == 2500
    assert price.price_of("0902", None, rows, day).yuan == 2000
    assert np.isnan(price.price_of("0901", None, rows, day).yuan)
    assert np.isnan(price.price_of("0901", "三级", rows, day).yuan)
    assert np.isnan(price.price_of("0701", None, rows, day).yuan)
    assert np.isnan(price.price_of(None, None, rows, day).yuan)


def test_without_its_table_a_figure_is_not_loaded(tiny):
    parcels, context = context_of(tiny)
    asked = {
        "supplementary_price": HEIGHT,
        "redevelopment_npv": {**HEIGHT, "rate": 0.06, "years": 20},
        "fiscal_gain": {"tax_years": 3},
        "idle_cause": {},
        "transition_state": {"years": 5, "alert_months": 12},
        "research_floor_share": {},
        "pooled_support_gfa": {},
    }
    for name, params in asked.items():
        with pytest.raises(NotLoadedError):
            value(name, parcels, context, **params)
    column = measure(parcels, context, wanted={key("supplementary_price", HEIGHT): "万元"})
    assert column["supplementary_price", (("storey_m", 4.5),)].not_loaded == "floor_prices"


# -- LEL-12


def terms(**given):
    base = {name: np.array([0.0]) for name in yield_.FIGURES}
    return yield_.Economics(**(base | {name: np.array([float(v)]) for name, v in given.items()}))


def works(added=1000.0, standing=0.0, price_10k=0.0):
    return yield_.Works(np.array([added]), np.array([standing]), np.array([price_10k]))


def test_flows_by_hand():
    # 1 000 m² added and half of 400 m² pulled down and built anew: 1 200 m² at 3 000 over two years.
    given = terms(
        build_years=2, build_yuan_m2=3000, demolition_yuan_m2=500, demolished_share=0.5, sale_yuan_m2=100,
        rent_yuan_m2_year=400, opex_share=0.25,
    )  # fmt: skip
    flows = yield_.cash_flows(given, works(standing=400.0, price_10k=50.0), 5)[0]
    assert flows == pytest.approx([-50 - 10, -180, -180, 12 + 36, 36, 36])


def test_the_present_value_of_a_level_rent_is_that_of_an_annuity():
    given = terms(build_years=0, build_yuan_m2=3000, rent_yuan_m2_year=400, opex_share=0.25)
    flows, rate, years = yield_.cash_flows(given, works(), 20), 0.06, 20
    annuity = 30.0 * (1 - (1 + rate) ** -years) / rate
    assert yield_.present_value(flows, rate)[0] == pytest.approx(-300.0 + annuity)
    assert yield_.payback(flows)[0] == pytest.approx(10.0)


def test_a_later_rent_is_worth_less_by_the_years_that_it_waits():
    given = terms(build_years=3, build_yuan_m2=3000, rent_yuan_m2_year=600)
    flows, rate = yield_.cash_flows(given, works(), 30), 0.08
    building = 100.0 * (1 - (1 + rate) ** -3) / rate
    rent = 60.0 * (1 - (1 + rate) ** -27) / rate / (1 + rate) ** 3
    assert yield_.present_value(flows, rate)[0] == pytest.approx(rent - building)
    assert yield_.present_value(flows, 0.0)[0] == pytest.approx(27 * 60 - 300)
    assert yield_.payback(flows)[0] == pytest.approx(8.0)


@pytest.mark.parametrize(
    ("flows", "years"),
    [
        ([-100, 40, 40, 40], 2.5),
        ([-100, 50, 50, 0], 2.0),  # exactly back
        ([0, -100, 30, 90], 2 + 70 / 90),  # nothing is laid out in year 0, yet it is not back then
        ([-100, 10, 10, 10], np.inf),
        ([0, 0, 0, 0], 0.0),
        ([np.nan, 1, 1, 1], np.nan),
    ],
)
def test_payback_is_interpolated_and_says_when_there_is_none(flows, years):
    found = yield_.payback(np.array([flows], dtype=float))[0]
    assert found == pytest.approx(years, nan_ok=True)


def test_payback_beyond_the_horizon_is_said(tiny):
    parcels, context = context_of(tiny, floor_prices=PRICES, redevelopment_economics=ECONOMICS)
    params = {**HEIGHT, "years": 20}
    state = value("payback_state", parcels, context, **params)
    assert state[1] == "beyond"  # industry at a rent of ten yuan
    assert "20 年内不能回收" in state.attrs["notes"][1]
    assert state[0] == "within"
    assert state[2] is None
    assert "该用途的测算参数" in state.attrs["notes"][2]
    npv = value("redevelopment_npv", parcels, context, rate=0.06, **params)
    assert npv[1] < 0
    assert "20 年内不能回收" in npv.attrs["notes"][1]
    terms_ = price.price_terms(parcels, context, 4.5)
    added = 2.0 * parcels["area_m2"][0] - 5000
    built = added + 2500
    building = built * 3000 / 2 / 10_000
    rent = built * 400 * 0.75 / 10_000
    flows = [-price.price_10k(terms_)[0] - 125.0, -building, -building, *[rent] * 18]
    assert npv[0] == pytest.approx(sum(flow / 1.06**t for t, flow in enumerate(flows)))


def test_fiscal_gain_is_the_difference_per_mu_over_the_area(demo):
    context = demo.context()
    parcels = prepare(demo.parcels, context)
    gain = value("fiscal_gain", parcels, context, tax_years=3)
    now = value("tax_per_mu", parcels, context, years=3)
    row = int(np.flatnonzero(gain.notna().to_numpy() & (parcels["target_use"] == "100101").to_numpy())[0])
    after = context.table("redevelopment_economics").set_index("use_code")["tax_10k_per_mu"]["1001"]
    assert gain.iloc[row] == pytest.approx(
        (after - now.iloc[row]) * parcels["area_m2"].iloc[row] * 15 / 10_000
    )


# -- LEL-02, LEL-10

CASES = """\
parcel_id,found_on,cause,document,disposal,disposal_on,disposal_document,extended_to
P0,2024-05-01,enterprise,认1号,fee,2024-06-01,处1号,
P0,2025-05-01,government,认2号,extension,2025-06-01,处2号,2026-03-01
P1,2026-07-01,enterprise,认3号,fee,2026-08-01,处3号,
P2,2025-05-01,force_majeure,认4号,extension,2025-06-01,处4号,2026-09-01
"""


def test_the_newest_inquiry_on_or_before_the_day_gives_the_cause(tiny):
    parcels, context = context_of(tiny, idle_cases=CASES)
    assert value("idle_cause", parcels, context).tolist()[:4] == ["government", None, "force_majeure", None]
    assert value("idle_cause", parcels, context.at(date(2025, 4, 30)))[0] == "enterprise"
    assert value("idle_cause", parcels, context.at(date(2026, 7, 1)))[1] == "enterprise"
    assert "尚无调查认定记录" in value("idle_cause", parcels, context).attrs["notes"][1]


def test_an_extension_to_the_anniversary_is_a_whole_year(tiny):
    parcels, context = context_of(tiny, idle_cases=CASES)
    due = pd.to_datetime(["2025-03-01"] * len(parcels))
    years = value("idle_extension_years", parcels.assign(start_due_on=due), context)
    assert years[0] == 1.0
    assert years[1] == 0.0
    assert years[2] == pytest.approx(1 + (date(2026, 9, 1) - date(2026, 3, 1)).days / 365)


TRANSITIONS = """\
parcel_id,started_on,document,settled_on
P0,2021-06-30,过1号,
P1,2021-07-01,过2号,
P2,2022-06-30,过3号,
P3,2022-07-01,过4号,
P4,2021-01-01,过5号,2025-12-31
"""


@pytest.mark.parametrize(
    ("day", "states"),
    [
        (date(2026, 6, 30), ["expired", "ending", "ending", "running", "settled", "none"]),
        (date(2026, 6, 29), ["ending", "ending", "running", "running", "settled", "none"]),
        (date(2025, 6, 29), ["running", "running", "running", "running", "ending", "none"]),
    ],
)
def test_a_transition_ends_on_its_fifth_anniversary_and_warns_twelve_months_before(tiny, day, states):
    parcels, context = context_of(tiny, transitions=TRANSITIONS)
    found = value("transition_state", parcels, context.at(day), years=5, alert_months=12)
    assert found.tolist() == states


# -- MIX-01, MIX-03, MIX-04


def mix(rows, **params):
    own = [
        floors.Floor(code, float("nan") if area is None else area, support is True)
        for code, support, area in rows
    ]
    return floors.mix_of(own, **({"min_share": 0.05, "support_cap": 0.15} | params))


def test_support_is_left_out_first_and_what_goes_beyond_the_cap_counts():
    # 15 of 100 is support within the cap: what is left is industry alone.
    single = mix([("100101", False, 85.0), ("0702", True, 15.0)])
    assert (single.primary, single.mixed) == ("100101", "single")
    # 25 of 100: 10 go beyond; 10 of 85 is more than five per cent.
    assert mix([("100101", False, 75.0), ("0702", True, 25.0)]).mixed == "mixed"
    assert mix([("100101", False, 75.0), ("0702", True, 25.0)], support_cap=0.30).mixed == "single"
    # Outside industry there is no 配套: housing with a shop floor is what its floors are.
    assert mix([("0701", False, 90.0), ("0901", True, 10.0)]).mixed == "mixed"


def test_five_per_cent_exactly_makes_a_mix_and_classes_are_of_level_two():
    assert mix([("100101", False, 95.0), ("0901", False, 5.0)]).mixed == "mixed"
    assert mix([("100101", False, 95.1), ("0901", False, 4.9)]).mixed == "single"
    assert mix([("100101", False, 50.0), ("100102", False, 40.0)]).mixed == "single"


def test_what_is_not_known_is_not_decided():
    assert mix([("100101", False, 95.0), ("0901", False, np.nan)]).mixed is None
    assert mix([("100101", False, 50.0), ("0901", False, 50.0)]).primary is None
    assert mix([("100101", False, 60.0), ("09", False, 40.0)]).mixed is None
    assert mix([("100101", False, 0.0)]).mixed is None


FLOORS = """\
parcel_id,use_code,support,gfa_m2,land_m2
P0,100101,否,4000,
P0,0802,否,600,
P0,0702,是,400,500
P1,100101,否,18000,
P1,0702,是,2000,1000
"""


def test_research_share_and_the_pool_of_the_park(tiny):
    parcels, context = context_of(tiny, floor_use=FLOORS)
    share = value("research_floor_share", parcels, context)
    assert share[:2].tolist() == [600 / 5000, 0.0]
    assert np.isnan(share[2])
    # The park holds P0, P1 and P2; P2 has not declared and even its floor area is missing: all between 0 and 1.
    gfa = value("pooled_support_gfa", parcels, context)
    assert gfa[:3].tolist() == [2400 / 25_000] * 3
    assert (gfa.attrs["low"][0], gfa.attrs["high"][0]) == (0.0, 1.0)
    assert np.isnan(gfa[4])
    land, area = value("pooled_support_land", parcels, context), parcels["area_m2"]
    assert land[0] == pytest.approx(1500 / (area[0] + area[1]))
    assert land.attrs["low"][0] == pytest.approx(1500 / area[:3].sum())
    assert land.attrs["high"][0] == pytest.approx((1500 + area[2]) / area[:3].sum())
    assert "3 宗工业、仓储用地中已登记 2 宗" in land.attrs["notes"][0]


def test_a_pool_is_exact_once_all_have_declared(tiny):
    rest = "P2,100101,否,9000,\nP2,0702,是,1000,100\n"
    parcels, context = context_of(tiny, floor_use=FLOORS + rest)
    gfa = value("pooled_support_gfa", parcels, context)
    assert gfa[0] == gfa.attrs["low"][0] == gfa.attrs["high"][0] == pytest.approx(3400 / 35_000)
    assert pooled.pools(context, "gfa")["示例园区"].known == 1.0
    alone = value("pooled_support_gfa", parcels.iloc[[1]], context)
    assert alone.iloc[0] == gfa[1]


# -- pairs and sentences


def test_pairs_carry_the_price_and_the_share_of_the_pool(demo):
    pairs = demo.evaluate("mixed_use").pairs.set_index(["parcel_id", "to_use"])
    context = demo.context()
    some = pairs["price_10k"].dropna()
    assert (some >= 0).all()
    id_, use = some[some > 0].index[0]
    row = demo.parcels[demo.parcels["parcel_id"] == id_]
    aimed = prepare(row, context, target_use=use)
    assert value("supplementary_price", aimed, context, **HEIGHT).iloc[0] == pytest.approx(some[id_, use])
    pool = pairs["pooled_share"].dropna()
    assert pool.between(0, 1).all()
    assert len(pool) > 0


def test_without_its_tables_pairs_have_neither(tiny, root):
    book = tiny / "parcels" / "rulebooks" / "mixed_use.yaml"
    book.write_bytes((root / "parcels" / "rulebooks" / "mixed_use.yaml").read_bytes())
    for folder in ("rulebooks/data", "policies"):
        for path in (root / "parcels" / folder).iterdir():
            target = tiny / "parcels" / folder / path.name
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(path.read_bytes())
    found = Workspace(tiny).evaluate("mixed_use")
    assert found.pairs["price_10k"].isna().all()
    assert found.pairs["pooled_share"].isna().all()
    gaps = {gap["rule_id"]: gap["not_loaded"] for gap in found.manifest["gaps"] if gap["not_loaded"]}
    assert gaps["LEL-09"] == "floor_prices" or "字段" in gaps["LEL-09"]
    assert gaps["MIX-01"] == "floor_use"


def test_a_station_that_is_not_open_says_when_it_is_expected(demo):
    trace = demo.evaluate("redevelopment").trace
    said = trace[(trace["rule_id"] == "TRN-01").to_numpy()]["reason"].dropna().astype(str)
    waiting = said[said.str.contains("在建|规划", regex=True)]
    assert len(waiting) > 0
    assert waiting.str.contains(r"预计 20\d\d 年开通|开通年份未定", regex=True).all()
    assert not said[said.str.contains("运营")].str.contains("开通").any()


def test_the_demo_reaches_each_rule_both_ways(demo):
    seen = {}
    for book in ("redevelopment", "mixed_use"):
        trace = demo.evaluate(book).trace
        for rule, rows in trace.groupby("rule_id", observed=True)["verdict"]:
            seen[book, rule] = set(rows)
    for rule in (
        "LEL-02", "LEL-02-holder", "LEL-02-extension", "LEL-10", "LEL-10-expired", "LEL-09", "LEL-12-npv",
        "LEL-12-payback", "LEL-12-fiscal",
    ):  # fmt: skip
        assert {"pass", "fail"} <= seen["redevelopment", rule], rule
    for rule in ("MIX-01", "MIX-04", "MIX-14", "LEL-09"):
        assert {"pass", "fail"} <= seen["mixed_use", rule], rule
    # Parks that have all declared are below the cap; of the others the two ends disagree.
    for rule in ("MIX-03", "MIX-03-land"):
        assert {"fail", "unknown"} <= seen["mixed_use", rule], rule


def test_causes_follow_the_register_of_the_demo(demo):
    rows = (
        demo.context().table("idle_cases").sort_values("found_on").drop_duplicates("parcel_id", keep="last")
    )
    trace = demo.evaluate("redevelopment").trace.set_index(["rule_id", "parcel_id"])["verdict"]
    for id_, cause in zip(rows["parcel_id"], rows["cause"], strict=True):
        assert trace["LEL-02", id_] == ("fail" if cause == "enterprise" else "pass"), id_
        assert trace["LEL-02-holder", id_] == ("pass" if cause == "enterprise" else "fail"), id_
