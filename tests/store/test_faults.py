"""When the disk is full, the file is locked or a statement fails: a clear message, and nothing half-written."""

import apsw
import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from gisapp.errors import InputError
from gisapp.model.changes import EditConflictError
from gisapp.store import open_store
from gisapp.store.postgis import PostgisSession
from gisapp.store.postgisfaults import translated
from gisapp.store.sqlite import SqliteSession, SqliteStore
from tests.store.conftest import ANNA, META, START, Bench, grid, square


class StopError(Exception):
    """The power of this test to fail a statement."""


def counting(monkeypatch, fail_at):
    """Let the statement number `fail_at` raise; return the list of those that ran."""
    ran = []

    def wrap(kind, name):
        inner = getattr(kind, name)

        def call(self, sql, params=None):
            ran.append(sql)
            if len(ran) == fail_at:
                raise StopError
            return inner(self, sql, params)

        monkeypatch.setattr(kind, name, call)

    for kind in (SqliteSession, PostgisSession):
        for name in ("all", "run", "many"):
            wrap(kind, name)
    return ran


def attempts(monkeypatch, work):
    """Fail each statement of `work` in turn; yield after each failure, until it runs through."""
    for fail_at in range(1, 200):
        with monkeypatch.context() as patch:
            counting(patch, fail_at)
            try:
                work()
            except StopError:
                pass
            else:
                return
        yield fail_at
    raise AssertionError("never ran through")


def test_a_commit_that_fails_at_any_statement_leaves_nothing(bench, monkeypatch):
    failed = 0
    for _ in attempts(monkeypatch, lambda: bench.split("P11")):
        failed += 1
        assert bench.table() == tuple(grid()) and bench.store.head() == 0 and bench.store.verify() == []
    assert failed > 15 and bench.store.head() == 1 and bench.store.verify() == []


def test_an_undo_or_a_branch_that_fails_at_any_statement_leaves_nothing(bench, monkeypatch):
    bench.split("P11")
    table = bench.table()
    works = (lambda: bench.store.create_branch("s", "方案", author=ANNA), lambda: bench.undo(1))
    for work in works:
        for _ in attempts(monkeypatch, work):
            assert bench.table() == table and bench.store.head() == 1 and bench.store.verify() == []
    assert bench.table() == tuple(grid()) and len(bench.store.branches()) == 2


def test_creating_that_fails_at_any_statement_leaves_no_store(empty, monkeypatch):
    for _ in attempts(monkeypatch, lambda: empty.create(META, grid(), author=ANNA, made_at=START)):
        assert not empty.exists
    assert empty.verify() == []


@pytest.fixture
def hooked():
    """Add hooks to every new apsw connection, and take them off again."""
    before = list(apsw.connection_hooks)
    yield apsw.connection_hooks
    apsw.connection_hooks[:] = before


@pytest.fixture
def file_bench(tmp_path, clock) -> Bench:
    store = SqliteStore(tmp_path / "store.db", clock, busy_s=0.05)
    store.create(META, grid(), author=ANNA, made_at=START)
    yield Bench(store, clock)
    store.close()


def test_a_full_disk_is_told_and_nothing_is_lost(file_bench, hooked):
    done = file_bench.edit("P00", storeys=9)
    file_bench.store.close()
    pages = file_bench.store.path.stat().st_size // 4096
    hooked.append(lambda connection: connection.pragma("max_page_count", pages + 3))
    big = [file_bench.change(f"M{k}", square(k, 9)) for k in range(400)]
    with pytest.raises(InputError, match="磁盘空间不足，本次改动未写入；处理：清理磁盘"):
        file_bench.store.commit(file_bench.commit_of(*big))
    assert file_bench.store.head() == done.number and file_bench.store.verify() == []
    del hooked[-1]
    file_bench.store.close()
    assert file_bench.store.commit(file_bench.commit_of(*big)).number == 2
    assert file_bench.store.verify() == []


def test_a_disk_too_full_to_begin_with(tmp_path, clock, hooked):
    hooked.append(lambda connection: connection.pragma("max_page_count", 5))
    store = open_store(tmp_path / "store.db", clock=clock)
    with pytest.raises(InputError, match="磁盘空间不足"):
        store.create(META, grid(), author=ANNA, made_at=START)
    assert not store.exists
    del hooked[-1]
    store.close()
    store.create(META, grid(), author=ANNA, made_at=START)
    assert store.verify() == []
    store.close()


def test_a_file_that_another_program_locks(file_bench):
    other = apsw.Connection(str(file_bench.store.path))
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(InputError, match="占用"):
        file_bench.edit("P00", storeys=9)
    assert file_bench.table() == tuple(grid()), "readers go on"
    other.execute("ROLLBACK")
    assert file_bench.edit("P00", storeys=9).number == 1
    other.close()


def test_a_file_that_may_not_be_written(file_bench, hooked):
    file_bench.store.close()
    hooked.append(lambda connection: connection.pragma("query_only", True))
    with pytest.raises(InputError, match="权限"):
        file_bench.edit("P00", storeys=9)
    assert file_bench.table() == tuple(grid())


def test_files_that_are_no_store_are_left_as_they_are(tmp_path, clock):
    foreign = tmp_path / "foreign.gpkg"
    connection = apsw.Connection(str(foreign))
    connection.execute("CREATE TABLE gpkg_contents (a)")
    connection.close()
    (tmp_path / "text.db").write_bytes(b"parcel_id,name\n" * 400)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    for name in ("foreign.gpkg", "text.db"):
        store = open_store(tmp_path / name, clock=clock)
        for call in (store.read, lambda s=store: s.create(META, grid(), author=ANNA, made_at=START)):
            with pytest.raises(InputError, match="地块库"):
                call()
        store.close()
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_folder_that_is_not_there(tmp_path, clock):
    store = open_store(tmp_path / "nowhere" / "store.db", clock=clock)
    with pytest.raises(InputError, match="无法打开"):
        store.create(META, grid(), author=ANNA, made_at=START)


def test_a_server_that_does_not_answer(tmp_path, clock):
    store = open_store(f"postgresql://nobody:geheim@/db?host={tmp_path}", clock=clock)
    with pytest.raises(InputError, match="连接") as error:
        store.read()
    assert "geheim" not in str(error.value)
    store.close()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (psycopg.errors.DiskFull("x"), "磁盘空间不足"),
        (psycopg.errors.InsufficientPrivilege("x"), "权限"),
        (psycopg.errors.ReadOnlySqlTransaction("x"), "只读"),
        (psycopg.errors.AdminShutdown("x"), "停止"),
        (psycopg.errors.InvalidPassword("x"), "密码"),
    ],
)
def test_what_a_server_says_of_itself_is_told_in_chinese(fault, words):
    with pytest.raises(InputError, match=words), translated("库"):
        raise OperationalError("sql", {}, fault)


def test_what_a_server_says_of_our_sql_is_not_hidden():
    with pytest.raises(OperationalError), translated("库"):
        raise OperationalError("sql", {}, psycopg.errors.SyntaxError("x"))


def test_conflicts_pass_untouched(bench):
    given = bench.commit_of(bench.change("P00", storeys=4), base={"P00": 7})
    with pytest.raises(EditConflictError):
        bench.store.commit(given)
