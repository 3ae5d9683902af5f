"""What may be recorded and what is a conflict (提交规则): pure, the same for both databases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from gisapp.errors import UsageError
from gisapp.model.changes import Change, Commit, Row, canonical

Why = Literal["base", "read", "window"]


@dataclass(frozen=True)
class Current:
    """What a branch holds of a parcel now (当前记录)."""

    ver: int
    row_hash: str
    revision: int


@dataclass(frozen=True)
class Newer:
    """A parcel whose outline changed after a revision (后来的变更): its version and content before that."""

    parcel_id: str
    before_ver: int
    before_hash: str | None


@dataclass(frozen=True)
class Clash:
    """A conflict before it is told in full (冲突)."""

    parcel_id: str
    why: Why
    expected: int
    found: int


def check_commit(commit: Commit) -> None:
    """Refuse a commit that makes no sense whatever the store holds.

    Raises
    ------
    UsageError
        Saying which part of it.
    """
    if not commit.changes:
        raise UsageError("没有任何变更可提交")
    if commit.kind not in ("edit", "import"):
        raise UsageError(f"提交的类型不能是 {commit.kind}", action="撤销和重做用 undo")
    for name, text in {"op_id": commit.op_id, "author": commit.author.name, "branch": commit.branch}.items():
        if not text.strip():
            raise UsageError(f"提交缺少 {name}")
    if commit.window is not None and commit.seen is None:
        raise UsageError("提交带有 window 却没有 seen", action="写明检查时所见的版本号")
    seen: set[str] = set()
    for change in commit.changes:
        _check_change(change)
        if change.parcel_id in seen:
            raise UsageError(f"同一提交中地块 {change.parcel_id} 出现两次", action="合并为一个变更")
        seen.add(change.parcel_id)
        if change.before is not None and change.parcel_id not in commit.base:
            raise UsageError(f"地块 {change.parcel_id} 缺少所依据的版本（base）")
    check_texts(commit.op_id, commit.author.name, commit.author.role, commit.reason.code, commit.reason.text)
    check_texts(commit.reason.document or "", canonical(dict(commit.op)), *map(str, commit.read))
    pairs = [(step.parent_id, step.child_id) for step in commit.descent]
    if len(set(pairs)) < len(pairs) or any(not a or not b or a == b for a, b in pairs):
        raise UsageError("沿革中有重复、空白或指向自身的一项")


def check_texts(*texts: str) -> None:
    """Refuse text that one of the databases cannot hold: NUL and lone surrogates."""
    for text in texts:
        if "\x00" in text or (not text.isascii() and any("\ud800" <= sign <= "\udfff" for sign in text)):
            raise UsageError("文字中有无法记录的字符", action="删除控制字符后重试")


def _check_change(change: Change) -> None:
    rows = [row for row in (change.before, change.after) if row is not None]
    if not rows or (len(rows) == 2 and rows[0].hash == rows[1].hash):
        raise UsageError(f"地块 {change.parcel_id} 前后没有差别", action="只提交确有改动的地块")
    if any(row.parcel_id != change.parcel_id for row in rows):
        raise UsageError(f"变更的地块编号 {change.parcel_id} 与其记录不一致")


def version_clashes(commit: Commit, current: Mapping[str, Current]) -> list[Clash]:
    """Return the changed and the looked-at parcels whose version is another than the commit was made from."""
    base = {change.parcel_id: commit.base.get(change.parcel_id, 0) for change in commit.changes}
    read = {parcel_id: ver for parcel_id, ver in commit.read.items() if parcel_id not in base}
    return [*_differing(base, current, "base"), *_differing(read, current, "read")]


def _differing(expected: Mapping[str, int], current: Mapping[str, Current], why: Why) -> list[Clash]:
    found = {parcel_id: current[parcel_id].ver if parcel_id in current else 0 for parcel_id in expected}
    return [Clash(key, why, ver, found[key]) for key, ver in expected.items() if ver != found[key]]


def window_clashes(commit: Commit, newer: list[Newer], current: Mapping[str, Current]) -> list[Clash]:
    """Return parcels that came, went or changed shape in the window and that the check did not know of."""
    known = {change.parcel_id for change in commit.changes} | set(commit.read)
    return [
        Clash(item.parcel_id, "window", item.before_ver, _ver(current, item.parcel_id))
        for item in newer
        if item.parcel_id not in known
    ]


def _ver(current: Mapping[str, Current], parcel_id: str) -> int:
    return current[parcel_id].ver if parcel_id in current else 0


def check_before(commit: Commit, current: Mapping[str, Current]) -> None:
    """Refuse a change whose ``before`` is not what its base version holds."""
    for change in commit.changes:
        kept = current[change.parcel_id].row_hash if change.parcel_id in current else None
        if hash_of(change.before) != kept:
            raise UsageError(
                f"地块 {change.parcel_id} 的变更前内容与库中该版本不同", action="重新读取该地块后再改"
            )


def hash_of(row: Row | None) -> str | None:
    """Return the content hash of a row, None for none."""
    return None if row is None else row.hash
