"""The import verb (导入): a file into the parcel table, every row accounted for, written whole or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisapp.app.import_merge import fit_current, merged, same_parcels
from gisapp.app.parcels import HEAD_FILE, parcels_folder
from gisapp.app.records import changed_rows, to_rows
from gisapp.app.storing import local_user
from gisapp.app.workspace import Workspace
from gisapp.crs import parse_crs
from gisapp.errors import InputError, Problem, UsageError
from gisapp.io.hashing import sha256_file, sha256_frame
from gisapp.io.importdatum import Datum
from gisapp.io.importfile import Source, read_source
from gisapp.io.importing import Rules, screen
from gisapp.io.importquarantine import write_quarantine
from gisapp.io.importresult import Fixed, Note, Quarantined, Screened
from gisapp.io.mapping import load_mapping
from gisapp.io.staging import owned, sweep
from gisapp.io.tables import read_land_use_codes
from gisapp.kernels.coverage import overlaps
from gisapp.model.changes import OFFICIAL, Author, Commit, Reason
from gisapp.store import ParcelStore

Progress = Callable[[str, int, int], None]
REVISION: Final = 0
"""Before there is an editable store every import is revision 0; then each is a revision of its own."""

SHOWN: Final = 20
STEPS: Final = ("读取文件", "筛查记录", "检查重叠", "写入地块表")


@dataclass(frozen=True)
class ImportOptions:
    """How a file is to be imported (导入选项)."""

    mapping: Path | None = None
    crs: str | None = None
    datum: Datum | None = None
    encoding: str | None = None
    layer: str | None = None
    fix: bool = False
    replace: bool = False
    dry_run: bool = False


@dataclass(frozen=True)
class ImportResult:
    """What an import did (导入结果); ``rows_in`` = kept + fixed + quarantined."""

    file: str
    to: str
    rows_in: int
    kept: int
    fixed: tuple[Fixed, ...]
    quarantined: tuple[Quarantined, ...]
    findings: tuple[Note, ...]
    mapped: dict[str, str] = field(default_factory=dict)
    unmapped: tuple[str, ...] = ()
    rows_total: int = 0
    hash: str | None = None
    revision: int = REVISION
    dry_run: bool = False
    quarantine_file: str | None = None
    geos: str = shapely.geos_version_string

    def as_dict(self) -> dict[str, object]:
        """Return the result as plain data, as ``--json`` prints it."""
        out: dict[str, Any] = dict(self.__dict__)  # nested plain data
        out["fixed"] = [vars(item) for item in self.fixed]
        out["quarantined"] = [vars(item) for item in self.quarantined]
        out["findings"] = [note.as_dict() for note in self.findings]
        return out


def import_parcels(
    workspace: Workspace,
    file: Path,
    options: ImportOptions,
    *,
    progress: Progress = lambda stage, done, total: None,
) -> ImportResult:
    """Import parcels or attributes of parcels into a workspace and return what became of each row.

    A file with outlines adds parcels and updates those with the same ``parcel_id``; a table without updates
    attributes of parcels that are there. An empty cell never erases a known value.

    Raises
    ------
    InputError
        If the file cannot be taken as a whole, no row of it can, or the workspace cannot be written.
    """
    with staging(workspace, dry_run=options.dry_run) as folder:
        progress(STEPS[0], 0, len(STEPS))
        source = read_source(file, encoding=options.encoding, layer=options.layer)
        progress(STEPS[1], 1, len(STEPS))
        screened, current = _screened(workspace, source, options, file.name)
        table = merged(current, screened.frame, workspace.schema)
        progress(STEPS[2], 2, len(STEPS))
        notes = [*screened.notes, *(_overlap_notes(table, screened.frame) if source.spatial else [])]
        progress(STEPS[3], 3, len(STEPS))
        result = _result(file.name, screened, notes, table, dry_run=options.dry_run)
        if folder is not None:
            head = _head(result, sha256_file(file), options)
            result = replace(result, quarantine_file=_keep_aside(workspace, folder, screened))
            revision = _record(workspace, folder, table, {**head, "quarantine": result.quarantine_file})
            result = replace(result, revision=revision)
        progress(STEPS[3], 4, len(STEPS))
    if not options.dry_run:
        workspace.reload()
    return result


def _screened(
    workspace: Workspace, source: Source, options: ImportOptions, name: str
) -> tuple[Screened, gpd.GeoDataFrame]:
    """Return the rows that can be taken over, at least one, and the table that they go into."""
    if options.replace and not source.spatial:
        action = "属性表只更新已有地块；要替换地块表，请导入带界线的文件"
        raise UsageError("--replace 不适用于属性表", action=action)
    screened = screen(source, _rules(workspace, options), name=name)
    current = _no_parcels(workspace) if options.replace else workspace.parcels
    screened = same_parcels(screened, current)
    screened = fit_current(screened, current, source.frame, workspace.schema, spatial=source.spatial)
    _require_some(screened, name)
    return screened, current


def _result(
    name: str, screened: Screened, notes: list[Note], table: gpd.GeoDataFrame, *, dry_run: bool
) -> ImportResult:
    return ImportResult(
        file=name,
        to="parcels",
        rows_in=screened.rows_in,
        kept=screened.kept,
        fixed=screened.fixed,
        quarantined=screened.quarantined,
        findings=tuple(notes),
        mapped=screened.mapped,
        unmapped=screened.unmapped,
        rows_total=len(table),
        hash=sha256_frame(table),
        dry_run=dry_run,
    )


@contextmanager
def staging(workspace: Workspace, *, dry_run: bool) -> Iterator[Path | None]:
    """Give a folder to write into that disappears whatever happens, None for a dry run.

    It is made first, so that a workspace without write permission is refused before any work is done.
    """
    if dry_run:
        yield None
        return
    try:
        workspace.state.mkdir(exist_ok=True)
        sweep(workspace.state, "import-")
        folder = Path(tempfile.mkdtemp(prefix=owned("import-"), dir=workspace.state))
    except OSError as error:
        raise not_writable(workspace.state) from error
    try:
        yield folder
    except OSError as error:
        raise not_writable(workspace.state) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def not_writable(folder: Path) -> InputError:
    """Return the error for a place that cannot be written."""
    action = "检查文件夹权限与磁盘空间，或把工作区复制到可写的位置"
    return InputError(
        Problem(
            "工作区不可写", file=f"{folder.parent.name}/{folder.name}", expected="可写的文件夹", action=action
        )
    )


def _rules(workspace: Workspace, options: ImportOptions) -> Rules:
    info = workspace.catalog.workspace
    codes = workspace.root / "parcels" / "codes" / "land_use_codes.csv"
    return Rules(
        schema=workspace.schema,
        crs=parse_crs(info.crs, file="layers/catalog.yaml"),
        codes=read_land_use_codes(codes) if codes.exists() else None,
        use_scheme=info.use_scheme,
        mapping=load_mapping(options.mapping, workspace.schema)[0] if options.mapping else None,
        declared_crs=options.crs,
        datum=options.datum,
        fix=options.fix,
    )


def _no_parcels(workspace: Workspace) -> gpd.GeoDataFrame:
    """Return an empty table: what is there need not even be readable to be replaced."""
    return gpd.GeoDataFrame({"parcel_id": []}, geometry=[], crs=workspace.catalog.workspace.crs)


def _require_some(screened: Screened, name: str) -> None:
    """Raise if not one row can be taken over, with the reasons."""
    if len(screened.frame):
        return
    problems = [
        Problem(item.reason, file=name, row=item.row, field=item.field, value=item.value)
        for item in screened.quarantined[:SHOWN]
    ]
    head = Problem(
        f"{screened.rows_in} 条记录都不能导入，工作区未改动", file=name, action="按下列原因改正后重试"
    )
    raise InputError([head, *problems])


def _overlap_notes(table: gpd.GeoDataFrame, incoming: pd.DataFrame) -> list[Note]:
    """Return each pair of parcels that overlap, one of them imported now, the largest overlap first."""
    ids = table["parcel_id"].to_numpy()
    shapes = table.geometry.to_numpy()
    fine = np.flatnonzero(shapely.is_valid(shapes))
    among = np.isin(ids[fine], incoming["parcel_id"].to_numpy())
    left, right, area = overlaps(shapes[fine], among=among)
    order = np.argsort(-area, kind="stable")
    return [
        Note(
            "overlap", "两宗地块重叠，均已保留", ids=(ids[fine[a]], ids[fine[b]]), area_m2=round(float(m2), 4)
        )
        for a, b, m2 in zip(left[order], right[order], area[order], strict=True)
    ]


def _head(result: ImportResult, source_hash: str, options: ImportOptions) -> dict[str, object]:
    """Return what is remembered of an import beside its table; no clock, so equal imports give equal bytes."""
    return {
        "hash": result.hash,
        "rows": result.rows_total,
        "revision": result.revision,
        "source": result.file,
        "source_hash": source_hash,
        "mapping": options.mapping.name if options.mapping else None,
        "mapping_hash": sha256_file(options.mapping) if options.mapping else None,
        "crs": options.crs,
        "datum": options.datum,
        "rows_in": result.rows_in,
        "kept": result.kept,
        "fixed": len(result.fixed),
        "quarantined": len(result.quarantined),
        "geos": result.geos,
    }


def _keep_aside(workspace: Workspace, folder: Path, screened: Screened) -> str | None:
    """Move the quarantined rows into place; return the name of their file."""
    if not screened.quarantined:
        return None
    aside = write_quarantine(folder, screened.rejected, screened.quarantined)
    (workspace.state / "quarantine").mkdir(exist_ok=True)
    place = workspace.state / "quarantine" / aside.name
    aside.replace(place)
    return place.relative_to(workspace.root).as_posix()


def _record(workspace: Workspace, folder: Path, table: gpd.GeoDataFrame, head: dict[str, object]) -> int:
    """Record the table and return its revision: in the store if there is one, else as the file it starts from."""
    if workspace.store is not None:
        return _commit(workspace.store, table, head)
    target = parcels_folder(workspace.root)
    target.mkdir(exist_ok=True)
    file = folder / f"{head['hash']}.parquet"
    table.to_parquet(file, index=False, compression="zstd")
    text = json.dumps(head, ensure_ascii=False, indent=1)
    (folder / HEAD_FILE).write_text(f"{text}\n", encoding="utf-8")
    file.replace(target / file.name)
    (folder / HEAD_FILE).replace(target / HEAD_FILE)
    return REVISION


def _commit(store: ParcelStore, table: gpd.GeoDataFrame, head: dict[str, object]) -> int:
    """Record an import as a revision of the official parcels; nothing where it changes nothing."""
    snapshot = store.read(OFFICIAL)
    changes = changed_rows(snapshot.rows, to_rows(table))
    if not changes:
        return snapshot.revision
    commit = Commit(
        branch=OFFICIAL,
        changes=tuple(changes),
        base={change.parcel_id: snapshot.versions.get(change.parcel_id, 0) for change in changes},
        author=Author(local_user()),
        reason=Reason("import", str(head["source"])),
        op_id=str(uuid.uuid4()),
        op={"op": "import", **head},
        kind="import",
    )
    return store.commit(commit).number
