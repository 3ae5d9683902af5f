"""Settings handed in by the application; nothing here reads the environment (设置)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Language = Literal["zh", "en"]


@dataclass(frozen=True)
class Settings:
    """What a start of the product needs to know beside its workspace.

    ``token_seconds`` is how long an API token lives; ``user`` signs what a single local user does.
    """

    workspace: Path
    user: str = "local"
    role: Literal["admin"] = "admin"
    token_seconds: int = 900
    language: Language = "zh"
