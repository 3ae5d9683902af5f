"""Reading the inputs that can be turned (可调项), checked against indicators and fields."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from gisapp.errors import InputError, Problem
from gisapp.indicators import REGISTRY
from gisapp.io.yamlfile import load_yaml
from gisapp.model.levers import Amount, Lever, Levers, State

FILE: Final = Path("parcels") / "rulebooks" / "data" / "levers.yaml"


def load_levers(root: Path) -> tuple[Lever, ...]:
    """Return the levers of a workspace, none where it has no table of them.

    Raises
    ------
    InputError
        With each lever that names an indicator that does not exist, by file and line.
    """
    if not (root / FILE).exists():
        return ()
    table, document = load_yaml(root / FILE, Levers, root=root)
    problems = [
        Problem(
            "指标不存在",
            file=document.name,
            line=document.line(("levers", place)),
            field=lever.id,
            value=name,
            action="查看 docs/indicators.md 中的指标名",
        )
        for place, lever in enumerate(table.levers)
        for name in _indicators(lever)
        if name not in REGISTRY
    ]
    if problems:
        raise InputError(problems)
    return table.levers


def _indicators(lever: Lever) -> tuple[str, ...]:
    if isinstance(lever, Amount):
        return lever.scales if lever.base is None else (lever.base, *lever.scales)
    return (lever.indicator,) if isinstance(lever, State) else ()
