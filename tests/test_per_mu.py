"""Enterprises by yield per mu: score and grade by hand, ties, missing terms, who is evaluated, and what LEL-05 takes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gisapp import Workspace
from gisapp.app import enterprises as firms
from gisapp.context import NotLoadedError
from gisapp.context.tables import load_tables
from gisapp.indicators import REGISTRY
from gisapp.indicators.permu import Scores, scores
from gisapp.indicators.permurules import Rules, rules_of

ROOT = Path(__file__).resolve().parent.parent
PLANTED = yaml.safe_load((ROOT / "parcels" / "demo" / "planted.yaml").read_text(encoding="utf-8"))
DAY = dt.date(2026, 6, 30)
MU = 10_000 / 15
HUAIAN = Rules(
    weights={"tax": 45.0, "sales": 35.0, "energy": 20.0}, years=1, status="D", baseline_factor=2.0, cap=1.5,
    min_known=0.8, min_mu=3.0, scale_output_10k=2_000.0, min_years=2.0, a=0.2, b=0.6, c=0.95,
)  # fmt: skip
FIELDS = ["tax_10k", "output_10k", "energy_tce", "employees", "rd_10k"]


def firm(name, tax, output, energy, *, mu=10.0, code="38", since="2015-01-01", last_year=None):
    """Return the rows of one enterprise for 2024 and 2025 and its land; last year's figures are this year's by default."""
    before = (tax, output, energy) if last_year is None else last_year
    rows = [
        (name, year, *figures, 50.0, 1.0, code, "GB/T 4754-2017", since, None)
        for year, figures in ((2024, before), (2025, (tax, output, energy)))
    ]
    return rows, (name, f"P{name}", mu * MU, 2025)


def context_of(tiny, *made, tables=None):
    """Return a context with these enterprises and nothing else of theirs."""
    context = Workspace(tiny).context().at(DAY)
    columns = [
        "enterprise_id",
        "year",
        *FIELDS[:3],
        *FIELDS[3:],
        "industry_code",
        "industry_edition",
        "produced_since",
        "grade",
    ]
    yearly = pd.DataFrame([row for rows, _ in made for row in rows], columns=columns)
    links = pd.DataFrame(
        [link for _, link in made], columns=["enterprise_id", "parcel_id", "land_m2", "year"]
    )
    object.__setattr__(context, "enterprises", yearly)
    object.__setattr__(context, "occupancy", links)
    object.__setattr__(context, "tables", tables or {})
    return context


def found(context, rules=HUAIAN) -> Scores:
    return scores(context, rules)


def test_the_worked_example_of_huaian_holds(tiny):
    """12/20·45 + 300/400·35 + 0.9/1·20 + 2 = 73.25 (RULEBOOK, PMR-02)."""
    # One enterprise whose 2024 figures give the baselines 20, 400 and 1, so half of them.
    mean = firm("E1", 12 * 10, 300 * 10, 12 * 10 / 0.9, last_year=(10 * 10, 200 * 10, 10 * 10 / 0.5))
    context = context_of(tiny, mean)
    result = found(context)
    assert result.baselines == pytest.approx({"tax": 20.0, "sales": 400.0, "energy": 1.0})
    assert result.table["score"]["E1"] == pytest.approx(71.25)
    assert "加减分未提供，按 0 计" in result.table["note"]["E1"]
    plus = load_adjustments(tiny, "E1,2025,示例加分,2,,示例文件\n")
    assert found(context_of(tiny, mean, tables=plus)).table["score"]["E1"] == pytest.approx(73.25)


def load_adjustments(
    tiny, rows, table="enterprise_adjustments", head="enterprise_id,year,reason,plus,minus,document\n"
):
    folder = tiny / "parcels" / "tables"
    folder.mkdir(exist_ok=True)
    (folder / "catalog.yaml").write_bytes((ROOT / "parcels" / "tables" / "catalog.yaml").read_bytes())
    (folder / f"{table}.csv").write_text(head + rows, encoding="utf-8")
    (folder / f"{table}.yaml").write_text("{provider: 示例, as_of: 2025-12-31}", encoding="utf-8")
    return load_tables(tiny)


def test_plus_and_minus_of_the_year_count_and_those_of_others_do_not(tiny):
    made = firm("E1", 100.0, 1_000.0, 100.0)
    rows = "E1,2025,甲,3,,文\nE1,2025,乙,,1.5,文\nE1,2024,丙,9,,文\n"
    base = found(context_of(tiny, made)).table["score"]["E1"]
    tables = load_adjustments(tiny, rows)
    assert found(context_of(tiny, made, tables=tables)).table["score"]["E1"] == pytest.approx(base + 1.5)


def test_a_term_counts_at_most_the_cap_of_its_weight(tiny):
    weak = firm("E1", 10.0, 3_000.0, 100.0, last_year=(10.0, 3_000.0, 100.0))
    strong = firm("E2", 9_000.0, 3_000.0, 100.0, last_year=(10.0, 3_000.0, 100.0))
    table = found(context_of(tiny, weak, strong)).table
    # Baselines are 2, 600 and 0.2: half of each is what last year's mean gives.
    assert table["score"]["E1"] == pytest.approx(50.0)
    assert table["score"]["E2"] == pytest.approx(1.5 * 45 + 17.5 + 1.5 * 20)


def test_the_baseline_is_a_multiple_of_total_over_total_of_last_year(tiny):
    a = firm("E1", 100.0, 3_000.0, 10.0, mu=10.0, last_year=(60.0, 3_000.0, 10.0))
    b = firm("E2", 100.0, 3_000.0, 10.0, mu=30.0, last_year=(20.0, 3_000.0, 10.0))
    result = found(context_of(tiny, a, b))
    assert result.baselines["tax"] == pytest.approx(2 * (60 + 20) / (10 + 30))
    assert result.said == "基准按 2024 年 2 家参评企业合计值计"


def test_a_missing_term_is_left_out_with_bounds_and_too_little_known_gives_no_score(tiny):
    full = firm("E1", 100.0, 3_000.0, 100.0)
    no_energy = firm("E2", 100.0, 3_000.0, None)
    no_tax = firm("E3", None, 3_000.0, 100.0)
    table = found(context_of(tiny, full, no_energy, no_tax)).table
    parts = 45 * 0.5 + 35 * 0.5
    assert table["known"]["E2"] == pytest.approx(0.8)
    assert table["score"]["E2"] == pytest.approx(parts / 80 * 100)
    assert (table["low"]["E2"], table["high"]["E2"]) == pytest.approx((parts, parts + 20 * 1.5))
    assert "缺：单位能耗税收" in table["note"]["E2"]
    assert np.isnan(table["score"]["E3"]) and pd.isna(table["grade"]["E3"])


def grades(tiny, taxes):
    made = [
        firm(f"E{n:02d}", tax, 3_000.0, 100.0, last_year=(1e6, 3_000.0, 100.0)) for n, tax in enumerate(taxes)
    ]
    table = found(context_of(tiny, *made)).table
    return "".join(table["grade"])


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (1, "A"),
        (2, "AB"),
        (4, "ABBC"),
        (5, "ABBCC"),
        (20, "A" * 4 + "B" * 8 + "C" * 7 + "D"),
        (21, "A" * 5 + "B" * 8 + "C" * 7 + "D"),
    ],
)
def test_grades_are_cut_at_the_rounded_up_rank(tiny, count, expected):
    # Best first; a rank of at most ceil(n·p) is within the share p.
    assert grades(tiny, [1_000.0 * (count - n) for n in range(count)]) == expected


def test_equal_scores_share_the_better_grade(tiny):
    assert grades(tiny, [500.0, 400.0, 400.0, 100.0, 50.0]) == "ABBCC"
    assert grades(tiny, [500.0, 500.0, 400.0, 100.0, 50.0]) == "AABCC"


def test_who_is_evaluated_and_who_is_class_t(tiny):
    made = [
        firm("E1", 100.0, 3_000.0, 10.0, mu=1.0),  # above scale by output
        firm("E2", 100.0, 500.0, 10.0, mu=3.0),  # three mu
        firm("E3", 100.0, 500.0, 10.0, mu=2.99),
        firm("E4", 100.0, 3_000.0, 10.0, code="44"),
        firm("E5", 100.0, 3_000.0, 10.0, since="2024-07-01"),
        firm("E6", 100.0, 3_000.0, 10.0, since="2024-06-30"),
        firm("E7", 100.0, 3_000.0, 10.0, code="65"),
        firm("E8", 100.0, None, 10.0, mu=2.0),
        firm("E9", 100.0, 3_000.0, 10.0, since=None),
    ]
    table = found(context_of(tiny, *made)).table
    expected = [
        "evaluated",
        "evaluated",
        "small",
        "utility",
        "young",
        "evaluated",
        "not_industry",
        None,
        None,
    ]
    assert table["object"].tolist() == expected
    assert table["grade"][["E4", "E5"]].tolist() == ["T", "T"]
    assert table["grade"][["E3", "E7", "E8"]].isna().all()


@settings(max_examples=25, deadline=None)
@given(taxes=st.lists(st.integers(1, 40), min_size=1, max_size=25))
def test_a_higher_score_never_has_a_worse_grade(tmp_path_factory, taxes):
    from tests.tiny import write_tiny_workspace

    folder = tmp_path_factory.getbasetemp() / "per-mu-tiny"
    tiny = folder if folder.exists() else write_tiny_workspace(folder)
    made = [
        firm(f"E{n:02d}", 10.0 * tax, 3_000.0, 100.0, last_year=(1e4, 3_000.0, 100.0))
        for n, tax in enumerate(taxes)
    ]
    table = found(context_of(tiny, *made)).table.sort_values("score", ascending=False)
    letters = table["grade"].tolist()
    assert letters == sorted(letters)
    assert all(group.nunique() == 1 for _, group in table.groupby("score")["grade"])


def test_the_parameters_of_a_city_are_those_in_force_on_the_day(demo):
    assert rules_of(demo.context(), "淮安").weights == {"tax": 45.0, "sales": 35.0, "energy": 20.0}
    wujin = rules_of(demo.context(), "武进").weights
    assert list(wujin.values()) == [40.0, 20.0, 10.0, 10.0, 10.0, 10.0]
    with pytest.raises(NotLoadedError, match="本市"):
        rules_of(demo.context(), "本市")
    with pytest.raises(NotLoadedError, match="淮安"):
        rules_of(demo.context().at(dt.date(2024, 4, 30)), "淮安")


def test_nanjings_own_evaluation_says_that_its_parameters_are_not_loaded(demo):
    result = demo.evaluate("per_mu")
    assert result.counts()["unknown"] == len(result.parcels)
    assert {gap["not_loaded"] for gap in result.manifest["gaps"] if gap["not_loaded"]} == {
        "per_mu_parameters（本市：权重与分档）"
    }
    shown = firms.enterprise_table(demo, "per_mu")
    assert shown.lacking == "per_mu_parameters（本市：权重与分档）"
    assert set(shown.counts.values()) == {0} and shown.table["official"].notna().any()
    assert "未提供" in demo.rulebook("per_mu").rulebook.note.zh


@pytest.mark.parametrize("case", PLANTED["enterprises"], ids=lambda case: case["id"])
def test_a_planted_enterprise_has_its_planned_grade(demo, case):
    evaluation = demo.evaluate("per_mu_huaian")
    row = evaluation.parcels.iloc[evaluation.row(case["enterprise_id"])]
    trace, expect = evaluation.trace_of(case["enterprise_id"]).set_index("rule_id"), case["expect"]
    assert row["verdict"] == expect["verdict"]
    assert {rule: trace["value_text"][rule] for rule in expect["values"]} == expect["values"]
    if "score" in expect:
        assert trace["value"]["PMR-02"] == pytest.approx(expect["score"], abs=1e-5)
        assert row["advice"] == expect["advice"]


def test_every_grade_is_planted():
    assert [case["expect"]["values"]["PMR-03"] for case in PLANTED["enterprises"]] == list("ABCDT")


def test_the_grade_of_another_city_never_reaches_a_parcel(demo):
    context = demo.context()
    grade = REGISTRY["enterprise_grade"].compute(demo.parcels, context)
    official = context.economy(1).main_grade().reindex(demo.parcels["parcel_id"])
    assert grade.fillna("").tolist() == official.fillna("").tolist()
    assert "status" not in grade.attrs


def test_a_parcel_without_a_published_grade_takes_the_computed_one_of_its_own_city_marked_as_ours(tiny):
    parameters = pd.read_csv(ROOT / "parcels" / "tables" / "per_mu_parameters.csv", dtype=str)
    own = parameters[parameters["city"] == "淮安"].assign(city="本市").to_csv(index=False)
    tables = load_adjustments(tiny, own, table="per_mu_parameters", head="")
    rows, link = firm("E1", 100.0, 3_000.0, 100.0)
    published, other = firm("E2", 10.0, 3_000.0, 100.0)
    published = [(*row[:-1], "D") for row in published]
    context = context_of(tiny, (rows, link), (published, other), tables=tables)
    parcels = Workspace(tiny).parcels.iloc[:3].assign(parcel_id=["PE1", "PE2", "P9"])
    grade = REGISTRY["enterprise_grade"].compute(parcels, context)
    assert grade.fillna("").tolist() == ["A", "D", ""]
    assert grade.attrs["notes"][0] == "企业口径分摊到地块；等级为本平台测算，未经公布"
    assert grade.attrs["notes"][1] == "企业口径分摊到地块" and grade.attrs["status"] == "D"
