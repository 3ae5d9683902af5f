"""Standard land of the demo (标准地示例): assessments, contracts, checks and differentiated standards, all synthetic.

Reads what the rest of the demo has written and adds tables and planted cases; parcels and layers stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
import yaml

from tools.demo import save
from tools.demo.records import STD_ITEMS
from tools.demo.standard_cases import Wish, cases, rows_of, settle
from tools.demo.standard_checks import AS_OF, checks, storeys
from tools.demo.standard_levels import standards

Row = dict[str, Any]
SEED: Final = 20261124
BEFORE: Final = ("redevelopment", "mixed_use")
"""Rulebooks whose cases are planted first: their parcels are left alone."""
RENEWED: Final = {
    "smart-mfg": date(2028, 12, 31),
    "gaoxin": date(2028, 6, 30),
    "new-materials": date(2028, 3, 31),
    "biopharma": date(2026, 10, 15),
}
"""Parks whose assessments were all renewed, and until when; in others some are missing, expired or too small."""
PATCHED: Final = "pukou-edz"
"""The park that renewed only what had expired: the rest holds by the older, coarser outline."""


@dataclass(frozen=True)
class Ground:
    """What the demo holds already (已有数据)."""

    parcels: gpd.GeoDataFrame
    promises: gpd.GeoDataFrame
    assessments: gpd.GeoDataFrame
    parks: gpd.GeoDataFrame
    planted: list[Row]
    tables: Path


def write(out: Path) -> dict[str, int]:
    """Write the tables of standard land into `out` and add its planted cases; return the rows of each table."""
    ground = _read(out)
    rng = np.random.default_rng(SEED)
    wishes = settle(_candidates(ground), cases())
    tables = {
        "regional_assessments": _assessments(ground),
        "land_contracts": _contracts(ground, wishes, rng),
        "performance_checks": checks(ground.parcels, ground.promises, wishes, rng),
        "storey_heights": storeys(ground.parcels, wishes),
        "control_indicators": standards(),
    }
    titles = {"control_indicators": "示例产业用地标准"}
    for name, rows in tables.items():
        save.table(pd.DataFrame(rows), out / f"parcels/tables/{name}.csv")
        note = titles.get(name, "示例标准地档案")
        save.document(
            _provenance(note), out / f"parcels/tables/{name}.yaml", "合成示例数据，不得用于任何实际决定。"
        )
    _plant(out, wishes)
    return {name: len(rows) for name, rows in tables.items()}


def _read(out: Path) -> Ground:
    planted = yaml.safe_load((out / "parcels/demo/planted.yaml").read_text(encoding="utf-8"))["cases"]
    layer = {
        name: pyogrio.read_dataframe(out / f"layers/data/{name}.fgb")
        for name in ("standard_land", "assessment", "park", "farmland", "redline")
    }
    parcels = gpd.read_parquet(out / "parcels/demo/parcels.parquet")
    # FlatGeobuf returns features in the order of its spatial index: sort for the same order everywhere.
    for name in ("farmland", "redline"):
        tree = shapely.STRtree(layer[name].geometry.to_numpy())
        hit = np.unique(tree.query(parcels.geometry.to_numpy(), predicate="intersects")[0])
        parcels[name] = False
        parcels.loc[parcels.index[hit], name] = True
    return Ground(
        parcels,
        layer["standard_land"].sort_values("BZDBH").reset_index(drop=True),
        layer["assessment"].sort_values("report_no").reset_index(drop=True),
        layer["park"],
        [case for case in planted if case["rulebook"] in BEFORE],
        out / "parcels/tables",
    )


def _candidates(ground: Ground) -> pd.DataFrame:
    """Return what a planted case may ask of a parcel; parcels of other cases are left out."""
    table = ground.parcels.drop(columns="geometry").copy()
    table["plane_m2"] = shapely.area(ground.parcels.geometry.to_numpy())
    table["promised"] = table["parcel_id"].isin(ground.promises["parcel_id"])
    table["inside"] = _inside(ground)
    return table[~table["parcel_id"].isin({case["parcel_id"] for case in ground.planted})]


def _inside(ground: Ground) -> np.ndarray:
    """Return whether each parcel lies wholly in the outline that its park's older assessments were drawn with."""
    outline = ground.assessments.drop_duplicates("park").set_index("park").geometry
    names = ground.parcels["x_in_park_id"].map(ground.parks.set_index("id")["name"])
    shapes = ground.parcels.geometry.to_numpy()
    drawn = np.array([outline.get(name) for name in names], dtype=object)
    return np.asarray(shapely.covers(drawn, shapes))


def _assessments(ground: Ground) -> list[Row]:
    ids = ground.parks.set_index("name")["id"]
    rows = [
        {
            "report_no": row.report_no,
            "item": row.item,
            "park": ids[row.park],
            "issued_on": row.issued_on,
            "valid_to": row.valid_to,
            "agency": "示例评估单位",
            "note": None,
        }
        for row in ground.assessments.itertuples()
    ]
    held = {(row["park"], row["item"]) for row in rows if row["valid_to"] >= AS_OF.isoformat()}
    for park, until in RENEWED.items():
        rows += [_renewal(park, number, item, until) for number, item in enumerate(STD_ITEMS, start=1)]
    for number, item in enumerate(STD_ITEMS, start=1):
        if (PATCHED, item) not in held:
            rows.append(_renewal(PATCHED, number, item, date(2028, 9, 30)))
    return rows


def _renewal(park: str, number: int, item: str, until: date) -> Row:
    issued = until.replace(year=until.year - 3)
    return {
        "report_no": f"示例续评〔{issued.year}〕{park}-{number:02d}号",
        "item": item,
        "park": park,
        "issued_on": issued.isoformat(),
        "valid_to": until.isoformat(),
        "agency": "示例评估单位",
        "note": "续评，范围为园区全域",
    }


def _contracts(ground: Ground, wishes: list[Wish], rng: np.random.Generator) -> list[Row]:
    edition = ground.parcels.set_index("parcel_id")["industry_edition"]
    rows = {}
    for number, row in enumerate(ground.promises.itertuples(), start=1):
        completion = date.fromisoformat(row.finish_due)
        rows[row.parcel_id] = {
            "parcel_id": row.parcel_id,
            "kind": "contract",
            "document": f"示例出让合同〔{row.signed_on[:4]}〕{number:03d}号",
            "signed_on": row.signed_on,
            "industry_code": row.industry,
            "industry_system": edition[row.parcel_id],
            "far": row.far_min,
            "building_coefficient": float(rng.choice([0.35, 0.4, 0.45])),
            "investment_10k_per_mu": row.invest_min,
            "tax_10k_per_mu": row.tax_min,
            "output_10k_per_mu": row.output_min,
            "value_added_10k_per_tce": float(rng.choice([3.0, 4.5, 6.0])),
            "start_due_on": row.start_due,
            "completion_due_on": row.finish_due,
            "production_due_on": (completion + timedelta(days=180)).isoformat(),
            "target_due_on": row.target_on,
            "promise_letter": "是" if rng.random() < 0.93 else "否",
            "net_land": "是",
            "utilities": "是" if rng.random() < 0.9 else None,
            "standard_factory": "否",
            "decision_document": f"示例纪要〔{row.signed_on[:4]}〕{number}号"
            if row.far_min < 1 and number % 3
            else None,
        }
    for wish in wishes:
        rows.update({key: {**rows.get(key, {}), **row} for key, row in rows_of(wish, "contract").items()})
        for gone in wish.without:
            rows.pop(gone, None)
    columns = list(dict.fromkeys(name for row in rows.values() for name in row))
    return [{name: rows[key].get(name) for name in columns} for key in sorted(rows)]


def _provenance(document: str) -> Row:
    return {
        "provider": "示例数据（合成）",
        "document": document,
        "as_of": AS_OF.isoformat(),
        "status": "D",
        "synthetic": True,
    }


def _plant(out: Path, wishes: list[Wish]) -> None:
    """Put the cases of this rulebook behind those of the others, once."""
    path = out / "parcels/demo/planted.yaml"
    text = path.read_text(encoding="utf-8")
    content = yaml.safe_load(text)
    first = [case for case in content["cases"] if case["rulebook"] in BEFORE]
    later = [case for case in content["cases"] if case["rulebook"] not in (*BEFORE, "standard_land")]
    content["cases"] = [*first, *(wish.entry() for wish in wishes), *later]
    save.document(content, path, text.splitlines()[0].removeprefix("# "))
