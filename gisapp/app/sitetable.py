"""A site check in the words and columns of screen and paper (压占分析表): one place for titles, areas and facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from gisapp.app.desk import PRODUCT
from gisapp.app.downloads import STATUS_LEGEND, SYNTHETIC
from gisapp.evaluation.explain import STATUS_WORDS
from gisapp.evaluation.site import FINDING_WORDS, Row, SiteCheck, Topic
from gisapp.format import hectares, mu, number, percent, square_metres
from gisapp.i18n import translate
from gisapp.model.layers import WorkspaceInfo
from gisapp.settings import Language
from gisapp.units import m2_to_mu

COLUMNS: Final = (
    "专题", "类别", "结论", "面积（㎡）", "面积（亩）", "占红线比例", "说明", "规则", "条款", "依据状态", "来源", "截止日期",
)  # fmt: skip
PARCEL_COLUMNS: Final = (
    "地块标识", "宗地代码", "地块名称", "权属性质", "用途代码", "登记面积（㎡）", "图形面积（㎡）", "压占面积（㎡）", "压占面积（亩）",
    "占宗地比例", "余下面积（㎡）", "占用企业", "提示",
)  # fmt: skip
BLOCK_COLUMNS: Final = (
    "序号",
    "红线地块",
    "椭球面积（㎡）",
    "面积（亩）",
    "平面面积（㎡）",
    "申报面积（㎡）",
    "申报之差（㎡）",
    "用途",
)
CITATION_COLUMNS: Final = (
    "专题", "规则", "标题", "规则集", "评价规则版本", "判定标准", "条款", "依据状态", "办理要求", "备注",
)  # fmt: skip
METHOD: Final = (
    "面积为椭球面积（CRS-03）：平面占比 × 红线椭球面积；各项按未舍入值计算，合计可能与分项之和差 0.01"
)
NATURE: Final = "本表为图层套合的测算结果，不是审查意见；认定、批准由有权机关作出"
SMALL_M2: Final = 0.005


def words(language: Language) -> Callable[[str], str]:
    """Return the translator of one language."""
    return lambda text: translate(text, language)


def area_text(area_m2: float | None, language: Language = "zh") -> str:
    """Return an area as it is printed; one too small to print is not printed as nothing."""
    if area_m2 is None:
        return translate("未提供", language)
    if 0 < abs(area_m2) < SMALL_M2:
        return "< 0.01"
    return number(area_m2, 2)


def mu_text(area_m2: float | None, language: Language = "zh") -> str:
    """Return an area in mu as it is printed."""
    if area_m2 is None:
        return translate("未提供", language)
    value = m2_to_mu(area_m2)
    return "< 0.01" if 0 < abs(value) < SMALL_M2 else number(value, 2)


def share_text(share: float | None) -> str:
    """Return a share of the red line as it is printed."""
    if share is None:
        return "—"
    return "< 0.01 %" if 0 < abs(share) < 0.00005 else percent(share, 2)


def row_name(row: Row, language: Language) -> str:
    """Return what a row is called; texts of ours are translated, names from data are not."""
    return translate(row.name, language)


def topic_title(topic: Topic, language: Language) -> str:
    """Return the title of a topic."""
    return topic.title_en if language == "en" else topic.title


def finding_text(row: Row, language: Language) -> str:
    """Return the finding of a row in words."""
    return translate(FINDING_WORDS[row.finding], language)


def cited(topic: Topic) -> tuple[str, str, str]:
    """Return rules, clauses and states of a topic's rules, joined."""
    rules = "；".join(dict.fromkeys(item.rule_id for item in topic.citations))
    clauses = "；".join(dict.fromkeys(item.clause_title for item in topic.citations))
    states = "；".join(dict.fromkeys(item.status_text for item in topic.citations))
    return rules, clauses, states


def facts(check: SiteCheck, info: WorkspaceInfo, language: Language = "zh") -> list[tuple[str, str]]:
    """Return what a site check rests on, as pairs of name and value (套合说明)."""
    t, head = words(language), check.manifest
    pairs = [
        (t("平台"), t(PRODUCT)),
        (t("红线文件"), check.redline.name),
        (t("红线地块数"), str(len(check.blocks))),
        (t("红线面积"), f"{square_metres(check.area_m2)} · {mu(check.area_m2)} · {hectares(check.area_m2)}"),
        (t("坐标系"), f"{head['redline']['source_crs']} → {head['redline']['crs']}"),
        (t("核对日期"), head["as_of"]),
        (t("数据集"), info.title.text(language)),
        (t("数据日期"), info.data_date.isoformat()),
        (t("地块版本"), f"r{head['revision']} · {head['branch']}"),
        (t("评价规则版本"), "；".join(f"{b['id']} {b['edition']}" for b in head["rulebooks"]) or t("未提供")),
        (t("套合编号"), check.site_id),
        (t("红线校验码"), head["redline"]["hash"]),
        (t("数据校验码"), head["context"]["hash"]),
        (t("数据性质"), t(SYNTHETIC) if info.synthetic else t("业务数据")),
        (t("面积口径"), t(METHOD)),
        (t("结论性质"), t(NATURE)),
    ]
    return pairs + [(f"{x} {t(STATUS_WORDS[x])}", t(said)) for x, said in STATUS_LEGEND.items()]


def remarks_text(texts: Iterable[str], language: Language) -> str:
    """Return remarks one after another in a language, empty ones left out."""
    return ("；" if language == "zh" else "; ").join(translate(text, language) for text in texts if text)
