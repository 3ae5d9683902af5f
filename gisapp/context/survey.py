"""Reading which planning classes a third-survey class becomes (三调与规划对应, LUC-07)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from gisapp.io.tables import read_table
from gisapp.model.survey import SurveyClasses

FILE: Final = Path("parcels") / "codes" / "land_use_codes.csv"


def survey_classes(root: Path) -> SurveyClasses:
    """Return the correspondence in the land-use list of a workspace; InputError where the list cannot be read."""
    table = read_table(root / FILE)
    rows = zip(table["code"], table["sandiao_dlbm"], strict=True)
    return SurveyClasses.of((str(code), dlbm if isinstance(dlbm, str) else "") for code, dlbm in rows)
