"""Backups are whole stores; restoring verifies first, goes into either database, and never overwrites."""

import apsw
import pytest

from gisapp.errors import InputError, UsageError
from gisapp.store import Draft, open_store, restore
from tests.store.conftest import ANNA, BERT, START, grid


@pytest.fixture
def saved(bench, tmp_path):
    """A used store and its backup."""
    bench.split("P11")
    bench.store.create_branch("s", "方案", author=BERT)
    bench.edit("P00", branch="s", storeys=8)
    bench.undo(1)
    bench.store.save_draft(Draft("d", "s", "未完", ANNA, {"intents": []}))
    anchor = bench.store.backup(tmp_path / "backup.db")
    return bench, tmp_path / "backup.db", anchor


def same(a, b):
    """Everything that two stores say is equal."""
    assert a.meta == b.meta and a.branches() == b.branches() and a.drafts() == b.drafts()
    assert a.log(limit=99) == b.log(limit=99) and a.anchors() == b.anchors()
    for branch in a.branches():
        for number in range(a.change_token() + 1):
            assert a.read(branch.name, number) == b.read(branch.name, number)
    assert [a.show(r.number) for r in a.log()] == [b.show(r.number) for r in b.log()]


def test_a_backup_is_a_store_and_holds_everything(saved, clock):
    bench, file, anchor = saved
    copy = open_store(file, clock=clock)
    same(bench.store, copy)
    assert copy.verify(anchor) == [] and copy.anchors() == [anchor] and anchor.where == "备份 backup.db"
    copy.close()


def test_a_backup_restores_into_either_database(saved, new_place, clock, tmp_path):
    bench, file, anchor = saved
    for target in (new_place(), tmp_path / "restored.db"):
        again = restore(file, target, clock=clock)
        same(bench.store, again)
        assert again.verify(anchor) == []
        other = type(bench)(again, clock)
        assert other.edit("P00", storeys=1, more={"op_id": "after"}).prev_hash == bench.store.log()[0].hash
        other.undo(other.store.undoable().number, op_id="after too")
        assert other.table() == tuple(grid()) and again.verify(anchor) == []
        again.close()


def test_a_backup_can_be_taken_while_others_write(bench, tmp_path, clock):
    for k in range(5):
        bench.edit("P00", storeys=10 + k)
        bench.store.backup(tmp_path / f"{k}.db")
    copies = [open_store(tmp_path / f"{k}.db", clock=clock) for k in range(5)]
    assert [copy.head() for copy in copies] == [1, 2, 3, 4, 5]
    assert all(copy.verify() == [] for copy in copies)


def test_nothing_is_ever_overwritten(saved, clock, tmp_path, place):
    bench, file, _ = saved
    before = file.read_bytes()
    with pytest.raises(UsageError, match="已存在"):
        bench.store.backup(file)
    for target in (place, file):
        with pytest.raises(UsageError, match="已存在"):
            restore(file, target, clock=clock)
    assert file.read_bytes() == before and bench.store.verify() == []


def test_a_backup_that_does_not_verify_is_not_restored(saved, new_place, clock):
    _, file, _ = saved
    connection = apsw.Connection(str(file))
    connection.execute("UPDATE parcel SET ver = 9 WHERE parcel_id = 'P21' AND branch = 's'")
    connection.close()
    target = new_place()
    with pytest.raises(InputError, match="P21"):
        restore(file, target, clock=clock)
    store = open_store(target, clock=clock)
    assert not store.exists
    store.close()


@pytest.mark.parametrize("content", [None, b"", b"not a database at all" * 99])
def test_a_file_that_is_no_backup_is_named(tmp_path, clock, content, new_place):
    file = tmp_path / "backup.db"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputError, match=r"backup\.db"):
        restore(file, new_place(), clock=clock)
    assert sorted(path.name for path in tmp_path.iterdir()) in ([], ["backup.db"])


def test_a_folder_that_is_not_there_is_named(bench, tmp_path):
    with pytest.raises(InputError, match=r"b\.db"):
        bench.store.backup(tmp_path / "nowhere" / "b.db")
    assert bench.edit("P00", storeys=9).made_at > START
