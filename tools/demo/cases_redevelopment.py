"""Planted cases of the rulebook redevelopment (低效用地再开发): every trigger alone and in pairs, paths."""

from __future__ import annotations

from datetime import date

from tools.demo.case import Case, Firm

_ECONOMIC = ("far", "bcr", "tax", "grade", "vacancy")


def triggers(*hit: str, unknown: tuple[str, ...] = ()) -> dict[str, str]:
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
        {**triggers(*hit), "LEL-05-offplan": "fail"},
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

FINE = {**triggers(), "LEL-05-offplan": "fail", "LEL-05-restricted": "fail", "LEL-05-unsafe": "fail"}
_OK = Firm()

LEGAL: tuple[Case, ...] = (
    Case(
        "R18",
        "line-4",
        "规划已改为商务金融，现状仍为厂房：一项法定线索即成立，建议收储再供应",
        "candidate",
        {**FINE, "LEL-05-offplan": "pass"},
        plan="0902",
        firm=_OK,
        advice="acquire",
    ),
    Case(
        "R19",
        "nanjing-north",
        "规划改为科研用地且权利人有意愿：建议协议调整用途",
        "candidate",
        {**FINE, "LEL-05-offplan": "pass"},
        plan="0802",
        firm=_OK,
        advice="convert_by_agreement",
    ),
    Case(
        "R20",
        "line-11",
        "规划改为中小学：建议收储用于公益",
        "candidate",
        {**FINE, "LEL-05-offplan": "pass"},
        plan="080403",
        firm=_OK,
        advice="acquire_public",
    ),
    Case(
        "R21",
        "light",
        "属限制类产业：一项法定线索即成立",
        "candidate",
        {**FINE, "LEL-05-restricted": "pass"},
        values={"x_restricted": True},
        firm=_OK,
        advice="self_renewal",
    ),
    Case(
        "R22",
        "light",
        "危旧厂房存在安全隐患：一项即成立",
        "candidate",
        {**FINE, "LEL-05-unsafe": "pass"},
        values={"x_unsafe": True},
        firm=_OK,
        advice="self_renewal",
    ),
    Case(
        "R23",
        "rd-park",
        "规划为留白用地，不算与规划不符：未达条件",
        "not_candidate",
        FINE,
        plan="16",
        firm=_OK,
    ),
)

_PAIR = {**FINE, "LEL-05-grade": "pass", "LEL-05-vacancy": "pass"}
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
        {**FINE, "LEL-05-far": "pass", "LEL-05-grade": "pass"},
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

CASES: tuple[Case, ...] = (*ECONOMIC, *LEGAL, *PATHS)
