"""Land-use codes on the way in (用途代码, LUC-01 … LUC-05): the right scheme, or a clear question.

The 2020 and the 2023 list share most codes, lack some of each other's, and use a few for different things.
A file that does not say which it uses is taken in the workspace's scheme only if no code contradicts that.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from gisapp.errors import InputError, Problem
from gisapp.io.importresult import Fault, Note
from gisapp.io.mapping import is_scheme
from gisapp.model.codes import CHANGED_SINCE_2020, NATIONAL_SCHEME, LandUseCodes

OLD_SCHEME = "YDYH-2020"
CODE_FIELDS = ("use_code", "plan_use_code")
SHOWN = 20
_DECLARE = f"核对文件的分类版本后在映射文件写明：use_scheme: {OLD_SCHEME}（导入时按新旧码对照转换）或 use_scheme: {NATIONAL_SCHEME}"


@dataclass
class Coded:
    """Fields with codes of the national scheme, or of a foreign one that is named (代码核对结果)."""

    frame: pd.DataFrame
    faults: list[Fault] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def settle_codes(
    frame: pd.DataFrame, codes: LandUseCodes | None, *, declared: str | None, default: str, name: str
) -> Coded:
    """Return `frame` with ``use_scheme`` filled and its codes checked against that scheme.

    Parameters
    ----------
    frame
        Typed fields; reads ``use_scheme``, ``use_code``, ``plan_use_code`` where they are there.
    codes
        The 2023 list; None where the workspace has none, then only the scheme is filled in.
    declared
        The scheme that the mapping declares for the whole file, or None.
    default
        The workspace's scheme, for rows that nobody declares.
    name
        The file's name, for messages.

    Raises
    ------
    InputError
        If a code shows that the file is not in the scheme it is taken for: then the meaning of its other codes
        is in doubt too, and no row is taken over.
    """
    out = Coded(frame.copy())
    own = frame["use_scheme"] if "use_scheme" in frame else pd.Series(None, index=frame.index, dtype="object")
    said = own.notna().to_numpy() | (declared is not None)
    scheme = own.where(own.notna(), declared or default).astype("object")
    for row in np.flatnonzero(~scheme.map(is_scheme).to_numpy(dtype=bool)):
        out.faults.append(Fault(int(row) + 1, "分类版本不存在", "use_scheme", str(scheme.iloc[row])))
    if codes is not None:
        present = [name_ for name_ in CODE_FIELDS if name_ in frame.columns]
        national = (scheme == NATIONAL_SCHEME).to_numpy()
        _require_current(frame, present, codes, national=national, said=said, name=name)
        _reject_unknown(out, present, codes, national)
        _migrate(out, present, codes, (scheme == OLD_SCHEME).to_numpy())
        scheme = scheme.where(scheme != OLD_SCHEME, NATIONAL_SCHEME)
    out.frame["use_scheme"] = scheme
    return out


def _require_current(
    frame: pd.DataFrame,
    fields: list[str],
    codes: LandUseCodes,
    *,
    national: np.ndarray,
    said: np.ndarray,
    name: str,
) -> None:
    """Raise if a row taken as 2023 has a code of 2020 only, or an undeclared one that both lists use differently."""
    problems: list[Problem] = []
    ambiguous = CHANGED_SINCE_2020 & (set(codes.entries) | codes.only_2020)
    for column in fields:
        values = frame[column]
        old = national & values.isin(codes.only_2020).to_numpy()
        unsure = national & ~said & values.isin(ambiguous).to_numpy() & ~old
        for rows, message in (
            (old, "2020 年版代码，2023 年版用地用海分类中没有"),
            (unsure, "2020 与 2023 年版含义不同的代码，文件没有写明版本"),
        ):
            problems += [
                Problem(
                    message,
                    file=name,
                    row=int(row) + 1,
                    field=column,
                    value=str(values.iloc[row]),
                    expected=f"{NATIONAL_SCHEME} 代码",
                    action=_DECLARE,
                )
                for row in np.flatnonzero(rows)[:SHOWN]
            ]
    if problems:
        raise InputError(problems[:SHOWN])


def _reject_unknown(out: Coded, fields: list[str], codes: LandUseCodes, national: np.ndarray) -> None:
    for column in fields:
        values = out.frame[column]
        bad = national & values.notna().to_numpy() & ~values.isin(codes.entries).to_numpy()
        for row in np.flatnonzero(bad):
            code = str(values.iloc[row])
            # A table that took codes for numbers has lost their leading zero.
            hint = f"，是否丢失前导零（0{code}）" if f"0{code}" in codes.entries else ""
            out.faults.append(Fault(int(row) + 1, f"代码不在 2023 年版用地用海分类中{hint}", column, code))


def _migrate(out: Coded, fields: list[str], codes: LandUseCodes, old: np.ndarray) -> None:
    """Change 2020 codes to 2023 ones (LUC-04), listing how many rows of each code changed."""
    if not old.any():
        return
    table = migration(codes)
    for column in fields:
        values = out.frame[column].astype("object")
        known = values.isin(table).to_numpy()
        bad = old & values.notna().to_numpy() & ~known
        reason = "代码不在 2020 年版用地用海分类中"
        out.faults += [
            Fault(int(row) + 1, reason, column, str(values.iloc[row])) for row in np.flatnonzero(bad)
        ]
        moved = old & known
        changed = values[moved][values[moved].map(table) != values[moved]]
        for code, count in changed.value_counts().sort_index().items():
            text = f"{column}：2020 年版代码 {code} 已按新旧码对照转为 {table[str(code)]}，共 {count} 条"
            out.notes.append(Note("code", text))
        out.frame[column] = values.where(~moved, values.map(table))


def migration(codes: LandUseCodes) -> dict[str, str]:
    """Return the 2023 code of each 2020 code (新旧码对照, LUC-04)."""
    return {old: entry.code for entry in codes.entries.values() for old in entry.codes_2020}
