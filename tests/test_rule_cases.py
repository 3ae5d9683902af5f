"""The YAML cases beside the rulebooks: each rule says what its cases expect."""

from pathlib import Path

import pytest

from gisapp.evaluation.measure import signatures
from gisapp.model.rules import Choose, Curve
from gisapp.rules.cases import disagreement, load_cases
from gisapp.rules.load import load_policies, load_rulebook

ROOT = Path(__file__).resolve().parent.parent
BOOKS = sorted((ROOT / "parcels" / "rulebooks").glob("*.yaml"))
# A rule whose threshold table is not loaded can only be unknown.
NOT_LOADED = {"TRN-05"}


def loaded(path):
    return load_rulebook(path, root=ROOT, policies=load_policies(ROOT), signatures=signatures())


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_every_case_agrees_with_its_rule(path):
    book = loaded(path)
    cases = load_cases(path.parent / "tests" / path.name)
    assert [found for case in cases if (found := disagreement(book, case))] == []


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_every_rule_has_a_case_each_way_and_one_with_missing_data(path):
    book = loaded(path).rulebook
    cases = load_cases(path.parent / "tests" / path.name)
    rules = (*book.scope, *book.rules)
    assert {case.rule for case in cases} == {rule.id for rule in rules}
    for rule in rules:
        own = [case for case in cases if case.rule == rule.id]
        said = {case.expect for case in own}
        assert any(None in case.given.values() and case.expect == "unknown" for case in own), rule.id
        if isinstance(rule, Choose):
            assert {case.value for case in own if case.value} == {row.then for row in rule.rows}, rule.id
        elif isinstance(rule, Curve):
            assert len({case.score for case in own if case.score is not None}) >= 2, rule.id
        elif rule.id not in NOT_LOADED:
            assert {"pass", "fail"} <= said, rule.id
        if not isinstance(rule, Choose) and rule.applies:
            assert "not_applicable" in said, rule.id


def test_every_clause_has_a_summary_and_unseen_text_claims_no_more_than_its_status():
    for policy in load_policies(ROOT).documents.values():
        assert policy.clauses, policy.id
        for clause in policy.clauses:
            assert clause.summary, (policy.id, clause.id)
