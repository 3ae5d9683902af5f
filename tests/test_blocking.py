"""Which missing data would settle the most: counted from what is blank, not from the texts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gisapp.evaluation.blocking import missing_data


@pytest.fixture(scope="module")
def found(demo):
    run = demo.evaluate("mixed_use")
    return missing_data(run, demo.parcels, demo.schema).set_index("item")


def test_a_field_blocks_the_unknown_parcels_in_which_it_is_blank(demo, found):
    run = demo.evaluate("mixed_use")
    unknown = run.parcels.loc[run.parcels["verdict"] == "unknown", "parcel_id"]
    rows = demo.parcels.set_index("parcel_id").loc[unknown]
    for field, rule in (("x_contract_allows_change", "MIX-24-contract"), ("seized", "MIX-24-seizure")):
        assert found.loc[field, "parcels"] == rows[field].isna().sum() > 0
        assert found.loc[field, "rules"] == rule


def test_what_alone_is_missing_settles_its_parcels(demo, found):
    """Filling the one blank field of a parcel leaves nothing that is unknown for that reason."""
    run = demo.evaluate("mixed_use")
    trace = run.trace[
        (run.trace["verdict"] == "unknown") & run.trace["role"].isin(["must", "prohibit", "scope"])
    ]
    unknown = set(run.parcels.loc[run.parcels["verdict"] == "unknown", "parcel_id"])
    only = trace[trace["parcel_id"].isin(unknown)].groupby("parcel_id")["rule_id"].agg(set)
    assert (only == {"MIX-24-contract"}).sum() == found.loc["x_contract_allows_change", "alone"]


def test_the_most_wanted_comes_first_and_nothing_blocks_more_than_there_are(demo, found):
    assert found["parcels"].is_monotonic_decreasing
    assert (found["alone"] <= found["parcels"]).all()
    assert found["parcels"].max() <= demo.evaluate("mixed_use").counts()["unknown"]


def test_where_everything_is_known_nothing_is_wanted(demo):
    run = demo.evaluate("mixed_use")
    known = run.parcels.assign(verdict="candidate")
    assert missing_data(replace(run, parcels=known), demo.parcels, demo.schema).empty
