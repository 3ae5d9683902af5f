"""Posting on the ledger page (记账): a form, the balances that would result, and only then the record."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Final

import streamlit as st

from gisapp.app.ledgers import Ledgers, Preview
from gisapp.app.ledgersetup import cells_of
from gisapp.app.server import Server
from gisapp.errors import GisappError
from gisapp.ledger.balances import Balance
from gisapp.ledger.rows import COLUMNS, LEVEL_WORDS, TYPE_WORDS, Cells, read_rows
from gisapp.model.changes import OFFICIAL, Author
from gisapp.model.ledger import INDICATORS, KINDS, Book, EntryKind
from gisapp.model.transfers import STEPS, TransferStep
from gisapp.ui import markup, state
from gisapp.ui.markup import Html, join, tag, text
from gisapp.ui.texts import t
from gisapp.ui.views.ledgerwords import account_words, problems, quantity_words

PENDING: Final = "ledger_pending"
DONE: Final = "ledger_done"
TITLES: Final[dict[Book, str]] = {"entries": "分录", "projects": "项目需求", "transfers": "预告登记"}
LABELS: Final = {
    "amount": "数额",
    "project": "建设项目",
    "id": "项目编号",
    "name": "项目名称",
    "transfer": "转让编号",
    "document": "文号（必填）",
    "reason": "事由（必填）",
}
"""Labels that say more than the heading of a file's column."""
HINTS: Final = {
    "document": "批准、验收、合同或登记的文号",
    "amount": "公顷至多 4 位小数，产能以公斤计",
    "year": "计划指标与净增量须写年度",
    "reverses": "要冲正的记录号，见“分录”",
    "quota_ha": "公顷；不知道就留空",
    "quantity_ha": "公顷；不知道就留空",
    "paddy_ha": "公顷；不知道就留空",
    "capacity_kg": "公斤；不知道就留空",
    "total_10k": "万元，不含地价；不知道就留空",
    "invested_10k": "万元，不含地价，截至该日累计",
}


@dataclass(frozen=True)
class Pending:
    """A posting that waits for a yes (待记账): its row, and the number that makes two clicks one posting."""

    book: Book
    cells: Cells
    branch: str
    op_id: str


def show(server: Server, ledgers: Ledgers, branch: str, day: date) -> None:
    """Show the form, and below it what posting would do."""
    where = t("正式台账") if branch == OFFICIAL else t("方案 {name}（暂记）", name=branch)
    markup.show(tag("h2", text(t("记账")), tag("span", text(where), kind="gp-note"), kind="gp-postname"))
    names = {book: t(title) for book, title in TITLES.items()}
    with st.container(key="ledger_form", gap=None):
        book: Book = st.segmented_control(
            t("记入"), list(names), default="entries", required=True, format_func=names.__getitem__, key="ledger_book",
            label_visibility="collapsed",
        )  # fmt: skip
        fields, fixed = _fields(book)
        given = _form(book, fields, ledgers, day)
        if given is not None:
            state.keep(PENDING, Pending(book, {**given, **fixed}, branch, str(uuid.uuid4())))
            state.keep(DONE, None)
        _outcome(server, ledgers, branch, day)


def _fields(book: Book) -> tuple[list[str], Cells]:
    """Return the columns to ask for, and the cells that the first choice fixes."""
    if book == "entries":
        kinds = {kind: t(spec.title) for kind, spec in KINDS.items()}
        kind: EntryKind = st.selectbox(
            t("类型"), list(kinds), format_func=kinds.__getitem__, key="ledger_kind"
        )
        return _entry_fields(kind), {"kind": kind}
    if book == "transfers":
        steps = {step: t(title) for step, title in STEPS.items()}
        step: TransferStep = st.selectbox(
            t("事项"), list(steps), format_func=steps.__getitem__, key="ledger_step"
        )
        terms = ["bdcdyh", "seller", "buyer", "contract_date", "project_type", "total_10k"]
        more = terms if step == "apply" else ["invested_10k"] if step == "invest" else []
        return ["transfer", "date", "document", *more], {"step": step}
    return [name for name in COLUMNS["projects"] if name != "county"], {}


def _entry_fields(kind: EntryKind) -> list[str]:
    if kind == "reversal":
        return ["reverses", "date", "document", "reason"]
    spec = KINDS[kind]
    sides = [name for name, fixed in (("from", spec.from_), ("to", spec.to)) if fixed is None]
    yearly = any(INDICATORS[name].yearly for name in spec.indicators)
    fields = [*sides, "indicator", "amount", *(["year"] if yearly else []), "date", "document", "reason"]
    fields += ["project"] if spec.project or kind == "trade" else []
    return fields + (["price", "approval"] if kind == "trade" else [])


def _form(book: Book, fields: list[str], ledgers: Ledgers, day: date) -> Cells | None:
    """Return the cells of the form when it is handed in, else None."""
    with st.form(f"ledger_form_{book}", border=False, enter_to_submit=False):
        cells = {name: _field(book, name, ledgers, day) for name in fields}
        return (
            cells_of(**cells)
            if st.form_submit_button(t("预览记账结果"), key=f"ledger_preview_{book}")
            else None
        )


def _field(book: Book, name: str, ledgers: Ledgers, day: date) -> object:
    title, key = t(LABELS.get(name, COLUMNS[book][name])), f"ledger_{book}_{name}"
    choices = _choices(book, name, ledgers)
    if choices is not None:
        return st.selectbox(
            title, list(choices), index=None, format_func=choices.__getitem__, key=key, placeholder=""
        )
    if name in ("date", "contract_date"):
        found = st.date_input(title, value=day, key=key, format="YYYY-MM-DD")
        return found.isoformat() if isinstance(found, date) else None
    return st.text_input(title, key=key, placeholder=t(HINTS[name]) if name in HINTS else None)


def _choices(book: Book, name: str, ledgers: Ledgers) -> dict[str, str] | None:
    """Return what a field can be chosen from, None where it is written."""
    if name in ("from", "to"):
        return {holder.id: holder.title.text(state.language()) for holder in ledgers.book.holders}
    if name == "indicator":
        return {indicator: t(spec.title) for indicator, spec in INDICATORS.items()}
    if name == "project" and book == "entries":
        return {project.id: f"{project.id} {project.name}" for project in ledgers.projects()}
    if name == "reviewed":
        return {"true": t("是"), "false": t("否")}
    words = {"level": LEVEL_WORDS, "project_type": TYPE_WORDS}.get(name)
    return None if words is None else {value: t(title) for title, value in words.items()}


def _outcome(server: Server, ledgers: Ledgers, branch: str, day: date) -> None:
    done, pending = state.kept(DONE), state.kept(PENDING)
    if isinstance(done, str):
        markup.show(tag("p", text(t("已记入，记录号 {number}", number=done)), kind="gp-done"))
    if not isinstance(pending, Pending) or pending.branch != branch:
        return
    try:
        new = read_rows(pending.book, [pending.cells])
        preview = ledgers.preview(new, day, branch)
        markup.show(_preview(preview, ledgers, branch))
        if st.button(t("确认记账"), key="ledger_confirm", type="primary", width="stretch"):
            author = Author(server.settings.user, server.settings.role)
            records = ledgers.post(new, author=author, op_id=pending.op_id, branch=branch)
            state.keep(PENDING, None)
            state.keep(DONE, "、".join(str(record.number) for record in records))
            st.rerun()
    except GisappError as error:
        markup.show(problems(error, t("不能记账，未写入任何内容")))


def _preview(preview: Preview, ledgers: Ledgers, branch: str) -> Html:
    """Return each account that the posting touches, before and after."""
    if not preview.accounts:
        return markup.notice(t("检查通过"), t("该记录不改变任何余额"))
    heads = [t("账户"), t("现在"), t("记账后")]
    rows = [
        [text(account_words(after.account, ledgers.book)), text(_told(before)), _after(after)]
        for before, after in preview.accounts
    ]
    notes = [
        tag("p", text(t("不计暂记收入时短缺 {amount}", amount=quantity_words(b.overdrawn, b.account.indicator))), kind="gp-low")
        for _, b in preview.accounts
        if branch != OFFICIAL and b.overdrawn
    ]  # fmt: skip
    return join(
        (tag("h3", text(t("记账后的余额"))), markup.table(heads, rows, kind="ledger preview"), *notes)
    )


def _told(balance: Balance) -> str:
    return quantity_words(balance.expected, balance.account.indicator)


def _after(balance: Balance) -> Html:
    return tag("b", text(_told(balance)), kind="gp-low" if balance.overdrawn else "gp-amount")
