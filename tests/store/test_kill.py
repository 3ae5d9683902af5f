"""A server that dies at any moment loses nothing that it acknowledged. The full run: benchmarks/store_kill.py."""

from tests.store.killer import kill_rounds


def test_a_hundred_kills_lose_nothing(tmp_path):
    report = kill_rounds(tmp_path, 100)
    assert report.rounds == 100 and report.acknowledged > 200
    assert report.lost == 0
    assert report.faults == []
    assert report.unacknowledged <= 100, "no more than the commit that was under way"
