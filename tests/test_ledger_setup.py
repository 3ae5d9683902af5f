"""The set-up of the ledgers: every parameter has clause, status and period; faults are named by file and line."""

from datetime import date

import pytest
import yaml

from gisapp import Workspace
from gisapp.app.ledgers import Ledgers
from gisapp.errors import InputError
from gisapp.model.ledgerbook import NEEDED, LedgerBook
from tests.ledgering import BOOK, DAY, SETUP, add_ledger

ADDED = """\
- {id: lapse_days, rule: LED-03, title: {zh: 新期限}, value: 60, unit: d, clause: minfa-dian/221, basis: law, status: M,
   effective: {from: 2027-01-01}}
"""


@pytest.fixture
def folder(tiny):
    return add_ledger(tiny)


def edit(folder, old, new):
    path = folder / "parcels" / "ledger" / "ledger.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_parameters_of_the_demo_are_those_of_the_rulebook():
    told = {p.id: (p.text, p.status, p.clause) for p in BOOK.parameters}
    assert told == {
        "invested_share": ("0.25", "V", "chengshi-fangdichan-guanli-fa/39"),
        "pre_notice": ("是", "M", "guobanfa-2019-34/pre-notice"),
        "lapse_days": ("90", "V", "minfa-dian/221"),
        "alert_days": ("30", "D", "gisapp-default/ledger"),
        "coupled": ("否", "M", "guotuzigui-2017-13/indicators"),
        "order": ("county → city → other_city", "V", "jiangbei-2024/11"),
        "cross_city_levels": ("national → provincial", "V", "jiangbei-2024/11"),
        "limit_years": ("1", "M", "zhongyang-1-2025/compensation"),
        "project_levels": ("national → provincial → municipal → district", "D", "gisapp-default/ledger"),
        "pass_over": ("是", "D", "gisapp-default/ledger"),
    }
    assert set(told) == set(NEEDED)


def test_clauses_of_the_set_up_resolve(demo):
    assert Ledgers(demo).book == BOOK


def test_a_clause_that_does_not_exist_is_named_by_line(folder):
    edit(folder, "minfa-dian/221", "minfa-dian/999")
    with pytest.raises(InputError) as error:
        Ledgers(Workspace(folder)).book  # noqa: B018  reading it is the test
    (problem,) = error.value.problems
    lines = SETUP.read_text(encoding="utf-8").splitlines()
    assert (problem.file, problem.value) == ("parcels/ledger/ledger.yaml", "minfa-dian/999")
    assert "minfa-dian/221" in lines[problem.line - 1]


def test_the_day_picks_the_edition(folder):
    path = folder / "parcels" / "ledger" / "ledger.yaml"
    edit(folder, "  note: 自能够申请", "  effective: {to: 2027-01-01}\n  note: 自能够申请")
    path.write_text(path.read_text(encoding="utf-8") + ADDED, encoding="utf-8")
    book = Ledgers(Workspace(folder)).book
    assert [book.at(d)["lapse_days"].number for d in (DAY, date(2026, 12, 31), date(2027, 1, 1))] == [
        90,
        90,
        60,
    ]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("value: 0.25", "value: viel", "应为数值"),
        ("value: 90", "value: true", "应为数值"),
        ("value: [county, city, other_city]", "value: county", "应为列表"),
        ("id: invested_share", "id: invested", "不认识的参数"),
        ("clause: minfa-dian/221", "clause: null", "clause 为空"),
        ("id: nanjing,", "id: jiangbei,", "重复"),
        ("status: V", "status: X", "取值不在允许范围内"),
    ],
)
def test_a_faulty_set_up_gives_one_clear_message(folder, old, new, words):
    edit(folder, old, new)
    with pytest.raises(InputError, match=words) as error:
        Ledgers(Workspace(folder)).book  # noqa: B018  reading it is the test
    assert all(p.file == "parcels/ledger/ledger.yaml" and p.line for p in error.value.problems)


def test_a_parameter_that_is_missing_or_overlaps_is_refused(folder):
    path = folder / "parcels" / "ledger" / "ledger.yaml"
    path.write_text(path.read_text(encoding="utf-8") + ADDED, encoding="utf-8")
    with pytest.raises(InputError, match="lapse_days 的有效期重叠"):
        Ledgers(Workspace(folder)).book  # noqa: B018  reading it is the test
    body = yaml.safe_load(SETUP.read_text(encoding="utf-8"))
    body["parameters"] = [p for p in body["parameters"] if p["id"] != "coupled"]
    with pytest.raises(ValueError, match="缺少参数 coupled"):
        LedgerBook.model_validate(body)


def test_a_day_without_a_parameter_is_not_provided(folder):
    edit(folder, "  note: 自能够申请", "  effective: {from: 2021-01-01}\n  note: 自能够申请")
    book = Ledgers(Workspace(folder)).book
    with pytest.raises(InputError, match="未提供") as error:
        book.at(date(2020, 12, 31))
    assert error.value.problems[0].field == "lapse_days"
