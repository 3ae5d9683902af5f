"""Groups of adjacent candidates that can be redeveloped together (连片改造), ranked by gain per right holder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

MOST_MEMBERS: Final = 5
MOST_GROUPS: Final = 20_000
"""Groups looked at from one parcel outwards are cut off here, and the answer says so."""


@dataclass(frozen=True)
class AssemblyRules:
    """What a group must be (连片条件), each a default of ours or a rule's threshold.

    ``min_area_m2`` is the least area of the whole (STD-10: 1.5 ha), ``min_shared_m`` the least length of a common
    boundary, ``most_owners`` the most right holders together.
    """

    min_area_m2: float
    min_shared_m: float = 5.0
    most_owners: float = 6.0
    most_members: int = MOST_MEMBERS


@dataclass(frozen=True)
class Assemblies:
    """The groups that fit (连片组合): one row a group, best first, and whether the search was cut off.

    Columns: ``members`` (parcel ids joined by a semicolon), ``count``, ``area_m2`` (sum of the parcels' own),
    ``owners``, ``gain_m2`` (potential floor area), ``gain_per_owner_m2``, ``small`` (members below the least area,
    which could not be supplied alone), ``rank``.
    """

    table: pd.DataFrame
    cut_off: bool


def assemblies(
    parcels: gpd.GeoDataFrame,
    *,
    area_m2: npt.NDArray[np.float64],
    owners: npt.NDArray[np.float64],
    gain_m2: npt.NDArray[np.float64],
    rules: AssemblyRules,
    most: int = 50,
) -> Assemblies:
    """Return groups of adjacent `parcels` that together pass the least area with few right holders.

    Parameters
    ----------
    parcels
        Candidates only, in a projected CRS, unique ``parcel_id``.
    area_m2, owners, gain_m2
        Shape (n,): ellipsoidal area, number of right holders, potential floor area [m²]. A parcel with an unknown
        number of owners or gain takes part in no group.
    rules
        What a group must be.
    most
        How many groups are kept; of groups that share a parcel only the best stays, so that they can all be done.

    Notes
    -----
    A group is kept only if each member is needed: without any one of them the rest is too small or falls apart.
    """
    known = ~(np.isnan(owners) | np.isnan(gain_m2))
    neighbours = _neighbours(parcels, rules.min_shared_m, known)
    rows, cut_off = [], False
    for members in _groups(
        neighbours, rules.most_members, lambda group: area_m2[group].sum() >= rules.min_area_m2
    ):
        if members is None:
            cut_off = True
            continue
        group = list(members)
        holders = float(owners[group].sum())
        if (
            len(group) < 2
            or holders > rules.most_owners
            or not _all_needed(group, neighbours, area_m2, rules)
        ):
            continue
        gain = float(gain_m2[group].sum())
        if gain > 0:
            rows.append((group, float(area_m2[group].sum()), holders, gain, gain / holders))
    rows.sort(key=lambda row: (-row[4], -row[3], [str(parcels["parcel_id"].iloc[k]) for k in row[0]]))
    return Assemblies(_table(parcels, _disjoint(rows, most), area_m2, rules), cut_off)


def _neighbours(
    parcels: gpd.GeoDataFrame, min_shared_m: float, known: npt.NDArray[np.bool_]
) -> list[list[int]]:
    """Return for each parcel those that share a boundary of at least `min_shared_m` with it."""
    shapes = parcels.geometry.to_numpy()
    tree = shapely.STRtree(shapes)
    a, b = tree.query(shapes, predicate="touches")
    ahead = (a < b) & known[a] & known[b]
    a, b = a[ahead], b[ahead]
    shared = shapely.length(shapely.intersection(shapes[a], shapes[b]))
    out: list[list[int]] = [[] for _ in shapes]
    for left, right in zip(a[shared >= min_shared_m], b[shared >= min_shared_m], strict=True):
        out[left].append(int(right))
        out[right].append(int(left))
    return [sorted(row) for row in out]


def _groups(
    neighbours: Sequence[Sequence[int]], most: int, enough: Callable[[list[int]], bool]
) -> Iterator[tuple[int, ...] | None]:
    """Yield each connected group once, by its least member; it grows only while it is not enough. None marks a cut."""
    for seed in range(len(neighbours)):
        seen = 0
        stack: list[tuple[tuple[int, ...], tuple[int, ...]]] = [
            ((seed,), tuple(n for n in neighbours[seed] if n > seed))
        ]
        while stack:
            group, open_ = stack.pop()
            seen += 1
            if seen > MOST_GROUPS:
                yield None
                break
            if enough(list(group)):
                yield group
                continue
            if len(group) == most:
                continue
            for place, new in enumerate(open_):
                around = {n for member in group for n in neighbours[member]}
                fresh = tuple(n for n in neighbours[new] if n > seed and n not in around and n not in group)
                stack.append(((*group, new), (*open_[place + 1 :], *fresh)))


def _all_needed(
    group: Sequence[int],
    neighbours: Sequence[Sequence[int]],
    area_m2: npt.NDArray[np.float64],
    rules: AssemblyRules,
) -> bool:
    """Return whether no member can be left out with the rest still connected and large enough."""
    for member in group:
        rest = [other for other in group if other != member]
        if area_m2[rest].sum() >= rules.min_area_m2 and _connected(rest, neighbours):
            return False
    return True


def _connected(group: Sequence[int], neighbours: Sequence[Sequence[int]]) -> bool:
    inside, reached, edge = set(group), {group[0]}, [group[0]]
    while edge:
        for other in neighbours[edge.pop()]:
            if other in inside and other not in reached:
                reached.add(other)
                edge.append(other)
    return reached == inside


Row = tuple[list[int], float, float, float, float]


def _disjoint(rows: Sequence[Row], most: int) -> list[Row]:
    """Return the best rows of which no two share a parcel."""
    taken: set[int] = set()
    out = []
    for row in rows:
        if taken.isdisjoint(row[0]):
            taken.update(row[0])
            out.append(row)
        if len(out) == most:
            break
    return out


def _table(
    parcels: gpd.GeoDataFrame, rows: Sequence[Row], area_m2: npt.NDArray[np.float64], rules: AssemblyRules
) -> pd.DataFrame:
    ids = parcels["parcel_id"].to_numpy(dtype=object)
    return pd.DataFrame(
        [
            {
                "rank": rank,
                "members": ";".join(sorted(map(str, ids[group]))),
                "count": len(group),
                "area_m2": area,
                "owners": holders,
                "gain_m2": gain,
                "gain_per_owner_m2": per_owner,
                "small": int((area_m2[group] < rules.min_area_m2).sum()),
            }
            for rank, (group, area, holders, gain, per_owner) in enumerate(rows, start=1)
        ],
        columns=["rank", "members", "count", "area_m2", "owners", "gain_m2", "gain_per_owner_m2", "small"],
    )
