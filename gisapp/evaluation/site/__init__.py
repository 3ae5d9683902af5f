"""Site check (红线套合): what a project red line lies on, by layer, class, parcel and owner, with the clauses that speak of it."""

from gisapp.evaluation.site.check import site_check, site_id
from gisapp.evaluation.site.result import FINDING_WORDS, Citation, Finding, ParcelRow, Row, SiteCheck, Topic

__all__ = [
    "FINDING_WORDS",
    "Citation",
    "Finding",
    "ParcelRow",
    "Row",
    "SiteCheck",
    "Topic",
    "site_check",
    "site_id",
]
