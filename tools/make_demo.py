"""Write the synthetic Jiangbei demo workspace: layers/ and parcels/ (生成示例工作区)."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools.demo import boundary, ledger, parkstats, planted, redevelop, save, standard, town  # noqa: E402  (the repository root must be on the path first)

PLANTED = "Planted cases with known outcomes (预置案例): the golden tests of the rules."
TEXTS = {"enterprise_id": str, "parcel_id": str, "industry_code": str, "grade": str}
_ENTERPRISE_COLUMNS = [
    "enterprise_id",
    "name",
    "industry_code",
    "industry_edition",
    "year",
    "tax_10k",
    "output_10k",
    "energy_tce",
    "employees",
    "rd_10k",
    "produced_since",
    "grade",
]


def make(out: Path, scale: float = 1.0) -> dict[str, int]:
    """Write the demo workspace (示例工作区) into `out` and return its counts.

    Parameters
    ----------
    out
        Folder that receives layers/ and parcels/.
    scale
        1 for the committed demo; 10 for about ten times the parcels.

    Returns
    -------
    counts
        Rows by table and layer.
    """
    world = town.build(scale)
    cases = planted.plant(world, scale)
    town.finish(world)
    cases["topology"] = planted.break_topology(world)
    _static(out)
    fields = yaml.safe_load((ROOT / "parcels/schema.yaml").read_text(encoding="utf-8"))["fields"]
    save.parcels(world.parcels, fields, out / "parcels/demo/parcels.parquet")
    save.table(world.firms.enterprises[_ENTERPRISE_COLUMNS], out / "parcels/enterprises.csv")
    save.table(world.firms.occupancy, out / "parcels/occupancy.csv")
    ledgers(out)
    for name, rows in world.layers.items():
        save.vector(rows, out / f"layers/data/{name}.fgb")
    save.rasters(world.terrain, out / "layers/data")
    subjects(out, world.layers["park"], cases)
    standard.write(out)
    redevelop.write(out)
    optimisation(out, world.layers)
    counts = {name: len(rows) for name, rows in world.layers.items()}
    return {"parcels": len(world.parcels), "planted": len(cases["cases"]), **counts}


def ledgers(out: Path) -> None:
    """Write the synthetic ledgers (合成台账) into `out`."""
    for name, rows in (
        ("projects", ledger.projects()),
        ("entries", ledger.entries()),
        ("transfers", ledger.transfers()),
    ):
        save.table(rows, out / f"parcels/ledger/{name}.csv")


def optimisation(out: Path, layers: dict[str, list[dict[str, Any]]]) -> None:
    """Write grades of cultivated land and quotas of the boundary, and plant the cases of the rulebook `udb`."""
    save.vector(boundary.grades(), out / "layers/data/cultivated_grade.fgb")
    quotas = boundary.quotas(layers)
    for name, table in (("udb_quota", quotas), ("udb_increments", boundary.increments(quotas))):
        save.table(table, out / f"parcels/tables/{name}.csv")
        save.document(boundary.PROVENANCE, out / f"parcels/tables/{name}.yaml")
    path = out / "parcels/demo/planted.yaml"
    planted_ = yaml.safe_load(path.read_text(encoding="utf-8"))
    taken = {case["parcel_id"] for case in planted_["cases"]}
    parcels = gpd.read_parquet(out / "parcels/demo/parcels.parquet")
    planted_["cases"] += boundary.cases(parcels, layers, taken)
    save.document(planted_, path, PLANTED)


def subjects(out: Path, parks: list[dict[str, Any]], cases: dict[str, Any]) -> None:
    """Write the statistics of the parks, and the planted parks and enterprises beside the planted parcels."""
    parcels = gpd.read_parquet(out / "parcels/demo/parcels.parquet")
    save.table(parkstats.statistics(parcels), out / "parcels/tables/park_statistics.csv")
    save.document(parkstats.PROVENANCE, out / "parcels/tables/park_statistics.yaml")
    tables = (pd.read_csv(out / f"parcels/{name}.csv", dtype=TEXTS) for name in ("enterprises", "occupancy"))
    cases |= parkstats.cases(parcels, parks, *tables)
    save.document(cases, out / "parcels/demo/planted.yaml", PLANTED)


def _static(out: Path) -> None:
    """Copy the hand-kept files of the two data folders when writing elsewhere."""
    if out.resolve() == ROOT:
        return
    for name in (
        "layers/catalog.yaml",
        "parcels/schema.yaml",
        "layers/README.md",
        "parcels/README.md",
        "parcels/ledger/ledger.yaml",
    ):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, out / name)
    for folder in ("codes", "policies", "rulebooks", "tables"):
        if (ROOT / "parcels" / folder).exists():
            shutil.copytree(ROOT / "parcels" / folder, out / "parcels" / folder, dirs_exist_ok=True)


def main() -> None:
    """Parse the command line and write the workspace."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="10 gives about ten times the parcels")
    parser.add_argument("--out", type=Path, default=ROOT, help="folder to write to (default: the repository)")
    options = parser.parse_args()
    for name, count in make(options.out, options.scale).items():
        print(f"{name:18} {count:>7}")


if __name__ == "__main__":
    main()
