"""The settings of a scenario as they are recorded (情景设置): who set what when, and what holds now.

They stand in the store's records beside the ledgers, append-only: the newest record of a key wins, and a record
without a value takes the key back. Only schemes have settings; the official parcels are evaluated as the rulebooks say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gisapp.model.changes import OFFICIAL
from gisapp.model.ledger import Book, LedgerRecord
from gisapp.model.rules import Rulebook
from gisapp.rules.override import settable
from gisapp.store import ParcelStore

BOOK: Final[Book] = "scenario"


@dataclass(frozen=True)
class Setting:
    """One setting that holds in a scenario (情景设置), with who set it and when (UTC)."""

    key: str
    value: str
    author: str
    made_at: datetime


def in_force(records: Iterable[LedgerRecord], branch: str) -> dict[str, Setting]:
    """Return what holds on a branch, by key in the order of first setting; `records` oldest first."""
    found: dict[str, Setting] = {}
    for record in records:
        if record.book != BOOK or record.branch != branch:
            continue
        key, value = str(record.body["key"]), record.body["value"]
        if value is None:
            found.pop(key, None)
        else:
            found[key] = Setting(key, str(value), record.author.name, record.made_at)
    return found


def settings_of(store: ParcelStore | None, branch: str) -> dict[str, str]:
    """Return the settings of a branch (情景设置); the official parcels have none."""
    if store is None or branch == OFFICIAL:
        return {}
    return {key: setting.value for key, setting in in_force(store.ledger(), branch).items()}


def applying(settings: Mapping[str, str], rulebook: Rulebook) -> dict[str, str]:
    """Return the settings that mean something for a rulebook: a threshold of another one's rule does not."""
    return {key: value for key, value in settings.items() if settable(rulebook, key)}
