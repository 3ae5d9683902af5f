"""Planted cases of the rulebook mixed_use (用途转换与混合用地): pairs, boundary, bottom lines, soil, hazard, rights."""

from __future__ import annotations

from tools.demo.case import Around, Case

_GOOD = {"UDB-02": "pass", "UDB-03-farmland": "pass", "UDB-03-redline": "pass", "MIX-13": "pass", "MIX-25": "pass", "MIX-21": "pass",
         "MIX-24-contract": "pass", "MIX-24-seizure": "pass"}

PAIRS: tuple[Case, ...] = (
    Case("M01", "rd-park", "一类工业改科研：矩阵有条件兼容，各项齐备", "candidate", _GOOD, plan="0802", advice="share_of_floor_area"),
    Case("M02", "line-4", "一类工业改商业：有条件兼容", "candidate", _GOOD, plan="0901", advice="share_of_floor_area"),
    Case("M03", "line-4", "商务金融改科研：矩阵兼容（P）", "candidate", _GOOD, use="0902", plan="0802", far=2.4, cover=0.4, advice="compatible"),
    Case("M04", "light", "二类工业改一类工业：兼容（P）", "candidate", _GOOD, use="100102", plan="100101", advice="compatible"),
    Case("M05", "line-11", "物流仓储改商务：有条件兼容", "candidate", _GOOD, use="110101", plan="0902", advice="share_of_floor_area"),
    Case("M06", "rd-park", "科研改商务：有条件兼容", "candidate", _GOOD, use="0802", plan="0902", far=1.8, advice="share_of_floor_area"),
    Case("M07", "nanjing-north", "交通场站综合开发改商务：有条件兼容", "candidate", _GOOD, use="120801", plan="0902", far=0.4, cover=0.3,
         advice="share_of_floor_area"),
    Case("M08", "light", "工业改学校：未列入缺省矩阵（U），需专项论证，不是禁止", "not_candidate", {**_GOOD, "MIX-13": "fail"}, plan="080403"),
    Case("M09", "light", "工业改住宅：负面清单（工业用地不得改商品住宅）", "prohibited", {"MIX-25": "fail", "MIX-13": "fail"}, plan="070102"),
    Case("M10", "new-materials", "三类工业改商务：负面清单", "prohibited", {"MIX-25": "fail"}, use="100103", plan="0902", far=0.6,
         around=Around(risk="any")),
    Case("M11", "line-11", "公园绿地改商务：负面清单", "prohibited", {"MIX-25": "fail"}, use="1401", plan="0902", far=0.02, cover=0.01),
    Case("M12", "rd-park", "工业改留白：未列入缺省矩阵", "not_candidate", {"UDB-02": "pass", "MIX-13": "fail", "MIX-25": "pass"}, plan="16"),
)

BOUNDARY: tuple[Case, ...] = (
    Case("M13", "edge", "约 900 ㎡ 在城镇开发边界外：暂不符合", "not_candidate", {**_GOOD, "UDB-02": "fail"}, plan="0802", around=Around(outside=900.0)),
    Case("M14", "edge", "边界外仅 3 ㎡，小于容差：仍判符合", "candidate", _GOOD, plan="0802", around=Around(outside=3.0)),
    Case("M15", "edge", "位于城镇弹性发展区：须先调入集中建设区", "not_candidate", {**_GOOD, "UDB-02": "fail", "UDB-02-elastic": "pass"}, plan="0802",
         around=Around(zone="城镇弹性发展区")),
    Case("M16", "edge", "位于特别用途区，拟改科研：暂不符合", "not_candidate", {**_GOOD, "UDB-02": "fail"}, use="0902", plan="0802", far=1.5,
         around=Around(zone="特别用途区")),
    Case("M17", "farm-edge", "压占永久基本农田 300 ㎡：触及底线", "prohibited", {"UDB-03-farmland": "fail"}, plan="0802",
         around=Around(farmland=300.0)),
    Case("M18", "farm-edge", "与永久基本农田仅接触 0.5 ㎡：须人工核对", "unknown", {"UDB-03-farmland": "unknown"}, plan="0802",
         around=Around(farmland=0.5)),
    Case("M19", "red-edge", "压占生态保护红线 600 ㎡：触及底线", "prohibited", {"UDB-03-redline": "fail"}, plan="0802", around=Around(redline=600.0)),
    Case("M20", "red-edge", "与生态保护红线仅接触 0.6 ㎡：须人工核对", "unknown", {"UDB-03-redline": "unknown"}, plan="0802",
         around=Around(redline=0.6)),
)

SOIL: tuple[Case, ...] = (
    Case("M21", "line-11", "商业改住宅，土壤待调查：调查前暂不符合", "not_candidate", {**_GOOD, "MIX-20-survey": "fail", "MIX-20-listed": "pass"},
         use="0901", plan="070102", far=1.4, values={"soil_state": "survey_due"}),
    Case("M22", "light", "商业改住宅，列入风险管控和修复名录：触及底线", "prohibited", {"MIX-20-listed": "fail"}, use="0901", plan="070102", far=1.4,
         values={"soil_state": "risk_listed"}),
    Case("M23", "light", "商业改住宅，土壤状况未提供：资料不足", "unknown", {"MIX-20-survey": "unknown"}, use="0901", plan="070102", far=1.4,
         values={"soil_state": None}),
    Case("M24", "light", "工业改商务，土壤待调查：不是居住或公共服务，本项不适用", "candidate",
         {**_GOOD, "MIX-20-survey": "not_applicable", "MIX-20-listed": "not_applicable"}, plan="0902", values={"soil_state": "survey_due"},
         advice="share_of_floor_area"),
    Case("M25", "line-4", "商业改住宅，土壤已调查未超标：符合初筛", "candidate", {**_GOOD, "MIX-20-survey": "pass"}, use="0901", plan="070102", far=1.4,
         advice="share_of_floor_area"),
)

HAZARD: tuple[Case, ...] = (
    Case("M26", "light", "商务改学校，位于千万分之三等值线内：高敏感场所不符合", "not_candidate", {**_GOOD, "MIX-21": "fail"}, use="0902", plan="080403",
         far=1.5, around=Around(risk="3e-7")),
    Case("M27", "light", "商业改住宅，位于百万分之三等值线内：不符合", "not_candidate", {**_GOOD, "MIX-21": "fail"}, use="0901", plan="070102", far=1.4,
         around=Around(risk="3e-6")),
    Case("M28", "light", "商业改住宅，位于千万分之三等值线内、百万分之三之外：限值内，人数须核", "candidate",
         {**_GOOD, "MIX-21": "pass", "MIX-21-dense": "pass"}, use="0901", plan="070102", far=1.4, around=Around(risk="3e-7"),
         advice="share_of_floor_area"),
    Case("M29", "line-11", "商务改学校，远离危险源：符合初筛", "candidate", {**_GOOD, "MIX-21": "pass"}, use="0902", plan="080403", far=1.5,
         advice="share_of_floor_area"),
    Case("M30", "new-materials", "拟改三类工业，距长江河道管理线不足一公里：触及底线", "prohibited", {"MIX-22": "fail"}, use="100102", plan="100103",
         far=0.8, around=Around(risk="any", river="main-near")),
    Case("M31", "new-materials", "拟改三类工业，一公里以外：不触底线，但未列入缺省矩阵", "not_candidate", {"MIX-22": "pass", "MIX-13": "fail"},
         use="100102", plan="100103", far=0.8, around=Around(risk="any", river="far")),
    Case("M32", "tributary", "拟改三类工业，距支流（马汊河、滁河）不足一公里：触及底线", "prohibited", {"MIX-22": "fail"}, use="100102", plan="100103",
         far=0.8, around=Around(risk="any", river="tributary-near")),
)

RIGHTS: tuple[Case, ...] = (
    Case("M33", "line-11", "被查封：暂不符合", "not_candidate", {**_GOOD, "MIX-24-seizure": "fail"}, plan="0802", values={"seized": True}),
    Case("M34", "rd-park", "已抵押：须抵押权人同意，仅作条件提示", "candidate", {**_GOOD, "MIX-24-mortgage": "pass"}, plan="0802",
         values={"mortgaged": True}, advice="share_of_floor_area"),
    Case("M35", "light", "出让合同不允许改变用途：暂不符合", "not_candidate", {**_GOOD, "MIX-24-contract": "fail"}, plan="0802",
         values={"x_contract_allows_change": False}),
    Case("M36", "light", "合同约定未提供：资料不足", "unknown", {"MIX-24-contract": "unknown"}, plan="0802",
         values={"x_contract_allows_change": None}),
    Case("M37", "light", "查封状态未提供：资料不足", "unknown", {"MIX-24-seizure": "unknown"}, plan="0802", values={"seized": None}),
    Case("M38", "nanjing-north", "规划用途与现状相同：不适用", "not_applicable", {"MIX-13-scope-change": "fail"}, use="0902", far=2.0),
    Case("M39", "line-4", "体育用地不在兼容矩阵内：不适用", "not_applicable", {"MIX-13-scope-use": "fail"}, use="080501", plan="0902", far=0.4,
         cover=0.3),
    Case("M40", "light", "规划用途未提供：资料不足", "unknown", {}, plan=None),
    Case("M41", "metro-certain", "部分位于已开通线路控制保护区：条件提示，须征求轨道保护意见", "candidate", {**_GOOD, "TRN-04": "pass", "TRN-04-estimated": "fail"},
         use="0902", plan="0802", far=2.0, around=Around(metro="certain"), advice="compatible"),
    Case("M42", "metro-estimated", "线位为推算，可能位于控制保护区：条件提示", "candidate", {**_GOOD, "TRN-04": "pass", "TRN-04-estimated": "pass"},
         use="0902", plan="0802", far=2.0, around=Around(metro="estimated"), advice="compatible"),
)

CASES: tuple[Case, ...] = (*PAIRS, *BOUNDARY, *SOIL, *HAZARD, *RIGHTS)
