"""From intents to a proposal (编辑方案): outlines by topology, fields by policy, findings, versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import numpy.typing as npt
from pyproj import CRS

from gisapp import topology
from gisapp.app.editing import intents as meant
from gisapp.app.editing.policy import checked_values, divided, registered, to_allocate, united
from gisapp.app.editing.state import EditState
from gisapp.crs import ellipsoidal_area
from gisapp.errors import InputError, Problem
from gisapp.i18n import Text
from gisapp.model.changes import OFFICIAL, Bounds, Change, Descent, Finding, Row, Scalar
from gisapp.model.parcels import ParcelSchema
from gisapp.topology import Fabric, Outcome

PROVISIONAL: Final = "拟-"
"""Ids of parcels that no register knows yet begin with it (暂编号)."""

Fields = dict[str, Scalar]


@dataclass(frozen=True)
class Rules:
    """What proposals need to know of the workspace (编辑规则)."""

    schema: ParcelSchema
    crs: CRS
    use_scheme: str
    codes: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Need:
    """A field of a divided parcel that the user may give to the parts (待分摊)."""

    parcel_id: str
    field: str
    total: float
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Proposal:
    """What a list of intents comes to, and whether it may be recorded (编辑方案)."""

    state: EditState = field(repr=False)
    outcome: Outcome
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    needs: tuple[Need, ...]
    forced: str | None

    @property
    def ok(self) -> bool:
        """Whether nothing forbids to record it (somewhere: a forced one only on a scheme)."""
        return bool(self.changes) and all(finding.severity != "error" for finding in self.findings)

    @property
    def base(self) -> dict[str, int]:
        """The version of every changed parcel, 0 for a new one."""
        return {change.parcel_id: self.state.versions.get(change.parcel_id, 0) for change in self.changes}

    @property
    def read(self) -> dict[str, int]:
        """The version of every parcel that the check looked at and that does not change."""
        changed = {change.parcel_id for change in self.changes}
        versions = self.state.versions
        return {id_: versions[id_] for id_ in self.outcome.read if id_ in versions and id_ not in changed}

    @property
    def window(self) -> Bounds | None:
        """Where the check looked [m]."""
        return self.outcome.window


class _Session:
    """The intents of one proposal, applied in order."""

    def __init__(self, state: EditState, rules: Rules) -> None:
        self.state, self.rules = state, rules
        self.fabric: Fabric = state.fabric
        self.outcomes: list[Outcome] = []
        self.values: dict[str, Fields | None] = {}
        self.descent: list[Descent] = []
        self.findings: list[Finding] = []
        self.needs: list[Need] = []

    def fields(self, parcel_id: str) -> Fields:
        """Return the fields of a parcel as the intents so far left them."""
        if parcel_id in self.values:
            found = self.values[parcel_id]
        else:
            row = self.state.rows.get(parcel_id)
            found = dict(row.values) if row else None
        if found is None:
            raise InputError(
                Problem(
                    "没有这宗地块",
                    field="parcel_id",
                    value=parcel_id,
                    action="刷新地图后重试；它可能已被分割、合并或注销",
                )
            )
        return found

    def measure(self, geometries: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
        """Return statutory areas [m²]."""
        return ellipsoidal_area(geometries, self.rules.crs)

    def name(self, parent_id: str, number: int) -> str:
        """Return a provisional id that no parcel has: 拟-<parent>-<n>."""
        stem = parent_id if parent_id.startswith(PROVISIONAL) else f"{PROVISIONAL}{parent_id}"
        while f"{stem}-{number}" in self.fabric or f"{stem}-{number}" in self.state.rows:
            number += 1
        return f"{stem}-{number}"

    def took(self, outcome: Outcome) -> None:
        """Lay the outlines of an outcome over the fabric."""
        self.outcomes.append(outcome)
        self.descent += outcome.descent
        self.fabric = topology.apply(self.fabric, outcome)

    def one(self, intent: meant.Intent) -> str:
        """Return the one parcel that an intent is about."""
        if len(intent.parcel_ids) != 1:
            raise InputError(
                Problem("须指定一宗地块", field="parcel_ids", value=str(len(intent.parcel_ids)), expected="1")
            )
        self.fields(intent.parcel_ids[0])
        return intent.parcel_ids[0]

    def points(self, intent: meant.Intent, points: Sequence[meant.Point]) -> list[meant.Point]:
        """Return new points in the workspace's CRS on the survey grid."""
        return meant.native(points, intent.crs, self.rules.crs)


def propose(state: EditState, intents: Sequence[meant.Intent], rules: Rules) -> Proposal:
    """Return what `intents` come to on `state`; pure, nothing is written.

    Raises
    ------
    InputError
        If a gesture means nothing here: no such parcel or vertex, a line that does not cross, a wrong value.
        Whatever is merely wrong with the result is a finding.
    """
    session = _Session(state, rules)
    for intent in intents:
        _apply(session, intent)
    outcome = topology.combine(state.fabric, session.outcomes)
    changes = _changes(session, outcome)
    forced = _forced(state, changes, rules.schema) if state.branch == OFFICIAL else None
    needs = tuple(need for need in session.needs if _open(session, need))
    return Proposal(state, outcome, changes, (*outcome.findings, *session.findings), needs, forced)


def _changes(session: _Session, outcome: Outcome) -> tuple[Change, ...]:
    rows = session.state.rows
    touched = dict.fromkeys([*outcome.after, *session.values])
    out: list[Change] = []
    for parcel_id in touched:
        before = rows.get(parcel_id)
        geometry = session.fabric.find(parcel_id)
        after = None
        if geometry is not None:
            same = before is not None and parcel_id not in outcome.after
            values = session.fields(parcel_id)
            after = (
                Row(parcel_id, before.wkb, _known(values))
                if same and before
                else Row.of(parcel_id, geometry, values)
            )
        if (before.hash if before else None) != (after.hash if after else None):
            out.append(Change(parcel_id, before, after))
    return tuple(out)


def _known(values: Fields) -> Fields:
    return {name: value for name, value in values.items() if value is not None}


def _open(session: _Session, need: Need) -> bool:
    """Return whether the field still waits for values on parts that exist."""
    parts = [part for part in need.parts if part in session.fabric]
    return bool(parts) and all(session.fields(part).get(need.field) is None for part in parts)


def _forced(state: EditState, changes: Sequence[Change], schema: ParcelSchema) -> str | None:
    """Return why the proposal belongs on a scheme (拟调整，登记未变更), None if it may change the official parcels."""
    facts = {spec.name for spec in schema.fields if spec.registered}
    for change in changes:
        if change.before is None or not registered(change.before.values):
            continue
        moved = change.after is None or change.after.wkb != change.before.wkb
        old, new = change.before.values, (change.after.values if change.after else {})
        if moved or any(old.get(name) != new.get(name) for name in facts):
            return Text(
                "地块 {parcel} 已登记（或有抵押、查封），只能在方案上调整；登记未变更",
                parcel=change.parcel_id,
            )
    return None


def _reshape(session: _Session, intent: meant.Reshape) -> None:
    for parcel_id in intent.parcel_ids:
        session.fields(parcel_id)
    if intent.polygons is not None or intent.geometry is not None:
        session.took(topology.replace(session.fabric, _outlines(session, intent), extend=intent.extend))
        return
    places = session.points(intent, [move.to for move in intent.moves if move.to is not None])
    given = iter(places)
    moves = [(meant.exact(m.at), meant.exact(m.snap) if m.snap else next(given)) for m in intent.moves]
    spots = iter(session.points(intent, [new.at for new in intent.inserts if new.at is not None]))
    inserts = [
        (meant.exact(new.a), meant.exact(new.b), meant.exact(new.snap) if new.snap else next(spots))
        for new in intent.inserts
    ]
    deletes = [meant.exact(point) for point in intent.deletes]
    fabric, extend = session.fabric, intent.extend
    session.took(topology.reshape(fabric, moves=moves, inserts=inserts, deletes=deletes, extend=extend))


def _outlines(session: _Session, intent: meant.Reshape) -> dict[str, meant.Geometry]:
    crs = session.rules.crs
    if isinstance(intent.polygons, Mapping):
        return {id_: meant.shape_of(rings, intent.crs, crs) for id_, rings in intent.polygons.items()}
    return {session.one(intent): meant.outline(intent.polygons, intent.geometry, intent.crs, crs)}


def _inherit(session: _Session, outcome: Outcome) -> None:
    """Give every part of a divided parcel its fields, and note what the user may allocate."""
    parents = {step.parent_id: session.fields(step.parent_id) for step in outcome.descent}
    schema = session.rules.schema
    for parent_id, values in parents.items():
        parts = tuple(step.child_id for step in outcome.descent if step.parent_id == parent_id)
        for part in parts:
            session.values[part] = dict(divided(schema, values))
        session.values[parent_id] = None
        session.needs += [
            Need(parent_id, spec.name, float(values[spec.name] or 0.0), parts)
            for spec in to_allocate(schema, values)
        ]
    session.took(outcome)


def _split(session: _Session, intent: meant.Split) -> None:
    line = session.points(intent, intent.line)
    _inherit(session, topology.split(session.fabric, session.one(intent), line, name=session.name))


def _split_area(session: _Session, intent: meant.SplitArea) -> None:
    if (intent.area_m2 is None) == (intent.area_mu is None):
        raise InputError(Problem("给出一个面积", field="area_m2", expected="area_m2 与 area_mu 之一"))
    edge = (meant.exact(intent.edge[0]), meant.exact(intent.edge[1]))
    outcome = topology.split_area(
        session.fabric,
        session.one(intent),
        intent.wanted_m2,
        edge,
        measure=session.measure,
        name=session.name,
    )
    _inherit(session, outcome)


def _cut(session: _Session, intent: meant.Cut) -> None:
    line = session.points(intent, intent.line)
    ids = intent.parcel_ids or None
    _inherit(session, topology.cut(session.fabric, line, ids=ids, name=session.name))


def _corridor(session: _Session, intent: meant.Corridor) -> None:
    line = session.points(intent, intent.line)
    ids = intent.parcel_ids or None
    _inherit(session, topology.corridor(session.fabric, line, intent.width_m, ids=ids, name=session.name))


def _merge(session: _Session, intent: meant.Merge) -> None:
    if len(set(intent.parcel_ids)) < 2:
        raise InputError(Problem("合并至少要两宗地块", field="parcel_ids", value=str(len(intent.parcel_ids))))
    parents = [session.fields(parcel_id) for parcel_id in intent.parcel_ids]
    given = checked_values(session.rules.schema, intent.values, codes=session.rules.codes)
    official = session.state.branch == OFFICIAL and not any(registered(values) for values in parents)
    inherited = united(session.rules.schema, intent.parcel_ids, parents, given, official=official)
    outcome = topology.merge(session.fabric, intent.parcel_ids, name=session.name)
    if not intent.apart:
        outcome = _in_one_piece(outcome, intent.parcel_ids)
    session.findings += inherited.findings
    for parcel_id in intent.parcel_ids:
        session.values[parcel_id] = None
    for step in outcome.descent:
        session.values[step.child_id] = dict(inherited.values)
    session.took(outcome)


def _in_one_piece(outcome: Outcome, ids: tuple[str, ...]) -> Outcome:
    """Return the outcome of a merge; that its parcels do not touch forbids it unless it is meant."""
    text = Text("所选地块没有连成一片，不能合并；请只选有共同界线的地块")

    def judged(finding: Finding) -> Finding:
        if finding.code != "not_adjacent":
            return finding
        return replace(finding, severity="error", message=text, parcel_ids=ids)

    notes, findings = (tuple(judged(item) for item in items) for items in (outcome.notes, outcome.findings))
    return replace(outcome, notes=notes, findings=findings)


def _draw(session: _Session, intent: meant.Draw) -> None:
    shape = meant.outline(intent.polygons, intent.geometry, intent.crs, session.rules.crs)
    values = checked_values(session.rules.schema, intent.values, codes=session.rules.codes)
    if not values.get("use_code"):
        raise InputError(
            Problem("新增用地须给出用地分类", field="use_code", action="在属性中填写用地用海分类代码")
        )
    parcel_id = session.name("新增", 1)
    session.values[parcel_id] = {"use_scheme": session.rules.use_scheme, **values}
    session.took(topology.draw(session.fabric, shape, parcel_id, extend=intent.extend))


def _retire(session: _Session, intent: meant.Retire) -> None:
    if not intent.parcel_ids:
        raise InputError(Problem("须指定要注销的地块", field="parcel_ids"))
    for parcel_id in intent.parcel_ids:
        session.fields(parcel_id)
        session.values[parcel_id] = None
    session.took(topology.retire(session.fabric, intent.parcel_ids))


def _attribute(session: _Session, intent: meant.Attribute) -> None:
    if not intent.parcel_ids or not intent.values:
        raise InputError(Problem("须指定地块和要修改的字段", field="parcel_ids"))
    values = checked_values(session.rules.schema, intent.values, codes=session.rules.codes)
    for parcel_id in intent.parcel_ids:
        session.values[parcel_id] = {**session.fields(parcel_id), **values}


def _apply(session: _Session, intent: meant.Intent) -> None:
    """Apply one intent to the session."""
    match intent:
        case meant.Reshape():
            _reshape(session, intent)
        case meant.Split():
            _split(session, intent)
        case meant.SplitArea():
            _split_area(session, intent)
        case meant.Cut():
            _cut(session, intent)
        case meant.Corridor():
            _corridor(session, intent)
        case meant.Merge():
            _merge(session, intent)
        case meant.Draw():
            _draw(session, intent)
        case meant.Retire():
            _retire(session, intent)
        case meant.Attribute():
            _attribute(session, intent)
