"""Sentences say what the rules found, never its opposite; a tag says both the status and that a text was not seen."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from gisapp.evaluation.measure import signatures
from gisapp.evaluation.sources import source
from gisapp.indicators import REGISTRY
from gisapp.model.rules import Choose, Curve
from gisapp.rules.load import load_policies, load_rulebook
from gisapp.rules.predicates import threshold_text
from gisapp.rules.words import STATES, state

ROOT = Path(__file__).resolve().parent.parent
HOMES = [ROOT, ROOT / "examples" / "cambridge"]
BOOKS = [(home, path) for home in HOMES for path in sorted((home / "parcels" / "rulebooks").glob("*.yaml"))]


def boolean_rules():
    for home, path in BOOKS:
        book = load_rulebook(path, root=home, policies=load_policies(home), signatures=signatures()).rulebook
        for rule in (*book.scope, *book.rules):
            if not isinstance(rule, Choose | Curve) and rule.unit == "bool":
                yield pytest.param(rule, id=f"{home.name}-{path.stem}-{rule.id}")


def test_every_yes_or_no_indicator_has_a_statement_for_each():
    assert {item.id for item in REGISTRY.values() if item.unit == "bool"} == set(STATES)
    assert all(yes != no for yes, no in STATES.values())


@pytest.mark.parametrize("rule", [*boolean_rules()])
def test_the_title_of_a_yes_or_no_rule_is_the_statement_that_it_tests(rule):
    tested = rule.value == (rule.op == "==")
    says, denies = (state(rule.indicator, holds=holds) for holds in (tested, not tested))
    assert threshold_text(rule) == says
    assert says in rule.title.zh
    assert denies not in rule.title.zh.replace(says, "")


@pytest.mark.parametrize("rule", [*boolean_rules()])
def test_a_hit_a_miss_and_an_unknown_read_truly(rule, sentence_of):
    tested = rule.value == (rule.op == "==")
    says, denies = (state(rule.indicator, holds=holds) for holds in (tested, not tested))
    hit, miss, unknown = (
        sentence_of(rule, value) for value in (float(rule.value), float(not rule.value), np.nan)
    )
    if rule.op == "!=":
        hit, miss = miss, hit
    assert hit.startswith(f"{rule.title.zh}：{says}，判定标准 {says}，")
    assert miss.startswith(f"{rule.title.zh}：{denies}，判定标准 {says}，")
    assert unknown.startswith(f"{rule.title.zh}：资料不足（")
    negative = ("不满足", "不属于该情形", "未触及", "未触发", "不在范围")
    assert not any(
        word in hit.removeprefix(f"{rule.title.zh}：{says}，判定标准 {says}，")[:6] for word in negative
    )
    assert any(word in miss for word in negative)


@pytest.fixture
def sentence_of():
    """The sentence of a gate for one measured value, from judging to words."""
    from gisapp.evaluation.result import trace_table
    from gisapp.evaluation.sentences import Contribution, body
    from gisapp.rules.columns import Column, key
    from gisapp.rules.judge import Sheet, judge_gate

    def say(rule, value):
        sheet = Sheet({key(rule.indicator, rule.params): Column("bool", number=np.array([value]))}, {}, {}, 1)
        judged = judge_gate(rule.model_copy(update={"applies": ()}), sheet, rule_id=rule.id or "scope-1")
        (record,) = trace_table(["P"], [judged]).to_dict("records")
        return body(rule, record, Contribution.of([]))

    return say


def test_a_status_and_a_text_that_nobody_saw_are_both_said():
    policies = load_policies(ROOT)
    seen = [policy for policy in policies.documents.values() if policy.text_seen and policy.status != "D"]
    unseen = [
        policy for policy in policies.documents.values() if not policy.text_seen and policy.status != "D"
    ]
    assert seen
    assert unseen
    for policy in unseen:
        cited = source(policies, f"{policy.id}/{policy.clauses[0].id}", "V")
        assert (cited.short, cited.said) == ("已核·正文未见", "已核，据转述、正文未见")
        assert "核对原文" in cited.note
        assert cited.status == "V"
    for policy in seen:
        assert source(policies, f"{policy.id}/{policy.clauses[0].id}", "V").short == "已核"
    assert source(policies, None, "D").text_seen is None


def test_no_rule_of_the_demo_is_called_checked_alone_where_its_text_was_not_seen(demo):
    unseen = {
        path.stem
        for path in (ROOT / "parcels" / "policies").glob("*.yaml")
        if not yaml.safe_load(path.read_text(encoding="utf-8"))["text_seen"]
    }
    for book in demo.rulebooks():
        parcel = demo.parcels["parcel_id"].iloc[0]
        rules = demo.explain(parcel, book.id).rules
        cited = [rule for rule in rules if rule.clause and rule.clause.split("/")[0] in unseen]
        assert cited
        assert all("正文未见" in rule.status_text and "正文未见" in rule.sentence for rule in cited)
        manifest = {rule["rule_id"]: rule["text_seen"] for rule in demo.evaluate(book.id).manifest["rules"]}
        assert all(manifest[rule.rule_id] is False for rule in cited)
