"""One transaction on a database (会话), and what differs between the two databases' SQL (方言)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Protocol, TypeVar

Params = Mapping[str, Any]  # values of named parameters: text, bytes, int, float, None
T = TypeVar("T")

CHUNK: Final = 500
"""How many ids go into one IN list."""


@dataclass(frozen=True)
class Dialect:
    """What the two databases spell differently (方言).

    ``guard`` gives the statements that make a table append-only, ``unguard`` those that free it again for a
    migration; ``prepare`` runs before the tables are made, ``suffix`` ends each CREATE TABLE.
    """

    name: str
    types: Mapping[str, str]
    guard: Callable[[str], list[str]]
    unguard: Callable[[str], list[str]]
    prepare: tuple[str, ...] = ()
    suffix: str = ""


class Session(Protocol):
    """A transaction: everything in it becomes visible and durable together, or not at all."""

    @property
    def dialect(self) -> Dialect:
        """How this database spells things."""
        ...

    def all(self, sql: str, params: Params | None = None) -> list[tuple[Any, ...]]:
        """Return all rows of a query; parameters are written ``:name``."""
        ...

    def run(self, sql: str, params: Params | None = None) -> None:
        """Run a statement."""
        ...

    def many(self, sql: str, params: Sequence[Params]) -> None:
        """Run a statement once for each set of parameters; for none, not at all."""
        ...

    def has_table(self, name: str) -> bool:
        """Whether there is a table of this name."""
        ...

    def integrity(self) -> list[str]:
        """Return what the database itself finds wrong with its file."""
        ...


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Yield `items` in lists of at most `size`."""
    iterator = iter(items)
    while part := list(islice(iterator, size)):
        yield part


def in_list(
    session: Session, sql: str, ids: Iterable[object], params: Params | None = None
) -> list[tuple[Any, ...]]:
    """Return the rows of a query whose ``{ids}`` stands for an IN list, asked in parts."""
    found: list[tuple[Any, ...]] = []
    for part in chunks(dict.fromkeys(ids)):
        named = {f"id{k}": value for k, value in enumerate(part)}
        marks = "(" + ", ".join(f":{name}" for name in named) + ")"
        found += session.all(sql.replace("{ids}", marks), {**(params or {}), **named})
    return found
