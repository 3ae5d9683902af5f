"""The arithmetic of the ledgers: sums are zero, nothing goes below zero unseen, and projects are balanced in order."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gisapp.errors import InputError
from gisapp.ledger.balances import Balance, balances, first_overdraft, refuse_overdrafts, totals, unbalanced
from gisapp.ledger.demand import plan_demand
from gisapp.ledger.entries import entry_problems
from gisapp.ledger.farmland import allocate, occupied, own_county, stocks, year_limit
from gisapp.model.ledger import FARMLAND, INDICATORS, Account, Entry
from tests.ledgering import BOOK, DAY, entry, project, setup, worked_example

D = Decimal
COUNTY = Account("jiangbei", "quantity")
RULES = BOOK.at(DAY)


def held_by(entries, book=BOOK):
    return stocks(balances(entries, [], DAY), book)


def drawn(found, name):
    return {share.holder.id: share.drawn[name] for share in found.shares}


# -- balances


def test_amounts_are_decimals_and_every_sum_is_zero():
    entries = [
        entry("acceptance", "0.1"),
        entry("acceptance", "0.2"),
        entry("occupation", "0.3", project="P"),
    ]
    assert totals(entries)[COUNTY] == 0 and unbalanced(entries) == {}
    assert totals(entries[:2])[COUNTY] == D("0.3")


def test_a_balance_is_of_a_day():
    entries = [entry("acceptance", "5", day=date(2026, 1, k)) for k in (1, 2, 3)]
    assert [totals(entries, date(2026, 1, k)).get(COUNTY, 0) for k in range(4) if k] == [5, 10, 15]
    assert totals(entries, date(2025, 12, 31)) == {}


@given(
    st.lists(
        st.tuples(
            st.integers(0, 30), st.integers(1, 10**9), st.sampled_from(["acceptance", "deduction", "pooling"])
        )
    )
)
def test_balance_of_a_day_is_that_of_the_day_before_plus_in_minus_out(moves):
    entries = [
        entry(
            kind,
            D(amount).scaleb(-4),
            day=DAY + timedelta(days=after),
            to="nanjing" if kind == "pooling" else None,
        )
        for after, amount, kind in moves
    ]
    assert unbalanced(entries) == {}
    for after in range(31):
        day = DAY + timedelta(days=after)
        before = totals(entries, day - timedelta(days=1)).get(COUNTY, D(0))
        moved = sum(
            (p.amount for e in entries if e.day == day for p in e.postings if p.account == COUNTY), D(0)
        )
        assert totals(entries, day).get(COUNTY, D(0)) == before + moved


def test_an_overdraft_is_refused_and_says_account_balance_and_amount():
    recorded = [entry("acceptance", "4.0")]
    with pytest.raises(InputError) as error:
        refuse_overdrafts(
            recorded, [entry("occupation", "4.0001", project="P")], BOOK, rows=[7], file="f.csv"
        )
    (problem,) = error.value.problems
    assert "江北新区·耕地数量 余额不足" in problem.message and "2026-06-30 余额 4 ha" in problem.message
    assert "本次净减少 4.0001 ha，将为 -0.0001 ha" in problem.message
    assert (problem.file, problem.row, problem.field, problem.value) == ("f.csv", 7, "amount", "4.0001")
    refuse_overdrafts(recorded, [entry("occupation", "4.0", project="P")], BOOK)


def test_an_entry_dated_back_may_not_leave_a_later_day_short():
    recorded = [
        entry("acceptance", "4", day=date(2026, 1, 1)),
        entry("occupation", "3", day=date(2026, 5, 1)),
    ]
    new = [entry("occupation", "2", day=date(2026, 2, 1))]
    found = first_overdraft(COUNTY, recorded, new)
    assert found is not None and (found.day, found.before, found.after) == (date(2026, 5, 1), 1, -1)
    with pytest.raises(InputError, match="2026-05-01 余额 1 ha，本次净减少 2 ha"):
        refuse_overdrafts(recorded, new, BOOK)


def test_income_of_a_later_day_does_not_cover_an_earlier_one():
    new = [entry("occupation", "1", day=date(2026, 1, 1)), entry("acceptance", "1", day=date(2026, 1, 2))]
    with pytest.raises(InputError, match="2026-01-01"):
        refuse_overdrafts([], new, BOOK)
    same_day = [entry("occupation", "1"), entry("acceptance", "1")]
    refuse_overdrafts([], same_day, BOOK)


def test_each_account_that_falls_short_is_named():
    new = [entry("occupation", "1", name) for name in FARMLAND]
    with pytest.raises(InputError) as error:
        refuse_overdrafts([], new, BOOK)
    assert [p.message.split(" ")[0] for p in error.value.problems] == [
        f"江北新区·{INDICATORS[n].title}" for n in FARMLAND
    ]


def test_outside_accounts_and_the_net_increase_may_be_below_zero():
    refuse_overdrafts([], [entry("net_decrease", "3", "net_increase", year=2025)], BOOK)
    found = {b.account: b for b in balances([entry("acceptance", "1")], [], DAY)}
    outside = found[Account("@source", "quantity")]
    assert outside.official == -1 and outside.overdrawn == 0


def test_provisional_income_never_hides_a_negative():
    official = [entry("acceptance", "4")]
    own = [entry("acceptance", "5"), entry("occupation", "8", project="P")]
    (found,) = [b for b in balances(official, own, DAY) if b.account == COUNTY]
    assert (found.official, found.provisional_in, found.provisional_out) == (4, 5, 8)
    assert (found.expected, found.firm, found.overdrawn) == (1, -4, 4)
    assert (
        balances(official, [], DAY)[0].account.holder.startswith("@") and Balance(COUNTY, D(4)).overdrawn == 0
    )


def test_provisional_income_meets_no_need():
    found = stocks(balances([entry("acceptance", "1")], [entry("acceptance", "9")], DAY), BOOK)
    assert next(s for s in found if s.holder.id == "jiangbei").held["quantity"] == 1


# -- entries


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (entry("acceptance", "1", document=" "), "文号"),
        (entry("acceptance", "1", reason=""), "事由"),
        (entry("acceptance", "1", "plan_quota", year=2026), "不能用于该指标"),
        (entry("acceptance", "0"), "须大于零"),
        (entry("acceptance", "-1"), "须大于零"),
        (entry("acceptance", "NaN"), "须大于零"),
        (entry("acceptance", "1.00001"), "小数位过多"),
        (entry("acceptance", "1.001", "capacity"), "小数位过多"),
        (entry("acceptance", "1", year=2026), "年度不符"),
        (entry("quota_issue", "1", "plan_quota"), "年度不符"),
        (entry("acceptance", "1", at="wuhu"), "没有这个持有单位"),
        (entry("pooling", "1", to="jiangbei"), "同一单位"),
        (entry("occupation", "1"), "须写明项目"),
        (entry("occupation", "1", project="X"), "没有登记这个项目"),
        (entry("pooling", "1", at="other-city", to="nanjing"), "调剂只限市域内"),
        (entry("trade", "1", to="nanjing"), "价款"),
        (entry("trade", "1", to="nanjing", price=D(1)), "批准文号"),
        (entry("trade", "1", at="other-city", to="nanjing", price=D(1), approval="批"), "只限省级以上"),
        (
            entry("trade", "1", at="other-city", to="nanjing", price=D(1), approval="批", project="D"),
            "只限省级以上",
        ),
    ],
)
def test_an_entry_that_is_not_fit_is_refused(given, words):
    projects = {"D": project(id="D"), "P": project(id="P", level="provincial")}
    assert any(words in problem.message for problem in entry_problems(given, BOOK, projects))


@pytest.mark.parametrize("level", ["national", "provincial"])
def test_projects_of_the_province_and_above_trade_across_cities(level):
    found = entry("trade", "1", at="other-city", to="nanjing", price=D(1), approval="批", project="P")
    assert entry_problems(found, BOOK, {"P": project(id="P", level=level)}) == []
    assert entry_problems(entry("acceptance", "1.0001"), BOOK, {}) == []


# -- farmland (LED-10, LED-12)


def test_the_worked_example_uncoupled():
    found = allocate(project(), held_by(worked_example()), RULES, county="jiangbei")
    assert found.coupled is False and found.state == "met"
    assert drawn(found, "quantity") == {"jiangbei": D("4.0"), "nanjing": D("1.0")}
    assert drawn(found, "paddy") == {"jiangbei": D("2.0"), "nanjing": D("1.2")}


def test_the_worked_example_coupled_leaves_dry_land_in_the_county():
    found = allocate(project(), held_by(worked_example()), RULES, county="jiangbei", coupled=True)
    assert found.coupled is True and found.state == "met"
    assert drawn(found, "quantity") == {"jiangbei": D("3.8"), "nanjing": D("1.2")}
    assert drawn(found, "paddy") == {"jiangbei": D("2.0"), "nanjing": D("1.2")}
    assert sum(drawn(found, "quantity").values()) == D("5.0") and sum(drawn(found, "paddy").values()) == D(
        "3.2"
    )
    assert D("4.0") - drawn(found, "quantity")["jiangbei"] == D("0.2")


def test_the_parameter_chooses_the_reading():
    rules = setup(coupled=True).at(DAY)
    assert allocate(project(), held_by(worked_example()), rules, county="jiangbei").coupled is True
    assert allocate(project(), held_by(worked_example()), RULES, county="jiangbei").coupled is False


def test_the_order_is_data():
    rules = setup(order=["city", "county", "other_city"]).at(DAY)
    found = allocate(project(), held_by(worked_example()), rules, county="jiangbei")
    assert drawn(found, "quantity") == {"nanjing": D("3.0"), "jiangbei": D("2.0")}


def test_across_cities_only_for_projects_of_the_province_and_above():
    entries = [
        *worked_example(),
        entry("acceptance", "12", at="other-city"),
        entry("acceptance", "8", "paddy", at="other-city"),
    ]
    need = {"quantity": "9", "paddy": "6"}
    found = allocate(project(**need), held_by(entries), RULES, county="jiangbei")
    assert found.state == "short" and found.missing == {"quantity": 2, "paddy": 1, "capacity": 0}
    assert [holder.id for holder in found.closed] == ["other-city"]
    found = allocate(project(**need, level="provincial"), held_by(entries), RULES, county="jiangbei")
    assert found.state == "met" and drawn(found, "quantity")["other-city"] == 2 and found.closed == ()
    rules = setup(cross_city_levels=["national"]).at(DAY)
    assert (
        allocate(project(**need, level="provincial"), held_by(entries), rules, county="jiangbei").state
        == "short"
    )


def test_another_county_is_not_drawn_on():
    body = BOOK.model_dump(by_alias=True)
    body["holders"] = [*body["holders"], {"id": "liuhe", "level": "county", "title": {"zh": "六合"}}]
    book = type(BOOK).model_validate(body)
    entries = [entry("acceptance", "9", at="liuhe"), entry("acceptance", "1")]
    assert (
        own_county(project(), book).id == "jiangbei"
        and own_county(project(county="liuhe"), book).id == "liuhe"
    )
    found = allocate(project(paddy="0"), held_by(entries, book), book.at(DAY), county="jiangbei")
    assert drawn(found, "quantity") == {"jiangbei": 1} and found.missing["quantity"] == 4


def test_a_need_that_is_not_stated_is_unknown_and_a_shortage_stays_one():
    found = allocate(project(capacity=None), held_by(worked_example()), RULES, county="jiangbei")
    assert found.state == "unknown" and found.unknown == ("capacity",)
    found = allocate(project("50", capacity=None), held_by(worked_example()), RULES, county="jiangbei")
    assert found.state == "short" and found.missing["quantity"] == 43


def test_what_was_posted_is_not_asked_for_again():
    entries = [
        *worked_example(),
        entry("occupation", "2", project="P"),
        entry("occupation", "9", project="Q"),
    ]
    done = occupied(entries, "P", DAY)
    assert done == {"quantity": 2, "paddy": 0, "capacity": 0}
    found = allocate(project(), held_by(worked_example()), RULES, county="jiangbei", done=done)
    assert found.wanted["quantity"] == 3 and drawn(found, "quantity") == {"jiangbei": 3, "nanjing": 0}


AMOUNT = st.integers(0, 100).map(lambda n: D(n) / 10)


@given(AMOUNT, AMOUNT, AMOUNT, AMOUNT, AMOUNT, AMOUNT)
def test_a_coupled_share_never_exceeds_what_its_holder_has(
    need, paddy, county, county_paddy, city, city_paddy
):
    held = {"jiangbei": (county, min(county, county_paddy)), "nanjing": (city, min(city, city_paddy))}
    entries = [
        entry("acceptance", amount, name, at=holder)
        for holder, amounts in held.items()
        for name, amount in zip(("quantity", "paddy"), amounts, strict=True)
        if amount
    ]
    asked = project(str(need), str(min(need, paddy)))
    found = allocate(asked, held_by(entries), RULES, county="jiangbei", coupled=True)
    for share in found.shares:
        total, wet = held[share.holder.id]
        assert share.drawn["quantity"] <= total and share.drawn["paddy"] <= wet
        assert share.drawn["quantity"] - share.drawn["paddy"] <= total - wet
    given_ = sum((s.drawn["quantity"] for s in found.shares), D(0))
    assert given_ + found.missing["quantity"] == asked.quantity_ha
    assert found.missing["paddy"] == max(
        0, asked.paddy_ha - sum((s.drawn["paddy"] for s in found.shares), D(0))
    )
    plain = allocate(asked, held_by(entries), RULES, county="jiangbei")
    assert plain.missing == found.missing


# -- LED-11


def increase(amount, year=2025):
    return entry("net_increase", amount, "net_increase", year=year, day=date(2026, 1, 1))


def test_without_the_figure_the_limit_is_not_loaded():
    found = year_limit([entry("occupation", "1")], BOOK.holder("jiangbei"), DAY, RULES)
    assert found.state == "not_loaded" and found.left is None and found.missing_years == (2025,)


@pytest.mark.parametrize(
    ("planned", "state", "left"), [("4.5", "met", "0"), ("4.5001", "short", "-0.0001"), ("0", "met", "4.5")]
)
def test_occupation_of_all_kinds_stays_within_the_net_increase(planned, state, left):
    entries = [increase("6.5"), entry("occupation", "1.5"), entry("occupation", "0.5", day=date(2026, 1, 1))]
    entries += [entry("occupation", "9", day=date(2025, 12, 31)), entry("occupation", "9", "paddy")]
    found = year_limit(entries, BOOK.holder("jiangbei"), DAY, RULES, planned=D(planned))
    assert (found.limit, found.occupied, found.state, found.left) == (D("6.5"), 2, state, D(left))


def test_the_number_of_years_is_data_and_a_missing_one_is_named():
    rules = setup(limit_years=2).at(DAY)
    found = year_limit([increase("6.5")], BOOK.holder("jiangbei"), DAY, rules)
    assert found.state == "not_loaded" and found.years == (2024, 2025) and found.missing_years == (2024,)
    found = year_limit([increase("6.5"), increase("1", 2024)], BOOK.holder("jiangbei"), DAY, rules)
    assert found.limit == D("7.5")
    assert year_limit([increase("6.5")], BOOK.holder("jiangbei"), DAY, RULES).years == (2025,)


def test_a_decrease_leaves_nothing_to_occupy_and_a_reversal_gives_back():
    fall = entry("net_decrease", "2", "net_increase", year=2025, day=date(2026, 1, 1))
    assert year_limit([fall], BOOK.holder("jiangbei"), DAY, RULES).limit == 0
    used = entry("occupation", "3", project="P")
    back = Entry(DAY, "reversal", "文", "误记", used.amount, used.to, used.from_, reverses=1)
    assert year_limit([increase("5"), used, back], BOOK.holder("jiangbei"), DAY, RULES).occupied == 0


# -- plan quota and demand


def demand(quota, *projects, rules=RULES, entries=()):
    return plan_demand(None if quota is None else D(quota), list(entries), projects, DAY, rules)


def of(id_, quota, level="district", **more):
    return project(id=id_, quota=quota, level=level, **more)


def test_projects_are_met_in_the_order_of_levels_and_the_missing_amount_is_named():
    found = demand(
        "10", of("a", "4"), of("b", "5", "provincial"), of("c", "3", "municipal"), of("d", "1", "national")
    )
    assert [(r.project.id, r.state) for r in found.rows] == [
        ("d", "met"),
        ("b", "met"),
        ("c", "met"),
        ("a", "short"),
    ]
    assert found.rows[-1].missing == 3 and (found.left, found.missing) == (1, 3)
    rules = setup(project_levels=["district", "municipal", "provincial", "national"]).at(DAY)
    assert [
        r.project.id for r in demand("10", of("a", "4"), of("b", "5", "provincial"), rules=rules).rows
    ] == ["a", "b"]


def test_a_project_that_fits_may_pass_one_that_does_not():
    rows = demand("5", of("a", "6"), of("b", "5")).rows
    assert [(r.state, r.missing) for r in rows] == [("short", 1), ("met", 0)]
    rows = demand("5", of("a", "6"), of("b", "5"), rules=setup(pass_over=False).at(DAY)).rows
    assert [(r.state, r.missing) for r in rows] == [("short", 1), ("short", 5)]


def test_what_is_used_counts_and_exactly_enough_is_enough():
    used = [entry("quota_use", "2", "plan_quota", year=2026, project="a")]
    (row,) = demand("3", of("a", "5"), entries=used).rows
    assert (row.state, row.used, row.need, row.granted) == ("met", 2, 3, 3)
    assert demand("2.9999", of("a", "5"), entries=used).rows[0].missing == D("0.0001")
    full = [entry("quota_use", "5", "plan_quota", year=2026, project="a")]
    assert demand("0", of("a", "5"), entries=full).rows[0].state == "used"


def test_only_reasonable_projects_are_met_and_the_unknown_is_neither():
    found = demand(
        "10", of("a", "1", reviewed=False), of("b", "2", reviewed=None), of("c", None), of("d", "3")
    )
    assert [r.state for r in found.rows] == ["not_reasonable", "unknown", "unknown", "met"]
    assert found.missing == 0 and found.left == 7


def test_a_quota_that_is_not_loaded_meets_nothing():
    found = demand(None, of("a", "1"))
    assert found.quota is None and found.rows[0].state == "short" and found.missing == 1
