"""A tiny workspace with tables of standard land, written as real files: six squares of about one hectare."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import yaml

from gisapp.app import Workspace
from gisapp.evaluation.measure import prepare
from gisapp.indicators import REGISTRY

ROOT = Path(__file__).resolve().parent.parent
FIELDS = (
    "industry_code", "industry_edition", "supplied_on", "started_on", "x_completed_on", "x_support_gfa_share",
    "x_support_land_share", "fixed_asset_investment_incl_land_10k",
)  # fmt: skip
PLACE = {"region": "苏南", "city": "南京市"}
CONTROLS = "id,level,region,park,indicator,industry_system,industry_code,land_grade,standard_factory,op,value,unit,document,effective_from,effective_to,status"
CONTRACTS = (
    "parcel_id,kind,document,signed_on,industry_code,industry_system,far,investment_10k_per_mu,tax_10k_per_mu"
)


def tables(tiny: Path, **csv: str) -> Path:
    """Write tables by id as CSV text with a provenance each, and the catalogue that declares them."""
    folder = tiny / "parcels" / "tables"
    folder.mkdir(exist_ok=True)
    shutil.copyfile(ROOT / "parcels" / "tables" / "catalog.yaml", folder / "catalog.yaml")
    shutil.copyfile(
        ROOT / "parcels" / "codes" / "industry_editions.csv",
        tiny / "parcels" / "codes" / "industry_editions.csv",
    )
    for name, text in csv.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        (folder / f"{name}.yaml").write_text("{provider: 示例局, as_of: 2026-01-01}", encoding="utf-8")
    return tiny


def with_park_id(tiny: Path) -> Path:
    """Let the park of the tiny workspace, which covers P0 to P2, be called by an id."""
    path = tiny / "layers" / "catalog.yaml"
    catalog = yaml.safe_load(path.read_text(encoding="utf-8"))
    park = next(layer for layer in catalog["layers"] if layer["id"] == "park")
    park["fields"] = {"name": "name", "id": "kind"}
    path.write_text(yaml.safe_dump(catalog, allow_unicode=True), encoding="utf-8")
    return tiny


def measured(
    tiny: Path,
    indicator: str,
    *,
    as_of: date = date(2026, 6, 30),
    columns: dict[str, list[object]] | None = None,
    **params: object,
) -> pd.Series:
    """Return an indicator over P0 to P5 by id, with `columns` set and all other fields of standard land missing."""
    workspace = Workspace(tiny)
    context = workspace.context().at(as_of)
    given = columns or {}
    blank: dict[str, list[object]] = {name: [None] * 6 for name in FIELDS}
    own = {name: pd.Series(values, dtype="object") for name, values in (blank | given).items()}
    prepared = prepare(workspace.parcels.assign(**own), context)
    out: pd.Series = REGISTRY[indicator].compute(prepared, context, **params)
    return out.set_axis(prepared["parcel_id"])
