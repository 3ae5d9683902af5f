"""What an edit would do, before it is recorded (编辑预览): areas, zones, verdicts, findings."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS

from gisapp.app.card import zones
from gisapp.app.editing.outlines import exact_polygons, geojson, lonlat
from gisapp.app.editing.policy import titled
from gisapp.app.editing.propose import Proposal
from gisapp.app.records import to_frame
from gisapp.app.workspace import Workspace
from gisapp.context import Context
from gisapp.crs import ellipsoidal_area
from gisapp.evaluation.explain import verdict_word
from gisapp.evaluation.verdicts import Verdict, unmoved, verdict_of, verdicts
from gisapp.format import number
from gisapp.i18n import Text
from gisapp.model.changes import Change, Finding, Row
from gisapp.rules.columns import Column, Key
from gisapp.rules.load import LoadedRulebook
from gisapp.units import m2_to_mu

Card = dict[str, Any]  # what the route sends as JSON
MOST_UNMOVED: Final = 200
MOST_JUDGED: Final = 60
"""Parcels of one preview that are judged and overlaid; an edit of more shows areas only, and says so."""

SHOWN_M2: Final = 0.005
"""Areas are printed to the hundredth of a square metre: a smaller change is not seen."""


@dataclass(frozen=True)
class Previewer:
    """Previews over one state of the parcels (预览): what is the same for every gesture is kept."""

    workspace: Workspace
    book: LoadedRulebook | None
    settings: Mapping[str, str] = field(default_factory=dict)
    """The scheme's settings that hold for the rulebook; it has them already."""
    _known: dict[str, Verdict] = field(default_factory=dict, repr=False)
    """Verdicts before the edit, as they were asked for."""
    _unmoved: dict[tuple[str, ...], dict[Key, Column]] = field(default_factory=dict, repr=False)
    """What of some parcels does not depend on their outlines: a drag asks about the same ones again and again."""

    @property
    def context(self) -> Context:
        """The context of the state that is edited."""
        return self.workspace.context_for(self.settings) if self.settings else self.workspace.context()

    def show(self, proposal: Proposal, *, judge: bool = True) -> Card:
        """Return the preview of a proposal as plain data; without `judge` the verdicts after it are left out.

        Under a moving pointer areas, zones and findings come first, and the rulebook is asked once it rests.
        """
        areas = _areas(proposal.changes, self.context)
        few = proposal.changes[:MOST_JUDGED]
        start = time.perf_counter()
        before, after = (self._before(few), self._judged(few)) if judge else ({}, {})
        judged = time.perf_counter() - start
        findings = [*proposal.findings, *_registered(proposal, areas)]
        return {
            "ok": proposal.ok,
            "judged": judge,
            "overlaps": _count(findings, "overlap"),
            "gaps": _count(findings, "gap"),
            "plane_delta_m2": _plane_delta(proposal.changes),
            "ellipsoidal_delta_m2": float(sum(b - a for a, b in areas.values())),
            "parcels": [
                self._parcel(change, areas[change.parcel_id], before, after, proposal.state.versions)
                for change in few
            ],
            "more": len(proposal.changes) - len(few),
            "findings": [finding_card(finding, self.context.crs) for finding in findings],
            "automatic": [
                {
                    "parcel_id": item.parcel_id,
                    "what": item.what,
                    "before_m2": item.before_m2,
                    "after_m2": item.after_m2,
                    "delta_m2": item.after_m2 - item.before_m2,
                }
                for item in proposal.outcome.automatic
            ],
            "needs": [self._need(need) for need in proposal.needs],
            "evaluate_ms": judged * 1000,
        }

    def _before(self, changes: Sequence[Change]) -> dict[str, Verdict]:
        """Return the verdicts of the parcels as they are; the whole evaluation need not be ready for it."""
        rows = [c.before for c in changes if c.before is not None and c.parcel_id not in self._known]
        if self.book is None or not rows:
            return self._known
        ready = self.workspace.ready(self.book.rulebook.id)
        if ready is None:
            self._known.update(verdicts(self._frame(rows), self.context, self.book))
        else:
            self._known.update((row.parcel_id, verdict_of(ready, row.parcel_id)) for row in rows)
        return self._known

    def _frame(self, rows: Sequence[Row]) -> gpd.GeoDataFrame:
        names = self.workspace.parcels.columns.drop(["parcel_id", "geometry"])
        return to_frame(rows, self.workspace.schema, self.context.crs, names)

    def _judged(self, changes: Sequence[Change]) -> dict[str, Verdict]:
        """Return the verdicts after the edit; none where an outline has no area to measure."""
        changed = [change for change in changes if change.after is not None]
        rows = [change.after for change in changed if change.after is not None]
        shapes = np.array([row.geometry for row in rows], dtype=object)
        if (
            self.book is None
            or not rows
            or shapely.is_empty(shapes).any()
            or not shapely.is_valid(shapes).all()
        ):
            return {}
        gone = [change.parcel_id for change in changes if change.after is None]
        if all(
            change.before and change.before.values == row.values
            for change, row in zip(changed, rows, strict=True)
        ):
            return self._reshaped(tuple(row.parcel_id for row in rows), shapes, gone, self.book)
        frame = self._frame(rows)
        return verdicts(frame, self.context.with_changed(frame, gone), self.book)

    def _reshaped(
        self, ids: tuple[str, ...], shapes: npt.NDArray[np.object_], gone: Sequence[str], book: LoadedRulebook
    ) -> dict[str, Verdict]:
        """Return the verdicts of parcels of which nothing but the outline changes."""
        as_is = self.workspace.parcels.iloc[[self._rows[id_] for id_ in ids]].reset_index(drop=True)
        if ids not in self._unmoved:
            if len(self._unmoved) >= MOST_UNMOVED:
                self._unmoved.clear()
            self._unmoved[ids] = unmoved(as_is, self.context, book)
        frame = as_is.set_geometry(shapes, crs=as_is.crs)
        return verdicts(frame, self.context.with_changed(frame, gone), book, known=self._unmoved[ids])

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {str(id_): row for row, id_ in enumerate(self.workspace.parcels["parcel_id"])}

    def _parcel(
        self,
        change: Change,
        areas: tuple[float, float],
        before: Mapping[str, Verdict],
        after: Mapping[str, Verdict],
        versions: Mapping[str, int],
    ) -> Card:
        status = "new" if change.before is None else "gone" if change.after is None else "changed"
        row = change.after or change.before
        assert row is not None  # a change has at least one side
        shape = row.geometry
        return {
            "parcel_id": change.parcel_id,
            "title": title(row),
            "status": status,
            "version": versions.get(change.parcel_id, 0),
            "before": _amount(areas[0]) if change.before else None,
            "after": _amount(areas[1]) if change.after else None,
            "registered_m2": row.values.get("registered_area_m2"),
            "use_code": row.values.get("use_code"),
            "zones": self._zones(change, areas),
            **self._verdict(change, before, after),
            "geometry": geojson(shape, self.context.crs) if change.after else None,
            "polygons": exact_polygons(shape, self.context.crs) if change.after else [],
        }

    def _zones(self, change: Change, areas: tuple[float, float]) -> list[Card]:
        """Return the area in each zone before and after."""
        out: dict[tuple[str, str], Card] = {}
        if any(
            row is not None and not shapely.is_valid(row.geometry) for row in (change.before, change.after)
        ):
            # An outline that crosses itself has no areas: nothing is said rather than zero.
            return []
        for row, area, side in ((change.before, areas[0], "before_m2"), (change.after, areas[1], "after_m2")):
            if row is None:
                continue
            for zone in zones(self.context, np.array([row.geometry], dtype=object), area):
                if zone.get("not_loaded") or not zone.get("area_m2"):
                    continue
                key = (zone["layer"], Text.of(zone["title"], zone["title_en"]))
                entry = {
                    "layer": key[0],
                    "title": key[1],
                    "alert": zone["alert"],
                    "before_m2": 0.0,
                    "after_m2": 0.0,
                }
                out.setdefault(key, entry)[side] = zone["area_m2"]
        return list(out.values())

    def _verdict(self, change: Change, before: Mapping[str, Verdict], after: Mapping[str, Verdict]) -> Card:
        old, new = before.get(change.parcel_id), after.get(change.parcel_id)
        if self.book is None or (old is None and new is None):
            return {"verdict": None, "score": None}
        book = self.book.rulebook

        def word(found: Verdict | None) -> str | None:
            return Text(verdict_word(book, found.verdict)) if found else None

        return {
            "verdict": {
                "before": old.verdict if old else None,
                "after": new.verdict if new else None,
                "before_text": word(old),
                "after_text": word(new),
            },
            "score": {"before": old.score if old else None, "after": new.score if new else None},
        }

    def _need(self, need: Any) -> Card:  # Need
        spec = self.workspace.schema.field(need.field)
        return {
            "parcel_id": need.parcel_id,
            "field": need.field,
            "title": titled(spec) if spec else need.field,
            "unit": spec.unit if spec else None,
            "total": need.total,
            "parts": list(need.parts),
        }


def title(row: Row) -> str:
    """Return how a parcel is called (地块名称): its name, else its code, else its id."""
    return str(row.values.get("name") or row.values.get("parcel_code") or row.parcel_id)


def _areas(changes: Sequence[Change], context: Context) -> dict[str, tuple[float, float]]:
    """Return the statutory area before and after [m²], 0 where there is no parcel."""
    sides = []
    for pick in ("before", "after"):
        rows = [getattr(change, pick) for change in changes]
        shapes = np.array([row.geometry if row else None for row in rows], dtype=object)
        sides.append(ellipsoidal_area(shapes, context.crs) if len(shapes) else np.zeros(0))
    return {c.parcel_id: (float(a), float(b)) for c, a, b in zip(changes, *sides, strict=True)}


def _plane_delta(changes: Sequence[Change]) -> float:
    before = sum(shapely.area(change.before.geometry) for change in changes if change.before)
    after = sum(shapely.area(change.after.geometry) for change in changes if change.after)
    return float(after - before)


def _amount(m2: float) -> dict[str, float]:
    return {"m2": m2, "mu": m2_to_mu(m2)}


def _count(findings: Sequence[Finding], code: str) -> int:
    return sum(finding.code == code for finding in findings)


def _registered(proposal: Proposal, areas: Mapping[str, tuple[float, float]]) -> list[Finding]:
    """Return where a registered area no longer belongs to the outline (登记面积与图形面积)."""
    out = []
    for change in proposal.changes:
        if change.before is None or change.after is None or change.after.wkb == change.before.wkb:
            continue
        stated = change.after.values.get("registered_area_m2")
        was, now = areas[change.parcel_id]
        if isinstance(stated, float) and abs(now - was) >= SHOWN_M2 and abs(now - stated) > abs(was - stated):
            text = Text(
                "登记面积 {stated} ㎡，图形面积将为 {area} ㎡；登记面积未改",
                stated=number(stated, 2),
                area=number(now, 2),
            )
            out.append(Finding("registered_area", "note", text, (change.parcel_id,)))
    return out


def finding_card(finding: Finding, crs: CRS) -> Card:
    """Return a finding as plain data, its place in degrees."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "parcel_ids": list(finding.parcel_ids),
        "area_m2": finding.area_m2,
        **lonlat(finding.at, crs),
    }
