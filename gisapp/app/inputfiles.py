"""The files that a context is built from (输入文件), told apart by size and time of change."""

from __future__ import annotations

from pathlib import Path
from typing import Final

FOLDERS: Final = ("layers", "parcels/codes", "parcels/tables", "parcels/policies", "parcels/rulebooks/data")
TOP: Final = ("parcels/*.csv", "parcels/schema.yaml")
Stamp = dict[str, tuple[int, int]]
"""Size in bytes and time of change in ns, by path from the workspace."""


def stamp(root: Path) -> Stamp:
    """Return size and time of change of every file that evaluations read besides parcels and rulebooks."""
    files = [path for folder in FOLDERS for path in (root / folder).rglob("*")]
    files += [path for pattern in TOP for path in root.glob(pattern)]
    found: Stamp = {}
    for path in files:
        try:
            told = path.stat()
        except OSError:  # gone in this very moment
            continue
        if path.is_file():
            found[path.relative_to(root).as_posix()] = (told.st_size, told.st_mtime_ns)
    return found
