"""The officer's process: steps beside the findings, append-only, each with what was computed when it was recorded."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from gisapp.app import Workspace
from gisapp.app.ledgers import Ledgers
from gisapp.app.procedures import Procedures
from gisapp.errors import InputError, UsageError
from gisapp.model.changes import Author
from tests.commands import call, say
from tests.ledgering import add_ledger

IDLE = """\
- {id: R-idle, kind: gate, role: condition, title: {zh: 闲置}, indicator: idle_state, op: "==", value: idle_1y, unit: text,
   params: {one_year_years: 1, two_year_years: 2, land_share_min: 0.34, invest_share_min: 0.25, suspended_years: 1},
   clause: default/1, basis: law, status: D}
"""
OFFICER = Author("王科", "地籍")


@pytest.fixture
def place(tiny, root):
    """A tiny workspace with the processes of the product, its rulebook and clause put in."""
    folder = tiny / "parcels" / "procedures"
    folder.mkdir()
    for name in ("low_efficiency", "idle_land"):
        text = (root / "parcels" / "procedures" / f"{name}.yaml").read_text(encoding="utf-8")
        text = text.replace("rulebook: redevelopment", "rulebook: screening")
        text = text.replace("xianzhi-tudi-banfa/general", "default/1").replace(
            "jiangbei-2024/11", "default/1"
        )
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    book = tiny / "parcels" / "rulebooks" / "screening.yaml"
    book.write_text(book.read_text(encoding="utf-8") + IDLE, encoding="utf-8")
    return tiny


def take(procedures, step, day, *, parcel="P1", document="宁北〔2026〕1号", op_id=None, reason="核实情况"):
    return procedures.record(
        "low_efficiency",
        parcel,
        step,
        day=date.fromisoformat(day),
        reason=reason,
        document=document,
        author=OFFICER,
        op_id=op_id or f"{parcel}-{step}-{day}",
    )


def test_the_product_s_own_processes_are_sound(root):
    assert set(Procedures(Workspace(root)).definitions) == {"low_efficiency", "idle_land"}


def test_each_step_keeps_reason_document_day_and_the_finding_of_that_moment(place):
    workspace = Workspace(place)
    procedures = Procedures(workspace)
    before = workspace.evaluate("screening")
    taken = take(procedures, "suspected", "2026-07-01", document="")
    verdict = before.parcels.iloc[before.row("P1")]["verdict"]
    assert taken.computed["run_id"] == before.run_id
    assert (taken.computed["verdict"], taken.computed["revision"]) == (verdict, 0)
    for step, day in (("verified", "2026-07-05"), ("opinion", "2026-07-20"), ("notice", "2026-08-01")):
        take(procedures, step, day)
    history = Procedures(Workspace(place)).history("P1")
    assert [s.step for s in history["low_efficiency"]] == ["suspected", "verified", "opinion", "notice"]
    assert history["idle_land"] == []
    assert [s.number for s in history["low_efficiency"]] == [1, 2, 3, 4]
    assert Procedures(Workspace(place)).current("low_efficiency")["P1"].step == "notice"


def test_a_step_never_changes_the_computed_verdict(place):
    before = Workspace(place).evaluate("screening")
    procedures = Procedures(Workspace(place))
    for step, day in (("suspected", "2026-07-01"), ("verified", "2026-07-05"), ("refused", "2026-07-20")):
        take(procedures, step, day)
    after = Workspace(place).evaluate("screening")
    assert after.parcels.equals(before.parcels)
    assert after.manifest["revision"] == before.manifest["revision"]
    assert Workspace(place).store.verify() == []


@pytest.mark.parametrize(
    ("step", "day", "more", "field"),
    [
        ("notice", "2026-07-05", {}, "step"),
        ("nothing", "2026-07-05", {}, "step"),
        ("verified", "2026-06-30", {}, "day"),
        ("verified", "2026-07-05", {"reason": " "}, "reason"),
        ("verified", "2026-07-05", {"document": ""}, "document"),
    ],
)
def test_a_step_that_does_not_follow_is_refused_and_nothing_is_written(place, step, day, more, field):
    procedures = Procedures(Workspace(place))
    take(procedures, "suspected", "2026-07-01")
    with pytest.raises(InputError) as caught:
        take(procedures, step, day, **more)
    assert caught.value.problems[0].field == field
    assert len(procedures.steps()) == 1


def test_nothing_follows_the_end(place):
    procedures = Procedures(Workspace(place))
    for step, day in (("suspected", "2026-07-01"), ("verified", "2026-07-05"), ("refused", "2026-07-20")):
        take(procedures, step, day)
    with pytest.raises(InputError, match="程序已办结"):
        take(procedures, "suspected", "2026-08-01")


def test_an_unknown_parcel_or_process_is_said(place):
    procedures = Procedures(Workspace(place))
    with pytest.raises(InputError, match="没有这宗地块"):
        take(procedures, "suspected", "2026-07-01", parcel="P99")
    with pytest.raises(UsageError, match="没有程序"):
        procedures.find("nothing")
    assert Workspace(place).store is None  # nothing was made for a step that was refused


def test_a_retry_gives_the_same_record_and_another_use_of_its_number_is_refused(place):
    procedures = Procedures(Workspace(place))
    first = take(procedures, "suspected", "2026-07-01", op_id="one")
    assert take(procedures, "suspected", "2026-07-01", op_id="one") == first
    with pytest.raises(UsageError, match="操作号"):
        take(procedures, "suspected", "2026-07-01", parcel="P2", op_id="one")
    assert len(procedures.steps()) == 1


def test_ledgers_of_files_keep_their_numbers_and_never_see_the_steps(place):
    add_ledger(place, seed=True)
    ledgers = Ledgers(Workspace(place))
    numbers = [record.number for record in ledgers.records()]
    taken = take(Procedures(Workspace(place)), "suspected", "2026-07-01")
    assert taken.number == max(numbers) + 1
    after = Ledgers(Workspace(place))
    assert [record.number for record in after.records()] == numbers
    assert after.faults() == []


@pytest.mark.parametrize(
    ("old", "new", "field", "text"),
    [
        ("default/1", "default/9", "clause", "条款不存在"),
        ("rulebook: screening", "rulebook: nothing", "rulebook", "规则集不存在"),
        ("after: [recognised]", "after: [dreamt]", None, "after 中的步骤不存在"),
        ("id: mapped", "id: recognised", None, "步骤重复"),
    ],
)
def test_a_faulty_definition_is_named_by_file_and_line(place, old, new, field, text):
    path = place / "parcels" / "procedures" / "low_efficiency.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        _ = Procedures(Workspace(place)).definitions
    problem = caught.value.problems[0]
    assert problem.file == "parcels/procedures/low_efficiency.yaml"
    assert problem.line is not None
    assert text in problem.message
    assert field is None or problem.field == field


def test_what_an_officer_recorded_shows_in_what_became_of_the_land(place):
    procedures = Procedures(Workspace(place))
    steps = (
        ("suspected", "07-01"),
        ("verified", "07-05"),
        ("opinion", "07-20"),
        ("notice", "08-01"),
        ("recognised", "09-01"),
    )
    for step, day in steps:
        take(procedures, step, f"2026-{day}")
    land = procedures.land_history("P1", as_of=date(2026, 9, 1))
    assert land.state == "low_efficiency"
    assert land.transitions[-1].evidence == "办理记录 5"
    assert (
        procedures.land_history("P1", as_of=date(2026, 8, 31)).state == "unknown"
    )  # built, but without any date


def test_the_commands(place):
    code, told, _ = call(
        "procedure", "record", place, "P1", "suspected", "--procedure", "low_efficiency", "--reason", "筛选列入",
        "--day", "2026-07-01", "--user", "王科", "--op-id", "x1",
    )  # fmt: skip
    assert code == 0
    assert told["recorded"]["author"] == "王科"
    assert told["recorded"]["computed"]["run_id"]
    code, told, _ = call("procedure", "show", place, "P1")
    own = next(item for item in told["procedures"] if item["procedure"] == "low_efficiency")
    assert [step["step"] for step in own["steps"]] == ["suspected"]
    assert [step["id"] for step in own["next"]] == ["verified"]
    assert own["computed"]["verdict"] == told["procedures"][0]["computed"]["verdict"]
    code, told, _ = call("procedure", "list", place)
    assert {item["id"]: len(item["parcels"]) for item in told["procedures"]} == {
        "low_efficiency": 1,
        "idle_land": 0,
    }
    code, text, _ = say("procedure", "show", place, "P1")
    assert "当时测算结论" in text
    code, _, error = say(
        "procedure",
        "record",
        place,
        "P1",
        "mapped",
        "--procedure",
        "low_efficiency",
        "--reason",
        "x",
        "--day",
        "2026-07-02",
    )
    assert code == 3
    assert "不能到这一步" in error
    assert "Traceback" not in error
    code, _, _ = say(
        "procedure",
        "record",
        place,
        "P1",
        "verified",
        "--procedure",
        "low_efficiency",
        "--reason",
        "x",
        "--day",
        "七月",
    )
    assert code == 2


def test_a_workspace_without_processes_says_so(tiny):
    shutil.rmtree(tiny / "parcels" / "procedures", ignore_errors=True)
    code, text, _ = say("procedure", "list", tiny)
    assert code == 0
    assert "没有程序" in text
