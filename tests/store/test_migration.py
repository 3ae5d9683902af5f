"""Older formats are migrated at first use, in one recorded transaction; newer ones are refused untouched."""

import shutil
from pathlib import Path

import apsw
import psycopg
import pytest
import shapely

from gisapp.errors import InputError
from gisapp.model.changes import Author, EditConflictError, Reason
from gisapp.store import StoreMeta, open_store, restore
from gisapp.store.postgis import geometry_statements
from gisapp.store.schema import FORMAT
from tests.store.conftest import Bench, libpq
from tests.store.old.make_format_1 import META
from tests.store.test_faults import attempts

FIXTURE = Path(__file__).parent / "old" / "format_1.db"
POSTGRES_TYPES = {
    "INTEGER": "BIGINT",
    "REAL": "DOUBLE PRECISION",
    "BLOB": "BYTEA",
    "TEXT": 'TEXT COLLATE "C"',
}


def old_file(place, fixture=FIXTURE):
    shutil.copy(fixture, place)


def old_database(url, fixture=FIXTURE):
    """The tables of an older format as they stood in PostgreSQL, with the rows of the fixture."""
    source = apsw.Connection(str(fixture), flags=apsw.SQLITE_OPEN_READONLY)
    kept = "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND type = ? ORDER BY rowid"
    tables, indexes, triggers = (list(source.execute(kept, [kind])) for kind in ("table", "index", "trigger"))
    guarded = {name.removesuffix("_UPDATE") for _, name, _ in triggers if name.endswith("_UPDATE")}
    with psycopg.connect(libpq(url), autocommit=True) as target:
        target.execute(f"SET search_path = {url.partition('search_path%3D')[2]}")
        ddl = "; ".join(statement.removesuffix(" STRICT") for _, _, statement in [*tables, *indexes])
        for ours, theirs in POSTGRES_TYPES.items():
            ddl = ddl.replace(f" {ours}", f" {theirs}")
        target.execute(ddl)
        target.execute(
            "CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql "
            "AS $$ BEGIN RAISE EXCEPTION 'append-only'; END $$"
        )
        for _, name, _ in tables:
            rows = list(source.execute(f"SELECT * FROM {name}"))
            marks = ", ".join(["%s"] * len(rows[0])) if rows else ""
            if rows:
                target.cursor().executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
            if name in guarded:
                when = f"BEFORE UPDATE OR DELETE OR TRUNCATE ON {name}"
                target.execute(
                    f"CREATE TRIGGER {name}_keep {when} FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
                )
        for statement in geometry_statements(META["crs"]):
            target.execute(statement)
    source.close()


@pytest.fixture
def old(place, empty, clock) -> Bench:
    """A store of format 1, not opened yet."""
    (old_database if isinstance(place, str) else old_file)(place)
    return Bench(empty, clock)


def test_format_1_is_migrated_and_verifies(old):
    assert old.store.exists
    assert old.store.verify() == []
    assert old.store.meta == StoreMeta(**META)
    assert [(r.number, r.kind, r.branch, r.undoes) for r in old.store.log()] == [
        (4, "edit", "official", None),
        (3, "undo", "official", 1),
        (2, "edit", "s", None),
        (1, "edit", "official", None),
        (0, "seed", "official", None),
    ]
    assert [row.parcel_id for row in old.table()] == ["A", "B", "C", "D"]
    assert [row.parcel_id for row in old.table("s")] == ["A", "C", "D", "B1", "B2"]
    assert old.row("A").geometry.equals_exact(shapely.box(377000.1, 3553000.7, 377100.1, 3553100.7), 0)
    assert dict(old.row("C", "s").values)["storeys"] == 9 and old.store.draft("d").body == {"k": 0.1}


def test_the_hashes_of_old_revisions_stay(old):
    connection = apsw.Connection(str(FIXTURE), flags=apsw.SQLITE_OPEN_READONLY)
    kept = dict(connection.execute("SELECT number, hash FROM changeset"))
    connection.close()
    assert {revision.number: revision.hash for revision in old.store.log()} == kept


def test_the_migration_is_recorded(old, place):
    old.store.read()
    old.store.close()
    with old.store.reading() as session:
        applied = session.all("SELECT format, description FROM migration ORDER BY format")
        assert session.all("SELECT value FROM meta WHERE key = 'format'") == [(str(FORMAT),)]
    assert applied == [
        (1, "created"),
        (2, "anchors, windows of checks, extents of changes"),
        (3, "records of the ledgers"),
    ]


def test_a_migrated_store_goes_on(old):
    anchor = old.store.anchor("迁移后")
    assert (anchor.revision, anchor.hash) == (4, old.store.revision(4).hash)
    edge = (377200.0, 3553000.0, 377200.2, 3553010.0)  # where B and B2 end
    given = old.commit_of(old.change("A", storeys=5), window=edge, seen=1)
    with pytest.raises(EditConflictError) as error:
        old.store.commit(given)
    told = {(c.parcel_id, c.why, c.expected, c.found) for c in error.value.conflicts}
    assert told == {("B", "window", 0, 3), ("B2", "window", 1, 0)}
    done = old.edit("A", storeys=5)
    assert done.prev_hash == anchor.hash
    old.store.undo(4, author=Author("李四"), reason=Reason("x"), op_id="u")
    assert old.store.verify(anchor) == []


def test_a_migrated_log_is_guarded_as_before(old, raw):
    old.store.read()
    for table in ("changeset", "change", "anchor"):
        with pytest.raises((apsw.ConstraintError, psycopg.errors.RaiseException), match="append-only"):
            column = "op_id" if table == "changeset" else "parcel_id" if table == "change" else "place"
            old.store.anchor("x")
            raw(f"UPDATE {table} SET {column} = 'x'", guarded=True)


def test_a_migration_that_fails_at_any_statement_leaves_format_1(old, monkeypatch):
    for failed in attempts(monkeypatch, old.store.read):
        assert failed < 100
    assert old.store.verify() == []


def test_a_backup_of_format_1_restores_into_either_database(new_place, clock):
    before = FIXTURE.read_bytes()
    store = restore(FIXTURE, new_place(), clock=clock)
    assert store.verify() == [] and store.head() == 4
    store.close()
    assert FIXTURE.read_bytes() == before


@pytest.mark.parametrize(("value", "words"), [("4", "更新版本"), ("neu", "格式号"), ("0", "格式号")])
def test_a_format_that_is_not_known_is_refused_untouched(bench, raw, place, clock, value, words):
    raw(f"UPDATE meta SET value = '{value}' WHERE key = 'format'")
    before = None if isinstance(place, str) else place.read_bytes()
    store = open_store(place, clock=clock)
    for call in (
        store.read,
        store.head,
        lambda: store.undo(0, author=Author("x"), reason=Reason("x"), op_id="x"),
    ):
        with pytest.raises(InputError, match=words):
            call()
    store.close()
    assert before is None or place.read_bytes() == before
