"""What the occupants of a parcel yield (产出效益, LEL-05, LEL-06); enterprise figures shared down (企业口径分摊)."""

from __future__ import annotations

from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from gisapp.context import Context, NotLoadedError
from gisapp.context.economy import Economy
from gisapp.format import iso_date
from gisapp.indicators.building import building_coefficient, far
from gisapp.indicators.permu import scores
from gisapp.indicators.permurules import GRADES, OWN_CITY, rules_of
from gisapp.indicators.registry import indicator, missing_note, partly_known

FloatArray = npt.NDArray[np.float64]
SHARED_DOWN: Final = "企业口径分摊到地块"
COMPUTED: Final = "等级为本平台测算，未经公布"
MIN_REFERENCE: Final = 5
_TERMS: Final = {
    "far": "容积率",
    "bcr": "建筑系数",
    "tax": "亩均税收",
    "output": "亩均产值",
    "jobs": "每公顷就业",
}


def _on_parcels(parcels: gpd.GeoDataFrame, by_parcel: pd.Series) -> pd.Series:
    """Return a figure by parcel_id on the parcels' own index, marked as shared down."""
    found = by_parcel.reindex(parcels["parcel_id"])
    out = found.set_axis(parcels.index)
    out.attrs["note"] = SHARED_DOWN
    return out


def _by_parcel(context: Context, years: int, figure: str) -> pd.Series:
    """Return an enterprise figure by parcel_id, worked out once: reference sets ask for it again."""
    key = ("shared-down", figure, str(years), str(context.as_of.year))
    return context.of_fabric(key, lambda: context.economy(years).by_parcel(figure))


@indicator("tax_per_mu", unit="万元/亩", title="亩均税收", en="Tax per mu")
def tax_per_mu(parcels: gpd.GeoDataFrame, context: Context, *, years: float) -> pd.Series:
    """Return the occupants' mean yearly tax over all land that they use (亩均税收) [万元/亩]."""
    return _on_parcels(parcels, _by_parcel(context, int(years), "tax_per_mu"))


@indicator("output_per_mu", unit="万元/亩", title="亩均产值", en="Output per mu")
def output_per_mu(parcels: gpd.GeoDataFrame, context: Context, *, years: float) -> pd.Series:
    """Return the occupants' mean yearly output over all land that they use (亩均产值) [万元/亩]."""
    return _on_parcels(parcels, _by_parcel(context, int(years), "output_per_mu"))


@indicator("employment_per_ha", unit="1/ha", title="每公顷就业", en="Employment per hectare")
def employment_per_ha(parcels: gpd.GeoDataFrame, context: Context, *, years: float) -> pd.Series:
    """Return the occupants' employees per hectare of the land that they use (地均就业) [1/ha]."""
    return _on_parcels(parcels, _by_parcel(context, int(years), "jobs_per_ha"))


@indicator(
    "tax_to_peer_median", unit="1", title="亩均税收与同业中位数之比", en="Tax per mu against the peer median"
)
def tax_to_peer_median(
    parcels: gpd.GeoDataFrame, context: Context, *, years: float, min_peers: float
) -> pd.Series:
    """Return tax per mu ÷ the median of the same industry in the park, else the city (LEL-05) [1].

    The note says how many peers that is, and of which years.
    """

    def to_peers() -> tuple[pd.Series, pd.Series]:
        peers = context.economy(int(years)).to_peer_median("tax_per_mu", min_peers=int(min_peers))
        return peers.by_parcel("to_peer_median"), peers.words_by_parcel("peers")

    key = ("tax-to-peers", str(int(years)), str(int(min_peers)), str(context.as_of.year))
    ratio, peers = context.of_fabric(key, to_peers)
    out = _on_parcels(parcels, ratio)
    said = peers.reindex(parcels["parcel_id"]).set_axis(out.index).where(out.notna())
    period = _period(context, int(years))
    words = {who: f"{SHARED_DOWN}；参照{who}的中位数（{period}）" for who in said.dropna().unique()}
    out.attrs["notes"] = [words.get(who) for who in said]
    return out


def _period(context: Context, years: int) -> str:
    """Return the years whose enterprise figures count (企业数据年份)."""
    last = context.as_of.year - 1
    return f"企业数据 {last} 年" if years == 1 else f"企业数据 {last - years + 1} 至 {last} 年"


@indicator("enterprise_grade", unit="text", title="企业综合评价等级", en="Grade of the enterprise")
def enterprise_grade(parcels: gpd.GeoDataFrame, context: Context) -> pd.Series:
    """Return the grade (A-D) of the occupant with the most land on the parcel (综合评价等级).

    The published grade; where there is none, the one computed by the city's own parameters, if these are loaded (PMR-05).
    The parameters of other cities never stand in.
    """
    official, filled = context.of_fabric(("main-grade", str(context.as_of)), lambda: _main_grades(context))
    out = _on_parcels(parcels, filled)
    before = official.reindex(parcels["parcel_id"]).set_axis(parcels.index)
    computed = (out.notna() & (out != before)).to_numpy(dtype=bool)
    if computed.any():
        out.attrs["notes"] = np.where(computed, f"{SHARED_DOWN}；{COMPUTED}", SHARED_DOWN).tolist()
        out.attrs["status"] = "D"
    return out


def _main_grades(context: Context) -> tuple[pd.Series, pd.Series]:
    """Return the grade by parcel as published, and with the gaps of enterprises filled by computed ones."""
    economy = context.economy(1)
    official = economy.main_grade()
    try:
        computed = scores(context, rules_of(context, OWN_CITY)).table["grade"]
    except NotLoadedError:
        return official, official
    graded = computed.where(computed.isin(list(GRADES))).reindex(economy.enterprises.index)
    table = economy.enterprises.assign(grade=economy.enterprises["grade"].fillna(graded))
    return official, Economy(table, economy.links).main_grade()


@indicator(
    "inefficiency_index",
    unit="1",
    title="低效指数",
    en="Inefficiency index",
    reads=("floor_area_m2", "footprint_m2", "use_code"),
)
def inefficiency_index(
    parcels: gpd.GeoDataFrame,
    context: Context,
    *,
    w_far: float,
    w_bcr: float,
    w_tax: float,
    w_output: float,
    w_jobs: float,
    years: float,
) -> pd.Series:
    """Return Σ w·max(0, 1 − x/ref) ÷ Σ w over the known figures (低效指数, LEL-06) [0-1].

    The reference is the median of parcels of the same level-2 use in the park where there are five, else of
    the whole fabric: a fixed statistic of the context. An unknown term lies between 0 and 1, which ``low`` and
    ``high`` bound; NaN if all are unknown. The note says what is missing, and what the reference set is.
    """
    weights = {"far": w_far, "bcr": w_bcr, "tax": w_tax, "output": w_output, "jobs": w_jobs}
    known = np.zeros(len(parcels))
    total = np.zeros(len(parcels))
    values = _figures(parcels, context, int(years))
    references, reference = _references(parcels, context, int(years))
    lacking = []
    references[references == 0.0] = np.nan
    for k, (name, weight) in enumerate(weights.items()):
        shortfall = np.maximum(1.0 - values[name].to_numpy(dtype="float64") / references[:, k], 0.0)
        present = ~np.isnan(shortfall)
        total += np.where(present, weight * np.nan_to_num(shortfall), 0.0)
        known += np.where(present, weight, 0.0)
        lacking.append((_TERMS[name], ~present & (weight > 0)))
    index = np.divide(total, known, out=np.full(len(parcels), np.nan), where=known > 0)
    out = pd.Series(index, index=parcels.index)
    whole = sum(weights.values()) or 1.0
    out.attrs |= partly_known(low=total / whole, high=(total + whole - known) / whole, known=known / whole)
    out.attrs["notes"] = [
        "；".join(filter(None, said)) or None for said in zip(missing_note(lacking), reference, strict=True)
    ]
    return out


def _figures(parcels: gpd.GeoDataFrame, context: Context, years: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "far": far(parcels, context),
            "bcr": building_coefficient(parcels, context),
            "tax": tax_per_mu(parcels, context, years=years),
            "output": output_per_mu(parcels, context, years=years),
            "jobs": employment_per_ha(parcels, context, years=years),
        },
        index=parcels.index,
    )


def _references(
    parcels: gpd.GeoDataFrame, context: Context, years: int
) -> tuple[FloatArray, list[str | None]]:
    """Return for each parcel the medians of its reference set, from the whole fabric, shape (n, terms), and which it is."""
    year = str(context.as_of.year)
    table = context.of_fabric(("reference", str(years), year), lambda: _reference_table(context, years))
    parks = context.parks_of_fabric().reindex(parcels["parcel_id"]).to_numpy(dtype=object)
    uses = parcels["use_code"].astype("object").str[:4].to_numpy(dtype=object)
    rows = table.row_of
    own = np.array([rows.get(key, -1) for key in zip(parks, uses, strict=True)], dtype=np.intp)
    everywhere = np.array([rows.get(("*", use), -1) for use in uses], dtype=np.intp)
    found = table.values[own]
    medians: FloatArray = np.where(np.isnan(found), table.values[everywhere], found)
    when = f"{_period(context, years)}，地块资料截至{iso_date(context.as_of)}"
    sets, inverse = np.unique(np.column_stack([own, everywhere]), axis=0, return_inverse=True)
    words = [_reference_words(table, int(near), int(all_), when) for near, all_ in sets]
    return medians, [words[place] for place in inverse.reshape(-1)]


def _reference_words(table: _ReferenceTable, own: int, everywhere: int, when: str) -> str | None:
    """Return the reference set in words (参照集): how many parcels, where, and of which date."""
    if everywhere < 0:
        return None
    given = ~np.isnan(table.values[own])
    all_ = f"全部同类用地 {table.counts[everywhere]} 宗"
    near = f"本园区同类用地 {table.counts[own]} 宗"
    return f"参照{near if given.all() else near + '、' + all_ if given.any() else all_}的中位数（{when}）"


class _ReferenceTable(NamedTuple):
    """Medians of the figures by (park, level-2 use); the last row is missing throughout."""

    row_of: dict[tuple[str, str], int]
    values: FloatArray
    counts: npt.NDArray[np.intp]


def _reference_table(context: Context, years: int) -> _ReferenceTable:
    """Return medians by (park, level-2 use), with park ``*`` for the whole fabric."""
    fabric = context.fabric
    figures = _figures(fabric, context, years)
    park = fabric["parcel_id"].map(context.parks_of_fabric())
    use = fabric["use_code"].astype("object").str[:4]
    groups = figures.groupby([park, use])
    in_park = groups.median().where(groups.count() >= MIN_REFERENCE)
    all_ = figures.groupby([pd.Series("*", index=fabric.index), use])
    medians, counts = pd.concat([in_park, all_.median()]), pd.concat([groups.size(), all_.size()])
    missing = np.full((1, len(_TERMS)), np.nan)
    rows = {(str(park), str(use)): row for row, (park, use) in enumerate(medians.index)}
    values = np.vstack([medians[list(_TERMS)].to_numpy(dtype="float64"), missing])
    return _ReferenceTable(rows, values, np.append(counts.to_numpy(dtype=np.intp), 0))
