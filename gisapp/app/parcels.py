"""The parcel table of a workspace (地块表): where its bytes are, and its columns in the types of the schema."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from gisapp.crs import parse_crs
from gisapp.errors import CrsError, InputError, Problem, unreadable
from gisapp.io.hashing import sha256_frame
from gisapp.io.vector import read_vector
from gisapp.model.layers import Catalog
from gisapp.model.parcels import FieldSpec, ParcelSchema

STATE_FOLDER: Final = ".gisapp"
HEAD_FILE: Final = "head.json"


@dataclass(frozen=True)
class ParcelTable:
    """The current parcels (当前地块): the frame, its content hash, its revision."""

    frame: gpd.GeoDataFrame = field(repr=False)
    hash: str
    revision: int


def parcels_folder(root: Path) -> Path:
    """Return where imported parcel tables are kept."""
    return root / STATE_FOLDER / "parcels"


def read_parcels(root: Path, catalog: Catalog, schema: ParcelSchema) -> ParcelTable:
    """Return the newest import, else the catalogue's seed, else an empty table.

    Raises
    ------
    InputError
        If the file is not readable, lacks a required field, holds a wrong type or a repeated id.
    CrsError
        If it is not in the workspace's CRS.
    """
    source, revision = _source(root, catalog)
    crs = parse_crs(catalog.workspace.crs, file="layers/catalog.yaml")
    if source is None:
        empty = gpd.GeoDataFrame({name: [] for name in schema.names}, geometry=[], crs=crs)
        return ParcelTable(empty, sha256_frame(empty), 0)
    frame = read_vector(source)
    if frame.crs is None or parse_crs(frame.crs.to_string()) != crs:
        value = "缺失" if frame.crs is None else frame.crs.to_string()
        expected = catalog.workspace.crs
        raise CrsError(
            Problem(
                "地块表与工作区的坐标系不一致",
                file=source.name,
                field="crs",
                value=value,
                expected=expected,
                action="用 gisapp import 重新导入",
            )
        )
    typed = conform(frame, schema, name=source.name)
    return ParcelTable(typed, sha256_frame(typed), revision)


def _source(root: Path, catalog: Catalog) -> tuple[Path | None, int]:
    head = parcels_folder(root) / HEAD_FILE
    if head.exists():
        record = _head(head)
        return parcels_folder(root) / f"{record['hash']}.parquet", int(record.get("revision", 0))
    seed = catalog.workspace.parcels
    return (root / "layers" / seed).resolve() if seed else None, 0


def _head(path: Path) -> dict[str, Any]:
    """Return which import is the current one, or raise if the file that says so cannot be read."""
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if "hash" in record:
            return record
    except OSError as error:
        raise unreadable(path.name, error) from error
    except (ValueError, TypeError):
        pass
    action = "从备份恢复，或删去它以回到目录所列的地块表"
    raise InputError(Problem("当前版本记录损坏", file=f"{STATE_FOLDER}/parcels/{path.name}", action=action))


def conform(frame: gpd.GeoDataFrame, schema: ParcelSchema, *, name: str) -> gpd.GeoDataFrame:
    """Return `frame` with every schema field in its type; missing stays missing, other columns stay.

    Raises
    ------
    InputError
        With each value that does not fit its field, each missing required value, and repeated ids.
    """
    out = frame.reset_index(drop=True)
    problems: list[Problem] = []
    for spec in schema.fields:
        if spec.name not in out.columns:
            if spec.required:
                problems.append(Problem("缺少必填字段", file=name, field=spec.name, action="检查导入映射"))
            continue
        typed, bad = typed_column(out[spec.name], spec)
        problems += [
            Problem(
                "值与字段类型不符", file=name, row=row + 1, field=spec.name, value=value, expected=spec.dtype
            )
            for row, value in bad[:20]
        ]
        out[spec.name] = typed
        if spec.required:
            absent = typed.isna().to_numpy().nonzero()[0]
            problems += [
                Problem("必填值为空", file=name, row=int(row) + 1, field=spec.name) for row in absent[:20]
            ]
    if "parcel_id" in out.columns:
        twice = out["parcel_id"][out["parcel_id"].duplicated() & out["parcel_id"].notna()].unique()
        problems += [
            Problem("地块编号重复", file=name, field="parcel_id", value=str(value), expected="每宗唯一")
            for value in twice[:20]
        ]
    if problems:
        raise InputError(problems)
    return out


def typed_column(values: pd.Series, spec: FieldSpec) -> tuple[pd.Series, list[tuple[int, str]]]:
    """Return a column in the type of its field and the (row, value) pairs that do not fit."""
    given = values.notna()
    typed: pd.Series[Any]
    if spec.dtype in ("float", "int"):
        typed = pd.to_numeric(values, errors="coerce").astype("float64")
    elif spec.dtype == "date":
        typed = pd.to_datetime(values, errors="coerce", format="ISO8601" if values.dtype == object else None)
        typed = typed.astype("datetime64[s]")
    elif spec.dtype == "bool":
        words = {
            "true": True,
            "1": True,
            "1.0": True,
            "是": True,
            "false": False,
            "0": False,
            "0.0": False,
            "否": False,
        }
        typed = values.astype("object").map(lambda v: words.get(str(v).strip().lower()), na_action="ignore")
        typed = typed.astype("boolean")
    else:
        typed = values.astype("object").where(given, None)
        return typed, []
    bad = (given & typed.isna()).to_numpy().nonzero()[0]
    return typed, [(int(row), str(values.iloc[row])) for row in bad]
