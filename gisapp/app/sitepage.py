"""压占分析表 on one A4 page (单页): a file by itself that asks for nothing, with the plan as a drawing and its sources.

What does not fit stands in the workbook; the page says how much that is, so that its areas still add up.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Final

from gisapp.app.sitedrawing import drawing
from gisapp.app.sitepagetable import is_tight, land_table, parcel_table
from gisapp.app.sitetable import (
    METHOD,
    NATURE,
    topic_title,
    words,
)
from gisapp.context import Context
from gisapp.evaluation.site import Finding, SiteCheck, Topic
from gisapp.format import hectares, mu, square_metres
from gisapp.i18n import translate
from gisapp.model.layers import WorkspaceInfo
from gisapp.settings import Language

STYLE: Final = Path(__file__).with_name("sitepage.css").read_text(encoding="utf-8")
MOST_HEADS: Final = 5
MOST_GAPS: Final = 5
MOST_CLAUSES: Final = 9


def site_page(check: SiteCheck, context: Context, info: WorkspaceInfo, language: Language = "zh") -> str:
    """Return the page as HTML; equal checks give equal bytes."""
    t = words(language)
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    title = escape(f"{t('压占分析表')} {check.redline.name}")
    kind = ' class="tight"' if is_tight(check) else ""
    body = "".join(_body(check, context, info, language))
    return (
        f'<!doctype html><html lang="{"en" if language == "en" else "zh-CN"}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><title>{title}</title>'
        f"<style>{STYLE}</style></head><body{kind}>{body}</body></html>\n"
    )


def _body(check: SiteCheck, context: Context, info: WorkspaceInfo, language: Language) -> Iterable[str]:
    t = words(language)
    yield f"<header><h1>{escape(t('压占分析表'))}</h1><p>{escape(info.title.text(language))}</p></header>"
    yield _facts(check, info, language)
    yield f'<div class="top">{drawing(check, context, language)}{_heads(check, language)}</div>'
    yield f"<h2>{escape(t('压占面积'))}</h2>{land_table(check, language)}"
    if check.parcels:
        yield f"<h2>{escape(t('涉及宗地'))} {len(check.parcels)}</h2>{parcel_table(check.parcels, language)}"
    yield _remarks(check, language)
    signs = "".join(f"<span>{escape(t(name))}</span>" for name in ("编制", "校核", "审定", "日期"))
    yield f'<div class="sign">{signs}</div>'


def _facts(check: SiteCheck, info: WorkspaceInfo, language: Language) -> str:
    t, head = words(language), check.manifest
    pairs = [
        ("红线文件", check.redline.name),
        ("红线面积", f"{square_metres(check.area_m2)} · {mu(check.area_m2)} · {hectares(check.area_m2)}"),
        ("红线地块数", str(len(check.blocks))),
        ("坐标系", head["redline"]["crs"]),
        ("核对日期", head["as_of"]),
        ("地块版本", f"r{head['revision']}"),
        ("评价规则版本", "；".join(f"{b['id']} {b['edition']}" for b in head["rulebooks"]) or t("未提供")),
        ("套合编号", check.site_id[:16]),
    ]
    said = [f"<span>{escape(t(name))} <b>{escape(value)}</b></span>" for name, value in pairs]
    said += [f'<span class="synthetic">{escape(t("示例数据（合成）"))}</span>'] if info.synthetic else []
    return f'<div class="facts">{"".join(said)}</div>'


def headlines(check: SiteCheck) -> list[Topic]:
    """Return the topics that stand first: bottom lines, the boundary, what is hit, then what is not known."""
    first = [topic for topic in check.topics if topic.kind == "bottom" or topic.id == "udb"]
    hit = [t for t in check.topics if t not in first and t.finding in (Finding.TAKEN, Finding.CONTACT)]
    blind = [
        t for t in check.topics if t not in first and t.finding in (Finding.UNCOVERED, Finding.NOT_LOADED)
    ]
    return [*sorted(first, key=lambda t: t.kind != "bottom"), *blind, *hit]


def mark(topic: Topic) -> str:
    """Return how a topic is coloured: an alarm only for a bottom line that is taken."""
    alarm = topic.finding is Finding.TAKEN and topic.kind != "bottom"
    return "plain" if alarm else topic.finding.value


def _heads(check: SiteCheck, language: Language) -> str:
    lines = [
        f'<li class="{mark(topic)}"><b>{escape(topic_title(topic, language))}</b>{escape(translate(topic.headline, language))}</li>'
        for topic in headlines(check)[: MOST_HEADS - is_tight(check)]
    ]
    return f'<ul class="heads">{"".join(lines)}</ul>'


def _remarks(check: SiteCheck, language: Language) -> str:
    """Return gaps, clauses and how the areas were made."""
    t = words(language)
    gaps = [translate(gap, language) for gap in check.gaps[:MOST_GAPS]]
    if len(check.gaps) > MOST_GAPS:
        gaps.append(t("另有 {count} 条见工作簿").format(count=len(check.gaps) - MOST_GAPS))
    cited = {
        c.rule_id: f"{c.rule_id} {c.clause_title}（{c.status_text}）"
        for topic in check.topics
        for c in topic.citations
    }
    clauses = list(cited.values())[:MOST_CLAUSES]
    if len(cited) > MOST_CLAUSES:
        clauses.append(t("另有 {count} 条见工作簿").format(count=len(cited) - MOST_CLAUSES))
    lines: list[tuple[str, str]] = [
        (t("缺口"), "；".join(gaps) or t("没有缺口")),
        (t("依据"), "；".join(clauses) or t("未提供")),
        (t("来源"), _sources(check, language)),
        (t("说明"), f"{t(METHOD)}。{t(NATURE)}。"),
    ]
    return "".join(f'<p class="small"><b>{escape(name)}</b> {escape(text)}</p>' for name, text in lines)


def _sources(check: SiteCheck, language: Language) -> str:
    """Return who each topic's data is from, with its date."""
    t = words(language)
    by: dict[str, list[str]] = {}
    for topic in check.topics:
        if topic.layers:
            said = f"{topic_title(topic, language)} {topic.as_of or t('未注明')}"
            by.setdefault(topic.authority or t("未注明"), []).append(said)
    return "；".join(f"{authority}：{'、'.join(titles)}" for authority, titles in by.items())
