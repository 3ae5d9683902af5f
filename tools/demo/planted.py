"""Planted cases (预置案例)."""
from __future__ import annotations
from typing import Any
from tools.demo.town import Town
def plant(world: Town) -> dict[str, Any]:
    """Set planted cases."""
    return {"cases": [], "topology": {}}
