"""What would it take (怎样才能): the smallest change of an input that gives a parcel another verdict."""

from gisapp.evaluation.flips.levers import load_levers
from gisapp.evaluation.flips.would_take import Step, WouldTake, would_take

__all__ = ["Step", "WouldTake", "load_levers", "would_take"]
