"""From a file to screened rows (导入筛查): typed, in the workspace's CRS, every row accounted for."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS

from gisapp.crs import ellipsoidal_area
from gisapp.errors import InputError, Problem
from gisapp.io.importcodes import settle_codes
from gisapp.io.importcrs import label, settle_crs
from gisapp.io.importdatum import Datum, unshift
from gisapp.io.importfile import Source
from gisapp.io.importgeometry import screen_outlines, slivers
from gisapp.io.importresult import Fault, Fixed, Note, Quarantined, Screened
from gisapp.io.importvalues import as_text, convert
from gisapp.io.mapping import Cell, ColumnPlan, ImportMapping, plan_columns
from gisapp.model.codes import LandUseCodes
from gisapp.model.parcels import ParcelSchema

SHOWN: Final = 5
AREA_GAP: Final = 0.10
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
    datum: Datum | None = None
    fix: bool = False


@dataclass
class _Work:
    """Rows on their way through the screening (筛查过程): the table so far, faults by row from 1, notes."""

    given: gpd.GeoDataFrame | pd.DataFrame
    table: pd.DataFrame
    notes: list[Note]
    faults: dict[int, list[Fault]] = field(default_factory=dict)
    repairs: dict[int, tuple[str, float, float]] = field(default_factory=dict)
    came_in: CRS | None = None

    def reject(self, faults: Iterable[Fault]) -> None:
        """Set rows aside."""
        for fault in faults:
            self.faults.setdefault(fault.row, []).append(fault)

    def good(self) -> list[int]:
        """Return the rows, from 0, that have no fault so far."""
        return [row for row in range(len(self.given)) if row + 1 not in self.faults]

    def quarantined(self) -> tuple[Quarantined, ...]:
        """Return the rows set aside, each once with all its reasons."""
        out = []
        for row in sorted(self.faults):
            found = self.faults[row]
            reason = "；".join(dict.fromkeys(fault.reason for fault in found))
            out.append(Quarantined(row, self.id_of(row), reason, found[0].field, found[0].value))
        return tuple(out)

    def id_of(self, row: int) -> str | None:
        """Return the parcel_id of a row, counted from 1."""
        key = self.table["parcel_id"].iloc[row - 1]
        return key if isinstance(key, str) else None


def screen(source: Source, rules: Rules, *, name: str) -> Screened:
    """Return the rows of a file that fit the parcel table, and the others with their reasons.

    Raises
    ------
    InputError
        If the file as a whole cannot be taken: no identifier column, codes of another land-use scheme.
    CrsError
        If it is not known which CRS it is in, or its coordinates contradict it.
    """
    given = source.frame.reset_index(drop=True)
    columns = [str(column) for column in given.columns if column != "geometry"]
    plan = plan_columns(columns, rules.schema, rules.mapping, name=name)
    _require_identifier(plan, columns, name)
    work = _fields(given, plan, rules, [*source.notes, *plan.notes], name)
    if isinstance(given, gpd.GeoDataFrame):
        _outlines(work, given, rules, name)
    work.reject(_unidentified(work.table))
    work.reject(_repeated(given, work.table["parcel_id"]))
    work.reject(_repeated_codes(work))
    work.table = work.table.assign(src=_source_text(given[columns], work.came_in, rules))
    return _result(work, plan)


def _fields(given: pd.DataFrame, plan: ColumnPlan, rules: Rules, notes: list[Note], name: str) -> _Work:
    """Return the planned fields, typed, with land-use codes of a settled scheme."""
    converted = convert(given, plan, rules.schema)
    declared = rules.mapping.scheme if rules.mapping else None
    coded = settle_codes(converted.frame, rules.codes, declared=declared, default=rules.use_scheme, name=name)
    work = _Work(given, coded.frame, [*notes, *converted.notes, *coded.notes])
    work.reject([*converted.faults, *coded.faults])
    return work


def _outlines(work: _Work, given: gpd.GeoDataFrame, rules: Rules, name: str) -> None:
    """Screen the outlines in the file's own CRS, then bring the usable ones into the workspace's."""
    outlines = screen_outlines(given.geometry.to_numpy(), fix=rules.fix)
    work.reject(outlines.faults)
    work.repairs = outlines.repairs
    bad = {fault.row - 1 for fault in outlines.faults}
    shapes = gpd.GeoDataFrame(geometry=outlines.geometries, crs=given.crs)
    usable = shapes[~shapes.index.isin(bad)]
    if rules.datum is not None:
        usable, note = unshift(usable, rules.datum, name=name)
        work.notes.append(note)
    moved, work.came_in, notes = settle_crs(
        usable, declared=rules.declared_crs, workspace=rules.crs, name=name
    )
    work.notes += [*outlines.notes, *notes]
    geometry = moved.geometry.reindex(work.table.index)
    work.table = gpd.GeoDataFrame(work.table, geometry=geometry, crs=rules.crs)


def _result(work: _Work, plan: ColumnPlan) -> Screened:
    """Return the outcome; every row of the file is kept, fixed or quarantined."""
    good = work.good()
    kept = work.table.iloc[good].reset_index(drop=True)
    numbers = tuple(row + 1 for row in good)
    if isinstance(kept, gpd.GeoDataFrame):
        work.notes += slivers(kept.geometry.to_numpy(), list(numbers))
        work.notes += _area_gaps(kept, numbers)
    fixed = tuple(
        Fixed(row + 1, work.id_of(row + 1), *work.repairs[row])
        for row in sorted(work.repairs)
        if row + 1 not in work.faults
    )
    result = Screened(
        frame=kept,
        rows=numbers,
        rows_in=len(work.given),
        fixed=fixed,
        quarantined=work.quarantined(),
        rejected=work.given.iloc[[row - 1 for row in sorted(work.faults)]],
        notes=tuple(work.notes),
        mapped={name: column for name, (column, _) in plan.fields.items()},
        unmapped=plan.unmapped,
    )
    accounted = result.kept + len(result.fixed) + len(result.quarantined)
    assert accounted == result.rows_in and result.kept + len(result.fixed) == len(kept)
    return result


def _require_identifier(plan: ColumnPlan, columns: list[str], name: str) -> None:
    if "parcel_id" not in plan.fields:
        raise InputError(
            Problem(
                "找不到地块标识列",
                file=name,
                field="parcel_id",
                value="、".join(columns[:20]) or "（没有属性列）",
                action="用 --map 映射文件写明：parcel_id: 列名",
            )
        )


def _unidentified(table: pd.DataFrame) -> list[Fault]:
    absent = np.flatnonzero(table["parcel_id"].isna().to_numpy())
    return [Fault(int(row) + 1, "地块标识为空", "parcel_id") for row in absent]


def _repeated(given: pd.DataFrame, ids: pd.Series) -> list[Fault]:
    """Return all rows whose id stands more than once; of rows that are equal in everything the first stays.

    Choosing one of several different rows would be a decision that nobody made.
    """
    out: list[Fault] = []
    known = ids[ids.notna()]
    for key, group in known[known.duplicated(keep=False)].groupby(known):
        rows = [int(row) for row in group.index]
        others = "、".join(str(row + 1) for row in rows[:SHOWN]) + ("……" if len(rows) > SHOWN else "")
        same = _all_equal(given.loc[rows])
        differ = f"地块标识重复，内容不同（第 {others} 条，共 {len(rows)} 条），须人工选定"
        reason = f"地块标识重复，与第 {rows[0] + 1} 条完全相同" if same else differ
        out += [Fault(row + 1, reason, "parcel_id", str(key)) for row in (rows[1:] if same else rows)]
    return out


def _all_equal(rows: pd.DataFrame) -> bool:
    """Return whether rows agree in every column and in the bytes of their outline."""
    plain = rows.copy()
    if isinstance(rows, gpd.GeoDataFrame):
        plain = pd.DataFrame(rows.drop(columns="geometry")).assign(geometry=rows.geometry.to_wkb())
    text = plain.astype("object").where(plain.notna(), None).map(repr)
    return not text.duplicated(keep="first").iloc[1:].eq(False).any()


def _repeated_codes(work: _Work) -> list[Fault]:
    """Return rows that share a 19-character parcel code with another parcel: an official code names one parcel."""
    if "parcel_code" not in work.table.columns:
        return []
    codes = work.table["parcel_code"].iloc[work.good()]
    codes = codes[codes.notna()]
    twice = codes[codes.duplicated(keep=False)]
    return [
        Fault(int(row) + 1, "宗地代码重复，但地块标识不同", "parcel_code", str(code))
        for row, code in zip(twice.index.tolist(), twice, strict=True)
    ]


def _area_gaps(kept: gpd.GeoDataFrame, numbers: tuple[int, ...]) -> list[Note]:
    """Return a note for each registered area that is far from the outline's ellipsoidal area."""
    if "registered_area_m2" not in kept.columns or kept.crs is None:
        return []
    area = ellipsoidal_area(kept.geometry.to_numpy(), kept.crs)
    registered = kept["registered_area_m2"].to_numpy(dtype=np.float64)
    far = np.abs(registered - area) > AREA_GAP * np.maximum(area, 1e-9)
    text = "登记面积 {:.2f} ㎡ 与图形面积 {:.2f} ㎡ 相差超过 10 %，均未改动"
    return [
        Note(
            "area",
            text.format(registered[k], area[k]),
            row=numbers[k],
            area_m2=round(float(registered[k] - area[k]), 2),
        )
        for k in np.flatnonzero(far)
    ]


def _source_text(given: pd.DataFrame, came_in: CRS | None, rules: Rules) -> list[str]:
    """Return each row's source columns untouched as JSON text, with what its positions came in if not ours."""
    extra = {"_crs": label(came_in)} if came_in is not None and came_in != rules.crs else {}
    extra |= {"_datum": rules.datum} if came_in is not None and rules.datum is not None else {}
    records = given.astype("object").to_dict("records")
    return [
        json.dumps({**{str(k): _json(v) for k, v in r.items()}, **extra}, ensure_ascii=False) for r in records
    ]


def _json(cell: Cell) -> object:
    """Return a cell as JSON can hold it: missing is null, dates are ISO text."""
    if cell is None or cell is pd.NaT or cell is pd.NA or (isinstance(cell, float) and not np.isfinite(cell)):
        return None
    if isinstance(cell, np.generic):
        return _json(cell.item())
    if isinstance(cell, str | int | float | bool):
        return cell
    return cell.isoformat() if isinstance(cell, date) else as_text(cell)
