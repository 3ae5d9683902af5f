"""Parks as subjects of an evaluation: figures by hand on squares, ideals, what holds a park back, the demo's cases."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gisapp import Workspace
from gisapp.app import parkfiles, parks
from gisapp.context.parks import parks as parks_of
from gisapp.crs import ellipsoidal_area
from gisapp.errors import InputError
from gisapp.evaluation.folder import load, save
from gisapp.evaluation.holding import holding_back, not_shared_out
from gisapp.evaluation.measure import measure, signatures
from gisapp.evaluation.subjects import subjects_of
from gisapp.indicators import REGISTRY
from gisapp.indicators.parkideals import ideals
from gisapp.rules.columns import key, needed
from gisapp.rules.load import load_policies, load_rulebook
from tests.tiny import CRS, rectangle, square

ROOT = Path(__file__).resolve().parent.parent
PLANTED = yaml.safe_load((ROOT / "parcels" / "demo" / "planted.yaml").read_text(encoding="utf-8"))
ZONE = {"min_known": 0.8, "industrial_above": 0.30, "housing_from": 0.25}
IDEAL = {**ZONE, "min_class": 1.0, "kinds": "园区"}
IDLE = {
    "one_year_years": 1.0, "two_year_years": 2.0, "land_share_min": 1 / 3, "invest_share_min": 0.25,
    "suspended_years": 1.0,
}  # fmt: skip


def fabric():
    """Return eight squares: three of works, one of them idle, housing and a park in A; one of works in B; one astride."""
    return gpd.GeoDataFrame(
        {
            "parcel_id": list("abcdefgh"),
            "use_code": ["100101", "100102", "100101", "070102", "0801", "100101", "1401", "100101"],
            "use_scheme": "YDYH-2023",
            "plan_use_code": ["1001", "1001", "1001", "0701", "16", "1001", "1001", "1001"],
            "floor_area_m2": [8_000.0, 4_000.0, None, 12_000.0, None, 10_000.0, 0.0, 6_000.0],
            "footprint_m2": [4_000.0, 3_000.0, None, 2_500.0, 2_000.0, 5_000.0, 0.0, 3_000.0],
            "supplied_on": pd.to_datetime(["2010-01-01"] * 2 + ["2020-01-01"] + ["2010-01-01"] * 5),
            "start_due_on": pd.to_datetime([None, None, "2021-01-01", None, None, None, None, None]),
            "started_on": pd.to_datetime([None] * 8),
            "x_completed_on": pd.to_datetime(["2012-01-01", "2012-01-01", None] + ["2012-01-01"] * 5),
            "x_suspended_on": pd.to_datetime([None] * 8),
            "x_developed_share": [1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0],
            "dev_invested_excl_land_10k": 100.0,
            "dev_total_excl_land_10k": 100.0,
        },
        geometry=[square(i, 0) for i in range(8)],
        crs=CRS,
    )


PARKS = gpd.GeoDataFrame(
    {"id": ["A", "B"], "name": ["甲园", "乙园"], "kind": ["园区", "港区"]},
    geometry=[rectangle(0, 0, 5, 1), rectangle(5, 0, 2.4, 1)],
    crs=CRS,
)


@pytest.fixture
def workspace(tiny):
    """The tiny workspace with eight squares in two parks."""
    fabric().to_parquet(tiny / "parcels" / "parcels.parquet")
    PARKS.to_file(tiny / "layers" / "data" / "park.fgb", driver="FlatGeobuf")
    catalog = tiny / "layers" / "catalog.yaml"
    content = yaml.safe_load(catalog.read_text(encoding="utf-8"))
    for layer in content["layers"]:
        if layer["id"] == "park":
            layer["fields"] = {"id": "id", "name": "name", "kind": "kind"}
    catalog.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    schema = tiny / "parcels" / "schema.yaml"
    fields = yaml.safe_load(schema.read_text(encoding="utf-8"))
    known = {field["name"] for field in fields["fields"]}
    for name in fabric().columns.difference([*known, "geometry"]):
        kind = "date" if name.endswith("_on") else "float"
        fields["fields"].append({"name": name, "title": {"zh": name}, "dtype": kind})
    schema.write_text(yaml.safe_dump(fields, allow_unicode=True), encoding="utf-8")
    tables = tiny / "parcels" / "tables"
    tables.mkdir()
    (tables / "catalog.yaml").write_bytes((ROOT / "parcels" / "tables" / "catalog.yaml").read_bytes())
    return tiny


def put(workspace, table, text):
    folder = workspace / "parcels" / "tables"
    (folder / f"{table}.csv").write_text(text, encoding="utf-8")
    (folder / f"{table}.yaml").write_text("{provider: 示例, as_of: 2025-12-31, status: D}", encoding="utf-8")


def value(root, indicator, **params):
    """Return an indicator by park id."""
    context = Workspace(root).context()
    table = parks_of(context)
    found = REGISTRY[indicator].compute(table, context, **params)
    assert found.index.equals(table.index)
    return dict(zip(table["parcel_id"], found, strict=True))


def test_a_parcel_belongs_to_the_park_that_holds_half_of_it(workspace):
    owners = Workspace(workspace).context().parks_of_fabric()
    # The eighth square lies 40 % in B and outside otherwise.
    assert owners.fillna("").to_dict() == {
        **dict.fromkeys("abcde", "甲园"),
        "f": "乙园",
        "g": "乙园",
        "h": "",
    }


def test_figures_of_a_park_are_sums_over_its_parcels(workspace):
    area = float(ellipsoidal_area(np.array([square(0, 0)]), Workspace(workspace).context().crs)[0])
    known = {"min_known": 0.5}
    # Built in A: a, b, d, e (c is supplied and not begun); a and b are industry, d is housing.
    assert value(workspace, "park_industrial_share", **known)["A"] == pytest.approx(2 / 4, rel=1e-4)
    assert value(workspace, "park_housing_share", **known)["A"] == pytest.approx(1 / 4, rel=1e-4)
    assert value(workspace, "park_built_rate", **known)["A"] == pytest.approx(4 / 5, rel=1e-4)
    # e has no floor area: the figure is that of the three others.
    assert value(workspace, "park_far", **known)["A"] == pytest.approx(24_000 / (3 * area), rel=1e-4)
    assert value(workspace, "park_density", **known)["A"] == pytest.approx(11_500 / (4 * area), rel=1e-4)
    assert value(workspace, "park_industrial_far", **known)["A"] == pytest.approx(
        12_000 / (2 * area), rel=1e-4
    )
    assert value(workspace, "park_industrial_coefficient", **known)["A"] == pytest.approx(
        7_000 / (2 * area), rel=1e-4
    )
    assert value(workspace, "park_industrial_area", **known)["A"] == pytest.approx(2 * area / 1e4, rel=1e-4)
    assert value(workspace, "park_idle_rate", **known, **IDLE)["A"] == pytest.approx(1 / 5, rel=1e-4)
    assert value(workspace, "park_potential_management", **IDLE)["A"] == pytest.approx(area / 1e4, rel=1e-4)


def test_too_little_known_land_gives_no_figure_and_the_rest_bounds_it(workspace):
    assert np.isnan(value(workspace, "park_far", min_known=0.8)["A"])
    context = Workspace(workspace).context()
    column = measure(parks_of(context), context, wanted={key("park_far", {"min_known": 0.7}): "1"})
    found = column[key("park_far", {"min_known": 0.7})]
    row = parks_of(context)["parcel_id"].tolist().index("A")
    assert found.share[row] == pytest.approx(0.75, rel=1e-4)
    assert found.low[row] == pytest.approx(found.number[row] * 0.75, rel=1e-4)
    assert found.high[row] == np.inf
    assert found.notes[row] == "按资料齐全的 75 % 用地计算"


@pytest.mark.parametrize(
    ("industrial_above", "housing_from", "expected"),
    [(0.49, 0.26, "industrial"), (0.51, 0.24, "mixed"), (0.49, 0.24, "other"), (0.51, 0.26, "other")],
)
def test_the_zone_type_follows_the_two_shares(workspace, industrial_above, housing_from, expected):
    given = {"min_known": 0.5, "industrial_above": industrial_above, "housing_from": housing_from}
    assert value(workspace, "park_zone_type", **given)["A"] == expected


def test_supply_people_and_tax_come_from_the_newest_statistics_before_the_date_and_are_unknown_without_a_row(
    workspace,
):
    put(
        workspace, "park_statistics",
        "park_id,year,ready_ha,supplied_ha,population,tax_10k\nA,2024,9,3,1,1\nA,2025,10,8,400,1000\nA,2026,1,1,1,1\n",
    )  # fmt: skip
    area_ha = float(ellipsoidal_area(np.array([square(0, 0)]), Workspace(workspace).context().crs)[0]) / 1e4
    supply = value(workspace, "park_supply_rate")
    assert supply["A"] == pytest.approx(0.8) and np.isnan(supply["B"])
    assert value(workspace, "park_potential_extension")["A"] == pytest.approx(2.0)
    assert value(workspace, "park_population_density", min_known=0.5)["A"] == pytest.approx(
        400 / (4 * area_ha), rel=1e-4
    )
    assert value(workspace, "park_overall_tax", min_known=0.5)["A"] == pytest.approx(
        1000 / (4 * area_ha), rel=1e-4
    )


def test_without_the_table_the_supply_rate_is_not_loaded(workspace):
    context = Workspace(workspace).context()
    wanted = key("park_supply_rate", {})
    assert measure(parks_of(context), context, wanted={wanted: "1"})[wanted].not_loaded == "park_statistics"


def test_the_ideal_is_the_provinces_else_the_plans_else_the_leaders(workspace):
    context = Workspace(workspace).context()
    plan, led = (
        ideals(context, name, IDEAL).loc["甲园"] for name in ("industrial_far", "industrial_coefficient")
    )
    # All squares but the last two lie in a plan unit of floor area ratio 2.0.
    assert (plan["basis"], plan["value"]) == ("plan", pytest.approx(2.0))
    assert led["basis"] == "class"
    put(workspace, "park_ideals", "figure,zone_type,year,value,document\nindustrial_far,*,2025,1.6,示例\n")
    table = ideals(Workspace(workspace).context(), "industrial_far", IDEAL).loc["甲园"]
    assert (table["basis"], table["value"]) == ("province", 1.6)


def test_the_planned_share_of_industry_is_the_ideal_of_the_industrial_share(workspace):
    # Planned in A: three of industry, one of housing, one reserved, of which nothing is known yet.
    given = {**IDEAL, "min_known": 0.7}
    found = ideals(Workspace(workspace).context(), "industrial_share", given).loc["甲园"]
    assert (found["basis"], found["value"]) == ("plan", pytest.approx(3 / 4, rel=1e-4))
    ratio = value(workspace, "park_industrial_share_to_ideal", **given)["A"]
    assert ratio == pytest.approx((2 / 4) / (3 / 4), rel=1e-4)
    area_ha = float(ellipsoidal_area(np.array([square(0, 0)]), Workspace(workspace).context().crs)[0]) / 1e4
    short = value(workspace, "park_potential_structure", min_known=0.7)["A"]
    assert short == pytest.approx(4 * area_ha * (3 / 4 - 2 / 4), rel=1e-4)
    reached = value(workspace, "park_industrial_far_to_ideal", **IDEAL)["A"]
    intensity = value(workspace, "park_potential_intensity", measure="industrial_far", **IDEAL)["A"]
    assert intensity == pytest.approx(2 * area_ha * (1 - reached), rel=1e-4)


def test_two_parks_of_one_name_are_refused(workspace):
    same = PARKS.assign(name="甲园")
    same.to_file(workspace / "layers" / "data" / "park.fgb", driver="FlatGeobuf")
    with pytest.raises(InputError, match="重名"):
        parks_of(Workspace(workspace).context())


def test_parts_of_one_park_are_one_subject(workspace):
    parts = pd.concat([PARKS.iloc[[0]].assign(geometry=[rectangle(0, 0, 2, 1)]),
                       PARKS.iloc[[0]].assign(geometry=[rectangle(3, 0, 2, 1)])])  # fmt: skip
    parts.to_file(workspace / "layers" / "data" / "park.fgb", driver="FlatGeobuf")
    found = parks_of(Workspace(workspace).context())
    assert found["parcel_id"].tolist() == ["A"]
    assert found["area_m2"][0] == pytest.approx(4 * 9996.46, rel=1e-4)


# ---- the mechanism ----


def test_a_rulebook_that_cites_an_indicator_of_another_subject_is_refused_with_its_line(tmp_path):
    text = (ROOT / "parcels" / "rulebooks" / "park_intensity.yaml").read_text(encoding="utf-8")
    path = tmp_path / "parcels" / "rulebooks" / "park_intensity.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(
        text.replace("indicator: park_supply_rate", "indicator: building_age", 1), encoding="utf-8"
    )
    with pytest.raises(InputError) as caught:
        load_rulebook(path, root=tmp_path, policies=load_policies(ROOT), signatures=signatures())
    fault = next(p for p in caught.value.problems if "评价对象" in p.message)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert "building_age" in lines[fault.line - 1]
    assert "地块" in fault.message and "园区" in fault.message


def test_a_workspace_without_parks_says_so(tiny):
    catalog = tiny / "layers" / "catalog.yaml"
    content = yaml.safe_load(catalog.read_text(encoding="utf-8"))
    content["layers"] = [layer for layer in content["layers"] if layer["role"] != "park"]
    catalog.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    opened = Workspace(tiny)
    with pytest.raises(InputError, match="没有可评价的园区"):
        subjects_of("park", opened.parcels, opened.context())
    with pytest.raises(InputError, match="没有可评价的企业"):
        subjects_of("enterprise", opened.parcels, opened.context())


def test_only_rulebooks_about_parcels_are_offered_where_parcels_are_meant(demo):
    assert {book.subject for book in demo.rulebooks()} == {"parcel"}
    assert {book.subject for book in demo.rulebooks(subject=None)} == {"parcel", "park", "enterprise"}
    from gisapp.app.desk import Desk

    desk = Desk(demo)
    assert "park_intensity" not in {book["id"] for book in desk.boot("zh")["rulebooks"]}
    with pytest.raises(InputError, match="园区"):
        desk.theme("park_intensity")


def test_the_run_folder_of_parks_is_named_after_them_and_read_back_the_same(demo, tmp_path):
    evaluation = demo.evaluate("park_intensity")
    folder = save(evaluation, tmp_path / "run", parcels=demo.parcels, context=demo.context())
    assert {path.name for path in folder.iterdir()} >= {
        "run.json",
        "parks.parquet",
        "trace.parquet",
        "parks.gpkg",
    }
    assert not (folder / "parcels.parquet").exists()
    assert pd.read_parquet(folder / "parks.parquet").columns[0] == "park_id"
    assert pd.read_parquet(folder / "trace.parquet").columns[0] == "park_id"
    assert json.loads((folder / "run.json").read_text(encoding="utf-8"))["rulebook"]["subject"] == "park"
    drawn = gpd.read_file(folder / "parks.gpkg", layer="parks")
    assert shapely.area(drawn.geometry.to_numpy()).sum() > 0 and set(drawn["park_id"]) == set(
        evaluation.parcels["parcel_id"]
    )
    again = load(folder, demo.rulebook("park_intensity"))
    pd.testing.assert_frame_equal(again.parcels, evaluation.parcels, check_dtype=False)
    assert again.trace_of("gaoxin")["value"].tolist() == pytest.approx(
        evaluation.trace_of("gaoxin")["value"].tolist(), nan_ok=True
    )


# ---- the demo ----


@pytest.mark.parametrize("case", PLANTED["parks"], ids=lambda case: case["id"])
def test_a_planted_park_has_its_planned_outcome(demo, case):
    evaluation = demo.evaluate("park_intensity")
    row = evaluation.parcels.iloc[evaluation.row(case["park_id"])]
    trace, expect = evaluation.trace_of(case["park_id"]).set_index("rule_id"), case["expect"]
    if "verdict" in expect:
        assert row["verdict"] == expect["verdict"], row["reasons"]
    assert {rule: trace["verdict"][rule] for rule in expect.get("rules", {})} == expect.get("rules", {})
    assert {rule: trace["value_text"][rule] for rule in expect.get("values", {})} == expect.get("values", {})
    assert all(trace["value"][rule] >= least for rule, least in expect.get("at_least", {}).items())
    if "advice" in expect:
        assert row["advice"] == expect["advice"]


def test_every_zone_type_is_planted():
    values = [case["expect"].get("values", {}).get("PIE-01") for case in PLANTED["parks"]]
    assert {"industrial", "mixed", "other"} <= set(values)


def test_one_park_worked_out_again_from_the_tables_alone(demo):
    """Recompute every figure and the score of one park from files, with plane sums and no code of the product."""
    park = "gaoxin"
    own = demo.parcels[demo.parcels["x_in_park_id"] == park].copy()
    own["area"] = demo.context().fabric.set_index("parcel_id")["area_m2"].reindex(own["parcel_id"]).to_numpy()
    code = own["use_code"].astype(str)
    town = code.str.match(r"070[12]|08|09|1[0-5]")
    done = own["x_completed_on"].notna() | (own["floor_area_m2"] > 0)
    built, works = town & done, town & done & code.str.match(r"1[01]")
    supplied = town & (done | own["supplied_on"].notna())

    def over(field, which):
        known = which & own[field].notna()
        return own.loc[known, field].sum(), own.loc[known, "area"].sum()

    def cap(field, which):
        units = gpd.read_file(ROOT / "layers" / "data" / "plan.fgb")[[field, "geometry"]]
        cut = gpd.overlay(
            own.loc[which, ["parcel_id", "area", "geometry"]], units, how="intersection", keep_geom_type=False
        )
        cut["share"] = cut.area / cut["parcel_id"].map(own.set_index("parcel_id").area)
        main = cut[cut["share"] >= 0.5].dropna(subset=[field])
        return (main[field] * main["area"]).sum() / main["area"].sum()

    floor, footprint = over("floor_area_m2", built), over("footprint_m2", built)
    works_floor = over("floor_area_m2", works)
    statistics = pd.read_csv(ROOT / "parcels" / "tables" / "park_statistics.csv")
    stated = statistics[(statistics["park_id"] == park) & (statistics["year"] == 2025)].iloc[0]
    plan = own["plan_use_code"].astype("object").fillna("").astype(str)
    planned = plan.str.match(r"070[12]|08|09|1[0-5]")
    wanted = own.loc[planned & plan.str.match(r"1[01]"), "area"].sum() / own.loc[planned, "area"].sum()
    trace = demo.evaluate("park_intensity").trace_of(park).set_index("rule_id")
    expected = {
        "PIE-02": stated["supplied_ha"] / stated["ready_ha"],
        "PIE-03": own.loc[built, "area"].sum() / own.loc[supplied, "area"].sum(),
        "PIE-04": own.loc[works, "area"].sum() / own.loc[built, "area"].sum() / wanted,
        "PIE-05": floor[0] / floor[1] / cap("RJL", built),
        "PIE-06": footprint[0] / footprint[1] / cap("JZMD", built),
        "PIE-07": works_floor[0] / works_floor[1] / cap("RJL", works),
    }
    for rule, figure in expected.items():
        assert trace["value"][rule] == pytest.approx(figure, rel=2e-3), rule
    due = pd.to_datetime(own["start_due_on"]) + pd.DateOffset(years=1) <= pd.Timestamp("2026-06-30")
    waiting = supplied & due & own["started_on"].isna() & ~done
    assert (
        trace["value"]["PIE-13"] >= own.loc[waiting, "area"].sum() / own.loc[supplied, "area"].sum() * 0.999
    )
    scored = trace[(trace["kind"] == "curve") & (trace["verdict"] == "scored")]
    marks = {rule: min(1.0, v) for rule, v in scored["value"].items()} | {
        "PIE-13": 1 - scored["value"]["PIE-13"]
    }
    weights = {"PIE-02": 6, "PIE-03": 6, "PIE-04": 8, "PIE-05": 8, "PIE-06": 6, "PIE-07": 9, "PIE-08": 7, "PIE-09": 15,
               "PIE-10": 20, "PIE-13": 15}  # fmt: skip
    assert set(weights) == set(scored.index) and sum(weights.values()) == 100
    score = sum(weights[rule] * marks[rule] for rule in weights)
    row = demo.evaluate("park_intensity").parcels.set_index("parcel_id").loc[park]
    assert row["score"] == pytest.approx(score, abs=1e-6)


def test_the_oracle_of_a_zone_score_holds():
    """Values 80 %, 0.9, 40 against 100 %, 1.2, 30 with .5/.3/.2: 80, 75, 100 and 82.5 (PIE-20)."""
    from gisapp.model.rules import Curve
    from gisapp.rules.columns import Column
    from gisapp.rules.judge import Sheet, judge_curve

    scores = []
    for x, ideal in ((0.80, 1.0), (0.9, 1.2), (40.0, 30.0)):
        curve = Curve(
            id="S", kind="curve", title={"zh": "得分"}, clause=None, basis="assumption", status="D",
            indicator="x", unit="1", points=((0, 0), (1, 1)), weight=1,
        )  # fmt: skip
        sheet = Sheet({key("x", {}): Column("1", number=np.array([x / ideal]))}, {}, {}, 1)
        scores.append(100 * float(judge_curve(curve, sheet, total_weight=1).score[0]))
    assert scores == pytest.approx([80.0, 75.0, 100.0])
    assert np.dot(scores, [0.5, 0.3, 0.2]) == pytest.approx(82.5)


def test_what_parcels_cost_adds_up_to_what_their_park_loses(demo):
    evaluation, context = demo.evaluate("park_intensity"), demo.context()
    for park in ("gaoxin", "rd-park", "software", "pukou-hitech"):
        held = holding_back(evaluation, context, park)
        row = evaluation.parcels.set_index("parcel_id").loc[park]
        lost = held["points"].sum() + not_shared_out(evaluation, park, held)
        assert lost == pytest.approx(100 - row["score"], abs=1e-6)
        assert (held["points"].diff().dropna() <= 1e-9).all()
        owners = context.parks_of_fabric()
        name = parks_of(context).set_index("parcel_id")["name"][park]
        assert set(held["parcel_id"]) <= set(owners.index[owners == name])


def test_the_parcel_that_costs_most_would_raise_the_score_if_it_reached_the_ideal(demo):
    """Give the worst parcel the floor area that the plan allows: the park's figure rises by what it was short of."""
    context = demo.context()
    curve = next(c for c in demo.rulebook("park_intensity").rulebook.curves if c.id == "PIE-07")
    held = holding_back(demo.evaluate("park_intensity"), context, "gaoxin").sort_values(
        "PIE-07", ascending=False
    )
    worst, target = (
        str(held["parcel_id"].iloc[0]),
        float(ideals(context, "industrial_far", curve.params)["value"]["南京高新技术产业开发区"]),
    )
    changed = context.fabric.copy()
    at = changed["parcel_id"] == worst
    before = changed.loc[at, "floor_area_m2"].iloc[0]
    changed.loc[at, "floor_area_m2"] = target * changed.loc[at, "area_m2"]
    table = parks_of(context)
    row = table.index[table["parcel_id"] == "gaoxin"][0]
    figure = REGISTRY["park_industrial_far"].compute
    rise = (
        figure(table, context.with_fabric(changed), min_known=0.8)[row]
        - figure(table, context, min_known=0.8)[row]
    )
    land = REGISTRY["park_industrial_area"].compute(table, context, min_known=0.8)[row] * 1e4
    gained = target * changed.loc[at, "area_m2"].iloc[0] - before
    assert rise == pytest.approx(gained / land, rel=0.04)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
@pytest.mark.parametrize("book", ["park_intensity", "per_mu_huaian"])
def test_no_value_depends_on_which_other_subjects_are_asked(demo, book, data):
    context, rulebook = demo.context(), demo.rulebook(book).rulebook
    whole = subjects_of(rulebook.subject, demo.parcels, context)
    rows = data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=6, unique=True))
    wanted = needed(rulebook)
    full = measure(whole, context, wanted=wanted)
    part = measure(gpd.GeoDataFrame(whole.iloc[rows]), context, wanted=wanted)
    for name, column in part.items():
        if column.text is not None:
            assert column.text.tolist() == full[name].text[rows].tolist(), name
        else:
            np.testing.assert_array_equal(column.number, full[name].number[rows], err_msg=str(name))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(low=st.floats(0, 3), rise=st.floats(0, 2))
def test_a_better_figure_never_gives_a_lower_score(low, rise):
    from gisapp.rules.cases import RuleCase, run_case

    book = load_rulebook(
        ROOT / "parcels" / "rulebooks" / "park_intensity.yaml", root=ROOT, policies=load_policies(ROOT),
        signatures=signatures(),
    )  # fmt: skip
    for curve in book.rulebook.curves:
        given_ = {item.indicator: ("mixed" if "tax_to" in curve.indicator or "population" in curve.indicator else "other")
                  if item.unit == "text" else 5.0 for item in curve.applies}  # fmt: skip
        if curve.id in ("PIE-10",):
            given_["park_zone_type"] = "industrial"
        scores = [
            float(
                run_case(
                    book, RuleCase(rule=curve.id, given={**given_, curve.indicator: x}, expect="scored")
                ).score[0]
            )
            for x in (low, low + rise)
        ]
        worse, better = reversed(scores) if curve.id == "PIE-13" else scores
        assert worse <= better + 1e-12, curve.id


def test_a_scorecard_and_its_files_say_what_they_rest_on(demo):
    card = parks.scorecard(demo, "gaoxin")
    assert card.zone_type == "工业主导型" and card.advice == "先处置闲置土地"
    assert {line.basis for line in card.figures} == {"rate", "plan", "class"}
    assert [line.reached for line in card.potentials] == [True, False, True, True]
    lost = sum(line.lost for line in card.figures if line.lost is not None)
    assert lost == pytest.approx(100 - card.why.score, abs=1e-6)
    evaluation, sheets = parkfiles.park_sheets(demo)
    assert list(sheets) == ["园区", "园区指标", "拖累得分的地块", "说明"]
    assert len(sheets["园区"]) == 13
    assert parkfiles.xlsx_bytes(sheets, evaluation, demo).startswith(b"PK")
    text = parkfiles.csv_bytes(sheets["园区"], evaluation, demo).decode("utf-8-sig")
    assert evaluation.run_id in text and "示例数据（合成）" in text


def test_an_unknown_figure_is_unknown_on_the_card_and_never_zero(demo):
    card = parks.scorecard(demo, "pukou-hitech")
    extension = next(line for line in card.potentials if line.rule.rule_id == "PIE-22-extension")
    assert extension.area_ha is None and not extension.reached
    supply = next(line for line in card.figures if line.rule.rule_id == "PIE-02")
    assert (supply.value, supply.score, supply.lost) == ("资料不足", None, None)
