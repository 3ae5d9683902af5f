"""Cells into typed values (取值转换): one column at a time, every value that does not fit named by row."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from gisapp.io.importresult import Fault, Note
from gisapp.io.mapping import Cell, ColumnMapping, ColumnPlan, expected_text, factor
from gisapp.model.parcels import FieldSpec, ParcelSchema

_THOUSANDS: Final = re.compile(r"^[-+]?\d{1,3}(,\d{3})+(\.\d+)?$")
_DATE: Final = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ].*)?$")
_COMPACT_DATE: Final = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_TRUE: Final = {"true", "1", "1.0", "是", "y", "yes", "t"}
_FALSE: Final = {"false", "0", "0.0", "否", "n", "no", "f"}
_NOT_NEGATIVE: Final = {"m2", "m", "year"}
"""Units of which no parcel field can be below zero."""


@dataclass
class Converted:
    """Typed columns and what went wrong on the way (转换结果); rows count from 1."""

    frame: pd.DataFrame
    faults: list[Fault] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def convert(frame: pd.DataFrame, plan: ColumnPlan, schema: ParcelSchema) -> Converted:
    """Return the planned fields of `frame`, typed as the schema says.

    A value that does not fit puts its row among the faults, or is set to missing with a note where the mapping
    says ``if_wrong: missing``. Missing stays missing.
    """
    out = Converted(pd.DataFrame(index=frame.index))
    for spec in schema.fields:
        if spec.name not in plan.fields:
            continue
        column, entry = plan.fields[spec.name]
        given = _replaced(frame[column], entry)
        typed, reasons = _typed(given, spec, entry)
        out.frame[spec.name] = typed
        _report(out, given, reasons, spec, entry, column)
    return out


def _report(
    out: Converted,
    given: pd.Series,
    reasons: dict[int, str],
    spec: FieldSpec,
    entry: ColumnMapping,
    column: str,
) -> None:
    if entry.if_wrong == "quarantine":
        out.faults += [
            Fault(row + 1, reason, column, str(given.iloc[row])) for row, reason in reasons.items()
        ]
        return
    for row, reason in reasons.items():
        text = f"{reason}（{column} = {given.iloc[row]}），按映射作为缺失"
        out.notes.append(Note("value", text, row=row + 1))


def _replaced(values: pd.Series, entry: ColumnMapping) -> pd.Series:
    """Return cells with blanks as missing and the mapping's replacements made."""
    cells = values.astype("object")
    table = entry.values

    def one(cell: Cell) -> Cell:
        if cell is None or cell is pd.NaT or (isinstance(cell, float) and np.isnan(cell)) or cell is pd.NA:
            return None
        text = as_text(cell)
        if text in table:
            return table[text]
        return None if text == "" else cell

    return _objects([one(cell) for cell in cells], cells)


def _objects(cells: list[Cell], like: pd.Series) -> pd.Series:
    """Return cells as they are on the index of `like`: left to infer, pandas turns None among texts into NaN."""
    return pd.Series(cells, index=like.index, dtype="object")


def as_text(cell: Cell) -> str:
    """Return a cell as text: whole numbers without a decimal point, blanks around it removed."""
    if isinstance(cell, float | np.floating) and float(cell).is_integer() and abs(float(cell)) < 1e15:
        return str(int(cell))
    return str(cell).strip()


def _typed(cells: pd.Series, spec: FieldSpec, entry: ColumnMapping) -> tuple[pd.Series, dict[int, str]]:
    """Return the column in the field's type, and by row (from 0) why a value does not fit."""
    given = cells.notna().to_numpy()
    typed: pd.Series
    if spec.dtype in ("float", "int"):
        return _numbers(cells, spec, entry, given)
    if spec.dtype == "date":
        typed = pd.Series(pd.to_datetime(cells.map(_date), errors="coerce"), index=cells.index).astype(
            "datetime64[s]"
        )
    elif spec.dtype == "bool":
        typed = cells.map(_flag).astype("boolean")
    else:
        typed = _objects([None if cell is None else as_text(cell) for cell in cells], cells)
        return typed, _not_in_list(typed, spec)
    bad = np.flatnonzero(given & typed.isna().to_numpy())
    return typed, {int(row): f"值不是{expected_text(spec)}" for row in bad}


def _not_in_list(typed: pd.Series, spec: FieldSpec) -> dict[int, str]:
    """Return the rows whose text is not among the field's closed list; ``use_scheme`` is checked with the codes."""
    if not isinstance(spec.codes, tuple) or spec.name == "use_scheme":
        return {}
    bad = np.flatnonzero((typed.notna() & ~typed.isin(spec.codes)).to_numpy())
    return {int(row): f"值不在允许范围内，应为 {expected_text(spec)}" for row in bad}


def _numbers(
    cells: pd.Series,
    spec: FieldSpec,
    entry: ColumnMapping,
    given: np.ndarray,
) -> tuple[pd.Series, dict[int, str]]:
    number = pd.to_numeric(cells.map(_number), errors="coerce").astype("float64")
    number = number.where(np.isfinite(number))
    if entry.unit is not None:
        number = number * (factor(entry.unit, spec.unit) or 1.0)
    reasons = {int(row): "值不是数值" for row in np.flatnonzero(given & number.isna().to_numpy())}
    low = entry.min if entry.min is not None else (0.0 if spec.unit in _NOT_NEGATIVE else None)
    if low is not None:
        reasons |= {int(row): f"值小于 {low:g}" for row in np.flatnonzero((number < low).to_numpy())}
    if entry.max is not None:
        reasons |= {
            int(row): f"值大于 {entry.max:g}" for row in np.flatnonzero((number > entry.max).to_numpy())
        }
    if spec.dtype == "int":
        broken = (number % 1 != 0) & number.notna()
        reasons |= {int(row): "值不是整数" for row in np.flatnonzero(broken.to_numpy())}
    number = number.copy()
    number.iloc[list(reasons)] = np.nan
    return number, reasons


def _number(cell: Cell) -> Cell:
    if isinstance(cell, str):
        text = cell.strip().replace("，", ",")
        return text.replace(",", "") if _THOUSANDS.match(text) else text
    return cell


def _flag(cell: Cell) -> Cell:
    if cell is None:
        return pd.NA
    text = as_text(cell).casefold()
    return True if text in _TRUE else False if text in _FALSE else pd.NA


def _date(cell: Cell) -> Cell:
    """Return a timestamp from a date, a time or the usual ways of writing a day; NaT if it is none."""
    if cell is None or not isinstance(cell, str | int | float | np.number):
        try:
            return pd.NaT if cell is None else pd.Timestamp(cell).tz_localize(None).normalize()
        except (ValueError, TypeError):
            return pd.NaT
    text = as_text(cell)
    found = _DATE.match(text) or _COMPACT_DATE.match(text)
    if found is None:
        return pd.NaT
    try:
        year, month, day = (int(part) for part in found.groups())
        return pd.Timestamp(year=year, month=month, day=day)
    except ValueError:
        return pd.NaT
