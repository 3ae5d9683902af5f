"""The run folder (运行目录): run.json, parcels.parquet, trace.parquet, pairs.parquet, parcels.gpkg.

The same evaluation gives the same bytes. A folder is written beside its place and moved there whole, so that
a reader never sees half of one.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from gisapp.context import Context
from gisapp.errors import InputError, Problem, why_not
from gisapp.evaluation.result import Evaluation
from gisapp.io.staging import staging
from gisapp.io.vector import write_geopackage
from gisapp.rules.load import LoadedRulebook

RUN_FILE = "run.json"


def save(evaluation: Evaluation, folder: Path, *, parcels: gpd.GeoDataFrame, context: Context) -> Path:
    """Write the run folder and return it; an older run in the same place is replaced whole.

    Raises
    ------
    InputError
        If `folder` holds something that is not a run, or cannot be written.
    """
    _require_free(folder)
    with staging(folder.parent, ".run-", field="--out") as temporary:
        _write(evaluation, temporary, parcels=parcels, context=context)
        if folder.exists():
            shutil.rmtree(folder)
        temporary.replace(folder)
        folder.chmod(0o777 & ~_umask())
    return folder


def _require_free(folder: Path) -> None:
    """Raise if something else than a run stands where the folder goes."""
    try:
        taken = folder.exists() and any(folder.iterdir()) and not (folder / RUN_FILE).exists()
    except OSError as error:
        problem = Problem(
            f"输出目录不可用：{why_not(error)}", file=folder.name, field="--out", action="换一个目录"
        )
        raise InputError(problem) from error
    if taken:
        action = "换一个空目录"
        raise InputError(
            Problem("输出目录不是空的，也不是运行目录", file=folder.name, field="--out", action=action)
        )


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _write(evaluation: Evaluation, folder: Path, *, parcels: gpd.GeoDataFrame, context: Context) -> None:
    text = json.dumps(evaluation.manifest, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / RUN_FILE).write_text(text + "\n", encoding="utf-8")
    _parquet(evaluation.parcels, folder / "parcels.parquet")
    _parquet(evaluation.trace, folder / "trace.parquet")
    if evaluation.pairs is not None:
        _parquet(evaluation.pairs, folder / "pairs.parquet")
    shapes = parcels.set_index("parcel_id").geometry.reindex(evaluation.parcels["parcel_id"]).to_numpy()
    tables: dict[str, gpd.GeoDataFrame | pd.DataFrame] = {
        "parcels": gpd.GeoDataFrame(evaluation.parcels.copy(), geometry=shapes, crs=parcels.crs)
    }
    tables["trace"] = evaluation.trace.astype(
        {name: "object" for name in evaluation.trace.columns if evaluation.trace[name].dtype == "category"}
    )
    tables |= clipped_layers(context, tables["parcels"])
    write_geopackage(tables, folder / "parcels.gpkg")


def clipped_layers(context: Context, parcels: gpd.GeoDataFrame) -> dict[str, gpd.GeoDataFrame]:
    """Return each vector layer's features that meet the envelope of the parcels, whole."""
    window = shapely.box(*parcels.total_bounds)
    out = {}
    for name, layer in context.layers.items():
        if layer.frame is not None:
            frame = layer.frame[layer.frame.intersects(window)]
            if len(frame):
                out[name] = frame
    return out


def _parquet(frame: pd.DataFrame, path: Path) -> None:
    """Write a table without pandas' own metadata, which names versions."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    pq.write_table(table.replace_schema_metadata(None), path, compression="zstd")


def load(folder: Path, rulebook: LoadedRulebook) -> Evaluation:
    """Return a saved evaluation of `rulebook`.

    Raises
    ------
    InputError
        If the folder is no run folder or cannot be read.
    """
    try:
        manifest = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
        parcels = pd.read_parquet(folder / "parcels.parquet").astype({"rank": "Int64"})
        trace = pd.read_parquet(folder / "trace.parquet")
        pairs_file = folder / "pairs.parquet"
        pairs = pd.read_parquet(pairs_file) if pairs_file.exists() else None
    except (OSError, ValueError, KeyError) as error:
        raise InputError(Problem("运行目录无法读取", file=folder.name, action="删除后重新评价")) from error
    return Evaluation(rulebook.rulebook, rulebook.policies, parcels, trace, manifest, pairs)
