"""`gisapp evaluate` and `gisapp explain` (评价与解释)."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from gisapp.app import Workspace
from gisapp.app.process import process_lines, process_part, processes
from gisapp.cli.options import AsOf, Json, RulebookId, Settings, WorkspacePath, day, settings_of
from gisapp.cli.session import Session
from gisapp.errors import InputError, Problem, UsageError
from gisapp.evaluation import Evaluation
from gisapp.evaluation.explain import Explanation, verdict_word
from gisapp.evaluation.flips import WouldTake
from gisapp.evaluation.flips.would_take import blocked_by
from gisapp.evaluation.subjects import id_column, table_name
from gisapp.format import MISSING, hectares, mu, number, percent, square_metres
from gisapp.model.changes import OFFICIAL
from gisapp.model.rules import Rulebook
from gisapp.rules.load import SUBJECT_WORDS, LoadedRulebook

HELD = 10
VERDICT_LINES = 2
_MARKS = {"pass": "✓", "fail": "✗", "hit": "✗", "unknown": "?", "na": "-", "scored": "·", "condition": "!"}


def evaluate(
    ctx: typer.Context,
    workspace: WorkspacePath,
    rulebook: RulebookId,
    as_of: AsOf = None,
    revision: Annotated[
        int | None, typer.Option("--revision", metavar="N", help="地块版本，默认为当前版本")
    ] = None,
    scenario: Annotated[str | None, typer.Option("--scenario", metavar="NAME", help="方案")] = None,
    settings: Settings = None,
    engine: Annotated[str, typer.Option("--engine", metavar="local|dask", help="计算引擎")] = "local",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="运行目录，默认 .gisapp/runs/<run_id>")
    ] = None,
    as_json: Json = False,
) -> None:
    """评价全部地块，写出运行目录 · Evaluate all parcels and write the run folder."""
    session: Session = ctx.obj
    _refuse_later(engine)
    chosen, date_ = settings_of(settings), day(as_of)
    opened = at(session.open(workspace, as_json=as_json), scenario, revision)
    with session.progress() as report:
        result = opened.evaluate(rulebook, as_of=date_, settings=chosen, progress=report)
        report("写出运行目录", 0, 1)
        folder = opened.save_run(result, out)
        report("写出运行目录", 1, 1)
    session.show(_summary(result, folder), _summary_lines(result, folder))


def _refuse_later(engine: str) -> None:
    if engine == "dask":
        raise UsageError("--engine dask 尚未提供", action="使用 --engine local（默认），结果相同")
    if engine != "local":
        raise UsageError(f"--engine {engine} 不存在", action="可用：local")


def at(workspace: Workspace, scenario: str | None, revision: int | None) -> Workspace:
    """Return the workspace with the parcels of a scheme or of an older revision."""
    if scenario is None and revision is None:
        return workspace
    store = workspace.store
    newest = store.log(scenario, limit=1)[0].number if store else workspace.table.revision
    if revision is not None and revision > newest:
        problem = Problem(
            "没有这个地块版本", field="--revision", value=str(revision), expected=f"0 至 {newest}"
        )
        raise InputError(problem)
    if store is None:
        if scenario not in (None, OFFICIAL):
            raise UsageError(f"没有方案 {scenario}", action="用 gisapp scenario list 查看")
        return workspace
    return workspace.at(scenario or OFFICIAL, revision)


def _summary(result: Evaluation, folder: Path) -> dict[str, object]:
    manifest = result.manifest
    return {
        "run_id": result.run_id,
        "rulebook": result.rulebook.id,
        "edition": result.rulebook.edition,
        "as_of": manifest["as_of"],
        "revision": manifest["revision"],
        "settings": manifest["settings"],
        "out": str(folder),
        table_name(result.rulebook.subject): len(result.parcels),
        "counts": result.counts(),
        "pairs": None if result.pairs is None else len(result.pairs),
        "top": _top(result),
        "gaps": manifest["gaps"],
        "findings": len(manifest["findings"]),
    }


def _top(result: Evaluation) -> list[dict[str, object]]:
    ranked = result.parcels[result.parcels["rank"].notna()].sort_values(["rank", "parcel_id"], kind="stable")
    ranked = ranked.rename(columns={"parcel_id": id_column(result.rulebook.subject)})
    columns = [
        "rank",
        id_column(result.rulebook.subject),
        "score_low",
        "score",
        "score_high",
        "completeness",
        "stability_top",
        "advice",
    ]
    rows = ranked[columns].head(result.rulebook.top_k).to_dict("records")
    return [{str(k): None if pd.isna(v) else v for k, v in row.items()} for row in rows]


def _summary_lines(result: Evaluation, folder: Path) -> list[str]:
    book = result.rulebook
    lines = [
        f"{book.title.zh} · 规则版本 {book.edition} · 评价日期 {result.manifest['as_of']} · 运行 {result.run_id[:12]}"
    ]
    lines += [f"  {verdict_word(book, name)}：{count}" for name, count in result.counts().items()]
    missing = [gap for gap in result.manifest["gaps"] if gap["not_loaded"]]
    lines += [f"  未提供：{gap['not_loaded']}（规则 {gap['rule_id']}）" for gap in missing]
    top = _top(result)[:10]
    lines += ["排名靠前："] if top else []
    lines += [
        f"  {row['rank']:>3}  {row[id_column(book.subject)]}  {number(_float(row['score_low']), 1)} 分"
        for row in top
    ]
    return [*lines, f"运行目录：{folder}"]


def explain(
    ctx: typer.Context,
    workspace: WorkspacePath,
    parcel_id: Annotated[
        str, typer.Argument(metavar="PARCEL_ID", help="地块编号；规则集评价园区或企业的，为园区或企业标识")
    ],
    rulebook: RulebookId,
    as_of: AsOf = None,
    settings: Settings = None,
    would_take: Annotated[
        bool, typer.Option("--would-take", help="再试算：最少改变什么，结论会不同")
    ] = False,
    as_json: Json = False,
) -> None:
    """逐条解释一宗地块的结论 · Explain one parcel's verdict, rule by rule."""
    session: Session = ctx.obj
    opened = session.open(workspace, as_json=as_json)
    with session.progress() as report:
        chosen, date_ = settings_of(settings), day(as_of)
        book = opened.rulebook(rulebook, as_of=date_)
        evaluation = opened.evaluate(rulebook, as_of=date_, settings=chosen, progress=report)
    why = opened.explain(parcel_id, rulebook, as_of=date_, settings=chosen)
    out, lines = _explanation(why, book), _explanation_lines(why)
    if book.rulebook.subject == "parcel":
        taken = processes(opened, parcel_id, {rulebook: evaluation})
        out["process"] = [process_part(item) for item in taken]
        lines[VERDICT_LINES:VERDICT_LINES] = process_lines(taken)
    if book.rulebook.subject == "park":
        held = opened.holding_back(parcel_id, rulebook, as_of=date_, settings=chosen)
        out["held_back"] = held.head(HELD).to_dict("records")
        lines += _held_lines(held)
    if would_take:
        answer = opened.would_take(parcel_id, rulebook, as_of=date_, settings=chosen)
        out["would_take"] = asdict(answer) | {"possible": answer.possible, "reached": answer.reached}
        lines += ["", *_would_take_lines(answer, why, book.rulebook)]
    session.show(out, lines)


def _held_lines(held: pd.DataFrame) -> list[str]:
    """Return the parcels that cost a park most, each with its points by rule."""
    shown = held[held["points"] > 0].head(HELD)
    lines = ["", f"拖累得分的地块（{len(held)} 宗中的前 {len(shown)} 宗，分数为其造成的失分）："]
    rules = [str(name) for name in held.columns if name not in ("parcel_id", "points")]
    for row in shown.to_dict("records"):
        parts = "，".join(f"{rule} {number(row[rule], 2)}" for rule in rules if row[rule] > 0.005)
        lines.append(f"  {row['parcel_id']}  {number(row['points'], 2)} 分（{parts}）")
    return lines


def _explanation(why: Explanation, book: LoadedRulebook) -> dict[str, object]:
    advice = {"code": why.advice[0], "title": why.advice[1]} if why.advice else None
    return {**vars(why), "advice": advice, "rulebook_hash": book.hash}


def _explanation_lines(why: Explanation) -> list[str]:
    area = "，".join((mu(why.area_m2), hectares(why.area_m2), square_metres(why.area_m2)))
    area = area if why.area_m2 == why.area_m2 else f"面积{MISSING}"
    word = SUBJECT_WORDS[why.subject]  # type: ignore[index]
    lines = [f"{word} {why.parcel_id}（{area}）", f"{why.title} · 规则版本 {why.edition}：{why.verdict_text}"]
    if why.score is not None:
        interval = f"{number(why.score_low, 1)}–{number(why.score_high, 1)}"
        lines.append(
            f"得分 {number(why.score, 1)}（区间 {interval}），资料完整度 {percent(why.completeness)}"
        )
        lines.append(f"  {why.score_sum}（各评分曲线的 100 × 权重 × 得分，权重按有取值的曲线折算）")
    if why.rank is not None:
        lines.append(f"排名 {why.rank} / {why.ranked}")
        lines.append(f"排序稳定性：{why.stability_text}")
    if why.unranked:
        lines.append("待补资料：资料完整度不足 60 %，不排名")
    if why.advice:
        lines.append(f"建议路径：{why.advice[1]}")
    lines += [
        f" {_MARKS[rule.mark]}{'★' if rule.decisive else ' '} {rule.rule_id}  {rule.sentence}"
        for rule in why.rules
    ]
    return [*lines, "★ 为起决定作用的规则；结论为筛查发现，不是认定。"]


def _would_take_lines(answer: WouldTake, why: Explanation, book: Rulebook) -> list[str]:
    """Return what would change the verdict, in sentences (怎样才能)."""
    titles = {rule.rule_id: rule.title for rule in why.rules}
    goal = "成为" if answer.goal == "candidate" else "不再是"
    lines = [f"怎样才能{goal}“{verdict_word(book, 'candidate')}”："]
    if answer.reached:
        return [*lines, "  已经是这一结论"]
    lines += [f"  任一项即可：{step.text}（{step.who}）" for step in answer.alone]
    if answer.together:
        lines.append("  须同时办到：")
        lines += [f"    {step.text}（{step.who}）" for step in answer.together]
    if not answer.possible:
        lines.append(f"  现有可调项做不到，受限于：{blocked_by(answer, titles)}")
    lines += [f"  资料不足，查明后再算：{rule} {titles.get(rule, '')}" for rule in answer.unsure]
    return [*lines, "  其余输入与参照组（中位数、同业）保持不变；步长与上限为本地假设（D）。"]


def _float(value: object) -> float | None:
    return float(value) if isinstance(value, float | int) else None
