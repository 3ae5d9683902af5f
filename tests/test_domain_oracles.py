"""The oracles of the domain and of geodesy, each through the very functions that an evaluation uses."""

import os
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely
import yaml
from pyproj import CRS

from gisapp import Workspace
from gisapp.crs import _SERIES, ellipsoidal_area, transform
from gisapp.evaluation.total import total
from gisapp.indicators.permu import scores
from gisapp.io import importdatum
from gisapp.ledger.transfers import decide
from gisapp.model.rules import Rulebook
from gisapp.rules.columns import Column, key
from gisapp.rules.judge import Sheet, judge_curve
from gisapp.units import M2_PER_MU
from tests.test_indicators import idle
from tests.test_ledger_transfers import MINIMUM, conditions
from tests.test_per_mu import HUAIAN, context_of, firm, load_adjustments

ORACLES = yaml.safe_load(Path(__file__).with_name("domain_oracles.yaml").read_text(encoding="utf-8"))
DOMAIN = {entry["id"]: entry for entry in ORACLES["domain"]}
EARTH = ORACLES["geodesy"]
GEO = CRS.from_epsg(4490)
ZONES = {"cm117_ppm": CRS.from_epsg(4548), "cm120_ppm": CRS.from_epsg(4549)}
GEODESIC = pyproj.Geod(a=EARTH["ellipsoid"]["a"], rf=EARTH["ellipsoid"]["inv_f"])


def test_the_copy_is_what_the_collection_says():
    root = Path(__file__).resolve().parents[2]
    file = Path(os.environ.get("GISAPP_SHARED", root / "shared")) / "domain" / "oracles.yaml"
    if not file.exists():
        pytest.skip("the shared collection of oracles is absent (set GISAPP_SHARED to its folder)")
    shared = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert {name: shared[name] for name in ("domain", "geodesy")} == ORACLES


def test_zone_score():
    """PIE-20: figure ÷ ideal by the rulebook's own curve, at most 100, weighted."""
    entry = DOMAIN["zone_score"]
    curves = [
        {"id": f"S-{k}", "kind": "curve", "title": {"zh": "得分"}, "clause": None, "basis": "assumption", "status": "D",
         "indicator": f"x{k}", "unit": "1", "points": [[0, 0], [1, 1]], "weight": weight}
        for k, weight in enumerate(entry["weights"])
    ]  # fmt: skip
    book = Rulebook.model_validate(
        {"id": "park", "edition": "1", "effective": {}, "title": {"zh": "园区"}, "rules": curves}
    )
    ratios = [value / ideal for value, ideal in zip(entry["values"], entry["ideal"], strict=True)]
    columns = {key(f"x{k}", {}): Column("1", number=np.array([ratio])) for k, ratio in enumerate(ratios)}
    sheet = Sheet(columns, {}, {}, 1)
    judged = [judge_curve(curve, sheet, total_weight=sum(entry["weights"])) for curve in book.curves]
    expected = entry["expected"]
    assert [100 * float(one.score[0]) for one in judged] == pytest.approx(expected["standardised"])
    assert total(book, judged).score[0] == pytest.approx(expected["score"])


def test_pmr_score(tiny):
    """PMR-02 with the weights of Huai'an; last year's figures give the baselines, half of them each at factor 2."""
    entry = DOMAIN["pmr_score"]
    assert [HUAIAN.weights[name] for name in ("tax", "sales", "energy")] == entry["weights"]
    now, base, mu = entry["inputs"], entry["baseline"], 10.0
    half = {name: value / HUAIAN.baseline_factor for name, value in base.items()}

    def figures(per):
        tax = per["tax_per_mu"] * mu
        return tax, per["sales_per_mu"] * mu, tax / per["energy_tax"]

    made = firm("E1", *figures(now), mu=mu, last_year=figures(half))
    plus = load_adjustments(tiny, f"E1,2025,示例加分,{entry['bonus']},,示例文件\n")
    table = scores(context_of(tiny, made, tables=plus), HUAIAN).table
    assert table["score"]["E1"] == pytest.approx(entry["expected"]["score"], rel=1e-12)


IDLE_STATES = {
    "not idle": "none",
    "idle 1y: fee 20 %": "idle_1y",
    "idle 2y: reclaim": "idle_2y",
    "idle (area < 1/3)": "idle_suspended",
    "idle (investment < 25 %)": "idle_suspended",
}


@pytest.mark.parametrize("case", DOMAIN["idle_land"]["cases"], ids=lambda case: case["expected"])
def test_idle_land(tiny, case):
    """LEL-01: a year and two on the anniversary; stopped for a year below a third of the land or a quarter of the money."""
    day = date.fromisoformat(case.get("on", "2026-06-30"))
    given = {"start_due_on": case.get("start_due", "2022-01-01")}
    if case["started"]:
        stopped = day - timedelta(days=case["suspended_days"])
        given |= {"started_on": "2022-01-01", "x_suspended_on": stopped.isoformat()}
        given |= {"x_developed_share": case["developed_land_share"], "dev_total_excl_land_10k": 10_000.0}
        given |= {"dev_invested_excl_land_10k": 10_000.0 * case["invested_share"]}
    assert idle(Workspace(tiny), day, **given) == IDLE_STATES[case["expected"]]


DECISIONS = {
    "预告登记 only": "pre_notice_only",
    "transfer registration possible": "transfer_possible",
    "blocked": "blocked",
}


@pytest.mark.parametrize("case", DOMAIN["pre_transfer"]["cases"], ids=lambda case: case["expected"])
def test_pre_transfer(case):
    """LED-01: a quarter of the total, and the price paid."""
    asked = conditions(str(case["invested"]), str(case["total"]), paid=case["price_paid"])
    assert decide(asked, MINIMUM) == DECISIONS[case["expected"]]


def area(shape, crs=GEO):
    return float(ellipsoidal_area(np.array([shape]), crs)[0])


def degrees(value):
    """Return degrees from a number or from a sum such as ``32+1/60``."""
    whole, _, part = str(value).rpartition("+")
    top, _, bottom = part.partition("/")
    return float(whole or 0) + float(top) / float(bottom or 1)


def test_the_series_of_the_ellipsoid():
    assert pytest.approx(list(EARTH["coefficients"].values()), rel=1e-12) == _SERIES


@pytest.mark.parametrize("sheet", EARTH["trapezoids"], ids=lambda sheet: str(sheet["dL_deg"]))
def test_trapezoids_have_their_closed_form(sheet):
    """The published formula is a series; it meets the closed form to its own precision, ours to that of doubles."""
    b1, b2, width = (degrees(sheet[name]) for name in ("B1", "B2", "dL_deg"))
    found = area(shapely.box(118.0, b1, 118.0 + width, b2))
    assert found == pytest.approx(sheet["closed_form"], rel=1e-10)
    assert found == pytest.approx(sheet["formula"], rel=1e-8)


def test_the_polygon_on_the_ellipsoid_the_geodesic_and_both_planes():
    entry = EARTH["polygon"]
    ring = shapely.Polygon(entry["ring_lonlat"])
    assert area(ring) == pytest.approx(entry["ellipsoidal_m2"], rel=1e-11)
    assert area(ring) / M2_PER_MU == pytest.approx(entry["mu"], abs=5e-5)
    assert abs(GEODESIC.geometry_area_perimeter(ring)[0]) == pytest.approx(
        entry["geodesic_pyproj_m2"], rel=1e-10
    )
    for code in (4548, 4549):
        plane = transform(np.array([ring]), source=GEO, target=CRS.from_epsg(code))[0]
        assert plane.area == pytest.approx(entry[f"plane_EPSG{code}_m2"], abs=1e-3)
        assert area(plane, CRS.from_epsg(code)) == pytest.approx(entry["ellipsoidal_m2"], rel=1e-8)


@pytest.mark.parametrize("entry", EARTH["scale_error"], ids=lambda entry: str(entry["lon"]))
@pytest.mark.parametrize("zone", sorted(ZONES))
def test_the_plane_exceeds_the_ellipsoid_by_the_ppm_of_the_zone(entry, zone):
    lon = entry["lon"]
    square = shapely.box(lon - 0.0005, 32.1, lon + 0.0005, 32.101)
    plane = transform(np.array([square]), source=GEO, target=ZONES[zone])[0]
    assert 1e6 * (plane.area / area(square) - 1) == pytest.approx(entry[zone], abs=2)


def test_the_shifted_datums():
    entry = EARTH["gcj02"]
    here = np.array([entry["wgs84"]])
    for name, shift, metres in (
        ("gcj02", importdatum._gcj02, entry["offset_m"]["gcj"]),
        ("bd09", importdatum._bd09, entry["offset_m"]["bd"]),
    ):
        there = shift(here)
        assert there[0] == pytest.approx(entry[name], abs=1e-9)
        assert pyproj.Geod(ellps="WGS84").inv(*here[0], *there[0])[2] == pytest.approx(metres, abs=0.1)
