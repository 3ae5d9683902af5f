"""Balances (余额): sums by account up to a day, official and provisional apart, and the refusal of what is below zero.

A day is the smallest step of time: what comes in and goes out on one day is netted, and no account may end any day
below zero, so that an entry dated back cannot leave a later day short (LED-13).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from gisapp.errors import InputError, Problem
from gisapp.i18n import Text
from gisapp.model.ledger import INDICATORS, OUTSIDE, Account, Entry, Indicator
from gisapp.model.ledgerbook import LedgerBook

ZERO: Final = Decimal(0)


@dataclass(frozen=True)
class Balance:
    """One account on a day (余额): official, and beside it what a scheme adds and takes provisionally.

    ``expected`` counts both; ``firm`` is what is left without income that is only provisional. A scheme that lives
    on such income shows a ``firm`` below zero although ``expected`` is not.
    """

    account: Account
    official: Decimal
    provisional_in: Decimal = ZERO
    provisional_out: Decimal = ZERO

    @property
    def expected(self) -> Decimal:
        """The balance if all provisional entries came true (预计余额)."""
        return self.official + self.provisional_in - self.provisional_out

    @property
    def firm(self) -> Decimal:
        """The balance if no provisional income came (不计暂记收入)."""
        return self.official - self.provisional_out

    @property
    def overdrawn(self) -> Decimal:
        """By how much the worst of the three is below zero; zero where none is, or where the account is free."""
        return ZERO if self.account.free else max(ZERO, -min(self.official, self.expected, self.firm))


def totals(entries: Iterable[Entry], as_of: dt.date | None = None) -> dict[Account, Decimal]:
    """Return the balance of each account at the end of a day (all days where None), outside accounts included."""
    found: dict[Account, Decimal] = defaultdict(lambda: ZERO)
    for entry in entries:
        if as_of is None or entry.day <= as_of:
            for posting in entry.postings:
                found[posting.account] += posting.amount
    return dict(found)


def balances(official: Sequence[Entry], provisional: Sequence[Entry], as_of: dt.date) -> list[Balance]:
    """Return all accounts on a day, in the order of their names."""
    held = totals(official, as_of)
    added: dict[Account, Decimal] = defaultdict(lambda: ZERO)
    taken: dict[Account, Decimal] = defaultdict(lambda: ZERO)
    for entry in provisional:
        if entry.day <= as_of:
            taken[entry.from_] += entry.amount
            added[entry.to] += entry.amount
    accounts = {account for entry in (*official, *provisional) for account in (entry.from_, entry.to)}
    ordered = sorted(accounts, key=lambda a: (a.holder, list(INDICATORS).index(a.indicator), a.year or 0))
    return [Balance(a, held.get(a, ZERO), added[a], taken[a]) for a in ordered]


def unbalanced(entries: Iterable[Entry]) -> dict[tuple[Indicator, int | None], Decimal]:
    """Return the sum over all accounts by indicator and year where it is not zero; empty when sound."""
    found: dict[tuple[Indicator, int | None], Decimal] = defaultdict(lambda: ZERO)
    for account, amount in totals(entries).items():
        found[account.indicator, account.year] += amount
    return {key: amount for key, amount in found.items() if amount}


def refuse_overdrafts(
    recorded: Sequence[Entry],
    new: Sequence[Entry],
    book: LedgerBook,
    *,
    rows: Sequence[int] | None = None,
    file: str | None = None,
) -> None:
    """Raise InputError for each account that `new` would bring below zero on any day.

    Parameters
    ----------
    recorded
        What is in the ledger already.
    new
        What is to be posted with it, all or nothing.
    book
        Names the holders.
    rows, file
        Where each of `new` came from, for the message.
    """
    problems: list[Problem] = []
    for account in dict.fromkeys(posting.account for entry in new for posting in entry.postings):
        found = None if account.free else first_overdraft(account, recorded, new)
        if found is None:
            continue
        takers = [k for k, entry in enumerate(new) if account in (entry.from_, entry.to)]
        problems.append(
            Problem(
                Text(
                    "{account} 余额不足：{day} 余额 {before}，本次净减少 {taken}，将为 {after}",
                    account=account_title(account, book),
                    day=found.day.isoformat(),
                    before=_told(found.before, account),
                    taken=_told(found.taken, account),
                    after=_told(found.after, account),
                ),
                file=file,
                row=rows[takers[-1]] if rows and takers else None,
                field="amount",
                value=str(new[takers[-1]].amount),
                expected=Text("本次净减少不超过 {amount}", amount=_told(max(found.before, ZERO), account)),
                action="减少数量、改用其他账户，或先补充入库；余额不得为负",
            )
        )
    if problems:
        raise InputError(problems)


@dataclass(frozen=True)
class Overdraft:
    """The first day that ends below zero (透支): the balance without the new entries, what they take, the rest."""

    day: dt.date
    before: Decimal
    taken: Decimal
    after: Decimal


def first_overdraft(account: Account, recorded: Iterable[Entry], new: Iterable[Entry]) -> Overdraft | None:
    """Return the first day on which an account is below zero and lower than without `new`, None where there is none."""
    old, fresh = _by_day(account, recorded), _by_day(account, new)
    before = after = ZERO
    for day in sorted({*old, *fresh}):
        before += old.get(day, ZERO)
        after += old.get(day, ZERO) + fresh.get(day, ZERO)
        if after < 0 and after < before:
            return Overdraft(day, before, before - after, after)
    return None


def _by_day(account: Account, entries: Iterable[Entry]) -> Mapping[dt.date, Decimal]:
    found: dict[dt.date, Decimal] = defaultdict(lambda: ZERO)
    for entry in entries:
        for posting in entry.postings:
            if posting.account == account:
                found[entry.day] += posting.amount
    return found


def account_title(account: Account, book: LedgerBook) -> Text:
    """Return an account in words (账户名称)."""
    holder = book.holder(account.holder)
    name = (
        Text.of(holder.title.zh, holder.title.text("en"))
        if holder
        else Text(OUTSIDE.get(account.holder, account.holder))
    )
    told = Text("{holder}·{indicator}", holder=name, indicator=Text(INDICATORS[account.indicator].title))
    return told if account.year is None else Text("{account}（{year} 年）", account=told, year=account.year)


def _told(amount: Decimal, account: Account) -> str:
    return f"{plain_amount(amount)} {INDICATORS[account.indicator].unit}"


def plain_amount(amount: Decimal) -> str:
    """Return a decimal without exponent and without needless zeros."""
    text = f"{amount:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
