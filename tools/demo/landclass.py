"""Present land class (变更调查地类图斑) and permanent basic farmland, from coherent noise and terrain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from rasterio import features
from rasterio.transform import Affine
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from tools.demo.known import Points, frame_box, plane
from tools.demo.noise import Noise, polygons
from tools.demo.terrain import Terrain
from tools.demo.transit import HUB
from tools.demo.water import Water

Row = dict[str, Any]
NAMES = {
    "0101": "水田",
    "0103": "旱地",
    "0201": "果园",
    "0202": "茶园",
    "0301": "乔木林地",
    "0305": "灌木林地",
    "1104": "坑塘水面",
    "0702": "农村宅基地",
    "0404": "其他草地",
    "1101": "河流水面",
    "0701": "城镇住宅用地",
    "05H1": "商业服务业设施用地",
    "0508": "物流仓储用地",
    "0601": "工业用地",
    "08H1": "机关团体新闻出版用地",
    "08H2": "科教文卫用地",
    "0809": "公用设施用地",
    "0810": "公园与绿地",
    "1005": "交通服务场站用地",
    "1008": "港口码头用地",
    "1201": "空闲地",
    "1106": "内陆滩涂",
}
_CELL = 50.0
_NONE = 255
_RURAL = ("0101", "0103", "0201", "0202", "0301", "0305", "1104", "0702", "0404", "1106")
_URBAN = (
    ("0703", "0702"),
    ("07", "0701"),
    ("0801", "08H1"),
    ("08", "08H2"),
    ("09", "05H1"),
    ("10", "0601"),
    ("11", "0508"),
    ("1204", "1008"),
    ("12", "1005"),
    ("13", "0809"),
    ("14", "0810"),
    ("16", "1201"),
    ("23", "1201"),
    ("0101", "0101"),
    ("0103", "0103"),
    ("03", "0301"),
    ("17", "1104"),
)


def dlbm(use: str) -> str:
    """Return the present land class code of a use code (三调 DLBM)."""
    return next(code for prefix, code in _URBAN if use.startswith(prefix))


def rural(land: BaseGeometry, fabric: BaseGeometry, water: Water, terrain: Terrain) -> list[Row]:
    """Return rural land-class rows outside fabric and water: fields, woods, ponds, villages."""
    west, south, east, north = frame_box()
    nx, ny = int((east - west) / _CELL) + 1, int((north - south) / _CELL) + 1
    grid = Grid(nx, ny, Affine(_CELL, 0.0, west, 0.0, -_CELL, north))
    label = _masked(_painted(grid, water, terrain), grid, shapely.union(land, water.bagua), fabric, water)
    found = [
        (shape(geometry), int(value)) for geometry, value in features.shapes(label, transform=grid.transform)
    ]
    calm = shapely.coverage_simplify(np.array([geometry for geometry, _ in found]), 110.0)
    free = shapely.union_all([shapely.buffer(fabric, 14.0), shapely.buffer(water.all, 12.0)])
    shapely.prepare(free)
    rows = []
    for (_, value), geometry in zip(found, calm, strict=True):
        if value == _NONE:
            continue
        kind, patch = _RURAL[value % 10], value // 10
        clear = shapely.difference(geometry, free) if shapely.intersects(free, geometry) else geometry
        for part in polygons(clear):
            if part.area > 8_000:
                body = shapely.set_precision(part, 0.1)
                rows.append({"DLBM": kind, "DLMC": NAMES[kind], "patch": patch, "geometry": body})
    return rows


@dataclass(frozen=True)
class Grid:
    """Cells of 50 m over the map frame."""

    nx: int
    ny: int
    transform: Affine

    def cells(self) -> Points:
        """Return cell centres [m], row by row, shape (nx·ny, 2)."""
        x = self.transform.c + _CELL * (np.arange(self.nx) + 0.5)
        y = self.transform.f - _CELL * (np.arange(self.ny) + 0.5)
        return np.column_stack([np.tile(x, self.ny), np.repeat(y, self.nx)])

    def burn(self, area: BaseGeometry, *, touched: bool = False) -> npt.NDArray[np.bool_]:
        """Return the cells that an area covers."""
        shape_ = (self.ny, self.nx)
        burnt = features.rasterize(
            [area], shape_, transform=self.transform, all_touched=touched, dtype="uint8"
        )
        return np.asarray(burnt == 1)


def _painted(grid: Grid, water: Water, terrain: Terrain) -> npt.NDArray[np.uint8]:
    cells = grid.cells()
    label = _labels(cells, terrain.at(cells)).reshape(grid.ny, grid.nx).astype(np.uint8)
    # No pond where the hub is to stand.
    dry = np.linalg.norm(cells - plane([HUB])[0], axis=1).reshape(grid.ny, grid.nx) < 1800
    label = np.where(dry & (label == 6), 8, label)
    # Outside the dike there is reed and wood, not rice.
    shore = grid.burn(shapely.buffer(shapely.simplify(water.yangtze, 20), 480))
    label = np.where(shore & (label < 3), np.where(label == 0, 9, 4), label).astype(np.uint8)
    label = features.sieve(label, 56, connectivity=4)
    blocks = 10 * _patches(cells).reshape(grid.ny, grid.nx)
    label = np.where(label < 2, label + blocks, label).astype(np.uint8)
    return np.asarray(features.sieve(label, 40, connectivity=4))


def _masked(
    label: npt.NDArray[np.uint8], grid: Grid, inside: BaseGeometry, fabric: BaseGeometry, water: Water
) -> npt.NDArray[np.uint8]:
    blocked = shapely.union_all([shapely.buffer(fabric, 55.0), shapely.buffer(water.all, 60.0)])
    keep = grid.burn(inside) & ~grid.burn(blocked, touched=True)
    masked = np.where(keep, label, _NONE).astype(np.uint8)
    return np.where(features.sieve(masked, 20) == _NONE, _NONE, masked).astype(np.uint8)


def _labels(cells: Points, height: Points) -> npt.NDArray[np.int64]:
    field, wood, small = (
        Noise(81, 2600.0, 3).at(cells),
        Noise(82, 1900.0, 3).at(cells),
        Noise(83, 1100.0, 2).at(cells),
    )
    label = np.where(field > -0.18, 0, 1)
    label[(field < -0.38)] = 2
    label[(wood > 0.30) & (height > 14)] = 4
    label[(wood < -0.46) & (height > 18)] = 3
    label[(small > 0.50) & (height < 25)] = 7
    label[(small < -0.52) & (height < 16)] = 6
    label[(small < -0.60) & (height >= 16)] = 8
    label[height > 62] = 4
    label[(height > 52) & (height <= 62)] = 5
    return label


def _patches(cells: Points) -> npt.NDArray[np.int64]:
    """Return a field-block number 0-23 per cell: irregular blocks of about a kilometre between ditches and lanes."""
    step = 1150.0
    noise = Noise(84, 700.0, 2), Noise(85, 700.0, 2)
    moved = cells + 170.0 * np.column_stack([noise[0].at(cells), noise[1].at(cells)])
    lattice = np.random.default_rng(86).uniform(-0.36, 0.36, (64, 64, 2))
    base = np.floor(moved / step).astype(int)
    best, owner = np.full(len(cells), np.inf), np.zeros(len(cells), dtype=int)
    for di in (-1, 0, 1):
        for dj in (-1, 0, 1):
            i, j = base[:, 0] + di, base[:, 1] + dj
            seed = (np.column_stack([i, j]) + 0.5 + lattice[i % 64, j % 64]) * step
            distance = ((moved - seed) ** 2).sum(axis=1)
            nearer = distance < best
            best[nearer], owner[nearer] = distance[nearer], ((i * 7 + j * 13) % 24)[nearer]
    return owner


def urban(parcels: gpd.GeoDataFrame) -> list[Row]:
    """Return urban land-class rows: parcels of one block and class, dissolved."""
    shapes = parcels.geometry.to_numpy()
    groups: dict[tuple[int, str], list[int]] = {}
    for position, (block, use) in enumerate(zip(parcels["block"], parcels["use_code"], strict=True)):
        groups.setdefault((int(block), dlbm(use)), []).append(position)
    return [
        {
            "DLBM": code,
            "DLMC": NAMES[code],
            "geometry": shapely.coverage_union_all(shapes[groups[block, code]]),
        }
        for block, code in sorted(groups)
    ]


def farmland(rows: list[Row], excluded: BaseGeometry) -> list[Row]:
    """Return permanent basic farmland (永久基本农田): seven of twelve field blocks, drawn in a little, outside `excluded`."""
    fields = [
        row
        for row in rows
        if row["patch"] % 12 < 7 and row["DLBM"] in ("0101", "0103") and row["geometry"].area > 110_000
    ]
    shapely.prepare(excluded)
    out: list[Row] = []
    for row in fields:
        body: BaseGeometry = shapely.simplify(shapely.buffer(row["geometry"], -18.0, join_style="mitre"), 6.0)
        if shapely.intersects(excluded, body):
            body = shapely.difference(body, excluded)
        for part in polygons(shapely.set_precision(body, 0.1)):
            if part.area > 60_000:
                out.append(
                    {
                        "YJJBNTTBBH": f"3201{len(out) + 1:08d}",
                        "DLBM": row["DLBM"],
                        "DLMC": row["DLMC"],
                        "GDPDJB": "1",
                        "geometry": part,
                    }
                )
    return out
