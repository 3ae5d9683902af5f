"""Detailed plan: planned use and limits, block by block (详细规划)."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

_CHANGES = {
    "100101": (("0802", 5), ("0902", 3), ("0901", 2), ("070102", 3), ("16", 1), ("110101", 1)),
    "100102": (("100101", 5), ("0802", 3), ("0902", 2), ("070102", 2), ("1401", 1)),
    "100103": (("100102", 4), ("1402", 2), ("0902", 1), ("070102", 1)),
    "110101": (("100101", 3), ("0902", 3), ("0901", 2)),
    "110102": (("100101", 2), ("0902", 2)),
    "0802": (("0902", 4), ("070102", 2), ("100101", 1)),
    "0901": (("0902", 4), ("0702", 2), ("070102", 2)),
    "0902": (("0802", 4), ("070102", 2), ("0901", 2)),
    "120801": (("0902", 3), ("0901", 2)),
    "070103": (("070102", 6), ("0901", 1)),
    "1401": (("1401", 20), ("0902", 1), ("1208", 1)),
    "2301": (("100101", 4), ("070102", 2), ("0802", 2)),
    "0101": (("0101", 5), ("100101", 2), ("1401", 2)),
    "0703": (("0703", 4), ("070102", 4)),
    "0801": (("0902", 1), ("0801", 6)),
}
_RATE = {
    "100101": 0.14,
    "100102": 0.12,
    "100103": 0.05,
    "110101": 0.18,
    "110102": 0.15,
    "0802": 0.09,
    "0901": 0.12,
    "0902": 0.10,
    "120801": 0.15,
    "070103": 0.8,
    "1401": 0.25,
    "2301": 0.9,
    "0101": 0.5,
    "0703": 0.6,
    "0801": 0.3,
}
# plan use prefix: FAR max, height [m], density max, green min.
_LIMITS = {
    "070102": (2.2, 60, 0.25, 0.30),
    "0702": (1.5, 24, 0.40, 0.20),
    "0703": (0.8, 12, 0.40, 0.20),
    "0801": (1.8, 45, 0.35, 0.30),
    "0802": (2.5, 60, 0.40, 0.25),
    "0803": (1.5, 36, 0.40, 0.25),
    "0804": (1.0, 24, 0.30, 0.35),
    "0805": (0.8, 24, 0.40, 0.30),
    "0806": (2.0, 60, 0.35, 0.30),
    "0807": (1.5, 36, 0.35, 0.30),
    "0901": (2.5, 60, 0.50, 0.15),
    "0902": (4.0, 120, 0.45, 0.20),
    "0903": (1.5, 36, 0.45, 0.2),
    "100101": (2.5, 45, 0.55, 0.10),
    "100102": (2.0, 36, 0.55, 0.10),
    "100103": (1.2, 30, 0.50, 0.10),
    "1101": (1.8, 36, 0.60, 0.10),
    "1102": (1.2, 30, 0.55, 0.10),
    "1204": (0.4, 24, 0.30, 0.05),
    "1208": (1.2, 36, 0.45, 0.15),
    "13": (0.8, 24, 0.40, 0.25),
}


def planned_use(parcels: pd.DataFrame, seed: int) -> list[str]:
    """Return the planned use code of each parcel; changes run over whole blocks so that they are coherent."""
    rng = np.random.default_rng(seed)
    decided: dict[tuple[int, str], str] = {}
    out = []
    for block, use, kind in zip(parcels["block"], parcels["use_code"], parcels["kind"], strict=True):
        key = (block, use)
        if key not in decided:
            rate = _RATE.get(use, 0.0) * (
                1.8 if kind in ("housing", "oldtown", "cbd", "station", "fringe") else 0.8
            )
            options = _CHANGES.get(use)
            decided[key] = use
            if options and rng.random() < rate:
                weight = np.array([w for _, w in options], dtype=float)
                decided[key] = options[int(rng.choice(len(options), p=weight / weight.sum()))][0]
        out.append(decided[key])
    return out


def limits(use: str) -> tuple[float, float, float, float] | None:
    """Return (FAR max, height max [m], density max, green min) of a planned use, or None where none is set."""
    for length in (6, 4, 2):
        if use[:length] in _LIMITS:
            return _LIMITS[use[:length]]
    return None


def rows(
    parcels: gpd.GeoDataFrame, planned: list[str], seed: int, alone: dict[str, float]
) -> list[dict[str, Any]]:
    """Return plan rows (详细规划地块): parcels of one block with the same planned use, dissolved.

    `alone` names parcels that are a plan unit of their own, with their FAR limit.
    """
    rng = np.random.default_rng(seed)
    groups: dict[tuple[int, str, str], list[int]] = {}
    for position, (block, use, parcel) in enumerate(
        zip(parcels["block"], planned, parcels["parcel_id"], strict=True)
    ):
        groups.setdefault((int(block), use, parcel if parcel in alone else ""), []).append(position)
    shapes = parcels.geometry.to_numpy()
    unions = {key: shapely.coverage_union_all(shapes[members]) for key, members in groups.items()}
    out = []
    for number, key in enumerate(sorted(groups)):
        limit = limits(key[1])
        far, height, density, green = limit if limit else (None, None, None, None)
        if far is not None:
            far = round(far * float(rng.choice([0.8, 0.9, 1.0, 1.0, 1.1, 1.25])), 2)
        if rng.random() < 0.05:
            far = None
        if key[2]:
            far, height, density, green = alone[key[2]], 45, 0.55, 0.1
        out.append(
            {
                "DKBH": f"JB{number:05d}",
                "YDYHFLDM": key[1],
                "RJL": far,
                "JZXG": height,
                "JZMD": density,
                "LDL": green,
                "PFSJ": f"{2018 + number % 7}-0{1 + number % 9}-15",
                "geometry": unions[key],
            }
        )
    return out
