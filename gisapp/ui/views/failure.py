"""When there is nothing to show (错误与空状态): what happened, where, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from gisapp.app.desk import PRODUCT
from gisapp.app.server import Server
from gisapp.errors import GisappError, InputError, Problem
from gisapp.evaluation.admit import TABLE
from gisapp.ui import markup
from gisapp.ui.markup import Html, tag, text
from gisapp.ui.texts import t

MOST_PROBLEMS = 30


def show(error: GisappError) -> None:
    """Show an error with each of its problems on a line of its own."""
    steps = (
        t("按上面的位置修改文件，保存后刷新本页"),
        t("在命令行运行 gisapp check，可一次列出全部问题"),
        t("没有工作区时，用 gisapp init 新建一个"),
    )
    title, lead, listed = _said(error)
    _centre(
        title,
        lead,
        listed,
        tag("h3", text(t("怎么办"))),
        tag("ol", *(tag("li", text(step)) for step in steps)),
    )


def show_here(error: GisappError) -> None:
    """Show an error where the page stands, below what can still be chosen."""
    title, lead, listed = _said(error)
    again = tag("p", text(t("按所列位置修改文件，保存后刷新本页；上面其余的规则集仍可使用")), kind="gp-lead")
    markup.show(
        tag(
            "section",
            tag("h2", text(title)),
            tag("p", text(lead), kind="gp-lead"),
            listed,
            again,
            kind="gp-fault",
        )
    )


def _said(error: GisappError) -> tuple[str, str, Html]:
    """Return title, lead and list of an error's problems."""
    problems = (
        error.problems if isinstance(error, InputError) else (Problem(error.message, action=error.action),)
    )
    shown = [_problem(problem) for problem in problems[:MOST_PROBLEMS]]
    rest = len(problems) - len(shown)
    more = [tag("li", text(t("另有 {count} 处", count=rest)))] if rest > 0 else []
    lead = t("平台读取数据时发现 {count} 处问题，未作任何修改。", count=len(problems))
    return _title(problems), lead, tag("ul", *shown, *more, kind="gp-problems")


def _title(problems: Sequence[Problem]) -> str:
    """Return what happened: which part of the workspace all the problems are in."""
    parts = {
        "parcels/rulebooks/": t("规则集有误"),
        "parcels/policies/": t("政策文件有误"),
        "layers/catalog.yaml": t("图层目录有误"),
        "parcels/schema.yaml": t("地块字段表有误"),
        TABLE: t("地块表有误"),
    }
    for start, title in parts.items():
        if problems and all((problem.file or "").startswith(start) for problem in problems):
            return title
    return t("工作区打不开")


def show_unexpected() -> None:
    """Show that something went wrong that is not the visitor's doing."""
    steps = (t("刷新本页；数据没有被改动"), t("仍然出错时，请把服务器日志交给平台管理员"))
    _centre(
        t("页面出现意外错误"),
        t("详细信息已写入服务器日志。"),
        tag("h3", text(t("怎么办"))),
        tag("ol", *(tag("li", text(step)) for step in steps)),
    )


def show_no_parcels(server: Server, *, over_map: bool = False) -> None:
    """Show that the workspace has no parcels yet, and how to bring them in; as a panel where a map is shown."""
    folder = server.settings.workspace.name
    steps = (
        t("准备地块数据：GeoPackage、Shapefile、GeoJSON 或 GeoParquet"),
        t("运行 gisapp import {folder} 文件名，按提示补充字段映射", folder=folder),
        t("刷新本页；图层与政策可先在“数据”页查看"),
    )
    _centre(
        t("还没有地块"),
        t("工作区已打开，但其中没有地块，因此没有可评价的对象。"),
        tag("h3", text(t("怎么办"))),
        tag("ol", *(tag("li", text(step)) for step in steps)),
        kind="gp-float" if over_map else "gp-centre",
    )


def _centre(title: str, lead: str, *content: Html, kind: str = "gp-centre") -> None:
    head = tag("div", tag("span", kind="gp-mark"), text(t(PRODUCT)), kind="gp-brand")
    body = tag(
        "section",
        head,
        tag("h1", text(title)),
        tag("p", text(lead), kind="gp-lead"),
        *content,
        kind="gp-card",
    )
    markup.show(tag("main", body, kind=kind))


def _problem(problem: Problem) -> Html:
    place = [problem.file or ""]
    place += [t("第 {line} 行", line=problem.line)] if problem.line is not None else []
    place += [t("第 {row} 条记录", row=problem.row)] if problem.row is not None else []
    place += [problem.field] if problem.field else []
    parts = [tag("b", text(problem.message)), tag("code", text(" · ".join(part for part in place if part)))]
    facts = [(t("当前值"), problem.value), (t("应为"), problem.expected), (t("处理"), problem.action)]
    parts += [tag("span", text(f"{name}：{value}")) for name, value in facts if value]
    return tag("li", *parts)
