"""Robustness of a ranking (排序稳健性): stability, swaps, one weight at a time, and other methods beside it.

Pure functions on arrays; `sensitivity` joins them for one evaluation, `document` writes them down. What each number means
stands in docs/robustness.md.
"""

from gisapp.evaluation.robust.candidates import Candidates
from gisapp.evaluation.robust.perturbation import Perturbation
from gisapp.evaluation.robust.sensitivity import Sensitivity, sensitivity
from gisapp.evaluation.robust.stability import Stability, stability, stability_top

__all__ = [
    "Candidates",
    "Perturbation",
    "Sensitivity",
    "Stability",
    "sensitivity",
    "stability",
    "stability_top",
]
