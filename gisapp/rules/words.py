"""Words for the values of text indicators (取值的业务用语), by indicator: one code may mean two things."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, dict[str, str]]] = {
    "udb_state": {
        "conform": "全部位于集中建设区",
        "elastic": "涉及弹性发展区",
        "special": "涉及特别用途区",
        "outside": "涉及开发边界外",
    },
    "compatibility": {"P": "允许兼容", "C": "有条件兼容", "U": "未列入缺省矩阵", "N": "禁止兼容"},
    "share_basis": {"gfa": "按建筑面积", "land": "按用地面积"},
    "idle_state": {
        "none": "未闲置",
        "idle_1y": "满一年未动工",
        "idle_2y": "满二年未动工",
        "idle_suspended": "停建满一年",
    },
    "owner_kind": {
        "state": "国有",
        "collective": "集体",
        "mixed": "国有与集体混合",
        "disputed": "权属有争议",
    },
    "soil_state": {
        "clean": "无污染风险",
        "surveyed_clean": "已调查、未超标",
        "survey_due": "应调查、尚未调查",
        "risk_listed": "列入风险管控和修复名录",
    },
    "enterprise_grade": {"A": "A 类", "B": "B 类", "C": "C 类", "D": "D 类"},
}


def word(indicator: str, value: str) -> str:
    """Return how officials call a value of an indicator; the value itself where it is plain already."""
    return WORDS.get(indicator, {}).get(value, value)
