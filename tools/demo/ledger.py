"""Synthetic ledgers (合成台账): invented figures, documents and parties; nothing of it was ever issued by anyone.

The first project is the worked example of docs/ledgers.md: 5.0 ha, 3.2 of them paddy, against 4.0 (2.0) in the county
and 3.0 (3.0) in the city's pool. The transfers stand in every state on the demo's data date.
"""

from __future__ import annotations

import pandas as pd

_SAY = "合成示例"


def _document(kind: str, number: int) -> str:
    return f"示例{kind}〔2026〕{number}号"


def entries() -> pd.DataFrame:
    """Entries: what came in, what was used, one trade across cities."""
    rows = [
        ("2025-12-20", "net_increase", "耕核", 1, "", "jiangbei", "net_increase", "2025", "6.5", "", "", ""),
        ("2026-01-15", "acceptance", "验收", 1, "", "jiangbei", "quantity", "", "6.0", "", "", ""),
        ("2026-01-15", "acceptance", "验收", 1, "", "jiangbei", "paddy", "", "2.5", "", "", ""),
        ("2026-01-15", "acceptance", "验收", 1, "", "jiangbei", "capacity", "", "54000", "", "", ""),
        ("2026-01-20", "acceptance", "验收", 2, "", "nanjing", "quantity", "", "1.5", "", "", ""),
        ("2026-01-20", "acceptance", "验收", 2, "", "nanjing", "paddy", "", "3.0", "", "", ""),
        ("2026-01-20", "acceptance", "验收", 2, "", "nanjing", "capacity", "", "31500", "", "", ""),
        ("2026-02-01", "acceptance", "挂牌", 1, "", "other-city", "quantity", "", "12.0", "", "", ""),
        ("2026-02-01", "acceptance", "挂牌", 1, "", "other-city", "paddy", "", "8.0", "", "", ""),
        ("2026-02-01", "acceptance", "挂牌", 1, "", "other-city", "capacity", "", "118000", "", "", ""),
        ("2026-01-31", "quota_issue", "计划", 1, "", "jiangbei", "plan_quota", "2026", "18.0", "", "", ""),
        ("2026-03-10", "occupation", "占补", 1, "jiangbei", "", "quantity", "", "2.0", "XM-2026-01", "", ""),
        ("2026-03-10", "occupation", "占补", 1, "jiangbei", "", "paddy", "", "0.5", "XM-2026-01", "", ""),
        ("2026-03-10", "occupation", "占补", 1, "jiangbei", "", "capacity", "", "17000", "XM-2026-01", "", ""),
        ("2026-03-12", "quota_use", "用地", 1, "jiangbei", "", "plan_quota", "2026", "6.2", "XM-2026-01", "", ""),
        ("2026-04-18", "trade", "交易", 1, "other-city", "nanjing", "quantity", "", "1.5", "XM-2026-03", "2250000", "示例批复〔2026〕9号"),
        ("2026-05-06", "acceptance", "验收", 3, "", "nanjing", "linkage", "", "4.2", "", "", ""),
        ("2026-05-20", "pooling", "调剂", 1, "nanjing", "jiangbei", "linkage", "", "1.2", "", "", ""),
    ]  # fmt: skip
    names = [
        "date",
        "kind",
        "document",
        "from",
        "to",
        "indicator",
        "year",
        "amount",
        "project",
        "price",
        "approval",
    ]
    out = [
        dict(zip(names, (day, kind, _document(doc, number), *rest), strict=True))
        for day, kind, doc, number, *rest in rows
    ]
    frame = pd.DataFrame(out)
    frame.insert(3, "reason", _SAY)
    return frame


def projects() -> pd.DataFrame:
    """Projects of every level; one without its capacity, one not yet reviewed."""
    rows = [
        (
            "2026-01-08",
            "XM-2026-01",
            "江北大道快速化（示例）",
            "municipal",
            "6.2",
            "2.0",
            "0.5",
            "17000",
            "是",
        ),
        (
            "2026-02-03",
            "XM-2026-02",
            "生物医药谷扩建（示例）",
            "district",
            "7.5",
            "5.0",
            "3.2",
            "46000",
            "是",
        ),
        (
            "2026-02-10",
            "XM-2026-03",
            "铁路南京北站配套（示例）",
            "provincial",
            "9.6",
            "9.0",
            "6.0",
            "88000",
            "是",
        ),
        ("2026-03-02", "XM-2026-04", "新材料中试基地（示例）", "district", "3.1", "1.2", "0.0", "", "是"),
        ("2026-03-15", "XM-2026-05", "滨江配套停车场（示例）", "district", "1.4", "0.0", "0.0", "0", ""),
    ]
    names = ["date", "id", "name", "level", "quota_ha", "quantity_ha", "paddy_ha", "capacity_kg", "reviewed"]
    frame = pd.DataFrame(rows, columns=names)
    frame.insert(1, "document", [_document("立项", k) for k in range(1, len(rows) + 1)])
    frame.insert(5, "county", "jiangbei")
    return frame


_APPLY = "apply"


def transfers() -> pd.DataFrame:
    """Six transfers: in review, building, reached with the deadline near, lapsed, transferred, and one lacking papers."""
    events: list[tuple[str, str, str, str]] = []

    def add(transfer: str, *steps: tuple[str, str] | tuple[str, str, str]) -> None:
        for day, step, *invested in steps:
            events.append((day, transfer, step, invested[0] if invested else ""))

    add("YG-01", ("2026-06-12", "apply"))
    add("YG-02", ("2025-11-03", "apply"), ("2025-11-20", "review"), ("2025-12-01", "pre_register"), ("2025-12-10", "price_paid"),
        ("2025-12-18", "certificate"), ("2026-01-15", "build"), ("2026-05-30", "invest", "1750"))  # fmt: skip
    add("YG-03", ("2025-10-09", "apply"), ("2025-10-27", "review"), ("2025-11-05", "pre_register"), ("2025-11-12", "price_paid"),
        ("2025-11-20", "certificate"), ("2025-12-05", "build"), ("2026-04-15", "invest", "2500"))  # fmt: skip
    add("YG-04", ("2025-07-01", "apply"), ("2025-07-16", "review"), ("2025-07-25", "pre_register"), ("2025-08-01", "price_paid"),
        ("2025-08-11", "certificate"), ("2025-09-01", "build"), ("2026-02-10", "invest", "3400"))  # fmt: skip
    add("YG-05", ("2025-06-03", "apply"), ("2025-06-20", "review"), ("2025-07-01", "pre_register"), ("2025-07-08", "price_paid"),
        ("2025-07-15", "certificate"), ("2025-08-01", "build"), ("2026-01-20", "invest", "6100"),
        ("2026-02-25", "apply_transfer"), ("2026-03-18", "transfer"))  # fmt: skip
    add("YG-06", ("2026-02-02", "apply"), ("2026-02-20", "review"), ("2026-03-03", "pre_register"),
        ("2026-05-12", "invest", "900"))  # fmt: skip
    frame = pd.DataFrame(events, columns=["date", "transfer", "step", "invested_10k"])
    frame.insert(1, "document", [_document("转让", k) for k in range(1, len(frame) + 1)])
    return frame.merge(_terms(), on=["transfer", "step"], how="left")


def _terms() -> pd.DataFrame:
    """What each application says; YG-06 has no total."""
    totals = ("8000", "9600", "10000", "12000", "20000", "")
    rows = [
        (f"YG-{k:02}", _APPLY, f"32011101100{k}GB0000{k}W00000000", f"示例转让企业{k}", f"示例受让企业{k}",
         ("2026-06-01", "2025-10-20", "2025-09-28", "2025-06-20", "2025-05-20", "2026-01-26")[k - 1], "building", total)
        for k, total in enumerate(totals, start=1)
    ]  # fmt: skip
    names = ["transfer", "step", "bdcdyh", "seller", "buyer", "contract_date", "project_type", "total_10k"]
    return pd.DataFrame(rows, columns=names)
