"""Packages that optimise the urban development boundary (城镇开发边界局部优化): balance, farmland, shape, cases, maintenance layers."""

from gisapp.evaluation.udb.cases import CaseList, case_list
from gisapp.evaluation.udb.check import calculate, package_id
from gisapp.evaluation.udb.parameters import Parameters, load_parameters
from gisapp.evaluation.udb.result import (
    OUTCOME_WORDS,
    CountyRow,
    MoveRow,
    Outcome,
    PackageFinding,
    PackageResult,
    Side,
    ZoneRow,
)

__all__ = [
    "OUTCOME_WORDS",
    "CaseList",
    "CountyRow",
    "MoveRow",
    "Outcome",
    "PackageFinding",
    "PackageResult",
    "Parameters",
    "Side",
    "ZoneRow",
    "calculate",
    "case_list",
    "load_parameters",
    "package_id",
]
