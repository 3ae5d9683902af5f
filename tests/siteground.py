"""Ground for site checks that can be checked by hand: the tiny workspace with layers under a bureau's own names."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import yaml

from tests.tiny import CRS, X0, Y0, rectangle, square, write_tiny_workspace

HEAD = """\
[属性描述]
格式版本号=1.01版本
数据产生单位=示例
数据产生日期=2026-6-30
坐标系=2000国家大地坐标系
几度分带=3
投影类型=高斯克吕格
计量单位=米
带号=40
精度=0.001
转换参数=,,,,,,
[地块坐标]
"""

BOOK = """\
id: siting
edition: 2026-03
effective: {from: 2026-03-01, to: null}
title: {zh: 选址, en: Siting}
rules:
- {id: UDB-02, kind: gate, role: must, title: {zh: 位于集中建设区}, indicator: udb_state,
   params: {tolerance_share: 0.001, tolerance_m2: 10}, op: "==", value: conform, unit: text, clause: default/1, basis: standard, status: D}
- {id: UDB-06, kind: gate, role: condition, title: {zh: 位于边界外}, indicator: udb_state,
   params: {tolerance_share: 0.001, tolerance_m2: 10}, op: "==", value: outside, unit: text, clause: default/1, basis: law, status: D}
- {id: UDB-03-redline, kind: gate, role: prohibit, title: {zh: 生态保护红线}, indicator: redline_area, op: ">", value: 0, unit: m2,
   unknown_between: [0, 1], clause: default/1, basis: law, status: M}
- {id: TRN-04, kind: gate, role: condition, title: {zh: 轨道保护区}, indicator: metro_protection_area, op: ">", value: 0, unit: m2,
   clause: default/1, basis: law, status: V}
- {id: MIX-21, kind: gate, role: condition, title: {zh: 个人风险}, indicator: individual_risk, op: ">=", value: 0.0000003, unit: 1/year,
   clause: default/1, basis: standard, status: M}
- {id: MIX-22, kind: gate, role: prohibit, title: {zh: 沿江一公里}, indicator: river_distance, op: "<", value: 1000, unit: m,
   clause: default/1, basis: law, status: M}
"""


def write_site_workspace(folder, *, without=(), empty=()):
    """Write the tiny workspace with land classes, a metro zone and owners; layers are renamed, roles stay."""
    write_tiny_workspace(folder)
    more = {
        "dltb": ("land_class", {"dlbm": "DLBM", "name": "DLMC"}, _land_classes()),
        "ditie": ("metro_protection", {"line": "line", "kind": "kind", "certain": "certain"}, _metro()),
        "xianjie": (
            None,
            {"name": "MC"},
            gpd.GeoDataFrame({"MC": ["甲县"]}, geometry=[rectangle(-9, -9, 40, 40)], crs=CRS),
        ),
    }
    path = folder / "layers" / "catalog.yaml"
    catalog = yaml.safe_load(path.read_text(encoding="utf-8"))
    names = {"farmland": "jbnt", "udb": "czkfbj"}
    for layer in catalog["layers"]:
        layer["id"] = names.get(layer["id"], layer["id"])
    for name, (role, fields, frame) in more.items():
        frame.to_file(folder / "layers" / "data" / f"{name}.fgb", driver="FlatGeobuf")
        entry = {
            "id": name, "title": {"zh": name}, "group": "all", "kind": "polygon", "source": f"data/{name}.fgb", "crs": CRS,
            "authority": "示例局", "as_of": "2025-12-31", "licence": "测试", "role": role, "fields": fields,
        }  # fmt: skip
        catalog["layers"].append(entry)
    catalog["layers"] = [layer for layer in catalog["layers"] if layer["role"] not in without]
    for layer in catalog["layers"]:
        if layer["role"] in empty:
            file = folder / "layers" / layer["source"]
            gpd.read_file(file).iloc[:0].to_file(file, driver="FlatGeobuf")
    path.write_text(yaml.safe_dump(catalog, allow_unicode=True), encoding="utf-8")
    (folder / "parcels" / "rulebooks" / "siting.yaml").write_text(BOOK, encoding="utf-8")
    _owners(folder)
    return folder


def _land_classes():
    """Return 水田 over columns 0-2, 工业用地 over 2-3.5; nothing beyond."""
    rows = [("0102", "水浇地", rectangle(0, 0, 2, 1)), ("0601", "工业用地", rectangle(2, 0, 1.5, 1))]
    return gpd.GeoDataFrame(
        {"DLBM": [r[0] for r in rows], "DLMC": [r[1] for r in rows]}, geometry=[r[2] for r in rows], crs=CRS
    )


def _metro():
    rows = [
        ("1号线", "underground_50", True, rectangle(0, 0, 0.2, 1)),
        ("2号线", "elevated_30", False, rectangle(5, 0, 0.2, 1)),
    ]
    return gpd.GeoDataFrame(
        {"line": [r[0] for r in rows], "kind": [r[1] for r in rows], "certain": [r[2] for r in rows]},
        geometry=[r[3] for r in rows],
        crs=CRS,
    )


def _owners(folder):
    parcels = gpd.read_parquet(folder / "parcels" / "parcels.parquet")
    kinds = ["state", "state", "collective", None, "state", "state"]
    parcels = parcels.assign(
        owner_kind=kinds, registered_area_m2=[9_990.0, np.nan, 10_000.0, 10_000.0, 10_000.0, 10_000.0]
    )
    parcels.to_parquet(folder / "parcels" / "parcels.parquet")
    schema = folder / "parcels" / "schema.yaml"
    fields = yaml.safe_load(schema.read_text(encoding="utf-8"))
    for name, dtype in (("owner_kind", "str"), ("registered_area_m2", "float")):
        fields["fields"].append({"name": name, "title": {"zh": name}, "dtype": dtype, "required": False})
    schema.write_text(yaml.safe_dump(fields), encoding="utf-8")


def ring(column, row, wide, high):
    """Return the corners of a rectangle in steps of 100 m as (east, north), closed."""
    x, y = X0 + 100 * column, Y0 + 100 * row
    out = [(x, y), (x + 100 * wide, y), (x + 100 * wide, y + 100 * high), (x, y + 100 * high)]
    return [*out, out[0]]


def plot(name, *rings, count=None, area="", use="", zone=40):
    """Return the lines of one parcel of a boundary-point TXT."""
    total = sum(map(len, rings)) if count is None else count
    lines = [f"{total},{area},{name},{name},面,,{use},,@"]
    for number, corners in enumerate(rings, start=1):
        for at, (east, north) in enumerate(corners):
            label = f"J{at + 1}" if at < len(corners) - 1 else "J1"
            lines.append(f"{label},{number},{north:.3f},{zone * 1_000_000 + east:.3f}")
    return "\n".join(lines) + "\n"


def write_txt(path, *plots, head=HEAD):
    """Write a boundary-point TXT as bureaus do: GBK, CRLF."""
    path.write_bytes((head + "".join(plots)).replace("\n", "\r\n").encode("gbk"))
    return path


__all__ = ["HEAD", "plot", "ring", "square", "write_site_workspace", "write_txt"]
