"""Groups that could be redeveloped together, in words and columns (连片改造表): for screen, CSV and XLSX."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from gisapp.app.assembly import MIN_AREA, AssemblyReport
from gisapp.app.parkfiles import basis_sheet, csv_bytes, xlsx_bytes
from gisapp.app.workspace import Workspace
from gisapp.evaluation import Evaluation
from gisapp.evaluation.sources import source
from gisapp.format import hectares, number
from gisapp.i18n import Text, translate
from gisapp.settings import Language
from gisapp.units import M2_PER_MU

TITLES: Final = {
    "rank": "名次",
    "names": "成员地块",
    "members": "地块标识",
    "count": "宗数",
    "area_mu": "面积（亩）",
    "area_m2": "面积（㎡）",
    "owners": "权利人数",
    "gain_m2": "可新增建筑面积（㎡）",
    "gain_per_owner_m2": "每权利人可新增（㎡）",
    "small": "单独不足（宗）",
}
NATURE: Final = Text(
    "各组是测算的组合，不是改造方案；组内地块均为疑似低效用地（待认定），是否连片由有权机关与权利人决定"
)
DRAFT: Final = "草案（非正式规则集）"


@dataclass(frozen=True)
class Condition:
    """One condition that a group keeps (连片条件): its text, status letter, status in words and where it comes from."""

    text: Text
    status: str
    status_text: str
    source: str


def assembly_table(report: AssemblyReport) -> pd.DataFrame:
    """Return one row a group, best first, with the columns of `TITLES`."""
    table = report.found.table
    names = ["、".join(report.names.get(id_, id_) for id_ in str(row).split(";")) for row in table["members"]]
    out = table.assign(names=names, area_mu=table["area_m2"].astype("float64") / M2_PER_MU)
    return out[list(TITLES)]


def conditions(report: AssemblyReport, workspace: Workspace, evaluation: Evaluation) -> tuple[Condition, ...]:
    """Return what every group keeps, each with its status letter."""
    rules = report.rules
    gate = next(gate for gate in evaluation.rulebook.gates if gate.id == MIN_AREA)
    stands = source(workspace.policies, gate.clause, gate.status)
    least = Text("合计面积不小于 {area}", area=Text.of(hectares(rules.min_area_m2), f"{number(rules.min_area_m2 / 1e4, 4)} ha"))  # fmt: skip
    own = (
        Text("公共边界不短于 {length} m", length=number(rules.min_shared_m, 2, trim=True)),
        Text("权利人合计不超过 {count} 个", count=number(rules.most_owners, 2, trim=True)),
        Text("一组不超过 {count} 宗，缺任何一宗都不成立", count=rules.most_members),
        Text("各组互不重叠，按每权利人可新增建筑面积排序"),
    )
    default = source(workspace.policies, None, "D")
    return (
        Condition(least, gate.status, stands.short, f"{MIN_AREA} · {stands.title}"),
        *(Condition(text, "D", default.short, default.title) for text in own),
    )


def assembly_csv(
    report: AssemblyReport, workspace: Workspace, evaluation: Evaluation, language: Language = "zh"
) -> bytes:
    """Return the groups as CSV, edition and run on every row."""
    edition = evaluation.rulebook.edition
    if evaluation.manifest["settings"]:
        edition = f"{edition} {translate(DRAFT, language)}"
    table = _titled(report, language).assign(**{translate("评价规则版本", language): edition})
    return csv_bytes(table, evaluation, workspace, language)


def assembly_xlsx(
    report: AssemblyReport, workspace: Workspace, evaluation: Evaluation, language: Language = "zh"
) -> bytes:
    """Return the groups as a workbook: the groups, and what they rest on."""
    sheets = {
        translate("连片改造", language): _titled(report, language),
        translate("说明", language): _facts(report, workspace, evaluation, language),
    }
    return xlsx_bytes(sheets, evaluation, workspace, language)


def file_name(report: AssemblyReport, evaluation: Evaluation, suffix: str) -> str:
    """Return a name that tells date and run (文件名); a draft says so."""
    draft = "草案_" if evaluation.manifest["settings"] else ""
    return f"{draft}连片改造_{report.as_of}_{report.run_id[:8]}.{suffix}"


def gaps(report: AssemblyReport) -> tuple[Text, ...]:
    """Return what the groups leave out: parcels without data, and a search that was cut off."""
    out = []
    if report.without:
        out.append(
            Text(
                "另有 {count} 宗权利人数或可新增建筑面积资料不足，未参加组合", count=number(report.without, 0)
            )
        )
    if report.found.cut_off:
        out.append(Text("搜索已到上限，可能还有其他组合"))
    return tuple(out)


def _titled(report: AssemblyReport, language: Language) -> pd.DataFrame:
    table = assembly_table(report)
    digits = {name: 2 for name in table.columns if pd.api.types.is_float_dtype(table[name])}
    return table.round(digits | ({"area_mu": 4} if len(table) else {})).rename(
        columns={name: translate(title, language) for name, title in TITLES.items()}
    )


def _facts(
    report: AssemblyReport, workspace: Workspace, evaluation: Evaluation, language: Language
) -> pd.DataFrame:
    """Return what the groups rest on: the evaluation, the conditions with their letters, what is left out."""
    kept = [
        (translate("连片条件", language), f"{translate(item.text, language)}（{item.status}，{item.source}）")
        for item in conditions(report, workspace, evaluation)
    ]
    kept += [(translate("未计入", language), translate(text, language)) for text in gaps(report)]
    if settings := evaluation.manifest["settings"]:
        kept.append(
            (translate(DRAFT, language), "；".join(f"{key}={value}" for key, value in settings.items()))
        )
    base = basis_sheet(evaluation, workspace, language, NATURE)
    return pd.concat([base, pd.DataFrame(kept, columns=base.columns)], ignore_index=True)


__all__ = [
    "NATURE",
    "TITLES",
    "Condition",
    "assembly_csv",
    "assembly_table",
    "assembly_xlsx",
    "conditions",
    "file_name",
    "gaps",
]
