"""`verify` finds every kind of tampering, and nothing where there is none."""

from dataclasses import replace

import apsw
import psycopg
import pytest

from gisapp.errors import InputError
from gisapp.model.changes import Author
from gisapp.store import Anchor, open_store
from gisapp.store.replay import op_faults
from tests.store.conftest import ANNA, BERT, META, START, Bench, grid, square


@pytest.fixture
def used(bench) -> Bench:
    """A store with something of everything."""
    bench.split("P11", op={"op": "split"}, read={"P10": 1}, window=(0.0, 0.0, 1.5, 1.5), seen=0)
    bench.store.create_branch("s", "方案", author=BERT)
    bench.edit("P00", branch="s", storeys=8)
    bench.edit("P00", square(0, 0, grow=1))
    bench.undo(3)
    bench.store.anchor("年度报告")
    bench.edit("P22", storeys=1)
    assert bench.store.verify() == []
    return bench


OTHER = "(SELECT wkb FROM row_content WHERE parcel_id = 'P22' LIMIT 1)"
HASH = "(SELECT hash FROM row_content WHERE parcel_id = 'P21')"
TAMPERING = {
    "outline": (f"UPDATE row_content SET wkb = {OTHER} WHERE parcel_id = 'P21'", "content"),
    "value": ("UPDATE row_content SET values_json = '{}' WHERE parcel_id = 'P21'", "content"),
    "value not JSON": ("UPDATE row_content SET values_json = '{' WHERE parcel_id = 'P21'", "content"),
    "value not an object": ("UPDATE row_content SET values_json = '3' WHERE parcel_id = 'P21'", "content"),
    "bounds": ("UPDATE row_content SET west = west - 1 WHERE parcel_id = 'P21'", "content"),
    "content of another": ("UPDATE row_content SET parcel_id = 'P20' WHERE parcel_id = 'P21'", "content"),
    "author": ("UPDATE changeset SET author = '王五' WHERE number = 1", "chain"),
    "role": ("UPDATE changeset SET author_role = 'guest' WHERE number = 1", "chain"),
    "reason": ("UPDATE changeset SET reason_text = '' WHERE number = 1", "chain"),
    "reason code": ("UPDATE changeset SET reason_code = 'x' WHERE number = 1", "chain"),
    "document": ("UPDATE changeset SET document = NULL WHERE number = 1", "chain"),
    "date": ("UPDATE changeset SET made_at = '2020-01-01T00:00:00.000000+00:00' WHERE number = 1", "chain"),
    "gesture": ("UPDATE changeset SET op_json = '{}' WHERE number = 1", "chain"),
    "base": ("UPDATE changeset SET base_json = '{}' WHERE number = 1", "chain"),
    "neighbours": ("UPDATE changeset SET read_json = '{}' WHERE number = 1", "chain"),
    "window": ("UPDATE changeset SET window_json = NULL WHERE number = 1", "chain"),
    "seen": ("UPDATE changeset SET seen = NULL WHERE number = 1", "chain"),
    "operation": ("UPDATE changeset SET op_id = 'x' WHERE number = 1", "chain"),
    "kind": ("UPDATE changeset SET kind = 'import' WHERE number = 1", "chain"),
    "form": ("UPDATE changeset SET form = 1 WHERE number = 1", "chain"),
    "parent": ("UPDATE changeset SET parent = 0 WHERE number = 3", "branch"),
    "branch of a revision": ("UPDATE changeset SET branch = 's' WHERE number = 3", "branch"),
    "what it undoes": ("UPDATE changeset SET undoes = 1 WHERE number = 4", "undo"),
    "hash": ("UPDATE changeset SET hash = prev_hash WHERE number = 5", "chain"),
    "changed content": (f"UPDATE change SET after_hash = {HASH} WHERE number = 3", "chain"),
    "order of changes": (
        "UPDATE change SET position = position + 10 WHERE parcel_id = 'P00' AND number = 0",
        "chain",
    ),
    "version of a change": ("UPDATE change SET after_ver = 9 WHERE number = 3", "replay"),
    "extent of a change": ("UPDATE change SET north = north + 1 WHERE number = 3", "replay"),
    "kind of a change": ("UPDATE change SET outline = 0 WHERE number = 3", "replay"),
    "branch of a change": ("UPDATE change SET branch = 's' WHERE number = 3", "replay"),
    "seq of a change": ("UPDATE change SET seq = 99 WHERE number = 3", "replay"),
    "change left out": ("DELETE FROM change WHERE number = 3", "chain"),
    "change of no revision": ("UPDATE change SET number = 77 WHERE number = 3", "chain"),
    "descent left out": ("DELETE FROM lineage WHERE position = 1", "chain"),
    "descent of no revision": ("INSERT INTO lineage VALUES (77, 0, 'P00', 'P01')", "chain"),
    "revision left out": ("DELETE FROM changeset WHERE number = 3", "chain"),
    "current version": ("UPDATE parcel SET ver = 9 WHERE parcel_id = 'P21' AND branch = 's'", "state"),
    "current content": (f"UPDATE parcel SET row_hash = {HASH} WHERE parcel_id = 'P00'", "state"),
    "current revision": ("UPDATE parcel SET revision = 3 WHERE parcel_id = 'P21'", "state"),
    "parcel left out": ("DELETE FROM parcel WHERE parcel_id = 'P21'", "state"),
    "interval": ("UPDATE parcel_version SET to_rev = 2 WHERE to_rev = 3", "interval"),
    "interval left out": ("DELETE FROM parcel_version WHERE to_rev = 3", "interval"),
    "interval added": (f"INSERT INTO parcel_version VALUES ('s', 'X', 1, 5, {HASH}, 1, 2)", "interval"),
    "place in the table": ("UPDATE parcel_seq SET seq = 99 WHERE parcel_id = 'P21'", "seq"),
    "title of a scheme": ("UPDATE branch SET title = '现状' WHERE name = 's'", "branch"),
    "fork of a scheme": ("UPDATE branch SET fork = 0 WHERE name = 's'", "branch"),
    "description": ("""UPDATE meta SET value = replace(value, 'demo', 'x') WHERE key = 'meta'""", "meta"),
    "migrations": ("DELETE FROM migration", "meta"),
    "anchor": ("UPDATE anchor SET hash = 'x'", "anchor"),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_tampering_is_found(used, raw, what):
    statement, code = TAMPERING[what]
    raw(statement)
    assert code in {fault.code for fault in used.store.verify()}


def test_content_that_is_missing_is_found(used, raw):
    raw("DELETE FROM row_content WHERE parcel_id = 'P21'")
    assert "content" in {fault.code for fault in used.store.verify()}


def test_content_that_belongs_to_nothing_is_found(used, raw):
    columns = "hash, parcel_id, wkb, values_json, west, south, east, north"
    given = columns.replace("hash", "'x'").replace("parcel_id", "'X'")
    raw(f"INSERT INTO row_content ({columns}) SELECT {given} FROM row_content WHERE parcel_id = 'P21'")
    assert [(f.code, f.parcel_id) for f in used.store.verify()] == [("content", "X")]


def test_the_log_refuses_to_be_changed(used, raw):
    for table in ("row_content", "changeset", "change", "lineage", "anchor", "migration"):
        for statement in (
            f"DELETE FROM {table}",
            f"UPDATE {table} SET {'hash' if table == 'anchor' else '{}'} = ''",
        ):
            column = {"change": "parcel_id", "lineage": "parent_id", "migration": "description"}.get(
                table, "hash"
            )
            with pytest.raises((apsw.ConstraintError, psycopg.errors.RaiseException), match="append-only"):
                raw(statement.replace("{}", column), guarded=True)
    assert used.store.verify() == []


def test_a_rewritten_history_is_caught_by_an_anchor_kept_outside(used, new_place, clock):
    kept = used.store.anchor("报告页脚")
    other = open_store(new_place(), clock=clock)
    other.create(META, grid(), author=Author("王五"), made_at=START)
    forged = Bench(other, clock)
    for storeys in range(10, 16):
        forged.edit("P00", storeys=storeys)
    assert other.verify() == []
    assert [(f.code, f.revision) for f in other.verify(kept)] == [("anchor", kept.revision)]
    assert used.store.verify(kept) == []
    other.close()


def test_a_history_cut_short_is_caught_by_an_anchor_kept_outside(used, tmp_path, clock):
    used.store.backup(tmp_path / "old.db")
    used.edit("P20", storeys=2)
    kept = used.store.anchor("报告页脚")
    older = open_store(tmp_path / "old.db", clock=clock)
    assert older.verify() == [] and [f.code for f in older.verify(kept)] == ["anchor"]
    older.close()


def test_an_anchor_says_what_it_holds(used):
    noted = used.store.anchors()[0]
    assert noted.where == "年度报告" and noted.revision == 4 and noted.hash == used.store.revision(4).hash
    assert [f.code for f in used.store.verify(replace(noted, hash="0" * 64))] == ["anchor"]
    assert used.store.verify(Anchor(5, used.store.revision(5).hash, "x", noted.made_at)) == []


def test_an_operation_number_that_stands_twice_is_found():
    heads = [
        {"number": k, "op_id": op, "undoes": undoes}
        for k, op, undoes in ((0, "a", None), (1, "a", 0), (2, "b", 0))
    ]
    assert [(f.code, f.revision) for f in op_faults(heads)] == [("op_id", 1), ("op_id", 2)]


def test_a_damaged_file_is_found(tmp_path, clock):
    path = tmp_path / "store.db"
    store = open_store(path, clock=clock)
    store.create(META, grid(), author=ANNA, made_at=START)
    bench = Bench(store, clock)
    bench.store.commit(bench.commit_of(*(bench.change(f"M{k}", square(k, 9)) for k in range(300))))
    store.close()
    size = path.stat().st_size
    with path.open("r+b") as stream:
        for place in range(size // 2, size - 4096, 8192):
            stream.seek(place)
            stream.write(b"\xa5" * 64)
    try:
        faults = store.verify()
    except InputError as error:
        assert "损坏" in str(error)
    else:
        assert {fault.code for fault in faults} == {"file"}
    store.close()
