"""`gisapp procedure` (程序): list, show, record the steps that officers take beside the findings."""

from __future__ import annotations

import uuid
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from gisapp.app.procedures import LandHistory, Procedures
from gisapp.app.storing import local_user
from gisapp.cli.options import AsOf, Json, WorkspacePath, day
from gisapp.cli.session import Session
from gisapp.model.changes import Author
from gisapp.model.procedure import Procedure, StepTaken

app = typer.Typer(
    help="认定与处置程序：列出、查看、记录 · The officer's process beside the findings", no_args_is_help=True
)
ProcedureId = Annotated[str, typer.Option("--procedure", metavar="ID", help="程序 id，例如 low_efficiency")]
ParcelId = Annotated[str, typer.Argument(metavar="PARCEL", help="地块标识")]


def _opened(ctx: typer.Context, path: Path, *, as_json: bool) -> tuple[Session, Procedures]:
    session: Session = ctx.obj
    procedures = Procedures(session.open(path, as_json=as_json))
    _ = procedures.definitions
    return session, procedures


def step_card(step: StepTaken, procedures: Procedures) -> dict[str, Any]:
    """Return a recorded step as plain data, with its title and what was computed when it was recorded."""
    found = procedures.find(step.procedure).step(step.step)
    return {
        "number": step.number,
        "parcel_id": step.parcel_id,
        "procedure": step.procedure,
        "step": step.step,
        "title": found.title.zh if found else step.step,
        "day": step.day.isoformat(),
        "reason": step.reason,
        "document": step.document,
        "author": step.author.name,
        "computed": step.computed,
    }


def _step_line(step: StepTaken, procedures: Procedures) -> str:
    card = step_card(step, procedures)
    number = f"，{card['document']}" if card["document"] else ""
    return (
        f"  {card['number']}. {card['day']} {card['title']}{number}：{card['reason']}（{card['author']}）；"
        f"当时测算结论：{card['computed']['verdict_word']}（版本 {card['computed']['revision']}，"
        f"运行 {str(card['computed']['run_id'])[:12]}）"
    )


@app.command("list")
def list_(
    ctx: typer.Context,
    workspace: WorkspacePath,
    procedure: Annotated[str | None, typer.Option("--procedure", metavar="ID", help="只看一个程序")] = None,
    as_json: Json = False,
) -> None:
    """列出各程序及各地块办到哪一步 · Processes and how far each parcel is."""
    session, procedures = _opened(ctx, workspace, as_json=as_json)
    chosen = [procedures.find(procedure)] if procedure else list(procedures.definitions.values())
    shown, lines = [], []
    for item in chosen:
        current = procedures.current(item.id)
        cards = [step_card(step, procedures) for _, step in sorted(current.items())]
        shown.append({**_definition(item), "parcels": cards})
        lines.append(f"{item.id} {item.title.zh}（{item.clause}，状态 {item.status}）：{len(current)} 宗")
        lines += [f"  {card['parcel_id']} {card['title']} {card['day']}" for card in cards]
    session.show({"procedures": shown}, lines or ["工作区没有程序（parcels/procedures/*.yaml）"])


def _definition(item: Procedure) -> dict[str, Any]:
    return {
        "id": item.id,
        "title": item.title.zh,
        "rulebook": item.rulebook,
        "clause": item.clause,
        "basis": item.basis,
        "status": item.status,
        "steps": [
            {
                "id": s.id,
                "title": s.title.zh,
                "after": list(s.after),
                "document": s.document,
                "final": s.final,
            }
            for s in item.steps
        ],
    }


@app.command("show")
def show(
    ctx: typer.Context,
    workspace: WorkspacePath,
    parcel: ParcelId,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """一宗地的办理记录、供后状态与测算结论 · A parcel's steps, what became of its land, and the finding beside them."""
    session, procedures = _opened(ctx, workspace, as_json=as_json)
    land = procedures.land_history(parcel, as_of=day(as_of))
    shown, lines = [], _land_lines(land)
    for id_, steps in procedures.history(parcel).items():
        definition = procedures.find(id_)
        computed = procedures.computed(parcel, definition.rulebook)
        ahead = definition.next_after(steps[-1].step if steps else None)
        shown.append(
            {
                "procedure": id_,
                "title": definition.title.zh,
                "steps": [step_card(step, procedures) for step in steps],
                "next": [{"id": step.id, "title": step.title.zh} for step in ahead],
                "computed": computed,
            }
        )
        words = "、".join(f"{step.id}（{step.title.zh}）" for step in ahead) or "已办结"
        lines += [
            f"{definition.title.zh}：{len(steps)} 步，测算结论 {computed['verdict_word']}；下一步 {words}"
        ]
        lines += [_step_line(step, procedures) for step in steps]
    session.show({"parcel_id": parcel, "land": _land_card(land), "procedures": shown}, lines)


def _land_card(land: LandHistory) -> dict[str, Any]:
    return {
        "as_of": land.as_of.isoformat(),
        "state": land.state,
        "transitions": [
            {
                "state": item.state,
                "title": item.title,
                "day": item.day.isoformat(),
                "evidence": item.evidence,
                "detail": item.detail,
                "recorded": item.recorded,
            }
            for item in land.transitions
        ],
    }


def _land_lines(land: LandHistory) -> list[str]:
    head = f"{land.parcel_id} 供后状态（{land.as_of.isoformat()}）"
    return [head] + [
        f"  {item.day.isoformat()} {item.title}（{item.evidence}{'；' + item.detail if item.detail else ''}）"
        for item in land.transitions
    ]


@app.command("record")
def record(
    ctx: typer.Context,
    workspace: WorkspacePath,
    parcel: ParcelId,
    step: Annotated[str, typer.Argument(metavar="STEP", help="步骤 id，用 gisapp procedure list 查看")],
    procedure: ProcedureId,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="理由（必填）")],
    on: Annotated[str, typer.Option("--day", metavar="DATE", help="办理日期 YYYY-MM-DD")],
    document: Annotated[str, typer.Option("--document", metavar="NO", help="文号")] = "",
    user: Annotated[str | None, typer.Option("--user", metavar="NAME", help="办理人，默认为系统用户")] = None,
    op_id: Annotated[
        str | None, typer.Option("--op-id", metavar="ID", help="操作号；重试时用同一个，不会重复记录")
    ] = None,
    as_json: Json = False,
) -> None:
    """记录一步办理；与测算结论并列，不改结论 · Record a step beside the computed verdict, never over it."""
    session, procedures = _opened(ctx, workspace, as_json=as_json)
    done = procedures.record(
        procedure,
        parcel,
        step,
        day=_required(on),
        reason=reason,
        document=document,
        author=Author(user or local_user()),
        op_id=op_id or str(uuid.uuid4()),
    )
    title = procedures.find(procedure).title.zh
    lines = [f"已记录（{title}，记录号 {done.number}）", _step_line(done, procedures)]
    session.show({"recorded": step_card(done, procedures)}, lines)


def _required(text: str) -> date:
    found = day(text, option="--day")
    assert found is not None
    return found
