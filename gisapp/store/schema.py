"""The tables of a store (表结构), as data: both databases are created from it and copied by it.

``row_content`` keeps each content once, under its hash; ``changeset``, ``change`` and ``lineage`` are
append-only and hash-chained; ``parcel`` and ``parcel_version`` follow from them and make reading quick.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

FORMAT: Final = 3
"""The format that this program writes (库格式号); 1 had no anchors and no windows, 2 no ledgers."""


@dataclass(frozen=True)
class Table:
    """One table: columns as (name, type and constraint), further constraints, indexes as column lists.

    ``append_only`` tables refuse UPDATE and DELETE by triggers.
    """

    name: str
    columns: tuple[tuple[str, str], ...]
    constraints: tuple[str, ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    append_only: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(name for name, _ in self.columns)


REQUIRED_TEXT: Final = "{text} NOT NULL"
REQUIRED_INT: Final = "{int} NOT NULL"
BOUNDS: Final = ("west", "south", "east", "north")

ROW_CONTENT: Final = Table(
    "row_content",
    (
        ("hash", "{text} PRIMARY KEY"),
        ("parcel_id", REQUIRED_TEXT),
        ("wkb", "{blob} NOT NULL"),
        ("values_json", REQUIRED_TEXT),
        *((side, "{real} NOT NULL") for side in BOUNDS),
    ),
    append_only=True,
)

LEDGER_RECORD: Final = Table(
    "ledger_record",
    (
        ("number", "{int} PRIMARY KEY"),
        ("form", REQUIRED_INT),
        ("branch", "{text} NOT NULL REFERENCES branch(name)"),
        ("book", REQUIRED_TEXT),
        ("day", REQUIRED_TEXT),
        ("document", REQUIRED_TEXT),
        ("body_json", REQUIRED_TEXT),
        ("reverses", "{int} UNIQUE REFERENCES ledger_record(number)"),
        ("op_id", REQUIRED_TEXT),
        ("position", REQUIRED_INT),
        ("author", REQUIRED_TEXT),
        ("author_role", REQUIRED_TEXT),
        ("made_at", REQUIRED_TEXT),
        ("head", "{int} NOT NULL REFERENCES changeset(number)"),
        ("head_hash", REQUIRED_TEXT),
        ("prev_hash", REQUIRED_TEXT),
        ("hash", REQUIRED_TEXT),
    ),
    ("UNIQUE (op_id, position)",),
    indexes=(("branch", "number"),),
    append_only=True,
)

ANCHOR: Final = Table(
    "anchor",
    (
        ("id", "{int} PRIMARY KEY"),
        ("number", "{int} NOT NULL REFERENCES changeset(number)"),
        ("hash", REQUIRED_TEXT),
        ("place", REQUIRED_TEXT),
        ("made_at", REQUIRED_TEXT),
        ("ledger_number", "{int}"),
        ("ledger_hash", "{text}"),
    ),
    append_only=True,
)

TABLES: Final = (
    Table("meta", (("key", "{text} PRIMARY KEY"), ("value", REQUIRED_TEXT))),
    Table(
        "migration",
        (("format", "{int} PRIMARY KEY"), ("applied_at", REQUIRED_TEXT), ("description", REQUIRED_TEXT)),
        append_only=True,
    ),
    Table(
        "branch",
        (
            ("name", "{text} PRIMARY KEY"),
            ("title", REQUIRED_TEXT),
            ("source", "{text} REFERENCES branch(name)"),
            ("fork", "{int}"),
            ("author", REQUIRED_TEXT),
            ("author_role", REQUIRED_TEXT),
            ("made_at", REQUIRED_TEXT),
            ("hash", REQUIRED_TEXT),
            ("closed_at", "{text}"),
            ("closed_by", "{text}"),
        ),
    ),
    ROW_CONTENT,
    Table("parcel_seq", (("parcel_id", "{text} PRIMARY KEY"), ("seq", "{int} NOT NULL UNIQUE"))),
    Table(
        "changeset",
        (
            ("number", "{int} PRIMARY KEY"),
            ("form", REQUIRED_INT),
            ("branch", "{text} NOT NULL REFERENCES branch(name)"),
            ("parent", "{int} REFERENCES changeset(number)"),
            ("kind", REQUIRED_TEXT),
            ("author", REQUIRED_TEXT),
            ("author_role", REQUIRED_TEXT),
            ("reason_code", REQUIRED_TEXT),
            ("reason_text", REQUIRED_TEXT),
            ("document", "{text}"),
            ("op_id", "{text} NOT NULL UNIQUE"),
            ("op_json", REQUIRED_TEXT),
            ("base_json", REQUIRED_TEXT),
            ("read_json", REQUIRED_TEXT),
            ("window_json", "{text}"),
            ("seen", "{int}"),
            ("made_at", REQUIRED_TEXT),
            ("undoes", "{int} UNIQUE REFERENCES changeset(number)"),
            ("prev_hash", REQUIRED_TEXT),
            ("hash", REQUIRED_TEXT),
        ),
        indexes=(("branch", "number"),),
        append_only=True,
    ),
    Table(
        "change",
        (
            ("number", "{int} NOT NULL REFERENCES changeset(number)"),
            ("position", REQUIRED_INT),
            ("branch", REQUIRED_TEXT),
            ("parcel_id", REQUIRED_TEXT),
            ("seq", REQUIRED_INT),
            ("before_hash", "{text} REFERENCES row_content(hash)"),
            ("after_hash", "{text} REFERENCES row_content(hash)"),
            ("before_ver", REQUIRED_INT),
            ("after_ver", REQUIRED_INT),
            ("outline", REQUIRED_INT),
            *((side, "{real} NOT NULL") for side in BOUNDS),
        ),
        ("PRIMARY KEY (number, position)", "UNIQUE (number, parcel_id)"),
        indexes=(("branch", "parcel_id", "number"), ("branch", "number")),
        append_only=True,
    ),
    Table(
        "lineage",
        (
            ("number", "{int} NOT NULL REFERENCES changeset(number)"),
            ("position", REQUIRED_INT),
            ("parent_id", REQUIRED_TEXT),
            ("child_id", REQUIRED_TEXT),
        ),
        ("PRIMARY KEY (number, position)",),
        indexes=(("parent_id",), ("child_id",)),
        append_only=True,
    ),
    Table(
        "parcel",
        (
            ("branch", "{text} NOT NULL REFERENCES branch(name)"),
            ("parcel_id", REQUIRED_TEXT),
            ("ver", REQUIRED_INT),
            ("seq", REQUIRED_INT),
            ("row_hash", "{text} NOT NULL REFERENCES row_content(hash)"),
            ("revision", REQUIRED_INT),
        ),
        ("PRIMARY KEY (branch, parcel_id)",),
    ),
    Table(
        "parcel_version",
        (
            ("branch", "{text} NOT NULL REFERENCES branch(name)"),
            ("parcel_id", REQUIRED_TEXT),
            ("ver", REQUIRED_INT),
            ("seq", REQUIRED_INT),
            ("row_hash", "{text} NOT NULL REFERENCES row_content(hash)"),
            ("from_rev", REQUIRED_INT),
            ("to_rev", "{int}"),
        ),
        ("PRIMARY KEY (branch, parcel_id, from_rev)",),
        indexes=(("branch", "from_rev"),),
    ),
    Table(
        "draft",
        (
            ("id", "{text} PRIMARY KEY"),
            ("branch", REQUIRED_TEXT),
            ("title", REQUIRED_TEXT),
            ("author", REQUIRED_TEXT),
            ("author_role", REQUIRED_TEXT),
            ("body_json", REQUIRED_TEXT),
            ("updated_at", REQUIRED_TEXT),
        ),
    ),
    LEDGER_RECORD,
    ANCHOR,
)


def create_statement(table: Table, types: Mapping[str, str], *, suffix: str = "") -> str:
    """Return CREATE TABLE in the types of a database (keys ``int``, ``real``, ``text``, ``blob``)."""
    parts = [f"{name} {kind.format_map(types)}" for name, kind in table.columns]
    return f"CREATE TABLE {table.name} ({', '.join([*parts, *table.constraints])}){suffix}"


def index_statements(table: Table) -> list[str]:
    """Return CREATE INDEX for each index of a table."""
    return [
        f"CREATE INDEX {table.name}_by_{'_'.join(columns)} ON {table.name} ({', '.join(columns)})"
        for columns in table.indexes
    ]


def insert_statement(table: str, names: tuple[str, ...], *, suffix: str = "") -> str:
    """Return INSERT with one named parameter for each column."""
    values = ", ".join(f":{name}" for name in names)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({values}){suffix}"  # noqa: S608 (our own names)
