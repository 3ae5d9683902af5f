"""Pre-registered transfers (LED-01..03): states and alerts follow from evidence, parameters and the day that is asked about."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import yaml

from gisapp.errors import InputError
from gisapp.ledger.events import event_problems, refuse_events
from gisapp.ledger.transfers import Conditions, decide, status
from gisapp.model.transfers import TransferEvent, TransferTerms
from tests.ledgering import BOOK, DAY, setup

MINIMUM = BOOK.at(DAY)["invested_share"].number
START = date(2026, 1, 1)


def conditions(invested="2500", total="10000", *, paid=True, certificate=True, kind="building", ready=None):
    amounts = [None if text is None else Decimal(text) for text in (invested, total)]
    return Conditions(kind, paid, certificate, *amounts, ready)


def test_the_oracles(shared_data):
    file = shared_data.parent / "domain" / "oracles.yaml"
    cases = yaml.safe_load(file.read_text(encoding="utf-8"))
    found = [item for item in walk(cases) if item.get("id") == "pre_transfer"]
    words = {
        "预告登记 only": "pre_notice_only",
        "transfer registration possible": "transfer_possible",
        "blocked": "blocked",
    }
    assert len(found) == 1 and len(found[0]["cases"]) == 3
    for case in found[0]["cases"]:
        asked = conditions(str(case["invested"]), str(case["total"]), paid=case["price_paid"])
        assert decide(asked, MINIMUM) == words[case["expected"]], case


def walk(value):
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from walk(part)
    elif isinstance(value, list):
        for part in value:
            yield from walk(part)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (conditions("2500"), "transfer_possible"),
        (conditions("2499.99"), "pre_notice_only"),
        (conditions("3000", paid=False), "blocked"),
        (conditions("3000", certificate=False), "blocked"),
        (conditions("3000", paid=None), "unknown"),
        (conditions("3000", certificate=None), "unknown"),
        (conditions(None), "unknown"),
        (conditions("3000", None), "unknown"),
        (conditions("3000", "0"), "unknown"),
        (conditions(None, None, kind="tract", ready=True), "transfer_possible"),
        (conditions("9999", kind="tract", ready=False), "pre_notice_only"),
        (conditions("9999", kind="tract"), "unknown"),
    ],
)
def test_what_the_law_asks_of_a_transfer(given, expected):
    assert decide(given, MINIMUM) == expected


@pytest.mark.parametrize(("value", "expected"), [(0.275, "pre_notice_only"), (0.225, "transfer_possible")])
def test_the_share_is_data(value, expected):
    minimum = setup(invested_share=value).at(DAY)["invested_share"].number
    assert decide(conditions("2500" if value > 0.25 else "2499.99"), minimum) == expected


def event(step, day=0, *, invested=None, total="10000", kind="building", transfer="T"):
    terms = None
    if step == "apply":
        terms = TransferTerms("单元", "甲", "乙", START, kind, None if total is None else Decimal(total))
    amount = None if invested is None else Decimal(invested)
    return TransferEvent(START + timedelta(days=day), transfer, step, "凭证", terms, amount)


NOTED = [
    event("apply"),
    event("review", 5),
    event("pre_register", 10),
    event("price_paid", 12),
    event("certificate", 14),
]
REACHED = [*NOTED, event("build", 20), event("invest", 30, invested="2500")]


def at(events, day, book=BOOK):
    return status(events, START + timedelta(days=day), book)


def test_each_state_in_turn():
    events = [*REACHED, event("apply_transfer", 40), event("transfer", 50)]
    seen = [(day, at(events, day).state) for day in (0, 4, 5, 9, 10, 19, 20, 29, 30, 40, 50, 500)]
    assert seen == [
        (0, "applied"), (4, "applied"), (5, "reviewed"), (9, "reviewed"), (10, "pre_registered"), (19, "pre_registered"),
        (20, "building"), (29, "building"), (30, "reached"), (40, "reached"), (50, "transferred"), (500, "transferred"),
    ]  # fmt: skip
    assert at(events, -1) is None


def test_it_lapses_on_the_day_after_the_ninetieth():
    on_last, after = at(REACHED, 30 + 90), at(REACHED, 30 + 91)
    assert (on_last.state, on_last.deadline, on_last.lapsed_on) == (
        "reached",
        START + timedelta(days=120),
        None,
    )
    assert (after.state, after.lapsed_on) == ("lapsed", START + timedelta(days=121))
    assert [alert.code for alert in after.alerts] == ["lapsed"]


@pytest.mark.parametrize(("days", "lapsed"), [(81, True), (99, False), (90, False)])
def test_the_days_are_data(days, lapsed):
    assert (at(REACHED, 30 + 90, setup(lapse_days=days)).state == "lapsed") is lapsed
    assert (at(REACHED, 30 + 91, setup(lapse_days=days)).state == "lapsed") is (days <= 90)


def test_whoever_applies_on_the_last_day_is_in_time():
    events = [*REACHED, event("apply_transfer", 120)]
    assert at(events, 400).state == "reached"
    assert [alert.code for alert in at(events, 400).alerts] == ["applied"]


@pytest.mark.parametrize(("left", "code"), [(31, "open"), (30, "near"), (0, "near")])
def test_the_warning_comes_thirty_days_before(left, code):
    (alert,) = at(REACHED, 120 - left).alerts
    assert (alert.code, alert.days, alert.day) == (code, left, START + timedelta(days=120))


@pytest.mark.parametrize("days", [27, 33])
def test_the_days_of_the_warning_are_data(days):
    book = setup(alert_days=days)
    assert [at(REACHED, 120 - left, book).alerts[0].code for left in (days + 1, days)] == ["open", "near"]


def test_the_ninety_days_run_from_when_all_conditions_are_met():
    late_paper = [e for e in REACHED if e.step != "certificate"] + [event("certificate", 60)]
    assert at(late_paper, 59).possible_on is None
    assert at(late_paper, 61).possible_on == START + timedelta(days=60)
    early = [event("apply"), event("invest", 1, invested="9000"), event("price_paid", 1), event("certificate", 1), event("review", 5), event("pre_register", 10)]  # fmt: skip
    assert at(early, 9).possible_on is None and at(early, 10).possible_on == START + timedelta(days=10)


def test_a_corrected_report_below_the_share_takes_it_back():
    events = [*REACHED, event("invest", 40, invested="2400"), event("invest", 70, invested="2600")]
    assert at(events, 39).state == "reached"
    assert (at(events, 50).state, at(events, 50).deadline) == ("building", None)
    assert at(events, 70).possible_on == START + timedelta(days=70)


def test_it_lapses_when_the_claim_ends():
    events = [*NOTED, event("claim_ended", 33)]
    assert (at(events, 32).state, at(events, 33).state) == ("pre_registered", "lapsed")
    assert at(events, 50).lapsed_on == START + timedelta(days=33)


def test_a_tract_is_judged_by_its_readiness():
    events = [event("apply", kind="tract"), *NOTED[1:], event("ready", 50)]
    assert at(events, 49).decision == "unknown" and "形成用地条件的证明" in at(events, 49).alerts[0].missing
    assert at(events, 50).state == "reached" and at(events, 50).share is None


def test_missing_papers_are_named_and_never_a_pass():
    found = at(
        [
            event("apply", total=None),
            event("review", 1),
            event("pre_register", 2),
            event("invest", 3, invested="1"),
        ],
        9,
    )
    assert (found.decision, found.share, found.possible_on) == ("unknown", None, None)
    assert found.alerts[0].missing == ("价款付清凭证", "权属证书", "开发投资总额")


def test_without_pre_registration_by_law_there_is_no_way_below_the_share():
    events = [*NOTED, event("invest", 20, invested="100")]
    assert at(events, 30).alerts == ()
    assert [a.code for a in at(events, 30, setup(pre_notice=False)).alerts] == ["no_route"]


@pytest.mark.parametrize(
    ("earlier", "new", "words"),
    [
        ([], event("review"), "没有这项转让"),
        (NOTED[:1], event("apply", 3), "已经申请"),
        (NOTED[:1], event("pre_register", 3), "须先有审核通过"),
        (NOTED[:1], event("review", -3), "早于已记录的事项"),
        (NOTED[:2], event("build", 9), "须先有预告登记"),
        (NOTED[:2], event("review", 9), "已经记录"),
        (NOTED, event("price_paid", 20), "已经记录"),
        (NOTED, event("apply_transfer", 20), "尚未达到转让条件"),
        (REACHED, event("transfer", 40), "须先有申请转移登记"),
        (REACHED, event("apply_transfer", 121), "失效（2026-05-02）"),
        ([*NOTED, event("cancel", 20)], event("build", 21), "已注销"),
        (
            [*REACHED, event("apply_transfer", 40), event("transfer", 41)],
            event("cancel", 42),
            "为转移登记，不能再记",
        ),
    ],
)
def test_a_step_out_of_order_is_refused(earlier, new, words):
    (problem,) = event_problems(earlier, new, BOOK)
    assert words in str(problem)


def test_evidence_may_be_dated_back_and_then_counts_from_its_day():
    events = [
        event("apply"),
        event("review", 5),
        event("pre_register", 10),
        event("build", 20),
        event("invest", 30, invested="2500"),
    ]
    more = [event("price_paid", 12), event("certificate", 14)]
    assert refuse_events(events, more, BOOK) is None
    assert at([*events, *more], 100).possible_on == START + timedelta(days=30)
    assert event_problems(events, event("price_paid", -1), BOOK) != []


def test_a_lapsed_one_can_still_be_struck_off():
    assert event_problems(REACHED, event("cancel", 200), BOOK) == []
    assert at([*REACHED, event("cancel", 200)], 300).state == "cancelled"


def test_events_of_one_file_build_on_each_other_and_faults_name_their_row():
    refuse_events([], [*REACHED, event("apply", transfer="U")], BOOK)
    with pytest.raises(InputError) as error:
        refuse_events([], [event("apply"), event("build", 1)], BOOK, rows=[1, 2], file="t.csv")
    assert [(p.file, p.row, p.field) for p in error.value.problems] == [("t.csv", 2, "step")]


def test_an_event_reads_back_as_it_was_written():
    for item in REACHED:
        assert TransferEvent.of(item.day, item.document, item.body()) == item
