"""The data page (数据): what is loaded, from where, as of when, and what is not."""

from __future__ import annotations

from datetime import date
from typing import Final

import streamlit as st

from gisapp.app.declared import DeclaredEntry
from gisapp.app.gaps import Gap
from gisapp.app.inventory import FieldEntry, Inventory, LayerEntry, PolicyEntry, TableEntry, inventory
from gisapp.app.server import Server, current
from gisapp.evaluation.explain import STATUS_WORDS
from gisapp.format import number, percent
from gisapp.ui import markup, state
from gisapp.ui.markup import Html, chip, join, tag, text
from gisapp.ui.texts import t
from gisapp.units import UNITS, m2_to_ha

NONE: Final = "—"


def show() -> None:
    """Show the inventory of the workspace."""
    server = current()
    held = inventory(server.desk.workspace)
    with st.container(key="data", gap=None):
        markup.show(_head(server, held))
        left, right = st.columns([2.15, 1], gap="small")
        with left, st.container(key="held", gap=None):
            _tabs(held)
        with right, st.container(key="lacking", gap=None):
            markup.show(_lacking(held))


def _tabs(held: Inventory) -> None:
    parts = {
        "layers": (t("图层 {count}", count=held.layer_count), _layers),
        "fields": (t("地块字段 {count}", count=len(held.fields)), _fields),
        "tables": (t("表格 {count}", count=len(held.tables)), _tables),
        "declared": (t("资料表 {count}", count=len(held.declared)), _declared),
        "policies": (t("政策文件 {count}", count=len(held.policies)), _policies),
    }
    chosen: str = st.segmented_control(
        t("数据"), list(parts), default="layers", required=True, format_func=lambda name: parts[name][0],
        key="part", label_visibility="collapsed", persist_state="session",
    )  # fmt: skip
    with st.container(key="part_shown", gap=None):
        markup.show(tag("div", parts[chosen][1](held), kind="gp-block"))


def _head(server: Server, held: Inventory) -> Html:
    info = server.desk.workspace.catalog.workspace
    facts = [
        (t("数据日期"), info.data_date.isoformat()),
        (t("坐标系"), info.crs),
        (t("地块"), t("{count} 宗", count=number(held.parcels, 0))),
        (t("总面积"), t("{area} 公顷", area=number(m2_to_ha(held.area_m2), 1))),
        (t("版本"), f"r{held.revision} · {held.parcels_hash}"),
    ]
    cells = [tag("div", tag("small", text(name)), tag("b", text(value))) for name, value in facts]
    title = tag("div", tag("h1", text(info.title.text(state.language()))), _note(server), kind="gp-title")
    return tag("header", title, tag("div", *cells, kind="gp-figures"), kind="gp-card gp-datahead")


def _note(server: Server) -> Html:
    info = server.desk.workspace.catalog.workspace
    said = text(info.note.text(state.language())) if info.note else Html("")
    return tag("p", chip(t("示例数据（合成）"), "synthetic") if info.synthetic else Html(""), said)


def _layers(held: Inventory) -> Html:
    heads = (t("图层"), t("数量"), t("截止日期"), t("来源与许可"), t("文件"), t("坐标系"), t("校验码"))
    groups = [
        tag(
            "section",
            tag("h3", text(group.title.text(state.language()))),
            markup.table(heads, map(_layer, entries), kind="layers"),
        )
        for group, entries in held.groups
    ]
    return join(groups)


def _layer(entry: LayerEntry) -> list[Html]:
    spec = entry.spec
    kinds = {"polygon": t("面"), "line": t("线"), "point": t("点"), "raster": t("栅格")}
    name = join((tag("b", text(spec.title.text(state.language()))), tag("small", text(kinds[spec.kind]))))
    source = join((tag("span", text(spec.authority)), tag("small", text(spec.attribution or spec.licence))))
    return [
        name,
        text(NONE if spec.kind == "raster" else number(entry.count, 0)),
        text(spec.as_of.isoformat() if spec.as_of else t("未注明")),
        source,
        tag("code", text(spec.source)),
        text(spec.crs),
        tag("code", text(entry.hash)),
    ]


def _fields(held: Inventory) -> Html:
    heads = (t("字段"), t("列名"), t("单位"), t("缺失"), t("缺失占比"))
    return markup.table(heads, map(_field, held.fields), kind="fields")


def _field(entry: FieldEntry) -> list[Html]:
    bar = f'<i class="gp-share"><i style="width:{100 * entry.missing:.1f}%"></i></i>'
    required = chip(t("必填")) if entry.spec.required else Html("")
    return [
        join((tag("b", text(entry.spec.title.text(state.language()))), required)),
        tag("code", text(entry.spec.name)),
        text(UNITS.get(entry.spec.unit or "", entry.spec.unit) or NONE),
        text(percent(entry.missing) if entry.present else t("未提供")),
        Html(bar),
    ]


def _tables(held: Inventory) -> Html:
    heads = (t("表格"), t("文件"), t("行数"), t("年份"), t("未填数值"), t("校验码"))
    return markup.table(heads, map(_table, held.tables), kind="tables")


def _table(entry: TableEntry) -> list[Html]:
    years = "" if entry.years is None else "–".join(dict.fromkeys(map(str, entry.years)))
    return [
        tag("b", text(t(entry.title))),
        tag("code", text(entry.file)),
        chip(t("未提供"), "alert") if not entry.rows else text(number(entry.rows, 0)),
        text(years or NONE),
        text(entry.empty_values or NONE),
        tag("code", text(entry.hash or NONE)),
    ]


def _declared(held: Inventory) -> Html:
    heads = (
        t("资料表"),
        t("行数"),
        t("依据文件"),
        t("提供单位"),
        t("截止日期"),
        t("加载"),
        t("状态"),
        t("校验码"),
    )
    rows = [row for entry in held.declared for row in _declared_rows(entry)]
    how = tag("p", text(t("未提供的资料表，用到它的规则记为资料不足，不作通过处理")), kind="gp-note")
    return join((markup.table(heads, rows, kind="declared"), how))


def _declared_rows(entry: DeclaredEntry) -> list[list[Html]]:
    """Return a row for each loading of a table, or the one that says it is not loaded."""
    marks = chip(t("合成"), "synthetic") if entry.synthetic else Html("")
    marks = join((marks, chip(t("加载后有改动"), "alert"))) if entry.changed else marks
    name = join(
        (
            tag("b", text(entry.title.text(state.language()))),
            marks,
            tag("small", tag("code", text(entry.file))),
        )
    )
    if entry.rows is None:
        return [[name, chip(t("未提供"), "alert"), *([text(NONE)] * 6)]]
    return [
        [
            name if place == 0 else Html(""),
            text(number(one.rows, 0)),
            text(one.document or NONE),
            text(one.provider),
            text(one.as_of.isoformat() if one.as_of else t("未注明")),
            text(_loaded(one.loaded_by, one.loaded_on)),
            chip(f"{one.status} {t(STATUS_WORDS[one.status])}", f"status-{one.status}"),
            tag("code", text(entry.hash)),
        ]
        for place, one in enumerate(entry.loadings)
    ]


def _loaded(by: str | None, on: date | None) -> str:
    """Return who loaded rows on which day, a dash where the files came with the workspace."""
    return " · ".join(part for part in (by, on.isoformat() if on else None) if part) or NONE


def _policies(held: Inventory) -> Html:
    heads = (t("文件"), t("文号"), t("发布"), t("日期"), t("状态"), t("正文"), t("引用"))
    return markup.table(heads, map(_policy, held.policies), kind="policies")


def _policy(entry: PolicyEntry) -> list[Html]:
    policy = entry.policy
    return [
        join((tag("b", text(policy.title)), tag("small", text(policy.source)))),
        text(policy.number or NONE),
        text(policy.issuer),
        text(policy.date.isoformat() if policy.date else t("待核")),
        chip(f"{policy.status} {t(STATUS_WORDS[policy.status])}", f"status-{policy.status}"),
        _seen(entry),
        text(entry.cited or NONE),
    ]


def _seen(entry: PolicyEntry) -> Html:
    """Return whether the document's text was seen, and how many of its clauses have theirs attached."""
    seen = tag("span", text(t("已见") if entry.policy.text_seen else t("未见")))
    return join((seen, chip(t("附原文 {count} 条", count=entry.attached)))) if entry.attached else seen


def _lacking(held: Inventory) -> Html:
    kinds = {
        "threshold": t("阈值与规则参数"),
        "control": t("控制指标数值"),
        "source": t("图层与表格"),
        "text": t("政策正文"),
    }
    parts = []
    for kind, title in kinds.items():
        found = [gap for gap in held.gaps if gap.kind == kind]
        if found:
            parts.append(
                join((tag("h3", text(f"{title} {len(found)}")), tag("ul", *map(_gap, found), kind="gp-gaps")))
            )
    if not parts:
        parts.append(markup.notice(t("没有缺口"), t("规则所需的图层、表格与阈值都已加载")))
    title = tag(
        "h2",
        text(t("未提供 {count} 项", count=len(held.gaps))),
        tag("span", text(t("没有加载的，一律不作通过处理")), kind="gp-note"),
    )
    return tag("section", title, *parts, _findings(held), _credits(held), kind="gp-lacking")


def _gap(gap: Gap) -> Html:
    effect = {
        "threshold": t("没有适用的阈值，{count} 宗记为资料不足", count=number(gap.count, 0)),
        "control": t("{effect}（{count} 项）", effect=gap.effect, count=gap.count),
        "source": t(gap.effect),
        "text": t("正文未见，{count} 条规则引用；按转述编写，签发前须核对原文", count=gap.count),
    }[gap.kind]
    load = tag("span", text(t("补充：")), tag("code", text(gap.file))) if gap.file else Html("")
    return tag("li", tag("b", text(t(gap.title))), tag("p", text(effect)), load)


def _findings(held: Inventory) -> Html:
    lines = [
        tag(
            "li",
            tag("b", text(f"{finding.layer} · {t('第 {row} 条记录', row=finding.row + 1)}")),
            tag("p", text(finding.message)),
        )
        for finding in held.findings
    ]
    listed = (
        tag("ul", *lines, kind="gp-gaps")
        if lines
        else tag("p", text(t("读取图层时没有发现几何问题")), kind="gp-note")
    )
    return join((tag("h3", text(t("图层检查"))), listed))


def _credits(held: Inventory) -> Html:
    if not held.attributions:
        return Html("")
    return join(
        (tag("h3", text(t("署名"))), *(tag("p", text(line), kind="gp-note") for line in held.attributions))
    )
