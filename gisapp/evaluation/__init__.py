"""Evaluation (评价): measure → judge → total → explain, with a manifest of hashes."""

from gisapp.evaluation.evaluate import evaluate
from gisapp.evaluation.result import Evaluation

__all__ = ["Evaluation", "evaluate"]
