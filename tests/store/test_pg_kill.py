"""PostgreSQL that dies at any moment loses nothing that it acknowledged. The full run: benchmarks/store_pgkill.py."""

import pytest

from tests.store.pg import AbsentError
from tests.store.pgcrash import crash_rounds


def crashed(rounds, **how):
    try:
        return crash_rounds(rounds, **how)
    except AbsentError as reason:
        pytest.skip(str(reason))


def test_a_killed_postgresql_loses_nothing():
    report = crashed(6)
    assert report.rounds == 6 and report.acknowledged > 12
    assert report.lost == 0
    assert report.faults == []
    assert report.told <= {"数据库服务器已停止或正在重启", "与数据库服务器的连接中断"}


def test_the_trial_bites():
    """Commits that do not wait for the disk are lost by the same kills, where the log writer does not come to help."""
    assert crashed(2, synchronous=False, starved=True).rounds_with_loss > 0
