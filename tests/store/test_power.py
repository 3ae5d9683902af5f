"""A cut of power loses nothing that was acknowledged. The full run: benchmarks/store_power.py."""

from tests.store.power import cut_power


def test_three_hundred_power_cuts_lose_nothing(tmp_path):
    report = cut_power(tmp_path, 300)
    assert report.images == 300 and report.acknowledged > 100
    assert report.corrupt == []
    assert report.lost == 0
    assert report.without_store < 60, "most cuts must fall after the seed"


def test_the_trial_bites(tmp_path):
    """With synchronous=NORMAL the same cuts do lose acknowledged commits."""
    report = cut_power(tmp_path, 60, synchronous="NORMAL")
    assert report.lost > 10
