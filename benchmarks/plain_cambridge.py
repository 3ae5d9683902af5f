"""The plain side, the Cambridge workspace: every indicator that its two rulebooks read."""

from __future__ import annotations

import numpy as np
import pandas as pd
from plain import (
    Data,
    areas_by,
    ellipsoidal_areas,
    ground_scale,
    main_zone,
    nearest,
    total_in,
    without_overlaps,
)
from plain_rules import judge


def run(data: Data, step, *, with_zonal: bool) -> dict:
    """Columns, verdicts by rule, totals by rulebook; there is no raster and there are no pairs."""
    parcels = data.parcels
    few = next(
        r["params"]["min_parcels"]
        for r in data.books["mixed_use"]["rules"]
        if "min_parcels" in r.get("params", {})
    )
    with step("area"):
        area = ellipsoidal_areas(parcels)
    with step("overlay"):
        zone = main_zone(parcels, areas_by(parcels, data.layers["zoning"], "name"))
        wet = total_in(parcels, areas_by(parcels, without_overlaps(data.layers["wetland"]))) / parcels.area
        green = (
            total_in(parcels, areas_by(parcels, without_overlaps(data.layers["open_space"]))) / parcels.area
        )
    with step("proximity"):
        points = parcels.centroid
        distance = nearest(points, data.layers["station"]) / ground_scale(points)
    with step("attributes"):
        far = parcels["floor_area_m2"] / area
        built = far.where(far > 0).groupby(zone)
        usual = built.transform("median").where(built.transform("count") >= few)
        mixed = (
            (parcels["x_use_count"] > 1).astype("float64").where(parcels["x_use_count"].notna()).groupby(zone)
        )
        land = parcels["x_land_value"]
        columns = {
            "area": area,
            "zone_type": zone,
            "in_wetland_share": wet.clip(upper=1.0),
            "open_space_share": green.clip(upper=1.0),
            "station_distance": distance,
            "improvement_to_land_value": parcels["x_improvement_value"] / land.where(land > 0),
            "built_ratio_to_zone_median": (far / usual).replace([np.inf, -np.inf], np.nan),
            "zone_mixed_share": mixed.transform("mean").where(mixed.transform("count") >= few),
            "use_count": parcels["x_use_count"],
            "building_age": data.day.year - pd.to_numeric(parcels["year_built"]),
        }
    with step("rules"):
        judged = {name: judge(book, columns, data.thresholds) for name, book in data.books.items()}
    return {"columns": columns, "judged": judged, "pairs": None}
