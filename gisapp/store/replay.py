"""Integrity (完整性核对), second part: the changes replayed from the seed must give the state that is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from gisapp.model.changes import Row
from gisapp.store.nouns import Fault, FaultCode
from gisapp.store.schema import BOUNDS
from gisapp.store.session import Session
from gisapp.store.write import extent

SHOWN: Final = 50
"""How many differing records of one kind are listed."""

Rows = list[dict[str, Any]]
"""Rows of one table by column."""

Interval = tuple[str, str, int, int, str, int, int | None]
"""A row of ``parcel_version``."""


@dataclass
class _Line:
    """The state of one branch while it is replayed."""

    alive: dict[str, tuple[int, int, str, int]] = field(default_factory=dict)
    """Version, seq, content and newest revision by parcel."""
    last: dict[str, int] = field(default_factory=dict)
    """The newest version of parcels that are gone."""
    ended: list[Interval] = field(default_factory=list)


class _Replay:
    """All branches replayed side by side, with what was found wrong on the way."""

    def __init__(self, log: Mapping[str, Rows], contents: Mapping[str, Mapping[str, Any]]) -> None:
        self.faults: list[Fault] = []
        self.seqs: dict[str, int] = {}
        self.lines: dict[str, _Line] = {}
        self.contents = contents
        self.forks = sorted(log["branch"], key=lambda row: -1 if row["fork"] is None else row["fork"])
        self.changes: dict[int, Rows] = {}
        for row in log["change"]:
            self.changes.setdefault(row["number"], []).append(row)
        self.heads = log["changeset"]

    def run(self) -> None:
        """Replay every revision in its order."""
        self._fork(None)
        parents: dict[str, int | None] = {row["name"]: row["fork"] for row in self.forks}
        for head in self.heads:
            branch, number = head["branch"], head["number"]
            line = self.lines.get(branch)
            if line is None or head["parent"] != parents[branch]:
                self._fault("branch", f"版本 {number} 的分支或上一版本不成立", number)
            if line is not None:
                parents[branch] = number
                self._replay(line, number, branch)
                self._check_undo(head)
            self._fork(number)
        for row in self.forks:
            if row["name"] not in self.lines:
                self._fault("branch", f"分支 {row['name']} 的来源或起点不存在", row["fork"])

    def _fork(self, number: int | None) -> None:
        for row in self.forks:
            if row["fork"] != number:
                continue
            if row["source"] is None:
                self.lines[row["name"]] = _Line()
            elif row["source"] in self.lines:
                self.lines[row["name"]] = _Line(dict(self.lines[row["source"]].alive))

    def _replay(self, line: _Line, number: int, branch: str) -> None:
        for change in self.changes.get(number, []):
            key = change["parcel_id"]
            ver, _, content, since = line.alive.get(key, (0, 0, None, 0))
            seq = self.seqs.setdefault(key, len(self.seqs))
            after = max(ver, line.last.get(key, 0)) + 1
            wanted = {
                "branch": branch,
                "before_hash": content,
                "before_ver": ver,
                "after_ver": after,
                "seq": seq,
            }
            wanted |= self._extent(change)
            if any(change[name] != value for name, value in wanted.items()):
                self._fault("replay", f"版本 {number} 中地块 {key} 的变更接不上其前一状态", number, key)
            if content is not None:
                line.ended.append((branch, key, ver, seq, content, since, number))
            line.last[key] = after
            line.alive.pop(key, None)
            if change["after_hash"] is not None:
                line.alive[key] = (after, seq, change["after_hash"], number)

    def _extent(self, change: Mapping[str, Any]) -> dict[str, Any]:
        """Return the extent that a change must have; nothing where a content is missing or broken."""
        names = [change["before_hash"], change["after_hash"]]
        found = [self.contents.get(name or "") for name in names]
        if any(name is not None and row is None for name, row in zip(names, found, strict=True)):
            return {}
        boxes = [np.array([row[side] for side in BOUNDS]) for row in found if row is not None]
        rows = [None if row is None else Row(row["parcel_id"], bytes(row["wkb"]), {}) for row in found]
        return extent(rows[0], rows[1], boxes) if boxes else {"outline": None}

    def _check_undo(self, head: Mapping[str, Any]) -> None:
        if head["undoes"] is None:
            return
        mine = [
            (r["parcel_id"], r["after_hash"], r["before_hash"]) for r in self.changes.get(head["number"], [])
        ]
        theirs = self.changes.get(head["undoes"], [])
        if mine != [(r["parcel_id"], r["before_hash"], r["after_hash"]) for r in theirs]:
            message = f"版本 {head['number']} 不是版本 {head['undoes']} 的撤销"
            self._fault("undo", message, head["number"])

    def _fault(self, code: FaultCode, message: str, number: int | None, parcel_id: str | None = None) -> None:
        self.faults.append(Fault(code, message, number, parcel_id))


def replay_faults(
    session: Session, log: Mapping[str, Rows], contents: Mapping[str, Mapping[str, Any]]
) -> list[Fault]:
    """Return where the replay of all changes differs from what is kept.

    `log` are the rows of changeset, change, lineage and branch in order; `contents` those of row_content by hash.
    """
    replay = _Replay(log, contents)
    replay.run()
    return [*replay.faults, *op_faults(log["changeset"]), *_state_faults(session, replay)]


def op_faults(heads: Rows) -> Iterable[Fault]:
    """Yield operation numbers and undone revisions that stand twice."""
    for name, title in (("op_id", "操作号"), ("undoes", "撤销对象")):
        seen: set[Any] = set()
        for head in heads:
            if head[name] is not None and head[name] in seen:
                yield Fault("op_id", f"{title} {head[name]} 出现两次", revision=head["number"])
            seen.add(head[name])


def _state_faults(session: Session, replay: _Replay) -> Iterable[Fault]:
    state, intervals = set(), set()
    for branch, line in replay.lines.items():
        intervals |= set(line.ended)
        for key, (ver, seq, content, since) in line.alive.items():
            state.add((branch, key, ver, seq, content, since))
            intervals.add((branch, key, ver, seq, content, since, None))
    sql = "SELECT branch, parcel_id, ver, seq, row_hash, revision FROM parcel"
    yield from _differing("state", "现状记录与变更重放的结果不同", state, session.all(sql), 1)
    sql = "SELECT branch, parcel_id, ver, seq, row_hash, from_rev, to_rev FROM parcel_version"
    yield from _differing("interval", "历史区间与变更重放的结果不同", intervals, session.all(sql), 1)
    sql = "SELECT parcel_id, seq FROM parcel_seq"
    yield from _differing(
        "seq", "地块次序与变更重放的结果不同", set(replay.seqs.items()), session.all(sql), 0
    )


def _differing(
    code: FaultCode,
    message: str,
    wanted: set[Any],
    found: list[tuple[Any, ...]],  # rows of one table
    key: int,
) -> Iterable[Fault]:
    differing = {row[key] for row in wanted ^ set(found)}
    if len(found) != len(set(found)):
        yield Fault(code, f"{message}（有重复记录）")
    for parcel_id in sorted(differing)[:SHOWN]:
        yield Fault(code, message, parcel_id=parcel_id)
