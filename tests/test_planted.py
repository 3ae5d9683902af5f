"""The planted cases of the demo: golden tests of the rules, each with a story."""

from collections import Counter
from pathlib import Path

import pytest
import yaml

PLANTED = yaml.safe_load(
    (Path(__file__).resolve().parent.parent / "parcels" / "demo" / "planted.yaml").read_text(encoding="utf-8")
)
CASES = PLANTED["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_planted_case_has_its_planned_outcome(demo, case):
    evaluation = demo.evaluate(case["rulebook"])
    row = evaluation.parcels.iloc[evaluation.row(case["parcel_id"])]
    assert row["verdict"] == case["expect"]["verdict"], row["reasons"]
    found = evaluation.trace_of(case["parcel_id"]).set_index("rule_id")["verdict"]
    expected = case["expect"].get("rules", {})
    assert {rule: found[rule] for rule in expected} == expected
    if "advice" in case["expect"]:
        assert row["advice"] == case["expect"]["advice"]


def test_there_are_at_least_sixty_cases_and_three_at_each_bookmark(demo):
    assert len(CASES) >= 60
    stories = Counter(case.get("bookmark") for case in CASES)
    for bookmark in demo.catalog.bookmarks:
        assert stories[bookmark.id] >= 3, bookmark.id


def test_every_verdict_and_most_rules_are_planted():
    assert {case["expect"]["verdict"] for case in CASES} == {
        "candidate",
        "not_candidate",
        "prohibited",
        "unknown",
        "not_applicable",
    }
    assert len({rule for case in CASES for rule in case["expect"].get("rules", {})}) >= 20
