"""Records of the ledgers in either database: appended whole or not at all, chained, copied, and never changed."""

from datetime import date
from threading import Thread

import apsw
import psycopg
import pytest

from gisapp.errors import InputError, Problem, UsageError
from gisapp.model.ledger import NewRecord
from gisapp.store import open_store, restore
from tests.store.conftest import ANNA, BERT, META, START, Bench, grid
from tests.store.test_faults import attempts

DAY = date(2026, 3, 1)


def new(amount="1.5", document="宁规〔2026〕3号", **more):
    return NewRecord("entries", DAY, document, {"amount": amount}, **more)


def anything(_):
    """A check that lets everything pass."""


def post(bench, *items, op_id="a", branch="official", author=ANNA, check=anything):
    return bench.store.post_ledger(items, author=author, op_id=op_id, check=check, branch=branch)


def test_records_are_numbered_dated_signed_and_chained(bench):
    first = post(bench, new(), new("2.5"))
    bench.store.create_branch("s", "方案", author=BERT)
    (third,) = post(bench, new("3.5"), op_id="b", branch="s", author=BERT)
    assert bench.store.ledger() == [*first, third]
    assert [r.number for r in bench.store.ledger()] == [1, 2, 3]
    assert [r.provisional for r in bench.store.ledger()] == [False, False, True]
    assert first[0].document == "宁规〔2026〕3号" and first[0].author == ANNA and third.author == BERT
    assert first[0].made_at > START and first[0].day == DAY and len({r.hash for r in (*first, third)}) == 3
    assert bench.store.verify() == []


def test_the_check_sees_what_is_recorded_and_can_refuse_all(bench):
    post(bench, new())
    seen = []

    def refuse(recorded):
        seen.extend(recorded)
        raise InputError(Problem("不行"))

    with pytest.raises(InputError, match="不行"):
        post(bench, new("2"), new("3"), op_id="b", check=refuse)
    assert [r.number for r in seen] == [1] and len(bench.store.ledger()) == 1


def test_two_writers_never_check_the_same_state(bench, place, clock):
    other = open_store(place, clock=clock)
    counts = []

    def at_most_one(recorded):
        counts.append(len(recorded))
        if recorded:
            raise InputError(Problem("已有记录"))

    def work(store, op_id):
        try:
            store.post_ledger([new()], author=ANNA, op_id=op_id, check=at_most_one)
        except InputError:
            counts.append("refused")

    threads = [Thread(target=work, args=(store, f"op-{k}")) for k, store in enumerate((bench.store, other))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(bench.store.ledger()) == 1 and sorted(map(str, counts)) == ["0", "1", "refused"]
    other.close()


def test_a_repeated_posting_is_recorded_once(bench):
    first = post(bench, new(), new("2"))
    assert post(bench, new(), new("2")) == first and len(bench.store.ledger()) == 2
    for items, author in (((new(),), ANNA), ((new(), new("3")), ANNA), ((new(), new("2")), BERT)):
        with pytest.raises(UsageError, match="操作号 a 已用于另一次"):
            post(bench, *items, author=author)


def test_what_makes_no_sense_is_refused(bench):
    bench.store.create_branch("s", "方案", author=ANNA)
    bench.store.close_branch("s", ANNA)
    for call in (
        lambda: post(bench),
        lambda: post(bench, new(), op_id=" "),
        lambda: post(bench, new(), branch="nowhere"),
        lambda: post(bench, new(), branch="s"),
        lambda: post(bench, new(document="\x00")),
    ):
        with pytest.raises(UsageError):
            call()
    assert bench.store.ledger() == [] and bench.store.verify() == []


def test_a_record_is_reversed_once_at_most(bench):
    post(bench, new())
    post(bench, new(reverses=1), op_id="b")
    bench.store.create_branch("s", "方案", author=ANNA)
    for given in (
        {"items": [new(reverses=1)]},
        {"items": [new(reverses=9)]},
        {"items": [new(reverses=2), new(reverses=2)]},
        {"items": [new(reverses=2)], "branch": "s"},
    ):
        with pytest.raises(UsageError, match="不在本台账中，或已经冲正"):
            post(bench, *given.pop("items"), op_id="c", **given)
    assert len(bench.store.ledger()) == 2


def test_a_posting_that_fails_at_any_statement_leaves_nothing(bench, monkeypatch):
    failed = 0
    for _ in attempts(monkeypatch, lambda: post(bench, new(), new("2"))):
        failed += 1
        assert bench.store.ledger() == [] and bench.store.verify() == []
    assert failed > 3 and len(bench.store.ledger()) == 2


def test_records_are_part_of_a_backup_and_of_its_anchor(bench, tmp_path, new_place, clock):
    bench.edit("P00", storeys=9)
    bench.store.create_branch("s", "方案", author=BERT)
    post(bench, new(), new("2"))
    post(bench, new(reverses=2), op_id="b")
    post(bench, new("4"), op_id="c", branch="s")
    anchor = bench.store.backup(tmp_path / "backup.db")
    assert (anchor.ledger, anchor.ledger_hash) == (4, bench.store.ledger()[-1].hash)
    for target in (new_place(), tmp_path / "again.db"):
        again = restore(tmp_path / "backup.db", target, clock=clock)
        assert again.ledger() == bench.store.ledger() and again.verify(anchor) == []
        (fifth,) = post(Bench(again, clock), new("5"), op_id="d")
        assert fifth.number == 5 and again.verify(anchor) == []
        again.close()


TAMPERING = {
    "amount": """UPDATE ledger_record SET body_json = '{"amount":"15"}' WHERE number = 2""",
    "document": "UPDATE ledger_record SET document = 'x' WHERE number = 2",
    "day": "UPDATE ledger_record SET day = '2026-01-01' WHERE number = 2",
    "author": "UPDATE ledger_record SET author = '王五' WHERE number = 2",
    "branch": "UPDATE ledger_record SET branch = 's' WHERE number = 2",
    "book": "UPDATE ledger_record SET book = 'projects' WHERE number = 2",
    "reversal": "UPDATE ledger_record SET reverses = NULL WHERE number = 3",
    "time": "UPDATE ledger_record SET made_at = '2020-01-01T00:00:00.000000+00:00' WHERE number = 2",
    "left out": "DELETE FROM ledger_record WHERE number = 2",
    "revision": "UPDATE ledger_record SET head = 0 WHERE number = 2",
    "operation": "UPDATE ledger_record SET op_id = 'x' WHERE number = 2",
    "hash": "UPDATE ledger_record SET hash = prev_hash WHERE number = 3",
}


@pytest.mark.parametrize("what", TAMPERING)
def test_tampering_with_records_is_found(bench, raw, what):
    bench.edit("P00", storeys=9)
    bench.store.create_branch("s", "方案", author=BERT)
    post(bench, new(), new("2"))
    post(bench, new(reverses=1), op_id="b")
    assert bench.store.verify() == []
    raw(TAMPERING[what])
    assert "ledger" in {fault.code for fault in bench.store.verify()}


def test_a_ledger_cut_short_is_caught_by_an_anchor(bench, raw):
    post(bench, new(), new("2"))
    kept = bench.store.anchor("报告页脚")
    raw("DELETE FROM ledger_record WHERE number = 2", "DELETE FROM anchor")
    assert bench.store.verify() == []
    assert [f.code for f in bench.store.verify(kept)] == ["anchor"]


def test_the_records_refuse_to_be_changed(bench, raw):
    post(bench, new())
    for statement in ("UPDATE ledger_record SET document = 'x'", "DELETE FROM ledger_record"):
        with pytest.raises((apsw.ConstraintError, psycopg.errors.RaiseException), match="append-only"):
            raw(statement, guarded=True)


def test_a_rewritten_ledger_is_caught_by_an_anchor_kept_outside(bench, new_place, clock):
    post(bench, new())
    kept = bench.store.anchor("报告页脚")
    forged = open_store(new_place(), clock=clock)
    forged.create(META, grid(), author=ANNA, made_at=START)
    post(Bench(forged, clock), new("15"))
    assert forged.verify() == [] and [f.code for f in forged.verify(kept)] == ["anchor"]
    forged.close()
