"""The side of the scenarios page (情景设置): which there are, what they suppose, and forms to change that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pandas as pd
import streamlit as st

from gisapp.app.scenarios import Scenario, Scenarios, layer_files
from gisapp.app.server import Server
from gisapp.app.storing import LOCAL
from gisapp.context import NotLoadedError
from gisapp.errors import GisappError, InputError
from gisapp.model.changes import Author
from gisapp.rules.override import parts_of
from gisapp.ui import markup, state
from gisapp.ui.markup import Html, tag, text
from gisapp.ui.texts import t

SAID: Final = "scenario_said"
"""What the last change came to, said once."""
PART_WORDS: Final = {"value": "阈值", "weight": "权重"}


def show(server: Server, scenarios: Scenarios, known: dict[str, Scenario]) -> None:
    """Show the scenarios and the forms."""
    own = [item for item in known.values() if not item.official]
    count = t("{count} 个", count=len(own))
    markup.show(tag("h2", text(t("情景")), tag("span", text(count), kind="gp-note"), kind="gp-postname"))
    with st.container(key="scenario_forms", gap=None):
        _said()
        _create(server, scenarios)
        if not own:
            markup.show(markup.notice(t("还没有情景"), t("填写名称新建；地块编辑在地图页的方案中进行")))
            return
        names = {item.name: item.title for item in own}
        state.keep_within("scenario_own", names)
        name = st.selectbox(
            t("设置哪个情景"), list(names), format_func=lambda n: names.get(n, n), key="scenario_own"
        )
        chosen = known[name or own[0].name]
        _held(server, scenarios, chosen)
        _set(server, scenarios, chosen)
        with st.expander(t("关闭情景")):
            markup.show(tag("p", text(t("关闭后不再列出，其版本与设置仍留在库中")), kind="gp-note"))
            if st.button(t("关闭 {name}", name=chosen.title), key="scenario_close"):
                _do(lambda: scenarios.delete(chosen.name, author=_author(server)), t("已关闭"))


def _author(server: Server) -> Author:
    return Author(server.settings.user, server.settings.role)


def _do(change: Callable[[], object], said: str) -> None:
    """Make a change and say what came of it on the next run, at the top of the forms."""
    try:
        change()
    except GisappError as error:
        state.keep(SAID, ("fault", _words(error)))
    else:
        state.keep(SAID, ("done", said))
    st.rerun()


def _words(error: GisappError) -> str:
    if isinstance(error, InputError):
        return "；".join(str(problem) for problem in error.problems)
    return f"{error.message}。{error.action or ''}"


def _said() -> None:
    kept = state.kept(SAID)
    if isinstance(kept, tuple):
        kind, words = kept
        markup.show(tag("p", text(words), kind="gp-done" if kind == "done" else "gp-low gp-refused"))
        state.keep(SAID, None)


def _create(server: Server, scenarios: Scenarios) -> None:
    with st.form("scenario_new", border=False, clear_on_submit=True, enter_to_submit=False):
        title = st.text_input(t("新建情景"), key="scenario_title", placeholder=t("例如 4 号线二期提前"))
        if st.form_submit_button(t("新建"), key="scenario_create"):
            _do(lambda: scenarios.create(title, author=_author(server)), t("已新建情景 {name}", name=title))


def _held(server: Server, scenarios: Scenarios, chosen: Scenario) -> None:
    """Show what a scenario supposes, each with who set it when, and a button to take it back."""
    edits = t("地块改动 {count} 宗", count=chosen.changed)
    rows = [
        [_code(s.key), text(s.value), text(f"{s.author} {s.made_at.astimezone(LOCAL):%Y-%m-%d %H:%M}")]
        for s in chosen.settings
    ]
    table = markup.table([t("设置"), t("取值"), t("谁在何时")], rows) if rows else markup.text(t("没有设置"))
    markup.show(tag("div", tag("p", text(edits), kind="gp-note"), table, kind="gp-scenario"))
    if not chosen.settings:
        return
    keys = [setting.key for setting in chosen.settings]
    state.keep_within("scenario_unset_key", keys)
    with st.container(key="scenario_unset_row", horizontal=True, vertical_alignment="bottom", gap="small"):
        key = st.selectbox(t("取消设置"), keys, key="scenario_unset_key")
        if st.button(t("取消"), key="scenario_unset") and key:
            _do(lambda: scenarios.unset(chosen.name, key, author=_author(server)), t("已取消 {key}", key=key))


def _code(key: str) -> Html:
    return tag("code", text(key))


def _set(server: Server, scenarios: Scenarios, chosen: Scenario) -> None:
    kinds = {
        "year": t("线网年份"),
        "opening": t("站点开通年份"),
        "place": t("站点位置"),
        "layer": t("替换图层"),
        "rule": t("规则阈值、权重"),
        "other": t("其他"),
    }
    kind = st.selectbox(t("增加或修改设置"), list(kinds), format_func=kinds.__getitem__, key="scenario_kind")
    pair = {
        "year": _by_year,
        "opening": _opening,
        "place": _place,
        "layer": _layer,
        "rule": _rule,
        "other": _other,
    }[kind or "year"](server)
    if st.button(t("保存设置"), key="scenario_set", type="primary") and pair:
        key, value = pair
        _do(
            lambda: scenarios.set(chosen.name, {key: value}, author=_author(server)),
            t("已设置 {key}", key=key),
        )


Pair = tuple[str, str] | None


def _stations(server: Server) -> pd.DataFrame:
    """Return the named stations with opening year and status; empty where no station layer is loaded."""
    try:
        frame = server.desk.workspace.context().frame("station")
    except NotLoadedError:
        return pd.DataFrame(columns=["name", "opening_year", "status"])
    columns = [name for name in ("name", "opening_year", "status") if name in frame.columns]
    return (
        pd.DataFrame(frame[columns]).dropna(subset=["name"])
        if "name" in columns
        else pd.DataFrame(columns=["name"])
    )


def opening_years(server: Server) -> list[int]:
    """Return the opening years that the stations have (开通年份)."""
    found = _stations(server)
    return sorted({int(year) for year in found.get("opening_year", pd.Series(dtype=float)).dropna()})


def _by_year(server: Server) -> Pair:
    first = server.desk.workspace.catalog.workspace.data_date.year
    year = st.number_input(t("线网年份"), 1950, 2100, first, 1, key="scenario_service_year")
    return "service_year", str(int(year))


def _station(server: Server) -> str | None:
    names = list(dict.fromkeys(map(str, _stations(server)["name"])))
    if not names:
        markup.show(markup.notice(t("未提供站点图层")))
        return None
    return st.selectbox(t("站点"), names, index=None, key="scenario_station", placeholder=t("输入站名"))


def _opening(server: Server) -> Pair:
    name = _station(server)
    first = server.desk.workspace.catalog.workspace.data_date.year
    year = st.number_input(t("开通年份"), 1950, 2100, first, 1, key="scenario_opening")
    return (f"station[{name}].opening_year", str(int(year))) if name else None


def _place(server: Server) -> Pair:
    name = _station(server)
    place = st.text_input(
        t("经度,纬度（CGCS2000，度）"), key="scenario_lonlat", placeholder="118.6421,32.1203"
    )
    return (f"station[{name}].lonlat", place.replace("，", ",").replace(" ", "")) if name and place else None


def _layer(server: Server) -> Pair:
    layers = {
        id_: layer.spec.title.text(state.language())
        for id_, layer in server.desk.workspace.context().layers.items()
    }
    layer = st.selectbox(t("图层"), list(layers), format_func=layers.__getitem__, key="scenario_layer")
    files = layer_files(server.desk.workspace)
    file = st.selectbox(t("layers/ 下的文件"), files, index=None, key="scenario_file", placeholder="")
    return (f"layer[{layer}]", file) if layer and file else None


def _rule(server: Server) -> Pair:
    """Return a threshold, weight or parameter of a rule, shown with what the rulebook says."""
    parts: dict[str, tuple[str, float]] = {}
    for book in server.desk.workspace.rulebooks(subject=None):
        for rule in book.rules:
            title = rule.title.text(state.language())
            for part, number in parts_of(rule).items():
                word = t(PART_WORDS[part]) if part in PART_WORDS else part
                parts.setdefault(f"{rule.id}.{part}", (f"{rule.id} {title} · {word}（{number:g}）", number))
    key = st.selectbox(t("规则"), list(parts), index=None, format_func=lambda k: parts[k][0], key="scenario_rule", placeholder=t("输入规则编号或名称"))  # fmt: skip
    value = st.text_input(
        t("取值"), key="scenario_rule_value", placeholder=f"{parts[key][1]:g}" if key else ""
    )
    return (key, value.strip()) if key and value.strip() else None


def _other(server: Server) -> Pair:
    pair = st.text_input(t("KEY=VALUE"), key="scenario_pair", placeholder="target_use=0901")
    key, _, value = pair.partition("=")
    return (key.strip(), value.strip()) if value.strip() else None
