"""No figure of a rulebook can change unseen: each threshold, list entry, curve point, weight and row has a case.

What the cases cannot reach, and where it is proven instead, stands in docs/rulebooks.md: the parameters of indicators
(a case gives the indicator's value), the weight of a curve that stands alone (it is the whole), a threshold table
without rows (every subject is 未提供), and gates that another gate always precedes (`NEVER_ALONE`).
"""

from pathlib import Path

import pytest

from gisapp.evaluation.measure import signatures
from gisapp.rules.cases import load_cases
from gisapp.rules.load import load_policies, load_rulebook
from tests.mutants import Mutant, caught, moved, mutants, sheet_of
from tests.wholes import differences, judge_all, load_wholes, regrouped, reweighted, unknown_names, without

ROOT = Path(__file__).resolve().parent.parent
BOOKS = sorted((ROOT / "parcels" / "rulebooks").glob("*.yaml"))
NEVER_ALONE = {
    "redevelopment": {
        # LEL-04 lists the uses that are looked at, and none of the excluded ones is among them.
        "LEL-05-excluded-use 去掉"
    }
}
every_book = pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def load():
    policies, names = load_policies(ROOT), signatures()
    return lambda path: load_rulebook(path, root=ROOT, policies=policies, signatures=names)


def test_a_figure_moves_by_a_tenth_and_by_one_where_it_is_nought_or_a_count():
    assert moved(0.67) == pytest.approx((0.737, 0.603))
    assert moved(0) == (1, -1)
    assert moved(1, count=True) == (2, 0)


@every_book
def test_every_changed_figure_of_a_rule_makes_a_case_fail(load, path):
    loaded = load(path)
    cases = load_cases(path.parent / "tests" / path.name)
    survivors, tried = [], 0
    for rule in (*loaded.rulebook.scope, *loaded.rulebook.rules):
        own = [case for case in cases if case.rule == rule.id]
        sheet = sheet_of(loaded, rule, own)
        assert not caught(Mutant("", rule), sheet, own), rule.id
        for mutant in mutants(rule, loaded.tables):
            tried += 1
            if not caught(mutant, sheet, own):
                survivors.append(f"{rule.id}：{mutant.change}")
    assert tried > 3 * len(loaded.rulebook.rules)
    assert survivors == []


@every_book
def test_every_changed_weight_number_of_triggers_and_missing_gate_makes_a_whole_case_fail(load, path):
    loaded = load(path)
    book = loaded.rulebook
    wholes = load_wholes(path.parent / "tests" / "whole" / path.name)
    assert unknown_names(book, wholes) == set()
    judged = judge_all(loaded, wholes)
    assert differences(book, judged, wholes.cases) == []
    changed = [(what, book, rules) for what, rules in [*reweighted(judged), *without(judged)]]
    changed += [(what, other, judged) for what, other in regrouped(book)]
    survivors = {what for what, one, rules in changed if not differences(one, rules, wholes.cases)}
    assert survivors == NEVER_ALONE.get(path.stem, set())
