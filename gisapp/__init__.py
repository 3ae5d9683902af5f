"""gisapp: land and industrial-park planning console for Nanjing Jiangbei New Area (江北新区用地分析平台).

Importing it loads nothing; the six public names are found on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gisapp._version import __version__

if TYPE_CHECKING:
    from gisapp.app import Workspace
    from gisapp.evaluation import Evaluation, evaluate
    from gisapp.indicators import indicator
    from gisapp.model.rules import Rulebook

_HOMES = {
    "Workspace": "gisapp.app",
    "evaluate": "gisapp.evaluation",
    "Evaluation": "gisapp.evaluation",
    "Rulebook": "gisapp.model.rules",
    "indicator": "gisapp.indicators",
}

__all__ = ["Evaluation", "Rulebook", "Workspace", "__version__", "evaluate", "indicator"]


def __getattr__(name: str) -> Any:  # each public name has its own type
    """Return a public name, importing its module on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'gisapp' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return __all__
