"""Indicators by family (指标库); importing the package registers them all."""

from gisapp.indicators import (
    assessed,
    boundary,
    building,
    economy,
    environment,
    land,
    mix,
    place,
    plan,
    timing,
    transit,
)
from gisapp.indicators.registry import REGISTRY, Indicator, indicator

__all__ = [
    "REGISTRY",
    "Indicator",
    "assessed",
    "boundary",
    "building",
    "economy",
    "environment",
    "indicator",
    "land",
    "mix",
    "place",
    "plan",
    "timing",
    "transit",
]
