"""The plain side, economy of the demo workspace: enterprise figures shared down to parcels, with pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
from plain import Data

MU_M2, HA_M2 = 10_000 / 15, 10_000.0


def economy(data: Data, columns: dict[str, pd.Series], params: dict) -> dict[str, pd.Series]:
    """Enterprise figures shared down to parcels, peers, and the inefficiency index."""
    ids, park, area = data.parcels["parcel_id"], columns["park"], columns["area"]
    parks = pd.Series(park.to_numpy(), index=ids)
    peer, lower = params["tax_to_peer_median"], params["inefficiency_index"]
    links, firms = _firms(data, parks, int(peer["years"]))
    known = firms["tax"].notna()
    in_park = firms.groupby(["industry", "park"])["tax"].transform("median")
    in_park = in_park.where(
        known.groupby([firms["industry"], firms["park"]]).transform("sum") >= peer["min_peers"]
    )
    city = firms.groupby("industry")["tax"].transform("median")
    city = city.where(known.groupby(firms["industry"]).transform("sum") >= peer["min_peers"])
    firms["peer"] = firms["tax"] / in_park.fillna(city)
    shared = {
        name: _shared(links, firms[name]).reindex(ids).to_numpy()
        for name in ("tax", "output", "jobs", "peer")
    }
    table = pd.DataFrame(
        {
            "far": columns["far"],
            "bcr": columns["building_coefficient"],
            **{k: shared[k] for k in ("tax", "output", "jobs")},
        }
    )
    use = columns["use_code"].str[:4]
    groups = table.groupby([park, use])
    reference = groups.transform("median").where(groups.transform("count") >= 5)
    reference = reference.fillna(table.groupby(use).transform("median")).replace(0.0, np.nan)
    shortfall = (1.0 - table / reference).clip(lower=0.0)
    weight = pd.Series({name: lower[f"w_{name}"] for name in table})
    total = shortfall.notna().mul(weight).sum(axis=1)
    return {
        "tax_to_peer_median": pd.Series(shared["peer"], index=area.index),
        "enterprise_grade": pd.Series(
            _grade(data, parks).reindex(ids).to_numpy(), index=area.index, dtype="object"
        ),
        "inefficiency_index": shortfall.mul(weight).sum(axis=1) / total.where(total > 0),
        "inefficiency_index.known": total / weight.sum(),
    }


def _firms(data: Data, parks: pd.Series, years: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Links of each enterprise's latest complete year, and figures by enterprise."""
    numbers = {"year": "float64", "tax_10k": "float64", "output_10k": "float64", "employees": "float64"}
    yearly = data.tables["enterprises"].astype(numbers)
    links = data.tables["occupancy"].astype({"year": "float64", "land_m2": "float64"})
    links = links[links["year"] < data.day.year]
    links = links[links["year"] == links.groupby("enterprise_id")["year"].transform("max")]
    land = links.groupby("enterprise_id")["land_m2"].agg(lambda s: s.sum(skipna=False))
    window = yearly[(yearly["year"] >= data.day.year - years) & (yearly["year"] < data.day.year)]
    mean = window.groupby("enterprise_id")[["tax_10k", "output_10k", "employees"]].mean()
    last = window.sort_values("year").groupby("enterprise_id").last()
    main = links.sort_values(["land_m2", "parcel_id"]).groupby("enterprise_id")["parcel_id"].last()
    firms = pd.DataFrame(
        {"tax": mean["tax_10k"] / (land / MU_M2), "output": mean["output_10k"] / (land / MU_M2)}
    )
    firms["jobs"] = mean["employees"] / (land / HA_M2)
    firms["industry"] = (
        last["industry_edition"].astype("str") + ":" + last["industry_code"].astype("str").str[:2]
    )
    firms["park"], firms["grade"] = main.reindex(firms.index).map(parks), last["grade"]
    return links, firms.loc[mean.index]


def _shared(links: pd.DataFrame, figure: pd.Series) -> pd.Series:
    """Land-weighted mean of the occupants, missing if one of theirs is."""
    held = links[links["land_m2"].isna() | (links["land_m2"] > 0)]
    held = held.assign(part=held["enterprise_id"].map(figure) * held["land_m2"])
    by = held.groupby("parcel_id")
    mean = by["part"].sum() / by["land_m2"].sum()
    return mean.where(held["part"].notna().groupby(held["parcel_id"]).all())


def _grade(data: Data, parks: pd.Series) -> pd.Series:
    links, firms = _firms(data, parks, 1)
    graded = links.assign(grade=links["enterprise_id"].map(firms["grade"]))
    return (
        graded.sort_values(["land_m2", "grade"], na_position="first")
        .groupby("parcel_id")
        .tail(1)
        .set_index("parcel_id")["grade"]
    )
