"""Both backends through one suite: a clock that ticks, a small fabric, stores created from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import apsw
import psycopg
import pytest
import shapely

from gisapp.model.changes import OFFICIAL, Author, Change, Commit, Descent, Reason, Row
from gisapp.store import StoreMeta, open_store
from tests.store.pg import AbsentError, cluster

START = datetime(2026, 6, 30, 8, 0, tzinfo=UTC)
META = StoreMeta("demo", "EPSG:4549", "ab" * 32, {"title": {"zh": "示范"}})
ANNA, BERT = Author("张三", "planner"), Author("李四", "planner")
REASON = Reason("survey", "界址点复测", "宁规〔2026〕7号")

# A place whose coordinates have no short binary form, so that any detour over text or floats of 32 bits shows.
EAST, NORTH, SIDE = 377_000.1, 3_553_000.7, 100.3


class Clock:
    """A minute passes each time it is asked."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


def square(column: int, row: int, *, grow: float = 0.0) -> shapely.Polygon:
    """A square of the grid; `grow` moves its east side [m]."""
    x, y = EAST + column * SIDE, NORTH + row * SIDE
    return shapely.Polygon([(x, y), (x + SIDE + grow, y), (x + SIDE + grow, y + SIDE), (x, y + SIDE)])


def grid() -> list[Row]:
    """Nine parcels in a 3 × 3 grid; one with a hole, one of two parts far apart."""
    shapes = {f"P{i}{j}": square(i, j) for i in range(3) for j in range(3)}
    shapes["P11"] = shapely.difference(shapes["P11"], shapely.buffer(shapes["P11"].centroid, 10.0))
    shapes["P22"] = shapely.MultiPolygon([shapes["P22"], square(20, 20)])
    values = {
        "use_code": "100101",
        "floor_area_m2": 1234.1,
        "storeys": 3,
        "mortgaged": False,
        "name": "北区“一号”",
    }
    return [
        Row.of(
            key,
            shape,
            values | {"registered_area_m2": 0.1 * k, "supplied_on": None, "started_on": "2019-05-01"},
        )
        for k, (key, shape) in enumerate(shapes.items())
    ]


class Bench:
    """A store and short ways of editing it."""

    def __init__(self, store, clock: Clock) -> None:
        self.store, self.clock = store, clock
        self._ops = count()

    def row(self, parcel_id: str, branch: str = OFFICIAL) -> Row | None:
        found = self.store.rows(branch, [parcel_id])
        return found[parcel_id][0] if found else None

    def version(self, parcel_id: str, branch: str = OFFICIAL) -> int:
        found = self.store.rows(branch, [parcel_id])
        return found[parcel_id][1] if found else 0

    def commit_of(self, *changes: Change, branch: str = OFFICIAL, **more) -> Commit:
        """A commit of changes made from what is there now."""
        base = {change.parcel_id: self.version(change.parcel_id, branch) for change in changes}
        told = {"base": base, "author": ANNA, "reason": REASON, "op_id": f"op-{next(self._ops)}"} | more
        return Commit(branch=branch, changes=changes, **told)

    def change(self, parcel_id: str, geometry=None, branch: str = OFFICIAL, **values) -> Change:
        """A change of a parcel to another outline or other values, from what is there now."""
        before = self.row(parcel_id, branch)
        kept = dict(before.values) if before else {"use_code": "0701"}
        shape = geometry if geometry is not None else before.geometry
        return Change(parcel_id, before, Row.of(parcel_id, shape, kept | values))

    def edit(self, parcel_id: str, geometry=None, branch: str = OFFICIAL, more=None, **values):
        """Commit one change and return the revision."""
        change = self.change(parcel_id, geometry, branch, **values)
        return self.store.commit(self.commit_of(change, branch=branch, **(more or {})))

    def retire(self, parcel_id: str, branch: str = OFFICIAL, **more):
        change = Change(parcel_id, self.row(parcel_id, branch), None)
        return self.store.commit(self.commit_of(change, branch=branch, **more))

    def split(self, parcel_id: str, branch: str = OFFICIAL, **more):
        """Cut a parcel in a west and an east half and return the revision."""
        before = self.row(parcel_id, branch)
        west, south, east, north = shapely.bounds(before.geometry)
        middle = (west + east) / 2
        halves = [shapely.box(west, south, middle, north), shapely.box(middle, south, east, north)]
        ids = [f"拟-{parcel_id}-{k}" for k in (1, 2)]
        new = [Change(key, None, Row.of(key, half, {})) for key, half in zip(ids, halves, strict=True)]
        descent = tuple(Descent(parcel_id, key) for key in ids)
        given = self.commit_of(
            Change(parcel_id, before, None), *new, branch=branch, **({"descent": descent} | more)
        )
        return self.store.commit(given)

    def undo(self, number: int, author: Author = ANNA, op_id: str | None = None):
        return self.store.undo(number, author=author, reason=REASON, op_id=op_id or f"op-{next(self._ops)}")

    def table(self, branch: str = OFFICIAL, revision: int | None = None) -> tuple[Row, ...]:
        return self.store.read(branch, revision).rows


@pytest.fixture(scope="session")
def postgres():
    """A private cluster; the tests that need it are skipped, saying why, where it cannot be had."""
    try:
        running = cluster()
        opened = running.__enter__()
    except AbsentError as reason:
        pytest.skip(str(reason))
    yield opened
    running.__exit__(None, None, None)


@pytest.fixture(params=["sqlite", "postgis"])
def new_place(request, tmp_path):
    """A maker of empty places for stores, of each backend in turn."""
    numbers = count()
    if request.param == "sqlite":
        return lambda: tmp_path / f"store-{next(numbers)}.db"
    return request.getfixturevalue("postgres").new_url


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def place(new_place):
    return new_place()


@pytest.fixture
def empty(place, clock):
    """A store that is not created yet."""
    store = open_store(place, clock=clock)
    yield store
    store.close()


@pytest.fixture
def bench(empty, clock) -> Bench:
    """A store created from the grid."""
    empty.create(META, grid(), author=ANNA, made_at=START)
    return Bench(empty, clock)


@pytest.fixture
def raw(place, empty):
    """Run SQL behind the store's back, guards and foreign keys off; as somebody who tampers would."""

    def run(*statements: str, guarded: bool = False) -> None:
        empty.close()
        if isinstance(place, str):
            schema = place.partition("search_path%3D")[2]
            with psycopg.connect(libpq(place), autocommit=True) as connection:
                connection.execute(f"SET search_path = {schema}")
                if not guarded:
                    connection.execute("SET session_replication_role = replica")
                for statement in statements:
                    connection.execute(statement)
            return
        connection = apsw.Connection(str(place))
        triggers = [] if guarded else [name for (name,) in connection.execute(TRIGGERS)]
        for statement in [*(f"DROP TRIGGER {name}" for name in triggers), *statements]:
            connection.execute(statement)
        connection.close()

    return run


TRIGGERS = "SELECT name FROM sqlite_schema WHERE type = 'trigger'"


def libpq(url: str) -> str:
    folder = url.partition("host=")[2].partition("&")[0]
    return f"host={folder} user=postgres dbname=postgres"
