"""What every indicator, curve and score owes: no value by company, no better figure with a worse score, no unsaid set."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gisapp.context.context import _Cache
from gisapp.evaluation.evaluate import judge
from gisapp.evaluation.measure import measure, signatures
from gisapp.evaluation.subjects import subjects_of
from gisapp.evaluation.total import total
from gisapp.indicators import REGISTRY
from gisapp.model.rules import Curve
from gisapp.rules.columns import Column, Key, key, needed
from gisapp.rules.judge import Sheet, judge_curve
from gisapp.rules.load import LoadedRulebook, load_policies, load_rulebook

ROOT = Path(__file__).resolve().parent.parent
SUPPORT = {"min_share": 0.05, "support_cap": 0.15, "support_cap_park": 0.3}
# Indicators that no rulebook of the workspace reads, with parameters to try them on.
UNREAD: dict[str, dict[str, float | str]] = {
    "agreed_output_to_standard": {"region": "苏南", "city": "南京市"},
    "built_ratio_to_zone_median": {"min_parcels": 5.0},
    "employment_per_ha": {"years": 3.0},
    "far_counted": {"double_above_m": 8.0},
    "height_far": {"storey_m": 4.5},
    "output_per_mu": {"years": 3.0},
    "tax_per_mu": {"years": 3.0},
    "primary_use": SUPPORT,
    "station_distance": {"status": "operating"},
    "zone_mixed_share": {"min_parcels": 5.0},
    "park_industrial_tax": {"min_known": 0.8, "years": 1.0},
}
SUBJECTS = ("parcel", "park", "enterprise")


@cache
def books() -> dict[str, LoadedRulebook]:
    """Return the rulebooks of the workspace by file."""
    policies, names = load_policies(ROOT), signatures()
    files = sorted((ROOT / "parcels" / "rulebooks").glob("*.yaml"))
    return {path.stem: load_rulebook(path, root=ROOT, policies=policies, signatures=names) for path in files}


@cache
def wanted(subject: str) -> dict[Key, str]:
    """Return every registered indicator of a subject, with each set of parameters that a rulebook gives it."""
    read = {name: unit for book in books().values() for name, unit in needed(book.rulebook).items()}
    for name in {item.id for item in REGISTRY.values()} - {name for name, _ in read}:
        params = UNREAD.get(name) or dict.fromkeys(REGISTRY[name].params, 0.8)
        read[key(name, params)] = REGISTRY[name].unit
    return {name: unit for name, unit in read.items() if REGISTRY[name[0]].subject == subject}


@pytest.fixture(scope="module")
def sample(demo):
    """Of each subject a sample of rows, and the context of the whole workspace."""
    context, random = demo.context(), np.random.default_rng(20260630)
    tables = {subject: subjects_of(subject, demo.parcels, context) for subject in SUBJECTS}
    picked = {s: sorted(random.choice(len(t), min(len(t), 120), replace=False)) for s, t in tables.items()}
    rows = {subject: gpd.GeoDataFrame(tables[subject].iloc[picked[subject]]) for subject in SUBJECTS}
    return rows, context


@pytest.fixture(scope="module")
def measured(sample):
    rows, context = sample
    return {subject: measure(rows[subject], context, wanted=wanted(subject)) for subject in SUBJECTS}


def differing(ours: Column, theirs: Column, rows: list[int]) -> bool:
    """Return whether a column differs from the rows of another."""
    pairs = [
        (ours.text, theirs.text),
        (ours.number, theirs.number),
        (ours.low, theirs.low),
        (ours.high, theirs.high),
    ]
    for here, there in pairs:
        if here is None or there is None:
            # Bounds are left out where none of the rows lacks an input.
            continue
        one, other = here, there[rows]
        if one.dtype == object:
            if one.tolist() != other.tolist():
                return True
        elif not np.array_equal(one, other, equal_nan=True):
            return True
    return False


def test_every_registered_indicator_is_looked_at():
    seen = {name for subject in SUBJECTS for name, _ in wanted(subject)}
    assert seen == set(REGISTRY)
    assert set(UNREAD) <= seen


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
@pytest.mark.parametrize("subject", SUBJECTS)
def test_no_value_depends_on_which_other_rows_are_asked(sample, measured, subject, data):
    rows, context = sample[0][subject], sample[1]
    some = data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=1, max_size=8, unique=True))
    part = measure(gpd.GeoDataFrame(rows.iloc[some]), context, wanted=wanted(subject))
    assert [name for name, column in part.items() if differing(column, measured[subject][name], some)] == []


def scores(book: LoadedRulebook, table: gpd.GeoDataFrame, context) -> pd.DataFrame:
    columns = measure(table, context, wanted=needed(book.rulebook))
    found = total(book.rulebook, judge(book, columns, table, context))
    parts = {name: getattr(found, name) for name in ("verdict", "score", "score_low", "score_high", "advice")}
    return pd.DataFrame(parts, index=table["parcel_id"].to_numpy())


@pytest.mark.parametrize("name", sorted(books()))
def test_with_the_context_fixed_another_subject_changes_no_ones_score(sample, name):
    rows, context = sample
    book = books()[name]
    table = rows[book.rulebook.subject].iloc[:9]
    moved = [shapely.transform(shape, lambda xy: xy + 37.5) for shape in table.geometry.iloc[:1]]
    new = (
        table.iloc[[0]].assign(parcel_id="新增一宗", area_m2=table["area_m2"].iloc[0] * 3).set_geometry(moved)
    )
    more = gpd.GeoDataFrame(pd.concat([table, new], ignore_index=True), crs=table.crs)
    before, after = (scores(book, frame, context) for frame in (table, more))
    assert len(after) == len(before) + 1
    pd.testing.assert_frame_equal(after.iloc[:-1], before)


def turning(curve: Curve) -> int:
    """Return 1 for a rising curve, −1 for a falling one, 0 for one that does both."""
    ys = [y for _, y in curve.points]
    return 1 if ys == sorted(ys) else -1 if ys == sorted(ys, reverse=True) else 0


CURVES = [(name, curve) for name, book in books().items() for curve in book.rulebook.curves]


@settings(max_examples=25, deadline=None)
@given(given=st.lists(st.floats(-1, 2), min_size=2, max_size=30))
@pytest.mark.parametrize(("name", "curve"), CURVES, ids=[f"{name}-{curve.id}" for name, curve in CURVES])
def test_a_monotone_curve_gives_monotone_scores_between_nought_and_one(name, curve, given):
    xs = [x for x, _ in curve.points]
    values = np.sort(xs[0] + np.array(given) * (xs[-1] - xs[0]))
    alone = curve.model_copy(update={"applies": ()})
    sheet = Sheet(
        {key(curve.indicator, curve.params): Column(curve.unit, number=values)}, {}, {}, len(values)
    )
    found = judge_curve(alone, sheet, total_weight=1.0).score
    assert turning(curve) != 0
    assert (np.diff(found) * turning(curve) >= 0).all()
    assert ((found >= 0) & (found <= 1)).all()


# ---- reference sets ----


def alone_in_the_world(context, rows):
    """Return the context with nobody but these rows' own parcels and enterprises, so that every reference set changes."""
    ids = set(rows["parcel_id"])
    firms = set(context.occupancy.loc[context.occupancy["parcel_id"].isin(ids), "enterprise_id"])
    mine = context.occupancy["enterprise_id"].isin(firms)
    return replace(
        context,
        fabric=context.fabric[context.fabric["parcel_id"].isin(ids)],
        enterprises=context.enterprises[context.enterprises["enterprise_id"].isin(firms)],
        occupancy=context.occupancy[mine],
        _cache=_Cache(),
        _fabric_cache=_Cache(),
    )


def test_whatever_is_held_against_a_reference_set_prints_the_set_and_its_date(sample, measured):
    rows, context = sample[0]["parcel"], sample[1]
    whole = measured["parcel"]
    peers = next(column for name, column in whole.items() if name[0] == "tax_to_peer_median")
    places = [*np.flatnonzero(peers.known)[:12], *np.flatnonzero(~peers.known)[:12]]
    few = gpd.GeoDataFrame(rows.iloc[places])
    lonely = measure(few, alone_in_the_world(context, few), wanted=wanted("parcel"))
    compared = [name for name, column in lonely.items() if differing(column, whole[name], places)]
    assert {"tax_to_peer_median", "inefficiency_index", "pooled_support_gfa"} <= {
        name for name, _ in compared
    }
    for name in compared:
        said = whole[name].remarks(len(rows))[whole[name].known]
        assert all(re.search(r"\d+ [家宗].*\d{4}\s?[年至]", text or "") for text in said), (
            name,
            list(said)[:3],
        )


def test_ideals_and_baselines_print_their_source_and_date(measured):
    for subject, pattern in (
        ("park", r"理想值.*（.+截至\d{4}年"),
        ("enterprise", r"\d{4} 年 \d+ 家参评企业"),
    ):
        columns = {
            name: column
            for name, column in measured[subject].items()
            if name[0].endswith("_to_ideal") or name[0] in ("per_mu_score", "per_mu_grade")
        }
        assert columns
        for name, column in columns.items():
            said = column.remarks(len(column.known))[column.known]
            assert all(re.search(pattern, text or "") for text in said), (name, list(said)[:3])


# ---- parameters ----

# What no planted parcel, park or enterprise of the demo tells apart, and the test by hand that does.
BY_HAND = {
    ("idle_state", "land_share_min"): "test_domain_oracles.test_idle_land",
    ("idle_state", "invest_share_min"): "test_domain_oracles.test_idle_land",
    ("park_idle_rate", "invest_share_min"): "the same function",
    ("park_potential_management", "invest_share_min"): "the same function",
    ("hub_access", "uncertain_above_m"): "test_indicators: station_access, the same function",
    ("hub_access", "w_operating"): "test_indicators: station_access, the same function",
    ("hub_access", "w_planned"): "test_indicators: station_access, the same function",
    (
        "mixed_state",
        "support_cap",
    ): "test_redevelopment: floor area within the support share",
}
# The ideal of these figures is the plan's in every park of the demo, and the zone type decides it only without a plan.
PLAN_FIRST = {
    "park_density_to_ideal", "park_industrial_far_to_ideal", "park_industrial_share_to_ideal",
    "park_potential_intensity", "park_overall_tax_to_ideal",
}  # fmt: skip
TYPES = {"industrial_above", "housing_from", "min_class", "min_known"}


def moved(value: float) -> tuple[float, ...]:
    """Return what a parameter is set to in turn: a tenth up and down first, then further away."""
    return (value * 1.1 or 1.0, value * 0.9 or -1.0, value * 2 + 1, value / 2, value * 10 + 10, 0.0)


def test_every_parameter_of_a_rulebook_reaches_the_value(demo):
    """Cases give the value of an indicator and cannot see its parameters; each must change the value of a planted subject."""
    planted = yaml.safe_load((ROOT / "parcels" / "demo" / "planted.yaml").read_text(encoding="utf-8"))
    ids = {case["parcel_id"] for case in planted["cases"]}
    context = demo.context()
    rows = {subject: subjects_of(subject, demo.parcels, context) for subject in SUBJECTS}
    rows["parcel"] = gpd.GeoDataFrame(rows["parcel"][rows["parcel"]["parcel_id"].isin(ids)])
    rows["enterprise"] = gpd.GeoDataFrame(rows["enterprise"].iloc[:150])
    dead = set()
    for name, unit in {k: u for book in books().values() for k, u in needed(book.rulebook).items()}.items():
        table, numbers = rows[REGISTRY[name[0]].subject], [p for p in name[1] if isinstance(p[1], float)]
        base = measure(table, context, wanted={name: unit})[name] if numbers else None
        for param, value in numbers:
            tried = (key(name[0], dict(name[1]) | {param: to}) for to in moved(value))
            columns = (measure(table, context, wanted={one: unit})[one] for one in tried)
            if not any(differing(column, base, list(range(len(table)))) for column in columns):
                dead.add((name[0], param))
    unseen = {(name, param) for name, param in dead if not (name in PLAN_FIRST and param in TYPES)}
    assert unseen - set(BY_HAND) == set()
