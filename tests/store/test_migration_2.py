"""Format 2 had no ledgers: a store of it is migrated at first use, keeps its hashes and anchors, and takes records."""

from datetime import date
from pathlib import Path

import apsw
import psycopg
import pytest

from gisapp.model.changes import Author
from gisapp.model.ledger import NewRecord
from gisapp.store import restore
from tests.store.conftest import Bench
from tests.store.test_faults import attempts
from tests.store.test_migration import old_database, old_file

FIXTURE = Path(__file__).parent / "old" / "format_2.db"
NEW = NewRecord("entries", date(2026, 3, 1), "宁规〔2026〕3号", {"amount": "0.1"})


@pytest.fixture
def old(place, empty, clock) -> Bench:
    """A store of format 2, not opened yet."""
    (old_database if isinstance(place, str) else old_file)(place, FIXTURE)
    return Bench(empty, clock)


def test_format_2_is_migrated_and_verifies(old):
    assert old.store.verify() == []
    assert [(r.number, r.kind, r.branch) for r in old.store.log()] == [
        (3, "undo", "official"),
        (2, "edit", "s"),
        (1, "edit", "official"),
        (0, "seed", "official"),
    ]
    assert old.store.ledger() == []
    assert [(a.revision, a.where, a.ledger, a.ledger_hash) for a in old.store.anchors()] == [
        (2, "旧锚点", None, None)
    ]
    with old.store.reading() as session:
        assert session.all("SELECT format, description FROM migration ORDER BY format") == [
            (2, "created"),
            (3, "records of the ledgers"),
        ]


def test_the_hashes_of_format_2_stay(old):
    connection = apsw.Connection(str(FIXTURE), flags=apsw.SQLITE_OPEN_READONLY)
    kept = dict(connection.execute("SELECT number, hash FROM changeset"))
    connection.close()
    assert {revision.number: revision.hash for revision in old.store.log()} == kept


def test_a_migrated_store_takes_records_and_guards_them(old, raw):
    (record,) = old.store.post_ledger([NEW], author=Author("张三"), op_id="a", check=lambda _: None)
    assert record.number == 1 and old.store.ledger() == [record]
    anchor = old.store.anchor("迁移后")
    assert (anchor.ledger, anchor.ledger_hash) == (1, record.hash) and old.store.verify(anchor) == []
    for statement in ("UPDATE ledger_record SET document = 'x'", "DELETE FROM ledger_record"):
        with pytest.raises((apsw.ConstraintError, psycopg.errors.RaiseException), match="append-only"):
            raw(statement, guarded=True)


def test_a_migration_of_format_2_that_fails_at_any_statement_leaves_format_2(old, monkeypatch):
    failures = list(attempts(monkeypatch, old.store.read))
    assert len(failures) > 5 and old.store.verify() == []


def test_a_backup_of_format_2_restores_into_either_database(new_place, clock):
    before = FIXTURE.read_bytes()
    store = restore(FIXTURE, new_place(), clock=clock)
    assert store.verify() == [] and store.head() == 3 and store.ledger() == []
    store.close()
    assert FIXTURE.read_bytes() == before
