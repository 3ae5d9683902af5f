"""Ledgers as plain data (台账数据): what ``--json`` prints; amounts are decimal texts, so that no digit is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gisapp.app.ledgers import Ledgers, Preview, ProjectPlan
from gisapp.ledger.balances import Balance, account_title, plain_amount
from gisapp.ledger.demand import DemandPlan
from gisapp.ledger.farmland import Allocation, YearLimit
from gisapp.ledger.transfers import TransferStatus
from gisapp.model.ledger import INDICATORS, LedgerRecord
from gisapp.model.ledgerbook import Parameter

Card = dict[str, Any]  # JSON


def record_card(record: LedgerRecord) -> Card:
    """Return one record."""
    return {
        "number": record.number,
        "branch": record.branch,
        "provisional": record.provisional,
        "book": record.book,
        "date": record.day.isoformat(),
        "document": record.document,
        **record.body,
        "author": record.author.name,
        "made_at": record.made_at.isoformat(timespec="seconds"),
        "hash": record.hash,
    }


def balance_card(balance: Balance, ledgers: Ledgers) -> Card:
    """Return one account on a day."""
    account = balance.account
    amounts = {
        "official": balance.official,
        "provisional_in": balance.provisional_in,
        "provisional_out": balance.provisional_out,
        "expected": balance.expected,
        "firm": balance.firm,
        "overdrawn": balance.overdrawn,
    }
    return {
        "account": account.key,
        "title": account_title(account, ledgers.book),
        "holder": account.holder,
        "indicator": account.indicator,
        "year": account.year,
        "unit": INDICATORS[account.indicator].unit,
        "outside": account.outside,
        **{name: plain_amount(amount) for name, amount in amounts.items()},
    }


def preview_card(preview: Preview, ledgers: Ledgers) -> Card:
    """Return what a posting would come to."""
    accounts = [
        {"before": balance_card(before, ledgers), "after": balance_card(after, ledgers)}
        for before, after in preview.accounts
    ]
    return {"records": len(preview.records), "accounts": accounts}


def parameter_card(parameter: Parameter) -> Card:
    """Return one parameter with its clause and status letter."""
    told = parameter.model_dump(mode="json", by_alias=True)
    return {name: told[name] for name in ("id", "rule", "value", "unit", "clause", "status", "effective")}


def allocation_card(found: Allocation) -> Card:
    """Return one reading of a project's farmland balance."""
    return {
        "coupled": found.coupled,
        "state": found.state,
        "wanted": _amounts(found.wanted),
        "done": _amounts(found.done),
        "shares": [
            {"holder": s.holder.id, "level": s.holder.level, **_amounts(s.drawn)} for s in found.shares
        ],
        "missing": _amounts(found.missing),
        "unknown": list(found.unknown),
        "closed": [holder.id for holder in found.closed],
    }


def limit_card(found: YearLimit) -> Card:
    """Return 以补定占 of one year."""
    return {
        "holder": found.holder.id,
        "year": found.year,
        "state": found.state,
        "years": list(found.years),
        "missing_years": list(found.missing_years),
        **_amounts(
            {"limit": found.limit, "occupied": found.occupied, "planned": found.planned, "left": found.left}
        ),
    }


def plan_card(plan: ProjectPlan) -> Card:
    """Return how a project is balanced, in both readings."""
    return {
        "project": plan.chosen.project.body(),
        "reading": "coupled" if plan.chosen.coupled else "uncoupled",
        "uncoupled": allocation_card(plan.uncoupled),
        "coupled": allocation_card(plan.coupled),
        "limit": limit_card(plan.limit) if plan.limit else None,
        "parameters": [parameter_card(parameter) for parameter in plan.parameters],
    }


def demand_card(plan: DemandPlan) -> Card:
    """Return the projects against the quota."""
    rows = [
        {
            "project": row.project.body(),
            "state": row.state,
            **_amounts({name: getattr(row, name) for name in ("used", "need", "granted", "missing")}),
        }
        for row in plan.rows
    ]
    told = _amounts({"quota": plan.quota, "left": plan.left, "missing": plan.missing})
    parameters = [parameter_card(parameter) for parameter in plan.parameters]
    return {"year": plan.year, **told, "projects": rows, "parameters": parameters}


def transfer_card(found: TransferStatus) -> Card:
    """Return a transfer as it stands."""
    days = {name: getattr(found, name) for name in ("possible_on", "deadline", "lapsed_on")}
    return {
        "transfer": found.id,
        **found.terms.body(),
        "state": found.state,
        "decision": found.decision,
        "share": None if found.share is None else float(found.share),
        **_amounts({"invested_10k": found.invested_10k}),
        **{name: day.isoformat() if day else None for name, day in days.items()},
        "alerts": [vars(alert) for alert in found.alerts],
        "events": [{"date": e.day.isoformat(), "step": e.step, "document": e.document} for e in found.events],
    }


def _amounts(found: Mapping[Any, Any]) -> Card:  # Decimal or None by a word
    return {str(name): None if amount is None else plain_amount(amount) for name, amount in found.items()}
