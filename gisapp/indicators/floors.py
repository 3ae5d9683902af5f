"""Floor area by use (分用途建筑面积): what a parcel mainly is, whether it is mixed, research share (MIX-01, MIX-04)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from gisapp.context import Context
from gisapp.indicators.mix import INDUSTRY, in_park
from gisapp.indicators.registry import indicator
from gisapp.model.codes import has_prefix

TABLE: Final = "floor_use"
RESEARCH: Final = ("0802",)
LEVEL_TWO: Final = 4
NOT_THERE: Final = "分用途建筑面积未登记"
NO_AREA: Final = "有用途未填建筑面积"


class Mix(NamedTuple):
    """What the floors of one parcel come to (用途构成): the primary use, whether mixed, the research share, or why not."""

    primary: str | None
    mixed: str | None
    research: float
    why: str | None


UNKNOWN: Final = Mix(None, None, float("nan"), NOT_THERE)


class Floor(NamedTuple):
    """Floor area of one use on a parcel (分用途建筑面积); `support` is ancillary floor, 配套."""

    code: str
    area: float
    support: bool


def mix_of(floors: Sequence[Floor], *, min_share: float, support_cap: float) -> Mix:
    """Return what the floors of one parcel come to (MIX-01).

    Support floor of an industrial parcel is left out up to `support_cap` of all floor; what goes beyond counts under
    its own code. Mixed if two level-2 codes or more each have at least `min_share` of what is left.
    """
    total = math.fsum(floor.area for floor in floors)
    if math.isnan(total) or total <= 0:
        return UNKNOWN._replace(why=NO_AREA)
    own = [floor for floor in floors if not floor.support]
    research = math.fsum(floor.area for floor in own if has_prefix(floor.code, RESEARCH)) / total
    primary = _largest(own)
    if primary is None:
        return UNKNOWN._replace(research=research, why="最大的用途不止一类，主用途须人工确定")
    aside = math.fsum(floor.area for floor in floors if floor.support)
    left = max(0.0, 1.0 - support_cap * total / aside) if aside and has_prefix(primary, INDUSTRY) else 1.0
    counted = [floor._replace(area=floor.area * left) if floor.support else floor for floor in floors]
    if any(len(floor.code) < LEVEL_TWO for floor in counted if floor.area > 0):
        return Mix(primary, None, research, "有用途代码不到二级类，不能判定是否混合")
    sums = _sums((floor.code[:LEVEL_TWO], floor.area) for floor in counted)
    whole = math.fsum(sums.values())
    shares = {code: area / whole for code, area in sorted(sums.items()) if area > 0}
    mixed = sum(share >= min_share for share in shares.values()) > 1
    listed = sorted(shares.items(), key=lambda item: -item[1])
    text = "，".join(f"{code} {100 * share:.1f} %" for code, share in listed)
    return Mix(primary, "mixed" if mixed else "single", research, text)


def _sums(pairs: Iterable[tuple[str, float]]) -> dict[str, float]:
    out: dict[str, float] = {}
    for code, area in pairs:
        out[code] = out.get(code, 0.0) + area
    return out


def _largest(floors: Sequence[Floor]) -> str | None:
    """Return the use with the most floor, None where there is none or two are equal."""
    sums = _sums((floor.code, floor.area) for floor in floors)
    most = max(sums.values(), default=0.0)
    first = [code for code, area in sums.items() if area == most]
    return first[0] if most > 0 and len(first) == 1 else None


def floors_of(table: pd.DataFrame) -> dict[str, list[Floor]]:
    """Return the floors of each parcel of the declared table; support that is not stated is none."""
    out: dict[str, list[Floor]] = {}
    columns = (table[name].tolist() for name in ("parcel_id", "use_code", "gfa_m2", "support"))
    for id_, code, area, support in zip(*columns, strict=True):
        out.setdefault(str(id_), []).append(Floor(str(code), float(area), support is True))
    return out


def _mixes(context: Context, min_share: float, support_cap: float) -> dict[str, Mix]:
    key = (TABLE, "mixes", str(min_share), str(support_cap))
    return context.cached(
        key,
        lambda: {
            id_: mix_of(floors, min_share=min_share, support_cap=support_cap)
            for id_, floors in floors_of(context.table(TABLE)).items()
        },
    )


def _of_parcels(
    parcels: gpd.GeoDataFrame, context: Context, *, min_share: float, cap: float, cap_park: float
) -> list[Mix]:
    alone, pooled = _mixes(context, min_share, cap), _mixes(context, min_share, cap_park)
    park = in_park(parcels, context) == 1.0 if context.has("park") else pd.Series(False, index=parcels.index)
    return [
        (pooled if inside else alone).get(id_, UNKNOWN)
        for id_, inside in zip(parcels["parcel_id"], park, strict=True)
    ]


def _column(parcels: gpd.GeoDataFrame, found: list[Mix], pick: Callable[[Mix], object]) -> pd.Series:
    out = pd.Series([pick(mix) for mix in found], index=parcels.index, dtype="object")
    out.attrs["notes"] = [mix.why for mix in found]
    out.attrs["status"] = "D"
    return out


@indicator("mixed_state", unit="text", title="混合用地（按建筑面积）", en="Mixed by floor area")
def mixed_state(
    parcels: gpd.GeoDataFrame,
    context: Context,
    *,
    min_share: float,
    support_cap: float,
    support_cap_park: float,
) -> pd.Series:
    """Return mixed or single by the declared floors (混合比例, MIX-01); None where they are not all known."""
    found = _of_parcels(parcels, context, min_share=min_share, cap=support_cap, cap_park=support_cap_park)
    return _column(parcels, found, lambda mix: mix.mixed)


@indicator(
    "primary_use", unit="code", title="主用途（按建筑面积）", en="Primary use by floor area", national=True
)
def primary_use(
    parcels: gpd.GeoDataFrame,
    context: Context,
    *,
    min_share: float,
    support_cap: float,
    support_cap_park: float,
) -> pd.Series:
    """Return the use with the most floor, support left out (主用途, MIX-01); None where two are equal."""
    found = _of_parcels(parcels, context, min_share=min_share, cap=support_cap, cap_park=support_cap_park)
    return _column(parcels, found, lambda mix: mix.primary)


@indicator("research_floor_share", unit="1", title="研发中试建筑面积占比", en="Research share of floor area")
def research_floor_share(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return research, test and pilot floor ÷ all floor, support apart (研发中试, MIX-04) [1]."""
    found = _mixes(context, 1.0, 1.0)
    mixes = [found.get(id_, UNKNOWN) for id_ in parcels["parcel_id"]]
    out = pd.Series([mix.research for mix in mixes], index=parcels.index, dtype="float64")
    out.attrs["notes"] = [(mix.why or NOT_THERE) if np.isnan(mix.research) else None for mix in mixes]
    return out
