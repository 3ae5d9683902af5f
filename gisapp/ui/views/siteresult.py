"""What a site check found, on screen (套合结果): the plan, headline findings, the table by topic, files."""

from __future__ import annotations

from typing import Final

import streamlit as st

from gisapp.app.sitebook import site_workbook
from gisapp.app.sitedrawing import drawing
from gisapp.app.sitefolder import site_json
from gisapp.app.sitepage import headlines, mark, site_page
from gisapp.app.sitetable import (
    METHOD,
    NATURE,
    area_text,
    finding_text,
    mu_text,
    row_name,
    share_text,
    topic_title,
)
from gisapp.app.workspace import Workspace
from gisapp.evaluation.site import FINDING_WORDS, Citation, Finding, ParcelRow, Row, SiteCheck, Topic
from gisapp.format import hectares, number, percent
from gisapp.i18n import translate
from gisapp.ui import markup, state
from gisapp.ui.markup import Html, chip, join, tag, text
from gisapp.ui.texts import t
from gisapp.units import m2_to_mu

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_PARCELS: Final = 200
_TONES: Final = {
    Finding.CONTACT: "open",
    Finding.NOT_LOADED: "open",
    Finding.UNCOVERED: "open",
    Finding.OVERLAP: "open",
}


def plan(check: SiteCheck, workspace: Workspace) -> None:
    """Show the plan drawing and what was noted while reading the red line."""
    language = state.language()
    st.image(drawing(check, workspace.context(), language), width="stretch")
    notes = [tag("p", text(translate(note, language)), kind="gp-note") for note in check.redline.notes]
    if notes:
        markup.show(tag("div", *notes, kind="gp-sitenotes"))


def table(check: SiteCheck, workspace: Workspace) -> None:
    """Show figures, downloads, headline findings and the table of every topic."""
    with st.container(key="site_head", gap=None):
        markup.show(_figures(check, workspace))
        _files(check, workspace)
    hit = [topic for topic in check.topics if topic.finding is not Finding.CLEAR or topic.kind == "bottom"]
    clear = [topic for topic in check.topics if topic not in hit]
    parts = [
        _heads(check),
        *(_topic(topic) for topic in hit),
        _clear(clear),
        _parcels(check),
        _gaps(check),
        _note(check),
    ]
    with st.container(key="site_table", gap=None):
        markup.show(tag("div", *parts, kind="gp-block gp-site"))


def _figures(check: SiteCheck, workspace: Workspace) -> Html:
    info, head = workspace.catalog.workspace, check.manifest
    cells = [
        (t("红线面积"), f"{number(check.area_m2, 2)} ㎡"),
        (t("合"), t("{mu} 亩", mu=number(m2_to_mu(check.area_m2), 2))),
        (t("红线地块"), str(len(check.blocks))),
        (t("核对日期"), head["as_of"]),
        (t("版本"), f"r{head['revision']}"),
        (t("套合编号"), check.site_id[:12]),
    ]
    figures = [tag("div", tag("small", text(name)), tag("b", text(value))) for name, value in cells]
    said = chip(t("示例数据（合成）"), "synthetic") if info.synthetic else Html("")
    title = tag("h1", text(t(check.redline.name)), title=hectares(check.area_m2))
    return tag("header", tag("div", title, said, kind="gp-title"), tag("div", *figures, kind="gp-figures"))


def _files(check: SiteCheck, workspace: Workspace) -> None:
    """Offer the three files; each is made when it is asked for."""
    language, info = state.language(), workspace.catalog.workspace
    stem = f"{t('压占分析表')}_{check.manifest['as_of']}_{check.site_id[:8]}"
    makers = (
        ("XLSX", "xlsx", XLSX, lambda: site_workbook(check, info, language)),
        (t("单页 HTML"), "html", "text/html", lambda: site_page(check, workspace.context(), info, language)),
        ("JSON", "json", "application/json", lambda: site_json(check)),
    )
    with st.container(key="site_offers", horizontal=True, gap=None, width="content"):
        for label, suffix, mime, make in makers:
            st.download_button(
                label, make, file_name=f"{stem}.{suffix}", mime=mime, key=f"site-{suffix}", on_click="ignore"
            )


def _heads(check: SiteCheck) -> Html:
    language = state.language()
    lines = [
        tag(
            "li",
            tag("b", text(topic_title(x, language))),
            text(translate(x.headline, language)),
            kind=mark(x),
        )
        for x in headlines(check)
    ]
    return tag("ul", *lines, kind="gp-siteheads")


def _topic(topic: Topic) -> Html:
    language = state.language()
    source = " · ".join(
        part
        for part in (translate(topic.authority, language), translate(topic.as_of, language) or t("未注明"))
        if part
    )
    title = tag(
        "h3",
        text(topic_title(topic, language)),
        tag("span", text(source), kind="gp-note"),
        *map(_rule, topic.citations),
    )
    heads = (t("类别"), t("结论"), t("面积（㎡）"), t("面积（亩）"), t("占红线比例"), t("说明"))
    notes = [tag("p", text(translate(note, language)), kind="gp-note") for note in topic.notes]
    return tag("section", title, _rows(topic, heads), *notes)


def _rule(citation: Citation) -> Html:
    said = (
        f"{citation.title}：{citation.threshold}；{citation.clause_title}；{citation.advice}{citation.note}"
    )
    return tag(
        "span",
        text(f"{citation.rule_id} {citation.status}"),
        kind=f"gp-chip status-{citation.status}",
        title=said,
    )


def _rows(topic: Topic, heads: tuple[str, ...]) -> Html:
    head = tag("thead", tag("tr", *(tag("th", text(name)) for name in heads)))
    body = tag("tbody", *(_row(topic, row) for row in topic.rows))
    return tag("table", head, body, kind="gp-table gp-sitetable")


def _row(topic: Topic, row: Row) -> Html:
    language = state.language()
    taken = topic.kind == "bottom" and row.finding is Finding.TAKEN
    cells = [
        tag("b", text(row_name(row, language))) if row.total else text(row_name(row, language)),
        chip(finding_text(row, language), "alert" if taken else _TONES.get(row.finding, "")),
        text(area_text(row.area_m2, language)),
        text(mu_text(row.area_m2, language)),
        text(share_text(row.share)),
        text(translate(row.detail, language)),
    ]
    return tag("tr", *(tag("td", cell) for cell in cells), kind="alert" if taken else "")


def _clear(topics: list[Topic]) -> Html:
    if not topics:
        return Html("")
    language = state.language()
    items = [
        tag(
            "li",
            text(topic_title(x, language)),
            tag("span", text(x.as_of or t("未注明")), kind="gp-note"),
            *map(_rule, x.citations),
        )
        for x in topics
    ]
    title = tag("h3", text(f"{translate(FINDING_WORDS[Finding.CLEAR], language)} {len(topics)}"))
    return tag("section", title, tag("ul", *items, kind="gp-siteclear"))


def _parcels(check: SiteCheck) -> Html:
    if not check.parcels:
        return Html("")
    heads = (
        t("宗地"),
        t("权属性质"),
        t("登记面积（㎡）"),
        t("压占面积（㎡）"),
        t("占宗地比例"),
        t("余下面积（㎡）"),
        t("占用企业"),
        t("提示"),
    )
    rows = [_parcel(parcel) for parcel in check.parcels[:MOST_PARCELS]]
    more = len(check.parcels) - MOST_PARCELS
    note = tag("p", text(t("另有 {count} 宗见工作簿", count=more)), kind="gp-note") if more > 0 else Html("")
    title = tag("h3", text(t("涉及宗地 {count}", count=len(check.parcels))))
    return tag("section", title, markup.table(heads, rows, kind="gp-siteparcels"), note)


def _parcel(parcel: ParcelRow) -> list[Html]:
    language = state.language()
    warnings = "；".join(translate(text_, language) for text_ in parcel.warnings)
    missing = t("资料不足")
    return [
        join(
            (
                tag("b", text(parcel.name or parcel.parcel_id)),
                tag("small", text(parcel.parcel_code or parcel.parcel_id)),
            )
        ),
        text(t(parcel.owner_text)),
        text(missing if parcel.registered_m2 is None else area_text(parcel.registered_m2)),
        text(area_text(parcel.taken_m2)),
        text(percent(parcel.taken_share, 2)),
        text(area_text(parcel.remaining_m2)),
        text("、".join(parcel.occupants)),
        text(warnings),
    ]


def _gaps(check: SiteCheck) -> Html:
    language = state.language()
    if not check.gaps:
        return Html("")
    lines = [tag("li", tag("p", text(translate(gap, language)))) for gap in check.gaps]
    return tag(
        "section",
        tag("h3", text(t("缺口 {count}", count=len(lines)))),
        tag("ul", *lines, kind="gp-gaps gp-sitegaps"),
    )


def _note(check: SiteCheck) -> Html:
    language = state.language()
    return tag(
        "p",
        text(f"{translate(METHOD, language)}。{translate(NATURE, language)}。"),
        kind="gp-note gp-sitenote",
    )
