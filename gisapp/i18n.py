"""Texts: Chinese is the source language, English comes from one gettext catalogue (界面语言)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from babel.messages.pofile import read_po

from gisapp.settings import Language

_PO = Path(__file__).parent / "locale" / "en" / "LC_MESSAGES" / "gisapp.po"


@lru_cache(maxsize=1)
def english() -> dict[str, str]:
    """Return the English texts by their Chinese message id."""
    with _PO.open("rb") as stream:
        catalogue = read_po(stream, locale="en")
    return {str(entry.id): str(entry.string) for entry in catalogue if entry.id and entry.string}


def translate(text: str, language: Language) -> str:
    """Return `text` in `language`; a text without a translation comes back in Chinese."""
    return text if language == "zh" else english().get(text, text)
