"""What an evaluation is about (评价对象): parcels, parks or enterprises, each as a table with one row per subject.

The column ``parcel_id`` holds the subject's id whatever it is, so that measuring, judging and tracing are the same for
all; `id_column` and `table_name` say what it is called where it leaves the program.
"""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from gisapp.context import Context, NotLoadedError
from gisapp.context.parks import parks
from gisapp.errors import InputError, Problem
from gisapp.evaluation.admit import require_subjects
from gisapp.evaluation.measure import prepare
from gisapp.indicators.permu import land_mu
from gisapp.model.rules import Subject
from gisapp.units import M2_PER_MU

TABLES: Final[dict[Subject, str]] = {"parcel": "parcels", "park": "parks", "enterprise": "enterprises"}


def table_name(subject: Subject) -> str:
    """Return what a table of such subjects is called in a run folder."""
    return TABLES[subject]


def id_column(subject: Subject) -> str:
    """Return what the id of such a subject is called in files."""
    return f"{subject}_id"


def subjects_of(
    subject: Subject, parcels: gpd.GeoDataFrame, context: Context, *, target_use: str | None = None
) -> gpd.GeoDataFrame:
    """Return the subjects with parcel_id (their id), name, geometry and area_m2 [ellipsoidal, m²].

    Parcels are those given; parks and enterprises are those of the context, whatever parcels are given.

    Raises
    ------
    InputError
        If there is no subject, or an id stands twice.
    """
    if subject == "parcel":
        require_subjects(parcels, context)
        return prepare(parcels, context, target_use=target_use)
    try:
        found = parks(context) if subject == "park" else enterprises(context)
    except NotLoadedError:
        found = gpd.GeoDataFrame({"parcel_id": []}, geometry=[], crs=context.crs)
    if len(found) == 0:
        raise InputError(_NONE[subject])
    return found


_NONE: Final[dict[Subject, Problem]] = {
    "park": Problem(
        "没有可评价的园区",
        file="layers/catalog.yaml",
        field="role",
        expected="至少一个 role: park 的面图层",
        action="在图层目录中加入园区范围",
    ),
    "enterprise": Problem(
        "没有可评价的企业",
        file="parcels/enterprises.csv",
        expected="企业年度指标与企业用地关系两张表",
        action="补充 enterprises.csv 与 occupancy.csv",
    ),
}


def enterprises(context: Context) -> gpd.GeoDataFrame:
    """Return the enterprises: id, name, industry, and the land that they use [m²]; without a geometry of their own.

    Raises NotLoadedError where their tables are not loaded.
    """
    if context.enterprises is None or context.occupancy is None:
        raise NotLoadedError("enterprises")
    latest = context.enterprises.sort_values("year", kind="stable").drop_duplicates(
        "enterprise_id", keep="last"
    )
    latest = latest.sort_values("enterprise_id", kind="stable").reset_index(drop=True)
    land = land_mu(context).reindex(latest["enterprise_id"]).to_numpy(dtype=np.float64) * M2_PER_MU
    table = pd.DataFrame(
        {
            "parcel_id": latest["enterprise_id"].astype("object"),
            "name": latest["name"].astype("object") if "name" in latest else None,
            "industry_code": latest["industry_code"].astype("object"),
            "area_m2": land,
        }
    )
    return gpd.GeoDataFrame(table, geometry=np.full(len(table), None), crs=context.crs)
