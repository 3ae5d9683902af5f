"""Words for the values of text indicators (取值的业务用语), by indicator: one code may mean two things."""

from __future__ import annotations

from typing import Final

PERFORMANCE: Final = {"on_time": "按期", "late": "逾期完成", "not_due": "未到期", "overdue": "逾期未完成"}
WORDS: Final[dict[str, dict[str, str]]] = {
    "udb_state": {
        "conform": "全部位于集中建设区",
        "elastic": "涉及弹性发展区",
        "special": "涉及特别用途区",
        "outside": "涉及开发边界外",
    },
    "udb_zone_state": {
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
    "supply_stage": {"planned": "未供地", "supplied": "已供地、未竣工", "completed": "已竣工"},
    "assessment_state": {
        "complete": "齐备且有效",
        "missing": "有事项未评估",
        "uncovered": "有事项未全部覆盖本地块",
        "expired": "有事项已过期",
    },
    "standard_level": {
        "park": "园区×行业标准",
        "city": "市级标准",
        "province": "省级标准",
        "nation": "国家标准",
    },
    **{f"performance_{stage}": PERFORMANCE for stage in ("start", "completion", "production", "target")},
    "park_zone_type": {"industrial": "工业主导型", "mixed": "产城融合型", "other": "其他类型"},
    "per_mu_object": {
        "evaluated": "参评",
        "not_industry": "非工业企业",
        "small": "规下且用地不足三亩",
        "utility": "公用设施",
        "young": "投产不满两年",
    },
    "per_mu_grade": {"A": "A 类", "B": "B 类", "C": "C 类", "D": "D 类", "T": "T 类（不评价）"},
    "idle_cause": {"enterprise": "企业原因", "government": "政府原因", "force_majeure": "不可抗力"},
    "transition_state": {
        "none": "未登记过渡期",
        "running": "过渡期内",
        "ending": "过渡期将满",
        "expired": "过渡期已满",
        "settled": "已转换或交回",
    },
    "payback_state": {"within": "测算期内可收回", "beyond": "测算期内不能收回"},
    "mixed_state": {"mixed": "混合用地", "single": "不是混合用地"},
    "enterprise_grade": {"A": "A 类", "B": "B 类", "C": "C 类", "D": "D 类"},
}

STATES: Final[dict[str, tuple[str, str]]] = {
    "contract_allows_change": ("合同允许改变用途", "合同未允许改变用途"),
    "in_park": ("位于产业园区内", "位于产业园区外"),
    "key_supervised": ("土壤污染重点监管单位用地", "不是重点监管单位用地"),
    "metro_protection_certain": ("线位已确定", "线位为推算"),
    "mortgaged": ("已抵押", "未抵押"),
    "negative_list": ("触及负面清单", "未触及负面清单"),
    "owner_willing": ("权利人有改造意愿", "权利人无改造意愿"),
    "plan_changed": ("与规划不符", "与规划一致"),
    "potential_limited": ("规划容积率低于现行下限", "规划容积率不低于现行下限"),
    "restricted_industry": ("淘汰或限制类产业", "不属于淘汰或限制类产业"),
    "seized": ("已被查封", "未被查封"),
    "target_is_urban": ("属城镇建设用地", "不属城镇建设用地"),
    "under_construction": ("在建", "不在建"),
    "unsafe_building": ("建筑存在安全隐患", "建筑无安全隐患"),
    "use_changes": ("用途发生改变", "用途未改变"),
    "valid_use_code": ("用途代码合法", "用途代码不合法"),
    "conditions_fixed": ("控制指标已写入供地条件", "控制指标尚未写全"),
    "far_by_decision": ("下限可由集体决策放宽", "不属集体决策行业"),
    "joint_supply_due": ("适于进高标准厂房且不是边角地", "可单独供地"),
    "net_land": ("净地且配套到位", "未达净地配套要求"),
    "promise_planned": ("已落实承诺书与监管协议", "未落实承诺书与监管协议"),
    "target_reached": ("已到约定达产日", "未到约定达产日"),
}
"""What a yes and a no of an indicator say as a statement; a bare 是 or 否 beside a title can read as its opposite."""


def state(indicator: str, *, holds: bool) -> str:
    """Return the statement that a yes or a no of an indicator makes (是否类取值的说法)."""
    return STATES.get(indicator, ("是", "否"))[0 if holds else 1]


def word(indicator: str, value: str) -> str:
    """Return how officials call a value of an indicator; the value itself where it is plain already."""
    return WORDS.get(indicator, {}).get(value, value)
