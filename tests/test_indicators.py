"""Indicators on squares that can be checked by hand, and the row independence that all of them owe."""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gisapp import Workspace
from gisapp.context.economy import Economy
from gisapp.evaluation.measure import measure, prepare
from gisapp.indicators import REGISTRY
from gisapp.rules.columns import key, needed
from tests.tiny import occupancy_tables, parcel_frame, square

AREA = 9996.46


def values(workspace, indicator, parcels=None, **params):
    """Return one indicator over the workspace's parcels by id, asserting that the index is kept."""
    context = workspace.context()
    prepared = prepare(workspace.parcels if parcels is None else parcels, context)
    result = REGISTRY[indicator].compute(prepared, context, **params)
    assert result.index.equals(prepared.index)
    return dict(zip(prepared["parcel_id"], result, strict=True))


@pytest.fixture
def workspace(tiny):
    return Workspace(tiny)


def with_columns(workspace, **columns):
    return workspace.parcels.assign(
        **{name: pd.Series(values, dtype="object") for name, values in columns.items()}
    )


def test_farmland_takes_half_of_the_first_square(workspace):
    found = values(workspace, "farmland_area")
    assert found["P0"] == pytest.approx(AREA / 2, rel=1e-5)
    assert found["P1"] == 0.0


def test_the_boundary_state_follows_the_shares(workspace):
    found = values(workspace, "udb_state", tolerance_share=0.001, tolerance_m2=10.0)
    assert [found[f"P{i}"] for i in range(6)] == ["conform"] * 4 + ["elastic", "outside"]


def test_a_sliver_below_the_tolerance_conforms(workspace):
    sliver = (
        parcel_frame().iloc[[3]].assign(geometry=[shapely.box(380_300, 3_550_000, 380_400.05, 3_550_100)])
    )
    found = values(workspace, "udb_state", sliver, tolerance_share=0.001, tolerance_m2=10.0)
    assert found["P3"] == "conform"


def test_ratios_divide_by_the_ellipsoidal_area(workspace):
    assert values(workspace, "far")["P1"] == pytest.approx(20_000 / AREA, rel=1e-5)
    assert values(workspace, "building_coefficient")["P1"] == pytest.approx(5_000 / AREA, rel=1e-5)
    assert np.isnan(values(workspace, "far")["P2"])


def test_the_height_limit_allows_five_storeys(workspace):
    assert values(workspace, "height_far", storey_m=4.5)["P0"] == 2.5
    assert values(workspace, "potential_floor_area", storey_m=4.5)["P0"] == pytest.approx(
        2.0 * AREA - 5_000, rel=1e-5
    )


def test_plan_use_changes_at_level_two_only(workspace):
    found = values(workspace, "plan_changed")
    assert (found["P0"], found["P1"], found["P5"]) == (1.0, 0.0, 0.0)
    assert np.isnan(found["P4"])


ACCESS = {
    "core_m": 500.0, "extended_m": 800.0, "extended_value": 0.5, "uncertain_above_m": 100.0,
    "w_operating": 1.0, "w_construction": 0.8, "w_planned": 0.4,
}  # fmt: skip


def test_a_known_station_counts_by_ring(workspace):
    found = values(workspace, "station_access", **ACCESS)
    assert found["P0"] == 1.0
    assert found["P4"] == 0.5


def test_an_estimated_station_counts_by_the_chance_that_it_lies_inside(workspace):
    far = parcel_frame().iloc[[0]].assign(geometry=[square(29.5, -0.5)])
    chance_core, chance_extended = (500 / 900) ** 2, (800 / 900) ** 2
    expected = 0.8 * (chance_core + 0.5 * (chance_extended - chance_core))
    assert values(workspace, "station_access", far, **ACCESS)["P0"] == pytest.approx(expected, rel=1e-3)


def test_in_the_year_of_opening_a_station_counts_in_full(workspace):
    far = prepare(parcel_frame().iloc[[0]].assign(geometry=[square(29.5, -0.5)]), workspace.context())
    now = REGISTRY["station_access"].compute(far, workspace.context(), **ACCESS).iloc[0]
    later = workspace.context().at(date(2026, 6, 30), service_year=2027)
    assert REGISTRY["station_access"].compute(far, later, **ACCESS).iloc[0] == pytest.approx(now / 0.8)


def test_the_highest_risk_contour_that_reaches_a_parcel_counts(workspace):
    found = values(workspace, "individual_risk")
    assert (found["P1"], found["P3"], found["P5"]) == (0.0, 3e-7, 3e-6)


def test_the_river_is_measured_from_the_management_line(workspace):
    assert values(workspace, "river_distance")["P0"] == pytest.approx(500.0)


def test_without_the_management_line_the_bank_stands_in_with_status_d(workspace):
    context = workspace.context()
    layer = context.layers["river"]
    bank = layer.spec.model_copy(update={"role": "bank"})
    lines = dict(context.layers) | {"river": type(layer)(bank, layer.hash, frame=layer.frame)}
    changed = type(context)(
        crs=context.crs, as_of=context.as_of, hash="", layers=lines, fabric=context.fabric
    )
    column = measure(prepare(workspace.parcels, changed), changed, wanted={key("river_distance", {}): "m"})
    assert column[key("river_distance", {})].status == "D"
    assert "按岸线量算" in column[key("river_distance", {})].note


def test_a_layer_that_is_not_loaded_leaves_the_column_missing_and_says_so(workspace):
    wanted = key("noise_distance", {})
    column = measure(
        prepare(workspace.parcels, workspace.context()), workspace.context(), wanted={wanted: "m"}
    )[wanted]
    assert column.not_loaded == "rail_line"
    assert not column.known.any()


def test_national_codes_do_not_apply_to_another_scheme(workspace):
    parcels = workspace.parcels.assign(use_scheme=["other:town"] + ["YDYH-2023"] * 5)
    wanted = key("valid_use_code", {})
    column = measure(prepare(parcels, workspace.context()), workspace.context(), wanted={wanted: "bool"})[
        wanted
    ]
    assert column.excluded.tolist() == [True] + [False] * 5


IDLE = {
    "one_year_years": 1.0,
    "two_year_years": 2.0,
    "land_share_min": 1 / 3,
    "invest_share_min": 0.25,
    "suspended_years": 1.0,
}


def idle(workspace, as_of, **fields):
    names = ("start_due_on", "started_on", "x_completed_on", "x_suspended_on", "x_developed_share",
             "dev_invested_excl_land_10k", "dev_total_excl_land_10k")  # fmt: skip
    row = workspace.parcels.iloc[[0]].assign(
        floor_area_m2=np.nan, **{name: [fields.get(name)] for name in names}
    )
    context = workspace.context().at(as_of)
    return REGISTRY["idle_state"].compute(prepare(row, context), context, **IDLE).iloc[0]


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (date(2025, 2, 28), "none"),
        (date(2025, 3, 1), "idle_1y"),
        (date(2026, 2, 28), "idle_1y"),
        (date(2026, 3, 1), "idle_2y"),
    ],
)
def test_land_not_started_is_idle_from_the_anniversary_of_the_due_date(workspace, as_of, expected):
    assert idle(workspace, as_of, start_due_on="2024-03-01") == expected


@pytest.mark.parametrize(
    ("developed", "invested", "expected"),
    [(0.3, 4000.0, "idle_suspended"), (0.4, 2400.0, "idle_suspended"), (0.4, 2500.0, "none")],
)
def test_stopped_work_is_idle_below_a_third_or_a_quarter(workspace, developed, invested, expected):
    found = idle(
        workspace, date(2026, 6, 30), start_due_on="2022-01-01", started_on="2022-01-01", x_suspended_on="2025-06-29",
        x_developed_share=developed, dev_invested_excl_land_10k=invested, dev_total_excl_land_10k=10_000.0,
    )  # fmt: skip
    assert found == expected


def test_without_dates_nobody_is_called_idle(workspace):
    assert idle(workspace, date(2026, 6, 30)) is None


def test_two_years_in_production_are_reached_on_the_anniversary(workspace):
    parcels = with_columns(workspace, x_completed_on=["2024-06-30", "2024-07-01", None, None, None, None])
    found = values(workspace, "years_in_production", parcels)
    assert found["P0"] == 2.0
    assert found["P1"] < 2.0
    assert np.isnan(found["P2"])


def test_a_start_long_ago_without_a_completion_date_is_unknown_not_under_construction(workspace):
    parcels = with_columns(
        workspace,
        started_on=["2025-01-01", "2010-01-01", "2010-01-01", None, None, None],
        x_completed_on=[None, None, "2012-01-01", None, None, None],
    )
    found = values(workspace, "under_construction", parcels, presumed_years=3.0)
    assert (found["P0"], found["P2"], found["P3"]) == (1.0, 0.0, 0.0)
    assert np.isnan(found["P1"])


def test_industry_codes_are_read_in_their_own_edition(workspace):
    editions = pd.DataFrame(
        {"edition": ["GB/T 4754-2002"] * 2, "code": ["30", "33"], "code_2017": ["29", "32"]}
    )
    context = workspace.context()
    object.__setattr__(context, "industry_editions", editions)
    parcels = with_columns(
        workspace,
        industry_code=["30", "30", "3311", "30", None, "42"],
        industry_edition=[
            "GB/T 4754-2017",
            "GB/T 4754-2002",
            "GB/T 4754-2002",
            None,
            "GB/T 4754-2017",
            "GB/T 4754-2002",
        ],
    )
    assert list(values(workspace, "industry_code", parcels).values()) == ["30", "29", "32", None, None, None]


def test_the_floor_at_contract_is_the_one_in_force_for_the_edition(workspace):
    parcels = with_columns(
        workspace,
        supplied_on=["2005-01-01", "2010-01-01", "2010-01-01", "2024-01-01", "2024-01-01", None],
        industry_code=["17", "17", "17", "38", "26", "17"],
        industry_edition=[
            "GB/T 4754-2002",
            "GB/T 4754-2002",
            "GB/T 4754-2017",
            "GB/T 4754-2017",
            "GB/T 4754-2017",
            "GB/T 4754-2002",
        ],
    ).assign(floor_area_m2=8_000.0)
    found = values(workspace, "far_to_floor", parcels, default_floor=0.8)
    far = 8_000 / AREA
    assert found["P0"] == pytest.approx(far / 0.8, rel=1e-5)
    assert found["P1"] == pytest.approx(far / 0.8, rel=1e-5)
    assert found["P3"] == pytest.approx(far / 1.5, rel=1e-5)
    assert all(np.isnan(found[name]) for name in ("P2", "P4", "P5"))


def test_an_enterprise_has_its_figure_over_all_its_land_and_a_parcel_the_mean_of_its_occupants():
    yearly, occupancy = occupancy_tables()
    parks = pd.Series({"P0": "示例园区", "P1": "示例园区"})
    economy = Economy.build(yearly, occupancy, parks, years=3, before=2026)
    assert economy.enterprises.loc["E1", "tax_per_mu"] == pytest.approx(30.0 / 22.5)
    assert economy.enterprises.loc["E2", "tax_per_mu"] == pytest.approx(1.0 / 7.5)
    by_parcel = economy.by_parcel("tax_per_mu")
    assert by_parcel["P0"] == pytest.approx(30.0 / 22.5)
    assert by_parcel["P1"] == pytest.approx((30.0 / 22.5 + 1.0 / 7.5) / 2)


def test_a_parcel_takes_no_figure_when_one_occupant_has_none():
    yearly, occupancy = occupancy_tables()
    economy = Economy.build(
        yearly[yearly["enterprise_id"] == "E1"], occupancy, pd.Series(dtype="object"), years=3, before=2026
    )
    assert np.isnan(economy.by_parcel("tax_per_mu")["P1"])


def test_too_few_peers_give_no_median():
    yearly, occupancy = occupancy_tables()
    economy = Economy.build(yearly, occupancy, pd.Series(dtype="object"), years=3, before=2026)
    assert economy.to_peer_median("tax_per_mu", min_peers=5).enterprises["to_peer_median"].isna().all()
    ratio = economy.to_peer_median("tax_per_mu", min_peers=2).enterprises["to_peer_median"]
    assert ratio["E1"] == pytest.approx(2 * (30 / 22.5) / (30 / 22.5 + 1 / 7.5))


def test_every_indicator_has_a_title_in_two_languages_and_a_docstring():
    for item in REGISTRY.values():
        assert item.title
        assert item.title_en


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_value_depends_on_which_other_parcels_are_asked(demo, data):
    context = demo.context()
    rows = data.draw(st.lists(st.integers(0, len(demo.parcels) - 1), min_size=1, max_size=25, unique=True))
    some = gpd.GeoDataFrame(demo.parcels.iloc[rows])
    for book in demo.rulebooks():
        wanted = needed(book)
        full = _measured(demo, book.id, wanted)
        part = measure(prepare(some, context), context, wanted=wanted)
        for name, column in part.items():
            whole = full[name]
            if column.text is not None:
                assert column.text.tolist() == whole.text[rows].tolist(), name
            else:
                np.testing.assert_array_equal(column.number, whole.number[rows], err_msg=str(name))


_CACHE = {}


def _measured(demo, book, wanted):
    if book not in _CACHE:
        _CACHE[book] = measure(prepare(demo.parcels, demo.context()), demo.context(), wanted=wanted)
    return _CACHE[book]
