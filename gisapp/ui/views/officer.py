"""The officer's process of the chosen parcel (认定程序): what was recorded, beside what is computed, and the next step."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Final

import streamlit as st

from gisapp.app.procedures import Procedures
from gisapp.app.process import NOTE, ParcelProcess, processes
from gisapp.app.processfiles import process_xlsx
from gisapp.app.server import Server
from gisapp.errors import GisappError
from gisapp.evaluation.sources import STATUS_WORDS
from gisapp.ledger.procedure import check_step
from gisapp.model.changes import Author
from gisapp.model.procedure import ProcedureStep, StepTaken
from gisapp.ui import markup, state
from gisapp.ui.markup import Html, chip, join, tag, text
from gisapp.ui.offers import XLSX
from gisapp.ui.texts import t
from gisapp.ui.views.ledgerwords import problems

PENDING: Final = "officer_pending"
DONE: Final = "officer_done"


@dataclass(frozen=True)
class Pending:
    """A step that waits for a yes (待记录); ``op_id`` makes two clicks one record."""

    parcel_id: str
    procedure: str
    step: str
    day: date
    document: str
    reason: str
    op_id: str


def show(server: Server, parcel_id: str) -> None:
    """Show one process of a parcel: the finding, the recorded steps, and the form for the next one."""
    try:
        found = processes(server.desk.workspace, parcel_id)
    except GisappError as error:
        markup.show(problems(error, t("认定程序读取有误，未作任何修改")))
        return
    if not found:
        hint = t("在 parcels/procedures 中放入程序定义（可从示例工作区复制），刷新本页后即可记录")
        markup.show(markup.notice(t("工作区没有程序"), hint))
        return
    names = {item.procedure.id: item.procedure.title.text(state.language()) for item in found}
    with st.container(key="officer", gap=None):
        chosen = st.segmented_control(
            t("程序"), list(names), default=next(iter(names)), required=True, format_func=names.__getitem__,
            key="officer_procedure", label_visibility="collapsed", persist_state="session",
        )  # fmt: skip
        process = next((item for item in found if item.procedure.id == chosen), found[0])
        markup.show(tag("section", _finding(process), _record(process), kind="gp-officer"))
        _next(server, process)
        _download(server, found, process)


def _finding(process: ParcelProcess) -> Html:
    """Return what the official rulebook says today: it always stands beside the record."""
    computed = process.computed
    said = t(
        "测算结论（正式规则集）· 数据日期 {day} · 版本 r{revision} · 运行 {run}",
        day=computed["as_of"], revision=computed["revision"], run=str(computed["run_id"])[:12],
    )  # fmt: skip
    band = tag(
        "div",
        tag("b", text(t(computed["verdict_word"]))),
        tag("small", text(said)),
        kind=f"gp-band {computed['verdict']}",
    )
    return join((band, tag("p", text(t(NOTE)), kind="gp-note")))


def _record(process: ParcelProcess) -> Html:
    """Return the recorded steps in their order, 尚未启动 where there is none."""
    status = process.procedure.status
    source = chip(f"{status} {t(STATUS_WORDS[status])}", f"status-{status}")
    head = tag("h3", text(t("办理记录：{state}", state=t(process.state))), source)
    if not process.steps:
        return join(
            (head, tag("p", text(t("尚无记录；列为疑似须由人办理，测算不会启动程序")), kind="gp-note"))
        )
    return join((head, tag("ol", *(_step(process, taken) for taken in process.steps), kind="gp-taken")))


def _step(process: ParcelProcess, taken: StepTaken) -> Html:
    then = taken.computed
    said = t(
        "当时测算结论：{verdict}（{day}，运行 {run}）",
        verdict=t(then["verdict_word"]), day=then["as_of"], run=str(then["run_id"])[:12],
    )  # fmt: skip
    changed = chip(t("现在不同"), "alert") if process.differs(taken) else Html("")
    facts = " · ".join(
        filter(
            None,
            (taken.document, taken.author.name, t("记录号 {number}", number=taken.number)),
        )
    )
    return tag(
        "li",
        tag("b", text(t(process.title_of(taken)))),
        tag("time", text(taken.day.isoformat())),
        tag("p", text(taken.reason)),
        tag("small", text(facts)),
        tag("small", text(said), changed),
    )


def _next(server: Server, process: ParcelProcess) -> None:
    """Show which steps may follow, the form for one of them, and what waits for a yes."""
    done = state.kept(DONE)
    if isinstance(done, tuple) and done[:2] == (process.parcel_id, process.procedure.id):
        markup.show(tag("p", text(t("已记入，记录号 {number}", number=done[2])), kind="gp-done"))
    if not process.ahead:
        markup.show(tag("p", text(t("程序已办结，没有下一步")), kind="gp-note"))
        return
    own = f"{process.parcel_id}_{process.procedure.id}_{len(process.steps)}"
    titles = {step.id: _title(step) for step in process.ahead}
    chosen: str = st.selectbox(
        t("下一步"), list(titles), format_func=titles.__getitem__, key=f"officer_step_{own}"
    )
    _form(process, next(step for step in process.ahead if step.id == chosen), own)
    _outcome(server, process)


def _title(step: ProcedureStep) -> str:
    return step.title.text(state.language())


def _form(process: ParcelProcess, step: ProcedureStep, own: str) -> None:
    """Ask for day, document and reason; handed in they wait for a yes."""
    last = process.steps[-1].day if process.steps else date.min
    with st.form(f"officer_form_{own}", border=False, enter_to_submit=False):
        day = st.date_input(
            t("办理日期"), value=max(date.today(), last), key=f"officer_day_{own}", format="YYYY-MM-DD"
        )
        document = st.text_input(
            t("文号（必填）") if step.document else t("文号（可空）"), key=f"officer_document_{own}"
        )
        reason = st.text_area(t("理由（必填）"), key=f"officer_reason_{own}", height=68)
        if st.form_submit_button(t("核对后记录"), key=f"officer_check_{own}") and isinstance(day, date):
            asked = Pending(
                process.parcel_id, process.procedure.id, step.id, day, document, reason, str(uuid.uuid4())
            )
            state.keep(PENDING, asked)
            state.keep(DONE, None)


def _outcome(server: Server, process: ParcelProcess) -> None:
    """Show what is wrong with the step that waits, or what will be recorded, and record it on a yes."""
    pending = state.kept(PENDING)
    own = (process.parcel_id, process.procedure.id)
    if not isinstance(pending, Pending) or (pending.parcel_id, pending.procedure) != own:
        return
    try:
        check_step(
            process.procedure, process.steps, parcel_id=pending.parcel_id, step=pending.step, day=pending.day,
            reason=pending.reason, document=pending.document,
        )  # fmt: skip
        markup.show(_preview(process, pending))
        if st.button(t("确认记录"), key="officer_confirm", type="primary", width="stretch"):
            _post(server, pending)
            st.rerun()
    except GisappError as error:
        markup.show(problems(error, t("不能记录，未写入任何内容")))


def _post(server: Server, pending: Pending) -> None:
    taken = Procedures(server.desk.workspace).record(
        pending.procedure, pending.parcel_id, pending.step, day=pending.day, reason=pending.reason,
        document=pending.document, author=Author(server.settings.user, server.settings.role), op_id=pending.op_id,
    )  # fmt: skip
    state.keep(PENDING, None)
    state.keep(DONE, (pending.parcel_id, pending.procedure, taken.number))


def _preview(process: ParcelProcess, pending: Pending) -> Html:
    step = process.procedure.step(pending.step)
    facts = " · ".join(
        filter(None, (pending.day.isoformat(), pending.document.strip(), pending.reason.strip()))
    )
    beside = t("并列记入的测算结论：{verdict}", verdict=t(process.computed["verdict_word"]))
    return tag(
        "div",
        tag("strong", text(t("将记录：{step}", step=_title(step) if step else pending.step))),
        tag("p", text(facts)),
        tag("p", text(beside)),
        tag("p", text(t("只追加，记入后不能删改"))),
        kind="gp-willrecord",
    )


def _download(server: Server, found: tuple[ParcelProcess, ...], process: ParcelProcess) -> None:
    workspace, language = server.desk.workspace, state.language()
    name = f"认定程序_{process.parcel_id}_{process.computed['as_of']}.xlsx"
    st.download_button(
        t("下载办理记录 XLSX"), lambda: process_xlsx(workspace, found, process.procedure.rulebook, language),
        file_name=name, mime=XLSX, key="officer_xlsx", on_click="ignore",
    )  # fmt: skip
