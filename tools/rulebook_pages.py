"""The pages of docs/rulebooks/: every rulebook rule by rule, made from the YAML that is evaluated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import yaml

from gisapp.evaluation.measure import signatures
from gisapp.evaluation.sources import source
from gisapp.format import MISSING, percent, quantity
from gisapp.indicators import REGISTRY
from gisapp.model.rules import (
    Choose,
    Curve,
    Gate,
    Param,
    Predicate,
    Row,
    Rule,
    Scalar,
    ScopeGate,
    Test,
    ValueTable,
)
from gisapp.rules.cases import RuleCase, load_cases
from gisapp.rules.load import LoadedRulebook, load_policies, load_rulebook, rulebook_files
from gisapp.rules.predicates import OP_SIGNS
from gisapp.rules.words import STATES, state, word

ROOT: Final = Path(__file__).resolve().parent.parent
ROLES: Final = {
    "scope": "适用范围，不成立的不适用",
    "must": "必须，不成立的不列入",
    "prohibit": "底线，成立即触及",
    "trigger": "线索",
    "condition": "条件，成立的须办理，不参与判定",
}
SECTIONS: Final = {
    "scope": "适用范围 · Scope",
    "prohibit": "底线 · Prohibitions",
    "must": "必须满足 · Musts",
    "trigger": "线索 · Triggers",
    "condition": "条件 · Conditions",
    "curve": "评分 · Scores",
    "choose": "决策表 · Decision tables",
}
BASES: Final = {"law": "法律", "standard": "标准与规范性文件", "assumption": "本地假设"}
SUBJECTS: Final = {"parcel": "地块", "park": "园区", "enterprise": "企业"}
OUTCOMES: Final = {
    "pass": "成立", "fail": "不成立", "unknown": "资料不足", "not_applicable": "不适用", "scored": "评分或选行"
}  # fmt: skip
PROHIBITED: Final = {"pass": "未触及", "fail": "触及"}
INDEX_HEAD: Final = """\
# 规则集逐条 · The rulebooks, rule by rule

由 `python tools/make_docs.py` 从 `parcels/rulebooks/*.yaml` 生成，不手工改；`tests/test_rulebook_pages.py` 保证与规则集一致。规则号与 130 条规则的对照见 [rules.md](rules.md)，指标见 [indicators.md](indicators.md)。

Made from the rulebooks by `python tools/make_docs.py`, and held in step by a test.

| 规则集 | English | 文件 | 版本 | 主体 | 规则 | 用例 | 整宗用例 |
|---|---|---|---|---|---:|---:|---:|
"""
INDEX_TAIL: Final = """
## 用例证明什么

- **逐条用例** `parcels/rulebooks/tests/<规则集>.yaml`：一条规则、所读指标的取值、应得的判定。每条规则（含适用范围）至少一例成立、一例不成立、一例资料缺失；有适用条件的另有一例不适用；决策表每一行各有一例（`tests/test_rule_cases.py`）。
- **整宗用例** `parcels/rulebooks/tests/whole/<规则集>.yaml`：一个对象的全部取值，应得的结论、得分与建议。权重、线索组数、各条之间的先后在这里核对。
- **变异检查** `tests/test_rule_mutations.py`：把每个数上下改 10 %（为 0 或为个数的改一个单位），比较符号翻转，是否值翻转，代码与文字清单去掉或加上一项，曲线控制点的横纵坐标、权重、阈值表各行、决策表各行的条件与先后、线索组数逐一改动，去掉任一决定结论的门槛；每一处改动至少使一例不符，否则测试失败。

用例看不到的几类，及其由何处核对：

- **指标的参数**（`params`，如半径、年数、容差）：用例直接给出指标的值，参数在量算之内。由指标的手算测试（`tests/test_indicators.py`、`tests/test_parks.py`、`tests/test_per_mu.py`、`tests/test_standard_land.py`、`tests/test_udb_package.py` 等）与演示数据的预设情形（`parcels/demo/planted.yaml`、`tests/test_planted.py`）核对。
- **只有一条曲线的规则集的权重**：折算后恒为 1，改动不起作用。
- **没有行的阈值表**（如铁路安全保护区宽度）：一律为未提供，比较符号不起作用；补入后即纳入检查。
- **被另一条门槛完全覆盖的门槛**（`LEL-05-excluded-use`：所排除的用途本不在 `LEL-04` 所列之内）：逐条用例能看到，整宗用例看不到去掉它的差别。
- **资料表里的参数**（亩均评价的权重与分档、理想值、地价等）是数据，不是规则集的数，由各自的手算测试核对。
"""


def pages(root: Path = ROOT) -> dict[str, str]:
    """Return the pages by path below docs/, the index first."""
    policies, names = load_policies(root), signatures()
    loaded = {
        path.stem: load_rulebook(path, root=root, policies=policies, signatures=names)
        for path in rulebook_files(root)
    }
    folder = root / "parcels" / "rulebooks" / "tests"
    cases = {name: load_cases(folder / f"{name}.yaml") for name in loaded}
    wholes = {
        name: len(yaml.safe_load((folder / "whole" / f"{name}.yaml").read_text(encoding="utf-8"))["cases"])
        for name in loaded
    }
    out = {"rulebooks.md": _index(loaded, cases, wholes)}
    for name, book in loaded.items():
        out[f"rulebooks/{name}.md"] = "\n".join(_page(name, book, cases[name])) + "\n"
    return out


def _index(
    loaded: Mapping[str, LoadedRulebook], cases: Mapping[str, tuple[RuleCase, ...]], wholes: Mapping[str, int]
) -> str:
    rows = []
    for name, one in loaded.items():
        book = one.rulebook
        count = len(book.scope) + len(book.rules)
        rows.append(
            f"| [{book.title.zh}](rulebooks/{name}.md) | {book.title.en} | `{name}.yaml` | {book.edition} "
            f"| {SUBJECTS[book.subject]} | {count} | {len(cases[name])} | {wholes[name]} |"
        )
    return INDEX_HEAD + "\n".join(rows) + "\n" + INDEX_TAIL


def _page(name: str, loaded: LoadedRulebook, cases: tuple[RuleCase, ...]) -> Iterator[str]:
    book = loaded.rulebook
    yield f"# {book.title.zh} · {book.title.en}\n"
    yield f"`parcels/rulebooks/{name}.yaml`，由 `python tools/make_docs.py` 生成。[全部规则集](../rulebooks.md)\n"
    until = f" 至 {book.effective.to}（不含）" if book.effective.to else " 起"
    yield f"- 版本 {book.edition}，{book.effective.from_}{until}有效；主体：{SUBJECTS[book.subject]}"
    if book.verdict_words:
        yield "- 结论：" + "；".join(f"`{code}` {text}" for code, text in book.verdict_words.items())
    if book.trigger_groups:
        groups = "；".join(f"{group} 组 {count} 项" for group, count in book.trigger_groups.items())
        yield f"- 线索成立即列入：{groups}"
    if book.note:
        yield f"- {book.note.zh}"
        yield f"- {book.note.en}"
    weights = sum(curve.weight for curve in book.curves)
    for section, title in SECTIONS.items():
        rules = [rule for rule in (*book.scope, *book.rules) if _section(rule) == section]
        if rules:
            yield f"\n## {title}"
        for rule in rules:
            own = [case for case in cases if case.rule == rule.id]
            yield from _rule(rule, loaded, own, weights)


def _section(rule: Rule | ScopeGate) -> str:
    return rule.kind if isinstance(rule, Curve | Choose) else rule.role if isinstance(rule, Gate) else "scope"


def _rule(
    rule: Rule | ScopeGate, loaded: LoadedRulebook, cases: list[RuleCase], weights: float
) -> Iterator[str]:
    yield f"\n### `{rule.id}` {rule.title.zh}\n\n{rule.title.en}\n"
    if isinstance(rule, Choose):
        yield from _rows(rule)
    elif isinstance(rule, Curve):
        points = "，".join(f"{_quantity(x, rule.unit)} → {y:g}" for x, y in rule.points)
        yield f"- 所问：{_title(rule.indicator)}（`{rule.indicator}`）"
        yield f"- 得分：{points}；其间直线内插，两端以外取端点"
        yield f"- 权重：{rule.weight:g}（全部曲线合计 {weights:g}，占 {percent(rule.weight / weights)}）"
    else:
        yield f"- 所问：{asked(rule, loaded)}"
        group = f"，{rule.group} 组" if isinstance(rule, Gate) and rule.group else ""
        yield f"- 作用：{ROLES[_section(rule)]}{group}"
    if not isinstance(rule, Choose):
        if rule.applies:
            yield "- 只在以下都成立时适用：" + "；".join(asked(item, loaded) for item in rule.applies)
        yield from _params(rule.params)
    yield from _grounds(rule, loaded)
    said = OUTCOMES | (PROHIBITED if _section(rule) == "prohibit" else {})
    counts = Counter(said[case.expect] for case in cases)
    yield f"- 用例 {len(cases)}：" + "，".join(f"{what} {count}" for what, count in counts.items())


def _grounds(rule: Rule | ScopeGate, loaded: LoadedRulebook) -> Iterator[str]:
    """Yield what stands behind a rule: clause with document and letters, basis, note and what to do."""
    cited = source(loaded.policies, rule.clause, rule.status)
    basis = BASES[rule.basis] if not isinstance(rule, ScopeGate) else ""
    clause = f"`{rule.clause}` {cited.title}（条款 {cited.clause_status}）" if rule.clause else cited.title
    yield f"- 依据：{clause}{f'；门槛出自{basis}' if basis else ''}"
    yield f"- 状态：{rule.status} {cited.short}{f'；{cited.note}' if cited.note else ''}"
    if not isinstance(rule, ScopeGate) and rule.note:
        yield f"- 说明：{rule.note}"
    if isinstance(rule, Gate) and rule.advice:
        yield f"- 办理：{rule.advice}"


def _rows(rule: Choose) -> Iterator[str]:
    yield "自上而下，第一行成立的即为结果；读到某行缺资料的为资料不足。" + (
        "" if rule.advises else "只作归类，不作建议。"
    )
    yield "\n| 行 | 条件 | 结果 | English |\n|---:|---|---|---|"
    for number, row in enumerate(rule.rows, start=1):
        yield f"| {number} | {_conditions(row, rule)} | `{row.then}` {row.title.zh} | {row.title.en} |"
    yield ""
    for name, params in rule.params.items():
        for text in _params(params):
            yield f"{text}（{_title(name)}）"


def _conditions(row: Row, rule: Choose) -> str:
    texts = [_test(name, rule.units.get(name, ""), test) for name, test in row.when.items()]
    return "；".join(texts) if texts else "其余"


def _test(name: str, unit: str, test: Test | Scalar | tuple[Scalar, ...]) -> str:
    if isinstance(test, Test):
        return _compared(name, unit, test.op, test.value)
    return _compared(name, unit, "in" if isinstance(test, tuple) else "==", test)


def asked(item: Predicate, loaded: LoadedRulebook) -> str:
    """Return a comparison in words (所问)."""
    if isinstance(item.value, ValueTable):
        rows = loaded.tables[f"{item.value.table}#{item.value.key}#{item.value.column}"]
        limits = (
            "、".join(f"{code} {_quantity(limit, item.unit)}" for code, limit in rows.items()) or "未提供"
        )
        field = _title(item.value.by) if item.value.by in REGISTRY else item.value.by
        text = f"{_title(item.indicator)} {OP_SIGNS.get(item.op, item.op)} 按{field}查 `{item.value.table}`（{limits}）"
    else:
        text = _compared(item.indicator, item.unit, item.op, item.value)
    if item.unknown_between:
        low, high = item.unknown_between
        text += (
            f"；大于 {_quantity(low, item.unit)}、小于 {_quantity(high, item.unit)} 的为边界接触，须人工核对"
        )
    return text


def _compared(name: str, unit: str, op: str, value: Scalar | tuple[Scalar, ...]) -> str:
    if isinstance(value, bool):
        said = state(name, holds=value == (op == "=="))
        return said if name in STATES else f"{_title(name)}：{said}"
    if isinstance(value, tuple):
        shown = "、".join(word(name, str(v)) if unit == "text" else str(v) for v in value)
    elif isinstance(value, str):
        shown = word(name, value)
    else:
        shown = _quantity(value, unit)
    return f"{_title(name)} {OP_SIGNS.get(op, op)} {shown}"


def _quantity(value: float, unit: str) -> str:
    return quantity(value, unit) if value == value else MISSING


def _title(name: str) -> str:
    return REGISTRY[name].title


def _params(params: Mapping[str, Param]) -> Iterator[str]:
    if params:
        shown = "，".join(
            f"`{name}` {value:.6g}" if isinstance(value, float) else f"`{name}` {value}"
            for name, value in params.items()
        )
        yield f"- 参数：{shown}"
