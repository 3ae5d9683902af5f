"""占补平衡 of a project (LED-10, LED-11, LED-12): what each holder gives, in either reading, and what is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from gisapp.ledger.balances import ZERO, Balance, totals
from gisapp.model.ledger import FARMLAND, USED, Account, Entry, Indicator, Project
from gisapp.model.ledgerbook import Holder, LedgerBook, Parameter, Rules

Amounts = Mapping[Indicator, Decimal]
NOTHING: Final[Amounts] = {}


@dataclass(frozen=True)
class Stock:
    """What one holder could give (可用库存), by indicator; of ``quantity`` ha, ``paddy`` ha are paddy."""

    holder: Holder
    held: Amounts


@dataclass(frozen=True)
class Share:
    """What one holder gives to a project (划拨), by indicator."""

    holder: Holder
    drawn: Amounts


@dataclass(frozen=True)
class Allocation:
    """How a project's farmland is balanced (占补方案).

    ``wanted`` is what is still to be balanced after ``done``; ``missing`` has what is short by indicator; ``unknown`` the indicators whose need is not stated (资料不足);
    ``closed`` holders that had stock but may not be drawn on, because the project is not of the level (LED-12).
    """

    project: Project
    coupled: bool
    wanted: Amounts
    done: Amounts
    shares: tuple[Share, ...]
    missing: Amounts
    unknown: tuple[Indicator, ...]
    closed: tuple[Holder, ...]

    @property
    def state(self) -> Literal["met", "short", "unknown"]:
        """Whether the need is met; a shortage is one whatever else is unknown."""
        if any(self.missing.values()):
            return "short"
        return "unknown" if self.unknown else "met"


def stocks(found: Iterable[Balance], book: LedgerBook) -> list[Stock]:
    """Return what each holder has of the three indicators; income that is only provisional counts as nothing."""
    held = {balance.account: max(ZERO, min(balance.firm, balance.expected)) for balance in found}
    return [
        Stock(holder, {name: held.get(Account(holder.id, name), ZERO) for name in FARMLAND})
        for holder in book.holders
    ]


def own_county(project: Project, book: LedgerBook) -> Holder | None:
    """Return the county whose accounts a project is balanced in first (本县)."""
    counties = [holder for holder in book.holders if holder.level == "county"]
    named = book.holder(project.county) if project.county else None
    return named or (counties[0] if counties else None)


def occupied(entries: Iterable[Entry], project: str, as_of: dt.date) -> dict[Indicator, Decimal]:
    """Return what was posted for a project already, by indicator, reversals taken off."""
    done = dict.fromkeys(FARMLAND, ZERO)
    for entry in entries:
        if entry.project == project and entry.day <= as_of and entry.indicator in done:
            done[entry.indicator] += sum((p.amount for p in entry.postings if p.account.holder == USED), ZERO)
    return done


def allocate(
    project: Project,
    found: Sequence[Stock],
    rules: Rules,
    *,
    county: str | None,
    coupled: bool | None = None,
    done: Amounts = NOTHING,
) -> Allocation:
    """Return how a project is balanced: own county first, then the city, then across cities (LED-10).

    Uncoupled, the three indicators are accounts of their own. Coupled, each hectare drawn carries its own paddy:
    the paddy need is drawn first, the rest of the area from dry land and then from paddy left over, each time in
    the order of holders. Capacity is an account of its own in both.

    Parameters
    ----------
    project
        With its need; None is not stated.
    found
        What holders have, in the order of the set-up.
    rules
        Gives ``order``, ``cross_city_levels`` and, where `coupled` is None, ``coupled``.
    county
        The project's own county; other counties are not drawn on.
    coupled
        The reading to use instead of the parameter's.
    done
        What was posted for it already.
    """
    reading = bool(rules["coupled"].value) if coupled is None else coupled
    stated = {"quantity": project.quantity_ha, "paddy": project.paddy_ha, "capacity": project.capacity_kg}
    wanted = {name: max(ZERO, (stated[name] or ZERO) - done.get(name, ZERO)) for name in FARMLAND}
    ordered, open_ = _in_order(project, found, rules, county)
    drawn = _coupled(wanted, open_) if reading else {}
    for name in FARMLAND:
        if name not in drawn:
            drawn[name] = _draw(wanted[name], [stock.held[name] for stock in open_])
    missing = {name: max(ZERO, wanted[name] - sum(drawn[name], ZERO)) for name in FARMLAND}
    shares = (Share(s.holder, {n: drawn[n][k] for n in FARMLAND}) for k, s in enumerate(open_))
    shut = (s.holder for s in ordered if s not in open_ and any(s.held.values()))
    return Allocation(
        project=project,
        coupled=reading,
        wanted=wanted,
        done={name: done.get(name, ZERO) for name in FARMLAND},
        shares=tuple(share for share in shares if any(share.drawn.values())),
        missing=missing,
        unknown=tuple(name for name in FARMLAND if stated[name] is None),
        closed=tuple(shut) if any(missing.values()) else (),
    )


def _in_order(
    project: Project, found: Sequence[Stock], rules: Rules, county: str | None
) -> tuple[list[Stock], list[Stock]]:
    """Return the stocks in the order of balancing, and those that this project may draw on."""
    order = rules["order"].words
    known = [
        s for s in found if s.holder.level in order and (s.holder.level != "county" or s.holder.id == county)
    ]
    ordered = sorted(known, key=lambda stock: order.index(stock.holder.level))
    crossing = project.level in rules["cross_city_levels"].words
    return ordered, [s for s in ordered if crossing or s.holder.level in ("county", "city")]


def _draw(need: Decimal, held: Sequence[Decimal]) -> list[Decimal]:
    """Return what each gives in turn until the need is met."""
    given: list[Decimal] = []
    for stock in held:
        given.append(min(stock, need - sum(given, ZERO)))
    return given


def _coupled(wanted: Amounts, found: Sequence[Stock]) -> dict[Indicator, list[Decimal]]:
    """Return area and paddy drawn from each where a hectare carries its own paddy."""
    paddy_held = [min(stock.held["paddy"], stock.held["quantity"]) for stock in found]
    paddy = _draw(wanted["paddy"], paddy_held)
    rest = max(ZERO, wanted["quantity"] - sum(paddy, ZERO))
    quantity, carried = list(paddy), list(paddy)
    for k, stock in enumerate(found):
        dry = min(rest, stock.held["quantity"] - paddy_held[k])
        more = min(rest - dry, paddy_held[k] - paddy[k])
        quantity[k] += dry + more
        carried[k] += more
        rest -= dry + more
    return {"quantity": quantity, "paddy": carried}


@dataclass(frozen=True)
class YearLimit:
    """以补定占 of one holder and year (LED-11) [ha]; ``limit`` None is 未提供, never a pass."""

    holder: Holder
    year: int
    years: tuple[int, ...]
    limit: Decimal | None
    occupied: Decimal
    planned: Decimal
    missing_years: tuple[int, ...]
    parameter: Parameter

    @property
    def left(self) -> Decimal | None:
        """What may still be occupied; below zero is too much, None is 未提供."""
        return None if self.limit is None else self.limit - self.occupied - self.planned

    @property
    def state(self) -> Literal["met", "short", "not_loaded"]:
        """Whether the limit holds."""
        if self.left is None:
            return "not_loaded"
        return "met" if self.left >= 0 else "short"


def year_limit(
    entries: Sequence[Entry], holder: Holder, as_of: dt.date, rules: Rules, *, planned: Decimal = ZERO
) -> YearLimit:
    """Return the limit of a year from the net increase of the years before it (LED-11).

    Every occupation counts, whatever its kind of project; `planned` [ha] comes on top. One year without a figure
    leaves the limit 未提供.
    """
    count = int(rules["limit_years"].number)
    years = tuple(range(as_of.year - count, as_of.year))
    known = totals(entries, as_of)
    accounts = {year: Account(holder.id, "net_increase", year) for year in years}
    told = {year for year, account in accounts.items() if account in known}
    missing = tuple(year for year in years if year not in told)
    limit = None if missing else max(ZERO, sum((known[a] for a in accounts.values()), ZERO))
    return YearLimit(
        holder,
        as_of.year,
        years,
        limit,
        _occupied(entries, holder.id, as_of),
        planned,
        missing,
        rules["limit_years"],
    )


def _occupied(entries: Sequence[Entry], holder: str, as_of: dt.date) -> Decimal:
    """Return the farmland that a holder's projects occupied this year up to a day [ha], reversals taken off."""
    found = ZERO
    account = Account(holder, "quantity")
    for entry in entries:
        if entry.day.year == as_of.year and entry.day <= as_of:
            if entry.kind == "occupation" and entry.from_ == account:
                found += entry.amount
            elif entry.kind == "reversal" and entry.from_.holder == USED and entry.to == account:
                found -= entry.amount
    return found
