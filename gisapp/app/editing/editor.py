"""Editing over a workspace (编辑): propose, preview, commit, undo; the store is made at the first commit."""

from __future__ import annotations

import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from threading import RLock
from typing import TYPE_CHECKING, Any, Final

from gisapp.app.editing.intents import Intent, parse_intents
from gisapp.app.editing.preview import Previewer
from gisapp.app.editing.propose import Proposal, Rules, propose
from gisapp.app.editing.reasons import ReasonList, load_reasons
from gisapp.app.editing.state import EditState
from gisapp.app.records import to_rows
from gisapp.app.storing import create_store
from gisapp.app.workspace import Workspace
from gisapp.errors import InputError, Problem, UsageError
from gisapp.evaluation.verdicts import verdicts
from gisapp.i18n import Text
from gisapp.io.tables import read_land_use_codes
from gisapp.model.changes import (
    OFFICIAL,
    Author,
    Automatic,
    Commit,
    Conflict,
    Descent,
    EditConflictError,
    Finding,
    Reason,
    Revision,
    Row,
)
from gisapp.store import Branch, ParcelStore

if TYPE_CHECKING:
    from gisapp.app.desks import Desks

ATTEMPTS: Final = 4
"""A commit whose neighbours somebody else changed meanwhile is checked anew on the new fabric this often."""
STATES_KEPT: Final = 4
MOST_TITLE: Final = 60


class IllegalEditError(InputError):
    """An edit that the check refuses (编辑不合法); ``findings`` say why and where."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        errors = [finding for finding in findings if finding.severity == "error"]
        super().__init__(
            [Problem(finding.message, field="、".join(finding.parcel_ids) or None) for finding in errors]
            or [Problem("没有可提交的改动")]
        )
        self.findings = tuple(findings)


@dataclass(frozen=True)
class Request:
    """What a planner asks for (编辑请求): intents on a branch, and the versions that they were made from."""

    branch: str
    intents: tuple[Intent, ...]
    base: Mapping[str, int] = field(default_factory=dict)
    seen: int | None = None

    @classmethod
    def of(cls, body: Mapping[str, Any], *, file: str | None = None) -> Request:
        """Return a checked request from plain data; raises `InputError` with every fault of form."""
        intents = parse_intents(body.get("intents"), file=file)
        base = dict(body.get("base") or {})
        for intent in intents:
            base |= intent.base
        branch, seen = body.get("branch") or OFFICIAL, body.get("seen")
        good = isinstance(branch, str) and all(type(v) is int for v in base.values())
        if not good or not (seen is None or type(seen) is int):
            raise InputError(
                Problem("branch、base 或 seen 的写法不对", file=file, expected="文字、编号对版本号、版本号")
            )
        return cls(branch, tuple(intents), base, seen)


@dataclass(frozen=True)
class Done:
    """What a commit came to (提交结果): the revision, its descent, what the check noted, what it did by itself."""

    revision: Revision
    descent: tuple[Descent, ...] = ()
    findings: tuple[Finding, ...] = field(default=(), repr=False)
    automatic: tuple[Automatic, ...] = field(default=(), repr=False)


class Editor:
    """Editing of the parcels of one workspace (编辑器). Safe to use from several threads."""

    def __init__(self, desks: Desks) -> None:
        self.desks = desks
        self.workspace: Workspace = desks.workspace
        self._lock = RLock()
        # One save at a time in this process: the same save sent twice finds the first one's answer.
        self._saving = RLock()
        self._states: OrderedDict[tuple[str, int, str], EditState] = OrderedDict()
        self._previewers: dict[tuple[str, int, str], Previewer] = {}

    @cached_property
    def rules(self) -> Rules:
        """The field table, CRS and code lists that proposals are checked against."""
        path = self.workspace.root / "parcels" / "codes" / "land_use_codes.csv"
        codes = {"land_use_codes": frozenset(read_land_use_codes(path).entries)} if path.exists() else {}
        info = self.workspace.catalog.workspace
        return Rules(self.workspace.schema, self.workspace.context().crs, info.use_scheme, codes)

    @cached_property
    def reasons(self) -> ReasonList:
        """The list of reasons (变更事由)."""
        return load_reasons(self.workspace.root)

    @property
    def store(self) -> ParcelStore | None:
        """The store, None before the first commit."""
        return self.workspace.store

    def made_store(self) -> ParcelStore:
        """Return the store, made from the current parcels if there is none yet."""
        with self._lock:
            found = self.workspace.store
            if found is None:
                workspace = self.workspace
                create_store(workspace.root, workspace.table, workspace.catalog.workspace)
                found = workspace.store
            if found is None:
                raise InputError(Problem("无法建立地块库", action="检查工作区是否可写"))
            return found

    def state(self, branch: str = OFFICIAL) -> EditState:
        """Return the newest state of a branch; raises `UsageError` if there is no such branch."""
        store = self.store
        head = store.head(branch) if store else 0
        key = (branch, head, "store" if store else "table")
        with self._lock:
            if key not in self._states:
                self._states[key] = self._read_state(store, branch)
                while len(self._states) > STATES_KEPT:
                    self._states.popitem(last=False)
            self._states.move_to_end(key)
            return self._states[key]

    def _read_state(self, store: ParcelStore | None, branch: str) -> EditState:
        if store is not None:
            return EditState.of(store.read(branch))
        if branch != OFFICIAL:
            raise UsageError(Text("没有方案 {name}", name=branch), action="先新建方案")
        rows = {row.parcel_id: row for row in to_rows(self.workspace.parcels)}
        return EditState(OFFICIAL, 0, rows, dict.fromkeys(rows, 1))

    def propose(self, request: Request) -> Proposal:
        """Return what a request comes to on the newest state of its branch.

        Raises
        ------
        InputError
            If a gesture means nothing here.
        EditConflictError
            If a parcel that it changes is not the version that it was made from.
        """
        state = self.state(request.branch)
        self._unchanged(state, request)
        return propose(state, request.intents, self.rules)

    def _unchanged(self, state: EditState, request: Request) -> None:
        """Raise if a parcel of the request's base is no longer that version."""
        stale = [
            (parcel_id, version)
            for parcel_id, version in request.base.items()
            if version and state.versions.get(parcel_id, 0) != version
        ]
        if stale:
            raise EditConflictError(tuple(self._conflict(state, *item) for item in stale))

    def _conflict(self, state: EditState, parcel_id: str, expected: int) -> Conflict:
        found = self.store.history(parcel_id, state.branch) if self.store else []
        revision = found[0].revision if found else None
        version = state.versions.get(parcel_id, 0)
        return Conflict(parcel_id, "base", expected, version, revision, state.rows.get(parcel_id))

    def previewer(self, branch: str, rulebook: str | None) -> Previewer:
        """Return the previewer over the newest state of a branch, made once."""
        desk = self.desks.current(branch)
        settings = sorted(desk.workspace.scenario_settings().items())
        by = "|".join([rulebook or "", *(f"{name}={text}" for name, text in settings)])
        key = (branch, desk.workspace.table.revision, by)
        with self._lock:
            if key not in self._previewers:
                self._previewers = {
                    k: v for k, v in self._previewers.items() if k[0] != branch or k[1] == key[1]
                }
                self._previewers[key] = _previewer(desk.workspace, rulebook)
            return self._previewers[key]

    def preview(self, request: Request, rulebook: str | None, *, judge: bool = True) -> dict[str, Any]:
        """Return the preview of a request as plain data, with the milliseconds that it took."""
        start = time.perf_counter()
        proposal = self.propose(request)
        middle = time.perf_counter()
        shown = self.previewer(request.branch, rulebook).show(proposal, judge=judge)
        judged = shown.pop("evaluate_ms")
        end = time.perf_counter()
        ms = {"total": (end - start) * 1000, "topology": (middle - start) * 1000, "evaluate": judged}
        return {**shown, "target": self._target(request.branch, proposal), "ms": ms}

    def _target(self, branch: str, proposal: Proposal) -> dict[str, Any]:
        if proposal.forced is None:
            title = Text("现状库") if branch == OFFICIAL else self.branch(branch).title
            return {"branch": branch, "title": title, "forced": False, "why": None}
        return {
            "branch": None,
            "title": Text("方案（拟调整，登记未变更）"),
            "forced": True,
            "why": proposal.forced,
        }

    def branch(self, name: str) -> Branch:
        """Return a branch by name; raises `UsageError` if there is none."""
        store = self.store
        for branch in store.branches() if store else []:
            if branch.name == name:
                return branch
        raise UsageError(Text("没有方案 {name}", name=name), action="刷新页面，或先新建方案")

    def commit(
        self,
        request: Request,
        reason: Reason,
        *,
        author: Author,
        op_id: str,
        scheme: Mapping[str, str] | None = None,
    ) -> Done:
        """Record a request as one revision, atomically, or raise and record nothing.

        A proposal that touches registered parcels goes to the scheme that `scheme` names or gives a title for.

        Raises
        ------
        IllegalEditError
            If the check refuses it, or it changes nothing.
        EditConflictError
            If somebody else changed one of its parcels first.
        InputError, UsageError
            If a gesture or the reason is not fit.
        """
        with self._saving:
            return self._save(request, reason, author=author, op_id=op_id, scheme=scheme)

    def _save(
        self,
        request: Request,
        reason: Reason,
        *,
        author: Author,
        op_id: str,
        scheme: Mapping[str, str] | None,
    ) -> Done:
        self.reasons.check(reason)
        if self.store is None and not (first := self.propose(request)).ok:
            raise IllegalEditError(first.findings)
        store = self.made_store()
        if (made_before := store.by_op(op_id)) is not None:
            return _repeated(store, made_before, request)
        made: str | None = None
        if scheme and request.branch == OFFICIAL:
            name = scheme.get("name") or ""
            if not name:
                made = name = self.create_branch(scheme.get("title") or "", author=author).name
            request = Request(self.branch(name).name, request.intents, request.base, request.seen)
        try:
            return self._commit(store, request, reason, author, op_id)
        except BaseException:
            if made:
                store.close_branch(made, author)
            raise

    def _commit(
        self, store: ParcelStore, request: Request, reason: Reason, author: Author, op_id: str
    ) -> Done:
        for attempt in range(1, ATTEMPTS + 1):
            proposal = self.propose(request)
            if not proposal.ok:
                raise IllegalEditError(proposal.findings)
            if proposal.forced:
                raise InputError(Problem(proposal.forced, action="选择一个方案，或给出新方案的名称"))
            try:
                recorded = store.commit(_commit_of(proposal, request, reason, author, op_id))
                outcome = proposal.outcome
                return Done(recorded, outcome.descent, proposal.findings, outcome.automatic)
            except EditConflictError as error:
                # Only neighbours moved: what was asked for still stands, so it is checked on the new fabric.
                if attempt == ATTEMPTS or any(conflict.why == "base" for conflict in error.conflicts):
                    raise
        raise AssertionError("unreachable")

    def create_branch(self, title: str, *, author: Author) -> Branch:
        """Start a scheme from the official parcels as they are (新建方案)."""
        text = " ".join(str(title).split())
        if len(text) > MOST_TITLE:
            raise InputError(
                Problem(
                    "方案名称过长",
                    field="title",
                    value=Text("{count} 字", count=len(text)),
                    expected=Text("不超过 {most} 字", most=MOST_TITLE),
                )
            )
        if not text:
            raise InputError(Problem("方案须有名称", field="title", action="填写方案名称"))
        store = self.made_store()
        if any(branch.open and branch.title == text for branch in store.branches()):
            raise InputError(
                Problem("已有同名方案", field="title", value=text, action="换一个名称，或在该方案上继续")
            )
        slug = re.sub(r"[^\w-]+", "-", text).strip("-")[:40] or "scheme"
        taken = {branch.name for branch in store.branches()}
        name = slug if slug not in taken else f"{slug}-{secrets.token_hex(3)}"
        return store.create_branch(name, text, author=author)

    def undo(self, revision: int, *, author: Author, op_id: str, reason: Reason | None = None) -> Revision:
        """Take a revision back by a new one; the undo of an undo is a redo."""
        store = self.store
        if store is None:
            raise UsageError("还没有可撤销的编辑")
        why = reason or Reason("undo", f"撤销版本 {revision}")
        return store.undo(revision, author=author, reason=why, op_id=op_id)


def _repeated(store: ParcelStore, first: Revision, request: Request) -> Done:
    """Return what this very request made before; a save is sent again when its answer was lost."""
    recorded = store.show(first.number)
    if dict(recorded.op) != _op_of(request):
        raise UsageError(
            Text("操作号 {op} 已用于版本 {revision}", op=first.op_id, revision=first.number),
            action="每次提交用新的操作号",
        )
    return Done(first, recorded.descent)


def _op_of(request: Request) -> dict[str, Any]:
    """Return the gesture as it is recorded."""
    plain = [
        intent.model_dump(mode="json", exclude_none=True, exclude_defaults=True) for intent in request.intents
    ]
    return {
        "intents": [{**item, "op": intent.op} for item, intent in zip(plain, request.intents, strict=True)]
    }


def _commit_of(proposal: Proposal, request: Request, reason: Reason, author: Author, op_id: str) -> Commit:
    return Commit(
        branch=request.branch,
        changes=proposal.changes,
        base=proposal.base,
        author=author,
        reason=reason,
        op_id=op_id,
        op=_op_of(request),
        read=proposal.read,
        window=proposal.window,
        seen=proposal.state.revision,
        descent=proposal.outcome.descent,
    )


def _previewer(workspace: Workspace, rulebook: str | None) -> Previewer:
    """Return a previewer whose reference sets are worked out: previews share them, none makes its own."""
    if not rulebook:
        return Previewer(workspace, None)
    book, settings = workspace.ruled(rulebook)
    previewer = Previewer(workspace, book, settings)
    verdicts(workspace.parcels.iloc[:1].reset_index(drop=True), previewer.context, book)
    return previewer


def row_title(row: Row | None, parcel_id: str) -> str:
    """Return how a parcel is called, its id where it is gone."""
    values = row.values if row else {}
    return str(values.get("name") or values.get("parcel_code") or parcel_id)
