"""Planted cases of the rulebook redevelopment (低效用地再开发): every trigger alone and in pairs, scope, gaps."""

from __future__ import annotations

from datetime import date

from tools.demo.case import Around, Case, Firm

_ECONOMIC = ("far", "bcr", "tax", "grade", "vacancy")


def _triggers(*hit: str, unknown: tuple[str, ...] = ()) -> dict[str, str]:
    """Return the expectation of the five economic triggers: pass where hit."""
    return {
        f"LEL-05-{name}": "unknown" if name in unknown else "pass" if name in hit else "fail"
        for name in _ECONOMIC
    }


def _economic(number: str, place: str, story: str, *hit: str, **more: object) -> Case:
    """Return a case with exactly the given economic triggers."""
    far, cover = 1.2, 0.45
    if "far" in hit:
        far, cover = 0.36, 0.33
    if "bcr" in hit:
        far, cover = (0.24, 0.20) if "far" in hit else (1.1, 0.22)
    firm = Firm(0.22 if "tax" in hit else 1.8, "C" if "grade" in hit else "B")
    values = {
        "x_vacancy_share": 0.62 if "vacancy" in hit else 0.05,
        "storeys": 1.0 if "far" in hit else 5.0 if "bcr" in hit else 3.0,
    }
    verdict = "candidate" if len(hit) >= 2 else "not_candidate"
    return Case(
        number,
        place,
        story,
        verdict,
        {**_triggers(*hit), "LEL-05-offplan": "fail"},
        values=values,
        firm=firm,
        far=far,
        cover=cover,
        advice="self_renewal" if verdict == "candidate" else None,
    )


ECONOMIC: tuple[Case, ...] = (
    _economic("R01", "rd-park", "规范厂房：五项经济线索都不成立，未达低效筛选条件"),
    _economic("R02", "rd-park", "只有容积率偏低一项，经济线索须两项，未达条件", "far"),
    _economic("R03", "light", "只有建筑系数偏低一项，未达条件", "bcr"),
    _economic("R04", "line-11", "只有亩均税收低于同业中位数一半一项，未达条件", "tax"),
    _economic("R05", "light", "只有企业综合评价 C 类一项，未达条件", "grade"),
    _economic("R06", "line-4", "只有空置过半一项，未达条件", "vacancy"),
    _economic("R07", "rd-park", "容积率与建筑系数都偏低：一层老厂房，疑似低效", "far", "bcr"),
    _economic("R08", "line-11", "容积率偏低且亩均税收偏低，疑似低效", "far", "tax"),
    _economic("R09", "light", "容积率偏低且评价 C 类，疑似低效", "far", "grade"),
    _economic("R10", "line-4", "容积率偏低且空置过半，疑似低效", "far", "vacancy"),
    _economic("R11", "light", "建筑系数偏低且亩均税收偏低，疑似低效", "bcr", "tax"),
    _economic("R12", "rd-park", "建筑系数偏低且评价 C 类，疑似低效", "bcr", "grade"),
    _economic("R13", "nanjing-north", "建筑系数偏低且空置过半，疑似低效", "bcr", "vacancy"),
    _economic("R14", "line-11", "亩均税收偏低且评价 C 类，疑似低效", "tax", "grade"),
    _economic("R15", "light", "亩均税收偏低且空置过半，疑似低效", "tax", "vacancy"),
    _economic("R16", "nanjing-north", "评价 C 类且空置过半，疑似低效", "grade", "vacancy"),
    _economic("R17", "light", "五项经济线索全部成立，疑似低效", *_ECONOMIC),
)

_FINE = {**_triggers(), "LEL-05-offplan": "fail", "LEL-05-restricted": "fail", "LEL-05-unsafe": "fail"}
_OK = Firm()

LEGAL: tuple[Case, ...] = (
    Case(
        "R18",
        "line-4",
        "规划已改为商务金融，现状仍为厂房：一项法定线索即成立，建议收储再供应",
        "candidate",
        {**_FINE, "LEL-05-offplan": "pass"},
        plan="0902",
        firm=_OK,
        advice="acquire",
    ),
    Case(
        "R19",
        "nanjing-north",
        "规划改为科研用地且权利人有意愿：建议协议调整用途",
        "candidate",
        {**_FINE, "LEL-05-offplan": "pass"},
        plan="0802",
        firm=_OK,
        advice="convert_by_agreement",
    ),
    Case(
        "R20",
        "line-11",
        "规划改为中小学：建议收储用于公益",
        "candidate",
        {**_FINE, "LEL-05-offplan": "pass"},
        plan="080403",
        firm=_OK,
        advice="acquire_public",
    ),
    Case(
        "R21",
        "light",
        "属限制类产业：一项法定线索即成立",
        "candidate",
        {**_FINE, "LEL-05-restricted": "pass"},
        values={"x_restricted": True},
        firm=_OK,
        advice="self_renewal",
    ),
    Case(
        "R22",
        "light",
        "危旧厂房存在安全隐患：一项即成立",
        "candidate",
        {**_FINE, "LEL-05-unsafe": "pass"},
        values={"x_unsafe": True},
        firm=_OK,
        advice="self_renewal",
    ),
    Case(
        "R23",
        "rd-park",
        "规划为留白用地，不算与规划不符：未达条件",
        "not_candidate",
        _FINE,
        plan="16",
        firm=_OK,
    ),
)

_PAIR = {**_FINE, "LEL-05-grade": "pass", "LEL-05-vacancy": "pass"}
_EMPTY = {"x_vacancy_share": 0.7}

PATHS: tuple[Case, ...] = (
    Case(
        "R24",
        "light",
        "多个权利人的低效厂房：建议合作改造",
        "candidate",
        _PAIR,
        values={**_EMPTY, "x_owner_count": 3.0},
        firm=Firm(1.8, "C"),
        advice="joint_renewal",
    ),
    Case(
        "R25",
        "light",
        "D 类企业且权利人无意愿：建议腾退回购",
        "candidate",
        _PAIR,
        values={**_EMPTY, "x_owner_willing": False},
        firm=Firm(1.8, "D"),
        advice="buy_back",
    ),
    Case(
        "R26",
        "rd-park",
        "规划容积率上限 1.2，达不到现行下限：建议连片改造",
        "candidate",
        _PAIR,
        values=_EMPTY,
        firm=Firm(1.8, "C"),
        plan_far=1.2,
        advice="joint_renewal",
    ),
    Case(
        "R27",
        "light",
        "2022 年签约，下限 1.5，容积率 0.9 只到六成，又评 C 类：疑似低效",
        "candidate",
        {**_FINE, "LEL-05-far": "pass", "LEL-05-grade": "pass"},
        far=0.9,
        firm=Firm(1.8, "C"),
        values={
            "supplied_on": date(2022, 3, 1),
            "start_due_on": date(2022, 9, 1),
            "started_on": date(2022, 8, 1),
            "x_completed_on": date(2024, 3, 1),
            "year_built": 2024.0,
        },
        advice="self_renewal",
    ),
)

GAPS: tuple[Case, ...] = (
    Case(
        "R28",
        "light",
        "建筑面积未提供，另有一项线索成立：补齐前为资料不足",
        "unknown",
        {**_triggers("vacancy", unknown=("far",))},
        values=_EMPTY,
        far=None,
        firm=_OK,
    ),
    Case(
        "R29",
        "line-11",
        "无企业资料，空置过半：税收与评价不明，资料不足",
        "unknown",
        _triggers("vacancy", unknown=("tax", "grade")),
        values=_EMPTY,
    ),
    Case(
        "R30",
        "light",
        "只有空置一项不明，其余都不成立：即使成立也只一项，未达条件",
        "not_candidate",
        _triggers(unknown=("vacancy",)),
        values={"x_vacancy_share": None},
        firm=_OK,
    ),
    Case(
        "R31",
        "light",
        "规划用途未提供：法定线索不明，资料不足",
        "unknown",
        {**_triggers(), "LEL-05-offplan": "unknown"},
        plan=None,
        firm=_OK,
    ),
    Case(
        "R32",
        "rd-park",
        "税收未提供，但容积率与空置两项已成立：不影响结论",
        "candidate",
        _triggers("far", "vacancy", unknown=("tax",)),
        values={**_EMPTY, "storeys": 1.0},
        far=0.36,
        cover=0.33,
        firm=Firm(None, "B"),
        advice="self_renewal",
    ),
)

_WAIT = {
    "started_on": None,
    "x_completed_on": None,
    "year_built": None,
    "storeys": None,
    "x_developed_share": 0.0,
    "x_vacancy_share": None,
}

SCOPE: tuple[Case, ...] = (
    Case(
        "R33",
        "line-4",
        "约定动工满一年未动工：疑似闲置，另走处置程序",
        "not_applicable",
        {"LEL-01": "fail"},
        far=None,
        cover=None,
        values={**_WAIT, "supplied_on": date(2024, 2, 1), "start_due_on": date(2025, 2, 1)},
    ),
    Case(
        "R34",
        "nanjing-north",
        "约定动工满二年未动工：疑似闲置，涉及收回情形",
        "not_applicable",
        {"LEL-01": "fail"},
        far=None,
        cover=None,
        values={**_WAIT, "supplied_on": date(2023, 1, 10), "start_due_on": date(2024, 1, 10)},
    ),
    Case(
        "R35",
        "light",
        "到期日正满一年（周年日即计满）：疑似闲置",
        "not_applicable",
        {"LEL-01": "fail"},
        far=None,
        cover=None,
        values={**_WAIT, "supplied_on": date(2024, 6, 30), "start_due_on": date(2025, 6, 30)},
    ),
    Case(
        "R36",
        "light",
        "已动工但停建满一年，已开发不足三分之一：疑似闲置",
        "not_applicable",
        {"LEL-01": "fail"},
        far=None,
        cover=None,
        values={
            **_WAIT,
            "supplied_on": date(2021, 3, 1),
            "start_due_on": date(2022, 3, 1),
            "started_on": date(2022, 1, 15),
            "x_suspended_on": date(2025, 2, 1),
            "x_developed_share": 0.2,
            "dev_share": 0.18,
        },
    ),
    Case(
        "R37",
        "new-materials",
        "化学原料行业（26）：不在筛选范围",
        "not_applicable",
        {"LEL-05-excluded-industry": "fail"},
        use="100103",
        far=0.6,
        cover=0.4,
        values={"industry_code": "26"},
        firm=Firm(0.3, "D"),
        around=Around(risk="any"),
    ),
    Case(
        "R38",
        "new-materials",
        "石油加工行业（25）：不在筛选范围",
        "not_applicable",
        {"LEL-05-excluded-industry": "fail"},
        use="100103",
        far=0.5,
        cover=0.35,
        values={"industry_code": "25"},
        firm=Firm(0.3, "D"),
        around=Around(risk="any"),
    ),
    Case(
        "R39",
        "light",
        "非金属矿物制品行业（30）：不在筛选范围",
        "not_applicable",
        {"LEL-05-excluded-industry": "fail"},
        use="100102",
        values={"industry_code": "30"},
        firm=Firm(0.3, "D"),
    ),
    Case(
        "R40",
        "light",
        "黑色金属冶炼行业（31）：不在筛选范围",
        "not_applicable",
        {"LEL-05-excluded-industry": "fail"},
        use="100102",
        values={"industry_code": "31"},
    ),
    Case(
        "R41",
        "light",
        "有色金属冶炼行业（32）：不在筛选范围",
        "not_applicable",
        {"LEL-05-excluded-industry": "fail"},
        use="100102",
        values={"industry_code": "32"},
    ),
    Case(
        "R42",
        "xiba",
        "港口码头：不在筛选范围",
        "not_applicable",
        {"LEL-05-excluded-use": "fail"},
        use="1204",
        far=0.15,
        cover=0.1,
        around=Around(risk="any"),
    ),
    Case(
        "R43",
        "light",
        "储备库：不在筛选范围",
        "not_applicable",
        {"LEL-05-excluded-use": "fail"},
        use="1102",
        far=0.5,
        cover=0.4,
    ),
    Case(
        "R44",
        "light",
        "变电站：不在筛选范围",
        "not_applicable",
        {"LEL-05-excluded-use": "fail"},
        use="1303",
        far=0.3,
        cover=0.2,
    ),
    Case(
        "R45",
        "rd-park",
        "在建项目：不在筛选范围",
        "not_applicable",
        {"LEL-05-construction": "fail"},
        far=None,
        cover=None,
        values={
            **_WAIT,
            "supplied_on": date(2024, 9, 1),
            "start_due_on": date(2025, 9, 1),
            "started_on": date(2025, 5, 1),
            "x_developed_share": 0.6,
            "dev_share": 0.5,
        },
    ),
    Case(
        "R46",
        "light",
        "投产未满两年：不在筛选范围",
        "not_applicable",
        {"LEL-05-young": "fail"},
        far=0.3,
        cover=0.28,
        firm=Firm(0.2, "C"),
        values={
            "supplied_on": date(2022, 8, 1),
            "start_due_on": date(2023, 8, 1),
            "started_on": date(2023, 3, 1),
            "x_completed_on": date(2025, 1, 15),
            "year_built": 2025.0,
        },
    ),
    Case(
        "R47",
        "light",
        "权属有争议：不在筛选范围",
        "not_applicable",
        {"LEL-05-disputed": "fail"},
        far=0.3,
        cover=0.28,
        values={"owner_kind": "disputed"},
        firm=Firm(0.2, "C"),
    ),
)

LINES: tuple[Case, ...] = (
    Case(
        "R48",
        "farm-edge",
        "两项线索成立，但压占永久基本农田 300 ㎡：触及底线",
        "prohibited",
        {**_triggers("far", "bcr"), "UDB-03-farmland": "fail"},
        around=Around(farmland=300.0),
        values={"storeys": 1.0},
        far=0.24,
        cover=0.20,
        firm=_OK,
    ),
    Case(
        "R49",
        "farm-edge",
        "与永久基本农田仅接触 0.5 ㎡：须人工核对，资料不足",
        "unknown",
        {**_triggers("far", "bcr"), "UDB-03-farmland": "unknown"},
        around=Around(farmland=0.5),
        values={"storeys": 1.0},
        far=0.24,
        cover=0.20,
        firm=_OK,
    ),
    Case(
        "R50",
        "red-edge",
        "压占生态保护红线 500 ㎡：触及底线",
        "prohibited",
        {**_triggers("far", "bcr"), "UDB-03-redline": "fail"},
        around=Around(redline=500.0),
        values={"storeys": 1.0},
        far=0.24,
        cover=0.20,
        firm=_OK,
    ),
    Case(
        "R51",
        "red-edge",
        "与生态保护红线仅接触 0.4 ㎡：须人工核对，资料不足",
        "unknown",
        {**_triggers("far", "bcr"), "UDB-03-redline": "unknown"},
        around=Around(redline=0.4),
        values={"storeys": 1.0},
        far=0.24,
        cover=0.20,
        firm=_OK,
    ),
)

CASES: tuple[Case, ...] = (*ECONOMIC, *LEGAL, *PATHS, *GAPS, *SCOPE, *LINES)
