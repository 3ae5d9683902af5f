"""Publishing a state of the parcels (发布): a GeoPackage that QGIS opens, and nothing of log, drafts or users."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd

from gisapp.app.storing import LOCAL
from gisapp.app.workspace import Workspace
from gisapp.errors import InputError, Problem, UsageError
from gisapp.io.vector import write_geopackage


def publish(workspace: Workspace, path: Path) -> dict[str, object]:
    """Write the parcels of `workspace` (a branch at a revision) to a new GeoPackage and return what it holds.

    Tables: ``parcels`` (all fields, the outline bit for bit, the parcel's version) and ``about`` (workspace,
    branch, revision, its hash, content hash, CRS, whether the data are synthetic).

    Raises
    ------
    UsageError
        If the file exists: a published file is never overwritten.
    InputError
        If it cannot be written.
    """
    if path.exists():
        raise UsageError(f"文件 {path.name} 已存在", action="换一个文件名；已发布的文件不覆盖")
    about = _about(workspace)
    frame = workspace.parcels.copy()
    store = workspace.store
    versions = store.read(workspace.branch, workspace.table.revision).versions if store else {}
    frame["version"] = [versions.get(str(id_), 1) for id_ in frame["parcel_id"]]
    for name in frame.columns:
        if isinstance(frame[name].dtype, pd.BooleanDtype):
            frame[name] = frame[name].astype("object")
    table = pd.DataFrame({"key": list(about), "value": [str(value) for value in about.values()]})
    try:
        with tempfile.TemporaryDirectory(dir=path.resolve().parent, prefix=".publish-") as folder:
            scratch = Path(folder) / "parcels.gpkg"
            write_geopackage({"parcels": frame, "about": table}, scratch)
            scratch.replace(path)
    except OSError as error:
        action = "检查文件夹权限与磁盘空间"
        raise InputError(Problem("不能写出文件", file=path.name, action=action)) from error
    return {**about, "rows": len(frame), "file": str(path)}


def _about(workspace: Workspace) -> dict[str, object]:
    info, store = workspace.catalog.workspace, workspace.store
    revision = store.revision(workspace.table.revision) if store else None
    return {
        "workspace": info.id,
        "branch": workspace.branch,
        "revision": workspace.table.revision,
        "revision_hash": revision.hash if revision else "",
        "made_at": revision.made_at.astimezone(LOCAL).isoformat(timespec="seconds") if revision else "",
        "content_hash": workspace.table.hash,
        "crs": info.crs,
        "data_date": info.data_date.isoformat(),
        "synthetic": info.synthetic,
    }
