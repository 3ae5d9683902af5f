"""run.json (运行清单): what went in, by hash, and what came out; no clock, no path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from gisapp._version import __version__
from gisapp.context import Context
from gisapp.evaluation.robust import Perturbation
from gisapp.io.hashing import sha256_text
from gisapp.rules.judge import UNKNOWN, Judged
from gisapp.rules.load import LoadedRulebook

FORMAT = 3
"""Raised when the same inputs give other numbers or other columns, so that no older run is read back."""


def run_id(
    context: Context, rulebook: LoadedRulebook, *, settings: Mapping[str, str], parcels_hash: str
) -> str:
    """Return the hash of everything that can change a number (运行编号)."""
    chosen = [f"{name}={value}" for name, value in sorted(settings.items())]
    parts = [
        parcels_hash,
        context.hash,
        rulebook.hash,
        context.as_of.isoformat(),
        *chosen,
        Perturbation.of(settings).key,
        __version__,
        str(FORMAT),
    ]
    return sha256_text(parts)


def manifest(
    context: Context,
    rulebook: LoadedRulebook,
    judged: Sequence[Judged],
    parcels: pd.DataFrame,
    *,
    settings: Mapping[str, str],
    parcels_hash: str,
    revision: int,
) -> dict[str, Any]:
    """Return run.json as plain data."""
    book = rulebook.rulebook
    return {
        "format": FORMAT,
        "run_id": run_id(context, rulebook, settings=settings, parcels_hash=parcels_hash),
        "gisapp": __version__,
        "rulebook": {
            "id": book.id,
            "edition": book.edition,
            "title": book.title.model_dump(),
            "subject": book.subject,
            "hash": rulebook.hash,
        },
        "as_of": context.as_of.isoformat(),
        "settings": dict(sorted(settings.items())),
        "revision": revision,
        "parcels": {"hash": parcels_hash, "rows": len(parcels), "crs": context.crs.to_string()},
        "context": {"hash": context.hash, "layers": _layers(context)},
        "robustness": Perturbation.of(settings).as_dict() | {"top_k": book.top_k},
        "counts": {name: int(n) for name, n in sorted(parcels["verdict"].value_counts().items())},
        "rules": [_rule(rule, rulebook) for rule in judged],
        "gaps": gaps(judged),
        "findings": [finding.__dict__ for finding in context.findings],
    }


def gaps(judged: Sequence[Judged]) -> list[dict[str, Any]]:
    """Return the rules whose source is not loaded, and those that lack data for some subjects (缺口)."""
    out = []
    for rule in judged:
        unknown = int((rule.verdict == UNKNOWN).sum())
        if rule.not_loaded or unknown:
            out.append({"rule_id": rule.rule_id, "not_loaded": rule.not_loaded, "unknown": unknown})
    return out


def _layers(context: Context) -> list[dict[str, Any]]:
    return [
        {
            "id": layer.spec.id,
            "title": layer.spec.title.zh,
            "role": layer.spec.role,
            "authority": layer.spec.authority,
            "as_of": layer.spec.as_of.isoformat() if layer.spec.as_of else None,
            "licence": layer.spec.licence,
            "synthetic": layer.spec.synthetic,
            "crs": layer.spec.crs,
            "count": layer.count,
            "hash": layer.hash,
        }
        for layer in context.layers.values()
    ]


def _rule(rule: Judged, rulebook: LoadedRulebook) -> dict[str, Any]:
    found = rulebook.policies.clause(rule.clause) if rule.clause else None
    return {
        "rule_id": rule.rule_id,
        "kind": rule.kind,
        "role": rule.role,
        "indicator": rule.indicator,
        "unit": rule.unit,
        "weight": rule.weight,
        "clause": rule.clause,
        "clause_title": f"{found[0].title} {found[1].title}" if found else None,
        "clause_status": found[1].status if found else None,
        "text_seen": found[0].text_seen if found else None,
        "basis": rule.basis,
        "status": rule.status,
    }
