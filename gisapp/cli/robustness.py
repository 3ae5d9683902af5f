"""`gisapp sensitivity` and `gisapp ahp` (排序稳健性): how sure a ranking is, and weights from judgements in pairs."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer
import yaml

from gisapp.app import Workspace
from gisapp.cli.evaluating import at
from gisapp.cli.options import AsOf, Json, RulebookId, Settings, WorkspacePath, day, settings_of
from gisapp.cli.session import Session
from gisapp.errors import InputError, Problem, refused_by_system
from gisapp.evaluation.folder import save_sensitivity
from gisapp.evaluation.robust import Sensitivity
from gisapp.evaluation.robust import sensitivity as sensitivity_of
from gisapp.evaluation.robust.ahp import Ahp, final_weights, review_words
from gisapp.evaluation.robust.ahp import ahp as ahp_of
from gisapp.evaluation.robust.document import document, text_of
from gisapp.evaluation.robust.judgements import Judgements, in_order, read_judgements
from gisapp.format import number, percent


def sensitivity(
    ctx: typer.Context,
    workspace: WorkspacePath,
    rulebook: RulebookId,
    as_of: AsOf = None,
    revision: Annotated[
        int | None, typer.Option("--revision", metavar="N", help="地块版本，默认为当前版本")
    ] = None,
    scenario: Annotated[str | None, typer.Option("--scenario", metavar="NAME", help="方案")] = None,
    settings: Settings = None,
    judgements: Annotated[
        Path | None, typer.Option("--ahp", metavar="FILE", help="判断矩阵文件，加入层次分析一列")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="运行目录，默认 .gisapp/runs/<run_id>")
    ] = None,
    as_json: Json = False,
) -> None:
    """排序有多稳：权重扰动、名次互换、逐项扰动、方法对照 · How sure the ranking is."""
    session: Session = ctx.obj
    opened = at(session.open(workspace, as_json=as_json), scenario, revision)
    given = read_judgements(judgements) if judgements else None
    with session.progress() as report:
        result = opened.evaluate(rulebook, as_of=day(as_of), settings=settings_of(settings), progress=report)
        report("敏感性分析", 0, 1)
        found = sensitivity_of(result, given, name=judgements.name if judgements else "")
        path = save_sensitivity(text_of(found), opened.save_run(result, out))
        report("敏感性分析", 1, 1)
    session.show({**document(found), "out": str(path)}, [*_lines(found), f"文件：{path}"])


def _lines(found: Sensitivity) -> list[str]:
    """Return the sensitivity in a few lines; the file has all of it."""
    shaken, book = found.perturbation, found.evaluation.rulebook
    lines = [
        f"{book.title.zh} · 规则版本 {book.edition} · 运行 {found.evaluation.run_id[:12]}",
        f"参与排名 {found.ranked} 宗；权重扰动 {shaken.draws} 次，种子 {shaken.seed}，集中度 {shaken.concentration}（本地假设 D）",
    ]
    if found.ranked:
        top = [
            share for share, rank in zip(found.stability.top, found.ranks, strict=True) if rank <= found.top_k
        ]
        lines.append(
            f"前 {found.top_k} 名的保持率：最低 {percent(min(top))}，平均 {percent(sum(top) / len(top))}"
        )
    judged = [] if found.ahp is None else _ahp_lines(found.ahp, found.candidates.rules)
    if found.ranked < 2:
        return [*lines, "不足两宗，无从比较名次", *judged]
    lines.append(_first_swap(found))
    lines += [
        f"  {found.candidates.rules[int(curve)]} {step:+.0%}：前 {found.top_k} 名换 {left} 宗，秩相关 {number(rho, 3)}"
        for curve, step, left, rho in zip(
            found.steps.curve, found.steps.step, found.steps.left, found.steps.rho, strict=True
        )
        if abs(step) == 0.2
    ]
    for place, view in enumerate(found.comparison.views[1:], start=1):
        rho, tau = found.comparison.rho[0, place], found.comparison.tau[0, place]
        lines.append(f"  {view.title}：与规则集排序的 Spearman {number(rho, 3)}，Kendall {number(tau, 3)}")
    return lines + judged


def _first_swap(found: Sensitivity) -> str:
    """Return the smallest change of one weight that levels the first two."""
    pair, curve = found.swaps, int(found.swaps.curve[0])
    names = f"第 1、2 名 {found.ids[pair.upper[0]]}、{found.ids[pair.lower[0]]}"
    if pair.level[0]:
        return f"{names} 并列"
    if curve < 0:
        return f"{names}：只改一项权重不会互换"
    now, then = float(found.candidates.weights[curve]), float(pair.single[0, curve])
    value = found.set_value(curve, then)
    how = f"（--set {found.candidates.rules[curve]}.weight={value:.6g}）" if math.isfinite(value) else ""
    return f"{names} 互换：{found.candidates.rules[curve]} 的权重由 {percent(now, 2)} 到 {percent(then, 2)}{how} 时并列"


def ahp(
    ctx: typer.Context,
    workspace: WorkspacePath,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="判断矩阵文件（YAML）")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="保存为正式权重；CR 大于 0.10 时拒绝")
    ] = None,
    as_json: Json = False,
) -> None:
    """由判断矩阵求权重并核对一致性 · Weights from judgements in pairs, and whether they agree."""
    session: Session = ctx.obj
    opened = session.open(workspace, as_json=as_json)
    given = read_judgements(file)
    names = _curves(opened, given)
    found = ahp_of(in_order(given, opened.rulebook(given.rulebook).rulebook, names, name=file.name))
    if out is not None:
        _save(final_weights(found, names), found, given, out)
    weights = dict(zip(names, found.weights.tolist(), strict=True))
    result = {
        "rulebook": given.rulebook,
        "weights": weights,
        "lambda_max": found.lambda_max,
        "CI": found.index,
        "CR": found.ratio,
        "acceptable": found.acceptable,
        "cycles": [[names[i] for i in triple] for triple in found.cycles],
        "review": review_words(found, names),
        "out": str(out) if out else None,
    }
    session.show(result, [*_ahp_lines(found, names), *([f"正式权重：{out}"] if out else [])])


def _curves(workspace: Workspace, given: Judgements) -> tuple[str, ...]:
    return tuple(curve.id for curve in workspace.rulebook(given.rulebook).rulebook.curves)


def _ahp_lines(found: Ahp, names: tuple[str, ...]) -> list[str]:
    lines = [f"  {name}：{percent(weight, 2)}" for name, weight in zip(names, found.weights, strict=True)]
    ratio = "未提供（准则过多）" if found.ratio is None else number(found.ratio, 4)
    said = "可作正式权重" if found.acceptable else "不能作为正式权重"
    lines = [
        f"层次分析：λmax = {number(found.lambda_max, 4)}，CI = {number(found.index, 4)}，CR = {ratio}，{said}",
        *lines,
    ]
    lines += [
        f"  判断次序矛盾：{' ≥ '.join(names[i] for i in (*triple, triple[0]))}" for triple in found.cycles
    ]
    words = None if found.acceptable else review_words(found, names)
    return lines + ([f"  {words}"] if words else [])


def _save(weights: dict[str, float], found: Ahp, given: Judgements, out: Path) -> None:
    """Write the final weights, as they may be put into the rulebook."""
    if out.exists():
        raise InputError(Problem("已有同名文件", file=out.name, field="--out", action="换一个文件名"))
    content = {
        "rulebook": given.rulebook,
        "by": given.by,
        "date": given.date.isoformat(),
        "judgements": given.hash,
        "CR": round(found.ratio or 0.0, 9),
        "weights": {name: round(weight, 9) for name, weight in weights.items()},
    }
    try:
        out.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    except OSError as error:
        raise refused_by_system(error) from error
