"""From a file to screened rows (导入筛查): typed, in the workspace's CRS, every row accounted for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS

from gisapp.crs import ellipsoidal_area
from gisapp.errors import InputError, Problem
from gisapp.io.importcodes import settle_codes
from gisapp.io.importcrs import label, settle_crs
from gisapp.io.importfile import Source
from gisapp.io.importgeometry import screen_outlines, slivers
from gisapp.io.importresult import Fault, Fixed, Note, Quarantined, Screened
from gisapp.io.importvalues import as_text, convert
from gisapp.io.mapping import Cell, ImportMapping, plan_columns
from gisapp.model.codes import LandUseCodes
from gisapp.model.parcels import ParcelSchema

AREA_GAP = 0.10
"""A registered area this far from the outline's is worth a word; neither is changed (RULEBOOK 12)."""


@dataclass(frozen=True)
class Rules:
    """What rows are screened against (筛查依据)."""

    schema: ParcelSchema
    crs: CRS
    codes: LandUseCodes | None
    use_scheme: str
    mapping: ImportMapping | None = None
    declared_crs: str | None = None
    fix: bool = False


@dataclass
class _Rows:
    """Faults by row while screening goes on; rows count from 1."""

    count: int
    faults: dict[int, list[Fault]] = field(default_factory=dict)

    def add(self, faults: Sequence[Fault]) -> None:
        for fault in faults:
            self.faults.setdefault(fault.row, []).append(fault)

    def quarantined(self, ids: pd.Series) -> tuple[Quarantined, ...]:
        out = []
        for row in sorted(self.faults):
            found = self.faults[row]
            reason = "；".join(dict.fromkeys(fault.reason for fault in found))
            key = ids.iloc[row - 1]
            out.append(Quarantined(row, key if isinstance(key, str) else None, reason, found[0].field, found[0].value))
        return tuple(out)


def screen(source: Source, rules: Rules, *, name: str) -> Screened:
    """Return the rows of a file that fit the parcel table, and the others with their reasons.

    Raises
    ------
    InputError
        If the file as a whole cannot be taken: no identifier column, a wrong land-use scheme.
    CrsError
        If it is not known which CRS it is in, or its coordinates contradict it.
    """
    given = source.frame.reset_index(drop=True)
    columns = [column for column in given.columns if column != "geometry"]
    plan = plan_columns(columns, rules.schema, rules.mapping, name=name)
    _require_identifier(plan.fields, columns, name)
    converted = convert(given, plan, rules.schema)
    rows = _Rows(len(given))
    rows.add(converted.faults)
    notes = [*source.notes, *plan.notes, *converted.notes]
    declared = rules.mapping.scheme if rules.mapping else None
    coded = settle_codes(converted.frame, rules.codes, declared=declared, default=rules.use_scheme, name=name)
    rows.add(coded.faults)
    notes += coded.notes
    table = coded.frame
    ids = table["parcel_id"]
    came_in = None
    fixed: dict[int, tuple[str, float, float]] = {}
    if isinstance(given, gpd.GeoDataFrame):
        outlines = screen_outlines(given.geometry.to_numpy(), fix=rules.fix)
        rows.add(outlines.faults)
        notes += outlines.notes
        fixed = outlines.repairs
        shapes = gpd.GeoDataFrame(geometry=outlines.geometries, crs=given.crs)
        bad_shapes = {fault.row - 1 for fault in outlines.faults}
        usable = shapes[~shapes.index.isin(bad_shapes)]
        moved, came_in, crs_notes = settle_crs(usable, declared=rules.declared_crs, workspace=rules.crs, name=name)
        notes += crs_notes
        table = gpd.GeoDataFrame(table, geometry=moved.geometry.reindex(table.index), crs=rules.crs)
        rows.add(_missing_required(table, rules.schema))
    rows.add(_repeated(given, ids))
    rows.add(_repeated_codes(table, ids, rows))
    table["src"] = _source_text(given[columns], came_in, rules.crs)
    good = [row for row in range(len(given)) if row + 1 not in rows.faults]
    kept = table.iloc[good].reset_index(drop=True)
    numbers = tuple(row + 1 for row in good)
    if isinstance(kept, gpd.GeoDataFrame):
        notes += slivers(kept.geometry.to_numpy(), list(numbers))
        notes += _area_gaps(kept, numbers)
    repaired = tuple(
        Fixed(row + 1, ids.iloc[row], *fixed[row]) for row in sorted(fixed) if row + 1 not in rows.faults
    )
    result = Screened(
        frame=kept,
        rows=numbers,
        rows_in=len(given),
        fixed=repaired,
        quarantined=rows.quarantined(ids),
        rejected=given.iloc[[row - 1 for row in sorted(rows.faults)]],
        notes=tuple(notes),
        mapped={field_: column for field_, (column, _) in plan.fields.items()},
        unmapped=plan.unmapped,
    )
    assert result.kept + len(result.fixed) + len(result.quarantined) == result.rows_in == len(given)
    assert result.kept + len(result.fixed) == len(kept)
    return result
