"""Which missing data would settle the most (缺什么资料): unknown parcels by the field, table or layer that they wait for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from gisapp.evaluation.result import Evaluation
from gisapp.indicators import REGISTRY, economy
from gisapp.model.parcels import ParcelSchema

COLUMNS: Final = ("item", "title", "kind", "parcels", "alone", "rules")
_NOT_LOADED: Final = "未提供："
_OCCUPANTS: Final = economy.__name__
_ENTERPRISES: Final = "企业年度指标与占用关系"
"""What indicators of the occupants wait for: rows of tables, not a field of the parcel."""


def missing_data(
    evaluation: Evaluation, parcels: gpd.GeoDataFrame, schema: ParcelSchema, *, id_column: str = "parcel_id"
) -> pd.DataFrame:
    """Return what the unknown parcels wait for, the most wanted first (资料缺口排序).

    Columns: ``item`` (field name, or the source that is not loaded), ``title``, ``kind`` (``field``, ``source`` or
    ``check`` where a person has to look at the place), ``parcels`` (how many unknown parcels wait for it), ``alone``
    (how many wait for nothing else), ``rules`` (which rules). Only rules that keep the verdict open count.
    """
    ids = evaluation.parcels[id_column]
    unknown = ids[(evaluation.parcels["verdict"] == "unknown").to_numpy()]
    trace = evaluation.trace
    open_ = (trace["verdict"] == "unknown").to_numpy() & trace[id_column].isin(set(unknown)).to_numpy()
    open_ &= trace["role"].isin(["scope", "must", "prohibit", "trigger"]).to_numpy()
    rows = trace.loc[open_, [id_column, "rule_id", "indicator", "reason"]].astype("object")
    wants = pd.DataFrame(
        list(_wants(rows, parcels.set_index(id_column), id_column)),
        columns=[id_column, "item", "kind", "rule_id"],
    )
    if wants.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    single = wants.groupby(id_column)["item"].transform("nunique") == 1
    grouped = wants.groupby(["item", "kind"], sort=False)
    out = grouped.agg(
        parcels=(id_column, "nunique"), rules=("rule_id", lambda ids: "、".join(dict.fromkeys(ids)))
    ).reset_index()
    alone = wants[single].groupby("item")[id_column].nunique()
    out["alone"] = [int(alone.get(item, 0)) for item in out["item"]]
    out["title"] = [_title(item, kind, schema) for item, kind in zip(out["item"], out["kind"], strict=True)]
    out = out.sort_values(["parcels", "alone", "item"], ascending=[False, False, True], kind="stable")
    return out[list(COLUMNS)].reset_index(drop=True)


def _wants(rows: pd.DataFrame, parcels: pd.DataFrame, id_column: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield (id, item, kind, rule) for each thing that an open rule waits for."""
    no_plan = parcels["plan_use_code"].isna().to_dict() if "plan_use_code" in parcels else {}
    for (rule_id, name), part in rows.groupby(["rule_id", "indicator"], sort=False):
        indicator = REGISTRY.get(str(name))
        fields = [field for field in (indicator.reads if indicator else ()) if field in parcels.columns]
        own = part[id_column].to_numpy(dtype=object)
        empty = parcels.loc[own, fields].isna().to_numpy() if fields else np.zeros((len(part), 0), dtype=bool)
        for place, (id_, reason) in enumerate(zip(own, part["reason"], strict=True)):
            text = str(reason or "")
            if text.startswith(_NOT_LOADED):
                yield str(id_), text.removeprefix(_NOT_LOADED), "source", str(rule_id)
                continue
            lacking = [field for field, gone in zip(fields, empty[place], strict=True) if gone]
            if not lacking and no_plan.get(str(id_), False) and text == "资料不足":
                lacking = [
                    "plan_use_code"
                ]  # the target use, which what is compatible or prohibited depends on
            for field in lacking:
                yield str(id_), field, "field", str(rule_id)
            if not lacking and indicator and indicator.compute.__module__ == _OCCUPANTS:
                yield str(id_), _ENTERPRISES, "source", str(rule_id)
            elif not lacking:
                title = indicator.title if indicator else str(name)
                check = text if text and text != "资料不足" else title
                yield str(id_), f"{title}：{check}" if check != title else title, "check", str(rule_id)


def _title(item: str, kind: str, schema: ParcelSchema) -> str:
    spec = schema.field(item) if kind == "field" else None
    return spec.title.zh if spec else item
