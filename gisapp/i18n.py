"""Texts: Chinese is the source language, English comes from one gettext catalogue (界面语言)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from babel.messages.pofile import read_po

from gisapp.settings import Language

_PO = Path(__file__).parent / "locale" / "en" / "LC_MESSAGES" / "gisapp.po"


class Text(str):
    """A Chinese text that can be said in English too (双语文字).

    It is a plain Chinese string wherever one is wanted; `translate` still finds the message id and the values that it
    was made of. Values that are themselves a `Text` are translated with it.
    """

    _message: str
    _values: Mapping[str, object]
    _english: str

    def __new__(cls, message: str, /, **values: object) -> Self:
        """Return a message with {name} replaced from `values`."""
        made = super().__new__(cls, message.format(**values) if values else message)
        made._message, made._values, made._english = message, values, ""
        return made

    @classmethod
    def of(cls, zh: str, en: str) -> Self:
        """Return a text of which both languages are data, such as the title of a field."""
        made = cls(zh)
        made._english = en
        return made

    @classmethod
    def list(cls, parts: Iterable[str]) -> Self:
        """Return names one after another, with the comma of the language."""
        names = tuple(parts)
        return cls.of("、".join(names), ", ".join(translate(name, "en") for name in names))

    def english(self) -> str:
        """Return the text in English, in Chinese where the catalogue lacks it."""
        if self._english:
            return self._english
        found = english().get(self._message, self._message)
        if not self._values:
            return found
        values = {
            name: value.english() if isinstance(value, Text) else value
            for name, value in self._values.items()
        }
        return found.format(**values)

    def __getnewargs__(self) -> tuple[str]:
        """Return what a copy is made of; the rest is its state."""
        return (str(self),)


@lru_cache(maxsize=1)
def english() -> dict[str, str]:
    """Return the English texts by their Chinese message id."""
    with _PO.open("rb") as stream:
        catalogue = read_po(stream, locale="en")
    return {str(entry.id): str(entry.string) for entry in catalogue if entry.id and entry.string}


def translate(text: str, language: Language) -> str:
    """Return `text` in `language`; a text without a translation comes back in Chinese."""
    if language == "zh":
        return text
    return text.english() if isinstance(text, Text) else english().get(text, text)


def localized(data: Any, language: Language) -> Any:  # JSON in, JSON out
    """Return plain data with every `Text` in it said in `language`; other strings are data and stay."""
    if language == "zh":
        return data
    if isinstance(data, Text):
        return data.english()
    if isinstance(data, dict):
        return {key: localized(value, language) for key, value in data.items()}
    # Rings are lists of numbers, and there are many of them.
    if isinstance(data, (list, tuple)) and data and not isinstance(data[0], (int, float)):
        return [localized(item, language) for item in data]
    return data
