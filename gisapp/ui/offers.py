"""Buttons that hand the list out as files (下载)."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import streamlit as st

from gisapp.app.downloads import csv_bytes, file_name, geopackage_bytes, xlsx_bytes
from gisapp.app.listing import Listing
from gisapp.ui import state
from gisapp.ui.texts import t

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
GEOPACKAGE: Final = "application/geopackage+sqlite3"


def downloads(found: Listing, parcels: gpd.GeoDataFrame) -> None:
    """Show the three downloads of the list as it is filtered; a file is made when it is asked for."""
    language = state.language()
    makers = (
        ("CSV", "csv", "text/csv", lambda: csv_bytes(found, language)),
        ("XLSX", "xlsx", XLSX, lambda: xlsx_bytes(found, language)),
        ("GeoPackage", "gpkg", GEOPACKAGE, lambda: geopackage_bytes(found, parcels, language)),
    )
    with st.container(key="offers", horizontal=True, gap=None, width="content"):
        for label, suffix, mime, make in makers:
            st.download_button(
                label, make, file_name=file_name(found, suffix), mime=mime, key=f"offer-{suffix}", on_click="ignore",
                disabled=found.table.empty, help=t("下载当前清单（{format}）", format=label),
            )  # fmt: skip
