"""A real city that nobody tuned: import, evaluation and explanation of 13,116 parcels from the command line."""

import json
import os
import subprocess
import sys

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gisapp import Workspace
from gisapp.evaluation.explain import explain
from tests.commands import call
from tests.tiny import CRS, rectangle, square

ROWS = 13_116


@pytest.fixture(scope="module")
def city(shared_data, root, tmp_path_factory):
    """The example's run.sh, run once."""
    folder = tmp_path_factory.mktemp("cambridge") / "w"
    environment = {**os.environ, "GISAPP": f"{sys.executable} -m gisapp.cli.main", "PYTHONPATH": str(root)}
    script = root / "examples" / "cambridge" / "run.sh"
    done = subprocess.run(
        ["bash", script, folder, shared_data / "cambridge"],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return folder, done.stdout, json.loads((folder / "import.json").read_text(encoding="utf-8"))


@pytest.mark.shared
def test_every_row_is_kept_fixed_or_quarantined(city):
    _, output, result = city
    assert result["rows_in"] == ROWS
    assert result["kept"] + len(result["fixed"]) + len(result["quarantined"]) == ROWS
    assert all(item["reason"] for item in [*result["fixed"], *result["quarantined"]])
    assert f"GEOS {shapely.geos_version_string}" in output


@pytest.mark.shared
def test_every_repeated_id_is_quarantined_and_none_chosen(city, shared_data):
    folder, _, result = city
    raw = gpd.read_parquet(shared_data / "cambridge" / "parcelsFY2014_joined.parquet")
    twice = raw["ML"][raw["ML"].duplicated(keep=False)]
    aside = {item["row"] for item in result["quarantined"]}
    assert set(np.flatnonzero(raw["ML"].duplicated(keep=False)) + 1) <= aside
    assert not set(twice) & set(Workspace(folder).parcels["parcel_id"])


@pytest.mark.shared
def test_outlines_that_were_valid_stay_bit_exact(city, shared_data):
    folder, _, result = city
    raw = gpd.read_parquet(shared_data / "cambridge" / "parcelsFY2014_joined.parquet")
    fixed = {item["id"] for item in result["fixed"]}
    kept = Workspace(folder).parcels
    kept = kept[~kept["parcel_id"].isin(fixed)].set_index("parcel_id")
    before = raw[raw["ML"].isin(kept.index)].set_index("ML").loc[kept.index]
    assert (shapely.to_wkb(kept.geometry.to_numpy()) == shapely.to_wkb(before.geometry.to_numpy())).all()


@pytest.mark.shared
def test_square_feet_became_square_metres_and_faults_became_missing(city, shared_data):
    folder, _, _ = city
    raw = gpd.read_parquet(shared_data / "cambridge" / "parcelsFY2014_joined.parquet").set_index("ML")
    kept = Workspace(folder).parcels.set_index("parcel_id")
    assert kept.loc["127-123", "floor_area_m2"] == pytest.approx(4247 * 0.3048**2, rel=1e-12)
    assert (kept["floor_area_m2"].dropna() >= 0).all()
    negative = raw.index[(raw["Built_ft2"] < 0)].intersection(kept.index)
    assert kept.loc[negative, "floor_area_m2"].isna().all()
    assert not (kept["year_built"] == 0).any()


@pytest.mark.shared
@pytest.mark.parametrize("rulebook", ["redevelopment", "mixed_use"])
def test_the_evaluation_finishes_with_candidates_among_the_rest(city, rulebook):
    folder, _, result = city
    run = json.loads((folder / "out" / rulebook / "run.json").read_text(encoding="utf-8"))
    table = pd.read_parquet(folder / "out" / rulebook / "parcels.parquet")
    assert len(table) == result["rows_total"] == run["parcels"]["rows"]
    assert 50 < (table["verdict"] == "candidate").sum() < len(table) / 4
    assert all(rule["basis"] == "assumption" and rule["clause"] is None for rule in run["rules"])


@pytest.mark.shared
@pytest.mark.parametrize("rulebook", ["redevelopment", "mixed_use"])
def test_explain_works_for_any_parcel_kept(city, rulebook):
    workspace = Workspace(city[0])
    evaluation = workspace.evaluate(rulebook)
    for parcel_id in workspace.parcels["parcel_id"].iloc[::500]:
        why = explain(evaluation, parcel_id)
        assert all(rule.sentence.endswith("。") for rule in why.rules)
    code, out, _ = call("explain", city[0], workspace.parcels["parcel_id"].iloc[-1], "--rulebook", rulebook)
    assert code == 0
    assert out["rules"]


@pytest.mark.shared
def test_the_district_median_agrees_with_one_computed_plainly(city):
    workspace = Workspace(city[0])
    trace = workspace.evaluate("redevelopment").trace
    measured = trace[trace["rule_id"] == "CAM-R-built"].set_index("parcel_id")["value"]
    districts = trace[trace["rule_id"] == "CAM-zone"].set_index("parcel_id")["value_text"].astype("object")
    area = workspace.context().fabric.set_index("parcel_id")["area_m2"]
    ratio = workspace.parcels.set_index("parcel_id")["floor_area_m2"] / area
    built = ratio[ratio > 0]
    median = built.groupby(districts.reindex(built.index)).median()
    chosen = [
        key for key in districts.index[::400] if districts[key] in median.index and measured.notna()[key]
    ]
    assert len(chosen) > 20
    for key in chosen:
        assert measured[key] == pytest.approx(ratio[key] / median[districts[key]], rel=1e-9)


@pytest.mark.shared
def test_the_workspace_opens_in_the_app(city):
    from gisapp.app.desk import Desk

    desk = Desk(Workspace(city[0]))
    boot = desk.boot("zh")
    assert boot["workspace"]["crs"] == "EPSG:26986"
    assert {book["id"] for book in boot["rulebooks"]} >= {"redevelopment", "mixed_use"}
    assert desk.card("127-123", "redevelopment")["evaluation"]["rules"]


def fabric(**columns):
    count = len(next(iter(columns.values())))
    table = gpd.GeoDataFrame(
        {"parcel_id": [f"P{i}" for i in range(count)], **columns},
        geometry=[square(i, 0) for i in range(count)],
        crs=CRS,
    )
    return table.assign(area_m2=10_000.0)


def context(table, **layers):
    """Return a context with the given layers by role, each a list of rows."""
    from datetime import date

    import pyproj

    from gisapp.context import Context, LoadedLayer
    from gisapp.model.layers import LayerSpec

    def loaded(role, rows):
        entry = {
            "id": role,
            "title": {"zh": role},
            "group": "all",
            "kind": "polygon",
            "source": "x",
            "crs": CRS,
        }
        spec = LayerSpec.model_validate({**entry, "authority": "a", "licence": "b", "role": role})
        return LoadedLayer(spec, "h", frame=gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS))

    found = {role: loaded(role, rows) for role, rows in layers.items()}
    return Context(crs=pyproj.CRS(CRS), as_of=date(2013, 1, 1), hash="h", layers=found, fabric=table)


TWO_ZONES = [
    {"name": "A", "geometry": rectangle(0, 0, 3, 1)},
    {"name": "B", "geometry": rectangle(3, 0, 1, 1)},
]


def measure(name, table, surroundings, **params):
    from gisapp.indicators import REGISTRY

    return REGISTRY[name].compute(table, surroundings, **params).tolist()


def test_the_built_ratio_is_measured_against_the_districts_median():
    table = fabric(floor_area_m2=[5_000.0, 10_000.0, 20_000.0, 4_000.0])
    values = measure("built_ratio_to_zone_median", table, context(table, zoning=TWO_ZONES), min_parcels=2)
    assert values[:3] == [0.5, 1.0, 2.0]
    assert np.isnan(values[3])


def test_the_share_of_mixed_parcels_leaves_unknown_ones_out():
    table = fabric(x_use_count=[1.0, 2.0, None, 1.0])
    values = measure("zone_mixed_share", table, context(table, zoning=TWO_ZONES), min_parcels=1)
    assert values == [0.5, 0.5, 0.5, 0.0]


def test_a_land_value_of_zero_gives_no_ratio():
    table = fabric(x_improvement_value=[50.0, 50.0, None], x_land_value=[100.0, 0.0, 100.0])
    values = measure("improvement_to_land_value", table, context(table))
    assert values[0] == 0.5
    assert np.isnan(values[1:]).all()


@pytest.mark.parametrize(
    ("name", "role"), [("in_wetland_share", "wetland"), ("open_space_share", "open_space")]
)
def test_the_share_under_a_layer_counts_overlapping_features_once(name, role):
    table = fabric(x_use_count=[1.0, 1.0])
    twice = [{"geometry": rectangle(0.5, 0, 0.5, 1)}, {"geometry": rectangle(0.75, 0, 0.25, 1)}]
    assert measure(name, table, context(table, **{role: twice})) == [0.5, 0.0]


def test_the_district_is_the_one_that_covers_half():
    table = fabric(x_use_count=[1.0, 1.0, 1.0, 1.0, 1.0])
    assert measure("zone_type", table, context(table, zoning=TWO_ZONES)) == ["A", "A", "A", "B", None]
