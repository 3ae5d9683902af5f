"""Published figures of the multi-criteria methods, to the tolerances of their collection."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import yaml

from gisapp.errors import CheckError
from gisapp.evaluation.robust.ahp import ahp, final_weights, random_index
from gisapp.evaluation.robust.fuzzy import falling, j_shaped, linear, sigmoid, zadeh_s
from gisapp.evaluation.robust.judgements import ratio
from gisapp.evaluation.robust.methods import orness, owa, topsis, tradeoff, weighted_sum
from gisapp.evaluation.robust.weighting import critic_weights, entropy_weights

ORACLES = yaml.safe_load(Path(__file__).with_name("mcda_oracles.yaml").read_text(encoding="utf-8"))
PLACES = 1e-6


def entries(kind):
    return [pytest.param(entry, id=entry["id"]) for entry in ORACLES[kind]]


def one(kind, name):
    (found,) = [entry for entry in ORACLES[kind] if entry["id"] == name]
    return found


def close(found, expected):
    """Expected figures are printed to six places: 1e-6 relative, and half a unit of the sixth place."""
    np.testing.assert_allclose(found, expected, rtol=PLACES, atol=0.5e-6)


def printed(found, published):
    """Return whether a figure rounds to the one in print: half a unit of its last digit."""
    for value, figure in zip(np.atleast_1d(found), np.atleast_1d(published), strict=True):
        digits = len(str(figure).partition(".")[2])
        if abs(value - figure) > 0.5 * 10.0**-digits + 1e-12:
            return False
    return True


def matrix_of(entry):
    return np.array([[ratio(cell) for cell in row] for row in entry["matrix"]])


def test_the_copy_is_what_the_collection_says():
    root = Path(__file__).resolve().parents[2]
    file = Path(os.environ.get("GISAPP_SHARED", root / "shared")) / "domain" / "oracles.yaml"
    if not file.exists():
        pytest.skip("the shared collection of oracles is absent (set GISAPP_SHARED to its folder)")
    shared = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert shared["random_index"]["saaty_1980"] == ORACLES["random_index"]["saaty_1980"]
    for kind in set(ORACLES) - {"random_index"}:
        assert len(shared[kind]) == len(ORACLES[kind])
        for theirs, ours in zip(shared[kind], ORACLES[kind], strict=True):
            for name, value in ours.items():
                if name == "expected" and isinstance(value, list) and isinstance(value[0], dict):
                    assert [
                        {k: v for k, v in item.items() if k != "meaning"} for item in theirs[name]
                    ] == value
                else:
                    assert theirs[name] == value


def test_the_random_index_is_saatys():
    assert random_index() == {1: 0.0, 2: 0.0, **ORACLES["random_index"]["saaty_1980"]}


@pytest.mark.parametrize("entry", entries("ahp"))
def test_ahp(entry):
    found, expected = ahp(matrix_of(entry)), entry["expected"]
    close(found.weights, expected["weights"])
    close(found.lambda_max, expected["lambda_max"])
    if "CI" in expected:
        close(found.index, expected["CI"])
    close(found.ratio, expected.get("CR_RI_saaty1980", expected.get("CR")))
    published = entry.get("published", {})
    assert printed(found.weights, published["weights"]) if "weights" in published else True
    for name, value in (("lambda_max", found.lambda_max), ("CI", found.index), ("CR", found.ratio)):
        assert name not in published or printed(value, published[name]), name


@pytest.mark.parametrize(
    ("name", "accepted"),
    [
        ("ahp_saaty1990_house", False),
        ("ahp_saaty2008_drinks", True),
        ("ahp_consistent", True),
        ("ahp_cycle", False),
    ],
)
def test_only_judgements_that_agree_become_final(name, accepted):
    matrix = matrix_of(one("ahp", name))
    found, names = ahp(matrix), tuple(f"C{i}" for i in range(len(matrix)))
    assert found.acceptable is accepted
    if accepted:
        assert sum(final_weights(found, names).values()) == pytest.approx(1.0)
    else:
        with pytest.raises(CheckError, match=r"大于 0\.10") as caught:
            final_weights(found, names)
        assert "复核 C" in caught.value.action


def test_a_cycle_of_judgements_is_named_and_consistent_ones_have_none():
    assert ahp(matrix_of(one("ahp", "ahp_cycle"))).cycles == ((0, 1, 2),)
    consistent = ahp(matrix_of(one("ahp", "ahp_consistent")))
    assert (consistent.cycles, consistent.review) == ((), None)


@pytest.mark.parametrize("entry", entries("topsis"))
def test_topsis(entry):
    found = topsis(
        np.array(entry["matrix"], dtype=float), np.array(entry["weights"]), np.array(entry["benefit"])
    )
    expected = entry["expected"]
    close(found.to_best, expected["S_plus"])
    close(found.to_worst, expected["S_minus"])
    close(found.closeness, expected["C"])
    assert (np.argsort(np.argsort(-found.closeness)) + 1).tolist() == expected["rank"]
    # The third figure in print, .613, is cut off from .6135, not rounded.
    assert np.abs(found.closeness - entry["published"]["C"]).max() < 1e-3


@pytest.mark.parametrize("entry", entries("entropy"))
def test_entropy(entry):
    values = np.array(entry["matrix"], dtype=float)
    found = entropy_weights(values)
    close(found, entry["expected"]["weights"])
    assert printed(found, entry["published"]["weights"])


@pytest.mark.parametrize("entry", entries("critic"))
def test_critic(entry):
    np.testing.assert_allclose(
        critic_weights(np.array(entry["matrix"], dtype=float)), entry["expected"]["weights"], rtol=PLACES
    )


def test_owa():
    entry = one("owa", "owa_yager_1988")
    weights, expected = np.array(entry["order_weights"]), entry["expected"]
    assert owa(np.array([entry["values"]], dtype=float), weights)[0] == pytest.approx(
        expected["value"], rel=PLACES
    )
    assert orness(weights) == pytest.approx(expected["orness"], rel=PLACES)
    assert tradeoff(weights) == pytest.approx(expected["tradeoff"], rel=PLACES)


@pytest.mark.parametrize("case", one("owa", "owa_limits")["expected"], ids=["or", "and", "wlc", "median"])
def test_owa_at_its_limits(case):
    weights = np.array(case["w"], dtype=float)
    assert orness(weights) == pytest.approx(case["orness"], abs=1e-12)
    assert tradeoff(weights) == pytest.approx(case["tradeoff"], abs=1e-12)


@pytest.mark.parametrize(
    ("name", "membership"),
    [
        ("fuzzy_sigmoid_cos2", lambda e, x: sigmoid(x, e["a"], e["b"])),
        ("fuzzy_zadeh_S", lambda e, x: zadeh_s(x, e["a"], e["c"])),
        ("fuzzy_linear_decreasing", lambda e, x: falling(linear(x, e["a"], e["b"]))),
    ],
)
def test_fuzzy_membership(name, membership):
    entry = one("fuzzy", name)
    found = membership(entry, np.array(entry["x"], dtype=float))
    np.testing.assert_allclose(found, entry["expected"], rtol=PLACES, atol=1e-9)


def test_the_j_shape_is_half_at_one_control_point_and_whole_from_the_other_on():
    found = j_shaped(np.array([-1000.0, 0.0, 500.0, 1000.0, 2000.0]), 0.0, 1000.0)
    np.testing.assert_allclose(found, [0.2, 0.5, 0.8, 1.0, 1.0])


@pytest.mark.parametrize("entry", entries("wlc"))
def test_a_constraint_takes_the_whole_score(entry):
    constraint = np.array(entry["constraint"], dtype=float)[:, None]
    found = weighted_sum(np.array(entry["values"]), np.array(entry["weights"]), constraint)
    np.testing.assert_allclose(found, entry["expected"], rtol=PLACES)
