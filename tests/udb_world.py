"""A boundary that can be checked by hand: 10 × 10 squares of 100 m, two strips beside it, fields to the north."""

from __future__ import annotations

import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely
import yaml

from tests.tiny import CRS, rectangle, write_tiny_workspace

ROOT = Path(__file__).resolve().parent.parent
LAYERS = {
    "udb": ("udb", {"zone": "GHFQMC"}),
    "district": ("district", {"name": "XZQMC", "code": "XZQDM"}),
    "land_class": ("land_class", {"dlbm": "DLBM"}),
    "cultivated_grade": ("cultivated_grade", {"grade": "GDZLDB", "scheme": "DBTX"}),
    "farmland": ("farmland", {"id": "YJJBNTTBBH"}),
    "redline": ("redline", {"name": "MC"}),
}


def frames() -> dict[str, gpd.GeoDataFrame]:
    """Return the layers.

    Boundary x 0-10, y 0-10 concentrated, 10-12 elastic, 12-14 special. Counties meet at x = 20. Cultivated: y 10-20
    over x 0-20 (grade 5 west of 10, 3 east of it), and inside the boundary x 0-4, y 0-2 (grade 4, then 6).
    """
    fields = [rectangle(0, 10, 20, 10), rectangle(0, 0, 4, 2)]
    rest = shapely.difference(rectangle(-50, -50, 130, 130), shapely.union_all(fields))
    rows: dict[str, list[dict[str, object]]] = {
        "udb": [
            {"GHFQMC": "城镇集中建设区", "geometry": rectangle(0, 0, 10, 10)},
            {"GHFQMC": "城镇弹性发展区", "geometry": rectangle(10, 0, 2, 10)},
            {"GHFQMC": "特别用途区", "geometry": rectangle(12, 0, 2, 10)},
        ],
        "district": [
            {"XZQMC": "甲县", "XZQDM": "320111", "geometry": rectangle(-50, -50, 70, 130)},
            {"XZQMC": "乙县", "XZQDM": "320116", "geometry": rectangle(20, -50, 60, 130)},
        ],
        "land_class": [
            {"DLBM": "0101", "geometry": fields[0]},
            {"DLBM": "0103", "geometry": fields[1]},
            {"DLBM": "0301", "geometry": rest},
        ],
        "cultivated_grade": [
            {"GDZLDB": 5.0, "DBTX": "国家利用等", "geometry": rectangle(0, 10, 10, 10)},
            {"GDZLDB": 3.0, "DBTX": "国家利用等", "geometry": rectangle(10, 10, 10, 10)},
            {"GDZLDB": 4.0, "DBTX": "国家利用等", "geometry": rectangle(0, 0, 2, 2)},
            {"GDZLDB": 6.0, "DBTX": "国家利用等", "geometry": rectangle(2, 0, 2, 2)},
        ],
        "farmland": [{"YJJBNTTBBH": "1", "geometry": rectangle(15, 15, 2, 2)}],
        "redline": [{"MC": "示例红线", "geometry": rectangle(0, 25, 2, 2)}],
    }
    return {name: gpd.GeoDataFrame(own, geometry="geometry", crs=CRS) for name, own in rows.items()}


def write_world(
    folder: Path, *, without: tuple[str, ...] = (), fields: dict[str, dict[str, str]] | None = None
) -> Path:
    """Write the workspace, leaving out the layers in `without`, and return its folder."""
    write_tiny_workspace(folder)
    shutil.rmtree(folder / "layers" / "data", ignore_errors=True)
    (folder / "layers" / "data").mkdir(parents=True)
    path = folder / "layers" / "catalog.yaml"
    catalog = yaml.safe_load(path.read_text(encoding="utf-8"))
    listed = {name: frame for name, frame in frames().items() if name not in without}
    mapped = {name: (fields or {}).get(name, LAYERS[name][1]) for name in listed}
    catalog["layers"] = [_entry(name, mapped[name], catalog["layers"][0]) for name in listed]
    path.write_text(yaml.safe_dump(catalog, allow_unicode=True), encoding="utf-8")
    for name, frame in listed.items():
        columns = dict(zip(LAYERS[name][1].values(), mapped[name].values(), strict=True))
        frame.rename(columns=columns).to_file(folder / f"layers/data/{name}.gpkg", driver="GPKG")
    for name in ("policies", "rulebooks"):
        shutil.rmtree(folder / "parcels" / name)
        shutil.copytree(ROOT / "parcels" / name, folder / "parcels" / name)
    (folder / "parcels" / "tables").mkdir()
    for name in ("catalog.yaml", "udb_cases.csv", "udb_cases.yaml"):
        shutil.copy2(ROOT / "parcels/tables" / name, folder / "parcels/tables" / name)
    return folder


def _entry(name: str, fields: dict[str, str], like: dict[str, object]) -> dict[str, object]:
    return {
        **{key: like[key] for key in ("group", "crs", "authority", "licence")},
        "id": name,
        "title": {"zh": name},
        "kind": "polygon",
        "role": LAYERS[name][0],
        "source": f"data/{name}.gpkg",
        "as_of": "2026-01-01",
        "fields": fields,
    }


def write_table(folder: Path, name: str, rows: list[dict[str, object]]) -> None:
    """Write a declared table with its provenance."""
    pd.DataFrame(rows).to_csv(folder / f"parcels/tables/{name}.csv", index=False)
    said = {"provider": "示例", "as_of": "2026-01-01", "status": "D", "synthetic": True}
    (folder / f"parcels/tables/{name}.yaml").write_text(
        yaml.safe_dump(said, allow_unicode=True), encoding="utf-8"
    )
