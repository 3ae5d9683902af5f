"""Twenty writers at once lose no update. The full run: benchmarks/store_writers.py."""

from tests.store.writers import run_writers


def test_twenty_writers_lose_no_update(place):
    report = run_writers(place, 20, 20)
    assert report.commits == report.expected == 400
    assert report.counted == report.versions == 2 * report.commits, "a lost update would miss in the counters"
    assert report.conflicts > 0, "the writers must have met"
    assert report.unexplained == 0, (
        "every refusal names a parcel, its version and the revision that came first"
    )
    assert report.faults == []
