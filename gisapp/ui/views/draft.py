"""Trying other thresholds and weights (草案): a changed rulebook has a name of its own and is never the official one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import pandas as pd
import streamlit as st

from gisapp.app import rulebookdrafts
from gisapp.app.server import Server
from gisapp.errors import GisappError, InputError
from gisapp.evaluation.sources import source
from gisapp.model.rules import Rulebook
from gisapp.rules.override import parts_of
from gisapp.ui import markup, state
from gisapp.ui.markup import tag, text
from gisapp.ui.texts import t

KEPT: Final = "draft"
SAID: Final = "draft_said"
PART_WORDS: Final = {"value": "阈值", "weight": "权重"}


@dataclass(frozen=True)
class Trial:
    """What a visitor tries on one rulebook (试算): ``applied`` is what the results show, ``pending`` what is typed.

    ``base`` is what the table of numbers was filled with; ``round`` grows when it is to be filled anew.
    """

    rulebook: str
    name: str = ""
    applied: Mapping[str, str] = field(default_factory=dict)
    pending: Mapping[str, str] = field(default_factory=dict)
    base: Mapping[str, str] = field(default_factory=dict)
    round: int = 0

    @property
    def stale(self) -> bool:
        """Whether numbers were changed since the results were computed."""
        return dict(self.applied) != dict(self.pending)


def trial(rulebook: str) -> Trial:
    """Return what the visitor tries on a rulebook, nothing at first."""
    kept = state.kept(KEPT)
    return kept if isinstance(kept, Trial) and kept.rulebook == rulebook else Trial(rulebook)


def rest(found: Trial) -> None:
    """Remember what was typed while the table of numbers is not shown."""
    if dict(found.base) != dict(found.pending):
        state.keep(KEPT, replace(found, base=found.pending, round=found.round + 1))


def banner(found: Trial) -> None:
    """Say that these results are of a draft, if they are."""
    if not found.applied:
        return
    name = found.name or t("未命名")
    changed = "；".join(f"{key} = {value}" for key, value in found.applied.items())
    said = t("非正式规则集，改动 {count} 项：{changed}", count=len(found.applied), changed=changed)
    markup.show(
        tag("div", tag("strong", text(t("草案 {name}", name=name))), tag("span", text(said)), kind="gp-draft")
    )


def numbers(rulebook: Rulebook, policies: Any, settings: Mapping[str, str], language: Any) -> pd.DataFrame:
    """Return every number of a rulebook that can be set: key, rule, part, official and draft value, clause, status."""
    rows = []
    for rule in rulebook.rules:
        said = source(policies, rule.clause, rule.status)
        for part, value in parts_of(rule).items():
            key = f"{rule.id}.{part}"
            rows.append(
                {
                    "key": key, "rule": f"{rule.id} {rule.title.text(language)}", "part": t(PART_WORDS.get(part, part)),
                    "official": value, "draft": float(settings.get(key, value)),
                    "unit": "" if part == "weight" else getattr(rule, "unit", "") if part == "value" else "",
                    "clause": said.title, "status": f"{rule.status} {t(said.short.split('·', maxsplit=1)[0])}",
                }
            )  # fmt: skip
    return pd.DataFrame(
        rows, columns=["key", "rule", "part", "official", "draft", "unit", "clause", "status"]
    )


def changes(table: pd.DataFrame) -> dict[str, str]:
    """Return the settings that a table of numbers stands for: those that differ from the official ones.

    An emptied cell is as the rulebook says.
    """
    own = table[table["draft"].notna() & (table["draft"] != table["official"])]
    return {str(row["key"]): f"{row['draft']:.12g}" for row in own.to_dict("records")}


def show(server: Server, found: Trial) -> None:
    """Show the numbers of the rulebook to change, and the drafts to load, keep and delete."""
    workspace = server.desk.workspace
    book = workspace.rulebook(found.rulebook).rulebook
    with st.container(key="draft_head", gap=None):
        _said()
        note = t("改动只作试算：保存为草案，不改正式规则集；改后按“重新计算”")
        markup.show(tag("p", text(note), kind="gp-note"))
        with st.container(key="draft_run", horizontal=True, vertical_alignment="bottom", gap="small"):
            run = st.button(t("重新计算"), key="draft_apply", type="primary")
            if st.button(t("恢复正式规则集"), key="draft_reset"):
                state.keep(KEPT, Trial(found.rulebook, round=found.round + 1))
                st.rerun()
        _shelf(server, found)
    with st.container(key="draft_numbers", gap=None):
        table = numbers(book, workspace.policies, found.base, state.language())
        edited = st.data_editor(
            table, key=f"draft_table_{found.rulebook}_{found.round}", hide_index=True, height="stretch", row_height=32,
            column_order=["rule", "part", "official", "draft", "unit", "clause", "status"],
            disabled=["rule", "part", "official", "unit", "clause", "status"], column_config=_columns(), num_rows="fixed",
        )  # fmt: skip
    pending = changes(edited)
    if pending != dict(found.pending):
        found = replace(found, pending=pending)
        state.keep(KEPT, found)
        st.rerun()
    if run and found.stale:
        _do(lambda: _apply(server, found), "")


def _columns() -> dict[str, Any]:  # Streamlit's own column objects
    config = st.column_config
    return {
        "rule": config.TextColumn(t("规则"), width=250, pinned=True),
        "part": config.TextColumn(t("项目"), width=80),
        "official": config.NumberColumn(t("正式"), width=80, format="%.6g"),
        "draft": config.NumberColumn(t("草案"), width=90, format="%.6g"),
        "unit": config.TextColumn(t("单位"), width=60),
        "clause": config.TextColumn(t("条款"), width=210),
        "status": config.TextColumn(t("状态"), width=80),
    }


def _apply(server: Server, found: Trial) -> None:
    """Compute with what was typed; refused numbers leave the results as they are."""
    server.desk.workspace.ruled(found.rulebook, settings=found.pending)
    state.keep(KEPT, replace(found, applied=found.pending))


def _shelf(server: Server, found: Trial) -> None:
    """Show the drafts that are kept."""
    workspace, names = server.desk.workspace, rulebookdrafts.listed(server.desk.workspace, found.rulebook)
    with st.container(key="draft_shelf", horizontal=True, vertical_alignment="bottom", gap="small"):
        name = st.text_input(
            t("草案名称"), value=found.name, key=f"draft_name_{found.rulebook}_{found.round}"
        )
        if st.button(t("保存草案"), key="draft_save"):
            author = server.settings.user
            _do(lambda: _save(server, found, name, author), t("已保存草案 {name}", name=name))
        state.keep_within("draft_pick", names)
        pick = st.selectbox(t("已存草案"), names, index=None, key="draft_pick", placeholder=t("没有草案") if not names else t("选择草案"))  # fmt: skip
        if st.button(t("载入"), key="draft_load", disabled=not pick) and pick:
            _do(lambda: _load(server, found, pick), t("已载入草案 {name}", name=pick))
        if st.button(t("删除"), key="draft_delete", disabled=not pick) and pick:
            _do(
                lambda: rulebookdrafts.delete(workspace, found.rulebook, pick),
                t("已删除草案 {name}", name=pick),
            )


def _save(server: Server, found: Trial, name: str, author: str) -> None:
    kept = rulebookdrafts.save(server.desk.workspace, found.rulebook, name, found.pending, author=author)
    state.keep(KEPT, replace(found, name=kept.name, applied=found.pending))


def _load(server: Server, found: Trial, name: str) -> None:
    draft = rulebookdrafts.read(server.desk.workspace, found.rulebook, name)
    own = draft.settings
    state.keep(KEPT, Trial(found.rulebook, name, own, own, own, found.round + 1))


def _do(change: Callable[[], object], said: str) -> None:
    """Make a change and say what came of it on the next run."""
    try:
        change()
    except GisappError as error:
        words = (
            "；".join(map(str, error.problems))
            if isinstance(error, InputError)
            else f"{error.message}。{error.action or ''}"
        )
        state.keep(SAID, ("gp-low", words))
    else:
        state.keep(SAID, ("gp-done", said) if said else None)
    st.rerun()


def _said() -> None:
    kept = state.kept(SAID)
    if isinstance(kept, tuple):
        markup.show(tag("p", text(kept[1]), kind=str(kept[0])))
        state.keep(SAID, None)
