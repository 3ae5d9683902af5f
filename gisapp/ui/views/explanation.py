"""Why one parcel got its verdict (宗地解释): verdict, areas, and each rule with its clause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gisapp.app.card import card as card_of
from gisapp.app.server import Server
from gisapp.format import number, percent
from gisapp.ui import markup, state
from gisapp.ui.markup import Html, chip, join, tag, text
from gisapp.ui.texts import t

Card = dict[str, Any]  # the answer of Desk.card
MARKS: Final = {
    "pass": "✓",
    "fail": "✕",
    "hit": "!",
    "unknown": "?",
    "na": "–",
    "scored": "◆",
    "condition": "›",
}


def show(server: Server, rulebook: str, settings: Mapping[str, str] | None = None) -> None:
    """Show the explanation of the selected parcel, or how to select one."""
    chosen = state.parcel()
    if chosen is None:
        hint = markup.notice(t("还没有选择地块"), t("在清单中点选一行，或在地图上点选一宗地块"))
        markup.show(tag("aside", hint, kind="gp-why empty"))
        return
    try:
        card = _card(server, chosen, rulebook, settings)
    except KeyError:
        state.select(None)
        markup.show(markup.notice(t("没有这宗地块"), t("数据可能已更新，请重新选择")))
        return
    markup.show(
        tag(
            "aside",
            _head(card),
            _verdict(card["evaluation"]),
            _areas(card),
            _rules(card["evaluation"]),
            kind="gp-why",
        )
    )


def _card(server: Server, parcel_id: str, rulebook: str, settings: Mapping[str, str] | None = None) -> Card:
    """Return the card of a parcel by this rulebook alone: another one that is broken does not matter here."""
    desk = server.desk
    chosen = desk.workspace.evaluate(rulebook, settings=settings)
    return card_of(desk.workspace, desk.display, parcel_id, chosen=chosen, others={})


def _head(card: Card) -> Html:
    name, code = card["name"] or card["parcel_id"], card["parcel_code"] or card["parcel_id"]
    tags = join(chip(entry["text"], entry["kind"]) for entry in card["tags"])
    return tag(
        "header",
        tag("span", text(code), kind="gp-code"),
        tag("h2", text(name)),
        tag("div", tags, kind="gp-tags"),
    )


def _verdict(part: Card) -> Html:
    place = []
    if part["rank"] is not None:
        place.append(t("第 {rank} / {of} 名", rank=number(part["rank"], 0), of=number(part["of"], 0)))
    if part["unranked"]:
        place.append(t("待补资料，不参与排名"))
    if part["stability"] is not None and part["rank"] is not None:
        place.append(_stability(part))
    if part["completeness"] is not None and part["completeness"] < 1:
        place.append(t("数据完整度 {share}", share=percent(part["completeness"], 0)))
    if part["score_low"] is not None and part["score_low"] < part["score_high"]:
        low, high = number(part["score_low"], 1), number(part["score_high"], 1)
        place.append(t("得分区间 {low}–{high}", low=low, high=high))
    advice = (
        tag("div", text(t("建议路径：")), tag("b", text(_advice(part["advice"]))), kind="gp-advice")
        if part["advice"]
        else ""
    )
    score = tag("span", text(number(part["score"], 1)), kind="gp-score") if part["score"] is not None else ""
    band = tag(
        "div",
        tag("b", text(t(part["verdict_text"]))),
        score,
        tag("small", text(" · ".join(place))),
        kind=f"gp-band {part['verdict']}",
    )
    return join((band, Html(advice)))


def _stability(part: Card) -> str:
    """Return how sure the rank is (排序稳定性)."""
    share = percent(part["stability"])
    said = {"draws": number(part["draws"], 0), "share": share, "k": part["top_k"]}
    if part["rank"] <= part["top_k"]:
        return t("权重扰动 {draws} 次，{share} 保持前 {k} 名", **said)
    return t("权重扰动 {draws} 次，{share} 进入前 {k} 名", **said)


def _advice(advice: Card) -> str:
    return str((advice["title_en"] if state.language() == "en" else "") or advice["title"])


def _areas(card: Card) -> Html:
    area = card["area"]
    line = t(
        "{mu} 亩 · {ha} 公顷 · {m2} ㎡",
        mu=number(area["mu"], 2),
        ha=number(area["ha"], 4),
        m2=number(area["m2"], 2),
    )
    return tag("p", tag("span", text(t("宗地面积（椭球）"))), tag("b", text(line)), kind="gp-area")


def _rules(part: Card) -> Html:
    """Return the rules: those that decided first, then the others, those that do not apply folded away."""
    rules = part["rules"]
    decisive = [rule for rule in rules if rule["decisive"]]
    open_ = [rule for rule in rules if not rule["decisive"] and rule["mark"] != "na"]
    rest = [rule for rule in rules if not rule["decisive"] and rule["mark"] == "na"]
    groups = {"hit": t("触及底线"), "unknown": t("资料不足"), "fail": t("不符合")}
    parts = [
        _group(f"{t('决定判定的规则')} · {title}", [rule for rule in decisive if rule["mark"] == mark])
        for mark, title in groups.items()
    ]
    parts.append(_group(t("决定判定的规则"), [rule for rule in decisive if rule["mark"] not in groups]))
    unknown = [rule for rule in open_ if rule["mark"] == "unknown"]
    parts.append(_group(f"{t('其他规则')} · {t('资料不足')}", unknown))
    parts.append(_group(t("其他规则"), [rule for rule in open_ if rule not in unknown]))
    if state.language() == "en":
        parts.insert(0, tag("p", text(t("逐条说明与条款为中文原文")), kind="gp-note"))
    if part["score_sum"]:
        parts.append(tag("p", text(t("得分合计：{sum}", sum=part["score_sum"])), kind="gp-note"))
    if rest:
        summary = tag("summary", text(t("未触发或不适用的规则 {count} 条", count=len(rest))))
        parts.append(tag("details", summary, _list(rest)))
    return join(parts)


def _group(title: str, rules: list[Card]) -> Html:
    return join((tag("h3", text(title)), _list(rules))) if rules else Html("")


def _list(rules: list[Card]) -> Html:
    return tag("ul", *(_rule(rule) for rule in rules), kind="gp-rules")


def _rule(rule: Card) -> Html:
    status = "·".join(t(part) for part in rule["status_text"].split("·"))
    mark = tag("i", text(MARKS[rule["mark"]]), kind=f"gp-mark-{rule['mark']}", title=status)
    tagged = tag("span", chip(status, f"status-{rule['status']}"), title=rule["status_note"])
    source = tag("small", text(rule["clause_title"]), tagged)
    english = rule["title_en"] if state.language() == "en" else ""
    named = tag("b", text(english)) if english else ""
    return tag("li", mark, tag("div", Html(named), tag("p", text(_sentence(rule))), source))


def _sentence(rule: Card) -> str:
    """Return the sentence without its source, which stands on a line of its own."""
    return str(rule["sentence"]).split("依据：", maxsplit=1)[0]
