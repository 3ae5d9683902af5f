"""What would it take: each answer is tried, and one step less is not enough."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

from gisapp.crs import ellipsoidal_area
from gisapp.errors import InputError
from gisapp.evaluation.flips import load_levers
from gisapp.evaluation.flips.would_take import _least
from gisapp.evaluation.measure import measure, prepare
from gisapp.evaluation.verdicts import verdicts
from gisapp.indicators import REGISTRY
from gisapp.model.levers import Amount, State
from gisapp.rules.columns import needed


@pytest.fixture(scope="module")
def levers(demo):
    return {lever.id: lever for lever in load_levers(demo.root)}


def changed(demo, parcel_id, **values):
    """Return the parcel's row with other values."""
    row = demo.parcels[demo.parcels["parcel_id"] == parcel_id].reset_index(drop=True)
    return row.assign(**values)


def verdict(demo, row, rulebook):
    book = demo.rulebook(rulebook)
    return verdicts(row, demo.context(), book)[row["parcel_id"].iloc[0]].verdict


def some(demo, rulebook, verdict, count, seed=5):
    table = demo.evaluate(rulebook).parcels
    found = table[table["verdict"] == verdict]["parcel_id"]
    return found.sample(min(count, len(found)), random_state=seed)


def test_each_amount_is_enough_and_one_step_less_is_not(demo, levers):
    tried = 0
    for parcel_id in some(demo, "redevelopment", "candidate", 30):
        answer = demo.would_take(parcel_id, "redevelopment")
        for step in answer.alone:
            lever = levers[step.lever]
            if not isinstance(lever, Amount) or lever.field is None:
                continue
            now = float(changed(demo, parcel_id)[lever.field].iloc[0])
            for less, expected in ((0.0, "not_candidate"), (1.0, "candidate")):
                amount = now + step.delta - less * np.copysign(lever.step, step.delta)
                row = changed(demo, parcel_id, **{lever.field: amount})
                assert verdict(demo, row, "redevelopment") == expected, (parcel_id, step)
            tried += 1
    assert tried >= 2


def test_each_state_is_enough(demo, levers):
    tried = 0
    for parcel_id in some(demo, "mixed_use", "not_candidate", 20):
        for step in demo.would_take(parcel_id, "mixed_use").alone:
            lever = levers[step.lever]
            if isinstance(lever, State):
                row = changed(demo, parcel_id, **{lever.field: lever.value})
                assert verdict(demo, row, "mixed_use") == "candidate"
                tried += 1
    assert tried >= 5


def test_a_tax_answer_lifts_the_ratio_just_to_its_threshold(demo):
    book = demo.rulebook("redevelopment").rulebook
    threshold = next(rule for rule in book.gates if rule.id == "LEL-05-tax").value
    found = 0
    for parcel_id in some(demo, "redevelopment", "candidate", 24):
        answer = demo.would_take(parcel_id, "redevelopment")
        step = next((step for step in answer.alone if step.lever == "tax"), None)
        if step is None:
            continue
        trace = demo.evaluate("redevelopment").trace_of(parcel_id).set_index("rule_id")
        ratio = trace.loc["LEL-05-tax", "value"]
        now = float(step.text.split("（")[1].split(" 万元")[0].replace("\u202f", ""))
        needed = now * (threshold / ratio - 1)
        assert step.delta == pytest.approx(needed, abs=0.02)
        found += 1
    assert found >= 1


def test_land_given_up_is_the_land_outside(demo):
    """The parcels that only lie partly outside of the boundary: the cut is what the indicator measures."""
    trace = demo.evaluate("mixed_use").trace
    ids = trace[(trace["rule_id"] == "UDB-02") & (trace["verdict"] == "fail")]["parcel_id"]
    context, tried = demo.context(), 0
    for parcel_id in ids:
        answer = demo.would_take(parcel_id, "mixed_use")
        for step in (*answer.alone, *answer.together):
            if step.lever != "within_boundary":
                continue
            shape = demo.parcels.set_index("parcel_id").geometry[parcel_id]
            inside = context.frame("udb")
            zone = shapely.union_all(inside[inside["zone"] == "城镇集中建设区"].geometry.to_numpy())
            left = np.array([shape.intersection(zone)], dtype=object)
            whole = np.array([shape], dtype=object)
            cut = ellipsoidal_area(whole, context.crs)[0] - ellipsoidal_area(left, context.crs)[0]
            assert step.delta == pytest.approx(-cut, abs=1e-6)
            tried += 1
        if tried >= 2:
            break
    assert tried >= 1


def test_what_nothing_can_turn_is_named(demo):
    trace = demo.evaluate("mixed_use").trace
    hit = trace[(trace["rule_id"] == "MIX-25") & (trace["verdict"] == "fail")]["parcel_id"].iloc[0]
    answer = demo.would_take(hit, "mixed_use")
    assert not answer.possible and "MIX-25" in answer.binding


def test_a_parcel_that_is_there_already_needs_nothing(demo):
    parcel_id = some(demo, "mixed_use", "candidate", 1).iloc[0]
    answer = demo.would_take(parcel_id, "mixed_use")
    assert answer.reached and answer.possible and not answer.alone


def test_an_unknown_parcel_is_named(demo):
    with pytest.raises(InputError, match="没有这宗地块"):
        demo.would_take("nowhere", "mixed_use")


def test_the_least_number_is_found_exactly():
    for least in (1, 2, 257, 258, 65_536, 1_000_000):
        assert _least(lambda counts, least=least: counts >= least, 1_000_000) == least
    assert _least(lambda counts: counts > 5, 5) is None and _least(lambda counts: counts > 5, 0) is None


def test_indicators_read_only_the_fields_that_they_declare(demo):
    """A lever moves the indicators that declare its field: one that read another field in silence would be missed."""
    context = demo.context()
    rows = demo.parcels.iloc[::37].reset_index(drop=True)
    always = ["parcel_id", "geometry", "area_m2", "target_use", "use_scheme"]
    for rulebook in ("mixed_use", "redevelopment"):
        wanted = needed(demo.rulebook(rulebook).rulebook)
        prepared = prepare(rows, context)
        whole = measure(prepared, context, wanted=wanted)
        for key, unit in wanted.items():
            reads = REGISTRY[key[0]].reads
            own = prepared[[c for c in prepared.columns if c in {*always, *reads}]]
            alone = measure(own, context, wanted={key: unit})[key]
            for name in ("number", "text"):
                a, b = getattr(alone, name), getattr(whole[key], name)
                assert (a is None) == (b is None)
                if a is not None:
                    pd.testing.assert_series_equal(pd.Series(a), pd.Series(b), obj=str(key))


def test_levers_name_indicators_that_exist(tmp_path):
    folder = tmp_path / "parcels" / "rulebooks" / "data"
    folder.mkdir(parents=True)
    text = "levers:\n- {id: x, kind: state, title: {zh: 甲}, who: {zh: 乙}, field: f, indicator: nothing, value: true}\n"
    (folder / "levers.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"levers\.yaml 第 2 行"):
        load_levers(tmp_path)
    assert load_levers(tmp_path / "other") == ()
