"""Groups of candidates of the demo: which evaluation, whose area, and what the command says."""

from __future__ import annotations

import pytest

from gisapp.app.assembly import assembly_report
from gisapp.cli.assembly import lines
from gisapp.errors import UsageError


def test_groups_are_of_adjacent_candidates_that_pass_the_least_area_together(demo):
    report = assembly_report(demo)
    evaluation = demo.evaluate("redevelopment")
    rows = evaluation.parcels.set_index("parcel_id")
    assert report.rules.min_area_m2 == 15_000.0
    assert report.clause == "suziranzifa-2021-264/1"
    assert report.run_id == evaluation.run_id
    assert report.candidates == int((evaluation.parcels["verdict"] == "candidate").sum())
    table = report.found.table
    assert len(table) >= 1
    for row in table.to_dict("records"):
        members = row["members"].split(";")
        assert set(rows.loc[members, "verdict"]) == {"candidate"}
        assert row["area_m2"] == pytest.approx(rows.loc[members, "area_m2"].sum())
        assert row["area_m2"] >= 15_000
        owners = demo.parcels.set_index("parcel_id").loc[members, "x_owner_count"].sum()
        assert row["owners"] == owners <= 6
    assert table["gain_per_owner_m2"].is_monotonic_decreasing


def test_a_changed_threshold_of_the_rulebook_is_the_one_that_counts(demo):
    report = assembly_report(demo, settings={"STD-10.value": "30000"})
    assert report.rules.min_area_m2 == 30_000.0
    assert (report.found.table["area_m2"] >= 30_000).all()


def test_what_is_printed_names_clause_limits_and_what_lacks_data(demo):
    report = assembly_report(demo, most=1)
    text = "\n".join(lines(report))
    assert "suziranzifa-2021-264/1" in text
    assert "1.5000 公顷" in text
    assert "疑似低效用地（待认定）" in text
    assert f"另有 {report.without} 宗" in text
    told = report.as_dict()
    assert isinstance(told["groups"][0]["members"], list)
    assert told["without_data"] == report.without


def test_limits_that_make_no_sense_are_refused(demo):
    with pytest.raises(UsageError):
        assembly_report(demo, most_owners=0)
