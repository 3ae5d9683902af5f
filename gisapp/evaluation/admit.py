"""Whether a parcel table can be judged at all (评价前核对): something to judge, each parcel once, codes of their scheme."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from gisapp.context import Context
from gisapp.errors import InputError, Problem
from gisapp.model.codes import NATIONAL_SCHEME, LandUseCodes

TABLE: Final = "地块表"
SHOWN: Final = 20
CODE_FIELDS: Final = ("use_code", "plan_use_code")


def require_subjects(parcels: gpd.GeoDataFrame, context: Context) -> None:
    """Raise `InputError` if `parcels` cannot be judged: none, an id twice, or what `table_problems` finds."""
    if len(parcels) == 0:
        raise InputError(
            Problem("没有可评价的地块", expected="至少一宗", action="先用 gisapp import 导入地块")
        )
    twice = parcels["parcel_id"][parcels["parcel_id"].duplicated()]
    if len(twice):
        shown = "、".join(map(str, twice.unique()[:5]))
        action = "导入时重复的记录会被隔离，请先处理"
        raise InputError(
            Problem("地块编号重复", field="parcel_id", value=shown, expected="每宗唯一", action=action)
        )
    problems = table_problems(parcels, context.codes)
    if problems:
        raise InputError(problems)


def table_problems(parcels: pd.DataFrame, codes: LandUseCodes | None) -> list[Problem]:
    """Return parcel codes that stand twice, and codes of the 2020 list in rows of the 2023 scheme.

    A missing parcel code is allowed, and rows of a foreign scheme (``other:…``) have codes of their own.
    """
    problems = _twice(parcels["parcel_code"]) if "parcel_code" in parcels else []
    if codes is None:
        return problems
    scheme = parcels["use_scheme"] if "use_scheme" in parcels else pd.Series(None, index=parcels.index)
    national = (scheme.isna() | (scheme == NATIONAL_SCHEME)).to_numpy(dtype=bool)
    for field in CODE_FIELDS:
        if field in parcels:
            problems += _of_2020(parcels[field], national, codes)
    return problems


def _twice(values: pd.Series) -> list[Problem]:
    again = (values.duplicated(keep=False) & values.notna()).to_numpy(dtype=bool)
    return [
        Problem(
            "宗地代码重复",
            file=TABLE,
            row=int(row) + 1,
            field="parcel_code",
            value=str(values.iloc[row]),
            expected="每宗唯一，可以为空",
            action="核对登记资料，改正代码后重新导入",
        )
        for row in np.flatnonzero(again)[:SHOWN]
    ]


def _of_2020(values: pd.Series, national: np.ndarray, codes: LandUseCodes) -> list[Problem]:
    old = national & values.isin(codes.only_2020).to_numpy(dtype=bool)
    return [
        Problem(
            "2020 年版代码，2023 年版用地用海分类中没有",
            file=TABLE,
            row=int(row) + 1,
            field=str(values.name),
            value=str(values.iloc[row]),
            expected=f"{NATIONAL_SCHEME} 代码",
            action="在映射文件写明 use_scheme: YDYH-2020 后重新导入，导入时按新旧码对照转换",
        )
        for row in np.flatnonzero(old)[:SHOWN]
    ]
