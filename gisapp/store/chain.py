"""The hash chain (哈希链): every revision's header carries the hash of the one before it.

What is hashed is text as it is stored, so that a verdict never depends on how JSON is read back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from gisapp.errors import UsageError
from gisapp.model.changes import canonical

GENESIS: Final = "0" * 64
"""The hash before the first."""

FORM: Final = 2
"""How headers are put together today; each revision keeps the form it was hashed in."""

HEADER: Final = (
    "number",
    "branch",
    "parent",
    "kind",
    "author",
    "author_role",
    "reason_code",
    "reason_text",
    "document",
    "op_id",
    "op_json",
    "base_json",
    "read_json",
    "made_at",
    "undoes",
    "prev_hash",
)
HEADER_2: Final = (*HEADER, "window_json", "seen")
"""Columns of ``changeset`` in the header by form: 1 knew neither windows nor hashes of branches."""


@dataclass(frozen=True)
class ChangeLine:
    """One change as it is hashed and kept (变更行); versions count every change of a parcel on its branch."""

    parcel_id: str
    seq: int
    before_hash: str | None
    after_hash: str | None
    before_ver: int
    after_ver: int

    def text(self) -> str:
        """Return the line as it goes into the digest."""
        return canonical(list(self.__dict__.values()))


def digest(lines: Iterable[str]) -> str:
    """Return the SHA-256 of lines, each ended."""
    out = hashlib.sha256()
    for line in lines:
        out.update(line.encode())
        out.update(b"\n")
    return out.hexdigest()


def revision_hash(
    header: Mapping[str, Any],  # the row of changeset
    changes: Iterable[ChangeLine],
    descent: Iterable[tuple[str, str]],
    branch_hash: str,
    *,
    form: int = FORM,
) -> str:
    """Return the hash of a revision: its header, its changes, its descent and the branch it stands on."""
    kept = {name: header[name] for name in (HEADER if form == 1 else HEADER_2)}
    kept["changes"] = digest(change.text() for change in changes)
    kept["descent"] = digest(canonical(list(pair)) for pair in descent)
    kept |= {} if form == 1 else {"branch_hash": branch_hash, "form": form}
    return digest([canonical(kept)])


def branch_hash(row: Mapping[str, Any]) -> str:  # the row of branch
    """Return the hash of what never changes about a branch."""
    names = ("name", "title", "source", "fork", "author", "author_role", "made_at")
    return digest([canonical({name: row[name] for name in names})])


def moment_text(moment: datetime) -> str:
    """Return an aware moment as UTC text that sorts by time.

    Raises
    ------
    UsageError
        If it has no time zone.
    """
    if moment.tzinfo is None:
        raise UsageError("时间缺少时区", action="传入带时区的时间，例如 datetime.now(UTC)")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def moment_of(text: str) -> datetime:
    """Return the moment that `moment_text` wrote."""
    return datetime.fromisoformat(text)
