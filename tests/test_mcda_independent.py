"""Ours against two other programs on the same numbers (pymcdm, scikit-criteria) and scipy's rank correlations."""

from __future__ import annotations

import importlib.util
import json
import warnings

import numpy as np
import pytest

from gisapp.evaluation.robust.ahp import ahp
from gisapp.evaluation.robust.correlation import kendall, spearman
from gisapp.evaluation.robust.methods import topsis, weighted_sum
from gisapp.evaluation.robust.weighting import critic_weights, entropy_weights
from tests import independent_mcda as independent

FIGURES = json.loads(independent.FILE.read_text(encoding="utf-8"))["figures"]
EXACT = {"rtol": 1e-9, "atol": 1e-12}
CASES = list(enumerate(independent.matrices()))


@pytest.mark.parametrize("program", ["pymcdm", "scikit-criteria"])
@pytest.mark.parametrize(("place", "case"), CASES)
def test_weights_and_topsis_are_theirs(program, place, case):
    values, weights = case
    theirs = FIGURES[program][place]
    np.testing.assert_allclose(entropy_weights(values), theirs["entropy"], **EXACT)
    np.testing.assert_allclose(critic_weights(values), theirs["critic"], **EXACT)
    np.testing.assert_allclose(topsis(values, weights).closeness, theirs["topsis"], **EXACT)


@pytest.mark.parametrize(("place", "case"), CASES)
def test_topsis_with_a_criterion_of_which_less_is_better(place, case):
    values, weights = case
    benefit = np.arange(values.shape[1]) > 0
    found = topsis(values, weights, benefit).closeness
    np.testing.assert_allclose(found, FIGURES["pymcdm"][place]["topsis_cost"], **EXACT)


@pytest.mark.parametrize(("place", "case"), CASES)
def test_the_weighted_sum_is_theirs(place, case):
    np.testing.assert_allclose(weighted_sum(*case), FIGURES["scikit-criteria"][place]["wlc"], **EXACT)


def test_ahp_weights_are_theirs():
    np.testing.assert_allclose(ahp(independent.judgements()).weights, FIGURES["pymcdm"][-1]["ahp"], rtol=1e-6)


def test_rank_correlations_with_ties_are_scipys():
    both = np.array(independent.tied())
    assert spearman(both)[0, 1] == pytest.approx(FIGURES["scipy"]["spearman"], abs=1e-12)
    assert kendall(both)[0, 1] == pytest.approx(FIGURES["scipy"]["kendall"], abs=1e-12)


def test_the_figures_are_what_the_programs_say():
    missing = [name for name in ("pymcdm", "skcriteria") if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(
            f"{'、'.join(missing)} not installed: pip install -r requirements-mcda.lock, in an environment of its own"
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs, about their own next versions
        again = independent.computed()

    def same(ours, theirs):
        if isinstance(ours, dict):
            return ours.keys() == theirs.keys() and all(same(ours[name], theirs[name]) for name in ours)
        if isinstance(ours, list) and ours and isinstance(ours[0], dict):
            return len(ours) == len(theirs) and all(map(same, ours, theirs))
        return np.allclose(ours, theirs, **EXACT)

    assert same(again, FIGURES)
