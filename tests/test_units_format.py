import math
from datetime import date

import pytest

from gisapp import format as shown
from gisapp.units import m2_to_ha, m2_to_mu, round_half_up


def test_fifteen_mu_are_one_hectare():
    assert m2_to_mu(10_000.0) == 15.0
    assert m2_to_ha(10_000.0) == 1.0


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [(0.5, 0, "1"), (1.5, 0, "2"), (2.5, 0, "3"), (2.675, 2, "2.68"), (-0.125, 2, "-0.13")],
)
def test_rounding_is_half_up_never_to_even(value, digits, expected):
    assert str(round_half_up(value, digits)) == expected


def test_areas_are_printed_as_surveying_rules_ask():
    assert shown.mu(27_533.4) == "41.30 亩"
    assert shown.hectares(27_533.4) == "2.7533 公顷"
    assert shown.square_metres(27_533.4) == "27\u202f533.40 ㎡"


def test_a_missing_number_says_so_and_is_never_zero():
    for text in (
        shown.number(None, 2),
        shown.number(math.nan, 2),
        shown.quantity(None, "m2"),
        shown.mu(None),
    ):
        assert text == "资料不足"


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [(0.62, "1", "0.62"), (1.0, "bool", "是"), (0.0, "bool", "否"), (3e-6, "1/year", "3e-6/年"), (0.0, "1/year", "0"),
     (7.8, "万元/亩", "7.80 万元/亩"), (1500.4, "m", "1\u202f500 m")],
)  # fmt: skip
def test_quantities_carry_their_unit(value, unit, expected):
    assert shown.quantity(value, unit) == expected


def test_dates_and_shares():
    assert shown.iso_date(date(2026, 11, 23)) == "2026年11月23日"
    assert shown.percent(0.0655) == "6.6 %"
