"""Differentiated standards of the demo (差异化用地标准示例): invented numbers of a city and of three parks."""

from __future__ import annotations

from typing import Any

from tools.demo.standard_checks import AS_OF

Row = dict[str, Any]


def standards() -> list[Row]:
    """Return park and city rows: investment, tax, output and coefficient by industry; numbers are invented."""
    rows: list[Row] = []
    everywhere = {"investment": 280.0, "tax": 18.0, "output": 320.0}
    for name, value in everywhere.items():
        rows.append(_standard("city", "南京市", None, name, "*", value, "万元/亩", "示例市标准〔2021〕1号"))
    rows.append(
        _standard("city", "南京市", None, "building_coefficient", "*", 0.35, "1", "示例市标准〔2021〕1号")
    )
    parks = {"smart-mfg": ("34", "35", "36"), "gaoxin": ("38", "39", "40"), "new-materials": ("26", "27")}
    for k, (park, industries) in enumerate(parks.items()):
        for n, industry in enumerate(industries):
            document = f"示例园区标准〔2022〕{k + 1}号"
            rows.append(
                _standard("park", None, park, "investment", industry, 4800.0 + 450.0 * n, "万元/ha", document)
            )
            rows.append(_standard("park", None, park, "tax", industry, 22.0 + 4.0 * n, "万元/亩", document))
    return rows


def _standard(
    level: str,
    region: str | None,
    park: str | None,
    name: str,
    industry: str,
    value: float,
    unit: str,
    document: str,
) -> Row:
    return {
        "id": "-".join(filter(None, ("SL", level, park, name, None if industry == "*" else industry))),
        "level": level,
        "region": region,
        "park": park,
        "indicator": name,
        "industry_system": None if industry == "*" else "GB/T 4754-2017",
        "industry_code": industry,
        "op": ">=",
        "value": value,
        "unit": unit,
        "document": document,
        "clause": "附表",
        "effective_from": "2015-01-01" if level == "city" else "2016-01-01",
        "status": "D",
        "provider": "示例数据（合成）",
        "as_of": AS_OF.isoformat(),
        "note": "合成数值",
    }
