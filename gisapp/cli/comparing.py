"""`gisapp compare` (情景比对): two scenarios, editions or thresholds, and what flips between them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from gisapp.app import Workspace
from gisapp.app.comparefiles import write
from gisapp.app.comparing import Compared, Side, compare_sides, flip_table, matrix_table, rulebook_table
from gisapp.app.desks import Desks
from gisapp.app.editing.editor import Editor
from gisapp.app.scenarios import Scenarios
from gisapp.cli.options import AsOf, Json, RulebookId, Settings, WorkspacePath, day, settings_of
from gisapp.cli.session import Session
from gisapp.evaluation.explain import verdict_word
from gisapp.format import number
from gisapp.model.changes import OFFICIAL

SHOWN = 20


def compare(
    ctx: typer.Context,
    workspace: WorkspacePath,
    rulebook: RulebookId,
    base: Annotated[
        str, typer.Option("--base", metavar="SCENARIO", help="基准情景，默认为现状库")
    ] = OFFICIAL,
    with_: Annotated[
        str | None, typer.Option("--with", metavar="SCENARIO", help="对比情景，默认同基准")
    ] = None,
    settings: Settings = None,
    as_of: AsOf = None,
    with_as_of: Annotated[
        str | None, typer.Option("--with-as-of", metavar="DATE", help="对比一方的评价日期，默认同 --as-of")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="写出 CSV 或 XLSX；已存在则拒绝")
    ] = None,
    as_json: Json = False,
) -> None:
    """两个情景、两版规则集或一项改动的差别 · What differs, parcel by parcel and rule by rule."""
    session: Session = ctx.obj
    opened = session.open(workspace, as_json=as_json)
    scenarios = Scenarios(Editor(Desks(opened)))
    first, chosen = day(as_of), settings_of(settings)
    second = day(with_as_of, option="--with-as-of") or first
    sides = (
        _side(scenarios, base, first, {}),
        _side(scenarios, with_ or base, second, chosen),
    )
    with session.progress() as report:
        compared = compare_sides(rulebook, *sides, progress=report)
    if out is not None:
        write(compared, out)
    session.show(_told(compared, out), _lines(compared, out))


def _side(scenarios: Scenarios, name: str, as_of: Any, settings: dict[str, str]) -> Side:  # date or None
    found = scenarios.find(name)
    workspace: Workspace = scenarios.workspace
    return Side(workspace if found.official else workspace.at(found.name), found.title, as_of, settings)


def _told(compared: Compared, out: Path | None) -> dict[str, Any]:
    found = compared.found
    plain = [
        table.astype("object").where(table.notna(), None) for table in (found.flips, found.moved, found.rules)
    ]
    flips, moved, rules = (table.to_dict("records") for table in plain)
    matrix = matrix_table(compared)
    return {
        "base": {**found.before, "scenario": compared.base.title, "unused": compared.unused[0]},
        "with": {**found.after, "scenario": compared.other.title, "unused": compared.unused[1]},
        "same": found.same,
        "flips": flips,
        "moved": moved,
        "rules": rules,
        "rulebook": compared.rulebook,
        "matrix": {str(row): {str(k): int(v) for k, v in matrix.loc[row].items()} for row in matrix.index},
        "out": str(out) if out else None,
    }


def _lines(compared: Compared, out: Path | None) -> list[str]:
    found, book = compared.found, compared.after.rulebook
    lines = [f"{book.title.zh}（{book.id}）"]
    for word, side, run, unused in zip(
        ("基准", "对比"), (compared.base, compared.other), (compared.before, compared.after), compared.unused, strict=True
    ):  # fmt: skip
        manifest = run.manifest
        settings = "；".join(f"{k}={v}" for k, v in manifest["settings"].items()) or "无设置"
        lines.append(
            f"  {word}：{side.title} · 版本 {manifest['revision']} · 规则版本 {run.rulebook.edition} · {manifest['as_of']} · {settings}"
        )
        lines += [f"    对本规则集不起作用：{'；'.join(unused)}"] if unused else []
    for line in rulebook_table(compared).to_dict("records"):
        told = f"{line['item']} {line['before']} → {line['after']}"
        lines.append(f"  规则 {line['rule_id']} {line['title']}：{told}（{line['clause'] or '本地假设'}）")
    lines.append(f"判定改变 {compared.flips}，判定不变而得分或面积改变 {len(found.moved)}")
    lines += _matrix_lines(compared)
    for row in flip_table(compared).head(min(SHOWN, compared.flips)).to_dict("records"):
        scores = " → ".join(number(row[name], 1) for name in ("score_before", "score_after"))
        lines.append(
            f"  {row['parcel_id']}  {row['verdict_before']} → {row['verdict_after']}  得分 {scores}  {row['rules']}"
        )
    lines += [f"  其余 {compared.flips - SHOWN} 宗见 --json 或 --out"] if compared.flips > SHOWN else []
    return [*lines, *([f"已写出 {out}"] if out else []), "结论为筛查发现，不是认定。"]


def _matrix_lines(compared: Compared) -> list[str]:
    matrix, run = matrix_table(compared), compared.after

    def word(name: object) -> str:
        return "无此地块" if name == "-" else verdict_word(run.rulebook, str(name))

    return [
        f"  {word(row)} → {word(column)}：{int(matrix.loc[row, column])}"
        for row in matrix.index
        for column in matrix.columns
        if row != column and matrix.loc[row, column]
    ]
