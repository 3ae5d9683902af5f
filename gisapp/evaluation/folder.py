"""The run folder (运行目录): run.json, parcels.parquet, trace.parquet, pairs.parquet, parcels.gpkg, sensitivity.json.

Where the subjects are parks or enterprises the files are parks.parquet and enterprises.parquet, with park_id and
enterprise_id in them.

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
from gisapp.context.parks import parks
from gisapp.errors import InputError, Problem, why_not
from gisapp.evaluation.result import Evaluation
from gisapp.evaluation.subjects import id_column, table_name
from gisapp.io.staging import staging
from gisapp.io.vector import write_geopackage
from gisapp.rules.load import LoadedRulebook

RUN_FILE = "run.json"
SENSITIVITY_FILE = "sensitivity.json"


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
        _keep_sensitivity(folder, temporary, evaluation.run_id)
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


def save_sensitivity(text: str, folder: Path) -> Path:
    """Write sensitivity.json into a run folder, whole or not at all, and return its path."""
    with staging(folder, ".sensitivity-", field="--out") as temporary:
        (temporary / SENSITIVITY_FILE).write_text(text, encoding="utf-8")
        return (temporary / SENSITIVITY_FILE).replace(folder / SENSITIVITY_FILE)


def _keep_sensitivity(old: Path, new: Path, run: str) -> None:
    """Take the sensitivity of the same run along when its folder is written anew."""
    if (old / SENSITIVITY_FILE).exists():
        text = (old / SENSITIVITY_FILE).read_text(encoding="utf-8")
        if f'"run_id": "{run}"' in text:
            (new / SENSITIVITY_FILE).write_text(text, encoding="utf-8")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _write(evaluation: Evaluation, folder: Path, *, parcels: gpd.GeoDataFrame, context: Context) -> None:
    text = json.dumps(evaluation.manifest, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / RUN_FILE).write_text(text + "\n", encoding="utf-8")
    named = _named(evaluation)
    name = table_name(evaluation.rulebook.subject)
    _parquet(named[name], folder / f"{name}.parquet")
    _parquet(named["trace"], folder / "trace.parquet")
    if evaluation.pairs is not None:
        _parquet(evaluation.pairs, folder / "pairs.parquet")
    subjects = _shapes(evaluation, parcels, context)
    tables: dict[str, gpd.GeoDataFrame | pd.DataFrame] = {name: named[name]}
    if subjects is not None:
        shapes = subjects.reindex(evaluation.parcels["parcel_id"]).to_numpy()
        tables[name] = gpd.GeoDataFrame(named[name].copy(), geometry=shapes, crs=parcels.crs)
    trace = named["trace"]
    tables["trace"] = trace.astype(
        {column: "object" for column in trace.columns if trace[column].dtype == "category"}
    )
    if isinstance(tables[name], gpd.GeoDataFrame):
        tables |= clipped_layers(context, tables[name])
    write_geopackage(tables, folder / f"{name}.gpkg")


def _named(evaluation: Evaluation) -> dict[str, pd.DataFrame]:
    """Return table of subjects and trace, the column of ids called after what they are of."""
    subject = evaluation.rulebook.subject
    to = {"parcel_id": id_column(subject)}
    return {
        table_name(subject): evaluation.parcels.rename(columns=to),
        "trace": evaluation.trace.rename(columns=to),
    }


def _shapes(evaluation: Evaluation, parcels: gpd.GeoDataFrame, context: Context) -> gpd.GeoSeries | None:
    """Return the geometries of the subjects by id; enterprises have none of their own."""
    subject = evaluation.rulebook.subject
    if subject == "enterprise":
        return None
    table = parks(context) if subject == "park" else parcels
    return table.set_index("parcel_id").geometry


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
        subject = rulebook.rulebook.subject
        back = {id_column(subject): "parcel_id"}
        parcels = pd.read_parquet(folder / f"{table_name(subject)}.parquet").rename(columns=back)
        parcels = parcels.astype({"rank": "Int64"})
        trace = pd.read_parquet(folder / "trace.parquet").rename(columns=back)
        pairs_file = folder / "pairs.parquet"
        pairs = pd.read_parquet(pairs_file) if pairs_file.exists() else None
    except (OSError, ValueError, KeyError) as error:
        raise InputError(Problem("运行目录无法读取", file=folder.name, action="删除后重新评价")) from error
    return Evaluation(rulebook.rulebook, rulebook.policies, parcels, trace, manifest, pairs)
