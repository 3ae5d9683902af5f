"""The store in a PostGIS database (中心库): SQLAlchemy Core over psycopg 3, one schema a store.

The truth of an outline is its WKB, as in the file; ``row_content.geom`` is generated from it by the database
for QGIS and SQL, and the view ``parcel_map`` shows the parcels of every branch as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from geoalchemy2 import Geometry
from sqlalchemy import Column, Computed, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateColumn

from gisapp.errors import InputError, Problem, UsageError
from gisapp.store import create
from gisapp.store.api import Clock
from gisapp.store.base import SqlStore
from gisapp.store.copying import copy_into_file
from gisapp.store.migrate import migrate, stored_format
from gisapp.store.nouns import StoreMeta
from gisapp.store.postgisfaults import translated
from gisapp.store.schema import FORMAT
from gisapp.store.session import Dialect, Params

CREATION_LOCK: Final = 0x67697361
"""Key of the advisory lock under which a store is created."""

GUARD: Final = """
    CREATE TRIGGER {table}_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION append_only()
    """

DIALECT: Final = Dialect(
    name="postgresql",
    types={"int": "BIGINT", "real": "DOUBLE PRECISION", "text": 'TEXT COLLATE "C"', "blob": "BYTEA"},
    guard=lambda table: [GUARD.format(table=table)],
    unguard=lambda table: [f"DROP TRIGGER IF EXISTS {table}_keep ON {table}"],
    prepare=(
        """
        CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN RAISE EXCEPTION 'append-only'; END $$
        """,
    ),
)

PARCEL_MAP: Final = """
    CREATE VIEW parcel_map AS
    SELECT p.branch, p.parcel_id, p.ver, p.seq, p.revision, c.values_json, c.geom
    FROM parcel p JOIN row_content c ON c.hash = p.row_hash
    """


class PostgisSession:
    """A transaction on one connection of SQLAlchemy."""

    dialect = DIALECT

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self, sql: str, params: Params | None = None) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        return [tuple(row) for row in self._connection.execute(text(sql), dict(params or {}))]

    def run(self, sql: str, params: Params | None = None) -> None:
        """Run a statement."""
        self._connection.execute(text(sql), dict(params or {}))

    def many(self, sql: str, params: Sequence[Params]) -> None:
        """Run a statement once for each set of parameters."""
        if params:
            self._connection.execute(text(sql), [dict(item) for item in params])

    def has_table(self, name: str) -> bool:
        """Whether there is a table of this name."""
        sql = "SELECT to_regclass(quote_ident(current_schema()) || '.' || quote_ident(:name)) IS NOT NULL"
        return bool(self.all(sql, {"name": name})[0][0])

    def integrity(self) -> list[str]:
        """Return which generated geometries are not those of their bytes; PostgreSQL has no check of files."""
        sql = "SELECT hash FROM row_content WHERE ST_AsBinary(geom, 'NDR') IS DISTINCT FROM wkb LIMIT 20"
        return [f"row_content.geom {content[:12]}" for (content,) in self.all(sql)]


class PostgisStore(SqlStore):
    """A store in a PostgreSQL database with PostGIS; the engine's pool makes it safe for threads."""

    def __init__(self, url: str, clock: Clock) -> None:
        super().__init__(clock)
        self.url = make_url(url).set(drivername="postgresql+psycopg")
        self.name = self.url.render_as_string(hide_password=True)
        self._engine = self._make_engine()
        self._checked = False

    def _make_engine(self) -> Engine:
        engine = create_engine(self.url, pool_pre_ping=True, pool_size=5, max_overflow=40)

        @event.listens_for(engine, "connect")
        def durable(connection: Any, _record: Any) -> None:  # psycopg's connection, SQLAlchemy's record
            """Make commits durable whatever the server's default is."""
            connection.execute("SET synchronous_commit = on")
            connection.commit()

        return engine

    @contextmanager
    def reading(self) -> Iterator[PostgisSession]:
        """Open a transaction that sees one state throughout."""
        self._check()
        with self._transaction(isolation_level="REPEATABLE READ", postgresql_readonly=True) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[PostgisSession]:
        """Open the one transaction that may write; others wait their turn, readers do not."""
        self._check()
        with self._transaction(isolation_level="READ COMMITTED") as session:
            session.run("LOCK TABLE changeset IN EXCLUSIVE MODE")
            yield session

    @contextmanager
    def creating(self, meta: StoreMeta) -> Iterator[PostgisSession]:
        """Open the transaction that makes the tables, and make them."""
        with self._transaction(isolation_level="READ COMMITTED") as session:
            session.run("SELECT pg_advisory_xact_lock(:key)", {"key": CREATION_LOCK})
            if session.has_table("meta"):
                raise UsageError(f"地块库 {self.name} 已存在", action="换一个数据库，或先移走旧库")
            need_postgis(session, self.name)
            create.make_tables(session)
            for statement in geometry_statements(meta.crs):
                session.run(statement)
            yield session

    @property
    def exists(self) -> bool:
        """Whether the store has been created."""
        with self._transaction() as session:
            return session.has_table("meta")

    def change_token(self) -> int:
        """Return the newest revision of all branches; one round trip."""
        self._check()
        with self._transaction(isolation_level="AUTOCOMMIT") as session:
            return int(session.all("SELECT max(number) FROM changeset")[0][0])

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()
        self._checked = False

    def _copy_to(self, path: Path) -> None:
        with self.reading() as session:
            copy_into_file(session, path, self._clock)

    def _check(self) -> None:
        """Look at the format once, and migrate an older one."""
        if self._checked:
            return
        with self._transaction(isolation_level="READ COMMITTED") as session:
            if not session.has_table("meta"):
                raise InputError(Problem("地块库尚未创建", file=self.name, action="先创建，或检查地址"))
            if stored_format(session) < FORMAT:
                session.run("LOCK TABLE changeset IN ACCESS EXCLUSIVE MODE")
                migrate(session, self._clock())
        self._checked = True

    @contextmanager
    def _transaction(self, **options: Any) -> Iterator[PostgisSession]:  # execution options of SQLAlchemy
        with (
            translated(self.name),
            self._engine.connect() as connection,
            connection.execution_options(**options).begin(),
        ):
            yield PostgisSession(connection)


def need_postgis(session: PostgisSession, name: str) -> None:
    """Make sure that the database has PostGIS; InputError where it has not and we may not add it."""
    if session.all("SELECT to_regtype('geometry') IS NOT NULL") == [(True,)]:
        return
    try:
        session.run("CREATE EXTENSION IF NOT EXISTS postgis")
    except DBAPIError as error:
        action = "请数据库管理员执行 CREATE EXTENSION postgis"
        raise InputError(Problem("数据库没有 PostGIS 扩展", file=name, action=action)) from error


def geometry_statements(crs: str) -> list[str]:
    """Return what adds the geometry column in the CRS of the outlines, its index and the view for QGIS."""
    authority, _, code = crs.partition(":")
    srid = int(code) if authority.upper() == "EPSG" and code.isdigit() else 0
    made_from = Computed(f"ST_GeomFromWKB(wkb, {srid})", persisted=True)
    column: Column[Any] = Column("geom", Geometry("GEOMETRY", srid=srid, spatial_index=False), made_from)
    added = CreateColumn(column).compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]  # SQLAlchemy's
    return [
        f"ALTER TABLE row_content ADD COLUMN {added}",
        "CREATE INDEX row_content_by_geom ON row_content USING gist (geom)",
        PARCEL_MAP,
    ]
