"""Enterprise figures and their share down to parcels (企业与亩均口径, RULEBOOK 14).

Enterprises are linked many-to-many to parcels. A per-mu figure is the enterprise's total over all land that
it uses; a parcel takes the land-weighted mean of its occupants, and nothing (资料不足) if one occupant's figure
is not known. A parcel that an enterprise's warehouse occupies has the enterprise's figure, never 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gisapp.units import M2_PER_HA, M2_PER_MU


@dataclass(frozen=True)
class Economy:
    """Figures by enterprise, and the links to parcels (企业指标).

    ``enterprises`` is indexed by enterprise_id with ``tax_per_mu``, ``output_per_mu`` [万元/亩], ``jobs_per_ha``
    [1/ha], ``industry`` (code, edition), ``park``, ``grade``. ``links`` has enterprise_id, parcel_id, land_m2.
    """

    enterprises: pd.DataFrame
    links: pd.DataFrame

    @classmethod
    def build(
        cls, yearly: pd.DataFrame, occupancy: pd.DataFrame, parks: pd.Series, *, years: int, before: int
    ) -> Economy:
        """Return the figures from the yearly table, the occupancy table and the park of each parcel."""
        links = _current_links(occupancy, before)
        land = links.groupby("enterprise_id")["land_m2"].sum(min_count=1)
        unknown = links.loc[links["land_m2"].isna(), "enterprise_id"].unique()
        land[land.index.isin(unknown)] = np.nan
        window = yearly[(yearly["year"] >= before - years) & (yearly["year"] < before)]
        totals = window.groupby("enterprise_id")[["tax_10k", "output_10k", "employees"]].mean()
        latest = window.sort_values("year").groupby("enterprise_id").last()
        table = pd.DataFrame(index=totals.index)
        mu = land.reindex(totals.index) / M2_PER_MU
        table["tax_per_mu"] = totals["tax_10k"] / mu
        table["output_per_mu"] = totals["output_10k"] / mu
        table["jobs_per_ha"] = totals["employees"] / (land.reindex(totals.index) / M2_PER_HA)
        edition = latest["industry_edition"].astype("str")
        table["industry"] = edition + ":" + latest["industry_code"].astype("str").str[:2]
        table["grade"] = latest["grade"].reindex(table.index)
        main = links.sort_values(["land_m2", "parcel_id"]).groupby("enterprise_id")["parcel_id"].last()
        table["park"] = main.reindex(table.index).map(parks)
        return cls(table, links)

    def by_parcel(self, column: str) -> pd.Series:
        """Return the land-weighted mean of an enterprise figure per parcel, NaN if one occupant's is unknown."""
        links = self.links.join(self.enterprises[[column]], on="enterprise_id")
        links = links[links["land_m2"].isna() | (links["land_m2"] > 0)]
        weighted = (links[column] * links["land_m2"]).groupby(links["parcel_id"]).sum(min_count=1)
        weight = links["land_m2"].groupby(links["parcel_id"]).sum()
        known = (links[column].notna() & links["land_m2"].notna()).groupby(links["parcel_id"]).all()
        return (weighted / weight).where(known)

    def to_peer_median(self, column: str, *, min_peers: int) -> Economy:
        """Return figures divided by the median of the same industry in the park, or in the city if too few.

        NaN where fewer than `min_peers` enterprises of the industry have the figure anywhere. ``peers`` says of each
        enterprise against whom it is held (同业参照集).
        """
        table = self.enterprises
        in_park = table.groupby(["industry", "park"])[column]
        city = table.groupby("industry")[column]
        near, all_ = in_park.transform("count"), city.transform("count")
        median = in_park.transform("median").where(near >= min_peers)
        fallback = city.transform("median").where(all_ >= min_peers)
        ratio = table[column] / median.fillna(fallback)
        peers = [
            None
            if np.isnan(one)
            else f"本园区同行业 {few:.0f} 家"
            if few >= min_peers
            else f"全部同行业 {many:.0f} 家"
            for one, few, many in zip(ratio, near, all_, strict=True)
        ]
        return Economy(
            table.assign(to_peer_median=ratio, peers=pd.Series(peers, table.index, dtype="object")),
            self.links,
        )

    def words_by_parcel(self, column: str) -> pd.Series:
        """Return what is said of a parcel's occupants, each saying once, joined."""
        links = self.links.join(self.enterprises[[column]], on="enterprise_id").dropna(subset=[column])
        said: pd.Series = links.groupby("parcel_id")[column].agg(
            lambda words: "、".join(dict.fromkeys(words))
        )
        return said

    def main_grade(self) -> pd.Series:
        """Return per parcel the grade of the occupant with the most land there; ties give the weaker grade."""
        links = self.links.join(self.enterprises[["grade"]], on="enterprise_id")
        links = links.sort_values(["land_m2", "grade"], na_position="first")
        return links.groupby("parcel_id").tail(1).set_index("parcel_id")["grade"]


def _current_links(occupancy: pd.DataFrame, before: int) -> pd.DataFrame:
    """Return each enterprise's occupancy in its latest complete year."""
    past = occupancy[occupancy["year"] < before]
    newest = past.groupby("enterprise_id")["year"].transform("max")
    return past[past["year"] == newest]
