"""The ledger page: what it shows, what a posting needs, and that nothing below zero goes unseen."""

from __future__ import annotations

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from gisapp.app.ledgers import Ledgers
from gisapp.app.server import start
from gisapp.i18n import english
from gisapp.ledger import rows
from gisapp.model.changes import Author
from gisapp.model.ledger import INDICATORS, KINDS, OUTSIDE
from gisapp.model.transfers import DECISIONS, STATES, STEPS
from gisapp.settings import Settings
from gisapp.ui.views import ledgerpost, ledgerwords
from tests.ledgering import add_ledger
from tests.test_ledger_app import accept, occupy, post, scheme
from tests.tiny import write_tiny_workspace

PATIENCE = 60


def ledger_page():
    from gisapp.ui.views import ledger

    ledger.show()


@pytest.fixture
def server(tmp_path):
    return start(Settings(add_ledger(write_tiny_workspace(tmp_path / "tiny"), seed=True), user="张三"))


@pytest.fixture
def ledgers(server):
    return Ledgers(server.desks.workspace)


def opened(server, **state):
    start(server.settings)
    app = AppTest.from_function(ledger_page, default_timeout=PATIENCE)
    for name, value in state.items():
        app.session_state[name] = value
    app.run()
    assert [fault.message for fault in app.exception] == []
    return app


def shown(app):
    """Return all markup of the page."""
    return "\n".join(element.proto.body for element in app.get("html"))


def fill(app, **values):
    """Fill the form of entries and ask for the preview."""
    for name, value in values.items():
        key = f"ledger_entries_{name}"
        if name in ("from", "to", "indicator", "project"):
            app.selectbox(key=key).select(value)
        else:
            app.text_input(key=key).set_value(value)
    app.button(key="ledger_preview_entries").click()
    app.run()
    assert [fault.message for fault in app.exception] == []
    return app


def test_balances_stand_with_their_unit_and_the_check_of_sums(server):
    text = shown(opened(server))
    for words in ("江北新区", "耕地数量", "37\u202f000", "公斤", "核对通过", "示例数据（合成）", "正式余额"):
        assert words in text
    assert "低于零" not in text


def test_the_day_changes_the_balances(server):
    app = opened(server)
    assert '<b class="gp-amount">4</b>' in shown(app)
    app.date_input(key="ledger_day").set_value(date(2026, 3, 9)).run()
    assert '<b class="gp-amount">6</b>' in shown(app)


def test_entries_show_document_numbers_and_their_two_sides(server):
    text = shown(opened(server, ledger_part="entries"))
    for words in (
        "示例占补〔2026〕1号",
        "江北新区 → 已使用",
        "占用挂钩",
        "XM-2026-01",
        "价款 2\u202f250\u202f000 元",
        "初始台账",
    ):
        assert words in text


def test_a_project_stands_in_both_readings_with_clauses(server):
    text = shown(opened(server, ledger_part="projects", ledger_project="XM-2026-02"))
    first, second = text.split("按地块捆绑（")
    assert "采用口径" in first and "另一口径" in second
    for words in (">3.8<", ">1.2<", "超出", "guotuzigui-2017-13/indicators", "M 待核", "jiangbei-2024/11"):
        assert words in second
    assert ">4<" in first and ">1<" in first


def test_an_unknown_need_is_said(server):
    text = shown(opened(server, ledger_part="projects", ledger_project="XM-2026-04"))
    assert "需求未写明：产能" in text and "资料不足" in text


def test_demand_names_the_missing_amount(server):
    text = shown(opened(server, ledger_part="demand"))
    for words in ("11.8 公顷", "8.4 公顷", "5.3 公顷", "指标不足", "已保障", "资料不足", "D 本地假设"):
        assert words in text


def test_transfers_stand_with_state_alert_and_parameters(server):
    app = opened(server, ledger_part="transfers")
    text = shown(app)
    for words in (
        "达到转让条件",
        "即将失效：须在 2026-07-14 前申请转移登记（剩 14 天）",
        "预告登记自 2026-05-12 起失效",
        "缺少：价款付清凭证、权属证书",
        "90 天",
        "0.25",
    ):
        assert words in text
    app.date_input(key="ledger_day").set_value(date(2026, 7, 15)).run()
    assert "预告登记自 2026-07-15 起失效" in shown(app)


def test_a_posting_is_previewed_and_then_recorded_once(server, ledgers):
    app = fill(
        opened(server),
        to="jiangbei",
        indicator="quantity",
        amount="1.5",
        document="文〔2026〕7号",
        reason="验收",
    )
    assert "记账后的余额" in shown(app) and "4 公顷" in shown(app) and "5.5 公顷" in shown(app)
    assert ledgers.workspace.store is None
    app.button(key="ledger_confirm").click().run()
    assert "已记入，记录号" in shown(app) and not [b for b in app.button if b.key == "ledger_confirm"]
    last = ledgers.records()[-1]
    assert (last.document, last.author.name, str(last.entry.amount)) == ("文〔2026〕7号", "张三", "1.5")
    assert '<b class="gp-amount">5.5</b>' in shown(app)
    app.run()
    assert ledgers.records()[-1] == last


@pytest.mark.parametrize(
    ("lacking", "field"), [("document", "document"), ("reason", "reason"), ("amount", "amount"), ("to", "to")]
)
def test_without_document_reason_amount_or_account_nothing_is_posted(server, ledgers, lacking, field):
    given = {"to": "jiangbei", "indicator": "quantity", "amount": "1", "document": "文", "reason": "验收"}
    app = fill(opened(server), **{k: v for k, v in given.items() if k != lacking})
    text = shown(app)
    assert "不能记账，未写入任何内容" in text and f"<code>{field}</code>" in text and "必须填写" in text
    assert not [b for b in app.button if b.key == "ledger_confirm"] and ledgers.workspace.store is None


def test_an_overdraft_cannot_be_confirmed(server, ledgers):
    app = opened(server)
    app.selectbox(key="ledger_kind").select("occupation").run()
    given = {
        "from": "jiangbei",
        "indicator": "quantity",
        "amount": "5",
        "document": "文",
        "reason": "占用",
        "project": "XM-2026-02",
    }
    text = shown(fill(app, **given))
    assert "江北新区·耕地数量 余额不足" in text and "将为 -1 ha" in text
    assert not [b for b in app.button if b.key == "ledger_confirm"] and ledgers.workspace.store is None


def test_a_scheme_is_provisional_and_its_shortage_is_seen_everywhere(server, ledgers):
    name = scheme(ledgers)
    post(ledgers, accept("5"), occupy("8"), branch=name)
    for part in ("balances", "entries", "transfers"):
        text = shown(opened(server, ledger_part=part))
        assert "有账户低于零（1）" in text and "不计暂记收入时短缺 4 公顷" in text
    assert "方案甲 +5 −8" in shown(opened(server))
    text = shown(opened(server, ledger_branch=name))
    assert "暂记收入" in text and '<b class="gp-low">-4</b>' in text and "方案 方案甲（暂记）" in text
    assert "暂记 方案甲" in shown(opened(server, ledger_branch=name, ledger_part="entries"))


def test_a_reversal_is_posted_from_the_form(server, ledgers):
    (record,) = post(ledgers, occupy("2"))
    app = opened(server)
    app.selectbox(key="ledger_kind").select("reversal").run()
    app = fill(app, reverses=str(record.number), document="文〔2026〕8号", reason="误记")
    app.button(key="ledger_confirm").click().run()
    assert ledgers.records()[-1].reverses == record.number
    assert f"冲正 {record.number}" in shown(opened(server, ledger_part="entries"))


def test_an_event_of_a_transfer_is_posted_from_the_form(server, ledgers):
    app = opened(server, ledger_book="transfers")
    app.selectbox(key="ledger_step").select("apply_transfer").run()
    app.text_input(key="ledger_transfers_transfer").set_value("YG-03")
    app.text_input(key="ledger_transfers_document").set_value("受理〔2026〕1号")
    app.button(key="ledger_preview_transfers").click().run()
    assert "检查通过" in shown(app)
    app.button(key="ledger_confirm").click().run()
    assert next(t for t in ledgers.transfers() if t.id == "YG-03").alerts[0].code == "applied"


def test_a_workspace_without_a_set_up_or_without_entries_says_what_to_do(tmp_path):
    bare = start(Settings(write_tiny_workspace(tmp_path / "bare")))
    assert "还没有台账设置" in shown(opened(bare))
    empty = start(Settings(add_ledger(write_tiny_workspace(tmp_path / "empty"))))
    for part, words in (
        ("balances", "还没有账户"),
        ("entries", "该日期前没有分录"),
        ("projects", "没有登记项目"),
        ("demand", "未提供"),
        ("transfers", "没有预告登记转让"),
    ):
        assert words in shown(opened(empty, ledger_part=part)), part


def test_a_faulty_file_is_said_with_its_place(server):
    path = server.settings.workspace / "parcels" / "ledger" / "entries.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("jiangbei", "liuhe", 1), encoding="utf-8")
    text = shown(opened(server))
    assert (
        "台账读取有误" in text
        and "parcels/ledger/entries.csv" in text
        and "没有这个持有单位" in text
        and "liuhe" in text
    )


def test_what_is_written_by_people_is_escaped(server, ledgers):
    ledgers.post(rows.read_rows("entries", [{"date": "2026-06-30", "document": "<b>x</b>", **accept("1", reason="<i>")}]), author=Author("<u>"), op_id="x")  # fmt: skip
    text = shown(opened(server, ledger_part="entries"))
    assert (
        "&lt;b&gt;x&lt;/b&gt;" in text and "<b>x</b>" not in text and "<i>" not in text and "<u>" not in text
    )


def test_every_word_that_is_looked_up_has_its_english():
    words = [spec.title for spec in (*INDICATORS.values(), *KINDS.values())]
    for table in (
        OUTSIDE,
        STEPS,
        STATES,
        DECISIONS,
        ledgerpost.TITLES,
        ledgerpost.HINTS,
        ledgerpost.LABELS,
        ledgerwords.LEVELS,
        ledgerwords.DEMANDS,
        ledgerwords.ALERTS,
        ledgerwords.UNIT_WORDS,
    ):
        words += table.values()
    words += [*rows.TYPE_WORDS, *rows.LEVEL_WORDS]
    words += [title for columns in rows.COLUMNS.values() for title in columns.values()]
    assert sorted(set(words) - set(english())) == []


@pytest.mark.parametrize("part", ["balances", "entries", "projects", "demand", "transfers"])
def test_the_english_page_speaks_english(server, part):
    text = shown(opened(server, ledger_part=part, language="en"))
    assert "Posting" in text and "Official ledger" in text
    for words in ("正式余额", "耕地数量", "占用挂钩", "采用口径", "指标不足", "即将失效", "资料不足"):
        assert words not in text
