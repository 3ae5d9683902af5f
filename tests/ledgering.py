"""Short ways of writing ledgers in tests: the demo's set-up, entries by words, the worked example."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import yaml

from gisapp.model.ledger import KINDS, Account, Entry, Project
from gisapp.model.ledgerbook import LedgerBook

ROOT = Path(__file__).resolve().parent.parent
SETUP = ROOT / "parcels" / "ledger" / "ledger.yaml"
DAY = date(2026, 6, 30)


def setup(**values) -> LedgerBook:
    """The demo's set-up with other values of some parameters."""
    body = yaml.safe_load(SETUP.read_text(encoding="utf-8"))
    for parameter in body["parameters"]:
        parameter["value"] = values.get(parameter["id"], parameter["value"])
    return LedgerBook.model_validate(body)


BOOK = setup()


def entry(kind, amount, indicator="quantity", *, at="jiangbei", to=None, day=DAY, year=None, **more) -> Entry:
    """An entry of a kind on a holder's account."""
    spec = KINDS[kind]
    ends = (spec.from_ or at, to or spec.to or at)
    sides = [Account(end, indicator, year) for end in ends]
    told = {"document": "文〔2026〕1号", "reason": "测试"} | more
    return Entry(day=day, kind=kind, amount=Decimal(amount), from_=sides[0], to=sides[1], **told)


def worked_example() -> list[Entry]:
    """County 4.0 ha with 2.0 of paddy, city pool 3.0 with 3.0 (RULEBOOK 8)."""
    held = {("jiangbei", "quantity"): "4.0", ("jiangbei", "paddy"): "2.0", ("nanjing", "quantity"): "3.0", ("nanjing", "paddy"): "3.0"}  # fmt: skip
    return [entry("acceptance", amount, name, at=holder) for (holder, name), amount in held.items()]


def project(quantity="5.0", paddy="3.2", capacity="0", level="district", **more) -> Project:
    """A project; None is not stated."""
    numbers = [
        None if text is None else Decimal(text)
        for text in (more.pop("quota", "1"), quantity, paddy, capacity)
    ]
    told = {"reviewed": True} | more
    return Project(told.pop("id", "P"), "项目", level, *numbers, **told)


def add_ledger(folder: Path, *, seed: bool = False) -> Path:
    """Give a workspace the demo's set-up and the policies it cites; with `seed` also the demo's entries."""
    target = folder / "parcels" / "ledger"
    target.mkdir()
    shutil.copy(SETUP, target)
    for path in (ROOT / "parcels" / "policies").glob("*.yaml"):
        shutil.copy(path, folder / "parcels" / "policies")
    for path in SETUP.parent.glob("*.csv") if seed else ():
        shutil.copy(path, target)
    return folder
