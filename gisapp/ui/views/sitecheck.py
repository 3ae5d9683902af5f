"""The site-check page (红线套合): drop or paste a red line, see what it lies on, take the table away."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path, PurePath
from typing import Any, Final

import streamlit as st

from gisapp.app.server import current
from gisapp.app.sitecheck import check_site, main_file, read_file, read_text
from gisapp.app.workspace import Workspace
from gisapp.errors import GisappError, InputError, Problem
from gisapp.evaluation.site import SiteCheck
from gisapp.io.importdatum import DATUMS, Datum
from gisapp.io.redline import RedLine, RedLineOptions
from gisapp.ui import markup
from gisapp.ui.markup import Html, tag, text
from gisapp.ui.texts import t
from gisapp.ui.views import siteresult

KINDS: Final = ["txt", "zip", "shp", "shx", "dbf", "prj", "cpg", "geojson", "json", "gpkg", "csv", "xlsx"]
SYSTEMS: Final[dict[str, str]] = {
    "EPSG:4549": "CGCS2000 3°带 120°E，东坐标无带号",
    "EPSG:4528": "CGCS2000 3°带 40 带，东坐标有带号",
    "EPSG:4548": "CGCS2000 3°带 117°E，东坐标无带号",
    "EPSG:4527": "CGCS2000 3°带 39 带，东坐标有带号",
    "EPSG:4490": "CGCS2000 经纬度",
    "EPSG:4326": "WGS 84 经纬度",
}
"""Coordinate systems that a visitor can declare (坐标系), as the region uses them (CRS-01, CRS-02)."""
EXAMPLE: Final = "J1,1,3555201.000,40376305.000\nJ2,1,3555201.000,40376905.000\nJ3,1,3555801.000,40376805.000"
MOST_PROBLEMS: Final = 12
_WORDS: Final = {
    "--crs EPSG:代码": "“坐标系”",
    "--crs": "“坐标系”",
    "--datum": "“偏移坐标”",
    "--layer": "“图层”",
}


def show() -> None:
    """Show the form at the left with the plan below it, and what was found at the right."""
    workspace = current().desk.workspace
    with st.container(key="site", gap=None):
        left, right = st.columns([1, 1.5], gap="small")
        with left, st.container(key="site_form", gap=None):
            given = _form(workspace)
            plan = st.container(key="site_plan", gap=None)
        with right, st.container(key="site_found", gap=None):
            _answer(workspace, given, plan)


class _Given:
    """What the visitor handed in (输入): files or text, and how to read them."""

    def __init__(self, files: Sequence[Any], pasted: str, options: RedLineOptions, day: date) -> None:
        self.files, self.pasted, self.options, self.day = files, pasted, options, day

    @property
    def empty(self) -> bool:
        """Return whether there is nothing to read yet."""
        return not self.files and not self.pasted.strip()


def _form(workspace: Workspace) -> _Given:
    ways = {"file": t("上传文件"), "text": t("粘贴坐标")}
    way: str = st.segmented_control(
        t("红线来源"), list(ways), default="file", required=True, format_func=ways.__getitem__, key="site_way",
        label_visibility="collapsed", persist_state="session",
    )  # fmt: skip
    files: Sequence[Any] = []
    pasted = ""
    if way == "file":
        said = t("界址点 TXT、SHP（同名各件一起选，或 zip）、GeoJSON、GPKG、点坐标 CSV / XLSX")
        files = st.file_uploader(
            said, type=KINDS, accept_multiple_files=True, key="site_files", max_upload_size=200
        )
    else:
        pasted = st.text_area(
            t("每行一个点：点号, X（北）, Y（东）；空行另起一块；也可粘贴 TXT 全文"), key="site_text", height=132,
            placeholder=EXAMPLE, persist_state="session",
        ) or ""  # fmt: skip
        st.button(t("核对"), key="site_go", type="primary")
    return _Given(files or [], pasted, *_reading(workspace))


def _reading(workspace: Workspace) -> tuple[RedLineOptions, date]:
    """Return how to read the red line and the day of the check, as chosen."""
    own = workspace.catalog.workspace
    with st.container(key="site_how", horizontal=True, gap="small"):
        crs: str | None = st.selectbox(
            t("坐标系"), list(SYSTEMS), index=None, placeholder=t("按文件声明"), key="site_crs",
            format_func=lambda code: f"{code} {t(SYSTEMS[code])}", persist_state="session",
        )  # fmt: skip
        datum: Datum | None = st.selectbox(
            t("偏移坐标"),
            list(DATUMS),
            index=None,
            placeholder=t("无"),
            key="site_datum",
            persist_state="session",
        )
        layer = st.text_input(
            t("图层"), key="site_layer", placeholder=t("只有一个时不填"), persist_state="session"
        )
        day = st.date_input(t("核对日期"), value=own.data_date, key="site_day", format="YYYY-MM-DD")
    chosen = day if isinstance(day, date) else own.data_date
    return RedLineOptions(crs=crs, datum=datum, layer=(layer or "").strip() or None), chosen


def _answer(workspace: Workspace, given: _Given, plan: Any) -> None:  # a container
    if given.empty:
        markup.show(_hint())
        return
    try:
        with st.spinner(t("正在套合")):
            check = _checked(workspace, given)
    except GisappError as error:
        markup.show(_fault(error))
        return
    with plan:
        siteresult.plan(check, workspace)
    siteresult.table(check, workspace)


def _checked(workspace: Workspace, given: _Given) -> SiteCheck:
    return check_site(workspace, _redline(workspace, given), as_of=given.day)


def _redline(workspace: Workspace, given: _Given) -> RedLine:
    """Return the red line that was handed in; files lie in a folder of their own only while they are read."""
    if not given.files:
        return read_text(workspace, given.pasted, given.options)
    with tempfile.TemporaryDirectory(prefix="gisapp-site-") as folder:
        paths = [Path(folder) / PurePath(file.name).name for file in given.files]
        for path, file in zip(paths, given.files, strict=True):
            path.write_bytes(file.getvalue())
        return read_file(workspace, main_file(paths), given.options)


def _hint() -> Html:
    steps = (
        t("把项目红线拖到左侧，或粘贴界址点坐标"),
        t("文件没有声明坐标系时，在“坐标系”中选定；系统不会自行猜测"),
        t("结果按图层列出面积、比例、规则与来源，可下载工作簿与单页"),
    )
    title = tag("strong", text(t("还没有红线")))
    return tag(
        "div", title, tag("ol", *(tag("li", text(step)) for step in steps)), kind="gp-notice gp-sitehint"
    )


def _fault(error: GisappError) -> Html:
    """Return what is wrong with a red line, each problem on a line of its own, in the words of this page."""
    problems = (
        error.problems if isinstance(error, InputError) else (Problem(error.message, action=error.action),)
    )
    shown = [_problem(problem) for problem in problems[:MOST_PROBLEMS]]
    if len(problems) > MOST_PROBLEMS:
        shown.append(tag("li", text(t("另有 {count} 处", count=len(problems) - MOST_PROBLEMS))))
    title = tag("h2", text(t("红线未能核对")))
    lead = tag("p", text(t("发现 {count} 处问题，未作任何计算。", count=len(problems))), kind="gp-lead")
    return tag("section", title, lead, tag("ul", *shown, kind="gp-problems"), kind="gp-fault")


def _problem(problem: Problem) -> Html:
    place = [problem.file or ""]
    place += [t("第 {line} 行", line=problem.line)] if problem.line is not None else []
    place += [t("第 {row} 条记录", row=problem.row)] if problem.row is not None else []
    place += [problem.field] if problem.field else []
    parts = [
        tag("b", text(t(problem.message))),
        tag("code", text(" · ".join(part for part in place if part))),
    ]
    said = [(t("当前值"), problem.value), (t("应为"), problem.expected), (t("处理"), _here(problem.action))]
    return tag("li", *parts, *(tag("span", text(f"{name}：{t(value)}")) for name, value in said if value))


def _here(action: str | None) -> str | None:
    """Return what to do in the words of this page: what an option is on the command line is a field here."""
    for option, field in _WORDS.items() if action else ():
        action = (action or "").replace(option, field)
    return action
