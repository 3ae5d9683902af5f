"""The page of boundary packages (边界优化): choose or make a package, put land in and out, see the live balance."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path, PurePath
from typing import Any, Final

import streamlit as st

from gisapp.app import udbshelf
from gisapp.app.server import Server, current
from gisapp.app.sitecheck import main_file, read_file, read_text
from gisapp.app.storing import LOCAL
from gisapp.app.udb import (
    calculate_package,
    cases_on,
    evidence_of,
    new_package,
    parcel_outline,
    redline_outlines,
    with_moves,
    without_move,
)
from gisapp.app.workspace import Workspace
from gisapp.errors import GisappError, InputError
from gisapp.io.redline import RedLineOptions
from gisapp.model.udb import MOVE_WORDS, ZONES, Package
from gisapp.ui import markup, state
from gisapp.ui.markup import tag, text
from gisapp.ui.texts import t
from gisapp.ui.views import udbresult

KINDS: Final = ["txt", "zip", "shp", "shx", "dbf", "prj", "cpg", "geojson", "json", "gpkg", "csv", "xlsx"]
EDITORS: Final = frozenset({"admin", "planner"})
OTHER: Final = "…"


def show() -> None:
    """Show the packages and their moves at the left, what the chosen one comes to at the right."""
    server = current()
    workspace = server.desk.workspace
    with st.container(key="udb", gap=None):
        left, right = st.columns([1, 1.6], gap="small")
        with left, st.container(key="udb_form", gap="small"):
            package, day = _chosen(server, workspace)
            if package is not None and _may_edit(server):
                _add(workspace, package, day)
                _remove(workspace, package)
        with right, st.container(key="udb_found", gap="small"):
            _answer(workspace, package, day)


def _may_edit(server: Server) -> bool:
    return server.settings.role in EDITORS


def _chosen(server: Server, workspace: Workspace) -> tuple[Package | None, date]:
    """Return the package that is looked at, and the day; a new one is made here."""
    known = udbshelf.listed(workspace.state)
    # A list of another length is another choice: it begins with the package that was worked on last.
    id_: str | None = st.selectbox(
        t("方案"),
        known,
        index=known.index(udbshelf.latest(workspace.state)) if known else None,
        key=f"udb_package_{len(known)}",
        placeholder=t("还没有方案"),
        persist_state="session",
    )
    own = workspace.catalog.workspace.data_date
    day = st.date_input(t("测算日期"), value=own, key="udb_day", format="YYYY-MM-DD")
    if _may_edit(server):
        _new(server, workspace)
    try:
        found = udbshelf.read(workspace.state, id_) if id_ else None
    except GisappError as error:
        _fault(error)
        found = None
    return found, day if isinstance(day, date) else own


def _new(server: Server, workspace: Workspace) -> None:
    with st.expander(t("新建方案")), st.form("udb_new", clear_on_submit=True, border=False):
        id_ = st.text_input(t("方案编号（小写字母、数字、连字符）"), key="udb_new_id")
        title = st.text_input(t("方案名称"), key="udb_new_title")
        if st.form_submit_button(t("新建")):
            today = datetime.now(LOCAL).date()
            with _told():
                made = new_package(
                    workspace, id_.strip(), title.strip(), author=server.settings.user, day=today
                )
                udbshelf.save(workspace.state, made)
                st.rerun()


def _add(workspace: Workspace, package: Package, day: date) -> None:
    """Show the form that puts land in or out, and keep what it gives."""
    markup.show(tag("h2", text(t("加图斑"))))
    kind: str = st.segmented_control(
        t("维护类型"), list(MOVE_WORDS), default="in", required=True, format_func=lambda name: t(MOVE_WORDS[name]),
        key="udb_kind", label_visibility="collapsed",
    )  # fmt: skip
    outlines = _source()
    case = _case(workspace, day)
    proof = st.text_input(t("证明材料：名称|文号|日期"), key="udb_proof")
    zone = st.selectbox(t("调入的分区"), ZONES, key="udb_zone", disabled=kind == "out", format_func=t)
    if not st.button(t("加入方案"), key="udb_add", type="primary"):
        return
    with _told():
        told: dict[str, Any] = {
            "kind": kind,
            "case": case,
            "zone": zone,
            "evidence": [evidence_of(proof)] if proof.strip() else [],
        }
        moves = [{**outline, **told} for outline in _outlines(workspace, outlines)]
        udbshelf.save(workspace.state, with_moves(package, moves))
        st.rerun()


def _source() -> tuple[str, Any]:
    """Return where the outline comes from, and what was given there."""
    ways = {"parcel": t("按地块"), "text": t("粘贴坐标"), "file": t("上传文件")}
    way: str = st.segmented_control(
        t("图斑来源"), list(ways), default="parcel", required=True, format_func=ways.__getitem__, key="udb_way",
        label_visibility="collapsed",
    )  # fmt: skip
    if way == "parcel":
        return way, st.text_input(t("地块编号或宗地代码"), value=state.parcel() or "", key="udb_parcel")
    if way == "text":
        said = t("每行一个点：点号, X（北）, Y（东）；空行另起一块；也可粘贴 TXT 全文")
        return way, st.text_area(said, key="udb_text", height=110)
    said = t("界址点 TXT、SHP（同名各件一起选，或 zip）、GeoJSON、GPKG、点坐标 CSV / XLSX")
    return way, st.file_uploader(said, type=KINDS, accept_multiple_files=True, key="udb_files")


def _case(workspace: Workspace, day: date) -> str | None:
    """Return the case that was chosen; one that the list in force does not know can be written in."""
    cases = cases_on(workspace, day)
    titles = cases.titles if cases else {}
    names = {**{id_: f"{id_} {title}" for id_, title in titles.items()}, OTHER: t("其他情形（待核）")}
    edition = (
        t("局部优化情形（{edition} 年版）", edition=cases.edition) if cases else t("局部优化情形（未提供）")
    )
    chosen: str | None = st.selectbox(
        edition,
        list(names),
        index=None,
        format_func=names.__getitem__,
        key="udb_case",
        placeholder=t("未注明"),
    )
    if chosen == OTHER:
        return st.text_input(t("情形编号"), key="udb_case_other").strip() or None
    return chosen


def _outlines(workspace: Workspace, source: tuple[str, Any]) -> list[dict[str, Any]]:
    way, given = source
    options = RedLineOptions()
    if way == "parcel":
        return [parcel_outline(workspace, str(given).strip())]
    if way == "text":
        return redline_outlines(read_text(workspace, str(given), options))
    return redline_outlines(_dropped(workspace, given or [], options))


def _dropped(workspace: Workspace, files: Sequence[Any], options: RedLineOptions) -> Any:  # a red line
    with tempfile.TemporaryDirectory(prefix="gisapp-udb-") as folder:
        paths = [Path(folder) / PurePath(file.name).name for file in files]
        for path, file in zip(paths, files, strict=True):
            path.write_bytes(file.getvalue())
        return read_file(workspace, main_file(paths), options)


def _remove(workspace: Workspace, package: Package) -> None:
    if not package.moves:
        return
    ids = [move.id for move in package.moves]
    with st.container(key="udb_remove", horizontal=True, gap="small"):
        chosen: str | None = st.selectbox(
            t("删去图斑"), ids, index=None, key="udb_gone", placeholder=t("选图斑")
        )
        if st.button(t("删去"), key="udb_drop", disabled=chosen is None) and chosen:
            with _told():
                udbshelf.save(workspace.state, without_move(package, chosen))
                st.rerun()


def _answer(workspace: Workspace, package: Package | None, day: date) -> None:
    if package is None:
        said = t("左侧新建方案，再按地块、坐标或文件加调入与调出图斑")
        markup.show(markup.notice(t("还没有方案"), said, kind="empty"))
        return
    try:
        with st.spinner(t("正在测算")):
            result = calculate_package(workspace, package, as_of=day)
    except GisappError as error:
        _fault(error)
        return
    udbresult.show(result, workspace)


class _told:  # noqa: N801  reads as a word at its place
    """Show what is wrong with an input where it happens."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        """Return whether the error was one of ours and has been shown."""
        if isinstance(error, GisappError):
            _fault(error)
            return True
        return False


def _fault(error: GisappError) -> None:
    said = (
        [str(problem) for problem in error.problems[:12]]
        if isinstance(error, InputError)
        else [error.message]
    )
    markup.show(markup.notice(t("未能完成"), *said, error.action or "", kind="gp-fault"))
