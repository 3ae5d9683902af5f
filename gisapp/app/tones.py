"""Land-use colours told apart on screen (用地色调): classes that the standard gives one colour get tones of it."""

from __future__ import annotations

from typing import Final

from gisapp.model.codes import LandUse, LandUseCodes

STEP: Final = 0.12
MOST: Final = 0.3
"""How much darker each further class of one colour is, and the last of them at most [share]."""


def screen_colors(codes: LandUseCodes) -> dict[str, str]:
    """Return the colour of each code on screen as #rrggbb.

    The first of several classes of one level below one parent keeps the standard's colour (水田), the next are darker
    tones of it (水浇地, 旱地). Paper keeps the standard's RGB (LUC-08).
    """
    out: dict[str, str] = {}
    for entry in codes.entries.values():
        alike = [other for other in codes.entries.values() if _siblings(entry, other)]
        step = min(STEP, MOST / max(len(alike) - 1, 1))
        out[entry.code] = _darker(entry.color, step * alike.index(entry))
    return out


def _siblings(one: LandUse, other: LandUse) -> bool:
    same = len(one.code) == len(other.code) and one.code[:-2] == other.code[:-2]
    return same and one.color.lower() == other.color.lower()


def _darker(color: str, share: float) -> str:
    if share == 0:
        return color
    return "#" + "".join(f"{round(int(color[k : k + 2], 16) * (1 - share)):02x}" for k in (1, 3, 5))
